"""Has mlx-lm's loader build a model of mlx-vlm: its classes and configurations in one shape."""

from __future__ import annotations

import copy
from typing import Any

from .mlx_vlm_import import import_architecture


def vision_classes(config: dict[str, Any]) -> tuple[Any, Any]:
    """The model class and the class of its arguments; raises VisionNotInstalled."""
    package = import_architecture(config["model_type"])

    class Arguments:
        @staticmethod
        def from_dict(values: dict[str, Any]) -> Any:
            arguments = package.ModelConfig.from_dict(copy.deepcopy(values))
            for part in ("text", "vision"):
                known = values.get(f"{part}_config")
                if isinstance(known, dict):
                    made = getattr(package, f"{part.title()}Config").from_dict(known)
                    setattr(arguments, f"{part}_config", made)
            _complete_text(arguments, package, values)
            return arguments

    class Model(package.Model):
        def sanitize(self, weights: dict[str, Any]) -> dict[str, Any]:
            inherited: Any = getattr(super(), "sanitize", None)
            named = weights if inherited is None else inherited(weights)
            for name in ("vision_tower", "vision_model", "language_model"):
                sanitize: Any = getattr(getattr(self, name, None), "sanitize", None)
                named = named if sanitize is None else sanitize(named)
            return named

    return Model, Arguments


def _complete_text(arguments: Any, package: Any, values: dict[str, Any]) -> None:
    """Qwen 2's older configurations describe their language model at the top."""
    if isinstance(arguments.text_config, dict):
        arguments.text_config = package.TextConfig.from_dict(values)
