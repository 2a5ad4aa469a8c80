"""The rows being served and what they have to say: each ends exactly once."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..requests import Failure, Finish, FinishReason, PrefillProgress, StepOutput, Usage
from .refusal import grammar_failed, non_finite_logits
from .sample import SampledToken
from .scheduling.scheduler import Scheduler
from .sequence import Row
from .stats import Counters


class OutputProcessor:
    def __init__(self, scheduler: Scheduler, on_end: Callable[[Row], None]) -> None:
        """`on_end` is called once for every row that ends, whatever the reason."""
        self._scheduler = scheduler
        self._on_end = on_end
        self._outputs: list[StepOutput | PrefillProgress] = []
        self.rows: dict[str, Row] = {}
        self.counters = Counters()

    @property
    def has_outputs(self) -> bool:
        return bool(self._outputs)

    def take_outputs(self) -> list[StepOutput | PrefillProgress]:
        outputs, self._outputs = self._outputs, []
        return outputs

    def report_progress(self, row: Row) -> None:
        self._outputs.append(PrefillProgress(row.stream_id, row.read, row.prefill_total))

    def emit(self, row: Row, choice: SampledToken | None) -> None:
        """Sends a row's token, or ends the row; None: its logits were not finite."""
        if self._has_lost_its_grammar(row):
            return
        if choice is None:
            row.broken = True
            self.end(row, "error", failure=non_finite_logits())
            return
        if choice.token in row.stop_ids:
            self.end(row, "stop", stop_token_id=choice.token)
            return
        if row.constraint is not None:
            row.constraint.advance(choice.token)
            if self._has_lost_its_grammar(row):
                return
        is_first = len(row.generated) == len(row.request.resume_tokens)
        row.generated.append(choice.token)
        if row.lookup is not None:
            row.lookup.push(choice.token)
        if row.edits is not None:
            row.edits.advance(choice.token)
        self._scheduler.spend(row.ticket)
        self.counters.generated_tokens += 1
        reason = _reason_to_end(row)
        finish = None if reason is None else Finish(reason, self.close(row, reason))
        self._outputs.append(
            StepOutput(
                row.stream_id,
                choice.token,
                choice.logprob,
                choice.top,
                finish,
                row.prompt_use() if is_first else None,
            )
        )

    def _has_lost_its_grammar(self, row: Row) -> bool:
        """Ends a row whose grammar knows no way on."""
        if row.constraint is None or row.constraint.fault is None:
            return False
        self.end(row, "error", failure=grammar_failed(row.constraint.fault))
        return True

    def end(
        self,
        row: Row,
        reason: FinishReason,
        *,
        stop_token_id: int | None = None,
        failure: Failure | None = None,
    ) -> None:
        """Ends a row and tells its stream."""
        finish = Finish(reason, self.close(row, reason), stop_token_id, failure)
        self._outputs.append(StepOutput(row.stream_id, None, finish=finish))

    def close(self, row: Row, reason: FinishReason) -> Usage:
        """Ends a row without a word to its stream."""
        if reason == "cancelled":
            self.counters.cancelled += 1
        elif reason == "error":
            self.counters.failed += 1
        else:
            self.counters.finished += 1
        row.ended = True
        row.times.ended = time.monotonic()
        del self.rows[row.stream_id]
        self._scheduler.remove(row.stream_id)
        self._on_end(row)
        return row.usage()


def _reason_to_end(row: Row) -> FinishReason | None:
    if row.constraint is not None and row.constraint.is_complete:
        return "stop"
    return "length" if len(row.generated) >= row.token_limit else None
