"""The light CNN with two LSTM layers of Wang and Yamagishi (Interspeech 2021, "LCNN-LSTM-sum")."""

import torch
from torch import nn

from .parts import OneNumber


class MaxFeatureMap(nn.Module):
    """The larger of each channel of the first half and its fellow of the second."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first, second = x.chunk(2, 1)
        return torch.maximum(first, second)


def _step(before: int, after: int, size: int, *then: nn.Module) -> list[nn.Module]:
    """A convolution to twice `after` channels, of which half remain."""
    return [nn.Conv2d(before, 2 * after, size, padding=size // 2), MaxFeatureMap(), *then]


def _norm(channels: int) -> nn.Module:
    return nn.BatchNorm2d(channels, affine=False)


class LCNN(nn.Module):
    """Nine convolutions, four pools of 2, two LSTM layers in both directions beside a shortcut, a mean."""

    def __init__(self, rows: int, dropout: float = 0.7) -> None:
        super().__init__()
        pool = nn.MaxPool2d(2)
        self.conv = nn.Sequential(
            *_step(1, 32, 5, pool),
            *_step(32, 32, 1, _norm(32)), *_step(32, 48, 3, pool, _norm(48)),
            *_step(48, 48, 1, _norm(48)), *_step(48, 64, 3, pool),
            *_step(64, 64, 1, _norm(64)), *_step(64, 32, 3, _norm(32)),
            *_step(32, 32, 1, _norm(32)), *_step(32, 32, 3, pool),
            nn.Dropout(dropout),
        )  # fmt: skip
        size = rows // 16 * 32
        self.lstm = nn.LSTM(size, size // 2, num_layers=2, batch_first=True, bidirectional=True)
        self.tail = nn.Sequential(nn.Linear(size, 1), OneNumber())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        maps = self.conv(x.transpose(1, 2)[:, None])  # clips, channels, frames, rows
        steps = maps.permute(0, 2, 1, 3).flatten(2)
        seen, _ = self.lstm(steps)
        return self.tail((seen + steps).mean(1))


def lcnn(shape: tuple[int, ...], dropout: float = 0.7) -> nn.Module:
    """For `shape` rows and frames; the frames may be any number, the rows at least 16."""
    return LCNN(shape[0], dropout)
