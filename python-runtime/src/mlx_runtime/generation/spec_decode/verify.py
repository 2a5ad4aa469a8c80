"""Drafted tokens hold while the model chooses them itself.

At each position the row's next token is chosen exactly as without drafts: after
the same edits, with the draw of that position. A drafted token that equals it
was fed already, so the choice behind it counts too. So drafts never change
what a row says, at any temperature, only how many passes it takes.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..decode_batch import Flight
from ..output_processor import OutputProcessor
from ..sample import SampledTokens
from ..sequence import Row


def emit_rows(output_processor: OutputProcessor, choices: SampledTokens, flight: Flight) -> int:
    """Emits what a pass chose, for rows that are still wanted; how many tokens that was."""
    before = output_processor.counters.generated_tokens
    for index, row in enumerate(flight.rows):
        if not row.ended:
            draft = flight.drafts[index] if flight.drafts else ()
            _emit_row(output_processor, choices, index, row, draft)
    return output_processor.counters.generated_tokens - before


def _emit_row(
    output_processor: OutputProcessor,
    choices: SampledTokens,
    index: int,
    row: Row,
    draft: Sequence[int],
) -> None:
    """Emits what a pass chose for one row, up to its first choice that was not drafted."""
    row.drafted += len(draft)
    output_processor.counters.drafted_tokens += len(draft)
    for position, drafted in enumerate([*draft, None]):
        choice = choices.at(index, position)
        holds = choice is not None and choice.token == drafted
        if holds and drafted not in row.stop_ids:
            row.accepted += 1
            output_processor.counters.accepted_tokens += 1
        output_processor.emit(row, choice)
        if row.ended or not holds:
            return
