"""What a set-up command tells the process that started it: JSON lines on stdout."""

from __future__ import annotations

import json


def emit(event: str, **facts: object) -> None:
    print(json.dumps({"event": event, **facts}), flush=True)
