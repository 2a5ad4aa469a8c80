"""Adapters beside a model, in a real process."""

from __future__ import annotations

import json
from pathlib import Path

import mlx.core as mx
import pytest

from .client import RpcFailed, Sidecar, text
from .tiny_model import WIDTH

PROMPT = text("Once upon a time")


def write_adapter(directory: Path, seed: int) -> Path:
    directory.mkdir()
    layer = "base_model.model.model.layers.0.mlp.down_proj"
    weights = {
        f"{layer}.lora_A.weight": mx.random.normal((8, WIDTH), key=mx.random.key(seed)),
        f"{layer}.lora_B.weight": mx.random.normal((WIDTH, 8), key=mx.random.key(seed + 1)),
    }
    mx.save_safetensors(str(directory / "adapter_model.safetensors"), weights)
    config = {"peft_type": "LORA", "lora_alpha": 16}
    (directory / "adapter_config.json").write_text(json.dumps(config))
    return directory


def test_adapters_are_loaded_named_by_requests_and_unloaded(
    tiny_model: Path, tmp_path: Path
) -> None:
    paths = {name: write_adapter(tmp_path / name, seed) for seed, name in enumerate(["a", "b"])}
    options = {"maxTokens": 8, "temperature": 0, "ignoreEos": True}
    with Sidecar() as process:
        process.initialize()
        process.load(tiny_model)
        for name, path in paths.items():
            loaded = process.request("loadAdapter", name=name, path=str(path))
            assert loaded == {"rank": 8, "memoryBytes": 8 * WIDTH * 2 * 4}
        alone: dict[str, list[int]] = {}
        for name in paths:
            stream = process.generate(f"alone {name}", PROMPT, adapter=name, **options)
            stream.finish()
            alone[name] = stream.tokens
        started = [
            process.start(f"with {name}", PROMPT, adapter=name, **options) for name in ("a", "b")
        ]
        plain, request = process.start("plain", PROMPT, **options)
        process.answer(request)
        for stream, id in started:
            process.answer(id)
            stream.finish()
        plain.finish()
        assert [stream.tokens for stream, _ in started] == [alone["a"], alone["b"]]
        assert plain.tokens not in alone.values()

        process.request("unloadAdapter", name="a")

        with pytest.raises(RpcFailed, match=r"'a' is not loaded beside the model\. Loaded: b"):
            process.generate("gone", PROMPT, adapter="a", **options)
        with pytest.raises(RpcFailed, match="holds no adapter"):
            process.request("loadAdapter", name="c", path=str(tiny_model))
