"""Line breaks next to a marker are layout and belong to the marker, not to the text."""

from __future__ import annotations


class NewlineTrim:
    """Holds line breaks back until it is known what they are next to."""

    def __init__(self, *, after_marker: bool) -> None:
        self._at_start = after_marker
        self._held = ""

    def push(self, text: str) -> str:
        """Returns what is certain to be text."""
        if self._at_start:
            text = text.lstrip("\n")
            self._at_start = not text
        pending = self._held + text
        certain = pending.rstrip("\n")
        self._held = pending[len(certain) :]
        return certain

    def flush(self) -> str:
        """Returns what was held back, at the end of a text that met no marker."""
        held, self._held = self._held, ""
        return held
