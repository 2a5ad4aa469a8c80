"""What weights are computed with, by device and memory."""

from __future__ import annotations

from typing import Literal

import mlx.core as mx
import pytest

from mlx_runtime.errors import RpcError
from mlx_runtime.model.weights import MemoryNeed, Policy, choose_dtype
from mlx_runtime.wire import WireDevice

GIB = 2**30
NEED = MemoryNeed(stored_bytes=GIB // 2, parameter_count=GIB, cache_bytes=4 * GIB)
"""Dense: 4 GiB as float32, 2 GiB as bfloat16."""

Kind = Literal["cpu", "metal", "cuda"]


def choice(policy: Policy, kind: Kind, gibibytes: float) -> mx.Dtype | None:
    device = WireDevice(kind=kind, name="test", memory_bytes=int(gibibytes * GIB))
    return choose_dtype(policy, device, NEED)


@pytest.mark.parametrize(
    ("policy", "kind", "gibibytes", "expected"),
    [
        ("auto", "cpu", 5, mx.float32),
        ("auto", "cpu", 4, None),
        ("auto", "cuda", 7, mx.bfloat16),
        ("auto", "cuda", 6, None),
        ("auto", "metal", 100, None),
        ("stored", "cpu", 100, None),
        ("stored", "cuda", 100, None),
        ("dense", "metal", 3, mx.bfloat16),
        ("dense", "cuda", 3, mx.bfloat16),
        ("dense", "cpu", 5, mx.float32),
    ],
)
def test_the_fastest_form_that_fits_is_chosen(
    policy: Policy, kind: Kind, gibibytes: float, expected: mx.Dtype | None
) -> None:
    assert choice(policy, kind, gibibytes) == expected


@pytest.mark.parametrize(("policy", "gibibytes"), [("dense", 2), ("auto", 0.5), ("stored", 0.5)])
def test_weights_that_cannot_fit_are_refused(policy: Policy, gibibytes: float) -> None:
    with pytest.raises(RpcError) as refused:
        choice(policy, "cuda", gibibytes)

    assert refused.value.type == "out_of_memory"
