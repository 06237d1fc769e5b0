"""Datasets: opening, reading, batching and verifying the output of a run."""
