"""What the header of a harmony message says.

The format is OpenAI's: https://cookbook.openai.com/articles/openai-harmony
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from ..reasoning.markers import ThinkingMarkers
from ..tool_formats.tool_format import JsonLayout, ToolFormat

START, CHANNEL, MESSAGE = "<|start|>", "<|channel|>", "<|message|>"
END, CALL, RETURN, CONSTRAIN = "<|end|>", "<|call|>", "<|return|>", "<|constrain|>"
TOKENS = (START, CHANNEL, MESSAGE, END, CALL, RETURN, CONSTRAIN)

_CHANNEL = re.compile(re.escape(CHANNEL) + r"\s*(\w+)")
_RECIPIENT = re.compile(r"\bto=(?:functions\.)?([\w.-]+)")
_BEGINNINGS = (CHANNEL, START, " to=", "to=")

THINKING = ThinkingMarkers(
    f"{START}assistant",
    f"{CHANNEL}final{MESSAGE}",
    written_end=f"{END}{START}assistant{CHANNEL}final{MESSAGE}",
)
"""Whatever comes before the final message, to those who only ask where the answer begins."""


@dataclass(frozen=True, slots=True)
class Header:
    channel: str
    recipient: str | None
    """Of a call: the function."""


def header_of(text: str) -> Header:
    """`text`: between a start marker and the message marker."""
    channel, recipient = _CHANNEL.search(text), _RECIPIENT.search(text)
    return Header(
        "final" if channel is None else channel[1], None if recipient is None else recipient[1]
    )


def may_be_header(text: str) -> bool:
    """False for text of a model that left the header out."""
    return any(text.startswith(one) or one.startswith(text) for one in _BEGINNINGS)


def writes_harmony(vocabulary: Container[str], template: str) -> bool:
    return MESSAGE in template and all(token in vocabulary for token in TOKENS[:4])


def _parse(text: str, _tools: Sequence[dict[str, Any]]) -> Any:
    return json.loads(text)


HARMONY = ToolFormat(
    "harmony",
    f"{CHANNEL}commentary to=functions.",
    CALL,
    _parse,
    JsonLayout("", f" {CONSTRAIN}json{MESSAGE}", ""),
)
