"""Texts that are read and not continued: vectors, scores and judgements."""

from .job import Listener
from .pooler import Readings

__all__ = ["Listener", "Readings"]
