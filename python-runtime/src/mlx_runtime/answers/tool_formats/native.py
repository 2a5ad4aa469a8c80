"""The formats of tool calls that mlx-lm knows, and which of them a model writes.

The parsers are mlx-lm's own; nothing of a model's repository is executed. The
rules are those of mlx_lm.tokenizer_utils, which cannot be imported without
transformers; a test holds them to it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Container
from dataclasses import replace
from typing import Any

from ..reasoning.markers import XTML_TOKENS
from .notation import Notation
from .python_notation import PythonNotation
from .tool_format import JsonLayout, Layout, TaggedLayout, ToolFormat, WrittenLayout

_QWEN_CODER = ("<tool_call>\\n<function=", "<tool_call>\n<function=")

# All texts of one alternative have to be in the template. The first rule that fits counts.
_RULES: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("minimax_m2", (("<minimax:tool_call>",),)),
    ("gemma4", (("<|tool_call>", "<tool_call|>"),)),
    ("function_gemma", (("<start_function_call>",),)),
    ("longcat", (("<longcat_tool_call>",),)),
    ("glm47", (("<arg_key>",),)),
    ("pythonic", (("<|tool_list_start|>",), ("<|tool_call_start|>",))),
    ("qwen3_coder", tuple((text,) for text in _QWEN_CODER)),
    ("kimi_k2", (("<|tool_calls_section_begin|>",),)),
    ("minicpm5", (('<function name="', '<param name="'),)),
    ("mistral", (("[TOOL_CALLS]",),)),
    ("muse_spark", (("<atem:function_calls>",),)),
    ("json_tools", (("<tool_call>", "tool_call.name"),)),
)

# Whatever can be told from the signs around it.
_NAMES = re.compile(r"[\w.$@-]+")


def _gemma(delimiter: str) -> Notation:
    return Notation(assign=":", delimiter=delimiter, names=_NAMES, keys=_NAMES)


_GLM = TaggedLayout("", "", "", "<arg_key>", "</arg_key><arg_value>", "</arg_value>")
_LAYOUTS: dict[str, Layout] = {
    "function_gemma": WrittenLayout("call:", "{", "}", _gemma("<escape>")),
    "gemma4": WrittenLayout("call:", "{", "}", _gemma('<|"|>')),
    "glm47": _GLM,
    "json_tools": JsonLayout('{"name": "', '", "arguments": ', "}", head="\n", tail="\n"),
    "kimi_k2": JsonLayout(
        "<|tool_call_begin|>functions.",
        ":{index}<|tool_call_argument_begin|>",
        "<|tool_call_end|>",
        joint="",
    ),
    "kimi_k3": TaggedLayout(
        '<|open|>call tool="',
        '" index="{index}"<|sep|>',
        "<|close|>call<|sep|>",
        '<|open|>argument key="',
        '" type="{type}"<|sep|>',
        "<|close|>argument<|sep|>",
        several=True,
        whole=('<|open|>json type="object"<|sep|>', "<|close|>json<|sep|>"),
    ),
    "laguna": _GLM,
    "longcat": TaggedLayout(
        "",
        "",
        "",
        "<longcat_arg_key>",
        "</longcat_arg_key><longcat_arg_value>",
        "</longcat_arg_value>",
    ),
    "minicpm5": TaggedLayout(
        '"',
        '">',
        "",
        '<param name="',
        '">',
        "</param>",
        inline=True,
        shield=("<![CDATA[", "]]>"),
    ),
    "minimax_m2": TaggedLayout(
        '<invoke name="',
        '">',
        "</invoke>",
        '<parameter name="',
        '">',
        "</parameter>",
        several=True,
    ),
    "muse_spark": TaggedLayout(
        '<atem:invoke name="',
        '">',
        "</atem:invoke>",
        '<atem:parameter name="',
        '">',
        "</atem:parameter>",
        several=True,
    ),
    "pythonic": WrittenLayout("", "(", ")", PythonNotation(), head="[", tail="]", joint="/, ?/"),
    "qwen3_coder": TaggedLayout(
        "<function=", ">", "</function>", "<parameter=", ">\n", "\n</parameter>"
    ),
}


def infer_tool_parser(template: str, vocabulary: Container[str]) -> str | None:
    """The name of mlx-lm's parser for what a model writes; None when it knows none."""
    for name, alternatives in _RULES:
        if any(all(text in template for text in texts) for texts in alternatives):
            return name
    if all(token in vocabulary for token in XTML_TOKENS):
        return "kimi_k3"
    if "<|tool_call_start|>" in vocabulary and "<|tool_call_end|>" in vocabulary:
        return "pythonic"
    return None


def native_tool_format(
    template: str, vocabulary: Container[str], declared: object
) -> ToolFormat | None:
    """`declared`: what the tokenizer's configuration names as `tool_parser_type`."""
    name = declared if isinstance(declared, str) else infer_tool_parser(template, vocabulary)
    if name is None or not (name in _LAYOUTS or name == "mistral"):
        return None
    parser: Any = importlib.import_module(f"mlx_lm.tool_parsers.{name}")
    return ToolFormat(
        name=name,
        start=parser.tool_call_start,
        end=parser.tool_call_end,
        parse=parser.parse_tool_call,
        layout=_layout(name, template),
        # Its templates refuse ids of another length.
        id_length=9 if name == "mistral" else None,
        id_pattern="functions.{name}:{index}" if name == "kimi_k2" else None,
    )


def _layout(name: str, template: str) -> Layout:
    if name == "mistral":
        return _mistral_layout(template)
    layout = _LAYOUTS[name]
    if isinstance(layout, TaggedLayout):
        # Some versions of a family break the line between an argument's name and its value.
        broken = layout.behind_name.replace("><", ">\n<")
        if broken in template or broken.replace("\n", "\\n") in template:
            return replace(layout, behind_name=broken)
    return layout


def _mistral_layout(template: str) -> JsonLayout:
    """Newer models write `name[ARGS]{...}`, some with an id between, older ones a JSON list."""
    if "[CALL_ID]" in template:
        return JsonLayout("", "[CALL_ID]{id}[ARGS]", "")
    if "[ARGS]" in template:
        return JsonLayout("", "[ARGS]", "")
    head = " [" if "[TOOL_CALLS] [" in template else "["
    return JsonLayout('{"name": "', '", "arguments": ', "}", head=head, tail="]", joint=", ")
