"""What pydantic-ai is asked for over every API."""

from __future__ import annotations

from pydantic import BaseModel, Field
from pydantic_ai import Agent, ToolOutput
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from cases import case

SETTINGS = ModelSettings(temperature=0, max_tokens=40)
QUESTION = "What is the capital of France?"


class Answer(BaseModel):
    city: str = Field(max_length=20)
    capital: bool


def get_weather(city: str) -> str:
    """The weather in a city"""
    return f"Snow in {city}"


def add_cases(model: Model) -> None:
    """Adds those that do not depend on the API."""
    agent = Agent(model, model_settings=SETTINGS)

    @case
    async def turns() -> object:
        first = await agent.run(QUESTION)
        second = await agent.run("And of Italy?", message_history=first.all_messages())
        return {"texts": [first.output, second.output], "tokens": first.usage.output_tokens}

    @case
    async def stream() -> object:
        async with agent.run_stream(QUESTION) as result:
            return {"text": await result.get_output()}

    @case
    async def typed_by_tool() -> object:
        typed = Agent(model, output_type=ToolOutput(Answer), model_settings=SETTINGS)
        return (await typed.run(QUESTION)).output.model_dump()

    @case
    async def too_long() -> object:
        return await agent.run("word " * 9000)
