"""From what the generation thread reports to what the wire says. Pure."""

from __future__ import annotations

import math

import msgspec

from ..requests import Failure, Finish, PrefillProgress, StepOutput, Usage
from ..text.tokenizer import Tokenizer
from ..wire import (
    ProgressParams,
    WireFinish,
    WireFinishError,
    WireTokenLogprob,
    WireTokenLogprobTop,
    WireUsage,
)

_LOWEST_LOGPROB = -9999.0
"""Stands for minus infinity, which JSON cannot say."""

NO_USAGE = Usage(0, 0, 0, 0.0, 0.0, 0.0)


def wire_progress(progress: PrefillProgress) -> ProgressParams:
    return ProgressParams(
        phase="prefill",
        stream_id=progress.stream_id,
        done=progress.done,
        total=progress.total,
        unit="tokens",
    )


def wire_logprobs(output: StepOutput, tokenizer: Tokenizer) -> tuple[WireTokenLogprob, ...] | None:
    if output.token is None or output.logprob is None:
        return None
    top = tuple(
        WireTokenLogprobTop(
            token=entry.token,
            text=tokenizer.token_text(entry.token),
            logprob=_finite(entry.logprob),
        )
        for entry in output.top_logprobs
    )
    chosen = WireTokenLogprob(
        token=output.token,
        logprob=_finite(output.logprob),
        top=top,
        text=tokenizer.token_text(output.token),
    )
    return (chosen,)


def wire_finish(finish: Finish) -> WireFinish:
    return WireFinish(
        reason=finish.reason,
        stop_token_id=finish.stop_token_id,
        usage=_wire_usage(finish.usage),
        error=None if finish.failure is None else _wire_error(finish.failure),
    )


def finish_by_stop_sequence(finish: Finish, stop: str, completion_tokens: int) -> WireFinish:
    """The generation thread may have run ahead: tokens behind the stop text do not count."""
    usage = msgspec.structs.replace(_wire_usage(finish.usage), completion_tokens=completion_tokens)
    return WireFinish(reason="stop", stop_sequence=stop, usage=usage)


def _wire_error(failure: Failure) -> WireFinishError:
    data = {"type": failure.type} if failure.type else None
    return WireFinishError(code=failure.code, message=failure.message, data=data)


def _wire_usage(usage: Usage) -> WireUsage:
    return WireUsage(
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        completion_tokens=usage.completion_tokens,
        queue_ms=usage.queue_ms,
        prefill_ms=usage.prefill_ms,
        decode_ms=usage.decode_ms,
    )


def _finite(logprob: float) -> float:
    return logprob if math.isfinite(logprob) else _LOWEST_LOGPROB
