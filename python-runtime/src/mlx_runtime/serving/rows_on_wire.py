"""From what the generation thread reports to what the wire says. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from ..answers.parts import Content, Mismatch, Part, Reasoning
from ..errors import Failure
from ..requests import Finish, PrefillProgress, StepOutput, TopLogprob, Usage
from ..text.tokenizer import Tokenizer
from ..wire import (
    ProgressParams,
    WireFinish,
    WireFinishError,
    WirePromptUse,
    WireTokenLogprob,
    WireTokenLogprobTop,
    WireTokenRow,
    WireToolCall,
    WireUsage,
)
from .prediction import Prediction
from .timeline_on_wire import wire_timeline

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
    return (wire_token_logprob(output.token, output.logprob, output.top_logprobs, tokenizer),)


def wire_token_logprob(
    token: int, logprob: float, top_logprobs: Sequence[TopLogprob], tokenizer: Tokenizer
) -> WireTokenLogprob:
    top = tuple(
        WireTokenLogprobTop(
            token=entry.token,
            text=tokenizer.token_text(entry.token),
            logprob=_finite(entry.logprob),
            bytes=_bytes_of_part(entry.token, tokenizer),
        )
        for entry in top_logprobs
    )
    return WireTokenLogprob(
        token=token,
        logprob=_finite(logprob),
        top=top,
        text=tokenizer.token_text(token),
        bytes=_bytes_of_part(token, tokenizer),
    )


def _bytes_of_part(token: int, tokenizer: Tokenizer) -> tuple[int, ...] | None:
    """Those of a token that is a part of a character; None: its text says them."""
    own = tokenizer.token_bytes(token)
    try:
        own.decode()
    except UnicodeDecodeError:
        return tuple(own)
    return None


def wire_prompt(output: StepOutput) -> WirePromptUse | None:
    if output.prompt is None:
        return None
    return WirePromptUse(tokens=output.prompt.tokens, cached_tokens=output.prompt.cached_tokens)


def wire_finish(finish: Finish) -> WireFinish:
    return WireFinish(
        reason=finish.reason,
        stop_token_id=finish.stop_token_id,
        usage=_wire_usage(finish.usage),
        error=None if finish.failure is None else _wire_error(finish.failure),
    )


def finish_early(finish: Finish, stop: str | None, completion_tokens: int) -> WireFinish:
    """The generation thread may have run ahead: tokens behind the row's end do not count."""
    usage = msgspec.structs.replace(_wire_usage(finish.usage), completion_tokens=completion_tokens)
    return WireFinish(reason="stop", stop_sequence=stop, usage=usage)


def with_parts(finish: WireFinish, *, calls: bool, reasoning_tokens: int) -> WireFinish:
    """What the text of a row adds to how it ended."""
    usage = msgspec.structs.replace(finish.usage, reasoning_tokens=reasoning_tokens)
    reason = "tool_calls" if calls and finish.reason == "stop" else finish.reason
    return msgspec.structs.replace(finish, reason=reason, usage=usage)


def with_prediction(finish: WireFinish, prediction: Prediction) -> WireFinish:
    usage = msgspec.structs.replace(
        finish.usage,
        accepted_prediction_tokens=prediction.accepted,
        rejected_prediction_tokens=prediction.rejected,
    )
    return msgspec.structs.replace(finish, usage=usage)


def wire_rows(stream_id: str, parts: Sequence[Part]) -> list[WireTokenRow]:
    """One row for each part, and one at least; without the tokens they came from."""
    rows = [_wire_part(stream_id, part) for part in parts]
    return rows or [WireTokenRow(stream_id=stream_id, text="", tokens=())]


def _wire_part(stream_id: str, part: Part) -> WireTokenRow:
    match part:
        case Content():
            return WireTokenRow(stream_id=stream_id, text=part.text, tokens=())
        case Reasoning():
            return WireTokenRow(stream_id=stream_id, text="", tokens=(), reasoning=part.text)
        case Mismatch():
            return WireTokenRow(
                stream_id=stream_id, text=part.text, tokens=(), mismatch=part.reason
            )
        case _:
            call = WireToolCall(
                index=part.index,
                id=part.id,
                name=part.name,
                arguments=part.arguments,
                raw=part.raw,
            )
            return WireTokenRow(stream_id=stream_id, text="", tokens=(), tool_call=call)


def _wire_error(failure: Failure) -> WireFinishError:
    data = {"type": failure.type} if failure.type else None
    return WireFinishError(code=failure.code, message=failure.message, data=data)


def _wire_usage(usage: Usage) -> WireUsage:
    return WireUsage(
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        completion_tokens=usage.completion_tokens,
        draft_tokens=usage.drafted_tokens,
        draft_tokens_accepted=usage.accepted_tokens,
        queue_ms=usage.queue_ms,
        prefill_ms=usage.prefill_ms,
        decode_ms=usage.decode_ms,
        timeline=None if usage.timeline is None else wire_timeline(usage.timeline),
    )


def _finite(logprob: float) -> float:
    return logprob if math.isfinite(logprob) else _LOWEST_LOGPROB
