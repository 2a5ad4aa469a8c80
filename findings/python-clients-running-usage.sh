#!/usr/bin/env bash
# behaviour: a server may tell the usage so far with every piece of a streamed answer, as vLLM does with
# continuous_usage_stats. LangChain for Python and Pydantic AI add these up, so that 3 tokens to a prompt
# of 10 count as 6 to a prompt of 30; openai's helper and LangChain for JavaScript keep the last.
# Nobody warns, and a server that tells the usage once gives all of them the same numbers.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check \
  'langchain-openai==1.7.4' 'langchain-core==1.8.3' 'pydantic-ai-slim==2.68.0' 'openai==3.57.0'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @langchain/openai@1.6.0 @langchain/core@1.4.0
cat >seen.mjs <<'JAVASCRIPT'
import { ChatOpenAI } from '@langchain/openai';

const configuration = { baseURL: process.argv[2] };
const model = new ChatOpenAI({ model: 'm', apiKey: 'none', maxRetries: 0, configuration });
let whole;
for await (const part of await model.stream('Hi')) whole = whole ? whole.concat(part) : part;
const { input_tokens, output_tokens } = whole.usage_metadata;
console.log(JSON.stringify([input_tokens, output_tokens]));
JAVASCRIPT
cat >seen.py <<'PYTHON'
import asyncio
import json
import subprocess
import sys
from functools import reduce
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from operator import add
from threading import Thread

from langchain_openai import ChatOpenAI
from openai import OpenAI
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import ModelRequest
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

print(*(f"{name} {version(name)}" for name in ("langchain-openai", "pydantic-ai-slim", "openai")))


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for count in (1, 2, 3):
            choice = {"index": 0, "delta": {"role": "assistant", "content": "a"}}
            choice["finish_reason"] = "stop" if count == 3 else None
            usage = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": 10 + count}
            chunk = {"id": "a", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            event = json.dumps({**chunk, "choices": [choice], "usage": usage})
            self.wfile.write(f"data: {event}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def by_langchain():
    parts = ChatOpenAI(model="m", base_url=url, api_key="none", max_retries=0).stream("Hi")
    usage = reduce(add, parts).usage_metadata
    return [usage["input_tokens"], usage["output_tokens"]]


async def by_pydantic_ai():
    model = OpenAIChatModel("m", provider=OpenAIProvider(base_url=url, api_key="none"))
    async with model_request_stream(model, [ModelRequest.user_text_prompt("Hi")]) as stream:
        async for _ in stream:
            pass
        return [stream.get().usage.input_tokens, stream.get().usage.output_tokens]


def by_openai():
    client = OpenAI(base_url=url, api_key="none", max_retries=0)
    with client.chat.completions.stream(model="m", messages=[]) as stream:
        usage = stream.get_final_completion().usage
    return [usage.prompt_tokens, usage.completion_tokens]


def by_langchain_js():
    node = subprocess.run(["node", "seen.mjs", url], check=True, stdout=subprocess.PIPE)
    return json.loads(node.stdout)


seen = {
    "LangChain for Python": by_langchain(),
    "Pydantic AI": asyncio.run(by_pydantic_ai()),
    "openai for Python": by_openai(),
    "LangChain for JavaScript": by_langchain_js(),
}
for name, (prompt, answer) in seen.items():
    print(f"  {name}: {prompt} tokens in, {answer} out")
summed, last = [30, 6], [10, 3]
sys.exit(list(seen.values()) != [summed, summed, last, last])
PYTHON
venv/bin/python -W ignore seen.py
