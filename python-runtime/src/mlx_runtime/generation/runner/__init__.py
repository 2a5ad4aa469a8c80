"""The model runner: owns a model and the KV caches of the sequences that run on it."""

from .model_runner import ModelRunner

__all__ = ["ModelRunner"]
