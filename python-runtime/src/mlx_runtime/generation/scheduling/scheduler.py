"""Who is served next: pure bookkeeping, without MLX and without a clock.

A ticket goes queued -> prefilling -> decoding, and back and forth between
decoding and paused while its consumer has no credit. Prefilling and decoding
tickets hold a slot; a paused one gives its slot up and gets one again before
anything is taken from the queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

_ADMISSIONS_PER_PRIORITY = 32
"""A waiting ticket gains one level of priority per this many that overtook it."""


class Phase(Enum):
    QUEUED = "queued"
    PREFILLING = "prefilling"
    DECODING = "decoding"
    PAUSED = "paused"


@dataclass(slots=True, eq=False)
class Ticket:
    """What the scheduler knows of one row."""

    stream_id: str
    unread: int
    """Prompt tokens that still have to be read before decoding."""
    credit: int
    """Tokens that may still be sent."""
    priority: int = 0
    tenant: str = ""
    deadline: float | None = None
    """Monotonic seconds after which a queued ticket expires."""
    stops: set[int] = field(default_factory=set[int])
    """Values of `unread` at which a chunk has to end."""
    blocked: bool = False
    """Not to be read now: another ticket reads what both have in common."""
    phase: Phase = Phase.QUEUED
    arrival: int = 0
    """Order of arrival, given by the scheduler."""
    admissions_at_arrival: int = 0

    @property
    def segment(self) -> int:
        """Tokens to read before the next stop."""
        return self.unread - max((stop for stop in self.stops if stop < self.unread), default=0)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Prompt tokens of one ticket to read now."""

    ticket: Ticket
    tokens: int


class QueueFull(Exception):
    """No further request can wait."""


