"""The grammar of answers that call tools, in llguidance's Lark.

With `auto` it is lazy: text is free until a call begins; from there on the
call has to be one of a declared function, its arguments valid for the
function's JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from .grammars.tagged_grammar import tagged_calls
from .grammars.tool_parameters import arguments_schema, name_of, told_one_by_one
from .grammars.written_grammar import written_calls
from .harmony.grammar import harmony_grammar
from .harmony.messages import HARMONY
from .lark.lark_text import lark_text, pieces_of, with_places
from .tool_formats.tool_format import PLACEHOLDERS, FreeLayout, JsonLayout, TaggedLayout, ToolFormat

ToolChoice = Literal["auto", "required"]

_ANYTHING = r"/(.|\n)*/"
_GAP = r"gap: /\n{0,2}/"


def tool_grammar(
    form: ToolFormat,
    tools: Sequence[dict[str, Any]],
    *,
    choice: ToolChoice,
    parallel: bool,
    special_tokens: Mapping[str, int],
    final: str | None = None,
) -> str | None:
    """None: these calls can only be parsed. `tools` are in OpenAI's shape;
    `special_tokens` are those that no text is tokenised to; `final`: an expression for an
    answer that calls none, in Lark."""
    if form is HARMONY:
        if final is not None and choice == "auto":
            return None
        return harmony_grammar(tools, choice=choice, special_tokens=special_tokens)
    words = _Words(special_tokens)
    calls = _calls(form, tools, words, parallel=parallel)
    if calls is None:
        if (choice == "auto" and final is None) or isinstance(form.layout, JsonLayout):
            return None
        calls = _free_calls(form, form.layout.free, tools, words)
    if final is not None and choice == "auto":
        rules = [f"final: {final}", f"{_calls_alone(parallel=parallel)} | final\n{_GAP}"]
    else:
        rules = [_start(choice, parallel=parallel), *_leads(form, words)]
    rules += [f"text: {_ANYTHING}", f"begin: {words.text(form.start)}"]
    return "\n".join(["%llguidance {}", *rules, *calls])


def _calls(
    form: ToolFormat, tools: Sequence[dict[str, Any]], words: _Words, *, parallel: bool
) -> Sequence[str] | None:
    """Holds calls to the schemas; None where the layout cannot."""
    layout = form.layout
    if isinstance(layout, JsonLayout):
        return _json_calls(form, layout, tools, words, parallel=parallel)
    if not isinstance(layout, TaggedLayout):
        return written_calls(layout, form.end, tools, words.special_tokens, parallel=parallel)
    functions = told_one_by_one(layout, tools)
    named = [(name_of(tool), functions[name_of(tool)]) for tool in tools]
    return tagged_calls(layout, form.end, named, words.special_tokens, parallel=parallel)


class _Words:
    def __init__(self, special_tokens: Mapping[str, int]) -> None:
        self.special_tokens = special_tokens

    def text(self, *parts: str) -> str:
        return lark_text("".join(parts), self.special_tokens)

    def is_special(self, text: str) -> bool:
        return text in self.special_tokens

    def special_in(self, text: str) -> str:
        """An expression for any of the special tokens in a text."""
        return " | ".join(self.text(token) for token in self.tokens_in(text))

    def tokens_in(self, text: str) -> list[str]:
        return [token for token in self.special_tokens if token in text]


def _start(choice: ToolChoice, *, parallel: bool) -> str:
    """Between calls and behind them there may be line breaks, which trained models write."""
    if choice == "required":
        return f"{_calls_alone(parallel=parallel)}\n{_GAP}"
    return "start: (led calls)* prose" if parallel else f"start: prose | led calls gap\n{_GAP}"


def _leads(form: ToolFormat, words: _Words) -> list[str]:
    """`prose`: an answer's text; `led`: the same to the marker behind which a call begins.

    No text has a special token in it. Where a marker has several, others of their kind may stand
    in prose, and only what they mark tells them apart.
    """
    first, *rest = pieces_of(form.start, words.special_tokens)
    if not words.is_special(first):
        return [f"led[lazy]: {_ANYTHING} {words.text(form.start)}", "prose: text"]
    if not rest:
        return ["led: text begin", "prose: text"]
    others = [words.text(token) for token in words.tokens_in(form.start + form.end)]
    others.remove(words.text(first))
    marks = " | ".join([f"{words.text(first)} OTHER", *(f"{mark} text" for mark in others)])
    begins = "" if len(rest) > 1 else _ANYTHING
    return [
        "led: prose begin",
        f"prose: text ({marks})*",
        f"OTHER: {_ANYTHING} & ~({json.dumps(rest[0])} {begins})",
    ]


def _calls_alone(*, parallel: bool) -> str:
    return f"start: begin calls{' (gap begin calls)*' if parallel else ''} gap"


def _json_calls(
    form: ToolFormat,
    layout: JsonLayout,
    tools: Sequence[dict[str, Any]],
    words: _Words,
    *,
    parallel: bool,
) -> list[str]:
    several = layout.joint is not None and parallel
    more = f"({words.text(layout.joint or '')} call)*" if several else ""
    rules = [
        f"calls: {words.text(layout.head)} call {more} {words.text(layout.tail, form.end)}",
        f"call: {_either('call', tools)}",
    ]
    for place, tool in enumerate(tools):
        before = f"{layout.opening}{name_of(tool)}{layout.middle}"
        schema = json.dumps(arguments_schema(tool, place))
        opening = with_places(before, words.special_tokens, PLACEHOLDERS)
        rules.append(f"call_{place}: {opening} %json {schema} {words.text(layout.closing)}")
    return rules


def _free_calls(
    form: ToolFormat, layout: FreeLayout, tools: Sequence[dict[str, Any]], words: _Words
) -> list[str]:
    """Holds a call to a declared name; the rest is the model's own affair."""
    rules = [f"calls: {_either('call', tools)}"]
    for place, tool in enumerate(tools):
        opening = words.text(layout.opening, name_of(tool), layout.middle)
        rules.append(f"call_{place}: {opening} rest")
    # No text has a special token in it, and arguments may consist of some.
    special = words.special_in(layout.inside + layout.closing)
    inside = f"(text ({special}))*" if special else ""
    if words.is_special(form.end):
        rules.append(f"rest: {inside} text {words.text(form.end)}")
    else:
        rules.append(f"rest: {inside} last")
        rules.append(f"last[lazy]: {_ANYTHING} {words.text(layout.closing, form.end)}")
    return rules


def _either(rule: str, tools: Sequence[object]) -> str:
    return " | ".join(f"{rule}_{place}" for place in range(len(tools)))
