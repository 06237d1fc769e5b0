"""Critical bands, PLP and gammatone filters: the definitions, in numpy and scipy."""

import numpy as np
from parity_row import each, row
from scipy import fft, linalg, signal

from .phase import CUTS, bumps, frames, item_by_item


def bark(hertz):
    return 6 * np.arcsinh(hertz / 600)


def critical(
    y, sr, n_filters=None, fmin=0.0, fmax=None, width=1.0, labelled=None, scale=32768.0, noise=1.0,
    frame_length=400, n_fft=512, window="hann_symmetric", preemphasis=0.0, partial="drop", **options,
):  # fmt: skip
    """Power in critical bands, and their centres in Hz."""
    low, high = bark(fmin), bark(fmax or sr / 2)
    places = np.linspace(low, high, n_filters or int(np.ceil(high - low)) + 1)
    cut = frames(y * scale, frame_length, window=window, preemphasis=preemphasis, partial=partial, **options)
    power = np.abs(np.fft.rfft(cut, n_fft).T) ** 2 + noise * frame_length
    power = power[:labelled]
    step = sr / n_fft if labelled is None else sr / 2 / (labelled - 1)
    bins = bark(np.arange(len(power)) * step)
    out = []
    for place in places:
        above, below = bins - place - 0.5, bins - place + 0.5
        out.append(10 ** (np.minimum(0, np.minimum(below, -2.5 * above)) / width) @ power)
    return np.array(out), 600 * np.sinh(places / 6)


def model(power, hertz, n_plp=13, order=12, exponent=0.33, lift=0.6):
    """The recursion and the normal equations, frame by frame."""
    f2 = hertz[:, np.newaxis] ** 2
    loud = ((f2 / (f2 + 1.6e5)) ** 2 * (f2 + 1.44e6) / (f2 + 9.61e6) * power) ** exponent
    loud[0], loud[-1] = loud[1], loud[-2]
    found = []
    for r in np.fft.irfft(loud, axis=0).T:
        a = np.append(1, linalg.solve_toeplitz(r[:order], -r[1 : order + 1]))
        c = [np.log(a @ r[: order + 1])]
        a = np.append(a, np.zeros(n_plp))
        for n in range(1, n_plp):
            c.append(-a[n] - sum(k * c[k] * a[n - k] for k in range(1, n)) / n)
        found.append(c * np.append(1, np.arange(1, n_plp) ** lift))
    return np.array(found).T


MODEL = ("n_plp", "order", "exponent", "lift")


def split(options):
    return {k: options.pop(k) for k in MODEL if k in options}


@item_by_item
def bark_spectrogram(y, sr, **options):
    return critical(y, sr, **options)[0]


@item_by_item
def plp(y, sr, **options):
    kept = split(options)
    return model(*critical(y, sr, **options), **kept)


@item_by_item
def rasta_plp(y, sr, pole=0.94, **options):
    kept = split(options)
    power, hertz = critical(y, sr, **options)
    logs = np.log(power)
    slopes = signal.lfilter([0.2, 0.1, 0, -0.1, -0.2], 1, logs)
    slopes[:, :4] = 0
    return model(np.exp(signal.lfilter([1], [1, -pole], slopes)), hertz, **kept)


def sections(sr, n_filters=64, fmin=50.0, fmax=None):
    """Centres, poles, and the zeros of the four sections."""
    high, q, least = fmax or sr / 2, 9.26449, 24.7
    numbers = np.linspace(np.log(fmin + q * least), np.log(high + q * least), n_filters + 1)[:-1]
    hertz = np.exp(numbers) - q * least
    r = np.exp(-2 * np.pi * 1.019 * (hertz / q + least) / sr)
    w = 2 * np.pi * hertz / sr
    turns = [s * np.sqrt(3 + t * np.sqrt(8)) for s in (1, -1) for t in (1, -1)]
    return w, r * np.exp(1j * w), [r * (np.cos(w) + t * np.sin(w)) for t in turns]


def response(z, pole, zeros):
    both = (z - pole) * (z - pole.conj())
    return np.prod([np.abs((z - zero) / both) for zero in zeros], axis=0)


