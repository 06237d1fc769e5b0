"""Fundamental frequency: comparison of frames with themselves, and the most likely path."""
