"""LiteLLM over responses."""

from __future__ import annotations

import litellm

from cases import API_KEY, BASE_URL, MODEL, case, main

QUESTION = {
    "model": f"openai/{MODEL}",
    "api_base": BASE_URL,
    "api_key": API_KEY,
    "input": "What is the capital of France?",
    "temperature": 0,
    "max_output_tokens": 20,
}


@case
def answers() -> object:
    response = litellm.responses(**QUESTION)
    return {"text": response.output[0].content[0].text, "status": response.status}


@case
def stream() -> object:
    events = list(litellm.responses(**QUESTION, stream=True))
    text = "".join(getattr(event, "delta", "") for event in events)
    return {"text": text, "last": str(events[-1].type)}


@case
def too_long() -> object:
    return litellm.responses(**{**QUESTION, "input": "word " * 9000})


main()
