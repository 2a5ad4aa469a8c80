"""Requests that are refused before they are queued, and how sequences fail."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import (
    GENERATION_ERROR,
    GUIDANCE_ERROR,
    INVALID_PARAMS,
    SERVER_ERROR,
    Failure,
    unsupported,
)
from ..requests import Request


class Refused(Exception):
    """A request was not queued; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def check_request(request: Request, vocab_size: int, context_length: int) -> None:
    """Raises Refused when a request could never be served."""
    prompt_length = len(request.prompt_tokens)
    if prompt_length == 0:
        raise Refused(unsupported("The prompt is empty; send at least one token."))
    if prompt_length + len(request.resume_tokens) >= context_length:
        message = prompt_too_long(prompt_length, context_length)
        raise Refused(Failure(INVALID_PARAMS, "context_length_exceeded", message))
    highest = max(*request.prompt_tokens, max(request.resume_tokens, default=0))
    if highest >= vocab_size:
        message = f"Token id {highest} is not in the vocabulary of {vocab_size} tokens."
        raise Refused(unsupported(message))
    for token in request.sampling.logit_bias or ():
        if not token.isdecimal() or int(token) >= vocab_size:
            message = f"logitBias names token {token!r}; use ids below {vocab_size}."
            raise Refused(unsupported(message))


def prompt_too_long(prompt_length: int, context_length: int) -> str:
    """Clients know this refusal by the words of the services that they were made for."""
    return (
        f"The prompt is too long: {prompt_length} tokens > {context_length} maximum. "
        f"This model's maximum context length is {context_length} tokens. Shorten the prompt."
    )


def no_such_adapter(name: str, present: Sequence[str]) -> Refused:
    known = ", ".join(present) or "none"
    message = f"The adapter {name!r} is not loaded beside the model. Loaded: {known}."
    return Refused(unsupported(message))


def adapter_too_large(needed: int, room: int) -> Refused:
    message = (
        f"The adapter takes {needed / 2**20:.0f} MiB, and {max(0, room) / 2**20:.0f} MiB are left "
        "beside the model; unload another one."
    )
    return Refused(Failure(SERVER_ERROR, "out_of_memory", message))


def cannot_adapt(path: str) -> Refused:
    message = (
        f"The adapter changes {path}, which this model does not compute as a layer of its own; "
        "fuse the adapter into the model."
    )
    return Refused(unsupported(message))


def cannot_draft() -> Refused:
    message = "The draft model cannot run in a batch or take tokens back; choose another one."
    return Refused(unsupported(message))


def duplicate_stream(stream_id: str) -> Refused:
    message = f"Stream {stream_id!r} is already being served; use a new id."
    return Refused(Failure(INVALID_PARAMS, "duplicate_stream", message))


def queue_full(waiting: int) -> Refused:
    message = f"{waiting} requests are waiting already; try again later."
    return Refused(Failure(SERVER_ERROR, "queue_full", message))


def out_of_memory(prompt_length: int) -> Refused:
    message = (
        f"A request with {prompt_length} prompt tokens does not fit in memory beside the model; "
        "shorten the prompt or ask for fewer tokens."
    )
    return Refused(Failure(SERVER_ERROR, "out_of_memory", message))


def queue_timeout() -> Failure:
    message = "The request waited for a place in the batch until its time was out; try again later."
    return Failure(SERVER_ERROR, "queue_timeout", message)


def non_finite_logits() -> Failure:
    message = "The model produced logits that are not finite numbers for this request."
    return Failure(GENERATION_ERROR, "non_finite_logits", message)


def grammar_failed(fault: str) -> Failure:
    return Failure(GUIDANCE_ERROR, "grammar_failed", f"The grammar cannot be followed: {fault}")
