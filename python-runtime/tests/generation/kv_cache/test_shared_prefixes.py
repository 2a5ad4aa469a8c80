"""What rows begin with may be held apart; nobody can tell from what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import mlx.core as mx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.generation.forward import Forward
from mlx_runtime.generation.host_arrays import Floats
from mlx_runtime.generation.kv_cache import layer_caches
from mlx_runtime.generation.kv_cache.aligned_caches import AlignedCaches
from mlx_runtime.generation.kv_cache.layer_caches import LanguageModel
from mlx_runtime.generation.kv_cache.shared_prefixes import (
    CachedTokens,
    Prefix,
    plan_shared_prefixes,
)
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching, WireSampling

from ..models import CONFIGURATIONS, tiny_model
from ..serving import greedy, make_generator, random_prompt, reference, serve

COMMON = random_prompt(400, 1)


def text(*parts: Sequence[int], owner: str = "") -> CachedTokens:
    return CachedTokens(owner, [token for part in parts for token in part])


class TestPlan:
    def test_a_common_beginning_is_shared(self) -> None:
        texts = [text(COMMON, random_prompt(9 + n, 10 + n)) for n in range(4)]
        (share,) = plan_shared_prefixes([text(random_prompt(30, 5)), *texts])
        assert share.rows == [1, 2, 3, 4]
        assert share.length == 400

    def test_too_little_in_common_is_not(self) -> None:
        assert (
            plan_shared_prefixes([text(COMMON[:40], random_prompt(5, n)) for n in range(4)]) == []
        )

    def test_owners_have_nothing_in_common(self) -> None:
        texts = [text(COMMON, owner=owner) for owner in "abcd"]
        assert [share.rows for share in plan_shared_prefixes(texts)] in ([], [[0], [1], [2], [3]])
        held = [Prefix(text(COMMON, owner="e"), [], [0])]
        assert all(share.held is None for share in plan_shared_prefixes(texts, held))

    def test_a_prefix_of_the_batch_is_used_again(self) -> None:
        held = Prefix(text(COMMON), [], [0, 1])
        (share,) = plan_shared_prefixes([text(COMMON, [1, 2, 3])], [held], beside=2, longest=20)
        assert share.held is held
        assert share.length == 400

    def test_one_long_row_does_not_lengthen_the_others(self) -> None:
        short = [text(random_prompt(20 + n, n)) for n in range(7)]
        (share,) = plan_shared_prefixes([*short, text(random_prompt(3000, 8))])
        assert share.rows == [7]
        assert share.length == 3000

    def test_rows_of_one_length_stay_together(self) -> None:
        assert plan_shared_prefixes([text(random_prompt(3000 + n, n)) for n in range(4)]) == []
        assert plan_shared_prefixes([text(random_prompt(3000, 1))], beside=7, longest=2900) == []

    @given(st.data())
    def test_every_share_is_true(self, data: st.DataObject) -> None:
        parts = [random_prompt(n, n) for n in (300, 700, 80)]
        chosen = st.lists(st.sampled_from(parts), max_size=3)
        texts = [
            text(*data.draw(chosen), random_prompt(data.draw(st.integers(0, 9)), 99), owner=owner)
            for owner in data.draw(st.lists(st.sampled_from("ab"), min_size=1, max_size=6))
        ]
        shares = plan_shared_prefixes(texts, beside=data.draw(st.integers(0, 9)))
        rows = [row for share in shares for row in share.rows]
        assert len(rows) == len(set(rows))
        for share in shares:
            beginnings = {
                (texts[row].namespace, tuple(texts[row].tokens[: share.length]))
                for row in share.rows
            }
            assert len(beginnings) == 1
            assert share.length <= min(len(texts[row].tokens) for row in share.rows)
            assert list(share.rows) == sorted(share.rows)


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return cast("LanguageModel", tiny_model("llama"))


def read_alone(model: LanguageModel, prompt: list[int]) -> layer_caches.Caches:
    caches = Forward(model).empty_caches()
    Forward(model).prefill(caches, [prompt])
    return caches


class TestCaches:
    """Rows 0 and 1 share a prefix, row 2 is long, row 3 is short."""

    @pytest.fixture
    def prompts(self) -> list[list[int]]:
        starts = [COMMON * 2, COMMON * 2, random_prompt(1500, 2), []]
        return [[*start, *random_prompt(3 + n, 30 + n)] for n, start in enumerate(starts)]

    def batch(self, model: LanguageModel, prompts: list[list[int]]) -> AlignedCaches:
        rows = [read_alone(model, prompt) for prompt in prompts]
        return cast("AlignedCaches", layer_caches.merge(rows, [text(p) for p in prompts]))

    def next_logits(self, model: LanguageModel, caches: layer_caches.Caches, rows: int) -> Floats:
        tokens = mx.full((rows, 1), 7, mx.uint32)
        return np.array(Forward(model).logits(tokens, caches)[:, -1])

    def check(
        self,
        model: LanguageModel,
        caches: AlignedCaches,
        prompts: list[list[int]],
    ) -> None:
        """The rows go on, taken out and together, as each does alone."""
        expected = [self.next_logits(model, read_alone(model, prompt), 1)[0] for prompt in prompts]
        for index, logits in enumerate(expected):
            taken = self.next_logits(model, caches.extract(index), 1)[0]
            np.testing.assert_allclose(taken, logits, rtol=1e-3, atol=1e-4)
        together = self.next_logits(model, caches, len(prompts))
        np.testing.assert_allclose(together, np.array(expected), rtol=1e-3, atol=1e-4)

    def test_rows_are_what_they_are_alone(
        self, model: LanguageModel, prompts: list[list[int]]
    ) -> None:
        caches = self.batch(model, prompts)
        assert caches[0].nbytes < 2 * read_alone(model, prompts[2])[0].nbytes
        self.check(model, caches, prompts)

    @pytest.mark.parametrize("kept", [[0, 2], [1, 3], [3], [2], [0, 1, 3]])
    def test_rows_leave(
        self, model: LanguageModel, prompts: list[list[int]], kept: list[int]
    ) -> None:
        caches = self.batch(model, prompts)
        caches.keep_rows(kept)
        self.check(model, caches, [prompts[row] for row in kept])

    def test_rows_join(self, model: LanguageModel, prompts: list[list[int]]) -> None:
        caches = self.batch(model, prompts)
        more = [[*COMMON, *COMMON, 5], random_prompt(11, 3), [*COMMON[:300], 5]]
        rows = [read_alone(model, prompt) for prompt in more]
        joining = layer_caches.merge(rows, [text(prompt) for prompt in more], caches)
        size = caches[0].nbytes
        caches.extend(cast("AlignedCaches", joining))
        assert caches[0].nbytes - size < read_alone(model, more[0])[0].nbytes
        self.check(model, caches, [*prompts, *more])

    def test_a_window_would_have_to_hide_parts_of_a_prefix(
        self, model: LanguageModel, prompts: list[list[int]]
    ) -> None:
        with pytest.raises(NotImplementedError):
            self.batch(model, prompts)[0].make_mask(1, window_size=8)


@pytest.mark.parametrize("family", CONFIGURATIONS)
def test_rows_of_every_family_say_what_they_say_alone(family: str) -> None:
    model = tiny_model(family)
    prompts = [[*COMMON, *random_prompt(5 + n, 20 + n)] for n in range(4)]
    prompts += [random_prompt(1300, 7), random_prompt(12, 8)]
    later = [[*COMMON, *random_prompt(6, 50)], random_prompt(9, 51)]
    generator = make_generator(model, WireBatching(prefill_step_size=256))

    def submit_more(step: int) -> None:
        if step == 12:
            for index, prompt in enumerate(later):
                generator.submit(Request(f"later-{index}", prompt, greedy(8)))

    requests = [Request(f"row-{n}", prompt, greedy(6 + 9 * n)) for n, prompt in enumerate(prompts)]
    served = serve(generator, requests, before_step=submit_more)

    for n, prompt in enumerate(prompts):
        assert served[f"row-{n}"].tokens == reference(model, prompt, 6 + 9 * n)
    for n, prompt in enumerate(later):
        assert served[f"later-{n}"].tokens == reference(model, prompt, 8)


def test_models_that_keep_all_keys_hold_prefixes_apart() -> None:
    holds = {
        family: make_generator(tiny_model(family)).traits.shares_prefixes
        for family in CONFIGURATIONS
    }
    assert holds["llama"]
    assert holds["qwen3"]
    assert holds["qwen3_moe"]
    assert not holds["gemma3_text"]


def test_tenants_do_not_meet_in_a_prefix() -> None:
    model = tiny_model("llama")
    sampling = WireSampling(max_tokens=6, temperature=0.8, seed=3)
    requests = [
        Request(f"{tenant}-{n}", [*COMMON, n], sampling, tenant=tenant)
        for tenant in ("a", "b")
        for n in range(3)
    ]
    together = serve(make_generator(model), requests)
    for request in requests:
        alone = serve(make_generator(model), [request])[request.stream_id]
        assert together[request.stream_id].tokens == alone.tokens
