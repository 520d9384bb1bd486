"""Pages of a list: AWS's opaque nextToken, which belongs to one list and lasts a day."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, TypeVar

from asl.types import Json, JsonObject
from interpreter.api.errors import invalid_token

DEFAULT_PAGE = 100
TOKEN_SECONDS = 24 * 3600
_NOT_PART_OF_THE_LIST = ("nextToken", "maxResults")

T = TypeVar("T")


def page_size(request: JsonObject) -> int:
    """How many items the client wants; 0 stands for the default, 100."""
    return int(request.get("maxResults") or DEFAULT_PAGE)


def token_for(request: JsonObject, position: Json) -> str:
    """A token with which the same request goes on from ``position``."""
    written = json.dumps([_list_of(request), position, int(time.time())], separators=(",", ":"))
    return base64.urlsafe_b64encode(written.encode()).decode()


def position_of(request: JsonObject) -> Any:
    """Where the request goes on, None at the beginning. InvalidToken when its token is foreign, spoilt or too old."""
    token = request.get("nextToken")
    if token is None:
        return None
    try:
        belongs_to, position, issued = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
        fresh = time.time() - issued < TOKEN_SECONDS
    except (ValueError, TypeError) as error:
        raise invalid_token() from error
    if belongs_to != _list_of(request) or not fresh or not isinstance(position, int):
        raise invalid_token()
    return position


def page_of(items: Sequence[T], request: JsonObject) -> tuple[Sequence[T], str | None]:
    """The page of ``items`` that the request asks for and the token of the next one."""
    start = position_of(request) or 0
    end = start + page_size(request)
    return items[start:end], token_for(request, end) if end < len(items) else None


def _list_of(request: JsonObject) -> str:
    """A short mark of everything that makes the list what it is."""
    kept = {key: value for key, value in request.items() if key not in _NOT_PART_OF_THE_LIST}
    return sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]
