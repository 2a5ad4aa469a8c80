"""Merges of a SentencePiece vocabulary, which has only pieces and how good each is."""

from __future__ import annotations

from collections.abc import Sequence

MARK = "▁"
"""Stands for a blank."""


def merges_of(tokens: Sequence[str], scores: Sequence[float]) -> list[list[str]]:
    """Every way to put a piece together from two others, the best pieces first.

    (Kudo and Richardson, "SentencePiece", 2018: its BPE joins the two neighbours that make the
    piece of the highest score.)
    """
    ids = {token: index for index, token in enumerate(tokens)}
    found: list[tuple[float, int, int, str, str]] = []
    for token, score in zip(tokens, scores, strict=True):
        for place in range(1, len(token)):
            left, right = token[:place], token[place:]
            if left in ids and right in ids:
                found.append((-score, ids[left], ids[right], left, right))
    found.sort(key=lambda merge: merge[:3])
    return [[left, right] for *_, left, right in found]
