"""Models of the tests compute as served ones do, and draft as the test says."""

from __future__ import annotations

import pytest

from mlx_runtime.generation.scheduling.step_cost import StepCost
from mlx_runtime.generation.scheduling.token_budget import TokenBudget
from mlx_runtime.generation.spec_decode.calibration import SpeedupCalibration
from mlx_runtime.model.device import describe_device, prepare_device

prepare_device(describe_device())


@pytest.fixture
def drafting_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that can be drafted is: wide passes cost no more, and trust lasts."""

    def seconds(_: StepCost, tokens: int) -> float:
        return 1.0 + tokens / 1e6

    def observe(_: SpeedupCalibration, promised: float, yielded: float) -> None:
        pass

    monkeypatch.setattr(StepCost, "seconds", seconds)
    monkeypatch.setattr(SpeedupCalibration, "observe", observe)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever passes cost here, parts of prompts are computed beside decode steps."""

    def beside_budget(*_: object) -> int:
        return 24

    monkeypatch.setattr(TokenBudget, "beside_budget", beside_budget)
