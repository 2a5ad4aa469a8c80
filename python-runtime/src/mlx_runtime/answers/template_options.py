"""What a request asks of a model's thinking, in the words of its chat template."""

from __future__ import annotations

from typing import Any, Literal

from ..errors import invalid_param
from ..wire import WireReasoning
from .traits import AnswerTraits

ReasoningOption = Literal["enabled", "effort", "budgetTokens"]

_SWITCHES = ("enable_thinking", "thinking")
_EFFORT = "reasoning_effort"


def reasoning_options(traits: AnswerTraits) -> tuple[ReasoningOption, ...]:
    """What can be asked."""
    options: list[ReasoningOption] = []
    if _switches(traits):
        options.append("enabled")
    if _EFFORT in traits.template_variables:
        options.append("effort")
    if traits.thinking is not None:
        options.append("budgetTokens")
    return tuple(options)


def template_options(reasoning: WireReasoning, traits: AnswerTraits) -> dict[str, Any]:
    """Variables for the template; raises RpcError for what the model cannot be asked."""
    if reasoning.budget_tokens is not None and traits.thinking is None:
        raise invalid_param("reasoning.budgetTokens", "The model does not think")
    variables: dict[str, Any] = {}
    enabled = _enabled(reasoning)
    if enabled is not None:
        variables.update(dict.fromkeys(_switches(traits), enabled))
        # A model that cannot be asked may do what is wanted anyway.
        as_it_is = enabled == (traits.thinking is not None)
        if not variables and not as_it_is and reasoning.effort in (None, "none"):
            field = "effort" if reasoning.enabled is None else "enabled"
            raise invalid_param(
                f"reasoning.{field}", "The model's chat template cannot switch thinking on or off"
            )
    if reasoning.effort not in (None, "none"):
        if _EFFORT not in traits.template_variables:
            raise invalid_param("reasoning.effort", "The model's chat template does not know it")
        variables[_EFFORT] = reasoning.effort
    return variables


def _switches(traits: AnswerTraits) -> list[str]:
    return [name for name in _SWITCHES if name in traits.template_variables]


def _enabled(reasoning: WireReasoning) -> bool | None:
    if reasoning.effort is None:
        return reasoning.enabled
    thinks = reasoning.effort != "none"
    if reasoning.enabled not in (None, thinks):
        raise invalid_param("reasoning.effort", "Contradicts reasoning.enabled")
    return thinks
