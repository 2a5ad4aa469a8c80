"""One file per block of a prefix: a head that says what it is, then the block's bytes.

    magic | lengths of head and JSON, 4 bytes each | digest, 16 bytes | head | payload

The head is JSON, followed by the tokens as little-endian 32-bit integers: those of the
prefix up to the block's end. It holds the payload's size and digest. The digest before it
covers the head and where its JSON ends. The head can be read without the payload.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"MLXPFX2\n"
_FIXED = struct.Struct("<8sII16s")
_DIGEST_BYTES = 16
_LARGEST_HEAD = 64 * 2**20


class Damaged(Exception):
    """A file is not what a writer of ours finished."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    tenant: str
    """A digest: names of tenants are not written down."""
    tokens: NDArray[np.int32]
    begin: int
    """The block's first token; all of `tokens` come before a checkpoint."""
    outline: Any
    """The shape of the payload, as `layers.describe` gives it."""
    payload_bytes: int
    payload_digest: str

    @property
    def name(self) -> str:
        """Equal for equal blocks of equal prefixes, whichever process keeps them."""
        return block_name(self.tenant, self.tokens, self.begin)

    @property
    def is_checkpoint(self) -> bool:
        return self.begin == len(self.tokens)


def block_name(tenant: str, tokens: NDArray[np.int32], begin: int) -> str:
    """`tokens`: of the prefix up to the block's end, (tokens,)."""
    return digest([tenant.encode(), begin.to_bytes(4, "little"), tokens.tobytes()])


def digest(parts: Iterable[bytes | memoryview]) -> str:
    """A 128-bit BLAKE2b digest, hexadecimal."""
    state = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        state.update(part)
    return state.hexdigest()


def encode_head(head: Head) -> bytes:
    """Everything before the payload."""
    facts = json.dumps(
        {
            "tenant": head.tenant,
            "begin": head.begin,
            "outline": head.outline,
            "bytes": head.payload_bytes,
            "digest": head.payload_digest,
        },
        separators=(",", ":"),
    ).encode()
    body = facts + head.tokens.astype("<i4").tobytes()
    check = _head_digest(body, len(facts))
    return _FIXED.pack(_MAGIC, len(body), len(facts), check) + body


def read_head(file: BinaryIO) -> Head:
    """Raises Damaged; leaves the file at the payload."""
    fixed = file.read(_FIXED.size)
    if len(fixed) < _FIXED.size:
        raise Damaged("the file is too short")
    magic, length, facts_length, check = _FIXED.unpack(fixed)
    if magic != _MAGIC or not facts_length <= length <= _LARGEST_HEAD:
        raise Damaged("not a kept prefix")
    body = file.read(length)
    if len(body) < length or _head_digest(body, facts_length) != check:
        raise Damaged("the head's checksum does not match")
    facts = json.loads(body[:facts_length])
    return Head(
        tenant=facts["tenant"],
        tokens=np.frombuffer(body, dtype="<i4", offset=facts_length).astype(np.int32),
        begin=facts["begin"],
        outline=facts["outline"],
        payload_bytes=facts["bytes"],
        payload_digest=facts["digest"],
    )


def _head_digest(body: bytes, facts_length: int) -> bytes:
    return bytes.fromhex(digest([facts_length.to_bytes(4, "little"), body]))


def read_payload(file: BinaryIO, head: Head) -> bytes:
    """What follows the head. Raises Damaged."""
    payload = file.read(head.payload_bytes + 1)
    if len(payload) != head.payload_bytes or digest([payload]) != head.payload_digest:
        raise Damaged("the payload's checksum does not match")
    return payload


def make_head(
    *, tenant: str, tokens: NDArray[np.int32], begin: int, outline: Any, payload: Sequence[bytes]
) -> Head:
    """`tokens`: of the prefix up to the block's end, (tokens,)."""
    return Head(
        tenant=tenant,
        tokens=tokens,
        begin=begin,
        outline=outline,
        payload_bytes=sum(len(part) for part in payload),
        payload_digest=digest(payload),
    )
