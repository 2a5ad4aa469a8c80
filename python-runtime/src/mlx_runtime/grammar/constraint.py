"""One sequence's place in its grammar."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import Protocol, TypeAlias

import numpy as np
from llguidance import LLMatcher
from numpy.typing import NDArray

from .far_lengths import FarLengthWatch
from .limits import MASK_CPU_SECONDS
from .reasons import brief
from .schema.source import Unheld

Bitmask: TypeAlias = NDArray[np.uint32]
"""Token i is allowed when bit i % 32 of word i // 32 is set."""
ALL_ALLOWED = np.uint32(0xFFFFFFFF)
"""A word that forbids nothing."""


def write_tokens(words: Bitmask, tokens: Collection[int], *, allowed: bool) -> None:
    """Allows or forbids some tokens, whatever was said of them; `words`: (words,)."""
    for token in tokens:
        bit = np.uint32(1 << (token & 31))
        if allowed:
            words[token >> 5] |= bit
        else:
            words[token >> 5] &= ~bit


def bitmask_words(vocabulary: int) -> int:
    return (vocabulary + 31) // 32


class TokenRules(Protocol):
    """What a sequence asks of whatever says which tokens may come next. Nothing here raises."""

    @property
    def fault(self) -> str | None:
        """Why the sequence cannot go on."""
        ...

    @property
    def is_complete(self) -> bool:
        """True when nothing can follow: the answer is whole."""
        ...

    @property
    def ahead(self) -> Constraint | None:
        """What can be followed for some tokens and rolled back; None: nothing can be now."""
        ...

    def write_mask(self, words: Bitmask) -> None:
        """Marks the tokens that may come next; `words`: (bitmask_words(vocabulary),), all 0."""
        ...

    def forced(self) -> Sequence[int]:
        """Tokens that probably come next, as nothing else says what may; changes nothing."""
        ...

    def advance(self, *tokens: int) -> None:
        """Takes note of tokens that were chosen."""
        ...

    def accepted(self, tokens: Sequence[int]) -> int:
        """How many of some tokens could be chosen one after the other; changes nothing."""
        ...

    def rollback(self, count: int) -> None:
        """Takes the last `count` tokens back."""
        ...


class Constraint:
    """Which tokens may come next in one sequence.

    Nothing here raises: what goes wrong is told by `fault`, and then no
    further call changes anything.
    """

    __slots__ = (
        "_ends",
        "_far",
        "_matcher",
        "_special",
        "_usual",
        "_usual_until",
        "_written",
        "fault",
        "unheld",
    )

    def __init__(
        self,
        matcher: LLMatcher,
        usual: LLMatcher | None = None,
        *,
        special: Collection[int] = (),
        ends: Collection[int] = (),
        unheld: Sequence[Unheld] = (),
        far: FarLengthWatch | None = None,
    ) -> None:
        """The matchers are the sequence's own; `usual`: of the texts that are to be expected among
        those that are allowed. `special`: tokens that stand for no text; `ends`: tokens that
        end the answer, whatever else they stand for; `far`: limits that the matcher leaves out."""
        self._matcher = matcher
        self._usual = usual
        self._far = far
        """None: the matcher counts all."""
        self._written = 0
        self._usual_until: int | None = None
        """Tokens that are followed as usual, once one was not."""
        self._special = frozenset(special).union(ends)
        self._ends = tuple(ends)
        self.unheld = unheld
        """Keywords of a JSON Schema that whoever reads the answer has to check."""
        self.fault: str | None = None
        """Why the sequence cannot go on."""

    @property
    def is_complete(self) -> bool:
        """True when nothing can follow: the answer is whole."""
        return self.fault is None and self._matcher.is_stopped()

    @property
    def may_end(self) -> bool:
        """True when the answer is whole as it is; more may still be possible."""
        return self.fault is None and self._matcher.is_accepting()

    @property
    def ahead(self) -> Constraint | None:
        return None if self.fault is not None else self

    def forced(self) -> Sequence[int]:
        """The usual tokens of the only text that is to be expected next; it may be written in
        others."""
        if self.fault is not None or self._usual_until is not None:
            return ()
        tokens = (self._usual or self._matcher).compute_ff_tokens()
        # A special token that is spelt like the text does not stand for it.
        text = list(takewhile(lambda token: token not in self._special, tokens))
        return text[: self.accepted(text)] if text else ()

    def write_mask(self, words: Bitmask) -> None:
        """Marks the tokens that may come next; `words`: (bitmask_words(vocabulary),).

        A token that ends the answer is among them exactly when the answer may end.
        Where `fault` is set afterwards, the words mean nothing.
        """
        if self.fault is not None:
            return
        started = time.thread_time()
        if self._far is not None and self._far.any_token_may_reach:
            self._count_from_now_on(self._far)
        self._matcher.unsafe_compute_mask_ptr(words.ctypes.data, words.nbytes)
        if self._ends:
            write_tokens(words, self._ends, allowed=self._matcher.is_accepting())
        self._check()
        if time.thread_time() - started > MASK_CPU_SECONDS:
            self.fault = "the grammar is too complex to follow at the pace of the other requests"

    def advance(self, *tokens: int) -> None:
        """Takes note of tokens that were chosen."""
        # One by one: the work that a grammar may make is limited by call.
        for token in tokens:
            if self._far is not None and self._far.may_reach(token):
                self._count_from_now_on(self._far)
            if self.fault is not None:
                return
            self._matcher.consume_token(token)
            if self._far is not None:
                self._far.advance(token)
            self._check()
        self._follow_as_usual(tokens)

    def accepted(self, tokens: Sequence[int]) -> int:
        """How many of some tokens could be chosen one after the other; changes nothing."""
        if self._far is not None and self._far.may_reach(*tokens):
            self._count_from_now_on(self._far)
        return 0 if self.fault is not None else self._matcher.validate_tokens(list(tokens))

    def rollback(self, count: int) -> None:
        """Takes the last `count` tokens back."""
        if self.fault is None and count:
            self._matcher.rollback(count)
            if self._far is not None:
                self._far.rollback(count)
            self._check()
            self._back_to_usual(count)

    def _count_from_now_on(self, far: FarLengthWatch) -> None:
        self._far = None
        self._matcher = far.counting()
        self._check()

    def _follow_as_usual(self, tokens: Sequence[int]) -> None:
        if self._usual is not None and self._usual_until is None:
            followed = self._usual.try_consume_tokens(list(tokens))
            if followed < len(tokens):
                self._usual_until = self._written + followed
        self._written += len(tokens)

    def _back_to_usual(self, count: int) -> None:
        before = self._written
        self._written -= count
        if self._usual is None:
            return
        followed = before if self._usual_until is None else self._usual_until
        if followed > self._written:
            self._usual.rollback(followed - self._written)
        if followed >= self._written:
            self._usual_until = None

    def _check(self) -> None:
        if self._matcher.is_error():
            self.fault = brief(self._matcher.get_error())
