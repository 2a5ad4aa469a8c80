"""Anthropic's own client."""

from __future__ import annotations

from typing import Any

from anthropic import Anthropic, AsyncAnthropic, beta_tool
from pydantic import BaseModel, Field

from cases import API_KEY, MODEL, SERVER_URL, case, main
from tasks import CAPITAL, WEATHER, WEATHER_TOOL

client = Anthropic(base_url=SERVER_URL, api_key=API_KEY, max_retries=0)
LIMITS: dict[str, Any] = {"model": MODEL, "max_tokens": 40, "extra_body": {"temperature": 0}}
FUNCTION = WEATHER_TOOL["function"]
TOOL: Any = {
    "name": FUNCTION["name"],
    "description": FUNCTION["description"],
    "input_schema": FUNCTION["parameters"],
}
NAMED: Any = {"type": "tool", "name": "get_weather"}


class Answer(BaseModel):
    city: str = Field(max_length=20)
    capital: bool


@case
def turns() -> object:
    """A whole dump of an answer, its nulls included, goes back into the history."""
    first = client.messages.create(messages=[CAPITAL], **LIMITS)
    said: Any = {"role": "assistant", "content": [block.model_dump() for block in first.content]}
    follow_up: Any = {"role": "user", "content": "And of Italy?"}
    second = client.messages.create(messages=[CAPITAL, said, follow_up], **LIMITS)
    return {"texts": [first.content[0].text, second.content[0].text]}


@case
async def stream() -> object:
    messages = AsyncAnthropic(base_url=SERVER_URL, api_key=API_KEY).messages
    async with messages.stream(messages=[CAPITAL], **LIMITS) as events:
        final = await events.get_final_message()
    return {"text": final.content[0].text, "usage": final.usage.model_dump()}


@case
def tools() -> object:
    """The call goes back as it was dumped, with a result."""
    called = client.messages.create(messages=[WEATHER], tools=[TOOL], tool_choice=NAMED, **LIMITS)
    (call,) = called.content
    said: Any = {"role": "assistant", "content": [call.model_dump()]}
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "Snow, -3"}
    answered: Any = {"role": "user", "content": [result]}
    history = [WEATHER, said, answered]
    reply = client.messages.create(messages=history, tools=[TOOL], **{**LIMITS, "max_tokens": 3})
    return {"name": call.name, "reason": called.stop_reason, "reply": reply.role}


@case
def typed() -> object:
    answer = client.messages.parse(messages=[CAPITAL], output_format=Answer, **LIMITS)
    return answer.parsed_output.model_dump() if answer.parsed_output else {}


@case
def typed_with_tools() -> object:
    request: dict[str, Any] = {**LIMITS, "tools": [TOOL], "output_format": Answer}
    called = client.messages.parse(messages=[WEATHER], tool_choice=NAMED, **request)
    call = next(block for block in called.content if block.type == "tool_use")
    answer = client.messages.parse(messages=[CAPITAL], tool_choice={"type": "none"}, **request)
    parsed = answer.parsed_output
    return {"called": call.name, **(parsed.model_dump() if parsed else {})}


@case
def runs_tools() -> object:
    """The runner asks for a thread first, and goes on without one."""
    asked: list[str] = []

    @beta_tool
    def get_weather(city: str) -> str:
        """The weather in a city.

        Args:
            city: Its name.
        """
        asked.append(city)
        return "Snow, -3"

    runner = client.beta.messages.tool_runner(
        messages=[WEATHER], tools=[get_weather], tool_choice=NAMED, max_iterations=2, **LIMITS
    )
    runner.until_done()
    return {"calls": len(asked)}


@case
def counted() -> object:
    count = client.messages.count_tokens(model=MODEL, messages=[CAPITAL], tools=[TOOL])
    answer = client.messages.create(messages=[CAPITAL], tools=[TOOL], **{**LIMITS, "max_tokens": 1})
    used = answer.usage.input_tokens + (answer.usage.cache_read_input_tokens or 0)
    return {"difference": used - count.input_tokens}


@case
def listed() -> object:
    return {"models": [[model.type, model.id] for model in client.models.list()]}


@case
def wrong() -> object:
    return client.messages.create(
        messages=[CAPITAL], model=MODEL, max_tokens=1, extra_body={"temperature": 9}
    )


@case
def left() -> object:
    with client.messages.stream(messages=[CAPITAL], **{**LIMITS, "max_tokens": 2000}) as events:
        first = next(iter(events))
    return {"type": first.type}


main()
