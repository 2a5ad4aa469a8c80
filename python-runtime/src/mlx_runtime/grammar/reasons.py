"""What llguidance says of a grammar, as a caller can use it."""

from __future__ import annotations

import re

_LONGEST = 300
# The fault itself follows below a drawing of the place.
_UNREADABLE = "regex parse error:"

_REWORDED = (
    (r"oneOf constraints are not supported", "'oneOf': its members do not exclude each other"),
    (
        r"Resource '(.*)' is not present in a registry",
        r"'$ref', '$schema': other documents are not read: \1",
    ),
    (r"Pointer '(.*)' does not exist", r"'$ref': there is no schema at \1"),
    (
        r"Failed to generate regex for float range",
        "'minimum', 'maximum': too far from zero for a number with a fraction",
    ),
    (
        r"patternProperty regexes (.*) are not disjoint",
        r"'patternProperties': one name can match \1",
    ),
    (r"NoExtensionBias", "the model has no token for what has to come next"),
    # Of a regular expression alone the place is that in the grammar around it.
    (
        r"at \d+\(\d+\): invalid regex (\".*\") \(in regex\): (.+)",
        r"\2, in the regular expression \1",
    ),
    (r"(?:at )?(\d+)\((\d+)\): (.+)", r"line \1, column \2: \3"),
    (r"Unknown format: (.*)", r"the format '\1' is not supported"),
)


def brief(message: str) -> str:
    """The first line that says something, without llguidance's marks, traces and options."""
    lines = (line.strip() for line in message.splitlines())
    first = next((line for line in lines if line and not line.startswith("<")), "")
    first = first.partition("<backtrace>")[0]
    if first == _UNREADABLE:
        first = f"'pattern': {_fault_of_pattern(message)}"
    elif first.endswith(_UNREADABLE):
        first = first.removesuffix(_UNREADABLE) + _fault_of_pattern(message)
    for known, words in _REWORDED:
        if found := re.match(known, first):
            first = found.expand(words)
    return first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1]}…"


def _fault_of_pattern(message: str) -> str:
    found = re.search(r"^\s*error: (.+)$", message, re.MULTILINE)
    return found[1] if found else "is not a regular expression"
