"""A request's timeline, from monotonic seconds to milliseconds since its frame arrived. Pure."""

from __future__ import annotations

from ..requests import Timeline
from ..wire import WireTimeline, WireTimelineGrammar, WireTimelinePrefill


def wire_timeline(timeline: Timeline) -> WireTimeline:
    times = timeline.request

    def moment(seconds: float) -> float:
        return max(0.0, round((seconds - times.received) * 1000.0, 3))

    def maybe(seconds: float | None) -> float | None:
        return None if seconds is None else moment(seconds)

    grammar = None
    if times.grammar is not None:
        start, end = times.grammar
        grammar = WireTimelineGrammar(start=moment(start), end=moment(end))
    return WireTimeline(
        encoded=moment(times.encoded),
        grammar=grammar,
        queued=moment(timeline.queued),
        admitted=maybe(timeline.admitted),
        prefill=tuple(
            WireTimelinePrefill(start=moment(span.start), end=moment(span.end), tokens=span.tokens)
            for span in timeline.prefill
        ),
        decoding=maybe(timeline.decoding),
        ended=moment(timeline.ended),
    )
