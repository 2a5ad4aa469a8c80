"""The adapters that are loaded beside a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import mlx.core as mx

from .adapted_layers import AdaptedExperts, AdaptedSwitch
from .fitted import fitted
from .low_rank import Adapter, LowRank
from .row_adapters import RowAdapters, Scope
from .stacks import Stacks, stacked_bytes
from .target_layers import SWITCHES, Target, find_targets


class AdapterSet:
    """A layer is touched when an adapter changes it for the first time; the others cost nothing.

    An adapter that was removed goes on to serve the rows that have it.
    """

    def __init__(self, model: Any) -> None:
        """`model`: of mlx-lm, without adapters."""
        self._model = model
        self._targets: dict[str, Target] | None = None
        self._adapted: set[str] = set()
        self._scope = Scope()
        self._adapters: dict[str, Adapter] = {}
        self._latest: RowAdapters | None = None
        self._stacks: Stacks | None = None

    def get(self, name: str) -> Adapter | None:
        return self._adapters.get(name)

    @property
    def names(self) -> Sequence[str]:
        return tuple(self._adapters)

    @property
    def nbytes(self) -> int:
        """Bytes of all adapters, and of the stacks that rows with several of them need."""
        adapters = list(self._adapters.values())
        own = sum(adapter.nbytes for adapter in adapters)
        return own if len(adapters) < len(("one", "other")) else own + stacked_bytes(adapters)

    def read(self, name: str, key: str, layers: Mapping[str, LowRank]) -> Adapter:
        """An adapter for this model, computed; raises RpcError `model_load_failed`."""
        if self._targets is None:
            self._targets = find_targets(self._model)
        adapter = Adapter(name, key, fitted(layers, self._targets))
        mx.eval([layer.arrays for layer in adapter.layers.values()])  # pyright: ignore[reportUnknownMemberType]
        self._adapt(adapter.layers)
        return adapter

    def add(self, adapter: Adapter) -> None:
        """Lets requests name it; in place of one of the same name."""
        self._adapters[adapter.name] = adapter

    def remove(self, name: str) -> None:
        self._adapters.pop(name, None)
        self._latest = self._stacks = None

    def using(self, rows: Sequence[Adapter | None]) -> AbstractContextManager[None]:
        """Has everything that is built inside compute each row with its adapter."""
        if not any(rows):
            return nullcontext()
        if self._latest is None or self._latest.rows != tuple(rows):
            self._latest = self._of(rows)
        return self._scope.of(self._latest)

    def uncalled(self, adapter: Adapter) -> Sequence[str]:
        """Layers of it that no pass for a row with an adapter has called so far."""
        return sorted(set(adapter.layers) - self._scope.called)

    def _of(self, rows: Sequence[Adapter | None]) -> RowAdapters:
        if all(row is rows[0] for row in rows):
            return RowAdapters(rows, None)
        return RowAdapters(rows, self._stacks_of([row for row in rows if row is not None]))

    def _stacks_of(self, rows: Sequence[Adapter]) -> Stacks:
        """Those that are there where they hold all and not many more: what is not needed is
        computed for nothing, and they take a while to build."""
        adapters = sorted(set(rows), key=lambda adapter: adapter.name)
        present = () if self._stacks is None else self._stacks.adapters
        fits = set(adapters).issubset(present) and len(present) <= 2 * len(adapters)
        if self._stacks is not None and fits:
            return self._stacks
        # The old ones go first: there may not be room for both.
        self._stacks = None
        kept = [adapter for adapter in present if adapter not in adapters and self._has(adapter)]
        self._stacks = Stacks([*adapters, *kept[: len(adapters) // 2]])
        return self._stacks

    def _has(self, adapter: Adapter) -> bool:
        return self._adapters.get(adapter.name) is adapter

    def _adapt(self, paths: Iterable[str]) -> None:
        targets = self._targets or {}
        for path in paths:
            if path in self._adapted:
                continue
            target = targets[path]
            if target.adapted is AdaptedExperts:
                self._adapt_switch(path.rpartition(".")[0], target.parent)
            setattr(target.parent, target.key, target.adapted(target.layer, path, self._scope))
            self._adapted.add(path)

    def _adapt_switch(self, path: str, switch: Any) -> None:
        if path in self._adapted or type(switch) not in SWITCHES:
            return
        parent: Any = self._model
        *names, key = path.split(".")
        for name in names:
            parent = parent[int(name)] if name.isdecimal() else getattr(parent, name)
        setattr(parent, key, AdaptedSwitch(switch, path, self._scope))
        self._adapted.add(path)
