"""Who is served next: pure bookkeeping, without MLX and without a clock.

A sequence goes queued -> prefilling -> decoding, and back and forth between
decoding and paused while its consumer has no credit. Prefilling and decoding
sequences hold a slot; a paused one gives its slot up and gets one again before
anything is taken from the queue.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..sequence import Phase, Sequence

_ADMISSIONS_PER_PRIORITY = 32
"""A waiting sequence gains one level of priority per this many that overtook it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Prompt tokens of one sequence to compute now."""

    sequence: Sequence
    tokens: int


class QueueFull(Exception):
    """No further request can wait."""


class Scheduler:
    def __init__(self, max_rows: int, max_queued: int) -> None:
        self.sequence_limit = max_rows
        """Slots in use at once; may be changed between steps."""
        self._max_queued = max_queued
        self._sequences: dict[str, Sequence] = {}
        self._phases: Counter[Phase] = Counter()
        self._served: dict[str, int] = {}
        self._arrivals = 0
        self._admissions = 0
        self._short_turn = True

    def __contains__(self, stream_id: str) -> bool:
        return stream_id in self._sequences

    def __len__(self) -> int:
        return len(self._sequences)

    def count(self, phase: Phase) -> int:
        return self._phases[phase]

    @property
    def slots_in_use(self) -> int:
        return self._phases[Phase.PREFILLING] + self._phases[Phase.DECODING]

    def in_phase(self, phase: Phase) -> list[Sequence]:
        """The sequences of a phase in order of arrival."""
        if not self._phases[phase]:
            return []
        return [sequence for sequence in self._sequences.values() if sequence.phase is phase]

    def submit(self, sequence: Sequence) -> None:
        """Queues a sequence; raises QueueFull."""
        if self._phases[Phase.QUEUED] >= self._max_queued:
            raise QueueFull
        self._arrivals += 1
        sequence.arrival = self._arrivals
        sequence.admissions_at_arrival = self._admissions
        sequence.phase = Phase.QUEUED
        self._enter(sequence.tenant)
        self._sequences[sequence.stream_id] = sequence
        self._phases[Phase.QUEUED] += 1

    def remove(self, stream_id: str) -> None:
        """Ends a sequence, whatever its phase; unknown ones are ignored."""
        sequence = self._sequences.pop(stream_id, None)
        if sequence is None:
            return
        self._phases[sequence.phase] -= 1
        if not any(other.tenant == sequence.tenant for other in self._sequences.values()):
            self._served.pop(sequence.tenant, None)

    def expire(self, now: float) -> list[Sequence]:
        """Queued sequences whose deadline has passed; the caller removes them."""
        return [
            sequence
            for sequence in self.in_phase(Phase.QUEUED)
            if sequence.request.queue_deadline is not None
            and now >= sequence.request.queue_deadline
        ]

    def admit(self, fits: Callable[[Sequence], bool]) -> list[Sequence]:
        """Moves sequences into free slots: resumed ones, then the queue's best.

        `fits` says whether there is memory for a sequence; the first that does
        not fit ends the round, so that small requests cannot starve a big one.
        """
        admitted: list[Sequence] = []
        waiting = [sequence for sequence in self.in_phase(Phase.PAUSED) if sequence.credit > 0]
        queued = self.in_phase(Phase.QUEUED) if self.slots_in_use < self.sequence_limit else []
        while self.slots_in_use < self.sequence_limit and (waiting or queued):
            if waiting:
                sequence = waiting.pop(0)
            else:
                sequence = min(queued, key=self._rank)
                queued.remove(sequence)
            if not fits(sequence):
                break
            if sequence.phase is Phase.QUEUED:
                self._admissions += 1
            self._move(
                sequence, Phase.PREFILLING if sequence.num_unprefilled_tokens else Phase.DECODING
            )
            admitted.append(sequence)
        return admitted

    def plan_prefill(self, budget: int, longest: int) -> list[Chunk]:
        """The prompt tokens to compute next: at most `budget`, padding included, and at most
        `longest` of one prompt.

        Either one part of a long prompt, or the whole rest of several short
        ones. The two take turns, so neither waits for all of the other.
        """
        limit = min(budget, longest)
        readable = [t for t in self.in_phase(Phase.PREFILLING) if t.can_be_prefilled]
        short = [t for t in readable if t.chunk_limit == t.num_unprefilled_tokens <= limit]
        long = [t for t in readable if not t.chunk_limit == t.num_unprefilled_tokens <= limit]
        if short and (self._short_turn or not long):
            self._short_turn = False
            return [
                Chunk(sequence, sequence.num_unprefilled_tokens)
                for sequence in _pack(short, budget)
            ]
        self._short_turn = True
        return [Chunk(long[0], min(limit, long[0].chunk_limit))] if long else []

    def prefilled(self, chunks: Iterable[Chunk]) -> None:
        """Notes that chunks were computed; sequences without a rest start decoding."""
        for chunk in chunks:
            self._serve(chunk.sequence, chunk.tokens)
            self.skip(chunk.sequence, chunk.tokens)

    def skip(self, sequence: Sequence, tokens: int) -> None:
        """Notes that the next tokens of a prefilling sequence are computed, by whomever."""
        sequence.num_computed_tokens += tokens
        if sequence.num_unprefilled_tokens == 0:
            self._move(sequence, Phase.DECODING)

    def spend(self, sequence: Sequence) -> None:
        """Notes that one token of a sequence was sent."""
        sequence.credit -= 1
        self._serve(sequence, 1)

    def pause(self, sequence: Sequence) -> None:
        """Takes a decoding sequence out until it has credit and a slot."""
        self._move(sequence, Phase.PAUSED)

    def add_credit(self, stream_id: str, tokens: int) -> None:
        sequence = self._sequences.get(stream_id)
        if sequence is not None:
            sequence.credit += tokens

    def _move(self, sequence: Sequence, phase: Phase) -> None:
        self._phases[sequence.phase] -= 1
        self._phases[phase] += 1
        sequence.phase = phase

    def _rank(self, sequence: Sequence) -> tuple[int, int, int]:
        """Lowest first: priority (aged), then the tenant served least, then arrival."""
        overtaken = self._admissions - sequence.admissions_at_arrival
        aged = sequence.request.priority + overtaken // _ADMISSIONS_PER_PRIORITY
        return (-aged, self._served[sequence.tenant], sequence.arrival)

    def _serve(self, sequence: Sequence, tokens: int) -> None:
        if sequence.tenant in self._served:
            self._served[sequence.tenant] += tokens

    def _enter(self, tenant: str) -> None:
        """A new tenant starts level with the one served least, without saved-up credit.

        (The virtual token counter of Sheng et al., "Fairness in serving large
        language models", 2024.)
        """
        if tenant not in self._served:
            self._served[tenant] = min(self._served.values(), default=0)


def _pack(sequences: list[Sequence], budget: int) -> list[Sequence]:
    """The oldest sequence and others of similar length, padded size within `budget`."""
    oldest = sequences[0]
    chosen = [oldest]
    longest = oldest.num_unprefilled_tokens
    for sequence in sorted(
        sequences[1:],
        key=lambda other: abs(other.num_unprefilled_tokens - oldest.num_unprefilled_tokens),
    ):
        padded = max(longest, sequence.num_unprefilled_tokens)
        if (
            padded * (len(chosen) + 1) > budget
            or padded > 2 * min(longest, sequence.num_unprefilled_tokens) + 8
        ):
            continue
        chosen.append(sequence)
        longest = padded
    return chosen
