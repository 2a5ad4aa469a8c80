"""What a request asks of an answer's form, for one model: its prompt, its parts, its grammar."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from ..answers.make_splitter import CallRules, make_splitter
from ..answers.reasoning.reasoning_budget import ReasoningBudget, Thinking
from ..answers.template_options import template_options
from ..answers.tool_formats.generic import in_plain_turns
from ..answers.tool_grammar import ToolChoice, tool_grammar
from ..answers.traits import AnswerTraits
from ..errors import invalid_param
from ..grammar import Constraint, TokenRules
from ..grammar.sources import as_lark, is_strict
from ..text.chat.call_ids import count_calls, numbered
from ..text.chat.image_places import ImageTexts
from ..text.tokenizer import Tokenizer
from ..vision.picture import Picture, PromptPictures
from ..vision.placing import CannotPlace, place_pictures
from ..wire import (
    GenerateParams,
    WireGrammar,
    WireGrammarLark,
    WirePrompt,
    WirePromptChat,
    WirePromptText,
    WireReasoning,
    WireToolUse,
)
from .checks import Tools, callable_tools, parse_tools
from .images import Sight
from .output_text import OutputText, PlainText, SplitText

_TAIL = 32
"""Tokens at a prompt's end in which a template may have begun the thoughts."""
_LONGEST_GRAMMAR = 8_000_000


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """What one request's output becomes, and what holds it."""

    text: OutputText
    grammar: WireGrammar | None
    strict: bool
    """Keywords of a schema that are not held are refused."""
    reasoning: ReasoningBudget | None

    @property
    def reasons_first(self) -> bool:
        """True when thoughts come first, which no grammar holds."""
        return self.reasoning is not None

    def constraint(self, compiled: Constraint | None, resume: Sequence[int]) -> TokenRules | None:
        """What the sequence's tokens have to follow, past those that it has already."""
        if self.reasoning is None:
            return compiled
        self.reasoning.then(compiled)
        self.reasoning.advance(*resume)
        return self.reasoning


