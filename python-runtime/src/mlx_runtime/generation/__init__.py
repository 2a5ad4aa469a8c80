"""Generation: our own continuous batching on top of mlx-lm's models and caches."""

from .for_model import encoder_generator_for, generator_for
from .forward import empty_caches
from .generator import Generator
from .kv_cache.layer_caches import can_roll_back
from .model_traits import ModelTraits
from .pooling import Listener
from .prefix_cache.block_names import place_names
from .prefix_cache.disk import DiskPrefixes
from .prefix_cache.stats import PrefixCacheStats
from .refusal import Refused, prompt_too_long
from .scheduling.kv_budget import KVUse
from .spec_decode.draft_model import DraftCandidate
from .stats import Counters, GeneratorStats, SequenceGauges

__all__ = [
    "Counters",
    "DiskPrefixes",
    "DraftCandidate",
    "Generator",
    "GeneratorStats",
    "KVUse",
    "Listener",
    "ModelTraits",
    "PrefixCacheStats",
    "Refused",
    "SequenceGauges",
    "can_roll_back",
    "empty_caches",
    "encoder_generator_for",
    "generator_for",
    "place_names",
    "prompt_too_long",
]
