"""Images from a request to tokens, through the real process and the one that reads them."""

from __future__ import annotations

import base64
import importlib
import io
import os
import signal
import subprocess
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from vision.seeing import Shown, png_of
from vision.tiny_models import write_tiny_vision_model

from .client import Frame, RpcFailed, Sidecar

PICTURE = png_of(Shown(100, 60, 1))
LIMIT_SECONDS = 5.0
"""Far more than a refusal takes, and far less than the work that it saves."""


@pytest.fixture(scope="module")
def seeing(tmp_path_factory: pytest.TempPathFactory) -> Generator[Sidecar]:
    directory = write_tiny_vision_model("qwen2_vl", tmp_path_factory.mktemp("seeing"))
    with Sidecar() as process:
        process.initialize()
        process.capabilities = process.load(directory, vision=True)["capabilities"]
        yield process


def about(*parts: str | bytes, **more: object) -> Frame:
    pieces: list[Frame] = [
        {"text": part}
        if isinstance(part, str)
        else {"text": "", "image": base64.b64encode(part).decode(), **more}
        for part in parts
    ]
    return {
        "type": "chat",
        "messages": [{"role": "user", "content": None, "parts": pieces}],
    }


def answer(process: Sidecar, name: str, prompt: Frame) -> Sequence[int]:
    stream = process.generate(name, prompt, temperature=0, maxTokens=8)
    assert stream.finish()["reason"] == "length"
    return stream.tokens


def test_says_that_it_sees(seeing: Sidecar) -> None:
    assert "blindness" not in seeing.capabilities


def test_counts_what_it_charges(seeing: Sidecar) -> None:
    prompt = about(PICTURE, "What is it?")
    counted = seeing.request("tokenize", prompt=prompt)["tokens"]
    stream = seeing.generate("counted", prompt, temperature=0, maxTokens=2)
    assert stream.finish()["usage"]["promptTokens"] == len(counted)


def test_fewer_tokens_for_little_detail(seeing: Sidecar) -> None:
    large = png_of(Shown(900, 900, 1))
    low, high = (
        len(seeing.request("tokenize", prompt=about(large, detail=detail))["tokens"])
        for detail in ("low", "high")
    )
    assert low < high / 2


def _turned() -> bytes:
    """The same picture, lying on its side, with a word about that in its Exif data."""
    pillow: Any = importlib.import_module("PIL.Image")
    picture = pillow.open(io.BytesIO(PICTURE))
    file = io.BytesIO()
    exif = pillow.Exif()
    exif[0x0112] = 8
    picture.transpose(pillow.Transpose.ROTATE_270).save(file, "PNG", exif=exif)
    return file.getvalue()


def _in(mode: str) -> bytes:
    pillow: Any = importlib.import_module("PIL.Image")
    file = io.BytesIO()
    pillow.open(io.BytesIO(PICTURE)).convert(mode).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("same", [_turned, lambda: _in("RGBA")], ids=["turned", "alpha"])
def test_sees_the_same_in_another_file(seeing: Sidecar, same: Any) -> None:
    expected = answer(seeing, "as it is", about(PICTURE, "What is it?"))
    assert answer(seeing, "other", about(same(), "What is it?")) == expected


def _huge() -> bytes:
    header = bytearray(PICTURE)
    header[16:24] = (30_000).to_bytes(4, "big") * 2
    return bytes(header)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "none of PNG"),
        (PICTURE[: len(PICTURE) // 2], "damaged"),
        (b"\xff\xd8\xff" + bytes(100), "none of|damaged"),
        (_huge(), "30000 x 30000"),
        (b"", "none of PNG"),
    ],
    ids=["svg", "truncated", "no jpeg", "huge", "empty"],
)
def test_refuses_by_its_place(seeing: Sidecar, content: bytes, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(RpcFailed, match=reason) as refused:
        seeing.request("tokenize", prompt=about("See: ", content))
    assert refused.value.data["param"] == "prompt.messages.0.parts.1"
    assert time.monotonic() - started < LIMIT_SECONDS


def test_refuses_more_images_than_a_prompt_may_have(seeing: Sidecar) -> None:
    with pytest.raises(RpcFailed, match="64 images at most"):
        seeing.request("tokenize", prompt=about(*[PICTURE] * 100))


def test_markers_in_a_text_are_no_images(seeing: Sidecar) -> None:
    plain = about("<|vision_start|><|image_pad|><|vision_end|>", PICTURE, "What is it?")
    tokens = seeing.request("tokenize", prompt=plain)["tokens"]
    alone = seeing.request("tokenize", prompt=about(PICTURE, "What is it?"))["tokens"]
    image_token = max(set(alone), key=alone.count)
    assert tokens.count(image_token) == alone.count(image_token)


def test_the_end_of_the_reading_process_is_not_its_own(seeing: Sidecar) -> None:
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(seeing._process.pid)], capture_output=True, check=True
    )
    for pid in children.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    fresh = png_of(Shown(80, 80, 9))
    with pytest.raises(RpcFailed, match="ends the process"):
        seeing.request("tokenize", prompt=about(fresh))
    assert seeing.request("tokenize", prompt=about(fresh, "What?"))["tokens"]


def test_a_model_that_reads_text_only_says_so(tiny_model: Path) -> None:
    with Sidecar() as process:
        process.initialize()
        loaded = process.load(tiny_model)
        assert loaded["capabilities"]["blindness"] == "The model reads text only"
        with pytest.raises(RpcFailed, match="text only"):
            process.request("tokenize", prompt=about(PICTURE))


def test_a_model_that_has_to_see_and_cannot_is_not_loaded(tiny_model: Path) -> None:
    with Sidecar() as process:
        process.initialize()
        with pytest.raises(RpcFailed, match="text only"):
            process.load(tiny_model, vision=True)
