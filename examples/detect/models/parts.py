"""What several networks have in common."""

import itertools

import torch
from torch import nn

import voicefeat as vf


class Standardise(nn.Module):
    """Takes the training set's means off and divides by its deviations; both are kept with the model."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        size = (shape[0], *[1] * (len(shape) - 1))
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("deviation", torch.ones(size))

    def learn(self, x: torch.Tensor) -> None:
        """Means and deviations of each column, or of each row over all frames."""
        axes = (0, *range(2, x.ndim))
        self.mean.copy_(x.mean(axes).reshape(self.mean.shape))
        self.deviation.copy_(x.std(axes, unbiased=False).clamp_min(1e-6).reshape(self.mean.shape))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean) / self.deviation


class OneNumber(nn.Module):
    """The last layer's one unit, or the difference of its two."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, 1] - x[:, 0] if x.shape[1] == 2 else x[:, 0]


class AddAxis(nn.Module):
    """(clips, n) to (clips, 1, n), (clips, rows, frames) to (clips, 1, rows, frames): one channel."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, None]


def dense(sizes: list[int], dropout: float = 0.0) -> list[nn.Module]:
    """Linear layers with ReLU, and dropout where there is any, after each."""
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
        if dropout:
            layers.append(nn.Dropout(dropout))
    return layers


def two_outputs(hidden: int, times: int = 1) -> list[nn.Module]:
    """A layer of two units, and as many more after it as are asked for, with nothing between them."""
    return [nn.Linear(2 if k else hidden, 2) for k in range(one_or_more("outputs", times))]


def one_or_more(name: str, value: int) -> int:
    """A number of layers, which must be 1 or more."""
    if type(value) is not int or value < 1:
        raise vf.ParameterError(f"model.settings.{name}={value!r}: must be 1 or more; give a whole number")
    return value
