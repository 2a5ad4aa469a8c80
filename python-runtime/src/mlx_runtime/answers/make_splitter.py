"""Puts a splitter together for one answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from .grammars.tool_parameters import told_one_by_one
from .harmony.messages import HARMONY
from .harmony.splitter import HarmonySplitter
from .marker_splitter import MakeReader, Markers, MarkerSplitter
from .splitter import Splitter
from .tool_calls.call_reader import CallContext, CallReader
from .tool_calls.json_calls import StreamedCalls
from .tool_calls.parsed_calls import ParsedCalls
from .tool_calls.tagged_calls import TaggedCalls, TextParameters
from .tool_formats.tool_format import JsonLayout, TaggedLayout, ToolFormat
from .traits import AnswerTraits


@dataclass(frozen=True, slots=True)
class CallRules:
    """Which calls an answer may make."""

    tools: Sequence[dict[str, Any]]
    """In OpenAI's shape."""
    parallel: bool
    held_to_layout: bool
    """True when a grammar lets nothing through but valid calls."""
    made_before: int = 0
    """Calls in the conversation so far; some models count them in their ids."""


def make_splitter(
    traits: AnswerTraits,
    rules: CallRules | None,
    *,
    thinking_opened: bool,
    stops: Sequence[str] = (),
) -> Splitter | None:
    """None for an answer that is text and nothing else. `rules`: None when no tool is offered."""
    if traits.harmony:
        held = rules is not None and rules.held_to_layout
        calls = None if rules is None else _context(HARMONY, rules)
        return HarmonySplitter(calls, held=held, stops=stops, continued=not thinking_opened)
    if rules is None and not traits.splits:
        return None
    markers = Markers(
        traits.transitions(calls=rules is not None),
        thoughts_end="" if traits.thinking is None else traits.thinking.end,
        opens_once=None if traits.thinking is None else traits.thinking.opens_once,
    )
    return MarkerSplitter(
        markers,
        traits.first_state(thinking_opened=thinking_opened),
        _readers(traits, rules),
        parallel_calls=rules is None or rules.parallel,
        stops=stops,
    )


def _readers(traits: AnswerTraits, rules: CallRules | None) -> MakeReader | None:
    if rules is None or traits.tools is None:
        return None
    context = _context(traits.tools, rules)
    layout = traits.tools.layout
    texts: TextParameters = {}
    if isinstance(layout, TaggedLayout):
        functions = told_one_by_one(layout, rules.tools)
        texts = {name: told.texts for name, told in functions.items()}

    def make(*, sure: bool) -> CallReader:
        if sure and rules.held_to_layout and isinstance(layout, JsonLayout):
            return StreamedCalls(context, layout)
        if sure and rules.held_to_layout and isinstance(layout, TaggedLayout):
            return TaggedCalls(context, layout, texts)
        return ParsedCalls(context)

    return make


def _context(form: ToolFormat, rules: CallRules) -> CallContext:
    numbers = count()
    return CallContext(form, rules.tools, lambda: next(numbers), made_before=rules.made_before)
