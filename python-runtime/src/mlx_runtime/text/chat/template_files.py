"""Finds the chat templates of a model directory."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ..chat_template import MAX_TEMPLATE_CHARACTERS, ChatTemplate, InvalidTemplate
from .encoder import ChatTemplates

_log = logging.getLogger(__name__)

_DEFAULT, _WITH_TOOLS = "default", "tool_use"


def load_templates(
    directory: Path,
    config: Mapping[str, Any],
    legacy: Mapping[str, Any],
    special_tokens: Mapping[str, str],
) -> ChatTemplates | None:
    """None: there is no usable one. `config`: tokenizer_config.json; `legacy`:
    chat_template.json."""
    try:
        sources = _sources(directory, config, legacy).items()
    except UnicodeDecodeError as error:
        _log.warning("the model's chat templates cannot be used: %s", error)
        return None
    compiled = {name: _compiled(name, source, special_tokens) for name, source in sources}
    found = {name: template for name, template in compiled.items() if template is not None}
    if not found:
        return None
    # A model whose only template has another name has one all the same.
    any_one = found.get(_WITH_TOOLS) or next(iter(found.values()))
    default = found.get(_DEFAULT, any_one)
    return ChatTemplates(default, found.get(_WITH_TOOLS, default))


def _compiled(name: str, source: str, special_tokens: Mapping[str, str]) -> ChatTemplate | None:
    try:
        return ChatTemplate(source, special_tokens)
    except InvalidTemplate as error:
        _log.warning("the model's chat template %r cannot be used: %s", name, error)
        return None


def _sources(
    directory: Path, config: Mapping[str, Any], legacy: Mapping[str, Any]
) -> dict[str, str]:
    """By name. Newer models keep templates in files of their own, older ones in the
    configuration."""
    sources = _named(legacy.get("chat_template") or config.get("chat_template"))
    path = directory / "chat_template.jinja"
    if path.exists():
        sources[_DEFAULT] = _read(path)
    for further in sorted((directory / "additional_chat_templates").glob("*.jinja")):
        sources[further.stem] = _read(further)
    return sources


def _named(declared: object) -> dict[str, str]:
    if isinstance(declared, str):
        return {_DEFAULT: declared}
    entries = cast("list[Any]", declared) if isinstance(declared, list) else []
    return {
        entry["name"]: entry["template"]
        for entry in entries
        if isinstance(entry, dict)
        and all(isinstance(cast("Any", entry).get(key), str) for key in ("name", "template"))
    }


def _read(path: Path) -> str:
    """One character too many is enough to refuse a template."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read(MAX_TEMPLATE_CHARACTERS + 1)
