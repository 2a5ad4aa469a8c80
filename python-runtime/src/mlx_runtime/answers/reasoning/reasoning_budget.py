"""Lets a model think freely and for so long, and holds what follows to a grammar."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from ...grammar.constraint import ALL_ALLOWED, Bitmask, Constraint, write_tokens
from ...text.detokenizer import Detokenizer
from .markers import ThinkingMarkers


@dataclass(frozen=True, slots=True)
class Thinking:
    markers: ThinkingMarkers
    start_tokens: Sequence[int]
    """Of a marker that begins with a token of its own; empty where it is written like any text."""
    end_tokens: Sequence[int]
    eos_tokens: Collection[int]


class ReasoningBudget:
    """A sequence's constraint while it thinks, and the way to the one it has afterwards."""

    def __init__(
        self,
        thinking: Thinking,
        detokenizer: Detokenizer,
        *,
        opened: bool,
        budget: int | None,
    ) -> None:
        """`opened`: the prompt has begun the thoughts. `budget`: most tokens of thoughts;
        the end marker is written for a model that has used them up."""
        self._thinking = thinking
        self._detokenizer = detokenizer
        self._then: Constraint | None = None
        self._budget = budget
        self._state: Literal["undecided", "thinking", "answering"] = "undecided"
        self._seen = ""
        self._begun: int = 0
        """Tokens of the start marker that were written."""
        self._followed: int = 0
        """Of these, how many the answer's grammar has followed."""
        self._spent = 0
        self._forced: deque[int] = deque()
        if opened:
            self._think()

    def then(self, constraint: Constraint | None) -> None:
        """What the answer behind the thoughts has to follow; before anything else is called."""
        self._then = constraint

    @property
    def fault(self) -> str | None:
        """Why the sequence cannot go on."""
        return None if self._then is None else self._then.fault

    @property
    def is_complete(self) -> bool:
        """True when nothing can follow."""
        return self._answering_with is not None and self._answering_with.is_complete

    @property
    def _answering_with(self) -> Constraint | None:
        return self._then if self._state == "answering" else None

    @property
    def ahead(self) -> Constraint | None:
        """The answer's grammar, once it has begun; thoughts cannot be taken back."""
        return None if self._answering_with is None else self._answering_with.ahead

    def forced(self) -> Sequence[int]:
        """The end of the thoughts once their budget is spent, and what the grammar forces."""
        if self._forced:
            return list(self._forced)
        return () if self._answering_with is None else self._answering_with.forced()

    def write_mask(self, words: Bitmask) -> None:
        """Marks the tokens that may come next; `words`: (bitmask_words(vocabulary),)."""
        if self._forced:
            words[:] = 0
            write_tokens(words, (self._forced[0],), allowed=True)
        elif self._state == "thinking" or self._then is None:
            words[:] = ALL_ALLOWED
            if self._then is not None and not self._then.may_end:
                write_tokens(words, self._thinking.eos_tokens, allowed=False)
        else:
            if self._begun == self._followed:
                self._then.write_mask(words)
            else:
                words[:] = 0
            write_tokens(words, self._next_of_marker, allowed=True)

    def advance(self, *tokens: int) -> None:
        """Takes note of tokens that were chosen."""
        for token in tokens:
            if self._state == "thinking":
                self._go_on_thinking(token)
            elif self._state == "undecided":
                self._decide(token)
            elif self._then is not None:
                self._then.advance(token)

    def accepted(self, tokens: Sequence[int]) -> int:
        """How many of some tokens could be chosen one after the other; thoughts are not
        foreseen."""
        return 0 if self._answering_with is None else self._answering_with.accepted(tokens)

    def rollback(self, count: int) -> None:
        """Takes back tokens that were `accepted`."""
        if self._answering_with is not None:
            self._answering_with.rollback(count)

    def _decide(self, token: int) -> None:
        if self._then is None:
            self._decide_freely(token)
        elif token in self._next_of_marker:
            self._begin(token, self._then)
        else:
            self._then.advance(token)
            self._decide_by_text(token)

    def _decide_freely(self, token: int) -> None:
        """A marker that looks like what prose writes is quoted once something was said."""
        markers = self._thinking.markers
        if markers.opens_once is None:
            if self._reads(token, markers.start):
                self._think()
            return
        self._seen += self._detokenizer.push(token)
        begun = self._seen.lstrip()
        if begun.startswith(markers.start):
            self._think()
        elif not markers.start.startswith(begun):
            self._state = "answering"

    @property
    def _next_of_marker(self) -> Sequence[int]:
        """The token by which the thoughts begin, or go on to begin; empty where they cannot."""
        if self._state != "undecided":
            return ()
        return self._thinking.start_tokens[self._begun : self._begun + 1]

    def _begin(self, token: int, then: Constraint) -> None:
        """Until the marker is whole, it may be the answer's beginning where that allows it."""
        if self._begun + 1 == len(self._thinking.start_tokens):
            then.rollback(self._followed)
            self._begun, self._followed = 0, 0
            self._think()
            return
        if self._begun == self._followed and then.accepted((token,)):
            then.advance(token)
            self._followed += 1
        self._begun += 1

    def _decide_by_text(self, token: int) -> None:
        """Where the start marker is several tokens, the grammar has to let them through."""
        self._seen += self._detokenizer.push(token)
        begun, marker = self._seen.lstrip(), self._thinking.markers.start
        if self._thinking.start_tokens or not marker.startswith(begun):
            self._state = "answering"
        elif begun == marker:
            self._think()

    def _think(self) -> None:
        self._state = "thinking"
        self._seen = ""
        self._force_the_end_if_due()

    def _go_on_thinking(self, token: int) -> None:
        self._spent += 1
        if self._forced:
            self._forced.popleft()
        if self._reads(token, self._thinking.markers.end):
            self._state = "answering"
            self._forced.clear()
        else:
            self._force_the_end_if_due()

    def _force_the_end_if_due(self) -> None:
        if self._budget is not None and self._spent >= self._budget and not self._forced:
            self._forced.extend(self._thinking.end_tokens)

    def _reads(self, token: int, marker: str) -> bool:
        """True when the text so far has the marker in it."""
        self._seen += self._detokenizer.push(token)
        if marker in self._seen:
            return True
        self._seen = self._seen[-len(marker) :]
        return False
