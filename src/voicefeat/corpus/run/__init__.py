"""A run over a corpus: which recordings, computed where, in which order, and what becomes of failures."""
