"""Centroids, flux, all-pole models, group delay and phase: the definitions, in numpy and scipy."""

from functools import wraps

import numpy as np
from parity_row import bumps, each, row
from scipy import fft, signal

EPS = 2.0**-52


def item_by_item(function):
    """`function` of one signal in double precision, for each signal of a batch, in the precision of `y`."""

    @wraps(function)
    def call(y, *args, **options):
        y = np.asarray(y)
        items = [function(item.astype(float), *args, **options) for item in y.reshape(-1, y.shape[-1])]
        return np.stack(items).reshape(*y.shape[:-1], *items[0].shape).astype(y.dtype)

    return call


def frames(y, length=320, hop_length=160, window="hamming_symmetric", preemphasis=0.97, partial="pad"):
    """Windowed frames, one a row; `length` is that of a frame."""
    y = np.append(y[0], y[1:] - preemphasis * y[:-1])
    more = (len(y) - length) / hop_length
    count = max(1, 1 + int(np.ceil(more) if partial == "pad" else np.floor(more)))
    y = np.append(y, np.zeros(count * hop_length + length))
    if isinstance(window, str) and window.endswith("_symmetric"):
        window = signal.get_window(window.removesuffix("_symmetric"), length, fftbins=False)
    elif isinstance(window, (str, tuple)):
        window = signal.get_window(window, length)
    return np.stack([y[t * hop_length :][:length] for t in range(count)]) * window


def spectra(y, frame_length=320, n_fft=512, **options):
    return np.fft.rfft(frames(y, frame_length, **options), n_fft).T


def transformed(x, n, norm="ortho"):
    return fft.dct(x, axis=0, norm=norm)[:n]


def bands(sr, n_bins, n_filters=20, fmin=0.0, fmax=None, n_fft=512):
    """0 and 1 for which bins a band has, and their frequencies."""
    edges = np.linspace(fmin, sr / 2 if fmax is None else fmax, n_filters + 2)
    f = np.arange(n_bins) * sr / n_fft
    inside = [(f >= low) & (f <= high) for low, high in zip(edges[:-2], edges[2:], strict=True)]
    return np.array(inside).astype(float), f


def magnitudes(y, sr, options):
    """|X|, the bank and the frequencies of its bins."""
    bank = {k: options.pop(k) for k in ("n_filters", "fmin", "fmax") if k in options}
    S = np.abs(spectra(y, **options))
    return S, *bands(sr, len(S), **bank, n_fft=options.get("n_fft", 512))


@item_by_item
def scfc(y, sr, **options):
    S, W, f = magnitudes(y, sr, options)
    return (W @ (S * f[:, np.newaxis])) / (W @ S + EPS) / sr


@item_by_item
def scmc(y, sr, n_scmc=20, norm="ortho", log_offset=EPS, **options):
    S, W, f = magnitudes(y, sr, options)
    values = (W @ (S * f[:, np.newaxis])) / (W @ f)[:, np.newaxis]
    return transformed(np.log10(values + log_offset), n_scmc, norm)


@item_by_item
def ssfc(y, sr, n_ssfc=20, norm="ortho", log_offset=EPS, **options):
    S, W, _ = magnitudes(y, sr, options)
    largest = S.max(axis=0)
    change = np.diff(S / np.where(largest == 0, 1, largest), axis=1, prepend=0)
    return transformed(np.log10(W @ change**2 + log_offset), n_ssfc, norm)


def predictions(rows, order):
    """The prediction error filter of each row, 1 first, from its lags by Levinson's recursion."""
    found = []
    for x in rows:
        r = np.correlate(x, x, "full")[len(x) - 1 :][: order + 1]
        a, error = np.ones(1), r[0]
        for i in range(1, order + 1):
            k = -(a @ r[i:0:-1]) / error if error else 0.0
            a = np.append(a, 0) + k * np.append(a, 0)[::-1]
            error *= 1 - k * k
        found.append(a)
    return np.array(found)


@item_by_item
def lpcc(y, n_lpcc=20, order=20, frame_length=320, **options):
    """The recursion, term by term."""
    a = predictions(frames(y, frame_length, **options), order)
    a = np.pad(a, ((0, 0), (0, n_lpcc)))
    c = np.zeros((len(a), n_lpcc + 1))
    for n in range(1, n_lpcc + 1):
        c[:, n] = -a[:, n] - sum(k * c[:, k] * a[:, n - k] for k in range(max(1, n - order), n)) / n
    return c[:, 1:].T


