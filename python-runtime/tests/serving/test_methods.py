"""What becomes of a request that reaches the table of methods."""

from __future__ import annotations

import json
from typing import Any, cast

from mlx_runtime.serving.methods import Methods
from mlx_runtime.serving.replies import Replies
from mlx_runtime.wire import PROTOCOL_VERSION, InitializeParams, InitializeParamsClient


class Ignored:
    """Stands for a collaborator that has nothing to do here."""

    def __getattr__(self, name: str) -> Any:
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    pass


def test_a_method_that_nobody_handles_is_an_error_and_ends_nothing() -> None:
    lines: list[bytes] = []
    ended: list[bool] = []
    ignored = cast("Any", Ignored())
    methods = Methods(
        loop=ignored,
        intake=ignored,
        loading=ignored,
        beside={},
        streams=ignored,
        activity=ignored,
        replies=Replies(lines.append),
        ordered_replies=ignored,
        start_heartbeat=lambda _: None,
        begin_shutdown=lambda: ended.append(True),
        malformed_frames=lambda: 0,
    )
    methods.request(1, "initialize", INITIALIZE)

    methods.request(2, "brandNew", object())

    assert [json.loads(line)["error"]["code"] for line in lines] == [-32601]
    assert ended == []


INITIALIZE = InitializeParams(
    protocol_version=PROTOCOL_VERSION,
    client=InitializeParamsClient(name="test", version="1"),
    heartbeat_interval_ms=1000,
)
