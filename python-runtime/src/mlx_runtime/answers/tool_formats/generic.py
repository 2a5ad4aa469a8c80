"""Tool calls for models whose chat template knows none.

The tools are described in the system turn; calls and their results are text
in ordinary turns. A grammar sees to it that calls are valid.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from ...text.chat.call_arguments import object_text
from ...wire import WireMessage, WirePromptChat
from .tool_format import JsonLayout, ToolFormat

_LAYOUT = JsonLayout('{"name": "', '", "arguments": ', "}")
_START, _END = "<tool_call>", "</tool_call>"

_INTRODUCTION = """\
You can call functions to help with the request. Their definitions are inside <tools></tools>:
<tools>
{tools}
</tools>
To call a function, write its name and its arguments as JSON, in this form:
<tool_call>{{"name": <function name>, "arguments": <arguments>}}</tool_call>
You then get its result inside <tool_response></tool_response>."""


def _parse(text: str, _tools: Sequence[dict[str, Any]]) -> Any:
    return json.loads(text)


GENERIC_TOOLS = ToolFormat("generic", _START, _END, _parse, _LAYOUT)


def in_plain_turns(prompt: WirePromptChat) -> WirePromptChat:
    """The same conversation in system, user and assistant turns with text only."""
    messages: list[WireMessage] = []
    for message in prompt.messages:
        if message.role == "tool":
            _add_result(messages, message)
        elif message.tool_calls:
            messages.append(_with_calls(message))
        else:
            messages.append(message)
    if prompt.tools:
        _introduce(messages, prompt.tools)
    return msgspec.structs.replace(prompt, messages=tuple(messages), tools=None)


def _introduce(messages: list[WireMessage], tools: Sequence[dict[str, object]]) -> None:
    listed = "\n".join(json.dumps(tool, ensure_ascii=False) for tool in tools)
    text = _INTRODUCTION.format(tools=listed)
    if messages[0].role == "system":
        content = _paragraphs(messages[0].content, text)
        messages[0] = msgspec.structs.replace(messages[0], content=content)
    else:
        messages.insert(0, WireMessage(role="system", content=text))


def _with_calls(message: WireMessage) -> WireMessage:
    calls = (
        f'{_START}{{"name": {json.dumps(call.name)}, "arguments": {arguments}}}{_END}'
        for call in message.tool_calls or ()
        for arguments in (object_text(call.arguments),)
    )
    content = "\n".join(filter(None, [message.content, *calls]))
    return msgspec.structs.replace(message, content=content, tool_calls=None)


def _add_result(messages: list[WireMessage], message: WireMessage) -> None:
    """Results of calls that were made together share one turn: many templates want turns
    to alternate."""
    text = f"<tool_response>\n{message.content or ''}\n</tool_response>"
    last = messages[-1] if messages else None
    if last is not None and last.role == "user" and (last.content or "").endswith(_RESPONSE_END):
        messages[-1] = msgspec.structs.replace(last, content=f"{last.content}\n{text}")
    else:
        messages.append(WireMessage(role="user", content=text))


_RESPONSE_END = "\n</tool_response>"


def _paragraphs(*texts: str | None) -> str:
    return "\n\n".join(text for text in texts if text)
