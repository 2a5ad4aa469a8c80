"""Images through OpenAI's and Anthropic's own clients."""

from __future__ import annotations

import os
from typing import Any

from anthropic import Anthropic
from openai import OpenAI

from cases import API_KEY, BASE_URL, MODEL, SERVER_URL, case, main

openai = OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0)
anthropic = Anthropic(base_url=SERVER_URL, api_key=API_KEY, max_retries=0)
IMAGE = os.environ["IMAGE"]
URL = f"data:image/png;base64,{IMAGE}"
ASKED = "What is it?"


def _chat(url: str) -> Any:
    content: Any = [
        {"type": "image_url", "image_url": {"url": url}},
        {"type": "text", "text": ASKED},
    ]
    messages: Any = [{"role": "user", "content": content}]
    return openai.chat.completions.create(
        model=MODEL, messages=messages, temperature=0, max_tokens=8
    )


@case
def chat() -> object:
    answer = _chat(URL)
    return {"text": answer.choices[0].message.content, "tokens": answer.usage.prompt_tokens}


@case
def responses() -> object:
    content: Any = [
        {"type": "input_image", "image_url": URL, "detail": "auto"},
        {"type": "input_text", "text": ASKED},
    ]
    given: Any = [{"role": "user", "content": content}]
    answer = openai.responses.create(model=MODEL, input=given, temperature=0, max_output_tokens=16)
    return {"text": answer.output_text, "tokens": answer.usage.input_tokens}


@case
def messages() -> object:
    source: Any = {"type": "base64", "media_type": "image/png", "data": IMAGE}
    content: Any = [{"type": "image", "source": source}, {"type": "text", "text": ASKED}]
    asked: Any = [{"role": "user", "content": content}]
    answer = anthropic.messages.create(
        model=MODEL, messages=asked, max_tokens=8, extra_body={"temperature": 0}
    )
    counted = anthropic.messages.count_tokens(model=MODEL, messages=asked)
    usage = answer.usage
    tokens = usage.input_tokens + (usage.cache_read_input_tokens or 0)
    return {"text": answer.content[0].text, "tokens": tokens, "counted": counted.input_tokens}


@case
def address() -> object:
    return _chat("https://example.com/photo.png")


main()
