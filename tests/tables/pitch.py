"""Fundamental frequency, autocorrelation and linear prediction.

Which period YIN picks is a decision between values that may differ by rounding alone. In float64 the
reference is librosa as it is. In float32, and on an impulse (whose frames are alike at nearly every lag),
librosa's rule is applied to voicefeat's own difference function, which `test_pitch.py` holds against
librosa's.
"""

import sys
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module

import numpy as np
from parity_row import each, held, row

from voicefeat.chain import tables
from voicefeat.chain.frames import Frames
from voicefeat.chain.pitch.lags import LagPlan, Lags, each_tile


def librosa():
    return import_module("librosa")


def differences(y, lags):
    """voicefeat's normalised differences of a signal (..., n), as (..., lags, frames)."""
    plan = tables.table(LagPlan, lags, y.dtype)
    flat = np.ascontiguousarray(y).reshape(-1, y.shape[-1])
    out = np.empty((len(flat), lags.high, lags.frames.count(y.shape[-1])), y.dtype)

    def take(work, tiles, item, first, frames):
        groups = -(-frames // plan.lanes)
        tiles = tiles[: groups * lags.high * plan.lanes].reshape(groups, lags.high, plan.lanes)
        out[item, :, first : first + frames] = np.concatenate(list(tiles), axis=-1)[:, :frames]

    each_tile(plan, flat, take)
    return out[:, lags.low - 1 :].reshape(*y.shape[:-1], -1, out.shape[-1])


def of_frames(y_frames, min_period, max_period):
    """The same of frames (..., samples, frames), in the place of librosa's function and in its type."""
    y = np.swapaxes(y_frames, -1, -2)
    n = y.shape[-1]
    found = differences(y, Lags(Frames(n, n, n, "ones", False), min_period, max_period))[..., 0]
    return np.swapaxes(found, -1, -2).astype(np.float64)


@contextmanager
def own_differences():
    """librosa's decisions, on voicefeat's differences."""
    import_module("librosa.core.pitch")
    module = sys.modules["librosa.core.pitch"]
    before = module._cumulative_mean_normalized_difference
    module._cumulative_mean_normalized_difference = of_frames
    try:
        yield
    finally:
        module._cumulative_mean_normalized_difference = before


def pitch(name):
    def call(y, **options):
        options.pop("win_length", None)  # librosa only warns that it has no effect
        function = getattr(librosa(), name)
        if y.dtype == np.float64 and np.count_nonzero(y) > 1:
            return function(y, **options)
        with own_differences():
            return function(y, **options)

    return remembered(call)


def remembered(call):
    """`call`, once for the same signal and options: librosa takes its time."""

    @lru_cache(maxsize=64)
    def of_bytes(content, dtype, shape, options):
        return call(np.frombuffer(content, dtype).reshape(shape), **dict(options))

    return lambda y, **options: of_bytes(y.tobytes(), y.dtype, y.shape, tuple(options.items()))


def lpc(y, **options):
    """librosa's in double precision; its sums of float32 are off by more than voicefeat's."""
    return librosa().lpc(y.astype(np.float64), **options).astype(y.dtype)


REFERENCES = {
    "yin": pitch("yin"),
    "pyin": pitch("pyin"),
    "autocorrelate": lambda *args, **options: librosa().autocorrelate(*args, **options),
    "lpc": lpc,
}
GIVEN = {
    "samples between": lambda y, sr: ((np.stack([y[:900], y[300:1200]]).reshape(2, 900, 1),), {}),
    "long": lambda y, sr: ((np.tile(y, 1 + 60000 // len(y)),), {}),
    "frames": lambda y, sr: (
        (np.stack([y[i : i + 400] for i in range(len(y) // 2, len(y) - 400, 160)]),),
        {},
    ),
}

VOICE = {"fmin": 65.0, "fmax": 2093.0}
NARROW = {"fmin": 80.0, "fmax": 500.0}
FRAMES = [
    {"frame_length": 1500}, {"hop_length": 137}, {"center": False},
    {"frame_length": 1201, "hop_length": 1201}, {"frame_length": 1200, "hop_length": 2000},
    {"win_length": 512},
]  # fmt: skip
PADS = [{"pad_mode": m} for m in ("reflect", "edge", "symmetric", "linear_ramp", held)]
YIN = [
    row("yin", 5e-15, 5e-7, VOICE, changes=False, upcast=True, thorough=True),
    *each("yin", 5e-15, 5e-7, [{**VOICE, **o} for o in [*FRAMES, *PADS]], changes=False, upcast=True),
    # The parabola of a constant signal is all but flat.
    row("yin", 1e-12, 5e-7, {**VOICE, "frame_length": 1024, "hop_length": 160}, changes=False, upcast=True),
    *each("yin", 5e-15, 5e-7, [{**NARROW, "trough_threshold": t} for t in (0.02, 0.5, 1e-9)],
          changes=False, upcast=True),
    row("yin", 5e-15, 5e-7, {"fmin": 500.0, "fmax": 4000.0}, changes=False, upcast=True),
    row("yin", 5e-15, 5e-7, {"fmin": 60.0, "fmax": 300.0, "frame_length": 900}, changes=False, upcast=True),
    row("yin", 5e-15, 5e-7, VOICE, "batch", changes=False, upcast=True),
]  # fmt: skip
BELIEFS = [
    {"n_thresholds": 20}, {"beta_parameters": (1, 18)}, {"boltzmann_parameter": 0.7}, {"no_trough_prob": 0.5},
]  # fmt: skip
PATHS = [
    {"resolution": 0.25}, {"max_transition_rate": 10.0}, {"switch_prob": 0.3}, {"fill_na": 0.0},
    {"hop_length": 160}, {"frame_length": 1024}, {"center": False}, {"pad_mode": "reflect"},
    {"win_length": 512},
]  # fmt: skip
PYIN = [
    row("pyin", 5e-15, 5e-15, {**VOICE, "fill_na": None}, changes=False),
    *each("pyin", 5e-15, 5e-15, [{**NARROW, "fill_na": None, **o} for o in BELIEFS], changes=False),
    *each("pyin", 5e-15, 5e-15, [{**NARROW, **o} for o in PATHS], changes=False, full=True),
    row("pyin", 5e-15, 5e-15, NARROW, "batch", changes=False, full=True),
]
AUTOCORRELATE = [
    row("autocorrelate", 1e-15, 5e-7, thorough=True),
    row("autocorrelate", 2e-15, 1e-6, {"max_size": 512}),
    row("autocorrelate", 1e-15, 5e-7, {"max_size": 1}),
    row("autocorrelate", 1e-15, 5e-7, {"max_size": 10**6}, changes=False),
    row("autocorrelate", 2e-15, 6e-7, {"max_size": 512}, "long"),
    row("autocorrelate", 1e-15, 5e-7, {"max_size": 1}, "long"),
    row("autocorrelate", 1e-15, 5e-7, {}, "batch"),
    row("autocorrelate", 2e-15, 8e-7, {"axis": 1, "max_size": 20}, "samples between"),
]
#: Speech that is nearly predicted, as all of it is that was low-pass filtered, magnifies what is rounded off.
LPC = [
    *each("lpc", 2e-12, 5e-7, [{"order": n} for n in (16, 2, 13, 40)], changes=False, full=True),
    row("lpc", 1e-13, 5e-7, {"order": 1}, changes=False, full=True),
    row("lpc", 1e-12, 5e-7, {"order": 16}, "long", changes=False, full=True),
    row("lpc", 2e-13, 5e-7, {"order": 12}, "frames", changes=False, full=True),
    row("lpc", 1e-7, 5e-7, {"order": 9}, "batch", changes=False, full=True),
    row("lpc", 3e-11, 5e-7, {"order": 9, "axis": 1}, "samples between", changes=False, full=True),
]
ROWS = [*YIN, *PYIN, *AUTOCORRELATE, *LPC]

Y = np.sin(np.arange(16000) / 5).astype(np.float32)
BOTH = ("yin", "pyin")
RANGE = {"sr": 16000, "fmin": 65.0, "fmax": 2093.0}


def bad(calls, fault, *values, y=Y, **others):
    """Calls with each of the values of the argument at fault."""
    return [(call, (y,), {**RANGE, **others, fault: value}, fault) for call in calls for value in values]


SPOILT = [
    np.where(np.arange(16000) == 77, np.nan, Y), np.where(np.arange(16000) == 77, -np.inf, Y), Y[:0],
    Y.astype(np.int8), Y > 0, np.stack([Y, Y], axis=-1),
]  # fmt: skip
OTHERS = [
    *[(call, (y,), RANGE, "y") for call in BOTH for y in [*SPOILT, Y.astype(np.complex64)]],
    *[("autocorrelate", (y,), {}, "y") for y in SPOILT],
    *[("lpc", (y,), {"order": 4}, "y") for y in [*SPOILT, Y.astype(np.complex64)]],
    *bad(BOTH, "sr", 0, -16000, np.inf, None, "16000"),
    *bad(BOTH, "fmin", 0.0, -65.0, np.nan, None, "C2", 2093.0, 4000.0, 5.0, 7.8),
    *bad(BOTH, "fmax", 0.0, np.nan, None, 8000.1),
    *bad(BOTH, "frame_length", 0, -1, 2048.0, None, True),
    *bad(BOTH, "frame_length", 2048, y=Y[:2047], center=False),
    *bad(BOTH, "hop_length", 0, -160, 160.5),
    *bad(BOTH, "win_length", 0, 1024.0, 2048),
    *bad(BOTH, "center", None, "yes"),
    *bad(BOTH, "pad_mode", "mirror", "wrap", 3),
    *bad(BOTH, "pad_mode", "reflect", y=Y[:1024]),
    *bad(BOTH, "pad_mode", "symmetric", y=Y[:1023]),
    *bad(["yin"], "trough_threshold", 0, -0.1, np.nan, None, "0.1"),
    *bad(["pyin"], "n_thresholds", 0, 100.0, None),
    *bad(["pyin"], "beta_parameters", (2,), (2, 0), (2, 18, 3), None, "ab", 2.0),
    *bad(["pyin"], "boltzmann_parameter", 0, -1.0, np.nan),
    *bad(["pyin"], "resolution", 0, 1.5, -0.1, None),
    *bad(["pyin"], "resolution", 1.0, fmin=65.0, fmax=66.0, max_transition_rate=0.0),
    *bad(["pyin"], "max_transition_rate", -1.0, np.inf, 1000.0),
    *bad(["pyin"], "switch_prob", -0.01, 1.01, np.nan),
    *bad(["pyin"], "no_trough_prob", -0.01, 1.01, None),
    *bad(["pyin"], "fill_na", "nan", [0.0]),
    *[("autocorrelate", (Y,), {"max_size": n}, "max_size") for n in (0, -1, 512.0, True)],
    *[("autocorrelate", (Y,), {"axis": n}, "axis") for n in (1, -2, 0.0, None)],
    *[("lpc", (Y,), {"order": n}, "order") for n in (0, -1, 16.0, None, True, 16000)],
    ("lpc", (Y[:16],), {"order": 16}, "order"),
    *[("lpc", (Y,), {"order": 4, "axis": n}, "axis") for n in (1, -2)],
]
