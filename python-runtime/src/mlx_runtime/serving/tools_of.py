"""The tools of a request, in OpenAI's shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from ..errors import invalid_param
from ..wire import WirePromptChat, WireToolUse

Tools = Sequence[dict[str, Any]]


def tools_of(prompt: WirePromptChat) -> Tools:
    """Each is a function with a name; raises RpcError otherwise."""
    tools = cast("Tools", prompt.tools or ())
    for place, tool in enumerate(tools):
        function: Any = tool.get("function")
        name: Any = (
            cast("dict[str, Any]", function).get("name") if isinstance(function, dict) else 0
        )
        if not isinstance(name, str):
            raise invalid_param(f"prompt.tools.{place}", "Must be a function with a name")
    return tools


def callable_tools(tools: Tools, use: WireToolUse) -> Tools:
    """Those that may be called; raises RpcError when the one that is wanted is not there."""
    if use.name is None:
        return tools
    named = [tool for tool in tools if tool["function"]["name"] == use.name]
    if not named:
        raise invalid_param("toolUse.name", f"There is no tool named {use.name!r}")
    return named