class Scheduler:
    def __init__(self, max_rows: int, max_queued: int) -> None:
        self.row_limit = max_rows
        """Slots in use at once; may be changed between steps."""
        self._max_queued = max_queued
        self._tickets: dict[str, Ticket] = {}
        self._phases: Counter[Phase] = Counter()
        self._served: dict[str, int] = {}
        self._arrivals = 0
        self._admissions = 0
        self._short_turn = True

    def __contains__(self, stream_id: str) -> bool:
        return stream_id in self._tickets

    def __len__(self) -> int:
        return len(self._tickets)

    def count(self, phase: Phase) -> int:
        return self._phases[phase]

    @property
    def slots_in_use(self) -> int:
        return self._phases[Phase.PREFILLING] + self._phases[Phase.DECODING]

    def in_phase(self, phase: Phase) -> list[Ticket]:
        """The tickets of a phase in order of arrival."""
        if not self._phases[phase]:
            return []
        return [ticket for ticket in self._tickets.values() if ticket.phase is phase]

    def submit(self, ticket: Ticket) -> None:
        """Queues a ticket; raises QueueFull."""
        if self._phases[Phase.QUEUED] >= self._max_queued:
            raise QueueFull
        self._arrivals += 1
        ticket.arrival = self._arrivals
        ticket.admissions_at_arrival = self._admissions
        ticket.phase = Phase.QUEUED
        self._welcome(ticket.tenant)
        self._tickets[ticket.stream_id] = ticket
        self._phases[Phase.QUEUED] += 1

    def remove(self, stream_id: str) -> None:
        """Ends a ticket, whatever its phase; unknown ones are ignored."""
        ticket = self._tickets.pop(stream_id, None)
        if ticket is None:
            return
        self._phases[ticket.phase] -= 1
        if not any(other.tenant == ticket.tenant for other in self._tickets.values()):
            self._served.pop(ticket.tenant, None)

    def expire(self, now: float) -> list[Ticket]:
        """Queued tickets whose deadline has passed; the caller removes them."""
        return [
            ticket
            for ticket in self.in_phase(Phase.QUEUED)
            if ticket.deadline is not None and now >= ticket.deadline
        ]

    def admit(self, fits: Callable[[Ticket], bool]) -> list[Ticket]:
        """Moves tickets into free slots: resumed ones, then the queue's best.

        `fits` says whether there is memory for a ticket; the first that does
        not fit ends the round, so that small requests cannot starve a big one.
        """
        admitted: list[Ticket] = []
        waiting = [ticket for ticket in self.in_phase(Phase.PAUSED) if ticket.credit > 0]
        queued = self.in_phase(Phase.QUEUED) if self.slots_in_use < self.row_limit else []
        while self.slots_in_use < self.row_limit and (waiting or queued):
            if waiting:
                ticket = waiting.pop(0)
            else:
                ticket = min(queued, key=self._rank)
                queued.remove(ticket)
            if not fits(ticket):
                break
            if ticket.phase is Phase.QUEUED:
                self._admissions += 1
            self._move(ticket, Phase.PREFILLING if ticket.unread else Phase.DECODING)
            admitted.append(ticket)
        return admitted

    def plan_prefill(self, budget: int, longest: int) -> list[Chunk]:
        """The prompt tokens to read next: at most `budget`, padding included, and at most
        `longest` of one prompt.

        Either one part of a long prompt, or the whole rest of several short
        ones. The two take turns, so neither waits for all of the other.
        """
        limit = min(budget, longest)
        readable = [t for t in self.in_phase(Phase.PREFILLING) if not t.blocked]
        short = [t for t in readable if t.segment == t.unread <= limit]
        long = [t for t in readable if not t.segment == t.unread <= limit]
        if short and (self._short_turn or not long):
            self._short_turn = False
            return [Chunk(ticket, ticket.unread) for ticket in _pack(short, budget)]
        self._short_turn = True
        return [Chunk(long[0], min(limit, long[0].segment))] if long else []

    def read(self, chunks: Iterable[Chunk]) -> None:
        """Notes that chunks were read; tickets without a rest start decoding."""
        for chunk in chunks:
            self._serve(chunk.ticket, chunk.tokens)
            self.skip(chunk.ticket, chunk.tokens)

    def skip(self, ticket: Ticket, tokens: int) -> None:
        """Notes that the next tokens of a prefilling ticket need not be read."""
        ticket.unread -= tokens
        if ticket.unread == 0:
            self._move(ticket, Phase.DECODING)

    def spend(self, ticket: Ticket) -> None:
        """Notes that one token of a ticket was sent."""
        ticket.credit -= 1
        self._serve(ticket, 1)

    def pause(self, ticket: Ticket) -> None:
        """Takes a decoding ticket out until it has credit and a slot."""
        self._move(ticket, Phase.PAUSED)

    def add_credit(self, stream_id: str, tokens: int) -> None:
        ticket = self._tickets.get(stream_id)
        if ticket is not None:
            ticket.credit += tokens

    def _move(self, ticket: Ticket, phase: Phase) -> None:
        self._phases[ticket.phase] -= 1
        self._phases[phase] += 1
        ticket.phase = phase

    def _rank(self, ticket: Ticket) -> tuple[int, int, int]:
        """Lowest first: priority (aged), then the tenant served least, then arrival."""
        overtaken = self._admissions - ticket.admissions_at_arrival
        aged = ticket.priority + overtaken // _ADMISSIONS_PER_PRIORITY
        return (-aged, self._served[ticket.tenant], ticket.arrival)

    def _serve(self, ticket: Ticket, tokens: int) -> None:
        if ticket.tenant in self._served:
            self._served[ticket.tenant] += tokens

    def _welcome(self, tenant: str) -> None:
        """A new tenant starts level with the one served least, without saved-up credit.

        (The virtual token counter of Sheng et al., "Fairness in serving large
        language models", 2024.)
        """
        if tenant not in self._served:
            self._served[tenant] = min(self._served.values(), default=0)


def _pack(tickets: list[Ticket], budget: int) -> list[Ticket]:
    """The oldest ticket and others of similar length, padded size within `budget`."""
    oldest = tickets[0]
    chosen = [oldest]
    longest = oldest.unread
    for ticket in sorted(tickets[1:], key=lambda other: abs(other.unread - oldest.unread)):
        padded = max(longest, ticket.unread)
        if padded * (len(chosen) + 1) > budget or padded > 2 * min(longest, ticket.unread) + 8:
            continue
        chosen.append(ticket)
        longest = padded
    return chosen
