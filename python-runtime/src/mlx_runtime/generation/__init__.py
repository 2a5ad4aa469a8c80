"""Generation: our own continuous batching on top of mlx-lm's models and caches."""

from .generator import Generator
from .kv_cache.layer_caches import can_roll_back, empty_caches
from .pooling import Listener
from .prefix_cache.disk import DiskPrefixes
from .refusal import Refused
from .spec_decode.draft_model import DraftCandidate
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
    "can_roll_back",
    "empty_caches",
]
