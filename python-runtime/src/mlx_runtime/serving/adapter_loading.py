"""The methods `loadAdapter` and `unloadAdapter`: low-rank adapters beside the model."""

from __future__ import annotations

from ..model.adapters import open_adapter_directory
from ..protocol.frames import RequestId
from ..wire import LoadAdapterParams, LoadAdapterResult, Nothing, UnloadAdapterParams
from .generation_loop import GenerationLoop
from .replies import Replies

ADAPTER_METHODS = {"loadAdapter", "unloadAdapter"}


class AdapterLoading:
    """Runs on the intake thread, so that requests behind a load find the adapter in place."""

    def __init__(self, loop: GenerationLoop, replies: Replies) -> None:
        self._loop = loop
        self._replies = replies

    def answer(self, id: RequestId, params: LoadAdapterParams | UnloadAdapterParams) -> None:
        with self._replies.failing(id):
            match params:
                case LoadAdapterParams():
                    self._replies.succeed(id, self._load(params))
                case UnloadAdapterParams(name=name):
                    self._loop.call(lambda host: host.unload_adapter(name)).result()
                    self._replies.succeed(id, Nothing())

    def _load(self, params: LoadAdapterParams) -> LoadAdapterResult:
        directory = open_adapter_directory(params.path)
        loading = self._loop.call(lambda host: host.load_adapter(params.name, directory))
        adapter = loading.result()
        return LoadAdapterResult(rank=adapter.rank, memory_bytes=adapter.nbytes)
