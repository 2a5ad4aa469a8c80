"""Errors that the sidecar answers with on purpose."""

from __future__ import annotations

from dataclasses import dataclass

from . import wire
from .wire import WireErrorType

GENERATION_ERROR = wire.GENERATION_ERROR
GUIDANCE_ERROR = wire.GUIDANCE_ERROR
INTERNAL_ERROR = wire.INTERNAL_ERROR
INVALID_PARAMS = wire.INVALID_PARAMS
INVALID_REQUEST = wire.INVALID_REQUEST
METHOD_NOT_FOUND = wire.METHOD_NOT_FOUND
MODEL_LOAD_ERROR = wire.MODEL_LOAD_ERROR
MODEL_NOT_LOADED = wire.MODEL_NOT_LOADED
SERVER_ERROR = wire.SERVER_ERROR


@dataclass(frozen=True, slots=True)
class Failure:
    code: int
    """JSON-RPC error number."""
    type: str
    """One of the wire's error types."""
    message: str


class RpcError(Exception):
    """Becomes a JSON-RPC error whose `data` carries the type and the field at fault."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        type: WireErrorType | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.type = type
        self.param = param

    @property
    def data(self) -> dict[str, str] | None:
        fields = {"type": self.type, "param": self.param}
        return {key: value for key, value in fields.items() if value is not None} or None


def invalid_param(
    param: str, message: str, *, type: WireErrorType = "unsupported_parameter"
) -> RpcError:
    """A parameter that parsed but cannot be honoured."""
    return RpcError(
        INVALID_PARAMS,
        f"Validation error on field '{param}': {message}",
        type=type,
        param=param,
    )


def invalid_image(param: str, message: str) -> RpcError:
    """An image that cannot be read, or is too much."""
    return invalid_param(param, message, type="invalid_image")


def method_not_found(method: str) -> RpcError:
    return RpcError(METHOD_NOT_FOUND, f"There is no method '{method}'")


def model_not_loaded() -> RpcError:
    return RpcError(
        MODEL_NOT_LOADED, "No model is loaded: call `load` first", type="model_not_loaded"
    )


def unsupported(message: str) -> Failure:
    """For what cannot be done here, whichever parameter asks for it."""
    return Failure(INVALID_PARAMS, "unsupported_parameter", message)


def shutting_down() -> Failure:
    return Failure(SERVER_ERROR, "shutting_down", "The sidecar is shutting down")


def cancelled() -> Failure:
    """For a request whose caller has left; nobody waits for it."""
    return Failure(SERVER_ERROR, "", "The request was cancelled")


def failure_of(error: Exception) -> Failure:
    """What the requests that an exception ended are told."""
    text = str(error)
    if isinstance(error, MemoryError) or "malloc" in text or "out of memory" in text.lower():
        return Failure(SERVER_ERROR, "out_of_memory", f"The device's memory ran out: {text}")
    return Failure(GENERATION_ERROR, "", f"The model failed: {type(error).__name__}: {text}")
