"""Recordings made worse on purpose, so that detectors learn what not to listen to.

Every function takes a signal and a generator of random numbers; `generator` makes one of a seed, an utterance
and an epoch, so that the result depends on neither workers nor order.
"""

from __future__ import annotations

from .boosting import convolutive_noise, impulsive_noise, rawboost, stationary_noise
from .seeds import generator

__all__ = ["convolutive_noise", "generator", "impulsive_noise", "rawboost", "stationary_noise"]
