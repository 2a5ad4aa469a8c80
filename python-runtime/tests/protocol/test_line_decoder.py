"""Lines come out whole however the bytes are cut, in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlx_runtime.protocol.frames import LineDecoder

LINES = st.lists(st.binary(min_size=1, max_size=40).map(lambda b: b.replace(b"\n", b"") or b"x"))


@given(LINES, st.lists(st.integers(min_value=1, max_value=7), min_size=1))
def test_any_cut_gives_the_same_lines(lines: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    decoder = LineDecoder()
    received: list[bytes] = []
    position = index = 0
    while position < len(stream):
        size = sizes[index % len(sizes)]
        received += decoder.feed(stream[position : position + size])
        position, index = position + size, index + 1

    assert received == [line for line in lines if line.strip()]
    assert decoder.oversized == 0


def test_a_line_over_the_cap_is_dropped_and_the_next_one_read() -> None:
    decoder = LineDecoder(max_bytes=10)

    assert decoder.feed(b"123456789\n1234567890\nok\n") == [b"123456789", b"ok"]
    assert decoder.oversized == 1


def test_a_line_without_end_holds_no_memory_and_counts_once() -> None:
    decoder = LineDecoder(max_bytes=1000)
    for _ in range(5000):
        assert decoder.feed(b"x" * 999) == []
        assert len(decoder._partial) < 1000  # pyright: ignore[reportPrivateUsage]

    assert decoder.feed(b"\nnext\n") == [b"next"]
    assert decoder.oversized == 1
