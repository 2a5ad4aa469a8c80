"""Formats of strings: each is obeyed as the standards have it, or refused by name.

llguidance's own patterns are taken where they let nothing through that is
not of the format. The others are spelt out here; they may leave out some of
what the format allows, and never allow more.
"""

from __future__ import annotations

from typing import Any

from .faults import InvalidGrammar

_OBEYED = frozenset({"duration", "email", "ipv4", "ipv6", "uri", "uuid"})

_YEAR, _TWO_DIGITS = "[0-9]{4}", "[0-9]{2}"
_LEAP_YEAR = (
    f"({_TWO_DIGITS}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"  # Gregorian
)
_DATE = (
    f"({_YEAR}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
    "|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP_YEAR}-02-29)"
)
# Which minutes may have a leap second depends on the offset: none has one here.
_HOURS_MINUTES = "([01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = rf"{_HOURS_MINUTES}:[0-5][0-9](\.[0-9]{{1,9}})?([Zz]|[+-]{_HOURS_MINUTES})"

# RFC 1123. Two hyphens in the third and fourth place announce an encoding
# (RFC 5891) that only its decoder can check: no label has them here.
_ENDS, _INNER = "[a-zA-Z0-9]", "[a-zA-Z0-9-]"
_LABEL = (
    f"{_ENDS}({_ENDS}|{_INNER}{_ENDS}|{_INNER}{_INNER}{_ENDS}"
    f"|{_INNER}({_ENDS}{_INNER}|-{_ENDS}){_INNER}{{0,58}}{_ENDS})?"
)

_SPELT_OUT: dict[str, tuple[str, int | None]] = {
    "date": (_DATE, None),
    "date-time": (f"{_DATE}[Tt]{_TIME}", None),
    "time": (_TIME, None),
    "hostname": (rf"{_LABEL}(\.{_LABEL})*", 253),
}
"""Pattern of the whole string, and its greatest length."""


def spell_out_format(path: str, keywords: dict[str, Any]) -> None:
    """Replaces a schema's `format` by keywords that say the same; raises InvalidGrammar."""
    name = keywords.get("format")
    if name is None or name in _OBEYED:
        return
    if name not in _SPELT_OUT:
        raise InvalidGrammar(f"{path}: the format '{name}' is not supported")
    del keywords["format"]
    pattern, longest = _SPELT_OUT[name]
    said: dict[str, Any] = {"pattern": f"^({pattern})$"}
    if longest is not None:
        said["maxLength"] = longest
    if keywords.keys() & said.keys():
        keywords["allOf"] = [*keywords.get("allOf", ()), said]
    else:
        keywords.update(said)
