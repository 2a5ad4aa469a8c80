"""Low-rank adapters (LoRA, DoRA) beside the weights of a model, one or none for each row.

Hu et al., "LoRA: Low-rank adaptation of large language models", 2022; rows with
different adapters share a pass as in Chen et al., "Punica: Multi-tenant LoRA
serving", 2024.
"""

from .adapter_directory import open_adapter_directory, read_adapter
from .adapter_set import AdapterSet
from .low_rank import Adapter

__all__ = ["Adapter", "AdapterSet", "open_adapter_directory", "read_adapter"]
