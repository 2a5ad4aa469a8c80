"""A tokenizer of bytes with the special tokens of a family."""

from __future__ import annotations

import msgspec
from tokenizers import AddedToken, pre_tokenizers
from tokenizers import Tokenizer as Backend
from tokenizers.decoders import ByteLevel
from tokenizers.models import BPE
from tokenizers.normalizers import Normalizer

from mlx_runtime.text.chat.encoder import ChatTemplates
from mlx_runtime.text.chat_template import ChatTemplate
from mlx_runtime.text.tokenizer import Tokenizer

SPECIAL = ("<|im_start|>", "<|im_end|>", "<s>")
PLAIN = ("<think>", "</think>", "<tool_call>", "   ")
"""Added, but not special; blanks are no marker of any template."""


def backend() -> Backend:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = [*SPECIAL, *PLAIN[:2], *alphabet, "im", "<|"]
    merges = [("i", "m"), ("<", "|")]
    made = Backend(BPE(vocab={piece: id for id, piece in enumerate(pieces)}, merges=merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    made.decoder = ByteLevel()
    made.add_special_tokens(
        [AddedToken(text, special=True, lstrip=text == "<s>") for text in SPECIAL]
    )
    made.add_tokens([AddedToken(text, special=False) for text in PLAIN])
    return made


def tokenizer(template: str, normalizer: Normalizer | None = None) -> Tokenizer:
    made = backend()
    if normalizer is not None:
        made.normalizer = normalizer
    chat = ChatTemplate(template, {"bos_token": "<s>", "eos_token": "<|im_end|>"})
    decoder = msgspec.json.decode(made.to_str())["decoder"]
    return Tokenizer(made, decoder, ChatTemplates(chat, chat), "<s>")
