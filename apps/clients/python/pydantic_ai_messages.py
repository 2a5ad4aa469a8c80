"""pydantic-ai over Anthropic's API."""

from __future__ import annotations

from anthropic import AsyncAnthropic
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from cases import API_KEY, MODEL, SERVER_URL, case, main
from pydantic_ai_cases import QUESTION, SETTINGS, add_cases

client = AsyncAnthropic(base_url=SERVER_URL, api_key=API_KEY, max_retries=0)
model = AnthropicModel(MODEL, provider=AnthropicProvider(anthropic_client=client))
add_cases(model)


@case
async def thinks() -> object:
    """A model that does not think is asked to, and answers all the same."""
    agent = Agent(model, model_settings={**SETTINGS, "thinking": "low"})
    return {"text": (await agent.run(QUESTION)).output}


main()
