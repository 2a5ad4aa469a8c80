"""Models with random weights over several devices, without a file of weights anywhere.

The runtime's own loader, ranks and runner are used as they are; only where a
checkpoint would be opened, a model is made whose weights follow from their
names, so that every process has the same. Nothing is computed that a rank does
not keep.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx.utils import tree_flatten, tree_unflatten
from mlx_runtime.follower import process
from mlx_runtime.model.directory import ModelDirectory
from mlx_runtime.model.mlx_lm_import import prepare_mlx_lm
from mlx_runtime.ranks import follower_process

_SCALE = 0.02
_TYPE = "random_dtype"
"""In config.json: what the weights are."""


def directory_of(path: str) -> ModelDirectory:
    """A directory that holds nothing but config.json."""
    return ModelDirectory(Path(path), json.loads((Path(path) / "config.json").read_text()), (), 0)


def write_directory(path: Path, config: Mapping[str, Any], dtype: str) -> ModelDirectory:
    path.mkdir(parents=True, exist_ok=True)
    (path / "config.json").write_text(json.dumps({**config, _TYPE: dtype}))
    return directory_of(str(path))


def use_random_weights() -> None:
    """Has this process, and those that it starts to follow it, make models instead of reading."""
    prepare_mlx_lm()
    from mlx_runtime.model import loader

    loader.open_lazily = _random_model
    loader.weight_names = lambda _: frozenset()
    follower_process._command = lambda _, __: [sys.executable, __file__]


def _random_model(directory: ModelDirectory, *, sees: bool = False) -> Any:
    from mlx_lm import utils

    del sees
    config = dict(directory.config)
    model_class, arguments = utils._get_classes(config)
    model = model_class(arguments.from_dict(config))
    dtype = getattr(mx, config[_TYPE])
    weights = [
        (name, _random(name, weight.shape, dtype))
        for name, weight in tree_flatten(model.parameters())
    ]
    model.update(tree_unflatten(weights))
    model.eval()
    return model, config, True


def _random(name: str, shape: tuple[int, ...], dtype: mx.Dtype) -> mx.array:
    if name.endswith("norm.weight"):
        return mx.ones(shape, dtype)
    # Not of the name's hash, which differs from process to process.
    key = mx.random.key(zlib.crc32(name.encode()))
    return (mx.random.normal(shape, mx.float32, key=key) * _SCALE).astype(dtype)


def _follow() -> None:
    from mlx_runtime.standard_streams import claim_standard_streams

    descriptors = claim_standard_streams()
    use_random_weights()
    from mlx_runtime.follower import share

    share.open_model_directory = directory_of
    process.run(*descriptors)


if __name__ == "__main__":
    _follow()
