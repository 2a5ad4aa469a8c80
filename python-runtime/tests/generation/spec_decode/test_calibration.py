"""Proposer is trusted as far as it keeps what it promises."""

from __future__ import annotations

import pytest

from mlx_runtime.generation.spec_decode.calibration import SpeedupCalibration


def test_it_is_trusted_at_first() -> None:
    assert SpeedupCalibration().realised == 1


def test_passes_that_yield_what_they_promised_keep_the_trust() -> None:
    calibration = SpeedupCalibration()
    # Never exactly so: now and then a whole draft fails.
    for yielded in (12, 1, 9, 14, 2, 10, 13, 11) * 4:
        calibration.observe(9, yielded)
    assert calibration.realised == pytest.approx(1, abs=0.15)


def test_passes_that_yield_half_are_trusted_half() -> None:
    calibration = SpeedupCalibration()
    for _ in range(40):
        calibration.observe(20, 10)
    assert calibration.realised == pytest.approx(0.5, abs=0.05)


def test_it_is_tried_again_after_many_plain_steps() -> None:
    calibration = SpeedupCalibration()
    for _ in range(40):
        calibration.observe(20, 0)
    assert calibration.realised < 0.2
    for _ in range(300):
        calibration.decay_to_prior()
    assert calibration.realised > 0.9
