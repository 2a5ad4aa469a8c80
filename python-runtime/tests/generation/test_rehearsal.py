"""What a GPU is shown at load of all that happens to a batch."""

from __future__ import annotations

import pytest

from mlx_runtime.generation.forward import Forward
from mlx_runtime.generation.kv_cache.aligned_caches import AlignedCaches
from mlx_runtime.generation.runner import probe
from mlx_runtime.generation.runner.rehearsal import rehearse_batch

from .models import PLAIN_ATTENTION, tiny_model

HAPPENS = ("extend", "roll_back", "keep_rows", "extract")


@pytest.mark.parametrize("family", PLAIN_ATTENTION)
def test_a_batch_lives_through_all_that_can_happen(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    for name in HAPPENS:
        original = getattr(AlignedCaches, name)

        def noting(*given: object, name: str = name, original: object = original) -> object:
            happened.append(name)
            return original(*given)  # pyright: ignore[reportCallIssue]

        monkeypatch.setattr(AlignedCaches, name, noting)
    rehearse_batch(Forward(tiny_model(family)))
    assert happened == list(HAPPENS)


def test_only_a_gpu_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    rehearsed: list[Forward] = []
    monkeypatch.setattr(probe, "rehearse_batch", rehearsed.append)
    forward = Forward(tiny_model("llama"))
    probe.probe_model(forward, 100)
    assert rehearsed == []
    monkeypatch.setattr(probe, "on_gpu", lambda: True)
    traits = probe.probe_model(forward, 100)
    assert rehearsed == [forward]
    assert [tokens for tokens, _ in traits.step_timings][-1] == 512
