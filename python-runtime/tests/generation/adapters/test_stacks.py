"""How the adapters of a pass's rows lie in memory."""

from __future__ import annotations

from collections.abc import Sequence

import mlx.core as mx
import pytest

from mlx_runtime.model.adapters.low_rank import Adapter, LowRank
from mlx_runtime.model.adapters.stacks import LayerStack, RowStack, Stacks, stacked_bytes

SIZE, OUT, EXPERTS = 12, 20, 3


def adapters(ranks: Sequence[int], dtype: mx.Dtype = mx.float32) -> list[Adapter]:
    """Of one layer and, but for the first, of experts."""

    def layers(place: int, rank: int) -> dict[str, LowRank]:
        a, b = mx.zeros((SIZE, rank), dtype), mx.zeros((rank, OUT), dtype)
        of_experts = LowRank(mx.stack([a] * EXPERTS), mx.stack([b] * EXPERTS))
        factors = mx.ones((OUT,)) if place == 1 else None
        own = {"layer": LowRank(a, b, factors, factors)}
        return own if place == 0 else {**own, "experts": of_experts}

    return [Adapter(str(n), str(n), layers(n, rank)) for n, rank in enumerate(ranks)]


@pytest.mark.parametrize(
    ("ranks", "kind"),
    [
        ([4, 4], LayerStack),
        ([4, 4, 4], RowStack),
        ([4, 8, 8, 8], RowStack),
        ([4, 4, 4, 64], LayerStack),
    ],
    ids=["few", "many", "of ranks that are near", "one far larger"],
)
def test_many_adapters_of_like_ranks_lie_one_behind_another(
    ranks: Sequence[int], kind: type[LayerStack | RowStack]
) -> None:
    assert type(Stacks(adapters(ranks)).layers["layer"]) is kind


def test_adapters_lie_beside_each_other_in_types_without_products_of_chosen_matrices() -> None:
    stacks = Stacks(adapters([4] * 8, mx.bfloat16))
    assert type(stacks.layers["layer"]) is LayerStack


@pytest.mark.parametrize("ranks", [[4, 4], [4, 4, 4], [4, 8, 8, 8], [4, 4, 4, 64]])
def test_what_stacks_will_take_is_known_before_they_are_made(ranks: Sequence[int]) -> None:
    found = adapters(ranks)
    stacks = Stacks(found)
    arrays = [
        array
        for stack in (*stacks.layers.values(), *stacks.experts.values())
        for array in (stack.a, stack.b, getattr(stack, "factors", None))
        if array is not None
    ]
    taken = sum(array.nbytes for array in arrays)
    assert taken <= stacked_bytes(found) <= 1.5 * taken
