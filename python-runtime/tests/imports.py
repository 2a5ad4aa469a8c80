"""What the modules of the package import, from their text alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import mlx_runtime

ROOT = Path(mlx_runtime.__file__).parent


@cache
def modules() -> dict[str, Path]:
    """By dotted name; a package stands for its `__init__`."""
    found: dict[str, Path] = {}
    for path in ROOT.rglob("*.py"):
        parts = ("mlx_runtime", *path.relative_to(ROOT).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports_of(name: str) -> frozenset[str]:
    """Modules that a module names in its imports, in functions and for types, too."""
    path = modules()[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return frozenset(_imports(ast.parse(path.read_text("utf-8")), package))


def imported_by(name: str) -> set[str]:
    """What a module needs in turn, itself included; what packages gather is left out."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            if current in modules():
                waiting += imports_of(current)
    return seen


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _targets(node, package)


def _targets(node: ast.ImportFrom, package: str) -> Iterator[str]:
    base = node.module or ""
    if node.level:
        parts = package.split(".")
        kept = parts[: len(parts) - node.level + 1]
        base = ".".join([*kept, *([node.module] if node.module else [])])
    for alias in node.names:
        whole = f"{base}.{alias.name}"
        yield whole if whole in modules() else base
