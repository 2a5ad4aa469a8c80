"""One row's place in its grammar."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from llguidance import LLMatcher
from numpy.typing import NDArray

from .limits import MASK_CPU_SECONDS
from .reasons import brief

Bitmask: TypeAlias = NDArray[np.uint32]
"""Token i is allowed when bit i % 32 of word i // 32 is set."""


def bitmask_words(vocabulary: int) -> int:
    return (vocabulary + 31) // 32


class TokenRules(Protocol):
    """What a row asks of whatever says which tokens may come next. Nothing here raises."""

    @property
    def fault(self) -> str | None:
        """Why the row cannot go on."""
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
    """Which tokens may come next in one row.

    Nothing here raises: what goes wrong is told by `fault`, and then no
    further call changes anything.
    """

    __slots__ = ("_matcher", "fault")

    def __init__(self, matcher: LLMatcher) -> None:
        """`matcher` is the row's own."""
        self._matcher = matcher
        self.fault: str | None = None
        """Why the row cannot go on."""

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
        """The usual tokens of the only text that may come next; it may be written in others."""
        return () if self.fault is not None else self._matcher.compute_ff_tokens()

    def write_mask(self, words: Bitmask) -> None:
        """Marks the tokens that may come next; `words`: (bitmask_words(vocabulary),).

        An end-of-sequence token is among them exactly when the answer may end.
        Where `fault` is set afterwards, the words mean nothing.
        """
        if self.fault is not None:
            return
        started = time.thread_time()
        self._matcher.unsafe_compute_mask_ptr(words.ctypes.data, words.nbytes)
        self._check()
        if time.thread_time() - started > MASK_CPU_SECONDS:
            self.fault = "the grammar is too complex to follow at the pace of the other requests"

    def advance(self, *tokens: int) -> None:
        """Takes note of tokens that were chosen."""
        if self.fault is None:
            self._matcher.consume_tokens(list(tokens))
            self._check()

    def accepted(self, tokens: Sequence[int]) -> int:
        """How many of some tokens could be chosen one after the other; changes nothing."""
        return 0 if self.fault is not None else self._matcher.validate_tokens(list(tokens))

    def rollback(self, count: int) -> None:
        """Takes the last `count` tokens back."""
        if self.fault is None and count:
            self._matcher.rollback(count)
            self._check()

    def _check(self) -> None:
        if self._matcher.is_error():
            self.fault = brief(self._matcher.get_error())
