"""The parts that plan steps and read their results, put together for one runner."""

from __future__ import annotations

from dataclasses import dataclass

from .admission import Admission
from .model_traits import ServingSettings
from .output_processor import OutputProcessor
from .pooling import Pooler
from .prefix_cache.disk import DiskPrefixes
from .prefix_cache.manager import PrefixCacheManager
from .scheduling.beside_on_cpu import BesideOnCPU
from .scheduling.beside_on_gpu import BesideOnGPU
from .scheduling.kv_budget import KVBudget
from .scheduling.scheduler import Scheduler
from .scheduling.step_cost import StepCost
from .scheduling.token_budget import TokenBudget
from .spec_decode.proposer import Proposer
from .step_times import StepTimes
from .steps import Runner


@dataclass(frozen=True, slots=True)
class Parts:
    runner: Runner
    kv_budget: KVBudget
    token_budget: TokenBudget
    scheduler: Scheduler
    outputs: OutputProcessor
    prefix_cache: PrefixCacheManager
    admission: Admission
    proposer: Proposer
    pooler: Pooler
    times: StepTimes


def make_parts(
    runner: Runner,
    settings: ServingSettings,
    disk: DiskPrefixes | None,
) -> Parts:
    traits, batching = settings.traits, settings.batching
    kv_budget = KVBudget(traits.footprint, settings.weight_bytes, settings.memory_bytes)
    token_budget = _token_budget(settings)
    cost = StepCost(traits.step_timings)
    launching_blocks = runner.launching_blocks
    scheduler = Scheduler(settings.max_sequences, batching.max_queued_requests)
    outputs = OutputProcessor(scheduler)
    prefix_cache = PrefixCacheManager(
        scheduler,
        runner.kv_caches,
        runner.give,
        runner.assemble,
        batching.prompt_cache_bytes,
        checkpoints_behind=settings.eos_token_ids if traits.needs_checkpoints else None,
        disk=disk,
    )
    return Parts(
        runner=runner,
        kv_budget=kv_budget,
        token_budget=token_budget,
        scheduler=scheduler,
        outputs=outputs,
        prefix_cache=prefix_cache,
        admission=Admission(kv_budget, scheduler, outputs, prefix_cache),
        proposer=Proposer(cost, self_drafts=settings.prompt_lookup and traits.can_roll_back),
        pooler=Pooler(settings, kv_budget, token_budget),
        times=StepTimes(
            token_budget,
            cost,
            BesideOnCPU(cost) if launching_blocks else BesideOnGPU(cost, traits.step_timings),
            prepares=not launching_blocks,
        ),
    )


def _token_budget(settings: ServingSettings) -> TokenBudget:
    target = settings.batching.target_batch_time_ms
    budget = TokenBudget(settings.max_sequences, target and target / 1000)
    for tokens, seconds in settings.traits.prefill_timings:
        budget.observe_prefill(tokens, seconds)
    return budget
