#!/usr/bin/env bash
# behaviour: Anthropic's SDKs take the arguments of a streamed tool call that the token limit cut off for
# whole ones: what came last is dropped, and the call is there with what is left, `{}` where one text
# was cut, though broken JSON elsewhere in the arguments throws. Which it is, Python and TypeScript
# judge differently: of a cut number Python keeps the digits that came, and 12 of 1200 becomes the
# argument. Only the stop reason "max_tokens" tells.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'anthropic==2.14.0'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @anthropic-ai/sdk@1.14.0
cat >seen.mjs <<'JAVASCRIPT'
import Anthropic from '@anthropic-ai/sdk';

const client = new Anthropic({ baseURL: process.argv[2], apiKey: 'none', maxRetries: 0 });
const seen = [];
for (const model of process.argv.slice(3)) {
  const stream = client.messages.stream({ model, max_tokens: 1, messages: [] });
  const input = await stream.finalMessage().then(({ content }) => content[0].input, () => 'throws');
  seen.push(input);
}
console.log(JSON.stringify(seen));
JAVASCRIPT
cat >seen.py <<'PYTHON'
import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from threading import Thread

import anthropic


def events(arguments):
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": []}
    yield {"type": "message_start", "message": {**message, "stop_reason": None, "usage": usage}}
    call = {"type": "tool_use", "id": "t", "name": "remove", "input": {}}
    yield {"type": "content_block_start", "index": 0, "content_block": call}
    delta = {"type": "input_json_delta", "partial_json": arguments}
    yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": usage}
    yield {"type": "message_stop"}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for event in events(asked["model"]):
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
client = anthropic.Anthropic(base_url=url, api_key="none", max_retries=0)


def by_python(arguments):
    try:
        with client.messages.stream(model=arguments, max_tokens=1, messages=[]) as stream:
            return stream.get_final_message().content[0].input
    except ValueError:
        return "throws"


CUT = ['{"path": "/data/old', '{"older_than_days": 12', '{"paths": ["/a", "/b', '{"path": x}']
python = [by_python(arguments) for arguments in CUT]
node = subprocess.run(["node", "seen.mjs", url, *CUT], check=True, stdout=subprocess.PIPE)
typescript = json.loads(node.stdout)
print("anthropic", version("anthropic"), "@anthropic-ai/sdk 1.14.0")
for arguments, left, right in zip(CUT, python, typescript):
    print(f"  {arguments} is {left} in Python, {right} in TypeScript")
kept = {"paths": ["/a"]}
sys.exit(
    python != [{}, {"older_than_days": 12}, kept, "throws"] or typescript != [{}, {}, kept, "throws"]
)
PYTHON
venv/bin/python seen.py
