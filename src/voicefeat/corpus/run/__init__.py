"""A run over a corpus: its tasks, the order of recordings, their processing, and failures."""
