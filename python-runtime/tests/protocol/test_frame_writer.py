"""Lines leave whole and in order, however slowly the other side reads."""

from __future__ import annotations

import os
import threading

from mlx_runtime.protocol.frame_writer import FrameWriter


def test_writers_on_several_threads_wait_for_a_slow_reader_and_lose_nothing() -> None:
    reading, writing = os.pipe()
    writer = FrameWriter(writing)
    lines = [f"{thread}:{index}:{'x' * 9000}\n" for thread in range(4) for index in range(20)]
    threads = [
        threading.Thread(target=_write, args=(writer, lines[n * 20 : n * 20 + 20]))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    received = b""
    while len(received) < sum(map(len, lines)):
        received += os.read(reading, 777)
    for thread in threads:
        thread.join()
    os.close(reading)
    os.close(writing)

    whole = received.decode().splitlines(keepends=True)
    assert sorted(whole) == sorted(lines)
    for thread in range(4):
        own = [line for line in whole if line.startswith(f"{thread}:")]
        assert own == lines[thread * 20 : thread * 20 + 20]


def test_a_reader_that_is_gone_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    writer = FrameWriter(writing)

    for _ in range(2):
        writer.write(b"{}\n")
    os.close(writing)


def _write(writer: FrameWriter, lines: list[str]) -> None:
    for line in lines:
        writer.write(line.encode())
