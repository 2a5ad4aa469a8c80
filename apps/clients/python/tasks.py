"""What every client asks for."""

from __future__ import annotations

from typing import Any

CAPITAL: Any = {"role": "user", "content": "What is the capital of France?"}
WEATHER: Any = {"role": "user", "content": "What is the weather in Oslo?"}
WEATHER_TOOL: Any = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "maxLength": 20}},
            "required": ["city"],
        },
    },
}
