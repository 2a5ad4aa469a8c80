"""Generation: our own continuous batching on top of mlx-lm's models and caches."""

from .generator import Generator
from .refusal import Refused
from .stats import Counters, GeneratorStats, PrefixCacheStats, RowGauges

__all__ = [
    "Counters",
    "Generator",
    "GeneratorStats",
    "PrefixCacheStats",
    "Refused",
    "RowGauges",
]
