"""Runs the cases of one client and prints what became of each as JSON."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
from collections.abc import Callable
from typing import Any

BASE_URL = os.environ["BASE_URL"]
SERVER_URL = os.environ["SERVER_URL"]
API_KEY = os.environ["API_KEY"]
MODEL = os.environ["MODEL"]

Case = Callable[[], Any]

_cases: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Adds a function, which may be async, to the cases of this script."""
    _cases[function.__name__] = function
    return function


def main() -> None:
    """Prints `{name: outcome}`; an error's outcome is its class and what it says of itself."""
    outcomes = asyncio.run(_run_all())
    print(json.dumps(outcomes, default=str))


async def _run_all() -> dict[str, Any]:
    return {name: await _outcome(function) for name, function in _cases.items()}


async def _outcome(function: Case) -> Any:
    try:
        result = function()
        return await result if inspect.isawaitable(result) else result
    except Exception as error:  # which error it is, is what a test wants to know
        return {
            "error": type(error).__name__,
            "kinds": [kind.__name__ for kind in type(error).__mro__],
            "message": str(error),
            "status": getattr(error, "status_code", None),
        }
