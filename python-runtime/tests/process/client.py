"""Speaks with a real sidecar process, the way the bridge does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import msgspec

SOURCES = Path(__file__).parents[2] / "src"
PATIENCE = 60.0
"""Seconds until a missing frame fails the test."""

Frame = dict[str, Any]


class SidecarGone(Exception):
    """The process closed its stdout."""


@dataclass
class RpcFailed(Exception):
    code: int
    message: str
    data: dict[str, Any] = field(default_factory=dict[str, Any])


class TokenStream:
    """The rows of one `generate` request, as they arrive."""

    def __init__(self, stream_id: str) -> None:
        self.id = stream_id
        self.rows: list[Frame] = []
        self._incoming: Queue[Frame | None] = Queue()

    def push(self, row: Frame | None) -> None:
        self._incoming.put(row)

    def __iter__(self) -> Iterator[Frame]:
        while True:
            row = self.next()
            yield row
            if "finish" in row:
                return

    def next(self, timeout: float = PATIENCE) -> Frame:
        row = self._incoming.get(timeout=timeout)
        if row is None:
            raise SidecarGone
        self.rows.append(row)
        return row

    def silent(self, seconds: float) -> bool:
        try:
            self.next(timeout=seconds)
        except Empty:
            return True
        return False

    def finish(self) -> Frame:
        """Reads to the end; returns the last row's `finish`."""
        for _ in self:
            pass
        return self.rows[-1]["finish"]

    @property
    def waiting(self) -> int:
        """How many rows have arrived that were not looked at."""
        return self._incoming.qsize()

    @property
    def text(self) -> str:
        return "".join(row["text"] for row in self.rows)

    @property
    def tokens(self) -> list[int]:
        return [token for row in self.rows for token in row["tokens"]]


class Sidecar:
    """One child process. `fault` is Python that runs in it before it serves; `expect`: the model
    that it is told to be ready for."""

    def __init__(self, fault: str = "", *, expect: Path | None = None, **variables: str) -> None:
        program = _WITH_FAULT.format(fault=fault)
        command = ["-c", program] if fault else ["-m", "mlx_runtime"]
        if expect is not None:
            command += ["--expect", str(expect)]
        self._process = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # What the tester's own Python is told about buffers must not decide.
            env={**os.environ, "PYTHONUNBUFFERED": "", "PYTHONPATH": str(SOURCES), **variables},
        )
        self.frames: list[Frame] = []
        self.capabilities: Frame = {}
        self.stderr = b""
        self._arrived = threading.Condition()
        self._streams: dict[str, TokenStream] = {}
        self._ended = False
        self._reading = threading.Event()
        self._reading.set()
        self._next_id = 0
        self._readers = [
            threading.Thread(target=self._read_frames, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Sidecar:  # noqa: PYI034 - `Self` is not in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def kill(self) -> None:
        """Without a chance to say anything."""
        self._process.kill()

    def children(self) -> list[int]:
        """Processes that it has started and that live, as Linux tells them."""
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/children")
        return [int(child) for thread in threads for child in thread.read_text().split()]

    def wait_until(self, holds: Callable[[], bool], timeout: float = PATIENCE) -> None:
        deadline = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.05)

    def pause_reading(self) -> None:
        """From the next frame on nothing more is taken from the pipe."""
        self._reading.clear()

    def resume_reading(self) -> None:
        self._reading.set()

    def write(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def end_input(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    def exit_code(self, timeout: float) -> int:
        """Waits for the process and for the last of its output."""
        code = self._process.wait(timeout)
        for reader in self._readers:
            reader.join(timeout)
        return code

    def send(self, method: str, params: Frame) -> int:
        self._next_id += 1
        frame = {"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": params}
        self.write(msgspec.json.encode(frame) + b"\n")
        return self._next_id

    def notify(self, method: str, **params: Any) -> None:
        frame = {"jsonrpc": "2.0", "method": method, "params": params}
        self.write(msgspec.json.encode(frame) + b"\n")

    def answer(self, id: int) -> Any:
        frame = self.wait_for(lambda frame: frame.get("id") == id)
        if "error" in frame:
            error = frame["error"]
            raise RpcFailed(error["code"], error["message"], error.get("data") or {})
        return frame["result"]

    def request(self, method: str, **params: Any) -> Any:
        return self.answer(self.send(method, params))

    def initialize(self, heartbeat_interval_ms: int = 200) -> Any:
        return self.request(
            "initialize",
            protocolVersion=1,
            client={"name": "tests", "version": "0"},
            heartbeatIntervalMs=heartbeat_interval_ms,
        )

    def load(self, path: Path, **options: Any) -> Any:
        return self.request("load", modelId="test-model", path=str(path), **options)

    def generate(self, stream_id: str, prompt: Frame | str, **options: Any) -> TokenStream:
        """Keyword arguments named as `sampling` fields go there; the rest beside it."""
        stream, request = self.start(stream_id, prompt, **options)
        self.answer(request)
        return stream

    def start(self, stream_id: str, prompt: Frame | str, **options: Any) -> tuple[TokenStream, int]:
        """As `generate`, without waiting for the answer, whose id comes second."""
        outer = {key: options.pop(key) for key in _OUTER if key in options}
        stream = self._streams[stream_id] = TokenStream(stream_id)
        params = {
            "streamId": stream_id,
            "prompt": chat(prompt) if isinstance(prompt, str) else prompt,
            "sampling": {"maxTokens": 16, "temperature": 0, **options},
            **outer,
        }
        return stream, self.send("generate", params)

    def wait_for(self, matches: Callable[[Frame], bool], timeout: float = PATIENCE) -> Frame:
        """The first frame that matches, whether it has arrived already or not."""
        seen = 0
        with self._arrived:
            while True:
                for frame in self.frames[seen:]:
                    if matches(frame):
                        return frame
                seen = len(self.frames)
                if self._ended:
                    raise SidecarGone(self.stderr[-2000:])
                if not self._arrived.wait(timeout):
                    raise TimeoutError(self.stderr[-2000:])

    def notifications(self, method: str) -> list[Frame]:
        return [frame["params"] for frame in list(self.frames) if frame.get("method") == method]

    def _read_frames(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._reading.wait()
            frame = msgspec.json.decode(line)
            for row in frame["params"]["rows"] if frame.get("method") == "tokens" else ():
                self._streams[row["streamId"]].push(row)
            with self._arrived:
                self.frames.append(frame)
                self._arrived.notify_all()
        for stream in self._streams.values():
            stream.push(None)
        with self._arrived:
            self._ended = True
            self._arrived.notify_all()

    def _read_stderr(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.stderr += line


_WITH_FAULT = """
from mlx_runtime.standard_streams import claim_standard_streams
descriptors = claim_standard_streams()
from mlx_runtime.model.mlx_lm_import import prepare_mlx_lm
prepare_mlx_lm()
{fault}
from mlx_runtime.process import run
run(*descriptors)
"""

_OUTER = (
    "promptBlocks",
    "toolUse",
    "reasoning",
    "grammar",
    "resumeTokens",
    "priority",
    "tenant",
    "queueTimeoutMs",
    "credit",
    "promptLookup",
    "prediction",
    "draftModel",
    "adapter",
)


def chat(text: str) -> Frame:
    return {"type": "chat", "messages": [{"role": "user", "content": text}]}


def text(content: str) -> Frame:
    return {"type": "text", "text": content}
