"""What loads of small models take: `python held_weights.py write FOLDER`, and then
`python held_weights.py load '[["FOLDER/4", MEMORY_BYTES, "auto"], …]'`, which prints a list."""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import sys
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx import nn, utils

from mlx_runtime.model.device import prepare_device
from mlx_runtime.model.directory import open_model_directory
from mlx_runtime.model.loader import load_model
from mlx_runtime.wire import LoadParams, WireDevice

_CONFIG: dict[str, Any] = {
    "model_type": "llama",
    "hidden_size": 512,
    "intermediate_size": 1536,
    "num_hidden_layers": 4,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "rms_norm_eps": 1e-5,
    "vocab_size": 16_384,
    "max_position_embeddings": 2048,
    "tie_word_embeddings": True,
}
_KINDS: dict[str, dict[str, Any] | None] = {
    "dense": None,
    "4": {"group_size": 64, "bits": 4, "mode": "affine"},
    "8": {"group_size": 32, "bits": 8, "mode": "affine"},
    "mxfp4": {"group_size": 32, "bits": 4, "mode": "mxfp4"},
    "nvfp4": {"group_size": 16, "bits": 4, "mode": "nvfp4"},
    "mixed": {"group_size": 64, "bits": 4, "mode": "affine"},
}
_OTHERWISE = {"group_size": 32, "bits": 8, "mode": "affine"}
"""What a mixed model's embeddings are packed by."""


def write(folder: Path) -> None:
    """Dense numbers and scales in bfloat16, as they are published."""
    llama: Any = importlib.import_module("mlx_lm.models.llama")
    for kind, packing in _KINDS.items():
        model: Any = llama.Model(llama.ModelArgs.from_dict(_CONFIG))
        model.set_dtype(mx.bfloat16)
        config = dict(_CONFIG)
        if packing is not None:
            config["quantization"] = dict(packing)
            if kind == "mixed":
                config["quantization"]["model.embed_tokens"] = _OTHERWISE
            exceptions = config["quantization"]

            def choose(name: str, module: object, exceptions: Any = exceptions) -> Any:
                return hasattr(module, "to_quantized") and exceptions.get(name, True)

            nn.quantize(model, **packing, class_predicate=choose)
        directory = folder / kind
        directory.mkdir()
        weights: Any = dict(utils.tree_flatten(model.parameters()))
        mx.save_safetensors(str(directory / "model.safetensors"), weights)  # pyright: ignore[reportUnknownMemberType]
        (directory / "config.json").write_text(json.dumps(config))


def load(path: str, memory_bytes: int, weights: Any) -> dict[str, Any]:
    """What the load says of its weights, and by how much the process grew."""
    device = WireDevice(kind="cpu", name="cpu", memory_bytes=memory_bytes)
    prepare_device(device)
    before = _resident_bytes()
    params = LoadParams(model_id="held", path=path, weights=weights)
    loaded = load_model(open_model_directory(path), params, device, lambda _, __: None)
    return {
        "weights": loaded.weights,
        "parameterCount": loaded.parameter_count,
        "weightBytes": loaded.weight_bytes,
        "residentBytes": _resident_bytes() - before,
    }


def _resident_bytes() -> int:
    """Without what is kept for reuse."""
    gc.collect()
    mx.clear_cache()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("RssAnon:")[2].split()[0])


def main(command: str, argument: str) -> None:
    if command == "write":
        write(Path(argument))
        return
    loads: list[tuple[str, int, str]] = json.loads(argument)
    load(*loads[0])  # What it imports stays.
    print(json.dumps([load(*each) for each in loads]))


if __name__ == "__main__":
    main(*sys.argv[1:])
