"""A vocabulary of the 256 bytes, an end, and some words."""

from __future__ import annotations

from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from mlx_runtime.grammar.vocabulary import VocabularySource
from mlx_runtime.text.token_bytes import piece_bytes_for

WORDS = ("true", "false", "null", '":', '",', '{"', "name", "ĠĠ")
END = "<end>"


def small_source(characters: str) -> VocabularySource:
    """Of a tokenizer that knows some characters and no bytes."""
    vocab = {piece: id for id, piece in enumerate(["<unk>", *characters])}
    end = len(vocab)
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[], unk_token="<unk>"))
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens([END])
    assert tokenizer.token_to_id(END) == end
    return VocabularySource(tokenizer.to_str(), end + 1, (end,))


def byte_source(size: int | None = None) -> VocabularySource:
    """`size`: of the model, when it has more logits than the tokenizer tokens."""
    pieces = [*sorted(pre_tokenizers.ByteLevel.alphabet()), *WORDS]
    tokenizer = Tokenizer(models.BPE(vocab={piece: i for i, piece in enumerate(pieces)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END])
    end = len(pieces)
    assert tokenizer.token_to_id(END) == end
    return VocabularySource(tokenizer.to_str(), size or end + 1, (end,))


def piece_text(source: VocabularySource, tokens: list[int]) -> str:
    tokenizer = Tokenizer.from_str(source.definition)
    bytes_of = piece_bytes_for({"type": "ByteLevel"})
    assert bytes_of is not None
    return b"".join(bytes_of(tokenizer.id_to_token(token) or "") for token in tokens).decode()
