"""A decode step that was started, and the tokens that come out of it."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

import mlx.core as mx
import numpy as np

from ...grammar.constraint import Bitmask
from ..arrays import to_host, to_integer_rows
from ..host_arrays import Floats
from ..sampling.grammar_bitmask import Bitmasks, bitmasks_of, masked
from ..sampling.host_sampler import sample
from ..sampling.logprobs import log_normaliser, top_logprobs
from ..sequence import Sequence
from ..steps import SampledToken


@dataclass(frozen=True, slots=True)
class DecodeOutput:
    """`width`: tokens of each sequence in the step, drafted ones included."""

    sequences: abc.Sequence[Sequence]
    max_logits: mx.array
    """(sequences, width): not finite where the logits are broken, or a grammar leaves no token."""
    tokens: mx.array | None
    """(sequences, width): sampled on the device; without a meaning for those in `on_host`."""
    on_host: abc.Sequence[int]
    """Indices of the sequences whose tokens the host has to sample."""
    logits: mx.array | None
    """(len(on_host), width, vocabulary), float32."""
    bitmasks: Bitmasks
    """What may come first in the sequences that have a grammar."""
    overlaps: bool = False
    """True when the next step can start before this one is read."""

    def wait(self) -> HostOutput:
        """Blocks until the step is computed."""
        return HostOutput(self)


class HostOutput:
    """The `SampledTokens` of a finished step."""

    def __init__(self, output: DecodeOutput) -> None:
        """Waits for the step."""
        self._output = output
        self._finite = np.isfinite(to_host(output.max_logits)).tolist()
        self._tokens = [] if output.tokens is None else to_integer_rows(output.tokens)
        self._places = {index: place for place, index in enumerate(output.on_host)}
        self._logits = None if output.logits is None else to_host(output.logits)

    def at(self, index: int, position: int) -> SampledToken | None:
        """The token behind the sequence's token at `position`; None: the logits are broken."""
        if not self._finite[index][position]:
            return None
        place = self._places.get(index)
        if place is None or self._logits is None:
            return SampledToken(self._tokens[index][position])
        sequence, logits = self._output.sequences[index], self._logits[place, position]
        return _sample(sequence, logits, self._bitmask(index, position, len(logits)))

    def _bitmask(self, index: int, position: int, vocabulary: int) -> Bitmask | None:
        """Of the first position it was made during the pass; of later ones it is made now."""
        if position == 0:
            return self._output.bitmasks.get(index)
        return bitmasks_of([self._output.sequences[index].constraint], vocabulary).get(0)


def _sample(sequence: Sequence, logits: Floats, bitmask: Bitmask | None) -> SampledToken | None:
    """`logits`: (vocabulary,), of one token."""
    sampling = sequence.request.sampling
    if sequence.logits_processor is not None:
        logits = np.array(logits)
        sequence.logits_processor.update().apply(logits)
    if bitmask is not None:
        logits = masked(logits, bitmask)
        if not np.isfinite(logits.max()):
            return None
    token = sample(logits, sampling, sequence.rng.at(len(sequence.output_tokens)))
    if not sampling.logprobs:
        return SampledToken(token)
    normaliser = log_normaliser(logits)
    top = top_logprobs(logits, normaliser, sampling.top_logprobs)
    return SampledToken(token, float(logits[token]) - normaliser, top)
