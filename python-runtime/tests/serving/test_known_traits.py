"""What is known of a model survives the process that found it out."""

from __future__ import annotations

from mlx_runtime.generation.model_traits import ModelTraits
from mlx_runtime.generation.scheduling.kv_budget import Footprint, LayerFootprint
from mlx_runtime.serving import known_traits

TRAITS = ModelTraits(
    mergeable=True,
    prefills_together=True,
    needs_checkpoints=False,
    footprint=Footprint([LayerFootprint(0.0, 512.0), LayerFootprint(1.5, 256.0, 128)]),
    can_roll_back=True,
    shares_prefixes=True,
    prefills_beside=True,
    prefill_timings=[(1, 0.07), (64, 0.21)],
    step_timings=[(1, 0.08), (8, 0.09)],
    vocab_size=49152,
)


def test_everything_comes_back() -> None:
    text = known_traits.to_text(TRAITS, "a model")
    known = known_traits.from_text(text, "a model")
    assert known is not None
    assert known.footprint.nbytes(1000) == TRAITS.footprint.nbytes(1000)
    assert known_traits.to_text(known, "a model") == text


def test_another_model_is_looked_at_anew() -> None:
    assert known_traits.from_text(known_traits.to_text(TRAITS, "a model"), "another") is None


def test_what_makes_no_sense_is_looked_at_anew() -> None:
    for text in (None, "those of a fake", '{"fingerprint": "a model"}'):
        assert known_traits.from_text(text, "a model") is None
