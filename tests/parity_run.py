"""How a row of `parity.py` is run: what it is given, on which signals, and how far apart two answers are."""

import inspect
import sys
import zlib
from functools import cache, lru_cache

import numpy as np
import soundfile
from closeness import UNITS
from parity_row import SLOW
from reference import FRAMES, REFERENCES, quiet
from signals import RATES, data_dir, signals, speech
from tables import named as of_families

import voicefeat as vf

KINDS = ("speech", "noise", "tone", "silence", "dc", "impulse", "recording")
#: Signals whose every bin is well above rounding.
FULL = ("speech", "noise")
#: Seconds of signal that a row sees.
SECONDS = 0.7
#: A real recording at each rate, where the folder of them is present.
RECORDINGS = {
    8000: "fsdd/recordings/4_jackson_5.wav",
    16000: "minifake/train/MF_T_0328.flac",
    22050: "formats/found/coqui_LJ001-0002.wav",
    44100: "formats/derived/lj_44k1_stereo_pcm16.wav",
    48000: "formats/derived/lj_48k_stereo_float.wav",
}


@cache
def sounds(sr: int) -> dict[str, np.ndarray]:
    """The signals at rate `sr` by name, float64; speech from the middle, where somebody speaks."""
    made = {**signals(sr, SECONDS), "speech": middle(speech(sr), sr)}
    if folder := data_dir():
        made["recording"] = middle(soundfile.read(folder / RECORDINGS[sr], always_2d=True)[0][:, 0], sr)
    return {name: made[name].astype(np.float64) for name in KINDS if name in made}


