#!/usr/bin/env bash
# behaviour: LangChain for Python takes a streamed tool call that the token limit cut off for a whole one: it
# closes the open quotes and braces itself, so `{"path": "/data/old` becomes a call for "/data/old" among
# `tool_calls`, and nothing is among `invalid_tool_calls`. The same answer unstreamed is an invalid
# call. Only the finish reason "length" says that the argument may go on.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'langchain-openai==1.7.4' 'langchain-core==1.8.3' 'openai==3.57.0'
"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from threading import Thread

from langchain_openai import ChatOpenAI

print(*(f"{name} {version(name)}" for name in ("langchain-openai", "langchain-core", "openai")))
CALL = {"id": "call_1", "type": "function", "function": {"name": "remove", "arguments": '{"path": "/data/old'}}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        streamed = json.loads(self.rfile.read(int(self.headers["content-length"]))).get("stream")
        message = {"role": "assistant", "content": None, "tool_calls": [{"index": 0, **CALL}]}
        choice = {"index": 0, "delta" if streamed else "message": message, "finish_reason": "length"}
        kind = "chat.completion.chunk" if streamed else "chat.completion"
        body = json.dumps({"id": "a", "object": kind, "created": 0, "model": "m", "choices": [choice]})
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.end_headers()
        self.wfile.write((f"data: {body}\n\ndata: [DONE]\n\n" if streamed else body).encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
model = ChatOpenAI(model="m", api_key="k", base_url=f"http://127.0.0.1:{server.server_port}/v1", max_retries=0)
streamed = None
for chunk in model.stream("Tidy up."):
    streamed = chunk if streamed is None else streamed + chunk
whole = model.invoke("Tidy up.")
for name, answer in (("streamed", streamed), ("unstreamed", whole)):
    print(name, [call["args"] for call in answer.tool_calls], "invalid:",
          [call["args"] for call in answer.invalid_tool_calls], answer.response_metadata["finish_reason"])
sys.exit(not ([call["args"] for call in streamed.tool_calls] == [{"path": "/data/old"}]
              and not streamed.invalid_tool_calls and not whole.tool_calls
              and len(whole.invalid_tool_calls) == 1))
PYTHON
