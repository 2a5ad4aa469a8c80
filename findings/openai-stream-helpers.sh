#!/usr/bin/env bash
# behaviour: the stream helpers of OpenAI's SDKs make different messages of the same events. Of a field that
# the SDK does not know, such as reasoning_content, Python joins the pieces and Node keeps the last one.
# An id and a name that come with every piece of a tool call stay as they are in Node, and are written
# one behind the other in Python, where a call of "f" becomes one of "ff"; a name that comes in pieces is
# whole in Python and cut in Node.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'openai==3.57.0'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit openai@7.59.0
cat >seen.mjs <<'JAVASCRIPT'
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'none', maxRetries: 0 });
const messages = [];
for (const model of process.argv.slice(3)) {
  messages.push(await client.chat.completions.stream({ model, messages: [] }).finalMessage());
}
console.log(JSON.stringify(messages));
JAVASCRIPT
cat >seen.py <<'PYTHON'
import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from threading import Thread

import openai


def call(arguments, **said):
    function = {"arguments": arguments, **{key: said[key] for key in said if key == "name"}}
    head = {key: said[key] for key in said if key == "id"}
    return {"tool_calls": [{"index": 0, "type": "function", "function": function, **head}]}


DELTAS = {
    "reasoning": [{"reasoning_content": "one "}, {"reasoning_content": "two"}, {"content": "!"}],
    "repeated": [call("{", id="1", name="f"), call("}", id="1", name="f")],
    "in pieces": [call("", id="1", name="get_"), call("{}", name="time")],
}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for delta in [{"role": "assistant"}, *DELTAS[asked["model"]], None]:
            choice = {"delta": delta or {}, "finish_reason": None if delta else "stop"}
            chunk = {"id": "a", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            event = json.dumps({**chunk, "choices": [{"index": 0, **choice}]})
            self.wfile.write(f"data: {event}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)


def by_python(model):
    with client.chat.completions.stream(model=model, messages=[]) as stream:
        return stream.get_final_completion().choices[0].message.model_dump()


def shown(message):
    if not message.get("tool_calls"):
        return message["reasoning_content"]
    called = message["tool_calls"][0]
    return [called["id"], called["function"]["name"], called["function"]["arguments"]]


python = [shown(by_python(model)) for model in DELTAS]
node = subprocess.run(
    ["node", "seen.mjs", url, *DELTAS], check=True, stdout=subprocess.PIPE, stderr=sys.stderr
)
typescript = [shown(message) for message in json.loads(node.stdout)]
print("openai", version("openai"), "for Python, 7.59.0 for Node")
for name, left, right in zip(DELTAS, python, typescript):
    print(f"  {name}: {left} in Python, {right} in Node")
sys.exit(
    python != ["one two", ["11", "ff", "{}"], ["1", "get_time", "{}"]]
    or typescript != ["two", ["1", "f", "{}"], ["1", "time", "{}"]]
)
PYTHON
venv/bin/python seen.py
