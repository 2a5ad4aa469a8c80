"""Requests that cannot be served get one typed error that names the field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlx_runtime.wire import MAX_FRAME_BYTES

from .client import RpcFailed, Sidecar, chat, text
from .tiny_model import write_tiny_model

pytestmark = pytest.mark.model

GENERATE = {"streamId": "refused", "prompt": text("Hi"), "sampling": {"maxTokens": 1}}


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"prompt": {"type": "tokens", "tokens": [49152]}}, "prompt.tokens"),
        ({"resumeTokens": [99999]}, "resumeTokens"),
        ({"sampling": {"maxTokens": 1, "topLogprobs": 3}}, "sampling.topLogprobs"),
        ({"sampling": {"maxTokens": 1, "logitBias": {"cat": 1}}}, "sampling.logitBias.cat"),
        ({"sampling": {"maxTokens": 1, "logitBias": {"49152": 1}}}, "sampling.logitBias.49152"),
        ({"sampling": {"maxTokens": 0}}, "sampling.maxTokens"),
        ({"sampling": {"maxTokens": 1, "temprature": 1}}, "sampling.temprature"),
        ({"prompt": {**chat("Hi"), "tools": [{"type": "function"}]}}, "prompt.tools.0"),
    ],
)
def test_a_bad_parameter_is_named(sidecar: Sidecar, changes: dict[str, Any], param: str) -> None:
    with pytest.raises(RpcFailed) as refused:
        sidecar.request("generate", **{**GENERATE, **changes})

    assert refused.value.code == -32602
    assert refused.value.data["param"] == param
    assert param in refused.value.message


def test_an_empty_prompt_is_refused(sidecar: Sidecar) -> None:
    with pytest.raises(RpcFailed, match="empty"):
        sidecar.generate("empty", text(""))


def test_a_stream_id_in_use_is_refused_and_its_stream_goes_on(sidecar: Sidecar) -> None:
    first = sidecar.generate("twin", "Tell a story.", maxTokens=20, ignoreEos=True)
    with pytest.raises(RpcFailed) as refused:
        sidecar.request("generate", **{**GENERATE, "streamId": "twin"})

    assert refused.value.data["type"] == "duplicate_stream"
    assert first.finish()["reason"] == "length"


def test_unknown_methods_and_a_second_model_are_refused(sidecar: Sidecar) -> None:
    with pytest.raises(RpcFailed) as unknown:
        sidecar.request("dream", texts=["a"])
    with pytest.raises(RpcFailed, match="another sidecar"):
        sidecar.request("load", modelId="second", path="/nowhere")

    assert unknown.value.code == -32601


@pytest.mark.parametrize(
    "params",
    [
        rb'{"tokens":[504],"x":"\ud83d"}',
        rb'{"tokens":[504],"x":"\xff"}',
        b'{"tokens":' + b"[" * 100_000,
        b'{"tokens":[504',
        b'{"tokens":[504],"x":"' + b"y" * (MAX_FRAME_BYTES + 10) + b'"}',
    ],
    ids=["half a pair", "not UTF-8", "too deep", "cut", "too long"],
)
def test_a_line_that_cannot_be_read_ends_its_request_at_once(
    sidecar: Sidecar, params: bytes
) -> None:
    sidecar.write(b'{"jsonrpc":"2.0","id":"lost","method":"detokenize","params":' + params + b"}\n")

    answer = sidecar.wait_for(lambda frame: frame.get("id") == "lost")
    sidecar.frames.remove(answer)

    assert answer["error"]["code"] == -32600


def test_malformed_lines_are_counted_and_skipped(sidecar: Sidecar) -> None:
    before = sidecar.request("stats")["malformedFrames"]
    sidecar.write(b"not json\n\xff\xfe\n[1]\n{}\n\n   \n" + b"[" * 100_000 + b"\n")
    sidecar.write(b'{"jsonrpc":"2.0","method":"credit","params":{"tokens":-1}}\n')
    sidecar.write(b'{"jsonrpc":"1.0","id":"odd","method":"stats"}\n')

    answer = sidecar.wait_for(lambda frame: frame.get("id") == "odd")

    assert answer["error"]["code"] == -32600
    assert sidecar.request("stats")["malformedFrames"] == before + 7


def test_frames_arrive_however_the_bytes_are_cut(sidecar: Sidecar) -> None:
    frame = b'{"jsonrpc":"2.0","id":"%s","method":"detokenize","params":{"tokens":[504]}}\n'
    for byte in frame % b"sliced":
        sidecar.write(bytes([byte]))
    sidecar.write(frame % b"joined-1" + frame % b"joined-2")

    for id in ("sliced", "joined-1", "joined-2"):
        answer = sidecar.wait_for(lambda frame, id=id: frame.get("id") == id)
        assert answer["result"]["text"] == "The"


def test_a_refused_stream_s_id_is_free_when_the_refusal_arrives(sidecar: Sidecar) -> None:
    for _ in range(50):
        with pytest.raises(RpcFailed) as refused:
            sidecar.request("generate", **{**GENERATE, "resumeTokens": [99999]})
        assert refused.value.data["param"] == "resumeTokens"


@pytest.mark.parametrize("theta", ["10000", [1], None])
def test_a_model_that_can_be_read_and_not_run_is_refused_as_one(
    theta: object, model_directory: Path, tmp_path: Path
) -> None:
    directory = write_tiny_model(tmp_path, model_directory, rope_theta=theta)
    with Sidecar() as process:
        process.initialize()
        with pytest.raises(RpcFailed) as refused:
            process.load(directory)
        assert refused.value.data["type"] == "model_load_failed"
        assert str(directory) in refused.value.message
        process.request("shutdown")
