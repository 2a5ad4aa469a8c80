"""A model's tokenizer: text and chats to token ids, token ids to text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tokenizers import Tokenizer as Backend

from ..errors import INVALID_PARAMS, RpcError
from ..wire import WirePrompt, WirePromptChat, WirePromptText
from .chat.encoder import ChatEncoder, ChatTemplates, Shape, as_it_is
from .chat.image_places import ImageTexts
from .detokenizer import ByteDetokenizer, Detokenizer, WindowDetokenizer
from .token_bytes import piece_bytes_for

_CONTEXT_TOKENS = 8
"""Prompt tokens that a detokenizer sees: more than an incomplete character can span."""


class Tokenizer:
    """Special tokens keep their text in both directions, so that parsers can see them."""

    def __init__(
        self,
        backend: Backend,
        decoder: Mapping[str, Any] | None,
        templates: ChatTemplates | None,
        bos_token: str | None = None,
    ) -> None:
        self._backend = backend
        self._bos = None if bos_token is None else backend.token_to_id(bos_token)
        self._piece_bytes = piece_bytes_for(decoder)
        self._bytes: dict[int, bytes] = {}
        self.templates = templates
        self._chat = None if templates is None else ChatEncoder(backend, templates)

    @property
    def definition(self) -> str:
        """All of it, as a `tokenizer.json`."""
        return self._backend.to_str()

    def __contains__(self, token: object) -> bool:
        return isinstance(token, str) and self._backend.token_to_id(token) is not None

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Id of each token, by its piece; special tokens included."""
        return self._backend.get_vocab(with_added_tokens=True)

    @property
    def special_tokens(self) -> Mapping[str, int]:
        """Tokens that stand for no text of their own."""
        added = self._backend.get_added_tokens_decoder()
        return {token.content: id for id, token in added.items() if token.special}

    def encode(
        self,
        prompt: WirePrompt,
        shape: Shape = as_it_is,
        spoken: Collection[str] = (),
        images: ImageTexts | None = None,
    ) -> Sequence[int]:
        """Token ids of a prompt; raises RpcError when a chat cannot be rendered. For chats:
        `shape` brings them into turns that the template knows, `spoken` are markers that mean
        what they say in an assistant's turns, `images` what stands for its images."""
        match prompt:
            case WirePromptText():
                return self._encode(prompt.text, prompt.add_special_tokens)
            case WirePromptChat():
                return self._require_chat().encode(prompt, shape, spoken, images)
            case _:
                return prompt.tokens

    def encode_pair(self, first: str, second: str) -> tuple[Sequence[int], Sequence[int]]:
        """Token ids of two texts, one behind the other as a cross-encoder reads them, and of
        each token which of both it belongs to."""
        encoded = self._backend.encode(first, second)
        return encoded.ids, encoded.type_ids

    def decode(self, tokens: Sequence[int]) -> str:
        return self._backend.decode(list(tokens), skip_special_tokens=False)

    def token_text(self, token: int) -> str:
        """The token's own text; bytes of an incomplete character show as U+FFFD."""
        if self._piece_bytes is not None:
            return self.token_bytes(token).decode("utf-8", "replace")
        return self.decode([token])

    def token_bytes(self, token: int) -> bytes:
        """Empty for ids that only pad the model's vocabulary."""
        known = self._bytes.get(token)
        if known is None:
            piece = self._backend.id_to_token(token)
            known = b"" if piece is None or self._piece_bytes is None else self._piece_bytes(piece)
            self._bytes[token] = known
        return known

    def detokenizer(self, prompt_tokens: Sequence[int]) -> Detokenizer:
        """For the text that follows a prompt."""
        context = prompt_tokens[-_CONTEXT_TOKENS:]
        if self._piece_bytes is not None:
            return ByteDetokenizer(self.token_bytes, context)
        return WindowDetokenizer(self.decode, context)

    def _encode(self, text: str, add_special_tokens: bool) -> Sequence[int]:
        ids = self._backend.encode(text, add_special_tokens=add_special_tokens).ids
        # A text that begins with the first token's own text gets no second one.
        twice = add_special_tokens and ids[:2] == [self._bos, self._bos]
        return ids[1:] if twice else ids

    def _require_chat(self) -> ChatEncoder:
        """The chat's template writes the special tokens itself."""
        if self._chat is None:
            raise RpcError(
                INVALID_PARAMS,
                "The model has no usable chat template: send text or token ids",
                type="chat_template_error",
                param="prompt.messages",
            )
        return self._chat
