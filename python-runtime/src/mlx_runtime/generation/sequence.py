"""One row: a request and everything that changes while it is served."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..grammar import TokenRules
from ..requests import PromptUse, Request, Usage
from .kv_cache.layer_caches import Caches
from .kv_cache.shared_prefixes import CachedTokens
from .sampling.logits_processors import LogitsProcessor
from .sampling.request_rng import RequestRng
from .scheduling.scheduler import Ticket
from .spec_decode.acceptance_rate import AcceptanceRate, PendingDraft
from .spec_decode.ngram_proposer import NgramProposer

_RESERVED_TOKENS = 1024
"""Admission kept for a row's answer. Most end far earlier than their limit; a row that asks
for 100,000 tokens must not keep everyone else waiting."""


@dataclass(slots=True)
class RowTimes:
    """Monotonic seconds at which the row changed its state; 0 while it has not."""

    queued: float
    admitted: float = 0.0
    decoding: float = 0.0
    ended: float = 0.0

    def milliseconds(self) -> tuple[float, float, float]:
        """Time in the queue, in prefill and in decode."""
        admitted = self.admitted or self.ended
        decoding = self.decoding or self.ended
        spans = (admitted - self.queued, decoding - admitted, self.ended - decoding)
        queue, prefill, decode = (max(0.0, span * 1000.0) for span in spans)
        return queue, prefill, decode


@dataclass(slots=True, eq=False)
class Row:
    request: Request
    ticket: Ticket
    draws: RequestRng
    edits: LogitsProcessor | None
    stop_ids: frozenset[int]
    token_limit: int
    """Generated tokens, resumed ones included, after which the row ends."""
    times: RowTimes
    generated: list[int] = field(default_factory=list[int])
    launched: int = 0
    """Tokens whose sampling was started; ahead of `generated` while a step is in flight."""
    caches: Caches | None = None
    """The row's own caches while it is not part of a batch."""
    lookup: NgramProposer | None = None
    """Foretells the row's tokens; None until it decodes, and where drafting is off."""
    forced_rate: AcceptanceRate | None = None
    """How often what its grammar forces holds; None where nothing is drafted from it."""
    forced: Sequence[int] = ()
    """Tokens that its grammar leaves no choice of, as far as it was asked."""
    guess: PendingDraft | None = None
    """What was drafted last, while it is not known how much of it holds."""
    drafted: int = 0
    """Tokens that were drafted for it."""
    accepted: int = 0
    """Those of them that the model chose."""
    cached_tokens: int = 0
    """Prompt tokens that were not computed for this row."""
    reading_until: int = 0
    """Prompt tokens read once the pass in flight is done."""
    asked_disk: bool = False
    """Whether its prompt is on disk was asked already."""
    ended: bool = False
    broken: bool = False
    """Its logits were not finite; its caches are not to be used again."""

    @property
    def stream_id(self) -> str:
        return self.request.stream_id

    @property
    def is_greedy(self) -> bool:
        return self.request.sampling.temperature == 0

    @property
    def needs_logits(self) -> bool:
        """True when the host has to see the row's logits."""
        return (
            self.request.sampling.logprobs
            or self.edits is not None
            or self.request.constraint is not None
        )

    @property
    def constraint(self) -> TokenRules | None:
        return self.request.constraint

    @property
    def prefill_total(self) -> int:
        """Tokens to read before decoding: all but the last, which is the first step's input."""
        return len(self.request.prompt_tokens) + len(self.request.resume_tokens) - 1

    @property
    def read(self) -> int:
        """Tokens of the prompt that its caches hold."""
        return self.prefill_total - self.ticket.unread

    @property
    def fed(self) -> int:
        """Tokens that its caches hold while it decodes."""
        return len(self.request.prompt_tokens) + self.launched - 1

    @property
    def planned_tokens(self) -> int:
        """The context that memory is planned for: what is known, and part of the rest."""
        remaining = self.token_limit - len(self.generated)
        known = len(self.request.prompt_tokens) + len(self.generated)
        return known + min(remaining, _RESERVED_TOKENS)

    def stop_at(self, length: int) -> None:
        """Has the state after the first `length` tokens be seen on its own."""
        self.ticket.stops.add(self.prefill_total - length)

    @property
    def at_stop(self) -> bool:
        return self.ticket.unread in self.ticket.stops

    @property
    def in_flight(self) -> int:
        return self.launched - len(self.generated)

    @property
    def last_token(self) -> int:
        return self.generated[-1] if self.generated else self.request.prompt_tokens[-1]

    def context(self) -> list[int]:
        """Every token known so far, in order."""
        return [*self.request.prompt_tokens, *self.generated]

    def text(self, length: int) -> CachedTokens:
        """Of its first tokens, as far as they are known."""
        return CachedTokens(self.request.tenant, self.context()[:length])

    def prompt_use(self) -> PromptUse:
        return PromptUse(len(self.request.prompt_tokens), self.cached_tokens)

    def usage(self) -> Usage:
        queue_ms, prefill_ms, decode_ms = self.times.milliseconds()
        return Usage(
            prompt_tokens=len(self.request.prompt_tokens),
            cached_tokens=self.cached_tokens,
            completion_tokens=len(self.generated),
            drafted_tokens=self.drafted,
            accepted_tokens=self.accepted,
            queue_ms=queue_ms,
            prefill_ms=prefill_ms,
            decode_ms=decode_ms,
        )


def make_row(request: Request, eos_token_ids: frozenset[int], context_length: int) -> Row:
    """A row for a request that was checked; it resumes after `resume_tokens`."""
    sampling = request.sampling
    seed = sampling.seed if sampling.seed is not None else secrets.randbits(53)
    edits = (
        LogitsProcessor(sampling, request.prompt_tokens)
        if LogitsProcessor.wanted(sampling)
        else None
    )
    if edits is not None:
        for token in request.resume_tokens:
            edits.advance(token)
    stop_ids = frozenset(sampling.stop_token_ids)
    room = context_length - len(request.prompt_tokens)
    row = Row(
        request=request,
        ticket=Ticket(
            stream_id=request.stream_id,
            unread=0,
            credit=request.credit,
            priority=request.priority,
            tenant=request.tenant,
            deadline=request.queue_deadline,
        ),
        draws=RequestRng(seed),
        edits=edits,
        stop_ids=stop_ids if sampling.ignore_eos else stop_ids | eos_token_ids,
        token_limit=min(sampling.max_tokens, room),
        times=RowTimes(queued=time.monotonic()),
        generated=list(request.resume_tokens),
        launched=len(request.resume_tokens),
    )
    row.ticket.unread = row.prefill_total
    return row
