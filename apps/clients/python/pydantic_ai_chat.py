"""pydantic-ai over chat completions."""

from __future__ import annotations

from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.settings import ModelSettings

from cases import API_KEY, BASE_URL, MODEL, case, main
from pydantic_ai_cases import QUESTION, SETTINGS, Answer, add_cases, get_weather

model = OpenAIChatModel(MODEL, provider=OpenAIProvider(base_url=BASE_URL, api_key=API_KEY))
add_cases(model)


@case
async def typed_natively() -> object:
    agent = Agent(model, output_type=NativeOutput(Answer), model_settings=SETTINGS)
    return (await agent.run(QUESTION)).output.model_dump()


@case
async def typed_with_tools() -> object:
    settings: ModelSettings = {**SETTINGS, "tool_choice": "none"}
    agent = Agent(model, output_type=NativeOutput(Answer), model_settings=settings)
    agent.tool_plain(get_weather)
    return (await agent.run(QUESTION)).output.model_dump()


main()
