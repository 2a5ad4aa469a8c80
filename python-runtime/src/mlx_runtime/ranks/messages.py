"""What the first process and each of the others say to each other, over pipes."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from ..generation.ranks.messages import Told
from ..wire import LoadParams


class Prepare(Struct, frozen=True, tag="prepare"):
    """Comes first: what MLX has to find when it is imported."""

    rank: int
    backend: str
    variables: dict[str, str]
    files: dict[str, str]
    """Contents of files, by the variables that are to name them."""
    listens_at: list[str]
    """IP:PORT each, where the others will look for it."""
    beat_seconds: float
    """Between signs of life."""


class Meet(Struct, frozen=True, tag="meet"):
    """All are ready: MLX is to find the others."""


class Load(Struct, frozen=True, tag="load"):
    params: LoadParams
    memory_bytes: int | None
    """Of this process; None: its device's."""
    ranks: int


class Serve(Struct, frozen=True, tag="serve"):
    """The model is tried out, unless what is known of it is said."""

    traits: str | None


class Begin(Struct, frozen=True, tag="begin"):
    """What the first process found out: all go by it."""

    traits: str


ToFollower: TypeAlias = Prepare | Meet | Load | Serve | Begin | Told


class Ready(Struct, frozen=True, tag="ready"):
    """Its imports are done."""


class Alive(Struct, frozen=True, tag="alive"):
    """Comes again and again, also while it computes."""


class Loaded(Struct, frozen=True, tag="loaded"):
    weight_bytes: int


class Failed(Struct, frozen=True, tag="failed"):
    message: str


class Memory(Struct, frozen=True, tag="memory"):
    """Comes instead of `Alive` once the model is loaded."""

    active_bytes: int
    peak_bytes: int


FromFollower: TypeAlias = Ready | Alive | Loaded | Failed | Memory
