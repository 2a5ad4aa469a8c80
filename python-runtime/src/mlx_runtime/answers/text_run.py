"""A stretch of text between two markers.

Line breaks next to a marker are layout and belong to the marker; stop texts
are looked for in the text as it was written.
"""

from __future__ import annotations

from ..text.stop_sequences import StopSequences


class TextRun:
    """Holds back what may turn out to be layout or a stop text."""

    def __init__(self, stops: StopSequences, *, after_marker: bool) -> None:
        self._stops = stops
        self._at_start = after_marker
        self._line_breaks = ""

    @property
    def stop_sequence(self) -> str | None:
        """The stop text that was found; nothing comes out after it."""
        return self._stops.matched

    def push(self, text: str) -> str:
        """Returns what is certain to be text."""
        certain = self._trim(self._stops.push(text))
        return certain if self.stop_sequence is None else certain + self._take_line_breaks()

    def close(self) -> str:
        """Returns what was held back, at a marker."""
        return self._trim(self._stops.flush())

    def flush(self) -> str:
        """The same at the end of the answer, where line breaks are text."""
        return self.close() + self._take_line_breaks()

    def _trim(self, text: str) -> str:
        if self._at_start:
            text = text.lstrip("\n")
            self._at_start = not text
        pending = self._line_breaks + text
        certain = pending.rstrip("\n")
        self._line_breaks = pending[len(certain) :]
        return certain

    def _take_line_breaks(self) -> str:
        taken, self._line_breaks = self._line_breaks, ""
        return taken
