"""Augmentation: degraded copies of recordings, so that detectors learn what to ignore.

Every function takes a signal and, if it draws, a generator of random numbers. `generator` makes one from a
seed, an utterance and an epoch, so that the result depends neither on workers nor on order. A setting may be
a number or a range from which it is drawn. `Chain` applies several steps, each with its probability.
"""

from __future__ import annotations

from .bandwidth import bandlimit, downsample, telephone
from .chains import Chain, Step, copies, step
from .codecs import codec
from .level_and_speed import gain, speed
from .noise import babble, coloured, noise
from .rawboost import convolutive_noise, impulsive_noise, rawboost, stationary_noise
from .reverberation import reverb, room_response
from .seeds import generator

__all__ = [
    "Chain", "Step", "babble", "bandlimit", "codec", "coloured", "convolutive_noise", "copies", "downsample",
    "gain", "generator", "impulsive_noise", "noise", "rawboost", "reverb", "room_response", "speed",
    "stationary_noise", "step", "telephone",
]  # fmt: skip
