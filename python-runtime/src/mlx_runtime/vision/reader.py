"""Reads the images of requests through a process of their own, and keeps what was read.

A file that crashes it, hangs in it or fills its memory is refused, and the next image gets a
new process.
"""

from __future__ import annotations

import hashlib
import select
import subprocess
import sys
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from .families import Detail, PreparedImage, VisionFamily
from .limits import KEPT_BYTES, MAX_IMAGE_BYTES, READ_SECONDS
from .picture import Array, Picture, RefusedImage, check_size
from .reader_process import ImageAnswer, ImageRequest, Preparation

_MODULE = "mlx_runtime.vision.reader_process"
_START_SECONDS = 60.0


class ImageReader:
    """Belongs to one thread."""

    def __init__(
        self,
        family: VisionFamily,
        config: Mapping[str, Any],
        options: Mapping[str, Any],
        folder: Path,
    ) -> None:
        """`config`: the model's; `options`: of its image processor. `folder`: of packages."""
        module, name = family.processor
        self._family = family
        self._config = config
        self._preparation = Preparation(str(folder), module, name, {**options, **family.options})
        self._prepared = msgspec.json.encode(self._preparation)
        self._process: _Process | None = None
        self._kept: OrderedDict[str, Picture] = OrderedDict()
        self._kept_bytes = 0

    def warm_up(self) -> None:
        """Starts the process before the first image comes."""
        self._process = self._process or _Process(self._prepared)

    def read(self, content: bytes, detail: Detail = "auto") -> Picture:
        """Raises RefusedImage."""
        if len(content) > MAX_IMAGE_BYTES:
            raise RefusedImage(
                f"It has {len(content):,} bytes, and {MAX_IMAGE_BYTES:,} are allowed"
            )
        refuse_by_header(content)
        options = dict(self._family.low_detail) if detail == "low" else {}
        digest = self._digest(content, options)
        kept = self._kept.get(digest)
        if kept is None:
            kept = self._picture(digest, self._ask(content, options))
            self._keep(kept)
        self._kept.move_to_end(digest)
        return kept

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def _digest(self, content: bytes, options: Mapping[str, Any]) -> str:
        state = hashlib.blake2b(self._prepared, digest_size=20)
        state.update(msgspec.json.encode(options) + b"\0")
        state.update(content)
        return state.hexdigest()

    def _ask(self, content: bytes, options: dict[str, Any]) -> dict[str, Array]:
        self.warm_up()
        answer = None if self._process is None else self._process.ask(content, options)
        if answer is None:
            self.close()
            raise RefusedImage("It ends the process that reads images, or keeps it too long")
        return answer

    def _picture(self, digest: str, arrays: dict[str, Array]) -> Picture:
        pixels = arrays.pop("pixel_values")
        layout = self._family.layout(PreparedImage(self._config, pixels, arrays))
        return Picture(digest, pixels, arrays, layout.num_tokens, layout.grid, layout.text)

    def _keep(self, picture: Picture) -> None:
        self._kept[picture.digest] = picture
        self._kept_bytes += picture.nbytes
        while self._kept_bytes > KEPT_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._kept_bytes -= oldest.nbytes


class _Process:
    def __init__(self, preparation: bytes) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", _MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._ready = False
        self._send(preparation + b"\n")

    def ask(self, content: bytes, options: dict[str, Any]) -> dict[str, Array] | None:
        """None: the process is gone or stuck. Raises RefusedImage."""
        if not self._ready:
            if self._receive(_START_SECONDS) is None:
                return None
            self._ready = True
        request = msgspec.json.encode(ImageRequest(len(content), options))
        return self._receive(READ_SECONDS) if self._send(request + b"\n" + content) else None

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _send(self, content: bytes) -> bool:
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(content)
                self._process.stdin.flush()
        except BrokenPipeError:
            return False
        return True

    def _receive(self, seconds: float) -> dict[str, Array] | None:
        stream = self._process.stdout
        if stream is None:
            return None
        deadline = time.monotonic() + seconds
        ready, _, _ = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))
        line = stream.readline() if ready else b""
        if not line:
            return None
        answer = msgspec.json.decode(line, type=ImageAnswer)
        if answer.fault:
            raise RefusedImage(answer.fault)
        arrays: dict[str, Array] = {}
        for head in answer.arrays:
            dtype = np.dtype(head.dtype)
            size = int(np.prod(head.shape)) * dtype.itemsize
            content = stream.read(size)
            if len(content) < size:
                return None
            arrays[head.name] = np.frombuffer(content, dtype=dtype).reshape(head.shape)
        return arrays


def refuse_by_header(content: bytes) -> None:
    """Raises RefusedImage for what is no image, without waiting for a process."""
    known = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
    webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    if not webp and not content.startswith(known):
        raise RefusedImage("It is none of PNG, JPEG, WEBP, GIF")
    if content.startswith(known[0]):
        check_size(*(int.from_bytes(content[at : at + 4], "big") for at in (16, 20)))
