from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlx_runtime.errors import RpcError
from mlx_runtime.ranks import RanksPlan, plan_ranks
from mlx_runtime.wire import LoadParamsParallel, WireDevice

CPU = WireDevice(kind="cpu", name="cpu", memory_bytes=1)
CUDA = WireDevice(kind="cuda", name="gpu", memory_bytes=1)
METAL = WireDevice(kind="metal", name="mac", memory_bytes=1)
MACS = [
    {"ssh": "one.local", "ips": ["10.0.0.1"], "rdma": [None, "rdma_en2"]},
    {"ssh": "two.local", "ips": ["10.0.0.2"], "rdma": ["rdma_en2", None]},
]


def planned(device: WireDevice, hosts: Path | None = None, backend: str = "auto") -> RanksPlan:
    named: dict[str, Any] = {"hosts": "" if hosts is None else str(hosts), "backend": backend}
    return plan_ranks(LoadParamsParallel(ranks=2, **named), device)


def hostfile(folder: Path, content: object) -> Path:
    path = folder / "hosts.json"
    path.write_text(json.dumps(content))
    return path


def test_ranks_that_share_a_machine_meet_on_free_ports() -> None:
    plan = planned(CPU)

    nodes = json.loads(plan.surroundings[0].files["MLX_HOSTFILE"])
    assert (plan.backend, plan.on_this_machine) == ("ring", 2)
    assert [node[0].partition(":")[0] for node in nodes] == ["127.0.0.1"] * 2
    assert nodes[0] != nodes[1]
    assert [each.variables["MLX_RANK"] for each in plan.surroundings] == ["0", "1"]


def test_cuda_devices_meet_through_nccl_with_one_device_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5,7")
    plan = planned(CUDA)

    first, second = (dict(each.variables) for each in plan.surroundings)
    assert plan.backend == "nccl"
    assert "CUDA_VISIBLE_DEVICES" not in first, "its first device is in use already"
    assert second.pop("CUDA_VISIBLE_DEVICES") == "7"
    assert (first.pop("MLX_RANK"), second.pop("MLX_RANK")) == ("0", "1")
    assert first == second
    assert first["MLX_WORLD_SIZE"] == "2"

    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "5")
    with pytest.raises(RpcError, match="as many GPUs"):
        planned(CUDA)


def test_other_machines_come_from_the_hostfile(tmp_path: Path) -> None:
    path = hostfile(tmp_path, {"backend": "", "envs": ["A=1"], "hosts": MACS})
    plan = planned(METAL, path)

    nodes = json.loads(plan.surroundings[1].files["MLX_HOSTFILE"])
    assert [host.ssh for host in plan.hosts] == ["one.local", "two.local"]
    assert [node[0].partition(":")[0] for node in nodes] == ["10.0.0.1", "10.0.0.2"]
    assert plan.surroundings[1].variables == {"A": "1", "MLX_RANK": "1"}
    assert plan.on_this_machine == 1


def test_macs_with_rdma_meet_through_jaccl(tmp_path: Path) -> None:
    path = hostfile(tmp_path, {"backend": "jaccl", "hosts": MACS})
    plan = planned(METAL, path)

    assert plan.backend == "jaccl"
    around = plan.surroundings[1]
    assert json.loads(around.files["MLX_IBV_DEVICES"]) == [host["rdma"] for host in MACS]
    assert around.variables["MLX_JACCL_COORDINATOR"].startswith("10.0.0.1:")
    with pytest.raises(RpcError, match="RDMA devices"):
        planned(METAL, backend="jaccl")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (MACS[:1], "there are 2 ranks"),
        ([{"ssh": "a"}, {"ssh": "b"}], "no IP of a"),
        (7, "hostfile"),
    ],
)
def test_a_hostfile_that_does_not_fit_is_refused(
    tmp_path: Path, content: object, message: str
) -> None:
    with pytest.raises(RpcError, match=message):
        planned(METAL, hostfile(tmp_path, content))
