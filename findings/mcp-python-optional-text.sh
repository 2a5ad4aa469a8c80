#!/usr/bin/env bash
# behaviour: the MCP SDK for Python parses text that looks like JSON before it checks a tool's arguments,
# unless the parameter is exactly `str`. A parameter `str | None`, the usual form of an optional text,
# gets None for the text "null" and refuses the text of a JSON object or list as "not a valid string";
# of a union with dict or list it gets the parsed value. A tool that writes files takes any content but JSON.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'mcp==2.3.0'
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import sys
from importlib.metadata import version

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

print("mcp", version("mcp"))
server = MCPServer("files")


@server.tool()
def required(content: str) -> str:
    return repr(content)


@server.tool()
def optional(content: str | None = None) -> str:
    return repr(content)


@server.tool()
def either(content: str | dict[str, int]) -> str:
    return repr(content)


async def call(tool, content):
    try:
        result = await server.call_tool(tool, {"content": content})
    except ToolError as error:
        print("   ", " ".join(str(error).split())[:110])
        return "refused"
    return result.content[0].text


async def main():
    seen = []
    for content in ("plain", "12", "null", '{"a": 1}', "[1]"):
        answers = [await call(tool, content) for tool in ("required", "optional", "either")]
        print(f"  {content!r}: str {answers[0]}, str | None {answers[1]}, str | dict {answers[2]}")
        seen.append(["refused" if a == "refused" else a == repr(content) for a in answers])
    return seen


expected = [
    [True, True, True],
    [True, True, True],
    [True, False, "refused"],
    [True, "refused", False],
    [True, "refused", "refused"],
]
sys.exit(asyncio.run(main()) != expected)
PYTHON
