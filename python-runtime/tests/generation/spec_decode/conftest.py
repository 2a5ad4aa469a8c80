"""What tests of drafting share."""

from __future__ import annotations

from typing import Any

import pytest

from ..models import VOCABULARY, tiny_model
from .draft_models import perturbed


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama")


@pytest.fixture(scope="module")
def drafts() -> dict[str, Any]:
    return {
        "same": tiny_model("llama"),
        "perturbed": perturbed(tiny_model("llama"), 0.05),
        "unrelated": tiny_model("llama", seed=9),
        # Another family, and fewer logits than the target has.
        "smaller": tiny_model("qwen3", num_hidden_layers=1, vocab_size=VOCABULARY - 6),
    }


@pytest.fixture
def drafting_always_pays(drafting_is_free: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "mlx_runtime.generation.spec_decode.draft_model.DraftModel.seconds", _costs_little
    )


def _costs_little(_: object, count: int) -> float:
    return 0.03 * count
