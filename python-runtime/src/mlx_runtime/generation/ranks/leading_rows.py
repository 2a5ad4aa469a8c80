"""Keys and values of the first rank's share, each copy of which the other ranks make too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..kv_cache.layer_caches import Caches, LayerCache
from ..kv_cache.token_blocks import BLOCK_TOKENS, RowKV, States, TokenBlock
from .messages import BlockPart, CopyRow, KeepBlocks, KeepStates, Row, SplitBlock
from .telling import Held, Telling


@dataclass(frozen=True, slots=True, eq=False)
class LeadingBlock(TokenBlock):
    """A block, or a part of one, that the other ranks hold as well."""

    held: Held
    begin: int
    """Tokens of the held block before its own."""
    telling: Telling

    def as_part(self) -> BlockPart:
        return BlockPart(self.held.number, self.begin, self.length)

    def part(self, begin: int, end: int) -> LeadingBlock:
        block = TokenBlock.part(self, begin, end)
        return self._like(block, self.held, self.begin + begin)

    def split(self, at: int) -> tuple[LeadingBlock, LeadingBlock]:
        first, rest = self.telling.hold(), self.telling.hold()
        self.telling.tell(SplitBlock(self.held.number, at, first.number, rest.number))
        halves = TokenBlock.part(self, 0, at), TokenBlock.part(self, at, self.length)
        return self._like(halves[0].compact(), first, 0), self._like(halves[1].compact(), rest, 0)

    def _like(self, block: TokenBlock, held: Held, begin: int) -> LeadingBlock:
        return LeadingBlock(block.layers, block.length, held, begin, self.telling)


class LeadingStates(list["LayerCache | None"]):
    """Copies of caches that the other ranks hold as well."""

    def __init__(self, states: States, held: Held) -> None:
        super().__init__(states)
        self.held = held


class LeadingRow(RowKV):
    def __init__(self, row: RowKV, place: Row, telling: Telling) -> None:
        """`place`: where the other ranks find the same row."""
        super().__init__(row.caches, row.index)
        self._place = place
        self._telling = telling

    def copy(self, surplus: int = 0) -> Caches:
        self._telling.tell(CopyRow(self._without(surplus)))
        return super().copy(surplus)

    def cut_back(self, surplus: int) -> RowKV:
        return LeadingRow(super().cut_back(surplus), self._without(surplus), self._telling)

    def blocks(self, begin: int, end: int) -> list[TokenBlock]:
        held = [self._telling.hold() for _ in range(_number_of_blocks(begin, end))]
        numbers = [each.number for each in held]
        self._telling.tell(KeepBlocks(self._place, begin, end, numbers))
        return [
            LeadingBlock(block.layers, block.length, own, 0, self._telling)
            for block, own in zip(super().blocks(begin, end), held, strict=True)
        ]

    def copy_states(self, blocks: Sequence[TokenBlock]) -> States | None:
        states = super().copy_states(blocks)
        if states is None:
            return None
        held = self._telling.hold()
        numbers = [block.held.number for block in blocks if isinstance(block, LeadingBlock)]
        self._telling.tell(KeepStates(self._place, numbers, held.number))
        return LeadingStates(states, held)

    def _without(self, surplus: int) -> Row:
        place = self._place
        return Row(place.place, place.of_pass, place.surplus + surplus)


def _number_of_blocks(begin: int, end: int) -> int:
    """They are cut at multiples of `BLOCK_TOKENS`."""
    return 0 if end <= begin else (end - 1) // BLOCK_TOKENS - begin // BLOCK_TOKENS + 1
