"""What a sequence's tokens mean: its text, up to its stop text, or its parts told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..answers.parts import Content, Part
from ..answers.splitter import Splitter
from ..text.detokenizer import Detokenizer
from ..text.stop_sequences import StopSequences


class OutputText(Protocol):
    """Depends on the tokens alone, so a resumed sequence goes on exactly where it was cut."""

    token_count: int
    """Tokens up to the sequence's end, resumed ones included."""

    @property
    def is_complete(self) -> bool:
        """True when nothing more is wanted of the sequence."""
        ...

    @property
    def stop_sequence(self) -> str | None:
        """The stop text that was found."""
        ...

    @property
    def has_calls(self) -> bool: ...

    @property
    def reasoning_tokens(self) -> int | None:
        """None where reasoning is not told apart."""
        ...

    def push(self, token: int) -> list[Part]:
        """Returns the parts that became certain; nothing once the sequence is complete."""
        ...

    def flush(self, *, cut: bool) -> list[Part]:
        """Returns what was held back. `cut`: the sequence ended because it was too long."""
        ...


class PlainText:
    """All of it is content."""

    has_calls = False
    reasoning_tokens = None

    def __init__(
        self, detokenizer: Detokenizer, stops: Sequence[str], resume_tokens: Sequence[int] = ()
    ) -> None:
        self._detokenizer = detokenizer
        self._stops = StopSequences(stops)
        self.token_count = 0
        for token in resume_tokens:
            self.push(token)

    @property
    def is_complete(self) -> bool:
        return self.stop_sequence is not None

    @property
    def stop_sequence(self) -> str | None:
        return self._stops.matched

    def push(self, token: int) -> list[Part]:
        if self.is_complete:
            return []
        self.token_count += 1
        return _content(self._stops.push(self._detokenizer.push(token)))

    def flush(self, *, cut: bool) -> list[Part]:
        del cut
        if self.is_complete:
            return []
        text = self._stops.push(self._detokenizer.flush())
        return _content(text + self._stops.flush())


class SplitText:
    """Content, reasoning and tool calls."""

    def __init__(
        self,
        detokenizer: Detokenizer,
        splitter: Splitter,
        resume_tokens: Sequence[int] = (),
    ) -> None:
        self._detokenizer = detokenizer
        self._splitter = splitter
        self.token_count = 0
        self.reasoning_tokens = 0
        for token in resume_tokens:
            self.push(token)

    @property
    def is_complete(self) -> bool:
        return self._splitter.is_complete

    @property
    def stop_sequence(self) -> str | None:
        return self._splitter.stop_sequence

    @property
    def has_calls(self) -> bool:
        return self._splitter.calls > 0

    def push(self, token: int) -> list[Part]:
        if self.is_complete:
            return []
        self.token_count += 1
        was_reasoning = self._splitter.state == "reasoning"
        parts = self._splitter.push(self._detokenizer.push(token))
        if was_reasoning or self._splitter.state == "reasoning":
            self.reasoning_tokens += 1
        return parts

    def flush(self, *, cut: bool) -> list[Part]:
        parts = self._splitter.push(self._detokenizer.flush())
        return parts + self._splitter.flush(cut=cut)


def _content(text: str) -> list[Part]:
    return [Content(text)] if text else []
