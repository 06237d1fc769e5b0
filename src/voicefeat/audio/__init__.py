"""Signals: what a valid one is, loading, resampling and decoding."""
