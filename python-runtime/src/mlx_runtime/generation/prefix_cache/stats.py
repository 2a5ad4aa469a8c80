"""What the prefix cache holds, and how often it was of use."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DiskStats:
    entries: int = 0
    bytes: int = 0
    hits: int = 0
    misses: int = 0
    written: int = 0
    """Blocks and checkpoints."""
    failed: int = 0
    """Writes that failed, and files that were damaged."""


@dataclass(frozen=True, slots=True)
class PrefixCacheStats:
    entries: int = 0
    """Texts that are kept; those that begin alike share what they begin with."""
    bytes: int = 0
    shared_bytes: int = 0
    """Bytes that whole copies of them would take beyond that."""
    hits: int = 0
    misses: int = 0
    hit_tokens: int = 0
    evictions: int = 0
    """Blocks and checkpoints that were dropped for want of room."""
    disk: DiskStats = field(default_factory=DiskStats)
