"""A vision transformer (Dosovitskiy and others 2021) over patches of 16 by 16 of a spectrogram."""

import torch
from torch import nn
from torch.nn import functional as F

from .parts import OneNumber

PATCH = 16


class Block(nn.Module):
    """Attention and two dense layers, each after a normalisation and beside a shortcut."""

    def __init__(self, size: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before = nn.LayerNorm(size)
        self.qkv = nn.Linear(size, 3 * size)
        self.out = nn.Linear(size, size)
        self.between = nn.LayerNorm(size)
        self.dense = nn.Sequential(
            nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size), nn.Dropout(dropout)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        clips, tokens, size = x.shape
        parts = self.qkv(self.before(x)).reshape(clips, tokens, 3, self.heads, size // self.heads)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(clips, tokens, size)
        x = x + self.out(seen)
        return x + self.dense(self.between(x))


class ViT(nn.Module):
    """Patches, a token that sees them all, blocks, one unit on that token."""

    def __init__(self, shape: tuple[int, ...], size: int, depth: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.missing = [-n % PATCH for n in shape]
        patches = (shape[0] + self.missing[0]) // PATCH * ((shape[1] + self.missing[1]) // PATCH)
        self.patch = nn.Conv2d(1, size, PATCH, PATCH)
        self.token = nn.Parameter(torch.zeros(1, 1, size))
        self.place = nn.Parameter(torch.zeros(1, patches + 1, size))
        self.blocks = nn.Sequential(*[Block(size, heads, dropout) for _ in range(depth)])
        self.tail = nn.Sequential(nn.LayerNorm(size), nn.Linear(size, 1), OneNumber())
        for weight in (self.token, self.place):
            nn.init.trunc_normal_(weight, std=0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows, frames = self.missing
        x = self.patch(F.pad(x, (0, frames, 0, rows))[:, None]).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], 1) + self.place
        return self.tail(self.blocks(x)[:, 0])


def vit_tiny(
    shape: tuple[int, ...], size: int = 192, depth: int = 12, heads: int = 3, dropout: float = 0.0
) -> nn.Module:
    """ViT-Ti/16: 192 numbers a token, 12 blocks of 3 heads."""
    return ViT(shape, size, depth, heads, dropout)
