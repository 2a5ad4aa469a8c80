"""OpenAI's own client over chat completions, completions and embeddings."""

from __future__ import annotations

from typing import Any

from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel, Field

from cases import API_KEY, BASE_URL, MODEL, case, main
from tasks import CAPITAL, WEATHER, WEATHER_TOOL

client = OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
LIMITS: dict[str, Any] = {"model": MODEL, "temperature": 0, "max_tokens": 40}


class Answer(BaseModel):
    city: str = Field(max_length=20)
    capital: bool


@case
def turns() -> object:
    """A whole dump of an answer, its nulls included, goes back into the history."""
    messages: list[Any] = [CAPITAL]
    first = client.chat.completions.create(messages=messages, **LIMITS)
    messages.append(first.choices[0].message.model_dump())
    messages.append({"role": "user", "content": "And of Italy?"})
    second = client.chat.completions.create(messages=messages, **LIMITS)
    return {"texts": [answer.choices[0].message.content for answer in (first, second)]}


@case
async def stream() -> object:
    chat = AsyncOpenAI(base_url=BASE_URL, api_key=API_KEY).chat.completions
    async with chat.stream(
        messages=[CAPITAL], stream_options={"include_usage": True}, **LIMITS
    ) as events:
        final = await events.get_final_completion()
    return {"text": final.choices[0].message.content, "usage": final.usage}


@case
def tools() -> object:
    """A named function is called once; its call goes back as it was dumped, with a result."""
    choice = {"type": "function", "function": {"name": "get_weather"}}
    request: dict[str, Any] = {**LIMITS, "tools": [WEATHER_TOOL]}
    called = client.chat.completions.create(messages=[WEATHER], tool_choice=choice, **request)
    message = called.choices[0].message
    (call,) = message.tool_calls or ()
    result = {"role": "tool", "tool_call_id": call.id, "content": "Snow, -3"}
    history: list[Any] = [WEATHER, message.model_dump(), result]
    reply = client.chat.completions.create(messages=history, **{**request, "max_tokens": 3})
    return {
        "name": call.function.name,
        "reason": called.choices[0].finish_reason,
        "reply": reply.choices[0].message.role,
    }


@case
def typed() -> object:
    answer = client.chat.completions.parse(messages=[CAPITAL], response_format=Answer, **LIMITS)
    parsed = answer.choices[0].message.parsed
    return parsed.model_dump() if parsed else {}


@case
def typed_with_tools() -> object:
    """The model calls first; its answer to the result is held to the schema."""
    request: dict[str, Any] = {
        **LIMITS,
        "max_tokens": 200,
        "tools": [{**WEATHER_TOOL, "function": {**WEATHER_TOOL["function"], "strict": True}}],
        "response_format": Answer,
    }
    named = {"type": "function", "function": {"name": "get_weather"}}
    called = client.chat.completions.parse(messages=[WEATHER], tool_choice=named, **request)
    message = called.choices[0].message
    (call,) = message.tool_calls or ()
    result = {"role": "tool", "tool_call_id": call.id, "content": "Snow, -3"}
    history: list[Any] = [WEATHER, message.model_dump(exclude={"parsed"}), result]
    answer = client.chat.completions.parse(messages=history, tool_choice="none", **request)
    parsed = answer.choices[0].message.parsed
    return {"called": call.function.name, **(parsed.model_dump() if parsed else {})}


@case
def wrong() -> object:
    return client.chat.completions.create(messages=[CAPITAL], **{**LIMITS, "temperature": 9})


@case
def left() -> object:
    request = {**LIMITS, "max_tokens": 2000}
    with client.chat.completions.create(messages=[CAPITAL], stream=True, **request) as events:
        first = next(iter(events))
    return {"role": first.choices[0].delta.role}


@case
def others() -> object:
    text = client.completions.create(prompt="The capital of France is", **LIMITS)
    vectors = client.embeddings.create(model=MODEL, input=["a cat"])
    return {"text": text.choices[0].text, "size": len(vectors.data[0].embedding)}


main()
