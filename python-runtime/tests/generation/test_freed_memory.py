"""Memory that was freed goes back once it is not needed soon."""

from __future__ import annotations

import mlx.core as mx

from mlx_runtime.generation.freed_memory import FreedMemory


def freed_buffer() -> None:
    mx.eval(mx.zeros((1 << 20,)))


def test_it_is_given_back_after_much_work() -> None:
    freed = FreedMemory()
    for _ in range(64):
        freed.step()
    freed_buffer()
    assert mx.get_cache_memory() > 0
    freed.rest()
    assert mx.get_cache_memory() == 0


def test_it_is_kept_between_short_requests() -> None:
    freed = FreedMemory()
    for _ in range(8):
        freed.step()
        freed_buffer()
        freed.rest()
    assert mx.get_cache_memory() > 0


def test_sizes_of_earlier_batches_are_not_kept_forever() -> None:
    freed = FreedMemory()
    freed_buffer()
    for _ in range(512):
        freed.step()
    assert mx.get_cache_memory() == 0
