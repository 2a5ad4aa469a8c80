"""The device that MLX computes on."""

from __future__ import annotations

import os
from pathlib import Path

import mlx.core as mx

from ..wire import WireDevice
from .cpu import use_cpu_ways
from .cuda import use_own_kernels

_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def describe_device() -> WireDevice:
    """Kind, name and memory in bytes; on a CPU the memory that this process may use."""
    info = mx.device_info()
    name = str(info.get("device_name", "unknown"))
    if mx.default_device().type == mx.DeviceType.cpu:
        return WireDevice(kind="cpu", name=name, memory_bytes=_system_memory())
    if mx.metal.is_available():
        memory = info.get("max_recommended_working_set_size", _system_memory())
        return WireDevice(kind="metal", name=name, memory_bytes=int(memory))
    memory = info.get("total_memory", info.get("memory_size", _system_memory()))
    return WireDevice(kind="cuda", name=name, memory_bytes=int(memory))


def prepare_device(device: WireDevice) -> None:
    """MLX compiles kernels with a C++ compiler on a CPU: slow, and there may be none."""
    if device.kind == "cpu":
        mx.disable_compile()
        use_cpu_ways()
    elif device.kind == "cuda":
        use_own_kernels()


def memory_in_use() -> tuple[int, int]:
    """Bytes that MLX holds now, and held at most."""
    return mx.get_active_memory(), mx.get_peak_memory()


def _system_memory() -> int:
    installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        return min(installed, int(_CGROUP_LIMIT.read_text()))
    except (OSError, ValueError):
        return installed
