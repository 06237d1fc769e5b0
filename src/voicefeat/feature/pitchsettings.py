"""The arguments of `yin` and `pyin`, checked before a sample is read."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ..audio import signal
from ..chain.framing import Frames
from ..chain.lags import Lags
from ..chain.voicing import Pitches, Thresholds
from ..errors import LONGEST, divisor, real, reject, samples_a_second, whole

#: Thresholds that are tried, and pitches that are told apart, at most.
MOST_STEPS = 100_000


def checked_range(sr: Any, fmin: Any, fmax: Any, frame_length: Any) -> tuple[float, float, float, int]:
    """Checked rate, range of pitches, and samples of a frame, which the longest period must fit into."""
    sr = samples_a_second("sr", sr)
    remedy = "C2 to C7, 65.4 to 2093 Hz, is usual"
    fmin = real("fmin", fmin, above=0.0, unit="hertz", remedy=remedy)
    fmax = real("fmax", fmax, above=0.0, unit="hertz", remedy=remedy)
    # The shortest period has two samples, and a frame two more than the longest.
    length = whole("frame_length", frame_length, least=4, unit="samples", remedy="try frame_length=2048")
    if fmax > sr / 2:
        reject("fmax", fmax, f"is above half of sr={sr:g}", f"give at most {sr / 2:g}")
    if fmin >= fmax:
        reject("fmin", fmin, f"is not below fmax={fmax:g}", "give a lower fmin or a higher fmax")
    period = min(sr / fmin, 1e15)
    if period >= length - 1:
        least = math.floor(period) + 2
        longer = f"frame_length={least} or more, or " if least <= LONGEST else ""
        reject(
            "fmin",
            fmin,
            f"a period of {period:.6g} samples does not fit into frame_length={length}",
            f"give {longer}an fmin above {sr / (length - 1):.6g}",
        )
    if period >= length // 2:
        warnings.warn(
            f"fmin={fmin:g}: fewer than two periods fit into frame_length={length}, which makes pitch"
            f" unreliable; frame_length={2 * math.ceil(period) + 2} or more holds two",
            stacklevel=3,
        )
    return sr, fmin, fmax, length


def checked_lags(
    sr: float, fmin: float, fmax: float, length: int, hop: Any, center: Any, pad_mode: Any
) -> Lags:
    hop = length // 4 if hop is None else hop
    hop = whole("hop_length", hop, unit="samples", remedy=f"try hop_length={length // 4}")
    frames = Frames.make(length, hop, None, "ones", center, pad_mode)
    low, high = math.floor(sr / fmax), min(math.ceil(sr / fmin), length - 1)
    return Lags(length, hop, frames.center, frames.pad_mode, low, high)


def check_win_length(win_length: Any, length: int) -> None:
    """An argument of older versions of librosa, which librosa 0.11 takes and does not use."""
    if win_length is None:
        return
    if whole("win_length", win_length, unit="samples", remedy="leave it out") >= length:
        reject("win_length", win_length, f"is not below frame_length={length}", "leave it out")
    warnings.warn("win_length has no effect, as in librosa 0.11; leave it out", FutureWarning, stacklevel=3)


def framed_signal(y: Any, lags: Lags) -> np.ndarray:
    """The checked signal, which must be long enough to be framed."""
    y, length = signal(y), lags.frame_length
    n, pad = y.shape[-1], lags.frames.pad
    if not lags.center and n < length:
        reject(
            "frame_length",
            length,
            f"the signal has {n} samples, fewer than one frame",
            f"give a frame_length of at most {n}, or center=True",
        )
    if (lags.pad_mode == "reflect" and n <= pad) or (lags.pad_mode == "symmetric" and n < pad):
        reject(
            "pad_mode",
            lags.pad_mode,
            f"the signal of {n} samples is too short to mirror {pad} at each end",
            "use pad_mode='constant' or a smaller frame_length",
        )
    return y


def checked_thresholds(count: Any, beta: Any, decay: Any, rescue: Any) -> Thresholds:
    count = whole("n_thresholds", count)
    if count > MOST_STEPS:
        reject("n_thresholds", count, "are more than can be told apart", f"give at most {MOST_STEPS}")
    try:
        a, b = (real("beta_parameters", x, above=0.0) for x in beta)
    except (TypeError, ValueError):
        reject("beta_parameters", beta, "must be two numbers above 0", "try (2, 18)")
    decay = divisor("boltzmann_parameter", decay, above=0.0)
    return Thresholds(count, (a, b), decay, real("no_trough_prob", rescue, 0.0, 1.0))


def checked_pitches(
    sr: float, fmin: float, fmax: float, hop: int, resolution: Any, rate: Any, switch: Any
) -> Pitches:
    resolution = divisor("resolution", resolution, above=0.0, high=1.0, unit="semitones")
    per_semitone = math.ceil(1.0 / resolution)
    bins = math.floor(12 * per_semitone * np.log2(fmax / fmin)) + 1
    if bins > MOST_STEPS:
        reject("resolution", resolution, f"makes {bins} pitches of the range", "give a larger one, as 0.1")
    if bins < 2:
        reject("resolution", resolution, "leaves one pitch between fmin and fmax", "give a smaller step")
    rate = real("max_transition_rate", rate, low=0.0, unit="octaves a second")
    width = round(rate * 12 * hop / sr) * per_semitone + 1
    if width > bins:
        most = (bins - 1) // per_semitone * sr / (12 * hop)
        reject(
            "max_transition_rate",
            rate,
            f"spans {width} pitches in one hop of {hop} samples, fmin to fmax has {bins}",
            f"give at most {most:g}, or a wider range",
        )
    switch = real("switch_prob", switch, 0.0, 1.0)
    return Pitches(sr, fmin, bins, 12 * per_semitone, width, switch)
