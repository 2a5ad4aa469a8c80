"""What each method of the wire does. Runs on the reader thread and never waits."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from .. import __version__
from ..errors import (
    INVALID_REQUEST,
    SERVER_ERROR,
    RpcError,
    method_not_found,
    shutting_down,
)
from ..protocol.frames import RequestId
from ..wire import (
    PROTOCOL_VERSION,
    CancelParams,
    CreditParams,
    DetokenizeParams,
    EmbedParams,
    GenerateParams,
    InitializeParams,
    InitializeResult,
    LoadParams,
    Nothing,
    RerankParams,
    ScoreParams,
    StatsParams,
    TokenizeParams,
    WireDevice,
)
from .generation_loop import GenerationLoop
from .heartbeat import Activity
from .intake import Intake
from .loading import Loading
from .model_host import ModelHost
from .replies import Replies
from .statistics import stats_result
from .streams import StreamTable


class Methods:
    def __init__(
        self,
        *,
        loop: GenerationLoop,
        intake: Intake,
        loading: Loading,
        beside: Mapping[str, Callable[[RequestId, Any], None]],
        streams: StreamTable,
        activity: Activity,
        replies: Replies,
        ordered_replies: Replies,
        start_heartbeat: Callable[[float], None],
        begin_shutdown: Callable[[], None],
        malformed_frames: Callable[[], int],
    ) -> None:
        self._loop = loop
        self._intake = intake
        self._loading = loading
        self._beside = beside
        self._streams = streams
        self._activity = activity
        self._replies = replies
        self._ordered_replies = ordered_replies
        self._start_heartbeat = start_heartbeat
        self._begin_shutdown = begin_shutdown
        self._malformed_frames = malformed_frames
        self._initialized = False
        self._closing = False

    def request(self, id: RequestId, method: str, params: Any) -> None:
        """Starts to answer a request; every request gets exactly one answer."""
        with self._replies.failing(id):
            self._check_order(method)
            match params:
                case InitializeParams():
                    self._initialize(id, params)
                case LoadParams():
                    self._intake.post(lambda: self._loading.load(id, params))
                case _ if method in self._beside:
                    # Behind a load of the model that was asked for before.
                    self._intake.post(lambda: self._beside[method](id, params))
                case GenerateParams():
                    stream = self._streams.open(params.stream_id, id)
                    received = time.monotonic()
                    self._intake.post(lambda: self._intake.generate(stream, params, received))
                case TokenizeParams():
                    self._intake.post(lambda: self._intake.tokenize(id, params))
                case DetokenizeParams():
                    self._intake.post(lambda: self._intake.detokenize(id, params))
                case EmbedParams() | ScoreParams() | RerankParams():
                    text_stream = self._streams.open(params.stream_id, id)
                    self._intake.post(lambda: self._intake.pool(text_stream, params))
                case StatsParams():
                    self._loop.post(lambda host: self._stats(id, params, host))
                case _ if method == "shutdown":
                    self._shutdown(id)
                case _:
                    raise method_not_found(method)

    def notify(self, params: CancelParams | CreditParams) -> None:
        """Late notifications for streams that ended are normal and ignored."""
        stream_id = params.stream_id
        match params:
            case CancelParams():
                self._streams.cancel(
                    stream_id, lambda: self._loop.post(lambda host: host.cancel(stream_id))
                )
            case CreditParams(tokens=tokens):
                self._loop.post(lambda host: host.add_credit(stream_id, tokens))

    def _check_order(self, method: str) -> None:
        if self._closing:
            failure = shutting_down()
            raise RpcError(SERVER_ERROR, failure.message, type="shutting_down")
        if not self._initialized and method not in ("initialize", "shutdown"):
            raise RpcError(INVALID_REQUEST, f"Call `initialize` before `{method}`")

    def _initialize(self, id: RequestId, params: InitializeParams) -> None:
        if params.protocol_version != PROTOCOL_VERSION:
            raise RpcError(
                INVALID_REQUEST,
                f"{params.client.name} {params.client.version} speaks protocol version "
                f"{params.protocol_version}, mlx-runtime {__version__} speaks {PROTOCOL_VERSION}: "
                "install versions that belong together",
                type="protocol_version_mismatch",
                param="protocolVersion",
            )
        self._initialized = True
        self._start_heartbeat(params.heartbeat_interval_ms / 1000)

        def answer(host: ModelHost) -> None:
            self._ordered_replies.succeed(id, _description(host.device))

        self._loop.post(answer)

    def _stats(self, id: RequestId, params: StatsParams, host: ModelHost) -> None:
        result = stats_result(
            host.stats(),
            kv_use=host.kv_use(),
            memory=host.memory(),
            rank_bytes=host.rank_bytes(),
            uptime_ms=self._activity.uptime_ms,
            malformed_frames=self._malformed_frames(),
            kept_names=host.kept_names() if params.kept_blocks else None,
        )
        self._ordered_replies.succeed(id, result)

    def _shutdown(self, id: RequestId) -> None:
        self._closing = True

        def close(host: ModelHost) -> None:
            host.close()
            self._ordered_replies.succeed(id, Nothing())

        self._loop.post(close)
        self._begin_shutdown()


def _description(device: WireDevice) -> InitializeResult:
    return InitializeResult(
        protocol_version=PROTOCOL_VERSION,
        runtime_version=__version__,
        pid=os.getpid(),
        python_version=platform.python_version(),
        mlx_version=version("mlx"),
        mlx_lm_version=version("mlx-lm"),
        device=device,
    )
