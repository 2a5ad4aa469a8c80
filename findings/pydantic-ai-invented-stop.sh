#!/usr/bin/env bash
# behaviour: Pydantic AI says finish reason "stop" of a streamed answer that never had one: a stream that ends
# early, with the connection closed in good order, looks finished by the very field that would tell.
# LangChain leaves the reason out there, and LiteLLM raises. A reason that Pydantic AI does not know,
# such as "eos", becomes None, so that the cut answer looks better than the whole one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'pydantic-ai-slim==2.68.0' 'langchain-openai==1.7.4' 'litellm==1.110.2' 'openai==3.57.0'
export LITELLM_LOCAL_MODEL_COST_MAP=True
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import asyncio
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from threading import Thread

import litellm
from langchain_openai import ChatOpenAI
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

litellm.suppress_debug_info = True
print(*(f"{name} {version(name)}" for name in ("pydantic-ai-slim", "langchain-openai", "litellm", "openai")))


def chunk(delta, reason=None):
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "a", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}


TEXT = chunk({"role": "assistant", "content": "Half"})
STREAMS = {"cut": [TEXT], "length": [TEXT, chunk({}, "length")], "eos": [TEXT, chunk({}, "eos")]}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        messages = json.loads(self.rfile.read(int(self.headers["content-length"])))["messages"]
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for each in STREAMS[messages[-1]["content"]]:
            self.wfile.write(f"data: {json.dumps(each)}\n\n".encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}/v1"


async def by_pydantic_ai(name):
    agent = Agent(OpenAIChatModel("m", provider=OpenAIProvider(base_url=base, api_key="k")))
    async with agent.run_stream(name) as run:
        await run.get_output()
        return run.response.finish_reason


def by_langchain(name):
    whole = None
    for each in ChatOpenAI(model="m", base_url=base, api_key="k", max_retries=0).stream(name):
        whole = each if whole is None else whole + each
    return whole.response_metadata.get("finish_reason")


def by_litellm(name):
    messages = [{"role": "user", "content": name}]
    try:
        answer = litellm.completion("openai/m", messages, api_base=base, api_key="k", stream=True, num_retries=0)
        return [each.choices[0].finish_reason for each in answer][-1]
    except Exception as error:
        return type(error).__name__


seen = {name: (asyncio.run(by_pydantic_ai(name)), by_langchain(name), by_litellm(name)) for name in STREAMS}
for name, reasons in seen.items():
    print(f"{name}: Pydantic AI {reasons[0]}, LangChain {reasons[1]}, LiteLLM {reasons[2]}")
sys.exit(not (seen["cut"][:2] == ("stop", None) and seen["cut"][2].endswith("Error")
              and seen["length"] == ("length",) * 3 and seen["eos"][:2] == (None, "eos")))
PYTHON
