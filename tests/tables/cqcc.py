"""CQCC and its constant-Q transform; the references are written from the definition, bin by bin, in numpy."""

from importlib import import_module

import numpy as np
from parity_row import LEAST_DOUBLE, each, row

EPS = 2.0**-52


def grid(sr, bins_per_octave=96, fmin=None, fmax=None, gamma=None):
    """Centres and bandwidths in hertz."""
    top = sr / 2 if fmax is None else fmax
    low = top / 512 if fmin is None else fmin
    quality = 2 ** (1 / bins_per_octave) - 2 ** (-1 / bins_per_octave)
    gamma = 228.7 * quality if gamma is None else gamma
    centres, k = [], 0
    while not centres or centres[-1] < top * (1 - 1e-9):
        centres.append(low * 2 ** (k / bins_per_octave))
        k += 1
    centres = np.array([f for f in centres if f + (quality * f + gamma) / 2 <= sr / 2])
    return centres, quality * centres + gamma


def places(sr, n, **options):
    """The centre of each channel and its length, both in bins."""
    centres, widths = grid(sr, **options)
    p = [int(np.floor(f / (sr / n))) for f in centres]
    return p, [max(4, int(np.floor(w / (sr / n) + 0.5))) for w in widths]


def channel(spectrum, centre, window, points):
    """Samples of one channel; `window` maps the distance from the centre to a weight."""
    folded, n = np.zeros(points, complex), spectrum.size
    i = centre + np.array(list(window))
    np.add.at(folded, i % points, np.array(list(window.values())) * spectrum[i % n])
    return np.fft.ifft(folded) * 2 * points / n


