"""A model with the generator that serves it. Belongs to the generation thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ..errors import Failure, unsupported
from ..generation import (
    Counters,
    DiskPrefixes,
    DraftCandidate,
    Generator,
    GeneratorStats,
    Listener,
    ModelTraits,
    Refused,
)
from ..model.adapters import Adapter, AdapterSet, read_adapter
from ..model.adapters.adapter_directory import AdapterDirectory
from ..model.loader import failing_to_load
from ..pooling import EmbedTexts, JudgePairs, Task
from ..requests import Request
from ..slices import Slices
from .statistics import add_counters

MakeGenerator = Callable[[ModelTraits | None, int | None], Generator]
"""From what is known of the model, and the bytes of its weights; None: it is found out."""


class _Draft(NamedTuple):
    model_id: str
    candidate: DraftCandidate
    traits: ModelTraits


class ServedModel:
    """Its generator is replaced when a step raised; counters and draft model are kept."""

    def __init__(
        self,
        make_generator: MakeGenerator,
        traits: ModelTraits | None,
        disk: DiskPrefixes | None,
        adapters: AdapterSet,
        *,
        has_lm_head: bool,
    ) -> None:
        """`traits`: what is known of the model already. `disk` is closed with this."""
        self.adapters = adapters
        self._make_generator = make_generator
        self._disk = disk
        self._has_lm_head = has_lm_head
        self._draft: _Draft | None = None
        self._past = Counters()
        """Of generators that were replaced."""
        self.generator = make_generator(traits, None)

    def submit(self, request: Request) -> None:
        """Queues a request; raises Refused."""
        self._require_lm_head()
        self.generator.submit(self._with_present_draft(request))

    def pool(self, stream_id: str, task: Task, listener: Listener) -> None:
        """Queues texts to be pooled; raises Refused."""
        if not isinstance(task, EmbedTexts | JudgePairs):
            self._require_lm_head()
        self.generator.pooler.submit(stream_id, task, listener)

    def cancel(self, stream_id: str) -> None:
        self.generator.cancel(stream_id)
        self.generator.pooler.cancel(stream_id)

    def attaching_draft(self, model_id: str, candidate: DraftCandidate) -> Slices[None]:
        """Has a model draft for this one; raises Refused."""
        traits = yield from self.generator.draft_slot.probing(candidate)
        # Of a generator that may have started over meanwhile.
        self.generator.draft_slot.attach(candidate, traits)
        self._draft = _Draft(model_id, candidate, traits)

    def detach_draft(self) -> None:
        """Lets requests go on without it and gives its memory back."""
        self._draft = None
        self.generator.draft_slot.detach()

    def add_adapter(self, name: str, directory: AdapterDirectory) -> Adapter:
        """Lets requests name an adapter, in place of one of that name.

        Raises Refused or RpcError.
        """
        self._require_lm_head()
        with failing_to_load(directory.path, directory.config):
            adapter = self.adapters.read(name, directory.key, read_adapter(directory))
        self.generator.adapter_slot.add(adapter)
        return adapter

    def start_over(self, failure: Failure, failed: int) -> None:
        """A generator that raised may hold half a step: replaces it.

        `failed`: requests that this ended.
        """
        self._past = self.stats().counters
        self._past.failed += failed
        self.generator.pooler.fail(failure)
        # One that starts over need not look at the model again.
        traits = self.generator.traits
        # What is in memory by now holds more than the model.
        weight_bytes = self.generator.settings.weight_bytes
        # Two at once may not fit in memory.
        del self.generator
        self.generator = self._make_generator(traits, weight_bytes)
        if self._draft is not None:
            self.generator.draft_slot.attach(self._draft.candidate, self._draft.traits)

    def stats(self) -> GeneratorStats:
        """Counters since the process started."""
        now = self.generator.stats()
        return GeneratorStats(add_counters(self._past, now.counters), now.rows, now.prefix_cache)

    def close(self, failure: Failure) -> None:
        """Ends what is being pooled and gives the model's memory back."""
        self.generator.pooler.fail(failure)
        self.generator.close()
        if self._disk is not None:
            self._disk.close()

    def _with_present_draft(self, request: Request) -> Request:
        """A draft model may be gone by now; the answer is the same without it."""
        present = None if self._draft is None else self._draft.model_id
        if request.draft_model in (None, present):
            return request
        return replace(request, draft_model=None)

    def _require_lm_head(self) -> None:
        if not self._has_lm_head:
            raise Refused(
                unsupported(
                    "The model has no head for a next token: it reads texts and writes none"
                )
            )
