"""Models that read a text in both directions: they make vectors or judge pairs."""

from .configuration import is_encoder
from .open_encoder import open_encoder

__all__ = ["is_encoder", "open_encoder"]
