"""Which files of a model directory hold its weights, and whether they are whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import msgspec

from .safetensors_header import Header, load_failed, read_header, refuse_pointer

_WHOLE = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_SHARD = re.compile(r"model-(\d+)-of-(\d+)\.safetensors")
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.pickle", "*.ckpt")


def weight_files(directory: Path) -> Sequence[Path]:
    """Raises RpcError `model_load_failed`.

    An index says which they are; where files that it names were never
    published beside one that holds everything, that one does.
    """
    found = sorted(directory.glob("model*.safetensors"))
    if not found:
        raise load_failed(f"{directory} has no model*.safetensors{what_it_is_instead(directory)}")
    whole = directory / _WHOLE
    shards = [file for file in found if _SHARD.fullmatch(file.name)]
    named = _named(directory)
    missing = [file for file in named or _numbered(directory, shards) if not file.is_file()]
    if not missing:
        return named or found
    if whole in found:
        return [file for file in found if file not in shards]
    because = f", which {_INDEX} names" if named else f": {shards[0].name} is one of several files"
    raise load_failed(
        f"{missing[0]} is missing{because}{_more(len(missing) - 1)}. Fetch the model again"
    )


def _named(directory: Path) -> Sequence[Path]:
    path = directory / _INDEX
    content = read_object(path) or {}
    entries: Any = content.get("weight_map")
    if not isinstance(entries, dict):
        return ()
    names = sorted({str(name) for name in cast("dict[str, Any]", entries).values()})
    outside = next((name for name in names if Path(name).name != name), None)
    if outside is not None:
        raise load_failed(f"{path} names a file outside of the directory: {outside}")
    return [directory / name for name in names]


def _numbered(directory: Path, shards: Sequence[Path]) -> Sequence[Path]:
    """All the shards that the name of one says there are."""
    if not shards or (match := _SHARD.fullmatch(shards[0].name)) is None:
        return ()
    width, count = len(match[1]), int(match[2])
    # A name can say any number; more files than tensors are none of a model's.
    numbers = range(1, min(count, 100_000) + 1)
    return [directory / f"model-{n:0{width}}-of-{match[2]}.safetensors" for n in numbers]


def _more(count: int) -> str:
    return f", and {count} more" if count else ""


def what_it_is_instead(directory: Path) -> str:
    """What a directory without such weights has, and what to do about it."""
    if (directory / "adapter_config.json").exists():
        return ": it holds an adapter (LoRA) and not a model. Load the model that it was made for"
    if any(directory.glob("model*.safetensors")):
        return ""
    if any(directory.glob("*.gguf")):
        return ", and GGUF has to be converted first (mlx-serve convert)"
    for pattern in _PICKLES:
        for pickled in sorted(directory.glob(pattern)):
            return (
                f" but pickled weights ({pickled.name}), which can run code and are never read. "
                "Use a version of the model with safetensors"
            )
    for other in sorted(directory.glob("*.safetensors")):
        return f", and {other.name} has another layout. Use the version for transformers or MLX"
    return ""


def headers(files: Sequence[Path]) -> Sequence[tuple[Path, Header]]:
    """What each file says that is in it. Raises RpcError `model_load_failed` for one that is not
    whole."""
    return [(path, read_header(path)) for path in files]


def read_object(path: Path) -> dict[str, Any] | None:
    """A file of JSON; None when there is no such file. Raises RpcError `model_load_failed`."""
    try:
        text = path.read_bytes()
        refuse_pointer(path, text)
        content = msgspec.json.decode(text)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, msgspec.DecodeError, RecursionError) as error:
        raise load_failed(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise load_failed(f"{path} is not a JSON object")
    return cast("dict[str, Any]", content)
