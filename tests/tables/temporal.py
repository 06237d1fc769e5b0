"""The time domain: energy, changes of sign, emphasis, trimming, and PCEN."""

from importlib import import_module

import numpy as np
from parity_row import LEAST, each, held, row


def librosa():
    return import_module("librosa")


def rms(y=None, *, S=None, dtype=None, **options):
    """librosa's, in the precision of its input unless told otherwise (librosa's own default is float32)."""
    given = S if y is None else y
    return librosa().feature.rms(y=y, S=S, dtype=given.dtype if dtype is None else dtype, **options)


def pcen(S, *, return_zf=False, **options):
    """librosa's; with its state, which stays float64, in the precision of `S`."""
    found = librosa().pcen(S, return_zf=return_zf, **options)
    return (found[0].astype(S.dtype), found[1]) if return_zf else found


REFERENCES = {
    "rms": rms,
    "zero_crossing_rate": lambda *args, **options: librosa().feature.zero_crossing_rate(*args, **options),
    "zero_crossings": lambda *args, **options: librosa().zero_crossings(*args, **options),
    "preemphasis": lambda *args, **options: librosa().effects.preemphasis(*args, **options),
    "deemphasis": lambda *args, **options: librosa().effects.deemphasis(*args, **options),
    "trim": lambda *args, **options: librosa().effects.trim(*args, **options),
    "split": lambda *args, **options: librosa().effects.split(*args, **options),
    "pcen": pcen,
}


