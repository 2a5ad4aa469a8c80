"""What callers call the texts that are kept: their names go where the tokens go."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlx_runtime.generation.prefix_cache.block_names import kept_names, name_path, place_names
from mlx_runtime.requests import Request
from mlx_runtime.wire import WireBatching

from ..models import tiny_model
from ..serving import greedy, make_generator, random_prompt, serve
from .test_radix_tree import Tree, ids, keep

Names = list[tuple[int, int]]


def name(tree: Tree, *tokens: int, names: Names, tenant: str = "") -> None:
    keep(tree, *tokens, tenant=tenant)
    name_path(tree.walk(tenant, ids(*tokens)), names)


def told(tree: Tree) -> set[int]:
    return set(np.frombuffer(kept_names(tree.nodes()), dtype="<u4").tolist())


def test_places_are_in_proportion_to_characters() -> None:
    assert place_names([7, 8, 9], [256, 512, 900], 1024, 100) == [(7, 25), (8, 50), (9, 87)]


def test_ends_that_are_out_of_the_text_and_names_without_ends_are_left_out() -> None:
    assert place_names([1, 2, 3], [0, 2000], 1000, 100) == []
    assert place_names([1], [5], 0, 100) == []


def test_a_text_of_less_than_a_token_keeps_no_longer_one_from_its_place() -> None:
    names = list(place_names([7, 8], [3, 600], 1000, 100))
    assert names == [(7, 1), (8, 60)]
    tree = Tree(10_000)
    name(tree, *range(100), names=names)
    assert told(tree) == {7, 8}


def test_names_stay_with_their_tokens_when_texts_part() -> None:
    tree = Tree(1000)
    name(tree, 1, 2, 3, 4, 5, 6, names=[(10, 2), (11, 4), (12, 6)])
    name(tree, 1, 2, 3, 9, names=[(10, 2), (20, 4)])
    assert told(tree) == {10, 11, 12, 20}
    tree.shrink(40)
    assert told(tree) == {10, 20}


def test_the_names_of_what_is_evicted_are_forgotten_block_by_block() -> None:
    tree = Tree(1000)
    name(tree, 1, 2, 3, 4, 5, 6, names=[(10, 2), (11, 4), (12, 6)])
    tree.shrink(40)
    assert told(tree) == {10, 11}
    tree.clear()
    assert told(tree) == set()


def test_a_name_beyond_what_is_kept_is_not_told() -> None:
    tree = Tree(1000)
    name(tree, 1, 2, names=[(10, 2), (11, 4)])
    assert told(tree) == {10}


def test_large_names_survive() -> None:
    tree = Tree(1000)
    name(tree, 1, 2, names=[(2**32 - 1, 1), (0, 2)])
    assert told(tree) == {2**32 - 1, 0}


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=10), min_size=1, max_size=12),
    st.integers(20, 400),
)
def test_exactly_the_names_of_kept_tokens_are_told(texts: list[list[int]], capacity: int) -> None:
    tree = Tree(capacity)
    prefixes: dict[tuple[int, ...], int] = {}
    for text in texts:
        parts = [tuple(text[:end]) for end in range(1, len(text) + 1)]
        names = [(prefixes.setdefault(part, len(prefixes)), len(part)) for part in parts]
        name(tree, *text, names=names)
    kept = {
        called
        for part, called in prefixes.items()
        if tree.coverage("", ids(*part)).known == len(part)
    }
    # Known tokens of a text that was never named whole are nobody's to tell.
    assert told(tree) <= kept
    last = texts[-1]
    reach = tree.coverage("", ids(*last)).known
    assert {prefixes[tuple(last[:end])] for end in range(1, reach + 1)} <= told(tree)


def test_a_generator_tells_the_names_of_prompts_that_it_read() -> None:
    prompt = random_prompt(60, 1)
    generator = make_generator(tiny_model("llama"), WireBatching())
    names = [(70, 20), (71, 40), (72, 59)]
    serve(generator, [Request("a", prompt, greedy(2), block_names=names)])
    assert set(np.frombuffer(generator.kept_names(), dtype="<u4").tolist()) == {70, 71, 72}


def test_a_prompt_that_was_read_without_names_gets_them_when_it_comes_again() -> None:
    prompt = random_prompt(60, 1)
    generator = make_generator(tiny_model("llama"), WireBatching())
    serve(generator, [Request("a", prompt, greedy(2))])
    assert generator.kept_names() == b""
    serve(generator, [Request("b", prompt, greedy(2), block_names=[(70, 20)])])
    assert generator.kept_names() == (70).to_bytes(4, "little")
