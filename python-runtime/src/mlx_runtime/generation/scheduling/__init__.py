"""Who runs next, and how much at once. Pure arithmetic, without MLX or a clock."""
