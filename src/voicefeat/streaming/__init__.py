"""Features of a signal that comes in pieces: the same chain, the same bits."""
