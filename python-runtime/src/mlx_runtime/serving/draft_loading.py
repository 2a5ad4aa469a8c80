"""The methods `checkDraft`, `loadDraft` and `unloadDraft`: a second model beside the first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeAlias

from ..errors import RpcError, invalid_param, model_not_loaded
from ..model.directory import ModelDirectory, load_failed, open_model_directory
from ..model.draft_fit import DraftSide, Fit, fit_of
from ..model.unloaded_model import UnloadedModel
from ..protocol.frames import RequestId
from ..text.load_tokenizer import UnusableTokenizer, load_tokenizer
from ..wire import CheckDraftParams, CheckDraftResult, LoadDraftParams, LoadDraftResult, Nothing
from .generation_loop import GenerationLoop
from .replies import Replies

DraftParams: TypeAlias = CheckDraftParams | LoadDraftParams | Nothing
DRAFT_METHODS = {"checkDraft", "loadDraft", "unloadDraft"}


class DraftLoading:
    """Has a thread of its own: neither running requests nor new ones wait while a model loads."""

    def __init__(self, loop: GenerationLoop, replies: Replies) -> None:
        self._loop = loop
        self._replies = replies
        self._target: DraftSide | None = None
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def start(self) -> None:
        threading.Thread(target=self._run, name="drafts", daemon=True).start()

    def serve(self, target: DraftSide) -> None:
        """From now on drafts are for this model."""
        self._target = target

    def post(self, id: RequestId, params: DraftParams) -> None:
        """Answers a request behind those that were posted before."""
        self._jobs.put(lambda: self._answer(id, params))

    def _run(self) -> None:
        while True:
            self._jobs.get()()

    def _answer(self, id: RequestId, params: DraftParams) -> None:
        with self._replies.failing(id):
            match params:
                case CheckDraftParams():
                    result = self._check(params)
                case LoadDraftParams():
                    result = self._load(params)
                case _:
                    self._loop.call(lambda host: host.unload_draft()).result()
                    result = Nothing()
            self._replies.succeed(id, result)

    def _check(self, params: CheckDraftParams) -> CheckDraftResult:
        unloaded, fit = self._examine(open_model_directory(params.path))
        return CheckDraftResult(
            architecture=unloaded.architecture,
            context_length=unloaded.context_length,
            vocab_size=unloaded.vocab_size,
            parameter_count=unloaded.parameter_count,
            errors=fit.errors,
            warnings=fit.warnings,
        )

    def _load(self, params: LoadDraftParams) -> LoadDraftResult:
        started = time.monotonic()
        directory = open_model_directory(params.path)
        unloaded, fit = self._examine(directory)
        if fit.errors:
            raise _misfit(fit)
        loaded = self._loop.spread(lambda host: host.loading_draft(directory, params)).result()
        return LoadDraftResult(
            architecture=unloaded.architecture,
            context_length=loaded.context_length,
            vocab_size=loaded.vocab_size,
            parameter_count=loaded.parameter_count,
            weight_bytes=loaded.weight_bytes,
            load_ms=(time.monotonic() - started) * 1000,
            weights=loaded.weights,
            warnings=fit.warnings,
        )

    def _examine(self, directory: ModelDirectory) -> tuple[UnloadedModel, Fit]:
        if self._target is None:
            raise model_not_loaded()
        inspecting = self._loop.call(lambda host: host.inspect(directory))
        try:
            tokenizer = load_tokenizer(directory.path).tokenizer
        except UnusableTokenizer as error:
            raise load_failed(str(error)) from error
        unloaded, can_roll_back = inspecting.result()
        draft = DraftSide(
            tokenizer.vocabulary,
            unloaded.parameter_count,
            unloaded.context_length,
            can_roll_back,
            unloaded.has_lm_head,
        )
        return unloaded, fit_of(self._target, draft)


def _misfit(fit: Fit) -> RpcError:
    return invalid_param("model", "; ".join(fit.errors))
