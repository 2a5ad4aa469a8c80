"""The streams that are being served, shared by all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import INVALID_PARAMS, RpcError
from ..protocol.frames import RequestId
from ..text.tokenizer import Tokenizer
from .output_text import OutputText
from .prediction import Prediction


@dataclass(slots=True, eq=False)
class Stream:
    id: str
    request_id: RequestId
    cancelled: bool = False
    text: OutputText | None = None
    """Set before the sequence is submitted, then used by the emitter alone."""
    tokenizer: Tokenizer | None = None
    prediction: Prediction | None = None
    """Of a request that brought one; used by the emitter alone."""


class StreamTable:
    """A stream is open from its `generate` frame to its last frame."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: dict[str, Stream] = {}

    def open(self, stream_id: str, request_id: RequestId) -> Stream:
        """Raises RpcError `duplicate_stream`."""
        with self._lock:
            if stream_id in self._streams:
                raise RpcError(
                    INVALID_PARAMS,
                    f"Stream '{stream_id}' is already being served: use a new id",
                    type="duplicate_stream",
                    param="streamId",
                )
            stream = self._streams[stream_id] = Stream(stream_id, request_id)
            return stream

    def find(self, stream_id: str) -> Stream | None:
        return self._streams.get(stream_id)

    def close(self, stream: Stream) -> None:
        with self._lock:
            self._streams.pop(stream.id, None)

    def submit(self, stream: Stream, post: Callable[[], None]) -> bool:
        """Posts the stream's sequence unless it was cancelled while it was prepared."""
        with self._lock:
            if not stream.cancelled:
                post()
            return not stream.cancelled

    def cancel(self, stream_id: str, post: Callable[[], None]) -> None:
        """Posts the cancellation, which thus follows the sequence if that was posted."""
        with self._lock:
            stream = self._streams.get(stream_id)
            if stream is not None:
                stream.cancelled = True
                post()