def hann(length):
    start = -(length // 2)
    return {m: 0.5 + 0.5 * np.cos(2 * np.pi * m / length) for m in range(start, start + length)}


def plateau(length, beside):
    """The window of an end: flat, a neighbour's window cut in where the first and last bins meet."""
    if length <= beside:
        return hann(length)
    circle = [1.0] * length
    for i in range(beside):
        circle[length // 2 - beside // 2 + i] = 0.5 + 0.5 * np.cos(2 * np.pi * i / beside)
    start = -(length // 2)
    return {m: circle[m % length] / np.sqrt(length) for m in range(start, start + length)}


def ends(sr, n, **options):
    """(centre, window) below the first channel and above the last."""
    (low, *_, high), _ = grid(sr, **options)
    _, lengths = places(sr, n, **options)
    made = []
    for centre, width, beside in ((0, 2 * low, lengths[0]), (n // 2, sr - 2 * high, lengths[-1])):
        made.append((centre, plateau(max(4, int(np.floor(width * n / sr + 0.5))), beside)))
    return made


def transform(y, sr, points=None, **options):
    """All channels of one signal, (channels, points)."""
    spectrum = np.fft.fft(y.astype(np.float64))
    centres, lengths = places(sr, y.size, **options)
    points = points or lengths[-1]
    pairs = zip(centres, lengths, strict=True)
    return np.array([channel(spectrum, p, hann(length), points) for p, length in pairs])


def sliced(y, sr, block, **options):
    """The middle halves of transforms of overlapping slices, one after the other."""
    step = 2 * round(block * sr / 2)
    half, n = step // 2, 2 * step
    _, lengths = places(sr, n, **options)
    points = 4 * import_module("scipy.fft").next_fast_len(-(-lengths[-1] // 4))
    flank = np.sin(np.pi / 2 * (np.arange(half) + 0.5) / half) ** 2
    window = np.concatenate([flank, np.ones(step), flank[::-1]])
    padded = np.concatenate([np.zeros(half), y, np.zeros(n + half)])
    frames = -(-y.size * points // n)
    parts = []
    for begin in range(0, y.size, step):
        part = transform(padded[begin : begin + n] * window, sr, points, **options)
        parts.append(part[:, points // 4 : 3 * points // 4])
    return np.concatenate(parts, axis=1)[:, :frames]


def each_signal(y, function):
    """function(signal) of every signal, leading dimensions kept."""
    made = np.array([function(x) for x in y.reshape(-1, y.shape[-1])])
    return made.reshape(*y.shape[:-1], *made.shape[1:])


def nsgcqt(y, sr=22050, *, ends=False, block=None, **options):
    kind = np.complex64 if y.dtype == np.float32 else np.complex128

    def whole(x):
        return transform(x, sr, **options) if block is None else sliced(x, sr, block, **options)

    made = each_signal(y, whole).astype(kind)
    if not ends:
        return made
    outer = globals()["ends"](sr, y.shape[-1], **options)
    samples = [
        each_signal(y, lambda x, c=c, w=w: channel(np.fft.fft(x.astype(float)), c, w, len(w))[None])
        for c, w in outer
    ]
    return made, *(s.astype(kind) for s in samples)


def insgcqt(C, dc, nyquist, sr=22050, *, length, **options):
    """Every bin of the whole spectrum: what channels and their mirror images hold, over squared windows."""
    total, weights = np.zeros(length, complex), np.zeros(length)
    centres, lengths = places(sr, length, **options)
    pieces = [(s, p, hann(n)) for s, p, n in zip(C, centres, lengths, strict=True)]
    outer = zip((dc, nyquist), ends(sr, length, **options), strict=True)
    pieces += [(s[0], centre, window) for s, (centre, window) in outer]
    for samples, centre, window in pieces:
        held = np.fft.fft(samples.astype(complex)) * length / (2 * samples.size)
        for m, weight in window.items():
            i = centre + m
            total[i % length] += weight * held[i % samples.size]
            total[-i % length] += weight * held[i % samples.size].conj()
            weights[i % length] += weight**2
            weights[-i % length] += weight**2
    return np.fft.ifft(total / weights).real.astype(C.real.dtype)


def nsgcqt_times(n, sr=22050, *, block=None, **options):
    shown = sr if block is None else 16000
    assert shown == sr, "one rate is enough"
    if block is None:
        points = places(sr, n, **options)[1][-1]
        return np.array([(t + 1) * n / points / sr for t in range(points)])
    step = 2 * round(block * sr / 2)
    points = 4 * import_module("scipy.fft").next_fast_len(-(-places(sr, 2 * step, **options)[1][-1] // 4))
    return np.array([(t + 1) * 2 * step / points / sr for t in range(-(-n * points // (2 * step)))])


def cqcc_frequencies(sr=22050, *, d=16, **options):
    centres, _ = grid(sr, **options)
    spacing = centres[0] / d
    return centres[0] + spacing * np.arange(int((centres[-1] - centres[0]) / spacing + 1e-6) + 1)


def cqcc_spectrum(y, sr=22050, *, uniform=True, d=16, block=None, **options):
    powers = np.log(np.abs(nsgcqt(y.astype(np.float64), sr, block=block, **options)) ** 2 + EPS)
    if uniform:
        spline = import_module("scipy.interpolate").CubicSpline(grid(sr, **options)[0], powers, axis=-2)
        powers = spline(cqcc_frequencies(sr, d=d, **options))
    return powers.astype(y.dtype)


def slope(x, width):
    """Regression over `width` frames, the first and the last repeated."""
    half, n = width // 2, x.shape[-1]
    total = np.zeros_like(x)
    for k in range(1, half + 1):
        ahead, behind = np.minimum(np.arange(n) + k, n - 1), np.maximum(np.arange(n) - k, 0)
        total += k * (x[..., ahead] - x[..., behind])
    return total / (2 * sum(k * k for k in range(1, half + 1)))


def cqcc(y, sr=22050, *, n_cqcc=20, c0=True, deltas=0, delta_width=7, **options):
    spectrum = cqcc_spectrum(y.astype(np.float64), sr, **options)
    first = 0 if c0 else 1
    whole = import_module("scipy.fft").dct(spectrum, axis=-2, norm="ortho")
    made = [whole[..., first : first + n_cqcc, :]]
    for _ in range(deltas):
        made.append(slope(made[-1], delta_width))
    return np.concatenate(made, axis=-2).astype(y.dtype)


NAMES = (
    "nsgcqt", "insgcqt", "nsgcqt_times", "cqcc_frequencies", "cqcc_spectrum", "cqcc",
)  # fmt: skip
REFERENCES = {name: globals()[name] for name in NAMES}
REFERENCES["nsgcqt_frequencies"] = lambda sr=22050, **options: grid(sr, **options)[0]

LOW = {"bins_per_octave": 12, "fmin": 62.5, "fmax": 4000.0}
WIDE = {"bins_per_octave": 24, "fmin": 100.0}
#: Settings of the channels; the last of them without an octave's whole number of channels.
CHANNELS = [
    LOW, WIDE, {"gamma": 0.0}, {"gamma": 20.0, **WIDE}, {"fmax": 3500.0},
    {"bins_per_octave": 7, "fmin": 110.0, "fmax": 3000.0},
]  # fmt: skip
GIVEN = {
    "no signal": lambda y, sr: ((), {}),
    "samples": lambda y, sr: ((y.size,), {}),
    "odd piece": lambda y, sr: ((y[len(y) // 3 :][:3001],), {}),
    "constant-Q": lambda y, sr: (nsgcqt(y, sr, ends=True), {}),
    "constant-Q of 12": lambda y, sr: (nsgcqt(y, sr, ends=True, **LOW), {}),
    "constant-Q of 24": lambda y, sr: (nsgcqt(y, sr, ends=True, gamma=20.0, **WIDE), {}),
}
SCIPY = {"needs": "scipy"}
#: Most channels of a tone, and all of DC, hold nothing but rounding.
FULL = {"needs": "scipy", "full": True}
#: The run of the original that each reference of this table stands for.
ORIGINALS = {
    "nsgcqt": "cqt_toolbox_2013__cqcc_b96",
    "insgcqt": "cqt_toolbox_2013__cqcc_b96_inverse",
    "nsgcqt_frequencies": "asvspoof2019_matlab__cqcc_bin_hz",
    "nsgcqt_times": "asvspoof2019_matlab__cqcc_frame_times",
    "cqcc_frequencies": "asvspoof2019_matlab__cqcc_uniform_hz",
    "cqcc_spectrum": "asvspoof2019_matlab__cqcc_log_power",
    "cqcc": "asvspoof2019_matlab__cqcc",
}
ROWS = [
    row("nsgcqt", 3e-15, 1e-6, thorough=True, **FULL),
    *each("nsgcqt", 3e-15, 1e-6, CHANNELS, **SCIPY),
    row("nsgcqt", 3e-14, 1e-6, {"ends": True}, changes=False, **FULL),
    row("nsgcqt", 5e-14, 1e-6, {"ends": True, **LOW}, "batch", changes=False, **FULL),
    row("nsgcqt", 3e-15, 1e-6, {"block": 0.25}, **SCIPY),
    row("nsgcqt", 2e-15, 9e-7, LOW, "odd piece", **SCIPY),
    *(
        row("insgcqt", 3e-15, 9e-7, {"length": 11200, **o}, given, rates=(16000,), changes=False, **SCIPY)
        for o, given in (
            ({}, "constant-Q"),
            (LOW, "constant-Q of 12"),
            ({"gamma": 20.0, **WIDE}, "constant-Q of 24"),
        )
    ),
    row("nsgcqt_frequencies", *LEAST_DOUBLE, {}, "no signal", **SCIPY),
    *each("nsgcqt_frequencies", *LEAST_DOUBLE, CHANNELS, "no signal", **SCIPY),
    row("nsgcqt_times", *LEAST_DOUBLE, {}, "samples", **SCIPY),
    *each("nsgcqt_times", *LEAST_DOUBLE, CHANNELS, "samples", **SCIPY),
    row("nsgcqt_times", *LEAST_DOUBLE, {"block": 0.25}, "samples", rates=(16000,), **SCIPY),
    row("cqcc_frequencies", *LEAST_DOUBLE, {}, "no signal", **SCIPY),
    *each("cqcc_frequencies", *LEAST_DOUBLE, [*CHANNELS, {"d": 5.5}], "no signal", **SCIPY),
    row("cqcc_spectrum", 2e-11, 2e-3, **SCIPY),
    row("cqcc_spectrum", 4e-11, 2e-3, {"uniform": False}, **SCIPY),
    *each("cqcc_spectrum", 1.5e-10, 6e-3, CHANNELS[:2], **SCIPY),
    *each("cqcc_spectrum", 8e-11, 5e-3, CHANNELS[2:4], **SCIPY),
    row("cqcc_spectrum", 3e-11, 3e-4, CHANNELS[4], **SCIPY),
    row("cqcc_spectrum", 6e-11, 5e-3, CHANNELS[5], **SCIPY),
    row("cqcc_spectrum", 4e-11, 2e-3, {"d": 5.5}, **SCIPY),
    row("cqcc_spectrum", 2e-10, 2e-3, {"block": 0.25, **LOW}, **SCIPY),
    row("cqcc_spectrum", 1e-11, 3e-4, {"uniform": False}, "batch", **SCIPY),
    row("cqcc", 3e-12, 1e-4, **SCIPY),
    *each("cqcc", 8e-12, 1e-3, [CHANNELS[i] for i in (0, 1, 3, 5)], **SCIPY),
    row("cqcc", 1e-12, 1e-4, CHANNELS[2], **SCIPY),
    row("cqcc", 6e-13, 2e-5, CHANNELS[4], **SCIPY),
    *each("cqcc", 2e-12, 1e-4, [{"n_cqcc": 30}, {"n_cqcc": 1}], **SCIPY),
    row("cqcc", 5e-12, 2e-4, {"c0": False}, **FULL),
    row("cqcc", 2e-13, 4e-5, {"d": 5.5}, **SCIPY),
    row("cqcc", 3e-12, 1e-4, {"n_cqcc": 30, "deltas": 2}, **SCIPY),
    row("cqcc", 6e-12, 2e-3, {"deltas": 1, **LOW}, **SCIPY),
    row("cqcc", 5e-12, 2e-4, {"deltas": 2, "delta_width": 5, "c0": False}, **FULL),
    row("cqcc", 4e-12, 1e-4, {"block": 0.25}, **SCIPY),
    row("cqcc", 6e-13, 2e-4, {"deltas": 2, **LOW}, "batch", **SCIPY),
    row("cqcc", 3e-14, 8e-6, {}, "odd piece", **SCIPY),
]

CQT = ["nsgcqt", "cqcc_spectrum", "cqcc"]
CQCC = ["cqcc_spectrum", "cqcc"]
SIGNALS = RATED = CQT
FAULTS = [
    *((CQT, {"sr": v}, "sr") for v in (0, -16000, np.inf, None)),
    *((CQT, {"bins_per_octave": v}, "bins_per_octave") for v in (0, 96.0, None, True, 10**6)),
    *((CQT, {"fmax": v}, "fmax") for v in (0, 8001.0, np.nan, "8000")),
    *((CQT, {"fmin": v}, "fmin") for v in (0, -1.0, 8000.0, 7999.0, 1.0, "15")),
    (CQT, {"fmin": 3000.0, "fmax": 3000.0}, "fmin"),
    *((CQT, {"gamma": v}, "gamma") for v in (-1.0, np.inf, 100.0, "228")),
    *((CQT, {"block": v}, "block") for v in (0, -8.0, 0.001, np.nan, "8")),
    *((["nsgcqt"], {"ends": v}, "ends") for v in (None, 1)),
    (["nsgcqt"], {"ends": True, "block": 8.0}, "ends"),
    *((["cqcc_spectrum"], {"uniform": v}, "uniform") for v in (None, 1, "linear")),
    *((CQCC, {"d": v}, "d") for v in (0, 0.5, np.inf, 1e9, "16")),
    (CQCC, {"bins_per_octave": 1, "gamma": 0.0, "fmin": 2000.0}, "bins_per_octave"),
    *((["cqcc"], {"n_cqcc": v}, "n_cqcc") for v in (0, 20.0, 8060, None)),
    (["cqcc"], {"n_cqcc": 8059, "c0": False}, "n_cqcc"),
    *((["cqcc"], {"c0": v}, "c0") for v in (None, 1, "yes")),
    *((["cqcc"], {"deltas": v}, "deltas") for v in (-1, 3, True, 2.0, "ZsdD")),
    *((["cqcc"], {"delta_width": v}, "delta_width") for v in (1, 6, 7.0, None)),
]
SHORT = np.ones(477)
C, DC, NYQUIST = np.zeros((863, 117), complex), np.zeros((1, 31), complex), np.zeros((1, 229), complex)
WHOLE = {"sr": 16000, "length": 16000}
OTHERS = [
    *((call, (SHORT, 16000), {}, "y") for call in CQT),
    ("nsgcqt_times", (477, 16000), {}, "n"),
    ("nsgcqt_times", (16000.0, 16000), {}, "n"),
    ("nsgcqt_times", (16000, 16000), {"fmax": 9000.0}, "fmax"),
    ("nsgcqt_frequencies", (16000,), {"fmin": 1.0}, "fmin"),
    ("cqcc_frequencies", (16000,), {"d": 0}, "d"),
    ("insgcqt", (C, DC, NYQUIST), {"sr": 16000, "length": 477}, "length"),
    ("insgcqt", (C, DC, NYQUIST), {"sr": 16000, "length": None}, "length"),
    ("insgcqt", (C, DC, NYQUIST), {"sr": 16000, "length": 12000}, "C"),
    ("insgcqt", (C * np.nan, DC, NYQUIST), WHOLE, "C"),
    ("insgcqt", (C[:50], DC, NYQUIST), WHOLE, "C"),
    ("insgcqt", (C,), {"dc": DC[0], "nyquist": NYQUIST, **WHOLE}, "dc"),
    ("insgcqt", (C,), {"dc": DC[None], "nyquist": NYQUIST, **WHOLE}, "dc"),
    ("insgcqt", (C, DC), {"nyquist": None, **WHOLE}, "nyquist"),
]
