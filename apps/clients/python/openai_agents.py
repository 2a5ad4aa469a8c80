"""OpenAI's Agents SDK over responses, its default."""

from __future__ import annotations

from agents import (
    Agent,
    ModelSettings,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from openai import AsyncOpenAI
from pydantic import BaseModel, Field

from cases import API_KEY, BASE_URL, MODEL, case, main

set_tracing_disabled(True)
CLIENT = AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
CAPITAL = "What is the capital of France?"


class Answer(BaseModel):
    city: str = Field(max_length=20)
    capital: bool


@function_tool
def get_weather(city: str) -> str:
    """The weather in a city"""
    return f"Snow in {city}"


def agent(*, name: str = "helper", **options: object) -> Agent:
    settings = {"temperature": 0, "max_tokens": 40, **options.pop("settings", {})}
    return Agent(
        name=name,
        model=OpenAIResponsesModel(model=MODEL, openai_client=CLIENT),
        model_settings=ModelSettings(**settings),
        **options,
    )


FORCED = {"tool_choice": "required", "parallel_tool_calls": False}


@case
async def turns() -> object:
    first = await Runner.run(agent(), CAPITAL)
    history = [*first.to_input_list(), {"role": "user", "content": "And of Italy?"}]
    second = await Runner.run(agent(), history)
    return {"texts": [first.final_output, second.final_output]}


@case
async def stream() -> object:
    result = Runner.run_streamed(agent(), CAPITAL)
    kinds = [event.type async for event in result.stream_events()]
    return {"text": result.final_output, "raw": "raw_response_event" in kinds}


@case
async def tools() -> object:
    result = await Runner.run(agent(tools=[get_weather], settings=FORCED), "Weather in Oslo?")
    return {"items": [item.type for item in result.new_items[:2]]}


@case
async def handoff() -> object:
    helper = agent(handoffs=[agent(name="expert")], settings=FORCED)
    return {"last": (await Runner.run(helper, CAPITAL)).last_agent.name}


@case
async def typed() -> object:
    return (await Runner.run(agent(output_type=Answer), CAPITAL)).final_output.model_dump()


@case
async def typed_with_tools() -> object:
    settings = {"tool_choice": "none"}
    helper = agent(tools=[get_weather], output_type=Answer, settings=settings)
    return (await Runner.run(helper, CAPITAL)).final_output.model_dump()


main()
