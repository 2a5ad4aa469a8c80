"""What models compute on a CPU, in ways that are faster there than MLX's own."""

from .host import COMPUTES_AT_ONCE, computing_at_once
from .install import use_cpu_ways
from .layout import lay_out_by_input
from .prefixed_keys import PrefixedKeys, PrefixKeys

__all__ = [
    "COMPUTES_AT_ONCE",
    "PrefixKeys",
    "PrefixedKeys",
    "computing_at_once",
    "lay_out_by_input",
    "use_cpu_ways",
]
