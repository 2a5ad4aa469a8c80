"""How the threads of a CPU share a pass. On a GPU there is nothing to share."""

from .parallel_prefill import prefill_in_lanes
from .thread_tuner import ThreadTuner
from .threads import Threads
from .tower_threads import TowerThreads
from .trial_threads import quicker_threads

__all__ = ["ThreadTuner", "Threads", "TowerThreads", "prefill_in_lanes", "quicker_threads"]
