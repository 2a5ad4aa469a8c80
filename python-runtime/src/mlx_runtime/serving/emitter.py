"""Turns steps into frames: text from tokens, stop texts, one frame for all rows of a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from queue import SimpleQueue

from ..protocol.frames import notification
from ..requests import PrefillProgress, StepOutput
from ..wire import TokensParams, WireFinish, WireTokenRow
from .rows_on_wire import finish_by_stop_sequence, wire_finish, wire_logprobs, wire_progress
from .streams import Stream, StreamTable

StepResults = Sequence[StepOutput | PrefillProgress]


class Emitter:
    """Runs on a thread of its own; `post` never blocks the generation thread.

    The queue stays short: a row without credit produces nothing, and credit
    comes from a consumer that has read what was sent.
    """

    def __init__(
        self,
        streams: StreamTable,
        write: Callable[[bytes], None],
        finish_row: Callable[[str], None],
    ) -> None:
        """`finish_row` ends a row whose stop text was found, from any thread."""
        self._streams = streams
        self._write = write
        self._finish_row = finish_row
        self._queue: SimpleQueue[StepResults | bytes | None] = SimpleQueue()

    def post(self, item: StepResults | bytes) -> None:
        """A finished line, or the results of a step; they leave in this order."""
        self._queue.put(item)

    def stop(self) -> None:
        """Ends `run` once everything posted before was written."""
        self._queue.put(None)

    def run(self) -> None:
        while (item := self._queue.get()) is not None:
            if isinstance(item, bytes):
                self._write(item)
            else:
                self._emit(item)

    def _emit(self, results: StepResults) -> None:
        rows: list[WireTokenRow] = []
        for result in results:
            if isinstance(result, PrefillProgress):
                self._write(notification("progress", wire_progress(result)))
            elif (row := self._row(result)) is not None:
                rows.append(row)
        if rows:
            self._write(notification("tokens", TokensParams(rows=tuple(rows))))

    def _row(self, output: StepOutput) -> WireTokenRow | None:
        stream = self._streams.find(output.stream_id)
        if stream is None or stream.text is None or stream.tokenizer is None:
            return None
        token = None if stream.text.stop_sequence is not None else output.token
        if token is None and output.finish is None:
            return None
        text = "" if token is None else stream.text.push(token)
        if stream.text.stop_sequence is not None and output.finish is None:
            self._finish_row(stream.id)
        finish = self._finish(stream, output)
        if finish is not None and finish.reason in ("stop", "length"):
            text += stream.text.flush()
        return WireTokenRow(
            stream_id=stream.id,
            text=text,
            tokens=() if token is None else (token,),
            logprobs=None if token is None else wire_logprobs(output, stream.tokenizer),
            finish=finish,
        )

    def _finish(self, stream: Stream, output: StepOutput) -> WireFinish | None:
        if output.finish is None or stream.text is None:
            return None
        self._streams.close(stream)
        stop = stream.text.stop_sequence
        if stop is not None:
            return finish_by_stop_sequence(output.finish, stop, stream.text.token_count)
        return wire_finish(output.finish)
