"""From logits to tokens: penalties, grammars, and the choice itself."""
