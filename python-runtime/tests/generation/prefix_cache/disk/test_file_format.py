"""A file that is damaged anywhere is recognised."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlx_runtime.generation.prefix_cache.disk.file_format import (
    Damaged,
    block_name,
    encode_head,
    make_head,
    read_head,
    read_payload,
)

PAYLOAD = [b"first part", b"", b"second"]


def whole_file() -> bytes:
    head = make_head(
        tenant="t",
        tokens=np.arange(40, dtype=np.int32),
        begin=30,
        outline=[None, 3],
        payload=PAYLOAD,
    )
    return encode_head(head) + b"".join(PAYLOAD)


def read(content: bytes) -> tuple[object, bytes]:
    file = io.BytesIO(content)
    head = read_head(file)
    return head, read_payload(file, head)


def test_what_was_written_is_read() -> None:
    file = io.BytesIO(whole_file())
    head = read_head(file)
    assert (head.tenant, head.begin, head.outline) == ("t", 30, [None, 3])
    np.testing.assert_array_equal(head.tokens, np.arange(40))
    assert read_payload(file, head) == b"".join(PAYLOAD)


@given(st.integers(0, len(whole_file()) - 1), st.integers(1, 255))
@example(place=12, change=1)
def test_any_changed_byte_is_noticed(place: int, change: int) -> None:
    content = bytearray(whole_file())
    content[place] ^= change
    with pytest.raises(Damaged):
        read(bytes(content))


@given(st.integers(0, len(whole_file()) - 1))
def test_any_shorter_file_is_noticed(length: int) -> None:
    with pytest.raises(Damaged):
        read(whole_file()[:length])


def test_a_longer_file_is_noticed() -> None:
    with pytest.raises(Damaged):
        read(whole_file() + b"x")


def test_the_name_is_the_block_s_own() -> None:
    names = {
        block_name(tenant, np.array(tokens, dtype=np.int32), begin)
        for tenant in ("a", "b")
        for tokens in ([1, 2], [1, 3])
        for begin in (0, 1)
    }
    assert len(names) == 8
