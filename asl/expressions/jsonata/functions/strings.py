"""Functions on strings."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from math import isnan

from asl.expressions.jsonata.errors import JsonataError
from asl.expressions.jsonata.functions.registry import library
from asl.expressions.jsonata.functions.stringify import to_string
from asl.expressions.jsonata.matches import Match, split_surrogates
from asl.expressions.jsonata.runtime import Runtime, call
from asl.expressions.jsonata.tokenizer import join_surrogates
from asl.expressions.jsonata.values import UNDEFINED, Sequence, Value, is_function, is_number

_BLANKS = re.compile(r"[ \t\n\r]+")
_DOLLAR = re.compile(r"\$(\$|[0-9]+)?")


@library("string", "<x-b?:s>", 1, runtime=True)
def string(rt: Runtime, value: Value = UNDEFINED, pretty: Value = UNDEFINED) -> Value:
    """A value as text: JSON for arrays and objects."""
    if type(value) is Sequence and value.outer_wrapper:
        value = value[0]
    if value is UNDEFINED or type(value) is str:
        return value
    text = to_string(value, pretty is True)
    rt.string_of(len(text))
    return text


@library("length", "<s-:n>", 1)
def length(text: Value = UNDEFINED) -> Value:
    """How many characters."""
    return UNDEFINED if text is UNDEFINED else len(text)


@library("lowercase", "<s-:s>", 1)
def lowercase(text: Value = UNDEFINED) -> Value:
    """In small letters."""
    return UNDEFINED if text is UNDEFINED else text.lower()


@library("uppercase", "<s-:s>", 1)
def uppercase(text: Value = UNDEFINED) -> Value:
    """In capital letters."""
    return UNDEFINED if text is UNDEFINED else text.upper()


@library("trim", "<s-:s>", 1)
def trim(text: Value = UNDEFINED) -> Value:
    """Runs of blanks as one space, none at the ends."""
    return UNDEFINED if text is UNDEFINED else _BLANKS.sub(" ", text).strip(" ")


@library("substring", "<s-nn?:s>", 3)
def substring(text: Value = UNDEFINED, start: Value = UNDEFINED, count: Value = UNDEFINED) -> Value:
    """Characters from an offset, which counts from the end if negative."""
    if text is UNDEFINED:
        return UNDEFINED
    size = len(text)
    if start is UNDEFINED:
        return text if count is UNDEFINED else ""
    if size + start < 0:
        start = 0
    if count is UNDEFINED:
        return text[_offset(start, size) :]
    if count <= 0:
        return ""
    end = start + count if start >= 0 else size + start + count
    return text[_offset(start, size) : _offset(end, size)]


def _offset(number: float, size: int) -> int:
    """An offset as JavaScript's ``slice`` reads it."""
    if isnan(number):
        return 0
    number = int(max(min(number, size), -size - 1))
    return max(size + number, 0) if number < 0 else number


@library("substringBefore", "<s-s:s>", 2)
def substring_before(text: Value = UNDEFINED, mark: Value = UNDEFINED) -> Value:
    """What stands in front of the first mark, or all."""
    if text is UNDEFINED or mark is UNDEFINED:
        return text
    return text.partition(mark)[0] if mark else ""


@library("substringAfter", "<s-s:s>", 2)
def substring_after(text: Value = UNDEFINED, mark: Value = UNDEFINED) -> Value:
    """What stands behind the first mark, or all."""
    if text is UNDEFINED or mark is UNDEFINED or not mark:
        return text
    before, found, after = text.partition(mark)
    return after if found else before


