"""Formats of strings that the standard defines, as patterns of whole texts.

They may leave out some of what a format allows, and never allow more. The
sources are the documents that JSON Schema names: RFC 3339, 5321, 1123, 3986,
4291, 9562, 6901.
"""

from __future__ import annotations

import re

from .languages import Language, matches, texts_with

_YEAR, _TWO_DIGITS = "[0-9]{4}", "[0-9]{2}"
_LEAP_YEAR = f"(?:{_TWO_DIGITS}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)"
_DATE = (
    f"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP_YEAR}-02-29)"
)
# Which minutes may have a leap second depends on the offset: none has one here.
_HOURS_MINUTES = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = rf"{_HOURS_MINUTES}:[0-5][0-9](?:\.[0-9]{{1,9}})?(?:[Zz]|[+-]{_HOURS_MINUTES})"

# As ISO 8601 has them, without an offset or without seconds.
_ISO_TIME = rf"{_HOURS_MINUTES}(?::[0-5][0-9](?:\.[0-9]{{1,9}})?)?(?:[Zz]|[+-]{_HOURS_MINUTES})?"
_TIMES = ("10:30:00Z", "10:30:00.5Z", "10:30:00+02:00")

_WEEKS, _DAYS = "[0-9]{1,9}W", "[0-9]{1,9}D"
_CLOCK = "T(?:[0-9]{1,9}H(?:[0-9]{1,9}M(?:[0-9]{1,9}S)?)?|[0-9]{1,9}M(?:[0-9]{1,9}S)?|[0-9]{1,9}S)"
_CALENDAR = f"(?:{_DAYS}|[0-9]{{1,9}}M(?:{_DAYS})?|[0-9]{{1,9}}Y(?:[0-9]{{1,9}}M(?:{_DAYS})?)?)"
_DURATION = f"P(?:{_WEEKS}|{_CALENDAR}(?:{_CLOCK})?|{_CLOCK})"

# Two hyphens in the third and fourth place announce an encoding (RFC 5891) that
# only its decoder can check: no label has them here.
_ENDS, _INNER = "[a-zA-Z0-9]", "[a-zA-Z0-9-]"
_LABEL = (
    f"{_ENDS}(?:{_ENDS}|{_INNER}{_ENDS}|{_INNER}{_INNER}{_ENDS}"
    f"|{_INNER}(?:{_ENDS}{_INNER}|-{_ENDS}){_INNER}{{0,58}}{_ENDS})?"
)
_HOSTNAME = rf"{_LABEL}(?:\.{_LABEL})*"
_ATOM = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = rf"(?=.{{1,254}}$)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@{_HOSTNAME}"

_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_GROUP = "[0-9a-fA-F]{1,4}"
_LAST = f"(?:{_GROUP}:{_GROUP}|{_IPV4})"
_IPV6 = "|".join(
    [
        f"(?:{_GROUP}:){{6}}{_LAST}",
        f"::(?:{_GROUP}:){{0,5}}{_LAST}",
        *(
            f"{_GROUP}(?::{_GROUP}){{{n - 1}}}::(?:{_GROUP}:){{0,{5 - n}}}{_LAST}"
            for n in range(1, 6)
        ),
        f"(?:{_GROUP}(?::{_GROUP}){{0,6}})?::",
        f"(?:{_GROUP}(?::{_GROUP}){{0,5}})?::{_GROUP}",
    ]
)

