"""The methods that read texts and generate nothing: `embed`, `score` and `rerank`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec

from ..errors import SERVER_ERROR, Failure, RpcError, cancelled
from ..generation import Listener
from ..pooling import Result
from .generation_loop import GenerationLoop
from .model_host import ModelHost
from .pooling_on_wire import PoolingParams, PreparedTexts, TextModel, prepare
from .replies import Replies
from .streams import Stream, StreamTable


class PoolingRequests:
    """`read` runs on the intake thread, and so does what turns results into frames."""

    def __init__(
        self,
        loop: GenerationLoop,
        streams: StreamTable,
        replies: Replies,
        ordered_replies: Replies,
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        """`post` runs a job on the intake thread."""
        self._loop = loop
        self._streams = streams
        self._replies = replies
        self._ordered_replies = ordered_replies
        self._post = post

    def pool(self, stream: Stream, params: PoolingParams, model: Callable[[], TextModel]) -> None:
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
            self._ordered_replies.refuse(stream.request_id, failure)

        with self._failing(self._ordered_replies, stream):
            host.pool(stream.id, prepared.task, Listener(done, failed))

    def _answer(
        self, stream: Stream, answer: Callable[[Result], msgspec.Struct], result: Result
    ) -> None:
        with self._failing(self._ordered_replies, stream):
            body = answer(result)
            self._streams.close(stream)
            self._ordered_replies.succeed(stream.request_id, body)

    def _failing(self, replies: Replies, stream: Stream):
        return replies.failing(stream.request_id, partial(self._streams.close, stream))
