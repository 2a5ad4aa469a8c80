"""The keys and values of computed prefixes in memory, and what they are worth to a sequence."""

from __future__ import annotations

from collections import abc
from collections.abc import Callable

import numpy as np

from ..arrays import start
from ..cache_key import CacheKey
from ..kv_cache.layer_caches import Caches, state
from ..kv_cache.token_blocks import RowKV, States, TokenBlock, is_sound, states_nbytes
from ..sequence import Sequence
from .block_names import name_path
from .disk import DiskPrefixes, Loaded
from .pending_lookups import WORTH_THE_DISK
from .radix_node import RadixNode, Tokens
from .radix_tree import RadixTree

Node = RadixNode[TokenBlock, States]

Assemble = Callable[[abc.Sequence[TokenBlock], States | None], Caches]
"""Makes the plain caches of a row that hold the tokens of blocks."""

WORTH_KEEPING_EARLY = 64
"""A prompt that is known but for fewer tokens than this is kept with its answer, not before."""


class KeptPrefixes:
    """Sequences copy what they begin with into caches of their own; while they run, it stays."""

    def __init__(
        self,
        capacity_bytes: int,
        assemble: Assemble,
        disk: DiskPrefixes | None,
    ) -> None:
        self.tree: RadixTree[TokenBlock, States] = RadixTree(capacity_bytes)
        self._assemble = assemble
        self._disk = disk
        self._locked: dict[Sequence, Node] = {}

    def find(self, sequence: Sequence, tokens: Tokens, minimum: int) -> tuple[Caches, int] | None:
        """Caches that hold the longest kept prefix of a sequence's tokens, and its length."""
        match = self.tree.find(sequence.cache_key, tokens, minimum)
        if match is None:
            return None
        self._lock(sequence, match.node)
        caches = self._assemble(match.blocks, match.checkpoint)
        # Until then the blocks are in memory, whatever becomes of the tree.
        start(state(caches))
        return caches, match.length

    def keep(self, sequence: Sequence, tokens: Tokens, kv: RowKV, *, spare: int) -> None:
        """Keeps a sequence's first tokens, unless all but `spare` of them are kept already; only
        what is not kept yet is copied.

        Its caches hold exactly those, where they cannot be cut back.
        """
        self._add_computed(sequence, tokens, kv, spare)
        names = sequence.request.block_names
        if names:
            name_path(self.tree.walk(sequence.cache_key, tokens), names)

    def _add_computed(self, sequence: Sequence, tokens: Tokens, kv: RowKV, spare: int) -> None:
        new: list[TokenBlock] = []
        length = len(tokens)
        if self.tree.coverage(sequence.cache_key, tokens).usable >= length - spare:
            return

        def blocks_from(begin: int) -> list[TokenBlock]:
            new.extend(kv.blocks(begin, length))
            return new

        node = self.tree.insert(
            sequence.cache_key,
            tokens,
            blocks_from,
            lambda blocks: _with_nbytes(kv.copy_states(blocks)),
        )
        if node is None:
            return
        if not sequence.ended:
            self._lock(sequence, node)
        if self._disk is not None and node.end == length >= WORTH_THE_DISK:
            self._write(sequence.cache_key, node, new)

    def add(self, sequence: Sequence, loaded: Loaded) -> None:
        """Keeps what the disk held of a sequence's prompt."""
        tokens = sequence.prefill_array()[: loaded.length]
        states = loaded.states
        self.tree.insert(
            sequence.cache_key,
            tokens,
            loaded.blocks_from,
            lambda _: _with_nbytes(states),
        )

    def release(self, sequence: Sequence) -> None:
        """Lets go of what a sequence that ended began with."""
        node = self._locked.pop(sequence, None)
        if node is not None:
            self.tree.unlock(node)

    def discard(self, sequence: Sequence) -> None:
        """Drops what a sequence computed whose logits were broken, and what broke them."""
        tokens = np.asarray(sequence.key_tokens(), dtype=np.int32)
        self.tree.discard(sequence.cache_key, tokens, is_sound)
        if self._disk is not None:
            self._disk.discard(sequence.cache_key, tokens)

    def _lock(self, sequence: Sequence, node: Node) -> None:
        self.tree.lock(node)
        self.release(sequence)
        self._locked[sequence] = node

    def _write(self, key: CacheKey, node: Node, new: list[TokenBlock]) -> None:
        if self._disk is None:
            return
        path = node.path()
        tokens = np.concatenate([each.tokens for each in path])
        place = len(tokens) - sum(block.length for block in new)
        for block in new:
            place += block.length
            self._disk.write(key, tokens[:place], block)
        if node.checkpoint is not None:
            self._disk.write_states(key, tokens, node.checkpoint.value)


def _with_nbytes(states: States | None) -> tuple[States, int] | None:
    return None if states is None else (states, states_nbytes(states))
