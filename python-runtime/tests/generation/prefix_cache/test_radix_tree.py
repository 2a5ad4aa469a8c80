"""The tree of kept prefixes by itself: longest match, shared storage, least recently used out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mlx_runtime.generation.prefix_cache.radix_tree import RadixTree
from mlx_runtime.generation.tokens import common_prefix


@dataclass(frozen=True)
class TextBlock:
    """What is kept of tokens: the tokens themselves, ten bytes each."""

    text: tuple[int, ...]
    complete: bool = True

    @property
    def length(self) -> int:
        return len(self.text)

    @property
    def nbytes(self) -> int:
        return 10 * len(self.text)

    def split(self, at: int) -> tuple[TextBlock, TextBlock]:
        return self.part(0, at), self.part(at, self.length)

    def part(self, begin: int, end: int) -> TextBlock:
        return TextBlock(self.text[begin:end], self.complete)


Tree = RadixTree[TextBlock, str]


def ids(*tokens: int) -> NDArray[np.int32]:
    return np.array(tokens, dtype=np.int32)


def keep(
    tree: Tree, *tokens: int, tenant: str = "", complete: bool = True, block: int = 2
) -> list[TextBlock]:
    """Keeps a text, with a checkpoint where that is needed; returns what was not kept before."""
    new: list[TextBlock] = []

    def blocks_from(begin: int) -> list[TextBlock]:
        places = range(begin, len(tokens), block)
        new.extend(TextBlock(tokens[at : min(at + block, len(tokens))], complete) for at in places)
        return new

    def checkpoint(blocks: object) -> tuple[str, int] | None:
        return None if complete else (repr(tokens), 7)

    tree.insert(tenant, ids(*tokens), blocks_from, checkpoint)
    return new


def found(tree: Tree, *tokens: int, tenant: str = "") -> list[int]:
    match = tree.find(tenant, ids(*tokens), 1)
    return [] if match is None else [token for block in match.blocks for token in block.text]


def test_the_longest_prefix_is_found_to_the_token() -> None:
    tree = Tree(1000)
    keep(tree, 1, 2, 3, 4)
    keep(tree, 1, 2, 9)
    assert found(tree, 1, 2, 3, 7, 8) == [1, 2, 3]
    assert tree.find("", ids(1, 2, 3, 7, 8), 4) is None
    assert (tree.hits, tree.misses) == (1, 1)


def test_what_texts_begin_with_is_kept_once() -> None:
    tree = Tree(1000)
    keep(tree, 1, 2, 3, 4, 5)
    assert [block.text for block in keep(tree, 1, 2, 3, 9)] == [(9,)]
    assert (tree.leaves, tree.nbytes, tree.shared_nbytes) == (2, 60, 30)
    assert keep(tree, 1, 2, 3) == []


def test_a_checkpoint_is_gone_on_from_at_its_own_place_alone() -> None:
    tree = Tree(1000)
    keep(tree, 1, 2, 3, 4, complete=False)
    keep(tree, 1, 2, complete=False)
    assert found(tree, 1, 2, 3, 7) == [1, 2]
    match = tree.find("", ids(1, 2, 3, 4, 5), 1)
    assert match is not None
    assert (match.length, match.checkpoint) == (4, "(1, 2, 3, 4)")
    coverage = tree.coverage("", ids(1, 2, 3, 7))
    assert (coverage.usable, coverage.known) == (2, 3)


def test_reading_a_text_saves_it_from_eviction() -> None:
    tree = Tree(60)
    for first in (1, 2, 3):
        keep(tree, first, 0)
    assert found(tree, 1, 0) == [1, 0]
    keep(tree, 4, 0)
    assert found(tree, 1, 0) == [1, 0]
    assert found(tree, 2, 0) == []
    assert tree.evictions == 1


def test_the_last_block_of_the_oldest_leaf_goes_first() -> None:
    tree = Tree(100)
    keep(tree, 1, 2, 3, 4, 5, 6)
    keep(tree, 1, 2, 8, 8)
    keep(tree, 1, 2, 9, 9, 9)
    assert found(tree, 1, 2, 3, 4, 5, 6) == [1, 2, 3, 4]


def test_what_is_locked_stays_and_may_go_when_it_is_released() -> None:
    tree = Tree(40)
    keep(tree, 1, 2, 3)
    match = tree.find("", ids(1, 2, 3), 1)
    assert match is not None
    tree.lock(match.node)
    keep(tree, 7, 8)
    assert found(tree, 7, 8) == []
    tree.shrink(0)
    assert found(tree, 1, 2, 3) == [1, 2, 3]
    tree.unlock(match.node)
    tree.shrink(0)
    assert (tree.leaves, tree.nbytes) == (0, 0)


def test_tenants_never_see_each_other() -> None:
    tree = Tree(1000)
    keep(tree, 1, 2, 3, tenant="a")
    assert found(tree, 1, 2, 3, tenant="b") == []
    assert tree.coverage("b", ids(1, 2, 3)).known == 0
    assert found(tree, 1, 2, 3, tenant="a") == [1, 2, 3]


@pytest.mark.parametrize(("sound", "left"), [(True, [1, 2]), (False, [])])
def test_discarding_a_text_leaves_what_others_share_while_it_is_sound(
    sound: bool, left: list[int]
) -> None:
    tree = Tree(1000)
    keep(tree, 1, 2, 3, 4)
    keep(tree, 1, 2, 9)
    tree.discard("", ids(1, 2, 3, 4, 5), lambda _: sound)
    assert found(tree, 1, 2, 3, 4) == left
    assert found(tree, 1, 2, 9) == ([1, 2, 9] if sound else [])


def test_a_text_larger_than_the_tree_changes_nothing() -> None:
    tree = Tree(25)
    keep(tree, 1, 2)
    keep(tree, 1, 2, 3)
    assert found(tree, 1, 2, 3) == [1, 2]
    assert tree.nbytes == 20


texts = st.lists(st.integers(0, 2), min_size=1, max_size=7)
operations = st.lists(
    st.one_of(
        st.tuples(st.just("keep"), texts),
        st.tuples(st.just("find"), texts),
        st.tuples(st.just("discard"), texts),
        st.tuples(st.just("release"), texts),
        st.tuples(st.just("shrink"), texts),
    ),
    max_size=40,
)


@given(operations, st.booleans())
@settings(max_examples=150)
def test_after_any_use_what_is_found_is_the_text_and_the_capacity_holds(
    operations: list[tuple[str, list[int]]], complete: bool
) -> None:
    tree = Tree(150)
    kept: list[list[int]] = []
    locked: list[object] = []
    for name, text in operations:
        if name == "keep":
            keep(tree, *text, complete=complete)
            kept.append(text)
        elif name == "find":
            match = tree.find("", ids(*text), 1)
            if match is not None:
                assert [token for block in match.blocks for token in block.text] == text[
                    : match.length
                ]
                assert complete or match.checkpoint == repr(tuple(text[: match.length]))
                assert any(common_prefix(text, other) >= match.length for other in kept)
                tree.lock(match.node)
                locked.append(match.node)
        elif name == "discard":
            tree.discard("", ids(*text), lambda _: True)
        elif name == "release" and locked:
            tree.unlock(locked.pop())  # pyright: ignore[reportArgumentType]
        elif name == "shrink":
            tree.shrink(10 * len(text))
        assert 0 <= tree.nbytes <= 150
        assert tree.nbytes == recount(tree)
        assert tree.leaves >= 0
    for node in locked:
        tree.unlock(node)  # pyright: ignore[reportArgumentType]
    tree.shrink(0)
    assert (tree.leaves, tree.nbytes, tree.shared_nbytes) == (0, 0, 0)


def recount(tree: Tree) -> int:
    return sum(node.nbytes for root in tree._roots.values() for node in root.subtree())


@given(st.lists(st.integers(0, 1), max_size=8), st.lists(st.integers(0, 1), max_size=8))
def test_common_prefix_is_the_longest_shared_start(left: list[int], right: list[int]) -> None:
    length = common_prefix(left, right)
    assert left[:length] == right[:length]
    assert length == min(len(left), len(right)) or left[length] != right[length]
