"""Gathers the rules and terminals of a grammar in llguidance's Lark, each once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Rules:
    def __init__(self, prefix: str) -> None:
        """`prefix`: of all names, in small letters."""
        self._prefix = prefix
        self._names: dict[str, str] = {}
        self._lines: list[str] = []
        self._ends: dict[str, Sequence[Sequence[str]]] = {}
        self._known_to_end: set[str] = set()
        self._undecided: dict[str, None] = {}
        self._made = 0
        self.size = 0
        """Characters so far."""

    @property
    def lines(self) -> Sequence[str]:
        return self._lines

    def terminal(self, expression: str) -> str:
        return self._once(expression, self._prefix.upper())

    def rule(self, expression: str, needs: Iterable[Sequence[str]] = ((),)) -> str:
        """`needs`: by alternative, the rules without which it cannot be written."""
        name = self._once(expression, self._prefix)
        if name not in self._ends:
            self._set_needs(name, needs)
        return name

    def forward(self) -> str:
        """The name of a rule that may refer to itself."""
        return f"{self._prefix}{self._count()}"

    def define(self, name: str, expression: str, needs: Iterable[Sequence[str]]) -> None:
        self._add(f"{name}: {expression}")
        self._set_needs(name, needs)

    @property
    def mark(self) -> tuple[int, int, int]:
        """For `forget`."""
        return len(self._names), len(self._lines), len(self._ends)

    def forget(self, mark: tuple[int, int, int]) -> None:
        """What was gathered since then."""
        names, lines, ends = mark
        while len(self._names) > names:
            self._names.popitem()
        while len(self._ends) > ends:
            name, _ = self._ends.popitem()
            self._known_to_end.discard(name)
            self._undecided.pop(name, None)
        self.size -= sum(map(len, self._lines[lines:]))
        del self._lines[lines:]

    def endless(self) -> set[str]:
        """Rules that no finite text follows."""
        ends = self._known_to_end
        left = list(self._undecided)
        growing = True
        while growing:
            before = len(left)
            # The later ones need the earlier ones.
            for name in left:
                if any(ends.issuperset(needs) for needs in self._ends[name]):
                    ends.add(name)
            left = [name for name in left if name not in ends]
            growing = len(left) < before
        self._undecided = dict.fromkeys(left)
        return set(left)

    def _set_needs(self, name: str, needs: Iterable[Sequence[str]]) -> None:
        self._ends[name] = [tuple(each) for each in needs]
        self._undecided[name] = None

    def _once(self, expression: str, prefix: str) -> str:
        key = f"{prefix}:{expression}"
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"{prefix}{self._count()}"
            self._add(f"{name}: {expression}")
        return name

    def _add(self, line: str) -> None:
        self._lines.append(line)
        self.size += len(line)

    def _count(self) -> int:
        self._made += 1
        return self._made
