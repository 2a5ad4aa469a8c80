"""Drafted tokens are accepted while the model samples them itself.

At each position the sequence's next token is sampled exactly as without drafts: after
the same penalties, with the draw of that position. A drafted token that equals it
was fed already, so the token sampled behind it counts too. So drafts never change
what a sequence says, at any temperature, only how many steps it takes.
"""

from __future__ import annotations

from collections import abc

from ..output_processor import OutputProcessor
from ..sequence import Sequence
from ..steps import DecodeStep, SampledTokens


def emit_accepted(outputs: OutputProcessor, sampled: SampledTokens, step: DecodeStep) -> int:
    """Emits what a step sampled, for sequences that are still wanted; how many tokens that was."""
    before = outputs.counters.generated_tokens
    for index, sequence in enumerate(step.sequences):
        if not sequence.ended:
            draft = step.drafts[index] if step.drafts else ()
            _emit(outputs, sampled, index, sequence, draft)
    return outputs.counters.generated_tokens - before


def _emit(
    outputs: OutputProcessor,
    sampled: SampledTokens,
    index: int,
    sequence: Sequence,
    draft: abc.Sequence[int],
) -> None:
    """Emits one sequence's tokens, up to the first that was not drafted."""
    sequence.num_drafted_tokens += len(draft)
    outputs.counters.drafted_tokens += len(draft)
    for position, drafted in enumerate([*draft, None]):
        token = sampled.at(index, position)
        accepted = token is not None and token.token == drafted
        if accepted and drafted not in sequence.stop_ids:
            sequence.num_accepted_tokens += 1
            outputs.counters.accepted_tokens += 1
        outputs.emit(sequence, token)
        if sequence.ended or not accepted:
            return
