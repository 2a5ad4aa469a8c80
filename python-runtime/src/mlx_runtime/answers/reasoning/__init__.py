"""How models mark their reasoning, what can be asked of it, and how long it may take."""
