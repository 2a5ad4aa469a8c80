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
    failed: int = 0
    """Writes that failed, and files that were damaged."""


@dataclass(frozen=True, slots=True)
class PrefixCacheStats:
    entries: int = 0
    bytes: int = 0
    hits: int = 0
    misses: int = 0
    disk: DiskStats = field(default_factory=DiskStats)
