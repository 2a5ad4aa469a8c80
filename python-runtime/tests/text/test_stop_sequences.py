"""Stop texts are found wherever they lie, and never come out even in part."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from mlx_runtime.text.stop_sequences import StopSequences

TEXTS = st.text(alphabet="abc", max_size=40)
STOPS = st.lists(st.text(alphabet="abc", min_size=1, max_size=5), max_size=3)


def first_match(text: str, stops: list[str]) -> str | None:
    """By definition: the match that ends first, the longest of those."""
    for end in range(1, len(text) + 1):
        ending = [stop for stop in stops if text[:end].endswith(stop)]
        if ending:
            return text[:end] if not ending else max(ending, key=len)
    return None


@given(TEXTS, STOPS, st.lists(st.integers(min_value=1, max_value=6), min_size=1))
@example("aabaabaaab", ["aabaaa"], [1])
@example("abcabcabd", ["abcabd", "bca"], [2])
def test_the_result_is_the_definition_s_for_any_cut(
    text: str, stops: list[str], sizes: list[int]
) -> None:
    watcher = StopSequences(stops)
    out = ""
    position = index = 0
    while position < len(text):
        size = sizes[index % len(sizes)]
        out += watcher.push(text[position : position + size])
        # Whatever came out cannot be the beginning of a stop text that completes later.
        assert text.startswith(out)
        position, index = position + size, index + 1

    matched = first_match(text, stops)
    assert watcher.matched == matched
    if matched is None:
        held = text[len(out) :]
        assert held == "" or any(stop.startswith(held) for stop in stops)
        assert out + watcher.flush() == text
    else:
        end = min(text.index(stop) + len(stop) for stop in stops if stop in text)
        assert out == text[: end - len(matched)]
        assert watcher.push("more") == ""
        assert watcher.flush() == ""


def test_text_without_stops_passes_through_at_once() -> None:
    assert StopSequences([]).push("anything") == "anything"


def test_only_what_may_become_a_stop_text_is_held_back() -> None:
    watcher = StopSequences(["\n\nUser:"])

    assert watcher.push("Yes.\n") == "Yes."
    assert watcher.push("\n") == ""
    assert watcher.push("No") == "\n\nNo"