def pauses(y):
    """The signal with soft ends and a soft middle."""
    n, soft = len(y), y.dtype.type(1e-4)
    y = y.copy()
    for start, end in [(0, n // 5), (n // 2, 3 * n // 5), (9 * n // 10, n)]:
        y[start:end] *= soft
    return y


def two(y):
    """Two channels, one of them softer and silent elsewhere."""
    return np.stack([pauses(y), y.dtype.type(0.03) * pauses(y[::-1])])


def magnitudes(y, **frames):
    return np.ascontiguousarray(np.abs(librosa().stft(y, **frames)))


def few(y):
    """Powers of 40 frames, whatever the rate."""
    return magnitudes(y[:5000], n_fft=512, hop_length=128) ** 2


GIVEN = {
    "magnitude of 401": lambda y, sr: ((), {"S": magnitudes(y, n_fft=401, hop_length=160)}),
    "magnitude by frames": lambda y, sr: ((), {"S": np.asfortranarray(magnitudes(y))}),
    "samples first": lambda y, sr: ((np.ascontiguousarray(np.stack([y[:900], y[300:1200]]).T),), {}),
    "pauses": lambda y, sr: ((pauses(y),), {}),
    "two with pauses": lambda y, sr: ((two(y),), {}),
    "PCM power": lambda y, sr: ((magnitudes(y) ** 2 * y.dtype.type(2.0**31),), {}),
    "one band": lambda y, sr: ((magnitudes(y)[40],), {}),
    "few frames": lambda y, sr: ((few(y),), {}),
    "few of three": lambda y, sr: ((np.stack([few(y), few(y[::-1]), few(-y / 2)]),), {}),
}
REFERENCE = np.random.default_rng(5).random((257, 40))
STATE = np.random.default_rng(6).random((257, 1))

SHORT = {"frame_length": 400, "hop_length": 160}
#: Granules that are shared, and frames that are summed one by one; hops beyond the frame.
FRAMES = [
    SHORT, {"frame_length": 1024}, {"hop_length": 160}, {"hop_length": 137}, {"frame_length": 401},
    {"frame_length": 256, "hop_length": 1000}, {"frame_length": 512, "hop_length": 512}, {"center": False},
    {**SHORT, "center": False}, {"frame_length": 1, "hop_length": 100}, {"frame_length": 2, "hop_length": 1},
    {"frame_length": 100, "hop_length": 160, "center": False},
]  # fmt: skip
PADS = [{"pad_mode": m} for m in ("reflect", "edge", "symmetric", "linear_ramp", held)]

RMS = [
    row("rms", 1e-15, 6e-7, thorough=True),
    *each("rms", 1e-15, 6e-7, [*FRAMES, *PADS]),
    row("rms", 5e-7, 1e-6, {"dtype": np.float32}, changes=False),
    row("rms", 1e-15, 1e-15, {"dtype": np.float64}, changes=False),
    row("rms", 1e-15, 1e-15, {"dtype": np.float64, "pad_mode": "reflect", **SHORT}),
    row("rms", 1e-15, 1e-6, {}, "batch"),
    row("rms", 1e-15, 1e-6, SHORT, "batch"),
    row("rms", 1e-15, 1e-6, {}, "piece"),
    row("rms", 2e-15, 2e-6, {}, "magnitude", thorough=True),
    row("rms", 1e-15, 1e-6, {}, "magnitude by frames"),
    row("rms", 1e-15, 1e-6, {"frame_length": 2049}, "magnitude"),
    row("rms", 1e-15, 1e-15, {"dtype": np.float64}, "magnitude", changes=False),
    # Below: what librosa's own sum of bins one after another is off by.
    row("rms", 4e-15, 4e-6, {"frame_length": 401}, "magnitude of 401", changes=False),
    row("rms", 6e-15, 2e-5, {}, "magnitude of batch"),
]
SIGNS = [
    {"threshold": 0.01}, {"threshold": 0.0}, {"ref_magnitude": 2.0e8},
    {"threshold": 0.1, "ref_magnitude": np.max}, {"threshold": 0.5, "ref_magnitude": np.median},
    {"threshold": 0.1, "zero_pos": False},
]  # fmt: skip
RATE = [
    row("zero_crossing_rate", *LEAST, thorough=True, upcast=True),
    *each("zero_crossing_rate", *LEAST, FRAMES, upcast=True),
    *each("zero_crossing_rate", *LEAST, SIGNS, upcast=True),
    *each("zero_crossing_rate", *LEAST, [{"pad": True}, {"zero_pos": False}], upcast=True),
    row("zero_crossing_rate", *LEAST, {"pad": True, "zero_pos": False, **SHORT}, upcast=True),
    row("zero_crossing_rate", *LEAST, {**SHORT, "center": False, **SIGNS[3]}, upcast=True),
    row("zero_crossing_rate", *LEAST, SHORT, "batch", upcast=True),
    row("zero_crossing_rate", *LEAST, SIGNS[4], "batch", upcast=True),
    row("zero_crossing_rate", *LEAST, {}, "piece", upcast=True),
]
CROSSINGS = [
    row("zero_crossings", *LEAST, thorough=True),
    *each("zero_crossings", *LEAST, [o for o in SIGNS if o != {"threshold": 0.0}]),
    *each("zero_crossings", *LEAST, [{"threshold": 0.0}, {"zero_pos": False}], changes=False),
    row("zero_crossings", *LEAST, {"pad": False}),
    row("zero_crossings", *LEAST, {"pad": False, **SIGNS[3]}, "batch"),
    row("zero_crossings", *LEAST, {"axis": 0}, "samples first", changes=False),
]
EMPHASIS = [
    *each("preemphasis", *LEAST, [{}, {"coef": 0.5}, {"coef": -1.5}, {"zi": 0.25}, {"zi": [0.1]}]),
    row("preemphasis", *LEAST, {"return_zf": True}, changes=False),
    row("preemphasis", *LEAST, {"return_zf": True, "coef": 0.9}, "batch", changes=False),
    row("preemphasis", *LEAST, {"zi": np.arange(6.0).reshape(2, 3, 1)}, "batch"),
    row("deemphasis", 4e-15, 2e-6, thorough=True),
    *each("deemphasis", 2e-15, 2e-6, [{"coef": 0.5}, {"coef": -0.8}]),
    row("deemphasis", 1e-15, 2e-6, {"coef": 1.0}),
    *each("deemphasis", *LEAST, [{"zi": 0.25}, {"zi": [0.1], "coef": 0.9}]),
    row("deemphasis", 4e-15, 2e-6, {"return_zf": True}, changes=False),
    row("deemphasis", *LEAST, {"return_zf": True, "zi": 0.0}, changes=False),
    row("deemphasis", 2e-15, 2e-6, {"return_zf": True, "coef": 0.9}, "batch", changes=False),
    row("deemphasis", *LEAST, {"zi": np.arange(6.0).reshape(2, 3, 1)}, "batch"),
]
SILENCE = [
    {"top_db": 20}, {"top_db": 35.5}, {"ref": 0.05}, {"ref": np.median, "top_db": 10},
    {"ref": 1.0, "top_db": 20}, {"frame_length": 512}, {"hop_length": 128}, {"ref": 1e-3, "top_db": -20},
]  # fmt: skip
TRIM = [
    row(call, *LEAST, options, given, **more)
    for call in ("trim", "split")
    for options, given, more in [
        ({}, "y", {}),
        ({}, "pauses", {"thorough": True}),
        *((options, "pauses", {"changes": False}) for options in SILENCE),
        ({}, "two with pauses", {}),
        ({"aggregate": np.min, "top_db": 40}, "two with pauses", {}),
        ({"aggregate": np.mean, "ref": np.mean, "top_db": 20}, "two with pauses", {"changes": False}),
        ({"hop_length": 100}, "batch", {}),
        ({}, "piece", {}),
    ]
]
LAWS = [
    {"gain": 0.5}, {"gain": 0}, {"bias": 10}, {"bias": 0}, {"power": 0.25}, {"power": 0},
    {"eps": 1e-2}, {"time_constant": 0.06}, {"b": 0.1}, {"b": 1.0}, {"hop_length": 160},
]  # fmt: skip
FEW = [
    {"max_size": 3}, {"axis": 0}, {"axis": 0, "max_size": 5}, {"ref": REFERENCE}, {"zi": STATE},
    {"max_size": 3, "max_axis": 1},
]  # fmt: skip
PCEN = [
    row("pcen", 1e-14, 4e-6, {}, "PCM power", thorough=True, upcast=True),
    row("pcen", 1e-14, 4e-6, {}, "power", upcast=True),
    *each("pcen", 1e-14, 6e-6, LAWS, "PCM power", upcast=True),
    row("pcen", 2e-14, 1e-5, {"power": 2.0}, "PCM power", upcast=True),
    *each("pcen", 1e-14, 4e-6, FEW, "few frames", upcast=True),
    row("pcen", 1e-14, 4e-6, {"return_zf": True}, "few frames", changes=False),
    row("pcen", 1e-14, 4e-6, {"return_zf": True, "axis": 1, "b": 0.2}, "few of three", changes=False),
    row("pcen", 1e-14, 4e-6, {"max_size": 4, "max_axis": -2}, "few of three", upcast=True),
    row("pcen", 1e-14, 4e-6, {}, "one band", upcast=True),
]  # fmt: skip
ROWS = [*RMS, *RATE, *CROSSINGS, *EMPHASIS, *TRIM, *PCEN]

FRAMED = ["rms", "zero_crossing_rate", "trim", "split"]
CENTRED = ["rms", "zero_crossing_rate"]
SIGNED = ["zero_crossing_rate", "zero_crossings"]
EMPHASISED = ["preemphasis", "deemphasis"]
TRIMMED = ["trim", "split"]
SIGNALS = [*FRAMED, "zero_crossings", *EMPHASISED]
FAULTS = [
    *((FRAMED, {"frame_length": v}, "frame_length") for v in (0, -1, 2048.0, "2048", None, True)),
    *((FRAMED, {"hop_length": v}, "hop_length") for v in (0, -160, 160.5, None)),
    *((CENTRED, {"center": v}, "center") for v in (None, "yes", 1)),
    *((["rms"], {"pad_mode": v}, "pad_mode") for v in ("mirror", "wrap", "mean", 3)),
    *((["rms"], {"dtype": v}, "dtype") for v in (np.int16, "complex64")),
    *((SIGNED, {"threshold": v}, "threshold") for v in (-1e-3, np.nan, "0")),
    *((SIGNED, {"ref_magnitude": v}, "ref_magnitude") for v in (-1.0, np.inf, "max")),
    (SIGNED, {"ref_magnitude": np.sort}, "ref_magnitude"),
    *((SIGNED, {"pad": v}, "pad") for v in (None, 1)),
    *((SIGNED, {"zero_pos": v}, "zero_pos") for v in (None, 0)),
    *((["zero_crossings"], {"axis": v}, "axis") for v in (1, -2, 0.0)),
    *((EMPHASISED, {"coef": v}, "coef") for v in (np.nan, "0.97", None)),
    (["deemphasis"], {"coef": 1.01}, "coef"),
    *((EMPHASISED, {"zi": v}, "zi") for v in ([0.0, 1.0], "0", np.nan)),
    *((EMPHASISED, {"return_zf": v}, "return_zf") for v in (None, 1)),
    *((TRIMMED, {"top_db": v}, "top_db") for v in (np.nan, "60", None)),
    *((TRIMMED, {"ref": v}, "ref") for v in (-1.0, "max", None, np.sort)),
    *((TRIMMED, {"aggregate": v}, "aggregate") for v in ("max", None)),
]
S = np.ones((257, 20), np.float32)
ONE = np.ones(1, np.float32)
OTHERS = [
    ("rms", (), {"S": S, "frame_length": 2048}, "frame_length"),
    ("rms", (), {"S": S, "frame_length": 510}, "frame_length"),
    ("rms", (), {"S": S.astype(np.complex64), "frame_length": 512}, "S"),
    ("rms", (), {"S": np.full_like(S, np.nan), "frame_length": 512}, "S"),
    ("rms", (), {"S": np.asfortranarray(np.full_like(S, np.inf)), "frame_length": 512}, "S"),
    ("rms", (), {"S": S[0], "frame_length": 512}, "S"),
    ("preemphasis", (ONE,), {"zi": None}, "zi"),
    ("deemphasis", (ONE,), {"zi": None}, "zi"),
    *(("pcen", (S,), {name: -1.0}, name) for name in ("gain", "bias", "power", "eps", "b", "sr")),
    ("pcen", (S,), {"time_constant": -1.0}, "time_constant"),
    *(("pcen", (S,), {name: np.nan}, name) for name in ("gain", "bias", "power", "eps", "zi")),
    *(("pcen", (S,), {name: 0}, name) for name in ("eps", "time_constant", "hop_length", "sr", "max_size")),
    ("pcen", (S,), {"b": 1.5}, "b"),
    ("pcen", (S,), {"max_size": 2.0}, "max_size"),
    ("pcen", (S[0],), {"max_size": 3}, "max_size"),
    ("pcen", (S[np.newaxis],), {"max_size": 3, "max_axis": None}, "max_axis"),
    ("pcen", (S,), {"max_size": 3, "max_axis": 2}, "max_axis"),
    ("pcen", (S,), {"axis": 2}, "axis"),
    ("pcen", (S,), {"axis": None}, "axis"),
    ("pcen", (S,), {"ref": S[:3]}, "ref"),
    ("pcen", (S,), {"ref": -S}, "ref"),
    ("pcen", (S,), {"zi": np.zeros((3, 1))}, "zi"),
    ("pcen", (S,), {"zi": -1.0}, "zi"),
    ("pcen", (S,), {"zi": "0"}, "zi"),
    ("pcen", (S,), {"return_zf": 1}, "return_zf"),
    ("pcen", (-S,), {}, "S"),
    ("pcen", (np.where(S > 0, np.nan, S),), {}, "S"),
    ("pcen", ("S",), {}, "S"),
]  # fmt: skip
