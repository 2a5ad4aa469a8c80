"""How the cores of a CPU share a pass. On a GPU there is nothing to share."""

from .cores import Cores
from .lanes import read_in_lanes
from .thread_tuner import ThreadTuner

__all__ = ["Cores", "ThreadTuner", "read_in_lanes"]
