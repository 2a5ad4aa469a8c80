"""Prefill: forward passes that only fill KV caches."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

from ..arrays import start, wait
from ..forward import Forward
from ..kv_cache import layer_caches
from ..kv_cache.layer_caches import Caches
from ..kv_cache.shared_prefixes import CachedTokens
from ..kv_cache.token_blocks import RowKV
from ..scheduling.scheduler import Chunk
from ..sequence import Sequence
from ..threads import Threads
from ..visual_inputs import PromptPart


@dataclass(frozen=True, slots=True)
class PrefillPass:
    """A pass that was started; `caches` hold all its sequences."""

    sequences: abc.Sequence[Sequence]
    caches: Caches
    batched: bool
    """False: the plain caches of one sequence."""

    def wait(self) -> None:
        wait(layer_caches.state(self.caches))

    def kv_of(self, index: int) -> RowKV:
        return RowKV(self.caches, index if self.batched else None)


def start_prefill(
    forward: Forward,
    threads: Threads,
    chunks: abc.Sequence[Chunk],
    own: abc.Sequence[Caches],
    *,
    shares_prefixes: bool,
) -> PrefillPass:
    """Starts one pass over the next tokens of each sequence, into its `own` plain caches.

    The prompt's last token is never among them: it is the input of the sequence's
    first decode step, so logits are not computed here (the graph that leads
    to them is dropped unevaluated).

    `shares_prefixes`: what the sequences have in common may be held once for all of them.
    """
    sequences = [chunk.sequence for chunk in chunks]
    computed = [sequence.num_computed_tokens for sequence in sequences]
    tokens = [sequence.tokens() for sequence in sequences]
    batched = len(sequences) > 1
    caches = own[0]
    if batched:
        held = [
            CachedTokens(sequence.cache_key, sequence.key_tokens()[:length])
            for sequence, length in zip(sequences, computed, strict=True)
        ]
        caches = layer_caches.merge(own, held if shares_prefixes else None)
    parts = [
        PromptPart(length, known[length : length + chunk.tokens], chunk.sequence.request.pictures)
        for known, length, chunk in zip(tokens, computed, chunks, strict=True)
    ]
    longest = max(sequence.num_prefill_tokens for sequence in sequences)
    with layer_caches.room_for(caches, longest):
        if any(part.pictures is not None for part in parts):
            threads.prefill_seen(forward, caches, parts)
        else:
            threads.prefill(forward, caches, [part.tokens for part in parts])
    start(layer_caches.state(caches))
    return PrefillPass(sequences, caches, batched)
