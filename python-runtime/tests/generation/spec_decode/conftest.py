"""Drafting as it is where speed does not matter: tests of its text, on machines of any pace."""

from __future__ import annotations

from typing import Any

import pytest

from mlx_runtime.generation.scheduling.step_cost import StepCost
from mlx_runtime.generation.spec_decode.proposer import SpeedupCalibration

from ..models import tiny_model


@pytest.fixture(scope="module")
def model() -> Any:
    return tiny_model("llama")


@pytest.fixture
def drafting_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that can be drafted is: wide passes cost no more, and no clock says otherwise."""

    def seconds(_: StepCost, tokens: int) -> float:
        return 1.0 + tokens / 1e6

    def observe(_: SpeedupCalibration, promised: float, yielded: float) -> None:
        pass

    monkeypatch.setattr(StepCost, "seconds", seconds)
    monkeypatch.setattr(SpeedupCalibration, "observe", observe)
