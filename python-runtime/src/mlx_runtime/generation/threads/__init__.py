"""How the cores of a CPU share a pass. On a GPU there is nothing to share."""

from .parallel_prefill import read_in_lanes
from .thread_tuner import ThreadTuner
from .threads import Cores

__all__ = ["Cores", "ThreadTuner", "read_in_lanes"]
