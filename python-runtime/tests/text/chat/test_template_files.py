"""Which templates a model directory has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlx_runtime.text.chat.encoder import ChatTemplates
from mlx_runtime.text.chat.template_files import load_templates

DEFAULT = {"name": "default", "template": "plain"}
TOOL_USE = {"name": "tool_use", "template": "{{ tools }}"}


def load(directory: Path, template: Any = None) -> ChatTemplates | None:
    config = {} if template is None else {"chat_template": template}
    return load_templates(directory, config, {}, {})


def sources(templates: ChatTemplates | None) -> tuple[str, str]:
    assert templates is not None
    return templates.default.source, templates.with_tools.source


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain", ("plain", "plain")),
        ([DEFAULT, TOOL_USE], ("plain", "{{ tools }}")),
        ([TOOL_USE], ("{{ tools }}", "{{ tools }}")),
        ([{"name": "rag", "template": "other"}], ("other", "other")),
        ([{"name": "default", "template": "{% if %}"}, TOOL_USE], ("{{ tools }}", "{{ tools }}")),
    ],
)
def test_named_templates_are_used_for_what_they_are_named_for(
    tmp_path: Path, template: Any, expected: tuple[str, str]
) -> None:
    assert sources(load(tmp_path, template)) == expected


def test_files_go_before_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "chat_template.jinja").write_text("file")
    further = tmp_path / "additional_chat_templates"
    further.mkdir()
    (further / "tool_use.jinja").write_text("further")

    assert sources(load(tmp_path, [DEFAULT, TOOL_USE])) == ("file", "further")


def test_a_further_template_leaves_the_configuration_s_default(tmp_path: Path) -> None:
    further = tmp_path / "additional_chat_templates"
    further.mkdir()
    (further / "tool_use.jinja").write_text("further")

    assert sources(load(tmp_path, "plain")) == ("plain", "further")


def test_without_any_there_is_no_chat(tmp_path: Path) -> None:
    assert load(tmp_path) is None
    assert load(tmp_path, "{% if %}") is None


def test_what_is_no_text_makes_no_chat(tmp_path: Path) -> None:
    assert load(tmp_path, [{"name": "default", "template": 5}]) is None
    (tmp_path / "chat_template.jinja").write_bytes(b"\xff\xfe{{ messages }}")
    assert load(tmp_path, "plain") is None