def middle(y, sr):
    n = int(SECONDS * sr)
    return y[max(0, (len(y) - n) // 2) :][:n]


def cases(row) -> list[tuple[str, int]]:
    """The (signal, rate) pairs of a row: all of them for a thorough one; else each signal once and each rate
    at least once, dealt by the row's name so that a new row does not change the others. Rows of slow calls
    have speech and one signal more, by turns."""
    names = [name for name in (FULL if row.full else KINDS) if name in sounds(RATES[0])]
    if row.flat:
        names.remove("impulse")
    rates = row.rates or RATES
    slow = row.call in SLOW
    if row.thorough and not slow:
        return [(name, sr) for sr in rates for name in names]
    first = zlib.crc32(str(row).encode())
    dealt = [(name, rates[(first + i) % len(rates)]) for i, name in enumerate(names)]
    if slow and not row.thorough:  # of the rows of a call each signal has its turn
        return [dealt[first % len(dealt)], ("speech", rates[(first + 3) % len(rates)])]
    return [*dealt, ("speech", rates[(first + 3) % len(rates)]), ("speech", 16000)]


def batch(y):
    """Six different signals as (2, 3, samples)."""
    n = len(y) // 3
    return np.stack([np.roll(y, 997 * i)[:n] * y.dtype.type(0.5**i) for i in range(6)]).reshape(2, 3, n)


def spectrum(y, **frames):
    return REFERENCES["stft"](y, **frames)


def log_mel(y, sr):
    return REFERENCES["power_to_db"](REFERENCES["melspectrogram"](y, sr))


#: What both sides are given, by name: a function of (y, sr) that returns the arguments.
GIVEN = {
    "y": lambda y, sr: ((y,), {}),
    "batch": lambda y, sr: ((batch(y),), {}),
    "piece": lambda y, sr: ((y[len(y) // 2 :][:700],), {}),
    "short": lambda y, sr: ((y[len(y) // 2 :][:2500],), {}),
    "spectrum": lambda y, sr: ((spectrum(y),), {}),
    "spectrum of 512": lambda y, sr: ((spectrum(y, n_fft=512, hop_length=160, win_length=400),), {}),
    "spectrum of 401": lambda y, sr: ((spectrum(y, n_fft=401, hop_length=100),), {}),
    "spectrum of batch": lambda y, sr: ((spectrum(batch(y)),), {}),
    "magnitude": lambda y, sr: ((), {"S": np.abs(spectrum(y))}),
    "magnitude of batch": lambda y, sr: ((), {"S": np.abs(spectrum(batch(y)))}),
    "power": lambda y, sr: ((), {"S": np.abs(spectrum(y)) ** 2}),
    "power of batch": lambda y, sr: ((), {"S": np.abs(spectrum(batch(y))) ** 2}),
    "log mel": lambda y, sr: ((), {"S": log_mel(y, sr)}),
    "log mel of batch": lambda y, sr: ((), {"S": log_mel(batch(y), sr)}),
    "features": lambda y, sr: ((REFERENCES["mfcc"](y, sr, hop_length=128),), {}),
    "features of batch": lambda y, sr: ((REFERENCES["mfcc"](batch(y), sr, hop_length=64),), {}),
    "frequencies": lambda y, sr: ((np.abs(y[:500]) * 1000,), {}),
    **of_families("GIVEN"),
}
#: dB functions name their first argument in their own way; it is given by place.
BY_PLACE = ("power_to_db", "amplitude_to_db", "db_to_power", "db_to_amplitude")


@lru_cache(maxsize=4096)
def arguments(given: str, name: str, sr: int, dtype: str):
    """What both sides are given, computed once (the reference may be slow); nobody may write to it."""
    args, named = GIVEN[given](sounds(sr)[name].astype(dtype), sr)
    for value in (*args, *named.values()):
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return args, named


def inputs(row, name, sr, dtype):
    args, named = arguments(row.given, name, sr, dtype)
    if row.call in BY_PLACE:
        args, named = tuple(named.values()), {}
    if "sr" in inspect.signature(getattr(vf, row.call)).parameters:
        named = {**named, "sr": sr}
    return args, named


def ours(row, name, sr, dtype, options=None):
    args, named = inputs(row, name, sr, dtype)
    return quiet(getattr(vf, row.call))(*args, **named, **(row.options if options is None else options))


def theirs(row, name, sr, dtype):
    args, named = inputs(row, name, sr, dtype)
    if on_rounding(row, name, sr, dtype):
        return REFERENCES[row.call](**named, spectrum=own_spectrum(row, *args), **row.options)
    return REFERENCES[row.call](*args, **named, **row.options)


def on_rounding(row, name, sr, dtype) -> bool:
    """True when the reference starts from voicefeat's own spectrum, since the answer hangs on rounding.

    In float32 these are the logarithms of empty bins and the peaks that exceed a threshold; in any precision,
    which bins of a flat spectrum are local maxima.
    """
    if row.own_spectrum == "always":
        return dtype == "float32" or name == "impulse"
    return row.own_spectrum == "quiet" and dtype == "float32" and name not in FULL


def own_spectrum(row, y):
    """voicefeat's spectrogram of `y` with the frames and the power that the row's call starts from."""
    defaults = {k: p.default for k, p in inspect.signature(getattr(vf, row.call)).parameters.items()}
    chosen = {k: v for k, v in {**defaults, **row.options}.items() if k in FRAMES}
    power = row.own_power
    if power is None:
        power = row.options.get("power", defaults.get("power", 1.0 if row.call in PITCHES else 2.0))
    return quiet(vf.spectrogram)(y, power=power, **chosen)


PITCHES = ("piptrack", "estimate_tuning")


def error(row, name, sr, dtype) -> float:
    """How far apart the two answers are."""
    return apart(row, name, sr, dtype, ours(row, name, sr, dtype), theirs(row, name, sr, dtype))


def apart(row, name, sr, dtype, got, want) -> float:
    """How far apart two answers are; differences of features are measured against the features."""
    scale = np.abs(inputs(row, name, sr, dtype)[0][0]).max() if row.call == "delta" else 0.0
    return distance(got, want, scale)


def distance(got, want, scale=0.0) -> float:
    """The largest difference, relative to the peak of `want` or to `scale`, if that is larger; infinite where
    shapes or gaps differ."""
    if isinstance(want, tuple):
        same = isinstance(got, tuple) and len(got) == len(want)
        return max(map(distance, got, want)) if same else np.inf
    got, want = np.asarray(got), np.asarray(want)
    if want.dtype.kind in "bi":  # yes or no, and places: as numbers that can be apart
        got, want = got.astype(float), want.astype(float)
    if got.shape != want.shape or not np.array_equal(np.isfinite(got), np.isfinite(want)):
        return np.inf
    finite = np.isfinite(want)
    if not finite.any():
        return 0.0
    peak = max(np.abs(want[finite]).max(), scale)
    return float(np.abs(got[finite] - want[finite]).max() / (peak or 1.0))


def dtypes(value):
    """The dtype of an answer, or of each of its parts."""
    return [np.asarray(v).dtype for v in (value if isinstance(value, tuple) else (value,))]


def unit(value) -> float:
    """A unit in the last place of 1 in the type of an answer."""
    return max(np.finfo(d).eps if d.kind in "fc" else 0.0 for d in dtypes(value))


def report(rows) -> None:
    """Measure the error of each row, print it beside its tolerance, and mark a tolerance that is not two to
    fifty times as large (or a few roundings, where the error is less) and `UNITS` beyond the error."""
    chosen = [r for r in rows if all(word in str(r) for word in sys.argv[1:])]
    for r in chosen:
        line = [f"{r!s:70s}"]
        for dtype in ("float64", "float32"):
            allowed = getattr(r, dtype)
            worst, name, sr = max((error(r, *c, dtype), *c) for c in cases(r))
            rounding = unit(ours(r, name, sr, dtype))
            fits = max(2 * worst, worst + UNITS * rounding) <= allowed <= max(50 * worst, 8 * rounding)
            line.append(f"{dtype} {worst:.1e} of {allowed:.1e} {name:>9s} {sr:5d} {' ' if fits else '*'}")
        print("  ".join(line), flush=True)
