"""A model that lies in several GGUF files, as llama.cpp's `gguf-split` writes them, read as one."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import GgufError
from .reader import GgufFile, Tensor, read_gguf

_NAME = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf", re.IGNORECASE)
_MOST_PARTS = 99_999


def is_first_of_all(paths: list[Path]) -> bool:
    """Whether the first of these names, in order, stands for all of them."""
    stems = {name and (name["stem"], name["count"]) for name in map(_name_of, paths)}
    return len(stems) == 1 and None not in stems


def read_whole(path: Path) -> GgufFile:
    """The file, with the tensors of all others where it is one of several: any may be named.

    Raises GgufError as `read_gguf` does, and for parts that are missing or do not fit together.
    """
    file = read_gguf(path)
    count = file.metadata.integer("split.count", 1)
    if count <= 1:
        return file
    paths = _paths(path, count)
    missing = [each.name for each in paths if not each.is_file()]
    if missing:
        raise GgufError(
            f"{path.name} is one of {count} files that belong together. "
            f"Missing beside it: {', '.join(missing)}"
        )
    parts = [_part(each, number, count) for number, each in enumerate(paths)]
    return GgufFile(parts[0].metadata, _together(parts, path))


def _paths(path: Path, count: int) -> list[Path]:
    name = _name_of(path)
    if name is None or int(name["count"]) != count or count > _MOST_PARTS:
        raise GgufError(
            f"{path.name} is one of {count} files that belong together. Give them the names that "
            f"they were made with: NAME-00001-of-{count:05d}.gguf and so on"
        )
    return [
        path.with_name(f"{name['stem']}-{number:05d}-of-{count:05d}{path.suffix}")
        for number in range(1, count + 1)
    ]


def _name_of(path: Path) -> re.Match[str] | None:
    return _NAME.fullmatch(path.name)


def _part(path: Path, number: int, count: int) -> GgufFile:
    part = read_gguf(path)
    found = part.metadata.integer("split.no", 0), part.metadata.integer("split.count", 1)
    if found != (number, count):
        raise GgufError(
            f"{path.name} says that it is part {found[0] + 1} of {found[1]}: take all parts from "
            "one place"
        )
    return part


def _together(parts: list[GgufFile], path: Path) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for part in parts:
        twice = next((name for name in part.tensors if name in tensors), None)
        if twice is not None:
            raise GgufError(f"Two of the files that {path.name} is one of hold tensor '{twice}'")
        tensors.update(part.tensors)
    expected = parts[0].metadata.integer("split.tensors.count", len(tensors))
    if expected != len(tensors):
        raise GgufError(
            f"The files that {path.name} is one of hold {len(tensors)} tensors and not {expected}"
        )
    return tensors
