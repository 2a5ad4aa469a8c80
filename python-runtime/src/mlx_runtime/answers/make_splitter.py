"""Puts a splitter together for one answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from .grammars.tool_parameters import told_one_by_one
from .splitter import AnswerSplitter
from .tool_calls.call_reader import CallContext, CallReader
from .tool_calls.json_calls import StreamedCalls
from .tool_calls.parsed_calls import ParsedCalls
from .tool_calls.tagged_calls import TaggedCalls
from .tool_formats.tool_format import JsonLayout, TaggedLayout
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
) -> AnswerSplitter | None:
    """None for an answer that is text and nothing else. `rules`: None when no tool is offered."""
    if rules is None and not traits.splits:
        return None
    return AnswerSplitter(
        traits.transitions(calls=rules is not None),
        traits.first_state(thinking_opened=thinking_opened),
        _readers(traits, rules),
        parallel_calls=rules is None or rules.parallel,
        stops=stops,
    )


def _readers(traits: AnswerTraits, rules: CallRules | None) -> Callable[[], CallReader] | None:
    if rules is None or traits.tools is None:
        return None
    numbers = count()
    context = CallContext(
        traits.tools, rules.tools, lambda: next(numbers), made_before=rules.made_before
    )
    layout = traits.tools.layout
    functions = told_one_by_one(layout, rules.tools) if rules.held_to_layout else None
    texts = {
        name: frozenset(parameter.name for parameter in told.parameters or () if parameter.is_text)
        for name, told in (functions or {}).items()
    }

    def make() -> CallReader:
        if rules.held_to_layout and isinstance(layout, JsonLayout):
            return StreamedCalls(context, layout)
        if functions is not None and isinstance(layout, TaggedLayout):
            return TaggedCalls(context, layout, texts)
        return ParsedCalls(context)

    return make
