"""The sidecar: one process that serves one MLX model over JSON-RPC lines."""

__version__ = "0.1.0"
