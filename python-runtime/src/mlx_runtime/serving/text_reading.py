"""The methods that read texts and generate nothing: `embed`, `score` and `rerank`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec

from ..errors import SERVER_ERROR, Failure, RpcError, cancelled
from ..generation import Listener
from ..pooling import Result
from ..wire import EmbedParams, RerankParams, ScoreParams
from .emitter import Emitter
from .generation_loop import GenerationLoop
from .model_host import ModelHost
from .replies import Replies
from .streams import Stream, StreamTable
from .texts_on_wire import PreparedTexts, TextModel, prepare

ReadParams = EmbedParams | ScoreParams | RerankParams


class TextReading:
    """`read` runs on the intake thread, and so does what turns results into frames."""

    def __init__(
        self,
        loop: GenerationLoop,
        emitter: Emitter,
        streams: StreamTable,
        replies: Replies,
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        """`post` runs a job on the intake thread."""
        self._loop = loop
        self._streams = streams
        self._replies = replies
        self._late_replies = Replies(emitter.post)
        self._post = post

    def read(self, stream: Stream, params: ReadParams, model: Callable[[], TextModel]) -> None:
        with self._failing(self._replies, stream):
            prepared = prepare(params, model())
            submit = partial(self._submit, stream, prepared)
            if not self._streams.submit(stream, lambda: self._loop.post(submit)):
                raise RpcError(SERVER_ERROR, cancelled().message)

    def _submit(self, stream: Stream, prepared: PreparedTexts, host: ModelHost) -> None:
        def done(result: Result) -> None:
            self._post(partial(self._answer, stream, prepared.answer, result))

        def failed(failure: Failure) -> None:
            self._streams.close(stream)
            self._late_replies.refuse(stream.request_id, failure)

        with self._failing(self._late_replies, stream):
            host.read(stream.id, prepared.task, Listener(done, failed))

    def _answer(
        self, stream: Stream, answer: Callable[[Result], msgspec.Struct], result: Result
    ) -> None:
        with self._failing(self._late_replies, stream):
            body = answer(result)
            self._streams.close(stream)
            self._late_replies.succeed(stream.request_id, body)

    def _failing(self, replies: Replies, stream: Stream):
        return replies.failing(stream.request_id, partial(self._streams.close, stream))
