"""Strings that hold the tag which ends them."""

from __future__ import annotations

from mlx_runtime.answers.lark.text_value import Around, text_value


def test_a_listed_text_that_holds_its_own_end_is_not_written() -> None:
    around = Around("</p>")
    assert text_value({"enum": ["a</p>b", "c"]}, around) == '"c</p>"'
    assert text_value({"const": "a</p>b"}, around) is None
    assert text_value({"const": "a</p>b"}, Around("")) == '"a</p>b"'