@item_by_item
def gammatone_spectrogram(
    y, sr, method="filter", frame_length=400, hop_length=160, n_fft=None, partial="drop", **bank
):
    w, pole, zeros = sections(sr, **bank)
    gain = response(np.exp(1j * w), pole, zeros)
    options = {"hop_length": hop_length, "preemphasis": 0, "partial": partial, "window": "boxcar"}
    if method == "fft":
        n_fft = n_fft or 2 ** int(np.ceil(np.log2(2 * frame_length)))
        window = np.zeros(n_fft)
        half = frame_length // 2
        i = np.arange(1 - half, half)
        window[n_fft // 2 + i] = 0.5 + 0.5 * np.cos(np.pi * i / half)
        spectra = np.abs(np.fft.rfft(frames(y, n_fft, **options) * window).T) / n_fft
        z = np.exp(2j * np.pi * np.arange(len(spectra)) / n_fft)[:, np.newaxis]
        return (response(z, pole, zeros) / gain).T @ spectra
    padded, out = np.append(y, np.zeros(frame_length + hop_length)), []
    for i in range(len(w)):
        heard = padded
        for zero in zeros:
            heard = signal.lfilter([1, -zero[i]], [1, -2 * pole[i].real, abs(pole[i]) ** 2], heard)
        cut = frames(heard / gain[i], frame_length, **{**options, "partial": "drop"})
        out.append(np.sqrt((cut**2).mean(axis=1)))
    more = (len(y) - frame_length) / hop_length
    return np.array(out)[:, : max(1, 1 + int(np.ceil(more) if partial == "pad" else np.floor(more)))]


def gammatone_weights(sr, n_fft, n_filters, fmin, fmax):
    """Squares of the responses of complex filters of order four, 1 at the centres."""
    start, top = 24.7 * 9.26449, fmax or sr / 2
    centres = np.exp(np.linspace(np.log(fmin + start), np.log(top + start), n_filters + 1))[:-1] - start
    bins = np.arange(1 + n_fft // 2) * sr / n_fft
    out = []
    for hz in centres:
        pole = np.exp((-2.038 * np.pi * (hz / 9.26449 + 24.7) + 2j * np.pi * hz) / sr)
        size = [
            np.abs((1 - pole * z) ** -4 + (1 - pole.conj() * z) ** -4)
            for z in (np.exp(-2j * np.pi * bins / sr), np.exp(-2j * np.pi * hz / sr))
        ]
        out.append((size[0] / size[1]) ** 2)
    return np.array(out)


def pncc(
    y, sr=16000, n_pncc=13, n_filters=40, fmin=200.0, fmax=None, exponent=1 / 15, n_fft=1024, hop_length=160,
    win_length=410, window="hamming_symmetric", preemphasis=0.97,
):  # fmt: skip
    """Kim and Stern's recursions, number by number."""
    if y.ndim > 1:
        named = {**locals()}
        del named["y"]
        return np.stack([pncc(item, **named) for item in y])
    kind, y = y.dtype, y.astype(np.float64)
    y = np.append(y[0], y[1:] - preemphasis * y[:-1])
    if window == "hamming_symmetric":
        weights = signal.get_window("hamming", win_length, fftbins=False)
    else:
        weights = signal.get_window(window, win_length)
    count = 1 + (len(y) - win_length) // hop_length
    cut = np.array([y[t * hop_length :][:win_length] * weights for t in range(count)])
    p = np.abs(np.fft.rfft(cut, n_fft)) ** 2 @ gammatone_weights(sr, n_fft, n_filters, fmin, fmax).T
    q = np.array([p[max(0, t - 2) : t + 3].mean(axis=0) for t in range(count)])

    def envelope(x):
        before, found = 0.9 * x[0], []
        for here in x:
            both = zip(before, here, strict=True)
            before = np.array([0.999 * b + 0.001 * h if h >= b else 0.5 * b + 0.5 * h for b, h in both])
            found.append(before)
        return np.array(found)

    low = envelope(q)
    rest = np.maximum(q - low, 0)
    floor = envelope(rest)
    peak, kept = np.zeros(n_filters), []
    for here in rest:
        kept.append([h if h >= 0.85 * b else 0.2 * b for h, b in zip(here, peak, strict=True)])
        peak = np.maximum(0.85 * peak, here)
    kept = np.where(q >= 2 * low, np.maximum(kept, floor), floor)
    share = np.divide(kept, q, out=np.zeros_like(q), where=q > 0)
    smooth = np.array([share[:, max(0, k - 4) : k + 5].mean(axis=1) for k in range(n_filters)]).T
    t, mean, found = p * smooth, None, []
    for here in t:
        mean = here.mean() if mean is None else 0.999 * mean + 0.001 * here.mean()
        found.append((here / mean if mean > 0 else here) ** exponent)
    return fft.dct(np.array(found), type=2, norm="ortho")[:, :n_pncc].T.astype(kind)


REFERENCES = {
    "pncc": pncc,
    "bark_spectrogram": bark_spectrogram,
    "plp": plp,
    "rasta_plp": rasta_plp,
    "gammatone_spectrogram": gammatone_spectrogram,
}

SHARED = [
    *CUTS, {"window": bumps(400)}, {"partial": "pad"}, {"preemphasis": 0.97}, {"n_fft": 1024}, {"n_fft": 509},
    {"n_filters": 30}, {"fmin": 100.0}, {"fmax": 3800.0}, {"width": 1.5}, {"labelled": 256}, {"scale": 1.0},
    {"noise": 100.0},
]  # fmt: skip
MODELS = [{"n_plp": 9}, {"n_plp": 20}, {"order": 8}, {"lift": 0.0}]
GAMMATONES = [
    {"n_filters": 30}, {"fmin": 100.0}, {"fmax": 3500.0}, {"frame_length": 333}, {"hop_length": 100},
    {"hop_length": 512}, {"partial": "pad"},
]  # fmt: skip
FFT = {"method": "fft"}


def family(call, float64, float32, own):
    return [
        row(call, float64, float32, full=True, thorough=True),
        *each(call, float64, float32, own, full=True),
        row(call, float64, float32, {"hop_length": 100}, "batch", full=True),
    ]


POWERS = [
    {}, {"n_pncc": 5}, {"n_filters": 24, "fmin": 100.0}, {"fmax": 3500.0}, {"exponent": 0.1}, {"n_fft": 512},
    {"hop_length": 200}, {"win_length": 400, "window": "hann"}, {"preemphasis": 0.0},
]  # fmt: skip
#: The run of the original that each reference of this table stands for.
ORIGINALS = {
    "pncc": "definition",
    "bark_spectrogram": "rastamat__bark_spectrum",
    "plp": "rastamat__plp_12",
    "rasta_plp": "rastamat__rasta_plp_12",
    "gammatone_spectrogram": "detly_gammatone__gtgram_64",
}
ROWS = [
    *family("bark_spectrogram", 1e-14, 2e-6, SHARED),
    *family("plp", 2e-14, 5e-7, [o for o in SHARED if "preemphasis" not in o] + MODELS),
    *each("plp", 1.5e-13, 5e-7, [{"preemphasis": 0.97}, {"exponent": 0.5}], full=True),
    *family("rasta_plp", 1.5e-13, 5e-7, [*SHARED, *MODELS, {"pole": 0.98}]),
    row("rasta_plp", 1e-12, 5e-7, {"exponent": 0.5}, full=True),
    *family("gammatone_spectrogram", 2e-12, 5e-7, GAMMATONES),
    *each("pncc", 3e-14, 5e-7, POWERS, full=True),
    row("pncc", 3e-14, 5e-7, {"n_pncc": 20}, "batch", full=True),
    *each("gammatone_spectrogram", 1e-13, 8e-6, [FFT, *({**FFT, **o} for o in GAMMATONES)], full=True),
    *each("gammatone_spectrogram", 1e-13, 8e-6, [{**FFT, "n_fft": 512}, {**FFT, "n_fft": 600}], full=True),
]

CRITICAL = ["bark_spectrogram", "plp", "rasta_plp"]
HEARD = [*CRITICAL, "gammatone_spectrogram"]
SIGNALS = RATED = [*HEARD, "pncc"]
PREDICTED = ["plp", "rasta_plp"]
FAULTS = [
    (["pncc"], {"n_pncc": 41}, "n_pncc"),
    (["pncc"], {"exponent": 0.0}, "exponent"),
    (["pncc"], {"preemphasis": 1.5}, "preemphasis"),
    (["pncc"], {"n_filters": 0}, "n_filters"),
    *((HEARD, {"frame_length": v}, "frame_length") for v in (0, -320, 320.0, None, "320", True)),
    *((SIGNALS, {"hop_length": v}, "hop_length") for v in (0, -1, 160.0)),
    (HEARD, {"hop_length": None}, "hop_length"),
    *((HEARD, {"partial": v}, "partial") for v in ("keep", None, True)),
    *((SIGNALS, {"sr": v}, "sr") for v in (0, -16000, np.inf, None)),
    *((SIGNALS, {"fmin": v}, "fmin") for v in (-1.0, 8000.0, np.nan)),
    *((SIGNALS, {"fmax": v}, "fmax") for v in (0.0, 8001.0, "8000")),
    *((SIGNALS, {"n_filters": v}, "n_filters") for v in (0, 20.0)),
    *((SIGNALS, {"n_fft": v}, "n_fft") for v in (0, 512.0)),
    (HEARD, {"n_fft": 256}, "n_fft"),
    (HEARD, {"frame_length": 16001, "n_fft": 16384}, "frame_length"),
    *((CRITICAL, {"window": v}, "window") for v in ("hamn", np.ones(100), None, ("kaiser",))),
    *((CRITICAL, {"preemphasis": v}, "preemphasis") for v in (np.nan, "0.97", None)),
    *((CRITICAL, {"width": v}, "width") for v in (0, -1.0, None)),
    *((CRITICAL, {"labelled": v}, "labelled") for v in (1, 258, 256.0)),
    *((CRITICAL, {"scale": v}, "scale") for v in (0, -1.0, None)),
    *((CRITICAL, {"noise": v}, "noise") for v in (-1.0, np.inf, None)),
    *((PREDICTED, {"n_plp": v}, "n_plp") for v in (0, 13.0, None)),
    *((PREDICTED, {"order": v}, "order") for v in (0, 21, 12.0)),
    *((PREDICTED, {"exponent": v}, "exponent") for v in (0, -0.33, None)),
    *((PREDICTED, {"lift": v}, "lift") for v in (-0.6, np.nan)),
    (PREDICTED, {"n_filters": 2, "order": 1}, "n_filters"),
    *((["rasta_plp"], {"pole": v}, "pole") for v in (-0.1, 1.0, None)),
    *(
        (["gammatone_spectrogram"], {"method": v}, "method")
        for v in ("time", None, np.array(["fft", "filter"]))
    ),
    (["gammatone_spectrogram"], {"method": "fft", "n_fft": 16384}, "n_fft"),
]
