from __future__ import annotations


class GgufError(ValueError):
    """The file lacks something the conversion needs, or is of an unknown kind."""
