"""Drafts from a sequence's own text: what followed when its latest tokens stood there before.

After "prompt lookup decoding" (Saxena, 2023), over prompt and answer alike. A
place that was found is followed for as long as it foretells the sequence's tokens.
Whether it does is measured on every token, drafted or not, so a sequence knows what
a draft would be worth before it pays for one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

_LONGEST, _SHORTEST = 3, 2
"""Tokens that have to agree for a place to be found; the longer match is tried first."""
_MOST_AGREED = 32
_PREDICTED = 4
"""A prediction is trusted from its beginning as a place where so many tokens agree."""
_FORGET = 0.12
"""How far one token moves the measured rate."""
_PRIORS = (0.3, 0.6, 0.85, 0.95)
"""Rates expected where 2 or 3, 4 to 7, 8 to 15, and more tokens agree."""
_HIGHEST = 0.99


class NgramProposer:
    """The text of one sequence, and the place in it that the sequence seems to repeat."""

    __slots__ = ("_agreed", "_ends", "_place", "_rates", "_tokens")

    def __init__(self, tokens: Sequence[int], prediction: Sequence[int] = ()) -> None:
        """`prediction`: what the text behind `tokens` will probably be like."""
        # The end of the text stands behind the prediction too, to go on from.
        tail = tokens[-_LONGEST:] if prediction else ()
        self._tokens = [*tokens, *prediction, *tail]
        # Behind the latest occurrence of each short sequence but the text's own end.
        self._ends: dict[tuple[int, ...], int] = {}
        for length in (_SHORTEST, _LONGEST):
            shifted = (islice(self._tokens, start, None) for start in range(length))
            ends = range(length, len(self._tokens))
            self._ends.update(zip(zip(*shifted, strict=False), ends, strict=False))
        self._rates = list(_PRIORS)
        self._place: int | None = None
        self._agreed = 0
        self._find()
        if prediction:
            self._place, self._agreed = len(tokens), _PREDICTED

    def push(self, token: int) -> None:
        """Takes note of the sequence's next token."""
        place = self._place
        hit = place is not None and self._tokens[place] == token
        if place is not None:
            self._observe(hit)
        end = len(self._tokens)
        for length in (_SHORTEST, _LONGEST):
            self._ends[tuple(self._tokens[-length:])] = end
        self._tokens.append(token)
        if place is not None and hit:
            self._place = place + 1
            self._agreed += 1
        else:
            self._find()

    def joint_probabilities(self, limit: int) -> Iterator[float]:
        """The chance that the first, the first two, ... of up to `limit` tokens are accepted."""
        if self._place is None:
            return
        chance = 1.0
        for agreed in range(self._agreed, self._agreed + limit):
            chance *= self._rates[_bracket(agreed)]
            yield chance

    def draft(self, count: int) -> list[int]:
        """The next `count` tokens as the place that was found foretells them."""
        if self._place is None:
            return []
        draft = self._tokens[self._place : self._place + count]
        # What repeats itself goes on repeating itself.
        period = len(draft)
        while len(draft) < count:
            draft.append(draft[len(draft) - period])
        return draft

    def _observe(self, hit: bool) -> None:
        bracket = _bracket(self._agreed)
        rate = self._rates[bracket]
        self._rates[bracket] = min(rate + _FORGET * (hit - rate), _HIGHEST)

    def _find(self) -> None:
        self._place = self._ends.get(tuple(self._tokens[-_LONGEST:]))
        if self._place is None:
            self._place = self._ends.get(tuple(self._tokens[-_SHORTEST:]))
        self._agreed = 0 if self._place is None else self._agreement(self._place)

    def _agreement(self, place: int) -> int:
        """How many tokens before `place` are the same as those at the end."""
        agreed = _SHORTEST
        most = min(place, _MOST_AGREED)
        while agreed < most and self._tokens[place - 1 - agreed] == self._tokens[-1 - agreed]:
            agreed += 1
        return agreed


def _bracket(agreed: int) -> int:
    return min(max(agreed.bit_length() - 2, 0), len(_PRIORS) - 1)
