"""The house keeps its order: imports point down, files stay small, one module calls the model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pytest
from msgspec import structs

from imports import imports_of, modules
from mlx_runtime.wire import WireSampling

PACKAGE = "mlx_runtime"
MOST_LINES = 300
MOST_LINES_TO_MAKE = 30

# Each unit, a folder or a module, imports from units further up in its list alone.
LAYERS: Mapping[str, Sequence[str]] = {
    PACKAGE: [
        "wire",
        "errors",
        "grammar",
        "vision",
        "requests",
        "pooling",
        "slices",
        "protocol",
        "logs",
        "text",
        "answers",
        "model",
        "setup",
        "generation",
        "ranks",
        "serving",
        "reader",
        "parent_watch",
        "process",
        "standard_streams",
        "follower",
        "__main__",
    ],
    f"{PACKAGE}.generation": [
        "host_arrays",
        "arrays",
        "tokens",
        "cache_key",
        "sampling",
        "sequence_times",
        "sequence",
        "scheduling",
        "refusal",
        "kv_cache",
        "picture_features",
        "visual_inputs",
        "forward",
        "model_traits",
        "threads",
        "prefix_cache",
        "pooling",
        "steps",
        "runner",
        "freed_memory",
        "ranks",
        "stats",
        "output_processor",
        "step_times",
        "spec_decode",
        "admission",
        "parts",
        "planner",
        "step_emitter",
        "adapter_slot",
        "draft_slot",
        "generator",
        "for_model",
    ],
    f"{PACKAGE}.answers": [
        "parts",
        "markers",
        "text_run",
        "lark",
        "reasoning",
        "tool_formats",
        "tool_calls",
        "grammars",
        "splitter",
        "marker_splitter",
        "harmony",
        "traits",
        "tool_grammar",
        "template_options",
        "make_splitter",
        "detect_traits",
    ],
}
GENERATED = f"{PACKAGE}.wire"
CALLER = f"{PACKAGE}.generation.forward"
MODELS = {"model", "_model", "states", "_states", "module"}
"""Names under which generation holds what can be called like a model."""


@pytest.mark.parametrize("package", LAYERS)
def test_imports_point_down(package: str) -> None:
    order = {unit: place for place, unit in enumerate(LAYERS[package])}
    units = {_unit(name, package) for name in modules()} - {None}
    assert units == set(order), "a unit is missing from the list, or gone"
    upwards = [
        f"{name} imports {target}"
        for name, target in _edges()
        if (here := _unit(name, package)) is not None
        and (there := _unit(target, package)) is not None
        and order[there] > order[here]
    ]
    assert upwards == []


def test_no_module_imports_itself_through_others() -> None:
    targets = {name: {target for here, target in _edges() if here == name} for name in modules()}
    waiting = set(targets)
    while free := {name for name in waiting if _is_outside(name, targets, waiting)}:
        waiting -= free
    assert sorted(waiting) == []


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {
        name: len(path.read_text("utf-8").splitlines())
        for name, path in modules().items()
        if name != GENERATED
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_constructor_is_longer_than_30_lines() -> None:
    lengths = {
        f"{name}:{node.lineno}": (node.end_lineno or 0) - node.lineno + 1
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES_TO_MAKE} == {}


def test_one_module_of_generation_calls_models() -> None:
    calls = {name: _model_calls(name) for name in modules() if _is_inside(name, "generation")}
    assert calls.pop(CALLER), "the names that this test looks for are out of date"
    assert {name: lines for name, lines in calls.items() if lines} == {}


def _is_outside(name: str, targets: Mapping[str, set[str]], others: set[str]) -> bool:
    """True when a module imports none of the others, or none of them imports it."""
    return not targets[name] & others or not any(name in targets[other] for other in others)


def _edges() -> Iterable[tuple[str, str]]:
    """Imports of modules of the package by others of it; a package is its `__init__`."""
    for name in modules():
        for target in imports_of(name):
            if target in modules() and target != name:
                yield name, target


def _unit(name: str, package: str) -> str | None:
    """The part of the package that a module belongs to; None outside, and for its `__init__`."""
    if not name.startswith(f"{package}."):
        return None
    return name.removeprefix(f"{package}.").partition(".")[0]


def _is_inside(name: str, folder: str) -> bool:
    return name.startswith(f"{PACKAGE}.{folder}.")


def _model_calls(name: str) -> list[int]:
    """Lines that call a name or an attribute that holds a model."""
    tree = ast.parse(modules()[name].read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if _called(call.func) in MODELS]


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def test_every_sampling_parameter_of_the_wire_is_honoured_by_someone() -> None:
    refusing = {f"{PACKAGE}.generation.refusal", f"{PACKAGE}.serving.checks"}
    readers = {name for name in modules() if name.startswith(PACKAGE)} - refusing - {GENERATED}
    honoured = {
        node.attr
        for name in readers
        for node in ast.walk(ast.parse(modules()[name].read_text("utf-8")))
        if isinstance(node, ast.Attribute) and _called(node.value) == "sampling"
    }
    assert {field.name for field in structs.fields(WireSampling)} - honoured == set()


_ARRAYS = re.compile(r"\b(mx\.array|NDArray|Bitmask|Floats)\b")
_SHAPE = re.compile(r"\([^()]*(\([^()]*\)[^()]*)?(,|\.\.\.)[^()]*\)|\b(any|this|their) shapes?\b")


def test_public_functions_give_the_shapes_of_their_arrays() -> None:
    silent = [
        f"{name}:{function.lineno} {function.name}"
        for name in modules()
        if name.startswith(PACKAGE) and name != GENERATED
        for function in _public_functions(ast.parse(modules()[name].read_text("utf-8")))
        if _ARRAYS.search(_signature(function))
        and not _SHAPE.search(ast.get_docstring(function) or "")
    ]
    assert silent == []


def _public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Those of modules and classes; functions inside functions are nobody's interface."""
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for function in inner:
            if isinstance(function, ast.FunctionDef) and _is_public(function.name):
                yield function


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name == "__call__"


def _signature(function: ast.FunctionDef) -> str:
    """Without arrays by name, each of which has a shape of its own."""
    returned = "" if function.returns is None else ast.unparse(function.returns)
    return re.sub(r"(Mapping|dict)\[str, [^]]*\]", "", f"{ast.unparse(function.args)} {returned}")
