"""Keys and values of the tokens that a model has computed: of one row, of a batch, and shared."""
