"""When what happened to a sequence."""

from __future__ import annotations

from mlx_runtime.generation.sequence_times import SequenceTimes


def test_a_prompt_read_in_very_many_passes_has_a_bounded_timeline() -> None:
    times = SequenceTimes(queued=1.0)
    for index in range(1000):
        times.prefilled(float(index), index + 0.5, 2)
    assert len(times.prefill) == 64
    assert sum(span.tokens for span in times.prefill) == 2000
    assert (times.prefill[-1].start, times.prefill[-1].end) == (63.0, 999.5)
