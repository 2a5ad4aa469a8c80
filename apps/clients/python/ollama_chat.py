"""Ollama's client."""

from __future__ import annotations

import ollama
from pydantic import BaseModel, Field

from cases import MODEL, SERVER_URL, case, main
from tasks import CAPITAL, WEATHER, WEATHER_TOOL

client = ollama.Client(host=SERVER_URL)
OPTIONS = {"temperature": 0, "num_predict": 20}


class Answer(BaseModel):
    city: str = Field(max_length=20)
    capital: bool


@case
def turns() -> object:
    first = client.chat(model=MODEL, messages=[CAPITAL], options=OPTIONS)
    history = [CAPITAL, first.message, {"role": "user", "content": "And of Italy?"}]
    second = client.chat(model=MODEL, messages=history, options=OPTIONS)
    return {"texts": [first.message.content, second.message.content]}


@case
def stream() -> object:
    parts = list(client.chat(model=MODEL, messages=[CAPITAL], options=OPTIONS, stream=True))
    text = "".join(part.message.content or "" for part in parts)
    return {
        "text": text,
        "reason": parts[-1].done_reason,
        "tokens": parts[-1].eval_count,
    }


@case
def tools() -> object:
    options = {**OPTIONS, "num_predict": 5}
    answer = client.chat(model=MODEL, messages=[WEATHER], tools=[WEATHER_TOOL], options=options)
    return {"role": answer.message.role}


@case
def typed() -> object:
    answer = client.chat(
        model=MODEL,
        messages=[CAPITAL],
        format=Answer.model_json_schema(),
        options={**OPTIONS, "num_predict": 40},
    )
    return Answer.model_validate_json(answer.message.content or "").model_dump()


@case
def others() -> object:
    shown = client.show(MODEL)
    return {
        "models": [model.model for model in client.list().models],
        "loaded": [model.name for model in client.ps().models],
        "completes": "completion" in (shown.capabilities or []),
        "size": len(client.embed(model=MODEL, input="A cat.").embeddings[0]),
        "text": client.generate(model=MODEL, prompt="Hi", options={"num_predict": 2}).response,
    }


@case
def wrong() -> object:
    return client.chat(model="other", messages=[CAPITAL])


main()
