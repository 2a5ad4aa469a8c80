"""pydantic-ai over Anthropic's API."""

from __future__ import annotations

from anthropic import AsyncAnthropic
from cases import API_KEY, MODEL, SERVER_URL, case, main
from pydantic import BaseModel, Field
from pydantic_ai import Agent, ToolOutput
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.settings import ModelSettings

client = AsyncAnthropic(base_url=SERVER_URL, api_key=API_KEY, max_retries=0)
model = AnthropicModel(MODEL, provider=AnthropicProvider(anthropic_client=client))
settings = ModelSettings(temperature=0, max_tokens=40)
QUESTION = "What is the capital of France?"


class Answer(BaseModel):
    city: str = Field(max_length=20)
    capital: bool


@case
async def turns() -> object:
    agent = Agent(model, model_settings=settings)
    first = await agent.run(QUESTION)
    second = await agent.run("And of Italy?", message_history=first.all_messages())
    return {"texts": [first.output, second.output], "tokens": first.usage.output_tokens}


@case
async def stream() -> object:
    agent = Agent(model, model_settings=settings)
    async with agent.run_stream(QUESTION) as result:
        return {"text": await result.get_output()}


@case
async def thinks() -> object:
    """A model that does not think is asked to, and answers all the same."""
    agent = Agent(model, model_settings={**settings, "thinking": "low"})
    return {"text": (await agent.run(QUESTION)).output}


@case
async def typed_by_tool() -> object:
    agent = Agent(model, output_type=ToolOutput(Answer), model_settings=settings)
    return (await agent.run(QUESTION)).output.model_dump()


@case
async def too_long() -> object:
    return await Agent(model, model_settings=settings).run("word " * 9000)


main()
