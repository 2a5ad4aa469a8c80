"""Vocabularies split and merge texts as the tokenizers that they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sentencepiece
from tokenizers import Tokenizer

from mlx_runtime.setup.gguf.errors import GgufError
from mlx_runtime.setup.gguf.metadata import Metadata
from mlx_runtime.setup.gguf.splitting import SPLITTINGS
from mlx_runtime.setup.gguf.tokenizer import tokenizer_config, tokenizer_json

TEXT = "I'll  pay 12345 €,\n\n foo_BarBaz's  x"
# What the families' own tokenizers make of it, blanks as they are.
SPLIT = {
    "gpt-2": ["I", "'ll", " ", " pay", " 12345", " €,", "\n\n", " foo", "_", "BarBaz", "'s"],
    "smollm": ["I", "'ll", " ", " pay", " ", "1", "2", "3", "4", "5", " €,", "\n\n", " foo"],
    "llama-bpe": ["I", "'ll", " ", " pay", " ", "123", "45", " €,\n\n", " foo", "_BarBaz", "'s"],
    "qwen2": ["I", "'ll", " ", " pay", " ", "1", "2", "3", "4", "5", " €,\n\n", " foo", "_BarBaz"],
    "tekken": ["I", "'ll", " ", " pay", " ", "1", "2", "3", "4", "5", " €,\n\n", " foo", "_Bar"],
    "gpt-4o": [
        "I'll",
        " ",
        " pay",
        " ",
        "123",
        "45",
        " €,\n\n",
        " foo",
        "_Bar",
        "Baz's",
        " ",
        " x",
    ],
}


@pytest.mark.parametrize("name", SPLIT)
def test_texts_are_split_as_the_family_does(name: str) -> None:
    steps: Any = {"type": "Sequence", "pretokenizers": SPLITTINGS[name].steps}
    document = {
        "version": "1.0",
        "added_tokens": [],
        "pre_tokenizer": steps,
        "model": {"type": "BPE", "vocab": {}, "merges": []},
    }
    backend: Any = Tokenizer.from_str(json.dumps(document))
    places = [place for _, place in backend.pre_tokenizer.pre_tokenize_str(TEXT)]

    words = [TEXT[begin:end] for begin, end in places]
    assert words[: len(SPLIT[name])] == SPLIT[name]


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A real vocabulary of SentencePiece, with bytes for what it does not know."""
    folder = tmp_path_factory.mktemp("pieces")
    text = folder / "text.txt"
    words = ["the cat sat on the mat", "a dog and a cat", "the mat, the hat: it is flat"]
    text.write_text("\n".join(words * 40))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(folder / "model"),
        vocab_size=320,
        model_type="bpe",
        byte_fallback=True,
        user_defined_symbols=["<|turn|>"],
        hard_vocab_limit=False,
    )
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / "model.model"))


def vocabulary(pieces: Any, **changes: Any) -> Metadata:
    count = pieces.get_piece_size()
    kinds = [
        2
        if pieces.is_unknown(index)
        else 3
        if pieces.is_control(index)
        else 6
        if pieces.is_byte(index)
        else 4
        if pieces.id_to_piece(index) == "<|turn|>"
        else 1
        for index in range(count)
    ]
    return Metadata(
        {
            "general.architecture": "llama",
            "llama.context_length": 128,
            "tokenizer.ggml.model": "llama",
            "tokenizer.ggml.tokens": [pieces.id_to_piece(index) for index in range(count)],
            "tokenizer.ggml.scores": [pieces.get_score(index) for index in range(count)],
            "tokenizer.ggml.token_type": kinds,
            "tokenizer.ggml.unknown_token_id": 0,
            "tokenizer.ggml.bos_token_id": 1,
            "tokenizer.ggml.eos_token_id": 2,
            "tokenizer.ggml.add_bos_token": True,
            **changes,
        }
    )


@pytest.mark.parametrize(
    "text", ["the cat sat on a mat", "  two blanks", "dog: ünknown 日本", "hatmat,the"]
)
def test_pieces_are_those_of_sentencepiece(pieces: Any, text: str) -> None:
    tokenizer = Tokenizer.from_str(json.dumps(tokenizer_json(vocabulary(pieces))))

    encoded = tokenizer.encode(text)

    assert encoded.ids[0] == 1
    assert encoded.ids[1:] == prepended(pieces, text)
    assert tokenizer.decode(encoded.ids, skip_special_tokens=True) == text


def prepended(pieces: Any, text: str) -> list[int]:
    """Llama's vocabularies keep blanks as they are, which those trained here would join."""
    proto = pieces.serialized_model_proto()
    from sentencepiece import sentencepiece_model_pb2 as messages

    untyped: Any = messages
    model = untyped.ModelProto()
    model.ParseFromString(proto)
    model.normalizer_spec.remove_extra_whitespaces = False
    return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString()).encode(text)


def test_markers_of_the_user_s_own_are_one_token(pieces: Any) -> None:
    document = tokenizer_json(vocabulary(pieces, **{"tokenizer.ggml.add_space_prefix": False}))
    tokenizer = Tokenizer.from_str(json.dumps(document))

    tokens = tokenizer.encode("<|turn|>cat").tokens

    assert tokens[:2] == ["<s>", "<|turn|>"]
    assert "▁" not in tokens[2]


def test_special_tokens_and_the_template_are_carried_over(pieces: Any) -> None:
    metadata = vocabulary(pieces, **{"tokenizer.chat_template": "{{ messages }}"})

    config = tokenizer_config(metadata)

    assert (config["bos_token"], config["eos_token"]) == ("<s>", "</s>")
    assert config["chat_template"] == "{{ messages }}"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tokenizer.ggml.model": "rwkv"}, "'rwkv' is not supported"),
        (
            {"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "falcon"},
            "'falcon' splitting is not supported, only default",
        ),
        ({"tokenizer.ggml.bos_token_id": 9999}, "names token 9999"),
    ],
)
def test_what_is_not_known_is_refused_by_name(
    pieces: Any, changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(GgufError, match=message):
        tokenizer_json(vocabulary(pieces, **changes))
