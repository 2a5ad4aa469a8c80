"""Proposer is trusted as far as it keeps what it promises."""

from __future__ import annotations

import pytest

from mlx_runtime.generation.spec_decode.calibration import Promise, SpeedupCalibration


def test_it_is_trusted_at_first() -> None:
    assert SpeedupCalibration().realised == 1


def test_passes_that_yield_what_they_promised_keep_the_trust() -> None:
    promises = SpeedupCalibration()
    # Never exactly so: now and then a whole draft fails.
    for yielded in (12, 1, 9, 14, 2, 10, 13, 11) * 4:
        promises.observe(Promise(9, 1.0), 1.0, yielded)
    assert promises.realised == pytest.approx(1, abs=0.15)


def test_passes_that_yield_half_are_trusted_half() -> None:
    promises = SpeedupCalibration()
    for _ in range(40):
        promises.observe(Promise(20, 1.0), 1.0, 10)
    assert promises.realised == pytest.approx(0.5, abs=0.05)


def test_it_is_tried_again_after_many_plain_steps() -> None:
    promises = SpeedupCalibration()
    for _ in range(40):
        promises.observe(Promise(20, 1.0), 1.0, 0)
    assert promises.realised < 0.2
    for _ in range(300):
        promises.observe_plain(Promise(4, 1.0), 1.0)
    assert promises.realised > 0.9


def test_what_slows_plain_steps_down_too_is_not_held_against_drafts() -> None:
    calibration = SpeedupCalibration()
    for _ in range(100):
        calibration.observe_plain(Promise(4, 1.0), 1.5)
    for _ in range(40):
        calibration.observe(Promise(20, 1.0), 1.5, 20)
    assert calibration.realised == pytest.approx(1, abs=0.05)


def test_a_hiccup_of_the_machine_costs_little_trust() -> None:
    calibration = SpeedupCalibration()
    calibration.observe(Promise(20, 1.0), 50.0, 20)
    assert calibration.realised > 0.6