@item_by_item
def apgdf(y, n_apgdf=20, norm="ortho", order=20, offset=1e-8, frame_length=320, n_fft=512, **options):
    a = predictions(frames(y, frame_length, **options) + offset, order)
    phase = np.unwrap(-np.angle(np.fft.fft(a, n_fft)[:, : n_fft // 2])).T
    delay = -np.diff(phase, axis=0)
    return transformed(np.append(delay, delay[-1:], axis=0), n_apgdf, norm)


def delays(
    y, rho=0.4, gamma=0.9, n_smooth=30, relative=True, frame_length=400, n_fft=512, partial="drop", **options
):
    cut = frames(y, frame_length, partial=partial, **options)
    X = np.fft.rfft(cut, n_fft).T
    Y = np.fft.rfft(cut * np.arange(1, frame_length + 1), n_fft).T
    with np.errstate(divide="ignore", invalid="ignore"):  # silence comes to NaN, and NaN to 0
        return delayed(X, Y, rho, gamma, n_smooth, relative)


def delayed(X, Y, rho, gamma, n_smooth, relative):
    logs = signal.medfilt(np.log(np.abs(X)), (5, 1))
    cepstrum = fft.dct(logs, axis=0, norm="ortho")
    cepstrum[n_smooth:] = 0
    t = (X * Y.conj()).real / np.exp(fft.idct(cepstrum, axis=0, norm="ortho")) ** (2 * rho)
    g = np.nan_to_num(np.sign(t) * np.abs(t) ** gamma, nan=0.0)
    return g / np.abs(g).max() if relative else g


@item_by_item
def mgd(y, n_mgd=12, **options):
    return transformed(delays(y, **options), n_mgd + 1)[1:]


@item_by_item
def cosine_phase(y, n_cosine=20, norm="ortho", **options):
    cosines = np.cos(np.angle(spectra(y, **options)))
    return cosines if n_cosine is None else transformed(cosines, n_cosine, norm)


@item_by_item
def instantaneous_frequency(y, baseband=False, hop_length=160, n_fft=512, **options):
    """Differences of phases without whole turns; half a turn is counted forward, and nothing has no phase."""
    X = spectra(y, n_fft=n_fft, hop_length=hop_length, **options)
    phase = np.angle(X)
    advance = np.diff(phase, axis=1)
    if baseband:
        turns = np.arange(len(phase)) * hop_length % n_fft / n_fft
        advance -= 2 * np.pi * turns[:, np.newaxis]
    advance -= 2 * np.pi * np.ceil(advance / (2 * np.pi) - 0.5 - 1e-13)
    advance[(X[:, 1:] == 0) | (X[:, :-1] == 0)] = 0
    return np.pad(advance, ((0, 0), (1, 0)))


REFERENCES = {
    "scfc": scfc,
    "scmc": scmc,
    "ssfc": ssfc,
    "lpcc": lpcc,
    "apgdf": apgdf,
    "modified_group_delay": item_by_item(delays),
    "mgd": mgd,
    "cosine_phase": cosine_phase,
    "instantaneous_frequency": instantaneous_frequency,
}

#: What all of them take.
CUTS = [
    {"frame_length": 240, "hop_length": 80}, {"hop_length": 137}, {"frame_length": 200, "hop_length": 512},
    {"window": "hann"}, {"window": ("kaiser", 8.6)},
]  # fmt: skip
EMPHASES = [{"preemphasis": 0.0}, {"preemphasis": 0.5}]
ODD = [{"n_fft": 509}]
BANKS = [
    {"n_filters": 24}, {"fmin": 300.0}, {"fmax": 3400.0}, {"n_filters": 22, "fmin": 1000.0, "fmax": 4000.0},
]  # fmt: skip


def family(call, float64, float32, own, other="drop"):
    """The defaults, the cuts, and rows of its own."""
    length = 400 if other == "pad" else 320
    options = [*CUTS, {"window": bumps(length)}, *own]
    return [
        row(call, float64, float32, full=True, thorough=True),
        *each(call, float64, float32, options, full=True),
        row(call, float64, float32, {"partial": other}, full=True),
        row(call, float64, float32, {"hop_length": 100}, "batch", full=True),
    ]


def cepstra(name):
    return [{name: 13}, {"norm": None}]


LONGER = {"n_fft": 1024}
BINS = [*EMPHASES, *ODD, LONGER]
GROUP = [{"rho": 0.2}, {"gamma": 0.5}, {"gamma": 1.0}, {"n_smooth": 12}, {"relative": False}]
#: Prediction is as sensitive as its lags are alike: most without pre-emphasis at high rates.
#: The run of the original that each reference of this table stands for.
ORIGINALS = {
    "scfc": "sahidullah2015_matlab__scfc",
    "scmc": "sahidullah2015_matlab__scmc",
    "ssfc": "sahidullah2015_matlab__ssfc",
    "lpcc": "sahidullah2015_matlab__lpcc",
    "apgdf": "sahidullah2015_matlab__apgdf",
    "modified_group_delay": "covarep_mgd__spectrum",
    "mgd": "covarep_mgd__cepstrum",
    "cosine_phase": "definition",
    "instantaneous_frequency": "definition",
}
ROWS = [
    *family("scfc", 3e-14, 8e-6, [*BINS, *BANKS]),
    *family("scmc", 1.2e-14, 4e-6, [*BINS, *BANKS, *cepstra("n_scmc"), {"log_offset": 1e-3}]),
    *family("ssfc", 2.5e-14, 8e-6, [*BINS, *BANKS, *cepstra("n_ssfc"), {"log_offset": 1e-3}]),
    *family("lpcc", 8e-10, 5e-7, [*EMPHASES, {"order": 12}, {"n_lpcc": 30}, {"n_lpcc": 12}]),
    *family("apgdf", 1.5e-9, 5e-7, [LONGER, *cepstra("n_apgdf"), {"order": 12}, {"offset": 1e-3}]),
    *each("apgdf", 6e-9, 5e-7, EMPHASES, full=True),
    *family("modified_group_delay", 1e-13, 8e-7, [*BINS, *GROUP], "pad"),
    *family("mgd", 1.4e-13, 8e-7, [*BINS, *GROUP, {"n_mgd": 20}], "pad"),
    *family("cosine_phase", 1.6e-12, 5e-7, [*EMPHASES, LONGER, *cepstra("n_cosine")]),
    *each("cosine_phase", 1.2e-11, 5e-7, [{"n_cosine": None}], full=True),
    *each("cosine_phase", 1e-14, 5e-7, ODD, full=True),
    *family("instantaneous_frequency", 2e-11, 5e-7, [*EMPHASES, LONGER, {"baseband": True}]),
    *each("instantaneous_frequency", 2e-15, 5e-7, ODD, full=True),
]

BANDED = ["scfc", "scmc", "ssfc"]
ALL_POLE = ["lpcc", "apgdf"]
DELAYS = ["modified_group_delay", "mgd"]
PHASES = ["cosine_phase", "instantaneous_frequency"]
SIGNALS = [*BANDED, *ALL_POLE, *DELAYS, *PHASES]
RATED = BANDED
LOGS = ["scmc", "ssfc"]
LONG = {"partial": "drop", "frame_length": 16001}
FAULTS = [
    *((SIGNALS, {"frame_length": v}, "frame_length") for v in (0, -320, 320.0, None, "320", True)),
    *((SIGNALS, {"hop_length": v}, "hop_length") for v in (0, -1, 160.0, None)),
    *(([n for n in SIGNALS if n != "lpcc"], {"n_fft": v}, "n_fft") for v in (0, 256, 512.0, None)),
    *((SIGNALS, {"window": v}, "window") for v in ("hamn", np.ones(100), None, ("kaiser",))),
    *((SIGNALS, {"preemphasis": v}, "preemphasis") for v in (np.nan, "0.97", None)),
    *((SIGNALS, {"partial": v}, "partial") for v in ("keep", None, True)),
    ([n for n in SIGNALS if n != "lpcc"], {**LONG, "n_fft": 16384}, "frame_length"),
    (["lpcc"], LONG, "frame_length"),
    *((BANDED, {"sr": v}, "sr") for v in (0, -16000, np.inf, None)),
    *((BANDED, {"n_filters": v}, "n_filters") for v in (0, 20.0, 2000)),
    *((BANDED, {"fmin": v}, "fmin") for v in (-1.0, 8000.0, np.nan)),
    *((BANDED, {"fmax": v}, "fmax") for v in (0.0, 8001.0, "8000")),
    *((LOGS, {"log_offset": v}, "log_offset") for v in (-1.0, np.inf)),
    *(([*LOGS, "apgdf", "cosine_phase"], {"norm": v}, "norm") for v in ("slaney", 2)),
    *(([n], {f"n_{n}": v}, f"n_{n}") for n in LOGS for v in (0, 21, 13.0)),
    *((["apgdf"], {"n_apgdf": v}, "n_apgdf") for v in (0, 257, 13.0)),
    *((["lpcc"], {"n_lpcc": v}, "n_lpcc") for v in (0, 13.0, None)),
    *((["cosine_phase"], {"n_cosine": v}, "n_cosine") for v in (0, 258, 13.0)),
    *((["mgd"], {"n_mgd": v}, "n_mgd") for v in (0, 257, 12.0, None)),
    *((ALL_POLE, {"order": v}, "order") for v in (0, 320, 20.0)),
    *((["apgdf"], {"offset": v}, "offset") for v in (np.nan, None)),
    *((DELAYS, {"rho": v}, "rho") for v in (-0.1, 1.1, np.nan)),
    *((DELAYS, {"gamma": v}, "gamma") for v in (0, -0.9, "0.9")),
    *((DELAYS, {"n_smooth": v}, "n_smooth") for v in (0, 258, 30.0)),
    *((DELAYS, {"relative": v}, "relative") for v in (None, 1)),
    *((["instantaneous_frequency"], {"baseband": v}, "baseband") for v in (None, 1)),
]
