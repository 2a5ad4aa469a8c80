"""From what the generation thread reports to what the wire says. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from ..answers.parts import CallDelta, Content, Mismatch, Part, Reasoning
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
from .output_text import OutputText
from .prediction import Prediction
from .timeline_on_wire import wire_timeline

_LOWEST_LOGPROB = -9999.0
"""Stands for minus infinity, which JSON cannot say."""

NO_USAGE = Usage(0, 0, 0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class RowSource:
    """The token that a sequence's text came from, if any, and what is known of it."""

    tokens: tuple[int, ...] = ()
    logprobs: tuple[WireTokenLogprob, ...] | None = None
    prompt: WirePromptUse | None = None
    """With the first token of an answer."""


_NO_SOURCE = RowSource()


def wire_progress(progress: PrefillProgress) -> ProgressParams:
    return ProgressParams(
        phase="prefill",
        stream_id=progress.stream_id,
        done=progress.done,
        total=progress.total,
        unit="tokens",
    )


def row_source(output: StepOutput, token: int | None, tokenizer: Tokenizer) -> RowSource:
    """`token`: the output's; None: it does not count any more."""
    prompt = _wire_prompt(output)
    if token is None:
        return RowSource(prompt=prompt)
    if output.logprob is None:
        return RowSource((token,), None, prompt)
    logprob = wire_token_logprob(token, output.logprob, output.top_logprobs, tokenizer)
    return RowSource((token,), (logprob,), prompt)


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


def _wire_prompt(output: StepOutput) -> WirePromptUse | None:
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
    """The generation thread may have run ahead: tokens behind the sequence's end do not count."""
    usage = msgspec.structs.replace(_wire_usage(finish.usage), completion_tokens=completion_tokens)
    return WireFinish(reason="stop", stop_sequence=stop, usage=usage)


def with_parts(finish: WireFinish, text: OutputText) -> WireFinish:
    """What the text of a sequence adds to how it ended."""
    usage = msgspec.structs.replace(finish.usage, reasoning_tokens=text.reasoning_tokens)
    reason = "tool_calls" if text.has_calls and finish.reason == "stop" else finish.reason
    return msgspec.structs.replace(finish, reason=reason, usage=usage)


def with_prediction(finish: WireFinish, prediction: Prediction) -> WireFinish:
    usage = msgspec.structs.replace(
        finish.usage,
        accepted_prediction_tokens=prediction.accepted,
        rejected_prediction_tokens=prediction.rejected,
    )
    return msgspec.structs.replace(finish, usage=usage)


def wire_rows(
    stream_id: str, parts: Sequence[Part], source: RowSource, finish: WireFinish | None = None
) -> list[WireTokenRow]:
    """One row for each part, and one at least.

    The first has what they came from, the last how the answer ended.
    """
    said = _joined(parts) or [Content("")]
    last = len(said) - 1
    return [
        _wire_row(
            stream_id,
            part,
            source if place == 0 else _NO_SOURCE,
            finish if place == last else None,
        )
        for place, part in enumerate(said)
    ]


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Neighbouring content as one part."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Content) and isinstance(last, Content):
            joined[-1] = Content(last.text + part.text)
        else:
            joined.append(part)
    return joined


def _wire_row(
    stream_id: str, part: Part, source: RowSource, finish: WireFinish | None
) -> WireTokenRow:
    return WireTokenRow(
        stream_id=stream_id,
        text=part.text if isinstance(part, Content | Mismatch) else "",
        reasoning=part.text if isinstance(part, Reasoning) else None,
        tool_call=_wire_call(part) if isinstance(part, CallDelta) else None,
        mismatch=part.reason if isinstance(part, Mismatch) else None,
        tokens=source.tokens,
        logprobs=source.logprobs,
        prompt=source.prompt,
        finish=finish,
    )


def _wire_call(call: CallDelta) -> WireToolCall:
    return WireToolCall(
        index=call.index, id=call.id, name=call.name, arguments=call.arguments, raw=call.raw
    )


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
