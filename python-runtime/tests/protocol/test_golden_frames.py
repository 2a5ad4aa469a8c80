"""The frames that the TypeScript side reads too mean the same here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from mlx_runtime.errors import RpcError
from mlx_runtime.protocol.parsing import parse_invocation, parse_params
from mlx_runtime.wire import NOTIFICATIONS_RECEIVED, NOTIFICATIONS_SENT, REQUESTS

GOLDEN = Path(__file__).parents[3] / "packages" / "schemas" / "golden"


def golden(name: str) -> list[dict[str, Any]]:
    return msgspec.json.decode((GOLDEN / f"{name}.json").read_bytes())


def _method(frame: dict[str, Any]) -> str:
    return frame["method"]


@pytest.mark.parametrize("frame", golden("to-sidecar"), ids=_method)
def test_a_frame_to_the_sidecar_parses_and_keeps_every_field(frame: dict[str, Any]) -> None:
    invocation = parse_invocation(msgspec.json.encode(frame))
    params = parse_params(invocation)

    # Fields with their default value are left out when encoding.
    assert _is_part(msgspec.json.decode(msgspec.json.encode(params)), frame["params"])
    assert type(params)(**_fields(params)) == params
    assert msgspec.convert(frame["params"], type(params)) == params


@pytest.mark.parametrize("frame", golden("from-sidecar"), ids=_method)
def test_a_frame_from_the_sidecar_is_encoded_as_it_is(frame: dict[str, Any]) -> None:
    sent = "params" in frame
    payload = frame["params"] if sent else frame["result"]
    struct = NOTIFICATIONS_SENT[frame["method"]] if sent else REQUESTS[frame["method"]][1]

    value = msgspec.convert(payload, struct)

    assert msgspec.json.decode(msgspec.json.encode(value)) == payload


@pytest.mark.parametrize("case", golden("rejected"), ids=lambda case: case["field"])
def test_a_bad_field_is_named(case: dict[str, Any]) -> None:
    frame = {"jsonrpc": "2.0", **case["frame"]}
    if frame["method"] in REQUESTS:
        frame["id"] = 1
    with pytest.raises(RpcError) as refused:
        parse_params(parse_invocation(msgspec.json.encode(frame)))

    assert refused.value.param is not None
    assert refused.value.param.removesuffix("[...]").startswith(case["field"].split(".type")[0])
    assert refused.value.param in refused.value.message


def test_every_method_is_covered() -> None:
    sent = {frame["method"] for frame in golden("to-sidecar")}
    received = {frame["method"] for frame in golden("from-sidecar")}

    assert sent == {*REQUESTS, *NOTIFICATIONS_RECEIVED}
    assert received == {*REQUESTS, *NOTIFICATIONS_SENT}


def _fields(params: Any) -> dict[str, Any]:
    return {name: getattr(params, name) for name in params.__struct_fields__}


def _is_part(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        return all(key in whole and _is_part(value, whole[key]) for key, value in part.items())  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(_is_part, part, whole))  # pyright: ignore[reportUnknownArgumentType]
    return part == whole
