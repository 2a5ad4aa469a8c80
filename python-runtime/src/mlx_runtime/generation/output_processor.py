"""The sequences being served and what they have to say: each ends exactly once."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..errors import Failure
from ..requests import Finish, FinishReason, PrefillProgress, StepOutput, Usage
from .refusal import grammar_failed, non_finite_logits
from .scheduling.scheduler import Scheduler
from .sequence import Sequence
from .stats import Counters
from .steps import SampledToken


class OutputProcessor:
    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.on_end: Callable[[Sequence], None] = lambda _: None
        """Called once for every sequence that ends, whatever the reason."""
        self._outputs: list[StepOutput | PrefillProgress] = []
        self.sequences: dict[str, Sequence] = {}
        """By stream."""
        self.counters = Counters()

    @property
    def has_outputs(self) -> bool:
        return bool(self._outputs)

    def take_outputs(self) -> list[StepOutput | PrefillProgress]:
        outputs, self._outputs = self._outputs, []
        return outputs

    def report_progress(self, sequence: Sequence) -> None:
        self._outputs.append(
            PrefillProgress(
                sequence.stream_id, sequence.num_computed_tokens, sequence.num_prefill_tokens
            )
        )

    def emit(self, sequence: Sequence, sampled: SampledToken | None) -> None:
        """Sends a sequence's token, or ends the sequence; None: its logits were not finite."""
        if self._has_lost_its_grammar(sequence):
            return
        if sampled is None:
            sequence.broken = True
            self.end(sequence, "error", failure=non_finite_logits())
            return
        if sampled.token in sequence.stop_ids:
            self.end(sequence, "stop", stop_token_id=sampled.token)
            return
        if sequence.constraint is not None:
            sequence.constraint.advance(sampled.token)
            if self._has_lost_its_grammar(sequence):
                return
        is_first = len(sequence.output_tokens) == len(sequence.request.resume_tokens)
        sequence.append(sampled.token)
        self._scheduler.spend(sequence)
        self.counters.generated_tokens += 1
        reason = _reason_to_end(sequence)
        finish = None if reason is None else Finish(reason, self.close(sequence, reason))
        self._outputs.append(
            StepOutput(
                sequence.stream_id,
                sampled.token,
                sampled.logprob,
                sampled.top,
                finish,
                sequence.prompt_use() if is_first else None,
            )
        )

    def end(
        self,
        sequence: Sequence,
        reason: FinishReason,
        *,
        stop_token_id: int | None = None,
        failure: Failure | None = None,
    ) -> None:
        """Ends a sequence and tells its stream."""
        finish = Finish(reason, self.close(sequence, reason), stop_token_id, failure)
        self._outputs.append(StepOutput(sequence.stream_id, None, finish=finish))

    def close(self, sequence: Sequence, reason: FinishReason) -> Usage:
        """Ends a sequence without a word to its stream."""
        if reason == "cancelled":
            self.counters.cancelled += 1
        elif reason == "error":
            self.counters.failed += 1
        else:
            self.counters.finished += 1
        sequence.ended = True
        sequence.times.ended = time.monotonic()
        del self.sequences[sequence.stream_id]
        self._scheduler.remove(sequence.stream_id)
        self.on_end(sequence)
        return sequence.usage()

    def _has_lost_its_grammar(self, sequence: Sequence) -> bool:
        """Ends a sequence whose grammar knows no way on."""
        if sequence.constraint is None or sequence.constraint.fault is None:
            return False
        self.end(sequence, "error", failure=grammar_failed(sequence.constraint.fault))
        return True


def _reason_to_end(sequence: Sequence) -> FinishReason | None:
    if sequence.constraint is not None and sequence.constraint.is_complete:
        return "stop"
    return "length" if len(sequence.output_tokens) >= sequence.max_output_tokens else None
