#!/usr/bin/env bash
# behaviour: Ollama's client for Python breaks on a streamed answer with a U+2028, U+2029 or U+0085 in it,
# which JSON may hold bare and JSON.stringify leaves bare: it reads lines by httpx, and httpx ends
# a line wherever str.splitlines does. Each loop over httpx's iter_lines, and over requests' with
# decode_unicode, cuts events of a stream there too. Line ends below U+0020 do no harm, as JSON has
# to escape those. A server is safe when it escapes these three as well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  'ollama==0.6.3' 'httpx==0.28.1' 'requests==2.34.2'
"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from threading import Thread

import httpx
import ollama
import requests

print(*(f"{name} {version(name)}" for name in ("ollama", "httpx", "requests")))


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        answer = {"message": {"role": "assistant", "content": asked["model"]}, "done": True}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def by_ollama(text):
    return "".join(part.message.content for part in ollama.Client(url).chat(text, stream=True))


def by_httpx(text):
    with httpx.stream("POST", url, json={"model": text}) as response:
        return "".join(json.loads(line)["message"]["content"] for line in response.iter_lines())


def by_requests(text, decode_unicode):
    response = requests.post(url, json={"model": text}, stream=True)
    response.encoding = "utf-8"
    lines = response.iter_lines(decode_unicode=decode_unicode)
    return "".join(json.loads(line)["message"]["content"] for line in lines)


READERS = {
    "ollama": by_ollama,
    "httpx": by_httpx,
    "requests, decoded": lambda text: by_requests(text, True),
    "requests, bytes": lambda text: by_requests(text, False),
}


def read(reader, text):
    try:
        return reader(text) == text
    except json.JSONDecodeError:
        return False


seen = {}
for name, reader in READERS.items():
    seen[name] = [read(reader, f"a{end}b") for end in "\x0b\x85\u2028\u2029"]
    print(f"  {name}: U+000B, U+0085, U+2028, U+2029 arrive: {seen[name]}")
broken, whole = [True, False, False, False], [True] * 4
sys.exit(list(seen.values()) != [broken, broken, broken, whole])
PYTHON
