"""Values that a schema lists."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

from .conjunction import Impossible
from .json_text import Escapes, quoted_text
from .numbers import number_texts
from .parts_writer import PartsWriter


class Literals:
    def __init__(self, writer: PartsWriter) -> None:
        self._writer = writer

    def rule(self, values: Sequence[Any]) -> str:
        """The name of a rule for just these values; raises Impossible."""
        if not values:
            raise Impossible
        texts = [each for each in values if isinstance(each, str)]
        forms = [self._writer.rules.rule(self.texts(texts))] if texts else []
        forms += [self._literal(each) for each in values if not isinstance(each, str)]
        return self._writer.union(list(dict.fromkeys(forms)))

    def texts(self, texts: Sequence[str], escapes: Escapes | None = None) -> str:
        """A terminal for just these texts."""
        spelt = escapes or self._writer.likely
        forms = [quoted_text(text, escapes=spelt) for text in dict.fromkeys(texts)]
        if len(forms) == 1:
            return self._writer.rules.terminal(f"/{forms[0]}/")
        return self._writer.rules.terminal(f"/{'|'.join(forms)}/")

    def _literal(self, value: Any) -> str:
        """A rule for just this value."""
        match value:
            case bool() | None:
                return self._writer.rules.rule(json.dumps(json.dumps(value)))
            case int() | float():
                return self._writer.rules.rule(
                    " | ".join(json.dumps(text) for text in number_texts(value))
                )
            case str():
                return self._writer.rules.rule(self.texts([value]))
            case list():
                inside = f" {self._writer.comma} ".join(
                    map(self._literal, cast("list[Any]", value))
                )
                return self._writer.rules.rule(
                    f"{self._writer.opening('[')} {inside} {self._writer.closing(']')}"
                )
            case _:
                members = cast("dict[str, Any]", value).items()
                inside = f" {self._writer.comma} ".join(
                    f"{self._writer.key(name)} {self._writer.colon} {self._literal(each)}"
                    for name, each in members
                )
                return self._writer.rules.rule(
                    f"{self._writer.opening('{')} {inside} {self._writer.closing('}')}"
                )
