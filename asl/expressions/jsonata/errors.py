"""The one exception that leaves the engine, and the catalogue of the reference's message texts.

Codes: ``S0xxx`` the text can't be parsed, ``T....`` a value has the wrong type, ``D....`` a value is out of its domain,
``U1001`` a budget (depth, steps, time or memory) is spent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from asl.expressions.jsonata.messages import MESSAGES

_PLACEHOLDER = re.compile(r"\{\{\{(\w+)\}\}\}|\{\{(\w+)\}\}")


class JsonataError(Exception):
    """An expression that can't be parsed or evaluated; ``str()`` is ``CODE: message``.

    ``position`` is the offset in characters just behind the token at fault (as the reference counts), ``token`` the
    operator or function name, ``value`` the offending value; each is ``None`` where it is not known.
    """

    def __init__(
        self,
        code: str,
        *,
        position: int | None = None,
        token: object = None,
        value: object = None,
        message: str | None = None,
        **details: object,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.position = position
        self.token = token
        self.value = value
        self.details = details
        self._message = message

    @property
    def message(self) -> str:
        """The reference's text for the code, with token and value filled in."""
        if self._message is None:
            self._message = _render(self.code, {"value": self.value, "token": self.token} | self.details)
        return self._message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def _render(code: str, fields: Mapping[str, object]) -> str:
    def fill(match: re.Match[str]) -> str:
        raw, quoted = match.groups()
        if raw:
            return str(fields.get(raw))
        value = fields.get(quoted)
        is_unknown = value is None and quoted == "token" and code.startswith("T")
        return "undefined" if is_unknown else preview(value)

    return _PLACEHOLDER.sub(fill, MESSAGES[code])


def preview(value: object) -> str:
    """The value as compact JSON, the way messages quote it."""
    from asl.expressions.jsonata.functions.stringify import to_json
    from asl.expressions.jsonata.values import UNDEFINED

    if value is UNDEFINED:
        return "undefined"
    try:
        return to_json(value)
    except (JsonataError, RecursionError, ValueError):
        return json.dumps(type(value).__name__)


DEPTH_EXCEEDED = (
    "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as tail-recursive."
)
TIME_EXCEEDED = "Expression evaluation timeout: Check for infinite loop"
MEMORY_EXCEEDED = "Expression evaluation memory limit exceeded: Check for excessive memory usage"


def limit_error(message: str) -> JsonataError:
    """A spent budget."""
    return JsonataError("U1001", message=message)
