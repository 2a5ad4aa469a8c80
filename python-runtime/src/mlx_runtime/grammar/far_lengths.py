"""Limits of lengths that strings seldom reach, counted only where one could.

Counting the characters of a text that follows a pattern costs a lexer work by the limit, with
every token. So a grammar that does not count is followed, until a string could be as long.
"""

from __future__ import annotations

from dataclasses import dataclass

from llguidance import LLMatcher

from .string_runs import StringRuns
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class FarLengths:
    """Of one grammar."""

    counting: LLMatcher
    """Of the same texts, with each limit counted."""
    shortest: int
    """Characters of the nearest limit that is left out."""


class FarLengthWatch:
    """Of one sequence: until when its grammar need not count."""

    def __init__(self, lengths: FarLengths, vocabulary: Vocabulary) -> None:
        self._lengths = lengths
        self._longest_token = vocabulary.longest_token
        self._runs = StringRuns(lambda token: vocabulary.tokens.decode_bytes([token]))
        self._tokens: list[int] = []

    @property
    def any_token_may_reach(self) -> bool:
        return self._runs.length + self._longest_token > self._lengths.shortest

    def may_reach(self, *tokens: int) -> bool:
        return self._runs.longest_with(*tokens) > self._lengths.shortest

    def advance(self, token: int) -> None:
        self._tokens.append(token)
        self._runs.advance(token)

    def rollback(self, count: int) -> None:
        del self._tokens[len(self._tokens) - count :]
        self._runs.rollback(count)

    def counting(self) -> LLMatcher:
        """The matcher that counts, as far as the sequence is."""
        matcher = self._lengths.counting.deep_copy()
        # One by one: the work that a grammar may make is limited by call.
        for token in self._tokens:
            if matcher.is_error():
                break
            matcher.consume_token(token)
        return matcher
