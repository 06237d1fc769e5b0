"""The networks by name, with the shape of one example and the number of parameters that each has.

Every network gives one number for each example, higher for bona fide. Those of the DEEP-VOICE systems end in
two units, as published; their number is the difference of the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import voicefeat as vf

from ..words import one_of


@dataclass(frozen=True)
class Network:
    """How a network is built, for which input, and how many parameters it has with that input."""

    #: The file of this package, and the function in it.
    home: str
    builder: str
    shape: tuple[int, ...]
    parameters: int
    settings: tuple[tuple[str, Any], ...] = ()


NETWORKS = {
    "ann": Network("dense", "ann", (40,), 11_074),
    "ann_dropout": Network("dense", "ann", (40,), 11_074, (("dropout", 0.2),)),
    "cnn": Network("conv", "cnn_vector", (40,), 49_794),
    "cnn_dropout": Network("conv", "cnn_vector", (40,), 36_354, (("hidden", 32), ("dropout", 0.5))),
    "ann_mel": Network("dense", "ann_mel", (64, 188), 12_978_177),
    "ann_mfcc": Network("dense", "ann_mfcc", (40,), 13_569),
    "cnn_mel": Network("conv", "cnn_mel", (64, 188), 49_992_577),
    "cnn_mfcc": Network("conv", "cnn_mfcc", (40,), 58_049),
    "lstm": Network("recurrent", "lstm", (40,), 75_393),
    "resnet101": Network("resnet", "resnet101", (64, 188), 42_495_937),
    "resnet200d": Network("resnet", "resnet200d", (64, 188), 62_645_537),
    "vit": Network("vit", "vit_tiny", (64, 188), 5_397_889),
    "lcnn": Network("lcnn", "lcnn", (60, 401), 269_729),
}

#: Networks with an output for either class.
TWO_OUTPUTS = ("ann", "ann_dropout", "cnn", "cnn_dropout")


def build(name: str, shape: tuple[int, ...], settings: dict[str, Any] | None = None) -> Any:
    """The network for examples of `shape`; `settings` go before the table's."""
    from importlib import import_module

    network = NETWORKS[one_of("model.kind", name, NETWORKS)]
    if len(shape) != len(network.shape):
        wanted = "one vector a clip" if len(network.shape) == 1 else "rows by frames"
        raise vf.ParameterError(
            f"model.kind={name!r}: takes {wanted}, and the input has shape {shape}; "
            f"give input.statistics for vectors, none of them for frames"
        )
    function: Callable[..., Any] = getattr(import_module(f".{network.home}", __package__), network.builder)
    try:
        return function(shape, **{**dict(network.settings), **(settings or {})})
    except vf.ParameterError:
        raise
    except (TypeError, ValueError, RuntimeError) as error:  # PyTorch's of impossible sizes and shares
        raise vf.ParameterError(f"model.settings={settings}: {error}; see examples/detect/models") from None


def count(model: Any) -> int:
    """How many numbers are learnt."""
    return sum(p.numel() for p in model.parameters())
