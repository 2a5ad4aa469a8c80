"""The parts of one row's text: what its tokens mean, told apart."""

from __future__ import annotations

from collections.abc import Sequence

from ..answers.make_splitter import Splitter
from ..answers.parts import Part
from ..text.detokenizer import Detokenizer


class SplitText:
    """Depends on the tokens alone, so a resumed row goes on exactly where it was cut."""

    def __init__(
        self,
        detokenizer: Detokenizer,
        splitter: Splitter,
        resume_tokens: Sequence[int] = (),
    ) -> None:
        self._detokenizer = detokenizer
        self._splitter = splitter
        self.token_count = 0
        """Tokens up to the row's end, resumed ones included."""
        self.reasoning_tokens = 0
        for token in resume_tokens:
            self.push(token)

    @property
    def is_complete(self) -> bool:
        """True when nothing more is wanted of the row."""
        return self._splitter.is_complete

    @property
    def stop_sequence(self) -> str | None:
        return self._splitter.stop_sequence

    @property
    def has_calls(self) -> bool:
        return self._splitter.calls > 0

    def push(self, token: int) -> list[Part]:
        """Returns the parts that became certain; nothing once the row is complete."""
        if self.is_complete:
            return []
        self.token_count += 1
        was_reasoning = self._splitter.state == "reasoning"
        parts = self._splitter.push(self._detokenizer.push(token))
        if was_reasoning or self._splitter.state == "reasoning":
            self.reasoning_tokens += 1
        return parts

    def flush(self, *, cut: bool) -> list[Part]:
        """Returns what was held back. `cut`: the row ended because it was too long."""
        parts = self._splitter.push(self._detokenizer.flush())
        return parts + self._splitter.flush(cut=cut)
