"""Everything that runs on the generation thread: the model and its sequences."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Literal, NamedTuple

from msgspec import structs

from ..errors import Failure, failure_of, model_not_loaded, shutting_down
from ..generation import (
    Counters,
    DraftCandidate,
    Generator,
    GeneratorStats,
    KVUse,
    Listener,
    ModelTraits,
    PrefixCacheStats,
    Refused,
    SequenceGauges,
    can_roll_back,
    empty_caches,
    encoder_generator_for,
    generator_for,
)
from ..model.adapters import Adapter, AdapterSet
from ..model.adapters.adapter_directory import AdapterDirectory
from ..model.device import describe_device, memory_in_use, prepare_device
from ..model.directory import ModelDirectory
from ..model.loader import LoadedModel, loading_model
from ..model.unloaded_model import UnloadedModel, read_unloaded
from ..model.weights import ReportBytes, memory_left, usable_bytes
from ..pooling import Task
from ..requests import Finish, PrefillProgress, Request, StepOutput
from ..slices import Slices
from ..wire import LoadDraftParams, LoadParams, WireBatching
from . import known_traits
from .heartbeat import Activity
from .led_ranks import LedRanks, load_with_ranks, not_over_ranks
from .open_store import open_store
from .rows_on_wire import NO_USAGE
from .served_model import ServedModel

_log = logging.getLogger(__name__)


class Serving(NamedTuple):
    """What the sequences of a model can do."""

    batches: bool
    drafts: bool
    embedding_size: int | None
    """Numbers of a text's vector; None: the model makes none."""
    reranking: Literal["pairs"] | None
    """How an encoder reranks; None: not at all."""
    traits: str
    """For a later process that loads the same model."""


Deliver = Callable[[list[StepOutput | PrefillProgress]], None]


