"""Fully connected networks."""

from math import prod

from torch import nn

from .parts import OneNumber, dense, one_or_more, two_outputs


def ann(
    shape: tuple[int, ...], hidden: int = 64, dropout: float = 0.0, layers: int = 3, outputs: int = 1
) -> nn.Module:
    """DEEP-VOICE 1 and 2: three hidden layers of 64 and two outputs, with dropout or without.

    The published code has four hidden layers, its summary three. `outputs`: how often the last layer stands.
    """
    hiding = dense([shape[0], *[hidden] * one_or_more("layers", layers)], dropout)
    return nn.Sequential(*hiding, *two_outputs(hidden, outputs), OneNumber())


def ann_mel(shape: tuple[int, ...], dropout: float = 0.0) -> nn.Module:
    """ASVspoof 5: a spectrogram as one vector, and layers of 1024, 512 and 256."""
    layers = dense([prod(shape), 1024, 512, 256], dropout)
    return nn.Sequential(nn.Flatten(), *layers, nn.Linear(256, 1), OneNumber())


def ann_mfcc(shape: tuple[int, ...], dropout: float = 0.5) -> nn.Module:
    """ASVspoof 6: layers of 128 and 64, half of which are dropped."""
    return nn.Sequential(*dense([shape[0], 128, 64], dropout), nn.Linear(64, 1), OneNumber())