@library("pad", "<s-ns?:s>", 3, runtime=True)
def pad(rt: Runtime, text: Value = UNDEFINED, width: Value = UNDEFINED, filler: Value = UNDEFINED) -> Value:
    """Filled up to a width, on the left if it is negative."""
    if text is UNDEFINED:
        return UNDEFINED
    if width is UNDEFINED or isnan(width):
        return text
    fill = " " if filler is UNDEFINED or not filler else filler
    rt.string_of(abs(width))
    missing = int(abs(width)) - len(text)
    if missing <= 0:
        return text
    padding = (fill * (missing // len(fill) + 1))[:missing]
    return padding + text if width < 0 else text + padding


def _matches(rt: Runtime, text: str, matcher: Value) -> Iterator[Match]:
    """The matches of a regex, or of a function that answers like one."""
    matches_of = getattr(matcher, "matches", None)
    if matches_of is not None:
        yield from matches_of(text, rt)
        return
    found = call(rt, matcher, [text])
    while found is not UNDEFINED:
        yield _checked(found)
        found = call(rt, found["next"], [])


def _checked(found: Value) -> Match:
    fits = isinstance(found, dict) and is_number(found.get("start")) and is_number(found.get("end"))
    if not fits or not isinstance(found.get("groups"), list) or not is_function(found.get("next")):
        raise JsonataError("T1010")
    return Match(int(found["start"]), int(found["end"]), found.get("match", ""), found["groups"])


def _limited(rt: Runtime, text: str, matcher: Value, limit: Value) -> Iterator[Match]:
    """So many matches; as in the reference, the one behind the last is looked for as well."""
    matches = _matches(rt, text, matcher)
    found = next(matches, None)
    count = 0
    while found is not None and (limit is UNDEFINED or count < limit):
        yield found
        found = next(matches, None)
        count += 1


@library("match", "<s-f<s:o>n?:a<o>>", 3, runtime=True)
def match(rt: Runtime, text: Value = UNDEFINED, matcher: Value = UNDEFINED, limit: Value = UNDEFINED) -> Value:
    """What a regex matches: text, offset and groups of each match."""
    if text is UNDEFINED:
        return UNDEFINED
    if limit is not UNDEFINED and limit < 0:
        raise JsonataError("D3040", value=limit, index=3)
    result = Sequence()
    if limit is not UNDEFINED and not limit > 0:
        return result
    for found in _limited(rt, text, matcher, limit):
        result.append({"match": found.text, "index": found.start, "groups": found.groups})
    return result


@library("contains", "<s-(sf):b>", 2, runtime=True)
def contains(rt: Runtime, text: Value = UNDEFINED, pattern: Value = UNDEFINED) -> Value:
    """Whether a string has another in it, or something that a regex matches."""
    if text is UNDEFINED or pattern is UNDEFINED:
        return UNDEFINED
    if type(pattern) is str:
        return pattern in text
    return next(_matches(rt, text, pattern), None) is not None


@library("split", "<s-(sf)n?:a<s>>", 3, runtime=True)
def split(rt: Runtime, text: Value = UNDEFINED, separator: Value = UNDEFINED, limit: Value = UNDEFINED) -> Value:
    """The parts between separators."""
    if text is UNDEFINED:
        return UNDEFINED
    if limit is not UNDEFINED and limit < 0:
        raise JsonataError("D3020", value=limit, index=3)
    if separator is UNDEFINED or type(separator) is str:
        parts = [text] if separator is UNDEFINED else text.split(separator) if separator else list(text)
        rt.charge(len(parts) >> 4)
        return parts if limit is UNDEFINED else parts[: 0 if isnan(limit) else int(min(limit, len(parts)))]
    return _split_at_matches(rt, text, separator, limit)


def _split_at_matches(rt: Runtime, text: str, matcher: Value, limit: Value) -> list[str]:
    parts, start = [], 0
    units = split_surrogates(text)
    for found in _limited(rt, text, matcher, limit):
        parts.append(join_surrogates(units[start : found.start]))
        start = found.end
    if limit is UNDEFINED or len(parts) < limit:
        parts.append(join_surrogates(units[start:]))
    return parts


@library("replace", "<s-(sf)(sf)n?:s>", 4, runtime=True)
def replace(
    rt: Runtime,
    text: Value = UNDEFINED,
    pattern: Value = UNDEFINED,
    replacement: Value = UNDEFINED,
    limit: Value = UNDEFINED,
) -> Value:
    """Occurrences of a string or matches of a regex replaced."""
    if text is UNDEFINED:
        return UNDEFINED
    if pattern == "" and type(pattern) is str:
        raise JsonataError("D3010", value=pattern, index=2)
    if limit is not UNDEFINED and limit < 0:
        raise JsonataError("D3011", value=limit, index=4)
    if type(pattern) is str:
        rt.charge(len(text) >> 6)
        count = -1 if limit is UNDEFINED else _whole_turns(limit)
        result = to_string(replacement).join(text.split(pattern, count)) if count else text
    elif limit is not UNDEFINED and not limit > 0:
        result = text
    else:
        result = _replace_matches(rt, text, pattern, replacement, limit)
    rt.string_of(len(result))
    return result


def _whole_turns(limit: float) -> int:
    whole = 0 if isnan(limit) else int(min(limit, 1 << 40))
    return whole + (whole < limit)


def _as_text(value: Value) -> str:
    if type(value) is str:
        return value
    raise JsonataError("D3012", value=value)


def _replace_matches(rt: Runtime, text: str, matcher: Value, replacement: Value, limit: Value) -> str:
    replace_one = _template(replacement) if type(replacement) is str else _by_function(rt, replacement)
    units = split_surrogates(text)
    pieces, start = [], 0
    for found in _limited(rt, text, matcher, limit):
        pieces += [units[start : found.start], split_surrogates(replace_one(found))]
        start = found.end
    return join_surrogates("".join([*pieces, units[start:]]))


def _by_function(rt: Runtime, function: Value) -> Callable[[Match], str]:
    def replace_one(found: Match) -> str:
        described = {"match": found.text, "start": found.start, "end": found.end, "groups": found.groups}
        return _as_text(call(rt, function, [described]))

    return replace_one


def _template(template: str) -> Callable[[Match], str]:
    """A replacement in which ``$1`` stands for a group, ``$0`` for the match and ``$$`` for a dollar."""

    def replace_one(found: Match) -> str:
        return _DOLLAR.sub(lambda mark: _reference(mark.group(1), found), template)

    return replace_one


def _reference(digits: str | None, found: Match) -> str:
    if digits is None or digits == "$":
        return "$"
    if digits == "0":
        return found.text
    count = len(found.groups)
    width = len(str(count))
    index = int(digits[:width])
    rest = digits[width:]
    if width > 1 and index > count:
        index, rest = int(digits[: width - 1]), digits[width - 1 :]
    if count == 0:
        return digits[1:] if digits[0] == "0" else rest
    if index == 0 or index > count:
        return rest if index else found.text + rest
    group = found.groups[index - 1]
    return ("" if group is UNDEFINED else group) + rest


@library("base64encode", "<s-:s>", 1)
def base64encode(text: Value = UNDEFINED) -> Value:
    """Base 64 of a string whose characters are bytes."""
    if text is UNDEFINED:
        return UNDEFINED
    return base64.b64encode(bytes(ord(letter) & 0xFF for letter in split_surrogates(text))).decode("ascii")


_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")


@library("base64decode", "<s-:s>", 1)
def base64decode(text: Value = UNDEFINED) -> Value:
    """The string whose bytes a base 64 text stands for."""
    if text is UNDEFINED:
        return UNDEFINED
    letters = _NOT_BASE64.sub("", text.replace("-", "+").replace("_", "/").partition("=")[0])
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return base64.b64decode(letters + "=" * (-len(letters) % 4)).decode("latin-1")
