"""Residual networks with bottlenecks (He and others 2016) and their variant D (He and others 2019).

Layers stand in timm's order, so that the first so many tensors that a setting freezes are the same ones.
"""

from __future__ import annotations

import torch
from torch import nn

from .parts import AddAxis, OneNumber


def _conv(before: int, after: int, size: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(before, after, size, stride, size // 2, bias=False)


class Bottleneck(nn.Module):
    """1 by 1, 3 by 3 and 1 by 1 with a shortcut around them; four times `width` channels come out."""

    def __init__(self, before: int, width: int, stride: int, pooled: bool) -> None:
        super().__init__()
        after = 4 * width
        self.body = nn.Sequential(
            _conv(before, width, 1), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            _conv(width, width, 3, stride), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            _conv(width, after, 1), nn.BatchNorm2d(after),
        )  # fmt: skip
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            steps: list[nn.Module] = []
            if pooled and stride != 1:  # variant D: averaged, so that nothing is thrown away
                steps.append(nn.AvgPool2d(2, stride, ceil_mode=True, count_include_pad=False))
            steps += [_conv(before, after, 1, 1 if pooled else stride), nn.BatchNorm2d(after)]
            self.shortcut = nn.Sequential(*steps)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.body(x) + self.shortcut(x))


def _resnet(blocks: list[int], stem: list[nn.Module], pooled: bool) -> nn.Module:
    layers: list[nn.Module] = [AddAxis(), *stem, nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    before = 64
    for stage, depth in enumerate(blocks):
        width = 64 * 2**stage
        for block in range(depth):
            layers.append(Bottleneck(before, width, 2 if stage and not block else 1, pooled))
            before = 4 * width
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 1), OneNumber())
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, Bottleneck):  # each block begins as its shortcut
            nn.init.zeros_(module.body[-1].weight)
    return net


def _chosen(own: nn.Module, name: str, weights: str) -> nn.Module:
    if not weights:
        return own
    from .pretrained import from_timm

    return from_timm(weights, name)


def resnet101(shape: tuple[int, ...], weights: str = "") -> nn.Module:
    """ASVspoof 9: 3, 4, 23 and 3 blocks; `weights="timm"` takes timm's network, trained on ImageNet."""
    stem: list[nn.Module] = [_conv(1, 64, 7, 2), nn.BatchNorm2d(64)]
    return _chosen(_resnet([3, 4, 23, 3], stem, pooled=False), "resnet101", weights)


def resnet200d(shape: tuple[int, ...], weights: str = "") -> nn.Module:
    """ASVspoof 10, there called ResNet202: 3, 24, 36 and 3 blocks, a stem of three convolutions."""
    stem: list[nn.Module] = [
        _conv(1, 32, 3, 2), nn.BatchNorm2d(32), nn.ReLU(inplace=True),
        _conv(32, 32, 3), nn.BatchNorm2d(32), nn.ReLU(inplace=True),
        _conv(32, 64, 3), nn.BatchNorm2d(64),
    ]  # fmt: skip
    return _chosen(_resnet([3, 24, 36, 3], stem, pooled=True), "resnet200d.ra2_in1k", weights)