_CODED = "%[0-9a-fA-F]{2}"
_FREE = r"a-zA-Z0-9._~!$&'()*+,;=\-"
_PATH_CHARACTER = f"(?:[{_FREE}:@]|{_CODED})"
_SCHEME = r"[a-zA-Z][a-zA-Z0-9+.\-]*"
_AUTHORITY = (
    rf"(?:(?:[{_FREE}:]|{_CODED})*@)?(?:(?:[{_FREE}]|{_CODED})*|\[(?:{_IPV6})\])(?::[0-9]*)?"
)
_TAIL = rf"(?:\?(?:{_PATH_CHARACTER}|[/?])*)?(?:#(?:{_PATH_CHARACTER}|[/?])*)?"
_ABSOLUTE = f"/(?:{_PATH_CHARACTER}+(?:/{_PATH_CHARACTER}*)*)?"
_URI = (
    f"{_SCHEME}:(?://{_AUTHORITY}(?:/{_PATH_CHARACTER}*)*"
    f"|{_ABSOLUTE}|{_PATH_CHARACTER}+(?:/{_PATH_CHARACTER}*)*|){_TAIL}"
)
_RELATIVE = (
    f"(?://{_AUTHORITY}(?:/{_PATH_CHARACTER}*)*|{_ABSOLUTE}"
    f"|(?:[{_FREE}@]|{_CODED})+(?:/{_PATH_CHARACTER}*)*|){_TAIL}"
)
# What a parser of URLs takes too (WHATWG): it wants a host of http, and knows it by its end.
_SPECIAL = "[hH][tT][tT][pP][sS]?|[wW][sS][sS]?|[fF][tT][pP]|[fF][iI][lL][eE]"
_USER = rf"(?:(?:[{_FREE}:]|{_CODED})*@)?"
_PORT = "(?::[0-9]{0,4})?"
_DOMAIN = rf"(?:{_LABEL}\.)*[a-zA-Z](?:-?{_ENDS}){{0,31}}"
_HOST = rf"(?:{_DOMAIN}|{_IPV4}|\[(?:{_IPV6})\])"
_WEB_ADDRESS = (
    f"(?:(?:(?:https?|wss?|ftp)://{_USER}{_HOST}{_PORT}|file://(?:{_HOST})?)(?:/{_PATH_CHARACTER}*)*"
    f"|file:{_ABSOLUTE}){_TAIL}"
)
_OPAQUE_HOST = rf"(?:(?:[{_FREE}]|{_CODED})+|\[(?:{_IPV6})\])"
_OTHER_ADDRESS = (
    f"(?!(?:{_SPECIAL}):){_SCHEME}:(?://(?:{_USER}{_OPAQUE_HOST}{_PORT})?(?:/{_PATH_CHARACTER}*)*"
    f"|{_ABSOLUTE}|{_PATH_CHARACTER}+(?:/{_PATH_CHARACTER}*)*|){_TAIL}"
)
_POINTER = "(?:/(?:[^~/]|~[01])*)*"

_PATTERNS = {
    "date": _DATE,
    "date-time": f"{_DATE}[Tt]{_TIME}",
    "time": _TIME,
    "duration": _DURATION,
    "hostname": f"(?=.{{1,253}}$){_HOSTNAME}",
    "idn-hostname": f"(?=.{{1,253}}$){_HOSTNAME}",
    "email": _EMAIL,
    "idn-email": _EMAIL,
    "ipv4": _IPV4,
    "ipv6": f"(?:{_IPV6})",
    "uri-reference": f"(?:{_URI}|{_RELATIVE})",
    "iri-reference": f"(?:{_URI}|{_RELATIVE})",
    "uri-template": f"(?:{_URI}|{_RELATIVE})",
    "json-pointer": _POINTER,
    "relative-json-pointer": f"(?:0|[1-9][0-9]{{0,8}})(?:#|{_POINTER})",
    "uuid": "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
}

UNHELD = frozenset({"regex"})
"""Formats of the standard that no pattern describes."""


_ADDRESSES = (f"^{_WEB_ADDRESS}$", f"^{_OTHER_ADDRESS}$")
_LOOSE = {
    "time": (_TIMES, _ISO_TIME),
    "date-time": (tuple(f"2024-06-01T{time}" for time in _TIMES), f"{_DATE}[Tt]{_ISO_TIME}"),
}
"""Examples, and a form that generators of schemas mean where their pattern takes none of them."""


def format_texts(name: str, pattern: Language | None = None) -> Language | None:
    """None for a format that the standard does not define: it says nothing then. `pattern`: of
    the same schema."""
    if name in ("uri", "iri"):
        return tuple(terms for each in _ADDRESSES for terms in texts_with(each))
    examples, loose = _LOOSE.get(name, ((), ""))
    if examples and pattern is not None and not any(matches(pattern, each) for each in examples):
        return texts_with(f"^{loose}$")
    known = _PATTERNS.get(name)
    return None if known is None else texts_with(f"^{known}$")


_SHORT_TEXTS = {"duration": ("P1W", "P1Y", "P2M", "P3D", "PT1H", "PT5S")}
"""Short, as a pattern may take long to find in a longer one."""


def is_described_by(name: object, pattern: str) -> bool:
    """True where a pattern that no grammar can hold is taken for another way to say what a format
    says: it takes some texts of the format."""
    texts = _SHORT_TEXTS.get(name) if isinstance(name, str) else None
    if texts is None:
        return False
    try:
        known = re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return all(known.search(text) for text in texts)
