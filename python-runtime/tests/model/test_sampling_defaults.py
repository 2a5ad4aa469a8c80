from typing import Any

import pytest

from mlx_runtime.model.sampling_defaults import sampling_defaults
from mlx_runtime.wire import WireSamplingDefaults


def test_what_generation_config_names_is_advised() -> None:
    generation = {
        "do_sample": True,
        "temperature": 0.6,
        "top_p": 0.95,
        "top_k": 20,
        "min_p": 0,
        "repetition_penalty": 1.05,
        "eos_token_id": [1, 2],
    }

    assert sampling_defaults(generation) == WireSamplingDefaults(
        temperature=0.6, top_p=0.95, top_k=20, min_p=0.0, repetition_penalty=1.05
    )


def test_a_model_without_advice_advises_nothing() -> None:
    assert sampling_defaults({"eos_token_id": 2}) == WireSamplingDefaults()


@pytest.mark.parametrize("value", [None, -1, 99, "warm", True, [0.7], float("nan")])
def test_a_value_that_no_request_could_ask_for_is_not_advised(value: Any) -> None:
    assert sampling_defaults({"temperature": value, "top_k": 5}) == WireSamplingDefaults(top_k=5)
