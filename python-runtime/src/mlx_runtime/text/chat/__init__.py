"""A conversation on its way to a model's chat template, and from there to token ids."""
