"""The `stats` method's answer."""

from __future__ import annotations

import resource
import sys
from base64 import b64encode
from dataclasses import asdict, fields
from pathlib import Path

from ..generation import Counters, GeneratorStats, KVUse, PrefixCacheStats
from ..wire import (
    StatsResult,
    StatsResultKvCache,
    StatsResultMemory,
    StatsResultPrefixCache,
    StatsResultPrefixCacheDisk,
    StatsResultRequests,
    StatsResultRows,
    StatsResultTokens,
)

_STATM = Path("/proc/self/statm")


def stats_result(
    stats: GeneratorStats,
    *,
    kv_use: KVUse,
    memory: tuple[int, int],
    rank_bytes: tuple[int, ...] | None,
    uptime_ms: float,
    malformed_frames: int,
    kept_names: bytes | None,
) -> StatsResult:
    """`memory` is what MLX holds now and held at most, in bytes; `rank_bytes`: what it holds in
    each process of a model over several.

    `kept_names`: None: not asked for.
    """
    counters, rows = stats.counters, stats.rows
    return StatsResult(
        uptime_ms=uptime_ms,
        requests=_requests(counters),
        rows=StatsResultRows(
            queued=rows.queued,
            prefilling=rows.prefilling,
            decoding=rows.decoding,
            paused=rows.paused,
        ),
        tokens=_tokens(counters),
        decode_steps=counters.decode_steps,
        prefix_cache=_prefix_cache(stats.prefix_cache),
        kv_cache=StatsResultKvCache(used_bytes=kv_use.used_bytes, limit_bytes=kv_use.limit_bytes),
        memory=StatsResultMemory(
            active_bytes=memory[0], peak_bytes=memory[1], resident_bytes=_resident_bytes()
        ),
        rank_bytes=rank_bytes,
        malformed_frames=malformed_frames,
        kept_blocks=None if kept_names is None else b64encode(kept_names).decode(),
    )


def _requests(counters: Counters) -> StatsResultRequests:
    return StatsResultRequests(
        admitted=counters.admitted,
        finished=counters.finished,
        cancelled=counters.cancelled,
        failed=counters.failed,
    )


def _tokens(counters: Counters) -> StatsResultTokens:
    return StatsResultTokens(
        prefilled=counters.prefilled_tokens,
        reused=counters.reused_tokens,
        generated=counters.generated_tokens,
        drafted=counters.drafted_tokens,
        accepted=counters.accepted_tokens,
    )


def _prefix_cache(cache: PrefixCacheStats) -> StatsResultPrefixCache:
    return StatsResultPrefixCache(
        entries=cache.entries,
        bytes=cache.bytes,
        shared_bytes=cache.shared_bytes,
        hits=cache.hits,
        misses=cache.misses,
        hit_tokens=cache.hit_tokens,
        evictions=cache.evictions,
        disk=StatsResultPrefixCacheDisk(**asdict(cache.disk)),
    )


def add_counters(left: Counters, right: Counters) -> Counters:
    names = [field.name for field in fields(Counters)]
    return Counters(**{name: getattr(left, name) + getattr(right, name) for name in names})


def _resident_bytes() -> int:
    """Where the kernel does not tell the present size, the largest so far."""
    try:
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return largest if sys.platform == "darwin" else largest * 1024
