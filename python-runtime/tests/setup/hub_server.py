"""A Hugging Face hub of one model, on loopback, as far as a download needs it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_LFS_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n"


@dataclass
class Hub:
    """What the server holds and what it was asked for."""

    model: str
    files: Mapping[str, bytes]
    announced_sha256: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where the hub lies about a file in its large file storage (LFS)."""
    announced_blob_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    """Where it lies about one outside of it."""
    status: int | None = None
    """Answer everything with this instead."""
    missing: set[str] = field(default_factory=set[str])
    """Files it announces and then does not find."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    endpoint: str = ""
    served: list[str] = field(default_factory=list[str])

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body for a path."""
        if self.status is not None:
            return self.status, b"{}"
        if path.startswith(f"/api/models/{self.model}/tree/"):
            return 200, json.dumps(self._tree()).encode()
        if path.startswith(f"/api/models/{self.model}"):
            siblings = [self._sibling(name, content) for name, content in self.files.items()]
            return 200, json.dumps({"id": self.model, "sha": COMMIT, "siblings": siblings}).encode()
        name = path.rpartition("/")[2]
        if name in self.files.keys() - self.missing:
            return 200, self.files[name]
        return 404, b"{}"

    def _tree(self) -> list[dict[str, object]]:
        return [
            {"type": "file", "path": name, "size": len(content), "oid": self._blob_id(name)}
            for name, content in self.files.items()
        ]

    def _sibling(self, name: str, content: bytes) -> dict[str, object]:
        blob_id = self._blob_id(name)
        sibling: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": blob_id}
        if _is_large(name):
            sha256 = self._sha256(name)
            sibling["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 130}
        return sibling

    def _sha256(self, name: str) -> str:
        return self.announced_sha256.get(name, hashlib.sha256(self.files[name]).hexdigest())

    def _blob_id(self, name: str) -> str:
        """What git keeps of a file: of a large one, the pointer to its contents."""
        content = self.files[name]
        if _is_large(name):
            content = _LFS_POINTER.format(self._sha256(name), len(content)).encode()
        return self.announced_blob_ids.get(name, _git_blob_id(content))


def _is_large(name: str) -> bool:
    return name.endswith((".safetensors", ".bin"))


def _git_blob_id(content: bytes) -> str:
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


@contextmanager
def serving(hub: Hub) -> Generator[Hub]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, body = hub.answer(self.path.partition("?")[0])
            name = self.path.rpartition("/")[2]
            if name in hub.files:
                hub.served.append(name)
            self._send(status, body)
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            self._send(*hub.answer(self.path.partition("?")[0]))

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

        def _send(self, status: int, body: bytes) -> None:
            headers = {
                "Content-Length": str(len(body)),
                "Content-Type": "application/json",
                "X-Repo-Commit": COMMIT,
                "ETag": f'"{hashlib.sha256(body).hexdigest()}"',
                **hub.headers,
            }
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

    return Handler
