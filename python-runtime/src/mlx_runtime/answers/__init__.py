"""An answer's text taken apart: content, reasoning and tool calls. Nothing here touches MLX."""
