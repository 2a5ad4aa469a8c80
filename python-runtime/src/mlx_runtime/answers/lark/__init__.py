"""Text in the notation of llguidance's grammars."""
