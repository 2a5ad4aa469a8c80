"""Generation: our own continuous batching on top of mlx-lm's models and caches."""

from .caches import empty_caches
from .disk import DiskPrefixes
from .generator import Generator
from .reading import Listener
from .refusal import Refused
from .stats import Counters, GeneratorStats, PrefixCacheStats, RowGauges

__all__ = [
    "Counters",
    "DiskPrefixes",
    "Generator",
    "GeneratorStats",
    "Listener",
    "PrefixCacheStats",
    "Refused",
    "RowGauges",
    "empty_caches",
]
