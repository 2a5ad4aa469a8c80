"""Streamed text equals the text of all tokens at once, for every kind of tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as Backend
from tokenizers import decoders, models, pre_tokenizers, trainers

from mlx_runtime.answers.parts import Content, Part
from mlx_runtime.serving.output_text import PlainText
from mlx_runtime.text.detokenizer import ByteDetokenizer, WindowDetokenizer
from mlx_runtime.text.tokenizer import Tokenizer

CORPUS = ["the quick brown fox", "naïve café", "漢字かな", "👩‍👩‍👧 🥐", "e\u0301 a\u0308"] * 3
SAMPLES = [
    *CORPUS[:5],
    "\U0001d518\U0001d52b \u202eאבג\u202c 한국어 नमस्ते",
    "tabs\tand\nlines\r\n  and   spaces ",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿🇫🇷👍🏽",
    "",
]


def byte_level() -> Backend:
    backend = Backend(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|end|>", "▁wörd"],
    )
    backend.train_from_iterator(CORPUS, trainer)
    return backend


def sentence_piece() -> Backend:
    """Llama 2's shape: a space mark, byte tokens for what is not in the vocabulary."""
    pieces = ["<unk>", *(f"<0x{byte:02X}>" for byte in range(256)), "▁", "▁the", "t", "h", "e"]
    backend = Backend(
        models.BPE({piece: id for id, piece in enumerate(pieces)}, [], byte_fallback=True)
    )
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    return backend


def word_piece() -> Backend:
    """A decoder that looks at neighbours, so tokens have no text of their own."""
    pieces = ["[UNK]", "the", "qu", "##ick", "fox", "##es", "漢", "##字"]
    backend = Backend(
        models.WordPiece({piece: id for id, piece in enumerate(pieces)}, unk_token="[UNK]")
    )
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.decoder = decoders.WordPiece()
    return backend


def wrap(backend: Backend) -> Tokenizer:
    return Tokenizer(backend, msgspec.json.decode(backend.to_str())["decoder"], None)


def text_of(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Content))


def written(text: PlainText, tokens: Sequence[int]) -> str:
    return "".join(text_of(text.push(token)) for token in tokens)


def stream(tokenizer: Tokenizer, tokens: Sequence[int], context: Sequence[int] = ()) -> str:
    detokenizer = tokenizer.detokenizer(context)
    return "".join(detokenizer.push(token) for token in tokens) + detokenizer.flush()


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("backend", [byte_level(), sentence_piece()], ids=["bytes", "pieces"])
def test_text_survives_tokens_and_back(backend: Backend, sample: str) -> None:
    tokenizer = wrap(backend)
    tokens = backend.encode(sample, add_special_tokens=False).ids

    text = stream(tokenizer, tokens)

    assert text.removeprefix(" ") == sample.removeprefix(" ")
    assert text.removeprefix(" ") == tokenizer.decode(tokens).removeprefix(" ")
    assert isinstance(tokenizer.detokenizer(()), ByteDetokenizer)


def test_neighbours_decide_where_a_tokenizer_asks_them() -> None:
    backend = word_piece()
    tokenizer = wrap(backend)
    tokens = backend.encode("the quick foxes 漢字").ids

    assert isinstance(tokenizer.detokenizer(()), WindowDetokenizer)
    assert stream(tokenizer, tokens) == tokenizer.decode(tokens) == "the quick foxes 漢字"
    assert stream(tokenizer, tokens[2:], context=tokens[:2]) == "ick foxes 漢字"


def test_a_character_is_emitted_with_its_last_byte_and_not_before() -> None:
    tokenizer = wrap(sentence_piece())
    byte_tokens = [1 + byte for byte in "👩".encode()]
    detokenizer = tokenizer.detokenizer(())

    assert [detokenizer.push(token) for token in byte_tokens] == ["", "", "", "👩"]
    assert detokenizer.flush() == ""


def test_a_torn_character_shows_as_a_replacement_at_the_end() -> None:
    tokenizer = wrap(sentence_piece())
    torn = [1 + byte for byte in "👩".encode()[:3]]

    assert stream(tokenizer, torn) == "\ufffd"
    assert stream(tokenizer, [*torn, 260]) == "\ufffdh"


def test_a_character_that_the_prompt_began_is_completed() -> None:
    tokenizer = wrap(sentence_piece())
    tokens = [1 + byte for byte in "é".encode()]

    assert stream(tokenizer, tokens[1:], context=tokens[:1]) == "é"


def test_special_tokens_and_ids_beyond_the_vocabulary_have_their_text() -> None:
    tokenizer = wrap(byte_level())

    assert stream(tokenizer, [0, 1]) == "<|end|>▁wörd"
    assert stream(tokenizer, [99_999]) == ""
    assert tokenizer.token_text(0) == "<|end|>"


@given(
    st.text(max_size=60),
    st.lists(st.text(min_size=1, max_size=3), max_size=2),
    st.integers(min_value=0, max_value=200),
)
def test_a_resumed_row_emits_exactly_the_rest(sample: str, stops: list[str], cut: int) -> None:
    tokenizer = wrap(_BYTES)
    tokens = _BYTES.encode(sample).ids
    cut = min(cut, len(tokens))
    whole = PlainText(tokenizer.detokenizer(()), stops)
    before = written(whole, tokens[:cut])
    after = written(whole, tokens[cut:]) + text_of(whole.flush(cut=False))

    resumed = PlainText(tokenizer.detokenizer(()), stops, tokens[:cut])
    rest = written(resumed, tokens[cut:]) + text_of(resumed.flush(cut=False))

    assert rest == after
    assert resumed.stop_sequence == whole.stop_sequence
    assert resumed.token_count == whole.token_count
    if not stops:
        assert before + after == sample


_BYTES = byte_level()


@pytest.mark.model
def test_the_default_model_s_tokenizer_streams_any_text(model_directory: Path) -> None:
    backend = Backend.from_file(str(model_directory / "tokenizer.json"))
    for sample in SAMPLES:
        tokens = backend.encode(sample, add_special_tokens=False).ids
        assert stream(wrap(backend), tokens) == sample
