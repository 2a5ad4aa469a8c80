"""From a conversation to the token ids that a model reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from msgspec.structs import replace
from tokenizers import Tokenizer as Backend

from ...errors import INVALID_PARAMS, RpcError, invalid_param
from ...wire import WireMessage, WirePromptChat
from ..chat_template import ChatTemplate
from .fitting import fitted
from .image_places import ImageTexts, images_in, in_placeholders, in_places
from .marker_names import RenamedMarkers
from .markers import Markers
from .protection import Protected, protected

Shape = Callable[[WirePromptChat], WirePromptChat]

_END = "\U0010fffe\U0010ffff"
"""Behind the text that an answer goes on from."""
_MOST_TRIALS = 200


@dataclass(frozen=True, slots=True)
class ChatTemplates:
    default: ChatTemplate
    with_tools: ChatTemplate
    """For conversations in which tools may be called; most models have one for both."""

    @property
    def source(self) -> str:
        sources = (self.default.source, self.with_tools.source)
        return "\n".join(dict.fromkeys(sources))

    def of(self, prompt: WirePromptChat) -> ChatTemplate:
        return self.with_tools if prompt.tools else self.default


def as_it_is(prompt: WirePromptChat) -> WirePromptChat:
    return prompt


class ChatEncoder:
    def __init__(self, backend: Backend, templates: ChatTemplates) -> None:
        self.templates = templates
        self._backend = backend

    def encode(
        self,
        prompt: WirePromptChat,
        shape: Shape,
        spoken: Collection[str],
        images: ImageTexts | None = None,
    ) -> Sequence[int]:
        """Raises RpcError. `shape`: brings the conversation into turns that the template is to
        see; `spoken`: markers that assistants write themselves."""
        if images is None and _holds_images(prompt):
            raise invalid_param("prompt.messages", "Only text can be read here, and no images")
        told = protected(prompt, self._markers, spoken)
        text = self._render(told, shape) if images is None else self._show(told, shape, images)
        if told.guard is None:
            return self._backend.encode(text, add_special_tokens=False).ids
        return self._renamed_markers.encode(text, told.guard)

    def _show(self, told: Protected, shape: Shape, images: ImageTexts) -> str:
        """The rendered text with what stands for each image.

        Templates know images in some roles only; elsewhere one is put where it stands in the
        text.
        """
        order = images_in(message.content or "" for message in self._turns(told.prompt, shape))
        try:
            shown = self._render_turns(told.prompt, shape, images_as_parts=True)
            text = in_placeholders(shown, images, order)
        except RpcError:
            text = None
        text = text or in_places(self._render(told, shape), images)
        if text is None:
            raise RpcError(
                INVALID_PARAMS,
                "The model's chat template leaves out an image of the messages",
                type="chat_template_error",
                param="prompt.messages",
            )
        return text

    def _turns(self, prompt: WirePromptChat, shape: Shape) -> Sequence[WireMessage]:
        """As the template sees them."""
        shaped = shape(prompt)
        return fitted(shaped, self.templates.of(shaped).manners).messages

    def _render(self, told: Protected, shape: Shape) -> str:
        try:
            return self._render_turns(told.prompt, shape)
        except RpcError as refused:
            raise self._at_its_turn(refused, told.prompt, shape) from refused

    def _render_turns(
        self, prompt: WirePromptChat, shape: Shape, *, images_as_parts: bool = False
    ) -> str:
        if prompt.continue_final_message:
            prompt = _with_end(prompt)
        shaped = shape(prompt)
        template = self.templates.of(shaped)
        text = template.render(
            fitted(shaped, template.manners), template.manners, images_as_parts=images_as_parts
        )
        if not prompt.continue_final_message:
            return text
        begun, end, _ = text.partition(_END)
        if not end:
            raise RpcError(
                INVALID_PARAMS,
                "The model's chat template leaves out the message that is to be continued",
                type="chat_template_error",
                param="prompt.messages",
            )
        return begun

    def _at_its_turn(self, refused: RpcError, prompt: WirePromptChat, shape: Shape) -> RpcError:
        """The same error, and which turn the template does not take."""
        count = len(prompt.messages)
        if count == 1:
            return refused
        for length in range(count - 1, max(0, count - _MOST_TRIALS), -1):
            part = replace(prompt, messages=prompt.messages[:length], continue_final_message=False)
            try:
                self._render_turns(part, shape)
            except RpcError as error:
                if error.message == refused.message:
                    continue
            message = f"{refused.message} (turn {length}, of the role '{_role(prompt, length)}')"
            param = f"prompt.messages.{length}"
            return RpcError(INVALID_PARAMS, message, type="chat_template_error", param=param)
        return refused

    @cached_property
    def _markers(self) -> Markers:
        return Markers(self._marker_ids)

    @cached_property
    def _marker_ids(self) -> Mapping[str, int]:
        """Special tokens, and others that the template writes."""
        source = self.templates.source
        added = self._backend.get_added_tokens_decoder()
        return {
            token.content: id
            for id, token in added.items()
            if token.special or token.content in source
        }

    @cached_property
    def _renamed_markers(self) -> RenamedMarkers:
        return RenamedMarkers(self._backend.to_str(), self._marker_ids)


def _holds_images(prompt: WirePromptChat) -> bool:
    return any(
        part.image is not None for message in prompt.messages for part in message.parts or ()
    )


def _role(prompt: WirePromptChat, place: int) -> str:
    return prompt.messages[place].role


def _with_end(prompt: WirePromptChat) -> WirePromptChat:
    last: WireMessage = prompt.messages[-1]
    if last.role != "assistant" or last.tool_calls:
        raise invalid_param(
            "prompt.continueFinalMessage", "The last message is no text of an assistant"
        )
    continued = replace(last, content=f"{last.content or ''}{_END}")
    return replace(prompt, messages=(*prompt.messages[:-1], continued))
