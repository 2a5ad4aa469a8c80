"""When what happened to a sequence, in monotonic seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..requests import PrefillSpan, RequestTimes, Timeline

_MOST_SPANS = 64
"""Passes told one by one; the later ones of a prompt in more parts are told as one."""


@dataclass(slots=True)
class SequenceTimes:
    """Moments at which the sequence changed its phase; 0 while it has not."""

    queued: float
    admitted: float = 0.0
    decoding: float = 0.0
    ended: float = 0.0
    prefill: list[PrefillSpan] = field(default_factory=list[PrefillSpan])

    def prefilled(self, start: float, end: float, tokens: int) -> None:
        """Notes a pass that computed part of the prompt."""
        if len(self.prefill) == _MOST_SPANS:
            last = self.prefill.pop()
            start, tokens = last.start, last.tokens + tokens
        self.prefill.append(PrefillSpan(start, end, tokens))

    def milliseconds(self) -> tuple[float, float, float]:
        """Time in the queue, in prefill and in decode."""
        admitted = self.admitted or self.ended
        decoding = self.decoding or self.ended
        spans = (admitted - self.queued, decoding - admitted, self.ended - decoding)
        queue, prefill, decode = (max(0.0, span * 1000.0) for span in spans)
        return queue, prefill, decode

    def timeline(self, request: RequestTimes) -> Timeline:
        """All of it, from the arrival of the request's frame to its end."""
        return Timeline(
            request=request,
            queued=self.queued,
            admitted=self.admitted or None,
            prefill=tuple(self.prefill),
            decoding=self.decoding or None,
            ended=self.ended,
        )
