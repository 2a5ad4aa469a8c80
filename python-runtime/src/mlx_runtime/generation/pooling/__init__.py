"""Texts that are read and not continued: vectors, scores and judgements."""

from .job import Listener
from .pooler import Pooler

__all__ = ["Listener", "Pooler"]