class ModelHost:
    """Owns MLX: every method must be called on the generation thread."""

    def __init__(self, deliver: Deliver, activity: Activity) -> None:
        self._deliver = deliver
        self._activity = activity
        self._served: ServedModel | None = None
        self._open_streams: set[str] = set()
        self._closing = False
        self._ranks: LedRanks | None = None
        self.device = describe_device()
        prepare_device(self.device)

    def load(
        self, directory: ModelDirectory, params: LoadParams, report: ReportBytes
    ) -> LoadedModel:
        """Raises RpcError. `report` gets bytes of weights done and in all."""
        self._activity.current = "loading"
        started = time.monotonic()
        self._ranks, loaded = load_with_ranks(
            directory, params, self.device, self._ticking(report), self._activity.tick
        )
        _log.info(
            "loaded %s as %s in %.0f ms",
            params.model_id,
            loaded.weights,
            (time.monotonic() - started) * 1000,
        )
        return loaded

    def serve(
        self, loaded: LoadedModel, eos_token_ids: tuple[int, ...], params: LoadParams
    ) -> Serving:
        """Starts to accept sequences."""
        disk = open_store(params.prompt_store, loaded)
        adapters = AdapterSet(loaded.model)
        known = known_traits.from_text(params.traits, loaded.fingerprint)
        lead = None if self._ranks is None else self._ranks.lead(known, loaded.fingerprint)

        def make_generator(traits: ModelTraits | None, weight_bytes: int | None) -> Generator:
            if loaded.encoder:
                return encoder_generator_for(
                    loaded.model,
                    vocab_size=loaded.vocab_size,
                    context_length=loaded.context_length,
                    batching=params.batching or WireBatching(),
                    memory_bytes=usable_bytes(self.device),
                    embedding=loaded.embedding,
                    traits=traits,
                )
            return generator_for(
                loaded.model,
                eos_token_ids=eos_token_ids,
                vocab_size=loaded.vocab_size,
                context_length=loaded.context_length,
                batching=params.batching or WireBatching(),
                memory_bytes=usable_bytes(self.device),
                disk=disk,
                embedding=loaded.embedding,
                prompt_lookup=params.prompt_lookup,
                traits=traits,
                adapters=adapters,
                weight_bytes=weight_bytes,
                sees=loaded.sees,
                lead=lead,
            )

        served = ServedModel(make_generator, known, disk, adapters, has_lm_head=loaded.has_lm_head)
        self._served = served
        generator = served.generator
        return Serving(
            generator.batches,
            generator.drafts,
            generator.pooler.embedding_size,
            "pairs" if generator.settings.encoder == "judges pairs" else None,
            known_traits.to_text(generator.traits, loaded.fingerprint),
        )

    def inspect(self, directory: ModelDirectory) -> tuple[UnloadedModel, bool]:
        """A model's facts, and whether its caches can be rolled back; raises RpcError."""
        unloaded = read_unloaded(directory)
        return unloaded, can_roll_back(empty_caches(unloaded.model))

    def loading_draft(
        self, directory: ModelDirectory, params: LoadDraftParams
    ) -> Slices[LoadedModel]:
        """Has a model draft for the loaded one, in place of the last; raises RpcError.

        Steps may run between two slices.
        """
        self._refuse_ranks("draft models")
        self.unload_draft()
        # Beside what is in memory already.
        device = structs.replace(self.device, memory_bytes=memory_left(self.device))
        load = LoadParams(model_id=params.model_id, path=params.path, weights=params.weights)
        loaded = yield from loading_model(directory, load, device, lambda _, __: None)
        candidate = DraftCandidate(
            loaded.model, loaded.vocab_size, loaded.context_length, loaded.weight_bytes
        )
        yield from self._require_served().attaching_draft(params.model_id, candidate)
        return loaded

    def unload_draft(self) -> None:
        """Lets sequences go on without it and gives its memory back."""
        if self._served is not None:
            self._served.detach_draft()

    def load_adapter(self, name: str, directory: AdapterDirectory) -> Adapter:
        """Lets requests name an adapter of the model; raises Refused or RpcError."""
        self._refuse_ranks("adapters")
        served = self._require_served()
        self._activity.current = "loading"
        return served.add_adapter(name, directory)

    def unload_adapter(self, name: str) -> None:
        """Requests may no longer name it; its memory comes back when none runs with it."""
        if self._served is not None:
            self._served.generator.adapter_slot.remove(name)

    def submit(self, request: Request) -> None:
        """Queues a sequence; raises Refused or RpcError."""
        self._require_served().submit(request)
        self._open_streams.add(request.stream_id)

    def pool(self, stream_id: str, task: Task, listener: Listener) -> None:
        """Queues texts to be read; raises Refused or RpcError."""
        self._refuse_ranks("texts to embed, score or rerank")
        self._require_served().pool(stream_id, task, listener)

    def cancel(self, stream_id: str) -> None:
        if self._served is not None:
            self._served.cancel(stream_id)

    def finish(self, stream_id: str) -> None:
        """Ends a sequence whose stop text was found."""
        usage = None if self._served is None else self._served.generator.finish(stream_id)
        if usage is not None:
            self._hand_out([StepOutput(stream_id, None, finish=Finish("stop", usage))])

    def add_credit(self, stream_id: str, tokens: int) -> None:
        if self._served is not None:
            self._served.generator.add_credit(stream_id, tokens)

    def has_work(self) -> bool:
        return self._served is not None and self._served.generator.has_work()

    def step(self) -> None:
        """One step for all sequences. A step that raises ends them, not the process."""
        if self._served is None:
            return
        generator = self._served.generator
        rows = generator.rows()
        prefills = rows.prefilling or rows.queued or generator.pooler.has_work
        self._activity.current = "prefilling" if prefills else "decoding"
        try:
            results = generator.step()
        # Whatever MLX or a model's code raises, the other requests must learn of it.
        except Exception as error:
            _log.exception("a step failed; every running request ends")
            if self._ranks is not None:
                # They may have come apart, and only a new beginning brings them together.
                raise
            del generator
            self._start_over(self._served, failure_of(error))
        else:
            self._hand_out(results)

    def stats(self) -> GeneratorStats:
        """Counters since the process started."""
        if self._served is None:
            return GeneratorStats(Counters(), SequenceGauges(0, 0, 0, 0), PrefixCacheStats())
        return self._served.stats()

    def kept_names(self) -> bytes:
        return b"" if self._served is None else self._served.generator.kept_names()

    def kv_use(self) -> KVUse:
        return KVUse(0, None) if self._served is None else self._served.generator.kv_use()

    def memory(self) -> tuple[int, int]:
        """Bytes that MLX holds now, and held at most."""
        return memory_in_use()

    def rank_bytes(self) -> tuple[int, ...] | None:
        """Bytes that MLX holds in each process of the model; None: it has one."""
        return None if self._ranks is None else (memory_in_use()[0], *self._ranks.other_bytes())

    def close(self) -> None:
        """Ends every sequence with `shutting_down` and gives the model's memory back."""
        self._closing = True
        self._fail_rows(shutting_down())
        if self._served is not None:
            self._served.close(shutting_down())
        if self._ranks is not None:
            self._ranks.close()
        self._served = None

    def _require_served(self) -> ServedModel:
        """Raises Refused or RpcError."""
        if self._closing:
            raise Refused(shutting_down())
        if self._served is None:
            raise model_not_loaded()
        return self._served

    def _refuse_ranks(self, what: str) -> None:
        """Raises Refused where the model is over several devices."""
        if self._ranks is not None:
            raise Refused(not_over_ranks(what))

    def _start_over(self, served: ServedModel, failure: Failure) -> None:
        failed = len(self._open_streams)
        self._fail_rows(failure)
        served.start_over(failure, failed)

    def _fail_rows(self, failure: Failure) -> None:
        finish = Finish("error", NO_USAGE, failure=failure)
        self._hand_out([StepOutput(id, None, finish=finish) for id in self._open_streams])

    def _hand_out(self, results: list[StepOutput | PrefillProgress]) -> None:
        for result in results:
            if isinstance(result, StepOutput) and result.finish is not None:
                self._open_streams.discard(result.stream_id)
        if results:
            self._deliver(results)

    def _ticking(self, report: ReportBytes) -> ReportBytes:
        def tick_and_report(done: int, total: int) -> None:
            self._activity.tick()
            report(done, total)

        return tick_and_report
