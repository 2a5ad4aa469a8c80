"""Tells the other ranks, and keeps count of what they know."""

from __future__ import annotations

from collections import abc
from collections.abc import Callable, Iterable
from itertools import count

from ..sequence import Sequence
from .messages import NewSequence, Operation, SequenceState, Told

Tell = Callable[[Told], None]


class Held:
    """Something that the other ranks keep under a number, as long as this is kept here."""

    __slots__ = ("_drop", "number")

    def __init__(self, number: int, drop: Callable[[int], None]) -> None:
        self.number = number
        self._drop = drop

    def __del__(self) -> None:
        self._drop(self.number)


class Telling:
    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._numbers: dict[Sequence, int] = {}
        self._told_tokens: dict[Sequence, int] = {}
        self._next_sequence = count()
        self._next_held = count()
        self._begun: list[NewSequence] = []
        self._ended: list[int] = []
        self._dropped: list[int] = []

    def hold(self) -> Held:
        """A number for something that the others are about to keep."""
        return Held(next(self._next_held), self._dropped.append)

    def knows(self, sequence: Sequence) -> bool:
        """True where it was spoken of."""
        return sequence in self._numbers

    def number_of(self, sequence: Sequence) -> int:
        number = self._numbers.get(sequence)
        if number is None:
            number = self._numbers[sequence] = next(self._next_sequence)
            self._told_tokens[sequence] = 0
            self._begun.append(
                NewSequence(
                    number,
                    sequence.tenant,
                    list(sequence.request.prompt_tokens),
                    sequence.num_prefill_tokens,
                )
            )
        return number

    def end(self, sequence: Sequence) -> None:
        """Nothing will be said of it any more."""
        number = self._numbers.pop(sequence, None)
        if number is not None:
            del self._told_tokens[sequence]
            self._ended.append(number)

    def clear(self) -> None:
        """No sequence is spoken of any more."""
        for sequence in list(self._numbers):
            self.end(sequence)

    def tell(self, operation: Operation, sequences: Iterable[Sequence] = ()) -> None:
        """`sequences`: whose tokens and numbers of tokens the operation goes by."""
        states = [self._state(sequence) for sequence in sequences]
        begun, self._begun = self._begun, []
        ended, self._ended = self._ended, []
        # In place: what is held knows this list.
        dropped = self._dropped[:]
        del self._dropped[: len(dropped)]
        self._tell(Told(operation, begun, states, ended, dropped))

    def numbers_of(self, sequences: abc.Iterable[Sequence]) -> list[int]:
        return [self.number_of(sequence) for sequence in sequences]

    def _state(self, sequence: Sequence) -> SequenceState:
        number = self.number_of(sequence)
        told, known = self._told_tokens[sequence], len(sequence.output_tokens)
        self._told_tokens[sequence] = known
        return SequenceState(
            number,
            sequence.num_computed_tokens,
            sequence.num_in_flight,
            sequence.output_tokens[told:],
        )
