"""Which prefixes of one model are on disk. Used by one thread only."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from ..prefix_index import PrefixIndex
from .directory import PrefixDirectory
from .file_format import Damaged, Head, read_head, read_payload

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    head: Head
    payload: bytes
    length: int
    """Tokens of the prompt that it covers."""


class DiskIndex:
    def __init__(self, directory: PrefixDirectory, model: str) -> None:
        """`model`: what a file's name starts with; files of others are left alone."""
        self._directory = directory
        self._prefix = f"{model}-"
        self._seen: set[str] = set()
        self._entries = self._empty()
        self.hits = 0
        self.misses = 0
        self.damaged = 0

    @property
    def nbytes(self) -> int:
        return self._entries.nbytes

    def __len__(self) -> int:
        return len(self._entries)

    def refresh(self) -> None:
        """Takes note of what this process and others have added and removed."""
        names = {name for name in self._directory.names() if name.startswith(self._prefix)}
        if self._seen - names:
            self._seen, self._entries = set(), self._empty()
        for name in sorted(names - self._seen):
            self._seen.add(name)
            self._note(name)

    def find(self, tenant: str, tokens: Sequence[int], minimum: int) -> Found | None:
        """The longest prefix of `tokens` with at least `minimum` tokens, read and checked."""
        self.refresh()
        while (hit := self._entries.find(tenant, tokens, minimum)) is not None:
            found = self._read(hit.value, hit.length)
            if found is not None:
                self.hits += 1
                return found
        self.misses += 1
        return None

    def covered(self, tenant: str, tokens: Sequence[int]) -> int:
        """How many of `tokens` are on disk."""
        self.refresh()
        return self._entries.covered(tenant, tokens)

    def discard(self, tenant: str, tokens: Sequence[int]) -> None:
        """Removes every prefix on the path of `tokens`."""
        self.refresh()
        self._entries.discard(tenant, tokens)

    def file_name(self, head: Head) -> str:
        return self._prefix + head.name

    def _empty(self) -> PrefixIndex[str]:
        return PrefixIndex(self._directory.max_bytes, on_drop=self._directory.remove)

    def _note(self, name: str) -> None:
        try:
            with self._directory.open(name) as file:
                head = read_head(file)
                size = file.tell() + head.payload_bytes
        except OSError:
            return
        except (Damaged, ValueError, KeyError, TypeError) as error:
            self._reject(name, error)
            return
        self._entries.keep(
            head.tenant, head.tokens.tolist(), name, nbytes=size, trimmable=head.trimmable
        )

    def _read(self, name: str, length: int) -> Found | None:
        """None, and the entry is gone, when the file is gone or damaged."""
        try:
            with self._directory.open(name) as file:
                head = read_head(file)
                payload = read_payload(file, head)
        except OSError:
            self._entries.remove(name)
            return None
        except (Damaged, ValueError, KeyError, TypeError) as error:
            self._entries.remove(name)
            self._reject(name, error)
            return None
        self._directory.touch(name)
        return Found(head, payload, length)

    def _reject(self, name: str, error: Exception) -> None:
        self.damaged += 1
        self._directory.remove(name)
        _log.warning("removed a kept prefix that is damaged: %s", error)
