"""Calls in a format that only the model's own parser can read."""

from __future__ import annotations

import json
import logging
from typing import Any, cast

from ..parts import CallDelta, Mismatch, Part
from ..tool_formats.tool_format import TaggedLayout
from .call_reader import CallContext
from .tagged_values import read_tagged_calls

_log = logging.getLogger(__name__)


class ParsedCalls:
    """Gathers the text between the markers and has it parsed when it is complete."""

    def __init__(self, context: CallContext) -> None:
        self._context = context
        self._text = ""

    def push(self, text: str) -> tuple[list[Part], str | None]:
        self._text += text
        form = self._context.format
        # A format without an end marker begins the next call with its start marker.
        inside, found, rest = self._text.partition(form.end or form.start)
        if not found:
            return [], None
        behind = rest if form.end else form.start + rest
        return self._parse(inside, inside + form.end), behind

    def flush(self, *, cut: bool) -> list[Part]:
        if cut:
            return []
        return self._parse(self._text, self._text)

    def _parse(self, inside: str, written: str) -> list[Part]:
        raw = self._context.format.start + written
        try:
            return [self._delta(call, raw) for call in self._calls(inside)]
        # The parsers are not ours and meet whatever a model writes.
        except Exception as error:
            reason = f"{self._context.format.name}: {type(error).__name__}: {error}"
            return [Mismatch(raw, reason)]

    def _calls(self, inside: str) -> list[dict[str, Any]]:
        parsed = self._read(inside)
        calls = cast("list[dict[str, Any]]", parsed if isinstance(parsed, list) else [parsed])
        for call in calls:
            name = call["name"]
            if isinstance(call.get("arguments"), str):
                call["arguments"] = json.loads(call["arguments"])
            if name not in self._context.names:
                raise ValueError(f"there is no function {name!r}")
            if not isinstance(call.get("arguments"), dict):
                raise TypeError(f"the arguments of {name!r} are not an object")
        return calls

    def _read(self, inside: str) -> Any:
        """Values in tags by their schema, which mlx-lm's parsers know less of."""
        form = self._context.format
        if isinstance(form.layout, TaggedLayout) and not form.layout.is_typed:
            try:
                return read_tagged_calls(form.layout, inside, self._context.tools)
            except ValueError as fault:
                _log.debug("%s: %s; left to mlx-lm's parser", form.name, fault)
        return form.parse(inside, self._context.tools)

    def _delta(self, call: dict[str, Any], raw: str) -> CallDelta:
        index, name, id = self._context.next_index(), call["name"], call.get("id")
        return CallDelta(
            index=index,
            id=id if isinstance(id, str) and id else self._context.call_id(name, index),
            name=name,
            arguments=json.dumps(call["arguments"], ensure_ascii=False),
            raw=raw,
        )
