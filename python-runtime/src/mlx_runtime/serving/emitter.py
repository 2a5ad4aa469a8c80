"""Turns steps into frames: text from tokens, stop texts, one frame for all rows of a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from queue import SimpleQueue

from ..protocol.frames import notification
from ..requests import PrefillProgress, StepOutput
from ..wire import TokensParams, WireFinish, WireTokenRow
from .output_text import OutputText
from .rows_on_wire import (
    finish_early,
    row_source,
    wire_finish,
    wire_progress,
    wire_rows,
    with_parts,
    with_prediction,
)
from .streams import Stream, StreamTable

StepResults = Sequence[StepOutput | PrefillProgress]


class Emitter:
    """Runs on a thread of its own; `post` never blocks the generation thread.

    The queue stays short: a sequence without credit produces nothing, and credit
    comes from a consumer that has read what was sent.
    """

    def __init__(
        self,
        streams: StreamTable,
        write: Callable[[bytes], None],
        end_sequence: Callable[[str], None],
    ) -> None:
        """`end_sequence` ends one whose stop text was found, from any thread."""
        self._streams = streams
        self._write = write
        self._end_sequence = end_sequence
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
            else:
                rows.extend(self._rows(result))
        if rows:
            self._write(notification("tokens", TokensParams(rows=tuple(rows))))

    def _rows(self, output: StepOutput) -> Sequence[WireTokenRow]:
        stream = self._streams.find(output.stream_id)
        if stream is None or stream.text is None or stream.tokenizer is None:
            return ()
        token = None if stream.text.is_complete else output.token
        if token is None and output.finish is None:
            return ()
        if token is not None and stream.prediction is not None:
            stream.prediction.push(token)
        source = row_source(output, token, stream.tokenizer)
        parts = [] if token is None else stream.text.push(token)
        if stream.text.is_complete and output.finish is None:
            self._end_sequence(stream.id)
        finish = self._finish(stream, stream.text, output)
        if finish is None:
            return wire_rows(stream.id, parts, source)
        if finish.reason in ("stop", "length") and not stream.text.is_complete:
            parts += stream.text.flush(cut=finish.reason == "length")
        return wire_rows(stream.id, parts, source, with_parts(finish, stream.text))

    def _finish(self, stream: Stream, text: OutputText, output: StepOutput) -> WireFinish | None:
        if output.finish is None:
            return None
        self._streams.close(stream)
        if text.is_complete:
            finish = finish_early(output.finish, text.stop_sequence, text.token_count)
        else:
            finish = wire_finish(output.finish)
        return finish if stream.prediction is None else with_prediction(finish, stream.prediction)
