"""From token ids to text, one token at a time and exact to the byte.

A character may be spread over several tokens: its bytes are collected until it
is complete. What comes out, joined, is the text of all tokens at once.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable
from typing import Protocol

TokenBytes = Callable[[int], bytes]
"""The bytes that a token stands for."""

DecodeTokens = Callable[[list[int]], str]


class Detokenizer(Protocol):
    def push(self, token: int) -> str:
        """Returns the text that became certain."""
        ...

    def flush(self) -> str:
        """Returns what is left of an incomplete character, as U+FFFD."""
        ...


class ByteDetokenizer:
    """For tokenizers whose tokens are byte strings: constant time per token."""

    def __init__(self, token_bytes: TokenBytes, context: Iterable[int] = ()) -> None:
        self._token_bytes = token_bytes
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for token in context:
            self.push(token)

    def push(self, token: int) -> str:
        return self._decoder.decode(self._token_bytes(token))

    def flush(self) -> str:
        return self._decoder.decode(b"", final=True)


_LONGEST_WAIT = 16
"""Tokens after which a text that still ends in U+FFFD is taken for broken."""


class WindowDetokenizer:
    """For any other tokenizer: the difference that a token makes to its neighbours' text.

    Only a window of tokens is decoded, so the cost per token does not grow.
    """

    def __init__(self, decode: DecodeTokens, context: Iterable[int] = ()) -> None:
        self._decode = decode
        self._window = list(context)
        self._certain = len(self._window)
        """Tokens at the window's start whose text has been returned."""

    def push(self, token: int) -> str:
        self._window.append(token)
        waiting = len(self._window) - self._certain
        return self._take(force=waiting > _LONGEST_WAIT)

    def flush(self) -> str:
        return self._take(force=True)

    def _take(self, *, force: bool) -> str:
        before = self._decode(self._window[: self._certain])
        now = self._decode(self._window)
        incomplete = len(now) <= len(before) or now.endswith("\ufffd")
        if incomplete and not force:
            return ""
        self._window = self._window[self._certain :]
        self._certain = len(self._window)
        return now[len(before) :]
