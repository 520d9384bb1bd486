"""``http:invoke`` and ``apigateway:invoke``: a request to any web server."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from asl.json_text import to_text
from asl.types import Json, JsonObject
from interpreter.api.integrations.values import parsed_or_text
from interpreter.tasks.port import TaskError, TaskRequest

SECONDS = 60.0
"""The hard limit of an HTTP task."""

_NO_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})


def invoke_http(request: TaskRequest) -> Json:
    """``http:invoke``. Errors are ``States.Http.StatusCode.<code>`` and ``States.Http.Socket``."""
    parameters: JsonObject = request.input
    headers = {
        "Content-Type": "application/json; charset=UTF-8",
        "User-Agent": "Amazon|StepFunctions|HttpInvoke|us-east-1",
        "Range": "bytes=0-262144",
        **{name: _header(value) for name, value in (parameters.get("Headers") or {}).items()},
    }
    url = _with_query(str(parameters.get("ApiEndpoint", "")), parameters.get("QueryParameters"))
    body = _http_body(parameters, headers)
    return _sent(url, str(parameters.get("Method", "GET")), headers, body, "States.Http.StatusCode.")


def invoke_api(request: TaskRequest) -> Json:
    """``apigateway:invoke``. Errors are ``ApiGateway.<code>``."""
    parameters: JsonObject = request.input
    endpoint = str(parameters.get("ApiEndpoint", ""))
    base = endpoint if "://" in endpoint else f"https://{endpoint}"
    path = "/".join(str(parameters[part]).strip("/") for part in ("Stage", "Path") if parameters.get(part))
    url = _with_query(f"{base}/{path}", parameters.get("QueryParameters"))
    headers = {"Content-Type": "application/json"}
    headers |= {name: ",".join(map(str, values)) for name, values in (parameters.get("Headers") or {}).items()}
    method = str(parameters.get("Method", "GET"))
    has_body = method not in _NO_BODY and "RequestBody" in parameters
    body = to_text(parameters["RequestBody"]).encode() if has_body else None
    return _sent(url, method, headers, body, "ApiGateway.")


def _header(value: Json) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _with_query(url: str, query: Json) -> str:
    if not query:
        return url
    written = urlencode(query, doseq=True, quote_via=quote)
    return f"{url}{'&' if '?' in url else '?'}{written}"


def _http_body(parameters: JsonObject, headers: dict[str, str]) -> bytes | None:
    if "RequestBody" not in parameters:
        return None
    body = parameters["RequestBody"]
    transform = parameters.get("Transform") or {}
    if transform.get("RequestBodyEncoding") == "URL_ENCODED" and isinstance(body, dict):
        style = (transform.get("RequestEncodingOptions") or {}).get("ArrayFormat", "INDICES")
        return "&".join(f"{quote(key)}={quote(value)}" for key, value in _fields(body, style)).encode()
    return (body if isinstance(body, str) else to_text(body)).encode()


def _fields(body: JsonObject, style: str) -> list[tuple[str, str]]:
    """An object as form fields; arrays in one of AWS's four styles."""
    fields: list[tuple[str, str]] = []
    for key, value in body.items():
        fields += _field(key, value, style)
    return fields


def _field(key: str, value: Json, style: str) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [field for name, item in value.items() for field in _field(f"{key}[{name}]", item, style)]
    if isinstance(value, list):
        if style == "COMMAS":
            return [(key, ",".join(_plain(item) for item in value))]
        names = {"INDICES": "{key}[{index}]", "REPEAT": "{key}", "BRACKETS": "{key}[]"}
        name = names.get(style, names["INDICES"])
        pairs = ((name.format(key=key, index=index), item) for index, item in enumerate(value))
        return [field for each, item in pairs for field in _field(each, item, style)]
    return [(key, _plain(value))]


def _plain(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _sent(url: str, method: str, headers: dict[str, str], body: bytes | None, prefix: str) -> JsonObject:
    if not url.startswith(("http://", "https://")):
        raise TaskError("States.Runtime", f"The endpoint {url!r} is not a URL.")
    try:
        with urlopen(Request(url, body, headers, method=method), timeout=SECONDS) as answer:
            return _result(answer)
    except HTTPError as error:
        raise TaskError(f"{prefix}{error.code}", error.read().decode("utf-8", "replace")) from error
    except (URLError, OSError, http.client.HTTPException) as error:
        raise TaskError("States.Http.Socket", f"{type(error).__name__}: {error}") from error


def _result(answer: Any) -> JsonObject:
    named: dict[str, list[str]] = {}
    for name, value in answer.getheaders():
        named.setdefault(name, []).append(value)
    text = answer.read().decode("utf-8", "replace")
    return {
        "Headers": named,
        "ResponseBody": parsed_or_text(text),
        "StatusCode": answer.status,
        "StatusText": answer.reason,
    }
