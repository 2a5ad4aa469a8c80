"""The prefix cache by itself: longest match, least recently used out, tenants apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.generation.prefix_cache.prefix_index import PrefixIndex
from mlx_runtime.generation.tokens import common_prefix
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching

from ..models import tiny_model
from ..serving import greedy, make_generator, random_prompt, serve


def keep(cache: PrefixIndex[str], tokens: list[int], nbytes: int = 10, **options: object) -> bool:
    tenant = str(options.get("tenant", ""))
    trimmable = bool(options.get("trimmable", True))
    return cache.keep(tenant, tokens, repr(tokens), nbytes=nbytes, trimmable=trimmable)


def test_the_longest_prefix_is_found_and_its_surplus_told() -> None:
    cache: PrefixIndex[str] = PrefixIndex(1000)
    keep(cache, [1, 2, 3, 4])
    keep(cache, [1, 2, 9])
    hit = cache.find("", [1, 2, 3, 7, 8], 1)
    assert hit is not None
    assert (hit.value, hit.length, hit.surplus) == ("[1, 2, 3, 4]", 3, 1)
    assert cache.find("", [1, 2, 3, 7, 8], 4) is None
    assert (cache.hits, cache.misses) == (1, 1)


def test_what_cannot_be_trimmed_is_used_whole_or_not_at_all() -> None:
    cache: PrefixIndex[str] = PrefixIndex(1000)
    keep(cache, [1, 2, 3, 4], trimmable=False)
    keep(cache, [1, 2], trimmable=False)
    hit = cache.find("", [1, 2, 3, 7], 1)
    assert hit is not None
    assert (hit.length, hit.surplus) == (2, 0)


def test_reading_an_entry_saves_it_from_eviction() -> None:
    cache: PrefixIndex[str] = PrefixIndex(30)
    for first in (1, 2, 3):
        keep(cache, [first, 0])
    cache.find("", [1, 0], 1)
    keep(cache, [4, 0])
    assert cache.find("", [1, 0], 1) is not None
    assert cache.find("", [2, 0], 1) is None


def test_a_longer_entry_replaces_its_prefixes_only_when_it_can_stand_in_for_them() -> None:
    cache: PrefixIndex[str] = PrefixIndex(1000)
    keep(cache, [1, 2])
    keep(cache, [1, 2, 3])
    assert len(cache) == 1
    keep(cache, [1, 2, 3, 4], trimmable=False)
    assert len(cache) == 2


def test_tenants_never_see_each_other() -> None:
    cache: PrefixIndex[str] = PrefixIndex(1000)
    keep(cache, [1, 2, 3], tenant="a")
    assert cache.find("b", [1, 2, 3], 1) is None
    assert not cache.covers("b", [1, 2, 3])
    assert cache.covers("a", [1, 2, 3])


def test_discarding_a_path_leaves_its_neighbours() -> None:
    cache: PrefixIndex[str] = PrefixIndex(1000)
    for tokens in ([1, 2], [1, 2, 3, 4, 5], [1, 9]):
        keep(cache, tokens, trimmable=False)
    cache.discard("", [1, 2, 3])
    assert cache.find("", [1, 9, 9], 1) is not None
    assert len(cache) == 1


def test_an_entry_larger_than_the_cache_changes_nothing() -> None:
    cache: PrefixIndex[str] = PrefixIndex(25)
    keep(cache, [1])
    assert not keep(cache, [2], nbytes=26)
    assert (len(cache), cache.nbytes) == (1, 10)


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 2), min_size=1, max_size=5), st.integers(1, 40)),
        max_size=30,
    ),
    st.booleans(),
)
def test_bytes_stay_within_the_capacity(
    entries: list[tuple[list[int], int]], trimmable: bool
) -> None:
    cache: PrefixIndex[str] = PrefixIndex(60)
    for tokens, nbytes in entries:
        keep(cache, tokens, nbytes, trimmable=trimmable)
        assert 0 <= cache.nbytes <= 60
    cache.shrink(0)
    assert (len(cache), cache.nbytes) == (0, 0)


@given(st.lists(st.integers(0, 1), max_size=8), st.lists(st.integers(0, 1), max_size=8))
def test_common_prefix_is_the_longest_shared_start(left: list[int], right: list[int]) -> None:
    length = common_prefix(left, right)
    assert left[:length] == right[:length]
    assert length == min(len(left), len(right)) or left[length] != right[length]


def test_identical_prompts_that_arrive_together_are_read_once() -> None:
    prompt = random_prompt(120, 1)
    generator = make_generator(tiny_model("llama"), WireBatching(prompt_cache_bytes=0))
    served = serve(generator, [Request(str(index), prompt, greedy(5)) for index in range(4)])
    assert generator.stats().counters.prefilled_tokens == 119
    assert len({tuple(stream.tokens) for stream in served.values()}) == 1
    cached = sorted(stream.finish.usage.cached_tokens for stream in served.values())
    assert cached == [0, 119, 119, 119]


def test_followers_read_on_their_own_when_their_leader_is_cancelled() -> None:
    prompt = random_prompt(400, 1)
    generator = make_generator(
        tiny_model("llama"), WireBatching(prompt_cache_bytes=0, prefill_step_size=32)
    )
    requests = [Request(str(index), prompt, greedy(5)) for index in range(3)]

    def cancel_the_leader(step: int) -> None:
        if step == 1:
            generator.cancel("0")

    served = serve(generator, requests, before_step=cancel_the_leader)
    assert served["0"].finish.reason == "cancelled"
    assert len(served["1"].tokens) == len(served["2"].tokens) == 5
    assert generator.stats().counters.prefilled_tokens <= 2 * 399


def test_a_prefix_of_another_tenant_is_computed_again() -> None:
    prompt = random_prompt(60, 1)
    generator = make_generator(tiny_model("llama"), WireBatching())
    for tenant in ("a", "b", "a"):
        serve(generator, [Request(tenant, prompt, greedy(3), tenant=tenant)])
    counters = generator.stats().counters
    assert counters.prefilled_tokens == 2 * 59
    assert counters.reused_tokens == 59
