"""One model in several processes: the first plans and samples, the others compute with it."""

from .follower import Follower
from .lead import Lead, follow
from .messages import Told

__all__ = ["Follower", "Lead", "Told", "follow"]
