"""The adapters that requests may name beside the model that answers."""

from __future__ import annotations

from ..model.adapters import Adapter, AdapterSet
from .freed_memory import FreedMemory
from .parts import Parts
from .refusal import adapter_too_large, cannot_adapt, no_such_adapter
from .steps import Runner


class AdapterSlot:
    """Every method must be called on the generator's thread."""

    def __init__(
        self, parts: Parts, runner: Runner, adapters: AdapterSet | None, freed: FreedMemory
    ) -> None:
        """`adapters`: None: there can be none. `freed`: told when an adapter goes."""
        self._kv_budget = parts.kv_budget
        self._runner = runner
        self._adapters = adapters
        self._freed = freed
        self._reserve()

    def add(self, adapter: Adapter) -> None:
        """Lets requests name an adapter of the model; raises Refused."""
        adapters = self._require()
        room = self._kv_budget.room
        if room is not None and adapter.nbytes > room:
            raise adapter_too_large(adapter.nbytes, room)
        with self._runner.stream():
            uncalled = self._runner.find_uncalled(adapter)
        if uncalled is not None:
            raise cannot_adapt(uncalled)
        adapters.add(adapter)
        self._reserve()

    def remove(self, name: str) -> None:
        """Requests may no longer name it; those that run with it go on."""
        self._require().remove(name)
        self._reserve()
        self._freed.clear()

    def find(self, name: str | None) -> Adapter | None:
        """The adapter that a request names, if it names one; raises Refused."""
        if name is None:
            return None
        adapters = self._require()
        adapter = adapters.get(name)
        if adapter is None:
            raise no_such_adapter(name, adapters.names)
        return adapter

    def _require(self) -> AdapterSet:
        if self._adapters is None:
            raise RuntimeError("the generator was made without adapters")
        return self._adapters

    def _reserve(self) -> None:
        if self._adapters is not None:
            self._kv_budget.reserve_for_adapters(self._adapters.nbytes)
