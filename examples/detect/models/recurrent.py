"""A recurrent network along the coefficients of a mean vector, as published."""

import torch
from torch import nn

from .parts import OneNumber


class LSTM(nn.Module):
    """ASVspoof 11: an LSTM of 128, half of which is dropped, a dense layer of 64, one output.

    torch has two vectors of biases for each gate where Keras has one: 75,393 parameters and 74,881.
    """

    def __init__(self, hidden: int = 128, dropout: float = 0.5) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, batch_first=True)
        self.tail = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(hidden, 64), nn.ReLU(), nn.Linear(64, 1), OneNumber()
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        steps, _ = self.lstm(x[:, :, None])
        return self.tail(steps[:, -1])


def lstm(shape: tuple[int, ...], **settings: float) -> nn.Module:
    """The same for a vector of any length."""
    return LSTM(**settings)
