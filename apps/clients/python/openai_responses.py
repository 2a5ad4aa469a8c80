"""The official client of OpenAI over responses."""

from __future__ import annotations

import openai
from pydantic import BaseModel, Field

from cases import API_KEY, BASE_URL, MODEL, case, main

client = openai.OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
QUESTION = {"model": MODEL, "temperature": 0, "max_output_tokens": 20}
CAPITAL = "What is the capital of France?"
TOOL = {
    "type": "function",
    "name": "get_weather",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 20}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


class Answer(BaseModel):
    city: str = Field(max_length=20)
    capital: bool


@case
def turns() -> object:
    first = client.responses.create(**QUESTION, input=CAPITAL)
    history = [{"role": "user", "content": CAPITAL}]
    # As a program dumps them, nulls included.
    history += [item.model_dump() for item in first.output]
    history.append({"role": "user", "content": "And of Italy?"})
    second = client.responses.create(**QUESTION, input=history)
    return {"texts": [first.output_text, second.output_text]}


@case
def stream() -> object:
    with client.responses.stream(**QUESTION, input=CAPITAL) as events:
        for _ in events:
            pass
        final = events.get_final_response()
    return {
        "text": final.output_text,
        "status": final.status,
        "total": final.usage.total_tokens,
    }


@case
def tools() -> object:
    asked = {**QUESTION, "max_output_tokens": 40, "tools": [TOOL]}
    choice = {"type": "function", "name": "get_weather"}
    first = client.responses.create(**asked, input="Weather in Oslo?", tool_choice=choice)
    call = first.output[0]
    result = {
        "type": "function_call_output",
        "call_id": call.call_id,
        "output": "Snow, -3",
    }
    second = client.responses.create(
        **{**asked, "max_output_tokens": 16},
        input=[{"role": "user", "content": "Weather in Oslo?"}, call, result],
    )
    return {"name": call.name, "type": call.type, "next": second.object}


@case
def typed() -> object:
    asked = {**QUESTION, "max_output_tokens": 40}
    parsed = client.responses.parse(**asked, input=CAPITAL, text_format=Answer).output_parsed
    return parsed.model_dump() if parsed else {}


@case
def stored() -> object:
    first = client.responses.create(**QUESTION, input=CAPITAL, store=True)
    second = client.responses.create(
        **QUESTION, input="And of Italy?", previous_response_id=first.id
    )
    return {"text": second.output_text}


@case
def wrong() -> object:
    return client.responses.create(**{**QUESTION, "temperature": 9}, input=CAPITAL)


main()
