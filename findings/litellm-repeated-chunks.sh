#!/usr/bin/env bash
# behaviour: LiteLLM ends a streamed answer with an error when 100 pieces in a row are the same text of
# more than two characters, taking the model for one that loops. A table's rule, a long row of zeros
# written three at a time or an answer that was asked to repeat itself thus never arrives through
# it, whatever the model meant; the server has sent all of it. Pieces of one or two characters pass.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'litellm==1.110.2'
export LITELLM_LOCAL_MODEL_COST_MAP=True
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from threading import Thread

import litellm

litellm.suppress_debug_info = True
print("litellm", version("litellm"))


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        piece, count = json.loads(asked["messages"][0]["content"])
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        choices = [{"delta": {"content": piece}, "finish_reason": None}] * count
        for choice in [*choices, {"delta": {}, "finish_reason": "stop"}]:
            chunk = {"id": "a", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            event = json.dumps({**chunk, "choices": [{"index": 0, **choice}]})
            self.wfile.write(f"data: {event}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def received(piece, count):
    messages = [{"role": "user", "content": json.dumps([piece, count])}]
    parts = litellm.completion("openai/m", messages, api_base=url, api_key="none", stream=True)
    text = ""
    try:
        for part in parts:
            text += part.choices[0].delta.content or ""
    except litellm.exceptions.MidStreamFallbackError as error:
        print("   ", str(error)[:130])
        return False
    return text == piece * count


seen = []
for piece, count in [("000", 99), ("000", 150), ("---", 150), ("00", 150)]:
    seen.append(received(piece, count))
    print(f"  {count} times {piece!r}: whole {seen[-1]}")
sys.exit(seen != [True, False, False, True])
PYTHON
