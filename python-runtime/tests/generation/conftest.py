"""Models of the tests compute as served ones do."""

from mlx_runtime.model.device import describe_device, prepare_device

prepare_device(describe_device())
