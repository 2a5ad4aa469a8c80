"""A directory of dense weights into one of quantised weights, as mlx-lm quantises."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx import nn, utils

from ..model.directory import ModelDirectory, load_failed, open_model_directory
from ..model.encoders import is_encoder
from ..model.loader import failing_to_load, open_lazily, weight_names
from ..model.vision.choose import NOT_INSTALLED, choose_vision, has_tower
from ..model.weights import is_finite
from .schemes import ConversionError, Scheme
from .staging import staged_directory

_GROUPS: dict[Scheme, tuple[int, int, str]] = {
    "4": (64, 4, "affine"),
    "8": (64, 8, "affine"),
    "mixed": (64, 4, "affine"),
    "mxfp4": (32, 4, "mxfp4"),
    "nvfp4": (16, 4, "nvfp4"),
}
"""Weights of a group, bits of each, and how mlx-lm calls the kind."""
_LARGEST_NVFP4 = 6 * 448
"""The largest code by the largest scale: MLX has no further scale for a whole tensor."""
_MIXED_RECIPE = "mixed_4_6"
_LANGUAGE_MODEL = "language_model."
_COPIED = ("*.json", "*.jinja", "*.tiktoken", "tokenizer.model", "merges.txt", "vocab.txt")
_WRITTEN = ("config.json", "model.safetensors.index.json")


def quantize_directory(
    source: Path, target: Path, scheme: Scheme | None, progress: Callable[[str], None]
) -> None:
    """Whole or not at all; `scheme` None: weights as they are, in MLX's layout.

    Raises ConversionError, and RpcError for a directory that is no model, or whose weights are not
    finite.
    """
    directory = open_model_directory(str(source))
    if "quantization" in directory.config and scheme is not None:
        raise ConversionError(
            f"{source} is quantised already: take the dense weights that it was made of"
        )
    if is_encoder(directory.config):
        raise ConversionError(f"{source} is an encoder, which is served as it is")
    sees = _sees(directory, progress)
    progress("Looking for numbers that are not finite")
    with failing_to_load(directory.path, directory.config):
        _refuse_beyond(directory, scheme, sees=sees)
        model, config, _ = open_lazily(directory, sees=sees)
    if scheme is not None:
        progress(f"Quantising ({scheme})")
        with failing_to_load(directory.path, config):
            model, config = _quantized(model, config, scheme, sees=sees)
    with staged_directory(target) as folder:
        _copy_documents(directory, folder)
        progress("Writing")
        _save(folder, model, config)


def _sees(directory: ModelDirectory, progress: Callable[[str], None]) -> bool:
    """Whether what sees images comes along; tells where it is there and cannot."""
    names = weight_names(directory)
    sight = choose_vision(None, directory.config, names)
    if sight == NOT_INSTALLED:
        raise ConversionError(f"{directory.path} sees images. {NOT_INSTALLED}")
    if isinstance(sight, str) and has_tower(names):
        progress(f"Leaving out what sees images. {sight}")
    return not isinstance(sight, str)


def _refuse_beyond(directory: ModelDirectory, scheme: Scheme | None, *, sees: bool) -> None:
    """Quantisation would make other numbers of them, in silence."""
    for name, value in _each_weight(directory, sees=sees):
        if not is_finite(value):
            raise load_failed(
                f"{directory.path} holds numbers in {name} that are NaN or infinite: its weights "
                "are damaged, or their training diverged. Fetch the model again, or take another "
                "version"
            )
        if scheme == "nvfp4" and value.ndim > 1 and mx.any(mx.abs(value) > _LARGEST_NVFP4).item():
            raise load_failed(
                f"{directory.path} holds numbers in {name} beyond {_LARGEST_NVFP4:,}, which "
                "nvfp4 clips: take mxfp4"
            )


def _each_weight(directory: ModelDirectory, *, sees: bool) -> Iterator[tuple[str, mx.array]]:
    """One after the other, so that no more than one is in memory."""
    untyped: Any = open_lazily(directory, sees=sees)[0]
    trees: Any = utils
    weights: list[tuple[str, mx.array]] = trees.tree_flatten(untyped.parameters())
    nothing = mx.array([])
    untyped.update(trees.tree_unflatten([(name, nothing) for name, _ in weights]))
    while weights:
        yield weights.pop()


def _quantized(
    model: Any, config: dict[str, Any], scheme: Scheme, *, sees: bool
) -> tuple[Any, dict[str, Any]]:
    """A vision tower stays as it is: it is small, and what it sees suffers."""
    from mlx_lm import utils

    mlx_lm: Any = utils
    group_size, bits, mode = _GROUPS[scheme]
    recipe = _recipe(model.language_model if sees else model) if scheme == "mixed" else _all_alike

    def choose(path: str, module: nn.Module) -> Any:
        is_of_language = not sees or path.startswith(_LANGUAGE_MODEL)
        return is_of_language and recipe(path.removeprefix(_LANGUAGE_MODEL), module)

    return mlx_lm.quantize_model(model, config, group_size, bits, mode=mode, quant_predicate=choose)


def _recipe(model: Any) -> Callable[[str, nn.Module], Any]:
    # The package gives a function of its own the module's name.
    recipes: Any = import_module("mlx_lm.convert")
    try:
        return recipes.mixed_quant_predicate_builder(_MIXED_RECIPE, model)
    except (ValueError, AttributeError) as error:
        raise load_failed(f"This kind of model has no mixed recipe: {error}") from error


def _all_alike(_: str, __: nn.Module) -> bool:
    return True


def _save(folder: Path, model: Any, config: dict[str, Any]) -> None:
    from mlx_lm import utils

    mlx_lm: Any = utils
    mlx_lm.save_model(folder, model, donate_model=True)
    text = json.dumps(config, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / "config.json").write_text(f"{text}\n", encoding="utf-8")


def _copy_documents(directory: ModelDirectory, folder: Path) -> None:
    for pattern in _COPIED:
        for file in directory.path.glob(pattern):
            if file.name not in _WRITTEN:
                shutil.copyfile(file, folder / file.name)
