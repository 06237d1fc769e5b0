"""Features of a signal that arrives in pieces: the same chain, the same bits."""
