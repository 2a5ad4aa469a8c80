"""From a line to a method and validated parameters."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from ..errors import INVALID_REQUEST, RpcError, invalid_param, method_not_found
from ..wire import NOTIFICATIONS_RECEIVED, REQUESTS
from .frames import RequestId


class Invocation(msgspec.Struct, frozen=True):
    """A request, or a notification when it has no id."""

    jsonrpc: Literal["2.0"]
    method: str
    id: RequestId | None = None
    params: msgspec.Raw = msgspec.Raw(b"{}")


class _Identified(msgspec.Struct, frozen=True):
    id: RequestId


_invocations = msgspec.json.Decoder(Invocation)
_identified = msgspec.json.Decoder(_Identified)
_request_params = {method: msgspec.json.Decoder(params) for method, (params, _) in REQUESTS.items()}
_notification_params = {
    method: msgspec.json.Decoder(params) for method, params in NOTIFICATIONS_RECEIVED.items()
}


class InvalidRequest(Exception):
    """A line that is no invocation; `id` is None where it does not say whose it is."""

    def __init__(self, id: RequestId | None, error: RpcError) -> None:
        super().__init__(error.message)
        self.id = id
        self.error = error


def parse_invocation(line: bytes) -> Invocation:
    """Raises InvalidRequest: whoever wrote the line waits for an answer."""
    try:
        return _invocations.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        fault = RpcError(INVALID_REQUEST, f"The request cannot be read: {error}")
        raise InvalidRequest(request_id(line), fault) from error


def request_id(line: bytes) -> RequestId | None:
    """The id that a line has, also one that is cut or not JSON; None: it has none."""
    try:
        return _identified.decode(line).id
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        found = _ID.search(line, 0, _ID_WITHIN)
    return None if found is None else msgspec.json.decode(found[1], type=RequestId)


def parse_params(invocation: Invocation) -> Any:
    """The method's parameters as the struct that the wire declares for it."""
    table = _notification_params if invocation.id is None else _request_params
    decoder = table.get(invocation.method)
    if decoder is None:
        raise method_not_found(invocation.method)
    try:
        return decoder.decode(invocation.params)
    except RecursionError as error:
        raise invalid_param("params", "Nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _validation_error(str(error)) from error


_ID_WITHIN = 256
"""Bytes: ids come first, and what comes later may be a caller's text."""
_ID = re.compile(rb'"id":\s*(-?[0-9]{1,15}|"[\w.:-]{1,100}")')
_PATH = re.compile(r" - at `(?:key in )?\$\.?(?P<path>.*)`$")
_FIELD = re.compile(r"(?:unknown|missing required) field `(?P<field>[^`]*)`")


def _validation_error(text: str) -> RpcError:
    """msgspec says what and where in one sentence: take it apart to name the field."""
    path_match = _PATH.search(text)
    field_match = _FIELD.search(text)
    parts = [path_match["path"]] if path_match and path_match["path"] else []
    if field_match:
        parts.append(field_match["field"])
    message = text[: path_match.start()] if path_match else text
    return invalid_param(".".join(parts) or "params", message)
