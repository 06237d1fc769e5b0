"""Convolutional networks: along the coefficients of a mean vector, as published, and over a spectrogram."""

from torch import nn

from .parts import AddAxis, OneNumber, dense, two_outputs


def cnn_vector(shape: tuple[int, ...], hidden: int = 64, dropout: float = 0.0, outputs: int = 1) -> nn.Module:
    """DEEP-VOICE 3 and 4: three times 64 kernels of 3 and a pool of 2, two dense layers, two outputs.

    `outputs` is how often the last layer stands: twice in the published code.
    """
    layers: list[nn.Module] = [AddAxis()]
    for channels in (1, 64, 64):
        layers += [nn.Conv1d(channels, 64, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2)]
    tail = dense([64 * (shape[0] // 8), hidden, hidden], dropout)
    return nn.Sequential(*layers, nn.Flatten(), *tail, *two_outputs(hidden, outputs), OneNumber())


def cnn_mfcc(shape: tuple[int, ...], dropout: float = 0.5) -> nn.Module:
    """ASVspoof 8: 128 and 64 kernels of 3 without padding, a pool of 2 and dropout after each."""
    after_one = (shape[0] - 2) // 2
    after_two = (after_one - 2) // 2
    layers: list[nn.Module] = [AddAxis()]
    for before, after in ((1, 128), (128, 64)):
        layers += [nn.Conv1d(before, after, 3), nn.ReLU(), nn.MaxPool1d(2), nn.Dropout(dropout)]
    flat = dense([64 * after_two, 64])
    return nn.Sequential(*layers, nn.Flatten(), *flat, nn.Linear(64, 1), OneNumber())


def cnn_mel(shape: tuple[int, ...], dropout: float = 0.0) -> nn.Module:
    """ASVspoof 7: 32 and 64 kernels of 5 by 5, padded by 2, pools of 2, then layers of 1024, 512 and 256."""
    layers: list[nn.Module] = [AddAxis()]
    for before, after in ((1, 32), (32, 64)):
        layers += [nn.Conv2d(before, after, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)]
    flat = 64 * (shape[0] // 4) * (shape[1] // 4)
    return nn.Sequential(
        *layers, nn.Flatten(), *dense([flat, 1024, 512, 256], dropout), nn.Linear(256, 1), OneNumber()
    )
