"""Generation: our own continuous batching on top of mlx-lm's models and caches."""

from .caches import can_rewind, empty_caches
from .disk import DiskPrefixes
from .draft_model import DraftCandidate
from .generator import Generator
from .reading import Listener
from .refusal import Refused
from .stats import Counters, GeneratorStats, PrefixCacheStats, RowGauges

__all__ = [
    "Counters",
    "DiskPrefixes",
    "DraftCandidate",
    "Generator",
    "GeneratorStats",
    "Listener",
    "PrefixCacheStats",
    "Refused",
    "RowGauges",
    "can_rewind",
    "empty_caches",
]
