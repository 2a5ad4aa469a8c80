"""One request and everything that changes while it is served."""

from __future__ import annotations

import secrets
import time
from collections import abc
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..grammar import TokenRules
from ..requests import PromptUse, Request, Usage
from .cache_key import CacheKey
from .sampling.logits_processors import LogitsProcessor
from .sampling.request_rng import RequestRng
from .sequence_times import SequenceTimes

_RESERVED_TOKENS = 1024
"""Memory kept for an answer. Most end far earlier than their limit; a request
for 100,000 tokens must not keep everyone else waiting."""


class SequenceAdapter(Protocol):
    """An adapter as a sequence carries it: whoever computes knows the rest."""

    @property
    def key(self) -> str:
        """Equal for adapters that compute the same."""
        ...


class Phase(Enum):
    QUEUED = "queued"
    PREFILLING = "prefilling"
    DECODING = "decoding"
    PAUSED = "paused"


@dataclass(slots=True, eq=False)
class Sequence:
    """Its KV caches, its drafts and its place in a batch are with whoever owns those."""

    request: Request
    cache_key: CacheKey
    rng: RequestRng
    logits_processor: LogitsProcessor | None
    stop_ids: frozenset[int]
    max_output_tokens: int
    times: SequenceTimes
    num_prefill_tokens: int
    """Tokens to prefill: all that are known at the start but the last, which is the input of
    the first decode step."""
    output_tokens: list[int]
    """Resumed ones included."""
    credit: int
    """Tokens that may still be sent."""
    adapter: SequenceAdapter | None = None
    """What it computes with beside the model."""
    num_computed_tokens: int = 0
    """Tokens whose keys and values are computed, by passes whose results were seen."""
    num_in_flight: int = 0
    """Further tokens that a pass in flight computes."""
    num_cached_tokens: int = 0
    """Tokens that were not computed for this sequence, resumed ones included."""
    num_drafted_tokens: int = 0
    num_accepted_tokens: int = 0
    """Drafted tokens that the model sampled."""
    checkpoints: set[int] = field(default_factory=set[int])
    """Numbers of computed tokens at which a chunk has to end."""
    blocked: bool = False
    """Not to be prefilled now: another sequence computes what both have in common."""
    awaits_images: bool = False
    """Not to be prefilled now: the images in its next part are not encoded yet."""
    images_begun: set[str] = field(default_factory=set[str])
    """Digests of the images that were encoded for it before their turn."""
    asked_disk: bool = False
    """Whether its prompt is on disk was asked already."""
    prefill_ids: NDArray[np.int32] | None = None
    """What `prefill_array` returns, once it was made."""
    key_prompt: abc.Sequence[int] | None = None
    """The prompt's part of `key_tokens`, once it was made."""
    phase: Phase = Phase.QUEUED
    arrival: int = 0
    """Order of arrival, given by the scheduler."""
    admissions_at_arrival: int = 0
    ended: bool = False
    broken: bool = False
    """Its logits were not finite; its KV caches are not to be used again."""

    @property
    def stream_id(self) -> str:
        return self.request.stream_id

    @property
    def tenant(self) -> str:
        return self.request.tenant

    @property
    def constraint(self) -> TokenRules | None:
        return self.request.constraint

    @property
    def is_greedy(self) -> bool:
        return self.request.sampling.temperature == 0

    @property
    def needs_logits(self) -> bool:
        """True when the host has to see the logits."""
        return (
            self.request.sampling.logprobs
            or self.logits_processor is not None
            or self.request.constraint is not None
        )

    @property
    def num_prompt_tokens(self) -> int:
        return len(self.request.prompt_tokens)

    @property
    def num_cached_prompt_tokens(self) -> int:
        return min(self.num_cached_tokens, self.num_prompt_tokens)

    @property
    def num_tokens(self) -> int:
        """Tokens that are known: prompt and output."""
        return len(self.request.prompt_tokens) + len(self.output_tokens)

    @property
    def can_be_prefilled(self) -> bool:
        """True when nothing keeps its prompt from being computed now."""
        return not self.blocked and not self.awaits_images

    @property
    def num_unprefilled_tokens(self) -> int:
        """Tokens still to be computed before it decodes."""
        return max(0, self.num_prefill_tokens - self.num_computed_tokens)

    @property
    def chunk_limit(self) -> int:
        """Tokens to prefill before the next checkpoint."""
        ahead = (point for point in self.checkpoints if point > self.num_computed_tokens)
        return min(ahead, default=self.num_prefill_tokens) - self.num_computed_tokens

    @property
    def at_checkpoint(self) -> bool:
        return self.num_computed_tokens in self.checkpoints

    @property
    def num_kv_tokens(self) -> int:
        """Tokens that its KV caches hold once the passes in flight are done."""
        return self.num_computed_tokens + self.num_in_flight

    @property
    def num_sampled_tokens(self) -> int:
        """Output tokens, and those that a decode step in flight samples."""
        return len(self.output_tokens) + self.num_in_flight

    @property
    def num_planned_tokens(self) -> int:
        """The context that memory is planned for: what is known, and part of the rest."""
        remaining = self.max_output_tokens - len(self.output_tokens)
        return self.num_tokens + min(remaining, _RESERVED_TOKENS)

    @property
    def last_token(self) -> int:
        return self.output_tokens[-1] if self.output_tokens else self.request.prompt_tokens[-1]

    def tokens(self) -> list[int]:
        """Every token known so far, in order."""
        return [*self.request.prompt_tokens, *self.output_tokens]

    def key_tokens(self) -> list[int]:
        """The same, images told apart: what computed prefixes are found by."""
        if self.key_prompt is None:
            pictures = self.request.pictures
            prompt = self.request.prompt_tokens
            self.key_prompt = prompt if pictures is None else pictures.key_tokens(prompt)
        return [*self.key_prompt, *self.output_tokens]

    @property
    def position_shift(self) -> int:
        """What to add to the place of a token behind the prompt for its position."""
        pictures = self.request.pictures
        return 0 if pictures is None else pictures.position_shift

    def prefill_array(self) -> NDArray[np.int32]:
        """The tokens to prefill, as `key_tokens` tells them, (tokens,); not to be changed."""
        if self.prefill_ids is None:
            tokens = self.key_tokens()[: self.num_prefill_tokens]
            self.prefill_ids = np.asarray(tokens, dtype=np.int32)
        return self.prefill_ids

    def append(self, token: int) -> None:
        """Takes note of the next output token."""
        self.output_tokens.append(token)
        self.num_computed_tokens += 1
        self.num_in_flight -= 1
        if self.logits_processor is not None:
            self.logits_processor.advance(token)

    def prompt_use(self) -> PromptUse:
        return PromptUse(self.num_prompt_tokens, self.num_cached_prompt_tokens)

    def usage(self) -> Usage:
        queue_ms, prefill_ms, decode_ms = self.times.milliseconds()
        times = self.request.times
        return Usage(
            prompt_tokens=self.num_prompt_tokens,
            cached_tokens=self.num_cached_prompt_tokens,
            completion_tokens=len(self.output_tokens),
            drafted_tokens=self.num_drafted_tokens,
            accepted_tokens=self.num_accepted_tokens,
            queue_ms=queue_ms,
            prefill_ms=prefill_ms,
            decode_ms=decode_ms,
            timeline=None if times is None else self.times.timeline(times),
        )


