"""Which blocks of one model's prefixes are on disk. Used by one thread only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ..radix_node import Dropped, Tokens
from ..radix_tree import RadixTree
from .directory import PrefixDirectory
from .file_format import Damaged, Head, block_name, read_head, read_payload

_log = logging.getLogger(__name__)

_UNLIMITED = 2**62
"""Bytes: the directory drops files, and the index follows."""


@dataclass(frozen=True, slots=True)
class FileBlock:
    """The tokens of one file, or some of them."""

    name: str
    begin: int
    """In the file."""
    length: int
    nbytes: int
    complete: bool

    def split(self, at: int) -> tuple[FileBlock, FileBlock]:
        return self.part(0, at), self.part(at, self.length)

    def part(self, begin: int, end: int) -> FileBlock:
        nbytes = self.nbytes * (end - begin) // self.length
        return FileBlock(self.name, self.begin + begin, end - begin, nbytes, self.complete)


@dataclass(frozen=True, slots=True)
class FoundBlock:
    head: Head
    payload: bytes
    begin: int
    """The first of the file's tokens that counts."""
    length: int


@dataclass(frozen=True, slots=True)
class Found:
    length: int
    """Tokens of the prompt that can be gone on from."""
    blocks: Sequence[FoundBlock]
    """The last ones of them, in order."""
    states: FoundBlock | None


class DiskIndex:
    def __init__(self, directory: PrefixDirectory, model: str) -> None:
        """`model`: what a file's name starts with; files of others are left alone."""
        self._directory = directory
        self._prefix = f"{model}-"
        self._seen: set[str] = set()
        self._orphans: dict[str, Head] = {}
        """Blocks whose predecessors are not there, or not yet."""
        self._tree: RadixTree[FileBlock, str] = RadixTree(_UNLIMITED, keeps_useless=True)
        self.hits = 0
        self.misses = 0
        self.damaged = 0

    @property
    def nbytes(self) -> int:
        return self._tree.nbytes

    def __len__(self) -> int:
        """Texts whose beginnings are kept."""
        return self._tree.leaves

    def refresh(self) -> None:
        """Takes note of what this process and others have added and removed."""
        names = {name for name in self._directory.names() if name.startswith(self._prefix)}
        self._forget(self._seen - names)
        for name in names - self._seen:
            self._seen.add(name)
            self._read_head(name)
        for name, head in sorted(self._orphans.items(), key=lambda item: len(item[1].tokens)):
            if self._place(name, head):
                del self._orphans[name]

    def find(self, tenant: str, tokens: Tokens, minimum: int, held: int) -> Found | None:
        """The longest prefix of `tokens` with at least `minimum` tokens, read and checked.

        `held`: tokens whose blocks are not asked for.
        """
        self.refresh()
        while (match := self._tree.find(tenant, tokens, minimum)) is not None:
            found = self._read(match.blocks, match.checkpoint, match.length, held)
            if found is not None:
                self.hits += 1
                return found
        self.misses += 1
        return None

    def has(self, tenant: str, tokens: Tokens, begin: int) -> bool:
        return self._prefix + block_name(tenant, tokens, begin) in self._seen

    def discard(self, tenant: str, tokens: Tokens) -> None:
        """Removes every block on the path of `tokens`."""
        self.refresh()
        for name in _names(self._tree.discard(tenant, tokens, lambda _: False)):
            self._remove(name)

    def file_name(self, head: Head) -> str:
        return self._prefix + head.name

    def _forget(self, names: set[str]) -> None:
        """Those that are gone; what came behind them has to be placed anew."""
        if not names:
            return
        self._seen -= names
        for name in names:
            self._orphans.pop(name, None)
        self._seen -= _names(self._tree.remove(lambda block: block.name in names))
        self._tree.drop_checkpoints(lambda name: name in names)

    def _read_head(self, name: str) -> None:
        try:
            with self._directory.open(name) as file:
                self._orphans[name] = read_head(file)
        except OSError:
            return
        except (Damaged, ValueError, KeyError, TypeError) as error:
            self._reject(name, error)

    def _place(self, name: str, head: Head) -> bool:
        """False: what comes before it is not there."""
        if self._tree.coverage(head.tenant, head.tokens).known < head.begin:
            return False
        length = len(head.tokens) - head.begin

        def blocks_from(known: int) -> list[FileBlock]:
            whole = FileBlock(name, 0, length, head.payload_bytes, None not in head.outline)
            return [whole.part(known - head.begin, length)]

        self._tree.insert(
            head.tenant,
            head.tokens,
            blocks_from,
            lambda _: (name, head.payload_bytes) if head.is_checkpoint else None,
        )
        return True

    def _read(
        self, blocks: Sequence[FileBlock], checkpoint: str | None, length: int, held: int
    ) -> Found | None:
        """None, and what was wrong is gone, when a file is gone or damaged."""
        wanted: list[FileBlock] = []
        end = 0
        for block in blocks:
            end += block.length
            if end > held:
                wanted.append(block)
        parts = [self._read_file(block.name, block.begin, block.length) for block in wanted]
        states = None if checkpoint is None else self._read_file(checkpoint, 0, 0)
        if None in parts or (checkpoint is not None and states is None):
            return None
        # What others go on from is dropped after what goes on from it.
        for block in reversed(blocks):
            self._directory.touch(block.name)
        return Found(length, [part for part in parts if part is not None], states)

    def _read_file(self, name: str, begin: int, length: int) -> FoundBlock | None:
        try:
            with self._directory.open(name) as file:
                head = read_head(file)
                return FoundBlock(head, read_payload(file, head), begin, length)
        except OSError:
            self._remove(name)
        except (Damaged, ValueError, KeyError, TypeError) as error:
            self._reject(name, error)
        return None

    def _remove(self, name: str) -> None:
        self._directory.remove(name)
        self._forget({name})

    def _reject(self, name: str, error: Exception) -> None:
        self.damaged += 1
        self._remove(name)
        _log.warning("removed a block of a kept prefix that is damaged: %s", error)


def _names(dropped: Dropped[FileBlock, str]) -> set[str]:
    """The files that it was kept in."""
    return {block.name for block in dropped.blocks} | set(dropped.checkpoints)
