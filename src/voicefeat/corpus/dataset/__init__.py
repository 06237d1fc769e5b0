"""Datasets: opening, reading, batching and verifying what a run has written."""
