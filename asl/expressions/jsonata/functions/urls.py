"""Percent-encoding."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.values import UNDEFINED, Value

_URL_COMPONENT_SAFE = "!'()*-._~"
_URL_SAFE = ";/?:@&=+$,#" + _URL_COMPONENT_SAFE
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def _encode(text: Value, safe: str, name: str) -> Value:
    if text is UNDEFINED:
        return UNDEFINED
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise JsonataError("D3140", value=text, functionName=name) from None


def _decode(text: Value, kept: str, name: str) -> Value:
    if text is UNDEFINED:
        return UNDEFINED
    if _PERCENT.search(text):
        raise JsonataError("D3140", value=text, functionName=name)
    try:
        text = re.sub(kept, lambda match: "%25" + match.group()[1:], text) if kept else text
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:
        raise JsonataError("D3140", value=text, functionName=name) from None


@library("encodeUrlComponent", "<s-:s>", 1)
def encode_url_component(text: Value = UNDEFINED) -> Value:
    """Percent-encoded, separators too."""
    return _encode(text, _URL_COMPONENT_SAFE, "encodeUrlComponent")


@library("encodeUrl", "<s-:s>", 1)
def encode_url(text: Value = UNDEFINED) -> Value:
    """Percent-encoded, separators kept."""
    return _encode(text, _URL_SAFE, "encodeUrl")


@library("decodeUrlComponent", "<s-:s>", 1)
def decode_url_component(text: Value = UNDEFINED) -> Value:
    """Percent-encoding undone."""
    return _decode(text, "", "decodeUrlComponent")


@library("decodeUrl", "<s-:s>", 1)
def decode_url(text: Value = UNDEFINED) -> Value:
    """Percent-encoding undone but for separators."""
    return _decode(text, "%(?:3[BbFfAaDd]|2[FfBb46Cc3]|40)", "decodeUrl")
