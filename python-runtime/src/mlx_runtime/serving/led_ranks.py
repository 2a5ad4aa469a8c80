"""The ranks of the served model, led by this process."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from ..errors import Failure, RpcError, unsupported
from ..generation.model_traits import ModelTraits
from ..generation.ranks import Lead
from ..model.directory import ModelDirectory
from ..model.encoders import is_encoder
from ..model.loader import LoadedModel, load_model
from ..model.sharding import Share, refuse_indivisible, summing
from ..model.weights import ReportBytes
from ..ranks import Ranks, plan_ranks
from ..ranks.messages import Begin, Serve
from ..wire import LoadParams, LoadParamsParallel, WireDevice
from . import known_traits


class LedRanks:
    def __init__(self, ranks: Ranks, share: Share) -> None:
        self._ranks = ranks
        self._share = share

    def lead(self, traits: ModelTraits | None, fingerprint: str) -> Lead:
        """Has the others try the model out, too, unless its traits are known."""
        known = None if traits is None else known_traits.to_text(traits, fingerprint)
        self._ranks.tell(Serve(known))

        def agree(found: ModelTraits) -> None:
            self._ranks.tell(Begin(known_traits.to_text(found, fingerprint)))

        return Lead(self._share.ranks, summing(self._share.group), self._ranks.tell, agree)

    def other_bytes(self) -> list[int]:
        return [memory.active_bytes for memory in self._ranks.memory()]

    def close(self) -> None:
        self._ranks.close()


def load_with_ranks(
    directory: ModelDirectory,
    params: LoadParams,
    device: WireDevice,
    report: ReportBytes,
    tick: Callable[[], None],
) -> tuple[LedRanks | None, LoadedModel]:
    """Loads a model with as many ranks as were asked for; None: with this process alone."""
    if params.parallel is None or params.parallel.ranks == 1:
        return None, load_model(directory, params, device, report)
    return lead_ranks(directory, params, device, report, tick)


def lead_ranks(
    directory: ModelDirectory,
    params: LoadParams,
    device: WireDevice,
    report: ReportBytes,
    tick: Callable[[], None],
) -> tuple[LedRanks, LoadedModel]:
    """Starts the other ranks and loads the model with them; raises RpcError.

    `tick`: called while this waits for them.
    """
    parallel = params.parallel or LoadParamsParallel()
    _refuse_what_ranks_cannot_do(directory, params, parallel.ranks)
    # Every rank reads texts alone.
    params = structs.replace(params, vision=False)
    plan = plan_ranks(parallel, device)
    memory_bytes = None
    if device.kind == "cpu":
        memory_bytes = device.memory_bytes // plan.on_this_machine
        device = structs.replace(device, memory_bytes=memory_bytes)
    ranks = Ranks(plan)
    try:
        share = Share(ranks.meet(tick), parallel.ranks)
        ranks.load(params, None if plan.hosts else memory_bytes)
        loaded = load_model(directory, params, device, report, share)
        ranks.wait_until_loaded(tick)
    except BaseException:
        ranks.close()
        raise
    return LedRanks(ranks, share), loaded


def not_over_ranks(what: str) -> Failure:
    return unsupported(
        f"A model over several devices serves no {what}: load it with model.parallel.ranks 1"
    )


def _refuse_what_ranks_cannot_do(directory: ModelDirectory, params: LoadParams, ranks: int) -> None:
    if is_encoder(directory.config):
        raise _refused("texts to embed, score or rerank")
    if params.vision:
        raise _refused("images")
    if params.prompt_store is not None:
        raise _refused("prompt store")
    refuse_indivisible(directory.config, ranks)


def _refused(what: str) -> RpcError:
    failure = not_over_ranks(what)
    return RpcError(failure.code, failure.message, type="unsupported_parameter")
