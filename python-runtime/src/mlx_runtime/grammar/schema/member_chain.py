"""The members of an object one behind the other, and how many of them there are."""

from __future__ import annotations

from collections.abc import Sequence

from .conjunction import Impossible
from .parts_writer import PartsWriter

_MOST_RECURSED = 100


class MemberChain:
    """What may follow in an object, from one of its members on."""

    def __init__(
        self,
        writer: PartsWriter,
        members: Sequence[tuple[str, str, bool]],
        more: str | None,
        least: int,
        most: int | None,
        cap: int | None,
    ) -> None:
        self._writer = writer
        self._members = members
        self._more = more
        self._least = least
        self._most = most
        self._cap = cap
        self._known: dict[tuple[int, int, bool], str] = {}

    def rule(self, place: int, count: int, *, first: bool) -> str:
        """`count`: of members that were written, where they are counted; raises Impossible."""
        # From the end, so that a long object does not recurse as deeply.
        if len(self._members) > _MOST_RECURSED:
            for behind in range(len(self._members), place, -1):
                for written in range((self._cap or 0) + 1):
                    self._find(behind, written, False)
                    self._find(behind, written, True)
        name = self._find(place, count, first)
        if name is None:
            raise Impossible
        return name

    def _find(self, place: int, count: int, first: bool) -> str | None:
        key = (place, count, first)
        if key not in self._known:
            self._known[key] = self._made(place, count, first) or ""
        return self._known[key] or None

    def _made(self, place: int, count: int, first: bool) -> str | None:
        rules = self._writer.rules
        if place == len(self._members):
            return self._tail(count, first)
        member, _, required = self._members[place]
        comma = "" if first else f"{self._writer.comma} "
        following = None
        if self._most is None or count < self._most:
            after = count if self._cap is None else min(count + 1, self._cap)
            following = self._find(place + 1, after, False)
        forms: list[str] = []
        needs: list[list[str]] = []
        if following is not None:
            forms.append(f"{comma}{member} {following}")
            needs.append([member, following])
        if not required and (skipped := self._find(place + 1, count, first)) is not None:
            forms.append(skipped)
            needs.append([skipped])
        return rules.rule(" | ".join(forms), needs) if forms else None

    def _tail(self, count: int, first: bool) -> str | None:
        least = max(0, self._least - count) if self._cap is not None else 0
        most = None if self._most is None else self._most - count
        if most is not None and most < least:
            return None
        if self._more is None or most == 0:
            return self._writer.rules.rule('""') if least == 0 else None
        return self._writer.listed(self._more, least, most, first=first)