def make_sequence(
    request: Request,
    eos_token_ids: Iterable[int],
    context_length: int,
    adapter: SequenceAdapter | None = None,
) -> Sequence:
    """A sequence for a request that was checked; it resumes after `resume_tokens`."""
    sampling = request.sampling
    seed = sampling.seed if sampling.seed is not None else secrets.randbits(53)
    stop_ids = frozenset(sampling.stop_token_ids)
    num_prompt_tokens = len(request.prompt_tokens)
    return Sequence(
        request=request,
        cache_key=CacheKey(request.tenant, "" if adapter is None else adapter.key),
        rng=RequestRng(seed),
        logits_processor=_logits_processor(request),
        stop_ids=stop_ids if sampling.ignore_eos else stop_ids.union(eos_token_ids),
        max_output_tokens=min(sampling.max_tokens, context_length - num_prompt_tokens),
        times=SequenceTimes(queued=time.monotonic()),
        num_prefill_tokens=num_prompt_tokens + len(request.resume_tokens) - 1,
        output_tokens=list(request.resume_tokens),
        credit=request.credit,
        adapter=adapter,
    )


def _logits_processor(request: Request) -> LogitsProcessor | None:
    if not LogitsProcessor.wanted(request.sampling):
        return None
    processor = LogitsProcessor(request.sampling, request.prompt_tokens)
    for token in request.resume_tokens:
        processor.advance(token)
    return processor
