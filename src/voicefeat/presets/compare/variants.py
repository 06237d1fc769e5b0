"""The variants of a front end: the settings in which published systems of the same name differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from ...errors import ParameterError
from ..front_end import FrontEnd
from ..replace import replaced, settings_of
from ..stages import Compression, Dynamics, Energy, Frames, Normalisation

EPS = float(np.finfo(np.float64).eps)
EPS32 = float(np.finfo(np.float32).eps)

WINDOWS = (
    "hann", "hann_symmetric", "hamming", "hamming_symmetric", "povey", "povey_symmetric", "blackman",
    "blackman_symmetric", "boxcar",
)  # fmt: skip
LENGTHS = (256, 320, 400, 480, 512, 1024, 2048)
HOPS = (64, 80, 100, 110, 120, 128, 160, 200, 220, 240, 256, 320, 400, 441, 480, 512)
#: Combinations of center, pad_mode, align and partial.
PLACES = (
    *((True, mode, "center", "drop") for mode in ("constant", "reflect", "edge", "symmetric")),
    *((False, "constant", *both) for both in product(("center", "left"), ("drop", "pad", "mirror"))),
)
EMPHASES = (0.0, 0.95, 0.97)
SMALL = (0.0, EPS, EPS32, 1e-20, 1e-12, 1e-10, 1e-8, 1e-6, 1e-5, 1e-3, 1.0)
#: The values of each setting of a bank.
BANK: dict[str, tuple[Any, ...]] = {
    "scale": ("hz", "htk", "slaney"),
    "slopes": ("hz", "scale"),
    "edges": ("exact", "floor"),
    "norm": (None, "slaney", "area"),
    "shape": ("triangle", "rectangle"),
    "inverted": (False, True),
    "nyquist": (True, False),
    "dc": (False, True),
    "straight": (0.0, 1000.0),
    "fmin": (0.0, 20.0, 60.0, 64.0, 80.0),
    "fmax": (None, -400.0, 4000.0, 7600.0, 8000.0),
}

#: Settings in the words of a report.
WORDS = {
    "signal.scale": "amplitude of the samples (1 for [-1, 1), 32768 for 16-bit numbers)",
    "signal.preemphasis": "pre-emphasis over the signal",
    "signal.first": "first sample of the pre-emphasis",
    "signal.dither": "random dither",
    "signal.samples": "length to which the signal is cut or repeated",
    "framing.window": "window (a name ending in _symmetric is symmetric, else periodic)",
    "framing.win_length": "length of the window",
    "framing.n_fft": "length of the FFT",
    "framing.hop_length": "hop in samples",
    "framing.align": "position of the window in a longer FFT",
    "framing.center": "whether frames are centred, the ends padded",
    "framing.pad_mode": "padding of the ends",
    "framing.partial": "treatment of an incomplete last frame",
    "framing.trim": "frames left out at the end",
    "framing.remove_dc": "mean of each frame subtracted",
    "framing.preemphasis": "pre-emphasis inside each frame",
    "spectrum.power": "magnitude (1) or power (2)",
    "spectrum.divided": "spectrum divided by n_fft",
    "bands.scale": "scale on which bands are equally spaced",
    "bands.slopes": "triangles with straight sides in Hz or on the scale",
    "bands.edges": "edges exact, or moved to whole bins",
    "bands.norm": "height of the bands: unit peak (None), or unit area",
    "bands.nyquist": "last bin (half the rate) in the bands",
    "bands.dc": "bin at 0 Hz as a band of its own",
    "bands.labelled": "number of bins, labelled with frequencies up to fmax",
    "bands.n_filters": "number of bands",
    "bands.fmin": "lowest edge in Hz",
    "bands.fmax": "highest edge in Hz",
    "compression.log": "kind of logarithm",
    "compression.floor": "lower bound of the logarithm's argument",
    "compression.offset": "constant added before the logarithm",
    "compression.zero": "value that replaces exact zeros before the logarithm",
    "compression.top_db": "floor below the clip's largest value, in dB",
    "cepstrum.n": "number of coefficients",
    "cepstrum.norm": "norm of the cosine transform",
    "cepstrum.type": "type of the cosine transform",
    "cepstrum.lifter": "lifter",
    "cepstrum.lifter_from": "index from which the lifter counts",
    "cepstrum.first": "first coefficient that is kept (1 drops c0)",
    "cepstrum.c0": "position of c0",
    "energy": "row of the frame's energy",
    "energy.of": "energy before (samples) or after (bins) window and pre-emphasis",
    "energy.place": "position of the energy",
    "dynamics": "deltas",
    "dynamics.orders": "orders of deltas",
    "dynamics.width": "frames to each side of a delta",
    "dynamics.divisor": "divisor of a delta",
    "dynamics.repeated": "definition of delta-deltas",
    "dynamics.along": "direction of the deltas",
    "dynamics.keep": "statics kept beside the deltas",
    "normalisation": "normalisation of means and variances",
}


def neighbours(fe: FrontEnd, frames: int, n: int) -> Iterator[FrontEnd]:
    """Front ends that differ from `fe` in one respect; they should make `frames` frames of `n` samples.

    Combinations that the checks of the stages refuse are left out.
    """
    for change in changes(fe, frames, n):
        variant = changed(fe, change)
        if variant is not None and variant != fe:
            yield variant


def changed(fe: FrontEnd, change: dict[str, Any]) -> FrontEnd | None:
    """`fe` with other settings; None if they are refused."""
    try:
        return replaced(fe, change)
    except ParameterError:
        return None


def changes(fe: FrontEnd, frames: int, n: int) -> Iterator[dict[str, Any]]:
    """The settings to replace, one change at a time, in the order of the chain."""
    yield from _of_signal(fe)
    if fe.framing is not None:
        yield from _of_frames(fe.framing, frames, n)
        yield from _of_bands(fe)
        yield from _of_logarithm(fe)
        yield from _of_cepstrum(fe)
        yield from _of_energy(fe, fe.framing.n_fft)
    yield from _of_dynamics(fe)
    for after in (None, Normalisation(), Normalisation(variance=True), Normalisation("sliding")):
        yield {"normalisation": after}
    yield {"normalisation": Normalisation("sliding", window=300, center=True)}


def _of_signal(fe: FrontEnd) -> Iterator[dict[str, Any]]:
    for scale in (1.0, 32768.0):
        yield {"signal__scale": scale}
    for dither in (0.0, 1e-5, 0.1, 1.0):
        yield {"signal__dither": dither}
    for emphasis, first in product(EMPHASES, ("keep", "self")):
        change = {"signal__preemphasis": emphasis, "signal__first": first}
        yield {**change, "framing__preemphasis": 0.0} if fe.framing is not None else change


def _of_frames(framing: Frames, frames: int, n: int) -> Iterator[dict[str, Any]]:
    for window in WINDOWS:
        yield {"framing__window": window}
    for place in PLACES:
        names = ("center", "pad_mode", "align", "partial")
        yield {f"framing__{k}": v for k, v in zip(names, place, strict=True)}
    for trim in (0, 1):
        yield {"framing__trim": trim}
    for remove, emphasis in product((False, True), EMPHASES):
        change = {"framing__remove_dc": remove, "framing__preemphasis": emphasis}
        yield change if not emphasis else {**change, "signal__preemphasis": 0.0}
        if emphasis:
            yield change
    for length in {*LENGTHS, framing.n_fft}:
        yield {"framing__win_length": length}
        yield {"framing__n_fft": length}
        yield {"framing__n_fft": length, "framing__win_length": length}
    for hop in hops(framing, frames, n):
        yield {"framing__hop_length": hop}
    for power, divided in product((1.0, 2.0), (False, True)):
        yield {"spectrum__power": power, "spectrum__divided": divided}


def hops(framing: Frames, frames: int, n: int) -> list[int]:
    """Hop lengths that give `frames` frames, and common ones that nearly do."""
    low, high = n // (frames + 4), n // max(frames - 4, 1) + 1
    usual = [hop for hop in HOPS if low <= hop <= high]
    around = range(max(low, 1), min(high, framing.n_fft) + 1)
    exact = [hop for hop in around if replace(framing, hop_length=hop).count(n) == frames]
    return list(dict.fromkeys([*usual, *exact[:: max(1, len(exact) // 8)]]))


def _of_bands(fe: FrontEnd) -> Iterator[dict[str, Any]]:
    if fe.bands is None or fe.bands.bank != "bank":
        return
    for name, values in BANK.items():
        for value in values:
            yield {f"bands__{name}": value}
    own = settings_of("bands", fe.bands)
    for scale, norm in product(("hz", "htk", "slaney"), (None, "slaney")):  # these two often go together
        yield {"bands__scale": scale, "bands__norm": norm}
    if own.get("labelled") is not None:
        yield {"bands__labelled": None}
    for scale, slopes in (("htk", "scale"), ("slaney", "scale")):
        yield {"bands__scale": scale, "bands__slopes": slopes, "bands__nyquist": False}


def _of_logarithm(fe: FrontEnd) -> Iterator[dict[str, Any]]:
    if fe.compression is None:
        for log in ("ln", "log10", "db"):
            yield {"compression": Compression(log, offset=EPS)}
            yield {"compression": Compression(log, floor=1e-10)}
        return
    yield {"compression": None}
    for log in ("ln", "log10", "db"):
        yield {"compression__log": log}
    for value in SMALL:
        yield {"compression__floor": value, "compression__offset": 0.0}
        yield {"compression__floor": 0.0, "compression__offset": value}
    yield {"compression__floor": 0.0, "compression__offset": 0.0, "compression__zero": EPS}
    for top in (None, 80.0):
        yield {"compression__top_db": top}


def _of_cepstrum(fe: FrontEnd) -> Iterator[dict[str, Any]]:
    if fe.cepstrum is None:
        return
    for norm in ("ortho", "htk", None):
        yield {"cepstrum__norm": norm}
    for kind in (2, 3):
        yield {"cepstrum__type": kind}
    for lifter, origin in ((0.0, 1), (22.0, 0), (22.0, 1)):
        yield {"cepstrum__lifter": lifter, "cepstrum__lifter_from": origin}
    for first in (0, 1):
        yield {"cepstrum__first": first, **({"energy": None} if first else {})}
    for place in ("first", "last"):
        yield {"cepstrum__c0": place}


def _of_energy(fe: FrontEnd, n_fft: int) -> Iterator[dict[str, Any]]:
    yield {"energy": None}
    choices: tuple[tuple[Any, ...], ...] = ("samples", "bins"), ("replace", "first", "last"), (1.0, 0.0)
    for of, place, gain in product(*choices):
        energy = Energy(of, gain or 1.0 / n_fft, place=place)
        yield {"energy": energy}
        if place != "replace" and fe.cepstrum is not None:  # one row more, one coefficient less
            fewer = fe.cepstrum.n - (fe.energy is None or fe.energy.place == "replace")
            yield {"energy": energy, "cepstrum__n": fewer}
            yield {"energy": energy, "cepstrum__n": fewer, "cepstrum__first": 1}


def _of_dynamics(fe: FrontEnd) -> Iterator[dict[str, Any]]:
    yield {"dynamics": None}
    own = fe.dynamics
    kinds: set[tuple[int, Any]] = (
        {(1, "all"), (2, "all"), (1, "deltas")} if own is None else {(own.orders, own.keep)}
    )
    for orders, keep in sorted(kinds):
        divisors: tuple[Any, ...] = ("regression", 1.0, 2.0)
        again: tuple[Any, ...] = ("again", "kernel", "ahead")
        for width, divisor, repeated in product((1, 2, 3, 4, 9), divisors, again):
            for along in ("frames", "rows"):
                if orders > 1 or repeated == "again":
                    yield {"dynamics": Dynamics(orders, width, divisor, repeated, along, keep)}
