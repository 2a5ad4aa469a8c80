"""A request's timeline as the wire has it."""

from __future__ import annotations

from mlx_runtime.requests import PrefillSpan, RequestTimes, Timeline
from mlx_runtime.serving.timeline_on_wire import wire_timeline
from mlx_runtime.wire import WireTimelineGrammar, WireTimelinePrefill


def test_moments_are_milliseconds_since_the_frame_arrived() -> None:
    request = RequestTimes(received=100.0, encoded=100.002, grammar=(100.002, 100.01))
    prefill = (PrefillSpan(100.03, 100.04, 16),)
    told = wire_timeline(Timeline(request, 100.011, 100.02, prefill, 100.04, 100.5))
    assert (told.encoded, told.queued, told.admitted) == (2.0, 11.0, 20.0)
    assert told.grammar == WireTimelineGrammar(start=2.0, end=10.0)
    assert told.prefill == (WireTimelinePrefill(start=30.0, end=40.0, tokens=16),)
    assert (told.decoding, told.ended) == (40.0, 500.0)


def test_what_a_request_did_not_get_to_is_absent() -> None:
    told = wire_timeline(Timeline(RequestTimes(1.0, 1.5), 1.5, None, (), None, 2.0))
    assert (told.grammar, told.admitted, told.prefill, told.decoding) == (None, None, (), None)
