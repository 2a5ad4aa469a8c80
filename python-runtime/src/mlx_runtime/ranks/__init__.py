"""The processes of one model over several devices: started, told what to do, watched, ended."""

from .ranks import Ranks, RanksPlan, plan_ranks

__all__ = ["Ranks", "RanksPlan", "plan_ranks"]
