"""One table for a whole folder of recordings: a row per window."""
