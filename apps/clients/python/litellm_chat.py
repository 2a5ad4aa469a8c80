"""litellm over chat completions, as a generic server, vLLM and LM Studio."""

from __future__ import annotations

from typing import Any

import litellm

from cases import API_KEY, BASE_URL, MODEL, case, main
from tasks import CAPITAL, WEATHER, WEATHER_TOOL


def ask(provider: str = "openai", **options: Any) -> Any:
    request = {"messages": [CAPITAL], "temperature": 0, "max_tokens": 40, **options}
    return litellm.completion(
        model=f"{provider}/{MODEL}", api_base=BASE_URL, api_key=API_KEY, max_retries=0, **request
    )


@case
def turns() -> object:
    first = ask().choices[0].message
    follow_up = {"role": "user", "content": "And of Italy?"}
    second = ask(messages=[CAPITAL, first.model_dump(), follow_up]).choices[0].message
    return {"texts": [first.content, second.content]}


@case
def stream() -> object:
    chunks = list(ask(stream=True, stream_options={"include_usage": True}))
    whole = litellm.stream_chunk_builder(chunks)
    return {"text": whole.choices[0].message.content, "tokens": whole.usage.completion_tokens}


@case
def tools() -> object:
    choice = {"type": "function", "function": {"name": "get_weather"}}
    called = ask(messages=[WEATHER], tools=[WEATHER_TOOL], tool_choice=choice).choices[0]
    return {"name": called.message.tool_calls[0].function.name, "reason": called.finish_reason}


@case
def too_long() -> object:
    """The class of error by which its fallbacks start."""
    return {provider: overflow(provider) for provider in ("openai", "hosted_vllm", "lm_studio")}


def overflow(provider: str) -> str:
    try:
        ask(provider, messages=[{"role": "user", "content": "word " * 9000}])
    except Exception as error:  # which one it is, is the result
        return type(error).__name__
    return "none"


@case
def embeds() -> object:
    answer = litellm.embedding(
        model=f"openai/{MODEL}", input=["a cat"], api_base=BASE_URL, api_key=API_KEY
    )
    return {"size": len(answer.data[0]["embedding"])}


main()
