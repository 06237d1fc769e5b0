"""Detectors of forged voices on voicefeat's features: what `examples/train.py` runs."""
