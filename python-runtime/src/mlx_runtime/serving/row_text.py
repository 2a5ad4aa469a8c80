"""The text of one row: what its tokens mean, up to its stop text."""

from __future__ import annotations

from collections.abc import Sequence

from ..text.detokenizer import Detokenizer
from ..text.stop_sequences import StopSequences


class RowText:
    """Depends on the tokens alone, so a resumed row goes on exactly where it was cut."""

    def __init__(
        self, detokenizer: Detokenizer, stops: Sequence[str], resume_tokens: Sequence[int] = ()
    ) -> None:
        self._detokenizer = detokenizer
        self._stops = StopSequences(stops)
        self.token_count = 0
        """Tokens up to the stop text's end, resumed ones included."""
        for token in resume_tokens:
            self.push(token)

    @property
    def is_complete(self) -> bool:
        """True when nothing more is wanted of the row."""
        return self.stop_sequence is not None

    @property
    def stop_sequence(self) -> str | None:
        """The stop text that was found."""
        return self._stops.matched

    def push(self, token: int) -> str:
        """Returns the text that became certain; nothing once the stop text was found."""
        if self.stop_sequence is not None:
            return ""
        self.token_count += 1
        return self._stops.push(self._detokenizer.push(token))

    def flush(self) -> str:
        """Returns what was held back, at the end of a row that met no stop text."""
        if self.stop_sequence is not None:
            return ""
        text = self._stops.push(self._detokenizer.flush())
        return text + self._stops.flush()
