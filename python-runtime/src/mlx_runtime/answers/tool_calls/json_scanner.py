"""Finds the end of a JSON object in text that arrives in pieces."""

from __future__ import annotations


class JsonObjectScanner:
    """Takes the text for JSON; looks at braces and strings only."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def push(self, text: str) -> int | None:
        """Characters of `text` up to the object's end; None while it goes on."""
        for index, character in enumerate(text):
            if self._in_string:
                self._read_in_string(character)
            elif character == '"':
                self._in_string = True
            elif character in "{[":
                self._depth += 1
            elif character in "}]":
                self._depth -= 1
                if self._depth <= 0:
                    return index + 1
        return None

    @property
    def is_in_text(self) -> bool:
        return self._in_string

    def _read_in_string(self, character: str) -> None:
        if self._escaped:
            self._escaped = False
        elif character == "\\":
            self._escaped = True
        elif character == '"':
            self._in_string = False