class InputProcessor:
    def __init__(
        self,
        tokenizer: Tokenizer,
        traits: AnswerTraits,
        *,
        eos_tokens: Collection[int],
        has_grammars: bool,
        sight: Sight | None = None,
    ) -> None:
        """`sight`: None: the model reads text only."""
        self._tokenizer = tokenizer
        self._traits = traits
        self._eos_tokens = eos_tokens
        self._has_grammars = has_grammars
        self._sight = sight

    def encode(
        self,
        prompt: WirePrompt,
        reasoning: WireReasoning | None = None,
        pictures: Sequence[Picture] = (),
    ) -> Sequence[int]:
        """Token ids of a prompt; raises RpcError. `pictures`: its images, which were read."""
        if not isinstance(prompt, WirePromptChat):
            if reasoning is not None:
                raise invalid_param("reasoning", "Has a meaning only with messages")
            return self._tokenizer.encode(prompt)
        if reasoning is not None:
            asked = template_options(reasoning, self._traits)
            options = {**asked, **(prompt.template_options or {})}
            prompt = msgspec.structs.replace(prompt, template_options=options)
        return self._tokenizer.encode(
            prompt, self._shape, self._traits.spoken_markers, self._image_texts(pictures)
        )

    def place(self, pictures: Sequence[Picture], tokens: Sequence[int]) -> PromptPictures | None:
        """Where a prompt's images stand; raises RpcError."""
        if not pictures or self._sight is None:
            return None
        try:
            return place_pictures(
                pictures,
                tokens,
                self._sight.image_token_id,
                counts_grids=self._sight.counts_grids,
            )
        except CannotPlace as error:
            raise invalid_param("prompt.messages", str(error)) from error

    def predict(self, params: GenerateParams) -> Sequence[int]:
        """Token ids of the text that the answer is expected to be like."""
        if params.prediction is None:
            return ()
        prompt = WirePromptText(text=params.prediction, add_special_tokens=False)
        return self._tokenizer.encode(prompt)

    def plan_output(self, params: GenerateParams, prompt_tokens: Sequence[int]) -> OutputPlan:
        """Raises RpcError for what cannot be honoured."""
        if not isinstance(params.prompt, WirePromptChat):
            text = self._plain_text(params, prompt_tokens)
            return OutputPlan(text, params.grammar, is_strict(params.grammar), None)
        tools, use = parse_tools(params.prompt), params.tool_use or WireToolUse()
        wanted = callable_tools(tools, use)
        parallel = _may_call_often(use)
        tool_rules = self._tool_grammar(wanted, use.choice, params.grammar, parallel=parallel)
        grammar = params.grammar if tool_rules is None else WireGrammarLark(grammar=tool_rules)
        opened = self._thinking_opened(prompt_tokens)
        calls = None
        if tools:
            made = count_calls(params.prompt.messages)
            calls = CallRules(wanted, parallel, tool_rules is not None, made)
        return OutputPlan(
            self._text(params, prompt_tokens, calls, opened=opened),
            grammar,
            tool_rules is None and is_strict(grammar),
            self._reasoning_budget(params, prompt_tokens, grammar, opened=opened),
        )

    def _image_texts(self, pictures: Sequence[Picture]) -> ImageTexts | None:
        if not pictures or self._sight is None:
            return None
        family = self._sight.family
        texts = [picture.text for picture in pictures]
        return ImageTexts(family.placeholder, family.around, texts)

    def _shape(self, prompt: WirePromptChat) -> WirePromptChat:
        """The conversation in turns that the model's template knows."""
        form = self._traits.tools
        if form is None:
            return prompt
        if form.is_generic:
            return in_plain_turns(prompt)
        if form.id_pattern is None:
            return prompt
        messages = tuple(numbered(prompt.messages, form.id_pattern))
        return msgspec.structs.replace(prompt, messages=messages)

    def _tool_grammar(
        self, tools: Tools, choice: ToolChoice, final: WireGrammar | None, *, parallel: bool
    ) -> str | None:
        """What holds the answer to valid calls, in Lark. `final`: what an answer without calls
        has to look like."""
        if not tools or self._traits.tools is None:
            return None
        if not self._has_grammars:
            if choice == "required":
                raise invalid_param("toolUse.choice", "The model's tokenizer allows no grammars")
            return None
        grammar = tool_grammar(
            self._traits.tools,
            tools,
            choice=choice,
            parallel=parallel,
            special_tokens=self._special_tokens,
            final=None if final is None else as_lark(final),
        )
        if grammar is None and final is not None and choice == "auto":
            raise invalid_param("grammar", "Calls of this model cannot be told from typed answers")
        if grammar is not None and len(grammar) > _LONGEST_GRAMMAR:
            raise invalid_param("prompt.tools", "Their schemas are too large")
        return grammar

    def _text(
        self,
        params: GenerateParams,
        prompt_tokens: Sequence[int],
        calls: CallRules | None,
        *,
        opened: bool,
    ) -> OutputText:
        stops = params.sampling.stop
        splitter = make_splitter(self._traits, calls, thinking_opened=opened, stops=stops)
        if splitter is None:
            return self._plain_text(params, prompt_tokens)
        detokenizer = self._tokenizer.detokenizer(prompt_tokens)
        return SplitText(detokenizer, splitter, params.resume_tokens or ())

    def _plain_text(self, params: GenerateParams, prompt_tokens: Sequence[int]) -> PlainText:
        detokenizer = self._tokenizer.detokenizer(prompt_tokens)
        return PlainText(detokenizer, params.sampling.stop, params.resume_tokens or ())

    def _reasoning_budget(
        self,
        params: GenerateParams,
        prompt_tokens: Sequence[int],
        grammar: WireGrammar | None,
        *,
        opened: bool,
    ) -> ReasoningBudget | None:
        """None where thoughts are not limited and nothing is to be kept from them."""
        budget = None if params.reasoning is None else params.reasoning.budget_tokens
        if self._thinking is None or (grammar is None and budget is None):
            return None
        if self._traits.harmony and grammar is not None and grammar is not params.grammar:
            # The grammar of its calls is one of its thoughts too.
            if budget is not None:
                raise invalid_param("reasoning.budgetTokens", "Cannot be combined with tools")
            return None
        detokenizer = self._tokenizer.detokenizer(prompt_tokens)
        return ReasoningBudget(self._thinking, detokenizer, opened=opened, budget=budget)

    def _thinking_opened(self, prompt_tokens: Sequence[int]) -> bool:
        """True when the chat template has begun the thoughts already."""
        if self._traits.thinking is None:
            return False
        return self._traits.thinking.opened_by(self._tokenizer.decode(prompt_tokens[-_TAIL:]))

    @cached_property
    def _thinking(self) -> Thinking | None:
        markers = self._traits.thinking
        if markers is None:
            return None
        start, end = (
            self._tokenizer.encode(WirePromptText(text=marker, add_special_tokens=False))
            for marker in (markers.start, markers.written_end or markers.end)
        )
        is_own = len(start) == 1 or start[0] in self._special_tokens.values()
        return Thinking(markers, start if is_own else (), end, self._eos_tokens)

    @cached_property
    def _special_tokens(self) -> dict[str, int]:
        return dict(self._tokenizer.special_tokens)


def _may_call_often(use: WireToolUse) -> bool:
    """Models that are made to call would repeat a call until their limit, so that they call once
    where nobody asked for more; a function that is named is called once in any case."""
    if use.name is not None:
        return False
    return use.choice == "auto" if use.parallel is None else use.parallel
