"""How models write tool calls, family by family."""
