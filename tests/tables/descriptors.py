"""Spectral descriptors: centroid, bandwidth, roll-off, flatness, contrast, polynomial."""

from functools import partial
from importlib import import_module

import numpy as np
import parity_row
from parity_row import LEAST, SOME_FRAMES

#: Rows start from magnitudes; descriptors weigh bins that hold nothing but rounding like any others, so on
#: signals with such bins float32 is compared on voicefeat's own.
row = partial(parity_row.row, own="quiet", own_power=1.0)
each = partial(parity_row.each, own="quiet", own_power=1.0)

FRAMES = ("n_fft", "hop_length", "win_length", "window", "center", "pad_mode")


def librosa():
    return import_module("librosa")


def reference(name):
    """librosa's descriptor `name`; with `spectrum`, that of these magnitudes."""

    def call(y=None, sr=None, *, S=None, spectrum=None, **options):
        rate = {} if sr is None else {"sr": sr}
        if spectrum is not None:
            rest = {k: v for k, v in options.items() if k not in FRAMES}
            return getattr(librosa().feature, name)(
                S=spectrum, n_fft=options.get("n_fft", 2048), **rate, **rest
            )
        return getattr(librosa().feature, name)(y=y, S=S, **rate, **options)

    return call


def spectral_contrast(y=None, sr=22050, *, S=None, spectrum=None, top_db=80.0, **options):
    """librosa's; its floor is undone by asking for the linear peaks and valleys it is made of."""
    source = y if y is not None else (S if S is not None else spectrum)
    own = 1 if y is not None and spectrum is None else 2
    if source.ndim > own:  # each item has a floor of its own
        lead = source.shape[: source.ndim - own]
        key = "y" if own == 1 else "S"
        flat = source.reshape(-1, *source.shape[-own:])
        made = [spectral_contrast(**{key: item}, sr=sr, top_db=top_db, **options) for item in flat]
        return np.stack(made).reshape(*lead, *made[0].shape)
    call = reference("spectral_contrast")
    if top_db == 80.0 or options.get("linear"):
        return call(y, sr, S=S, spectrum=spectrum, **options)
    kept = librosa().feature.spectral.power_to_db
    try:
        librosa().feature.spectral.power_to_db = lambda x: kept(x, top_db=top_db)
        return call(y, sr, S=S, spectrum=spectrum, **options)
    finally:
        librosa().feature.spectral.power_to_db = kept


REFERENCES = {
    name: reference(name)
    for name in ("spectral_centroid", "spectral_bandwidth", "spectral_rolloff", "poly_features")
}  # fmt: skip
REFERENCES["spectral_contrast"] = spectral_contrast


def spectral_flatness(y=None, *, S=None, spectrum=None, **options):
    """librosa's in double precision: its float32 mean of a thousand logarithms is off by up to 3e-4."""
    doubled = [None if x is None else x.astype(np.float64) for x in (y, S, spectrum)]
    return reference("spectral_flatness")(doubled[0], S=doubled[1], spectrum=doubled[2], **options)


REFERENCES["spectral_flatness"] = spectral_flatness


def warped(n):
    """Rising frequencies that are not those of a transform."""
    return np.linspace(0, 1, n) ** 1.3 * 7000


def moving(y, sr):
    """Magnitudes and, as in a reassigned spectrogram, frequencies that differ from frame to frame."""
    S = np.abs(librosa().stft(y))
    drift = np.random.default_rng(3).uniform(-5, 5, S.shape)
    return (), {"S": S, "freq": (librosa().fft_frequencies(sr=sr)[:, None] + drift).astype(S.dtype)}


def about(y, sr):
    S = np.abs(librosa().stft(y))
    return (), {"S": S, "centroid": np.full((1, S.shape[1]), 900.0, S.dtype)}


GIVEN = {"moving": moving, "about": about}
WARP = {"freq": warped(1025)}

#: Six octaves above 200 Hz do not fit below 4 kHz.
HIGH = (16000, 22050, 44100, 48000)
PERCENTS = [{"roll_percent": p} for p in (0.01, 0.5, 0.99)]
contrast = partial(row, "spectral_contrast", own="always", rates=HIGH, upcast=True)

ROWS = [
    row("spectral_centroid", 5e-14, 6e-6, thorough=True, upcast=True),
    *each("spectral_centroid", 5e-14, 5e-6, [SOME_FRAMES[0], SOME_FRAMES[3], WARP], upcast=True),
    row("spectral_centroid", 5e-13, 5e-6, SOME_FRAMES[1], upcast=True),
    row("spectral_centroid", 4e-15, 3e-6, SOME_FRAMES[2], upcast=True),
    row("spectral_centroid", 2e-14, 6e-6, {}, "magnitude", upcast=True),
    row("spectral_centroid", 5e-14, 3e-5, {}, "moving", upcast=True),
    row("spectral_centroid", 2e-14, 3e-6, {"hop_length": 200}, "batch", upcast=True),
    row("spectral_bandwidth", 8e-12, 5e-6, thorough=True, upcast=True),
    row("spectral_bandwidth", 3e-13, 3e-6, SOME_FRAMES[0], upcast=True),
    row("spectral_bandwidth", 8e-11, 4e-6, SOME_FRAMES[1], upcast=True),
    row("spectral_bandwidth", 2e-15, 1e-6, SOME_FRAMES[2], upcast=True),
    row("spectral_bandwidth", 1e-12, 3e-6, SOME_FRAMES[3], upcast=True),
    row("spectral_bandwidth", 3e-11, 5e-6, WARP, upcast=True),
    row("spectral_bandwidth", 2e-14, 9e-6, {"p": 1}, upcast=True),
    row("spectral_bandwidth", 1e-10, 5e-6, {"p": 2.5}, upcast=True),
    row("spectral_bandwidth", 3e-9, 6e-6, {"p": 3}, upcast=True),
    row("spectral_bandwidth", 2e-12, 2e-6, {"norm": False}, upcast=True),
    row("spectral_bandwidth", 1e-14, 5e-6, {}, "magnitude", upcast=True),
    row("spectral_bandwidth", 2e-14, 2e-5, {}, "moving", upcast=True),
    row("spectral_bandwidth", 2e-14, 1e-5, {"p": 3}, "moving", upcast=True),
    row("spectral_bandwidth", 5e-15, 9e-6, {"norm": False}, "about", upcast=True),
    row("spectral_bandwidth", 2e-13, 2e-5, {"centroid": np.full((1, 1), 500.0)}, upcast=True),
    row("spectral_bandwidth", 2e-12, 3e-6, {"hop_length": 200}, "batch", upcast=True),
    row("spectral_rolloff", *LEAST, thorough=True, upcast=True, own="always"),
    *each("spectral_rolloff", *LEAST, [*SOME_FRAMES, WARP], upcast=True, own="always"),
    *each("spectral_rolloff", *LEAST, PERCENTS, upcast=True, own="always"),
    row("spectral_rolloff", *LEAST, {}, "magnitude", upcast=True),
    row("spectral_rolloff", *LEAST, {"roll_percent": 0.5}, "moving", upcast=True),
    row("spectral_rolloff", *LEAST, {"hop_length": 200}, "batch", upcast=True, own="always"),
    row("spectral_flatness", 3e-13, 1e-5, thorough=True, upcast=True),
    row("spectral_flatness", 6e-14, 2e-5, SOME_FRAMES[0], upcast=True),
    *each("spectral_flatness", 6e-14, 5e-6, SOME_FRAMES[1:3], upcast=True),
    row("spectral_flatness", 4e-12, 3e-6, SOME_FRAMES[3], upcast=True),
    row("spectral_flatness", 1e-13, 8e-6, {"amin": 1e-4}, upcast=True),
    row("spectral_flatness", 4e-13, 8e-6, {"power": 1.0}, upcast=True),
    row("spectral_flatness", 3e-13, 4e-5, {"power": 1.7}, upcast=True),
    *each("spectral_flatness", 3e-13, 1e-5, [{}, {"power": 1.0}, {"power": 3}], "magnitude", upcast=True),
    row("spectral_flatness", 2e-12, 2e-6, {"hop_length": 200}, "batch", upcast=True),
    # A valley is the smallest bin or two of a band: float32 is compared on voicefeat's own magnitudes.
    contrast(4e-8, 2e-6, thorough=True),
    contrast(8e-9, 1e-6, SOME_FRAMES[0]),
    contrast(5e-15, 1e-6, SOME_FRAMES[2]),
    contrast(2e-10, 1e-6, SOME_FRAMES[3]),
    contrast(2e-7, 1e-6, WARP),
    contrast(1e-9, 1e-6, {"fmin": 100.0}),
    contrast(1e-11, 1e-6, {"n_bands": 4}),
    contrast(2e-10, 1e-6, {"quantile": 0.2}),
    contrast(4e-9, 1e-6, {"quantile": 0.5}),
    contrast(4e-9, 2e-5, {"quantile": 0.9}),
    contrast(1e-9, 1e-6, {"n_bands": 4, "pad_mode": "reflect"}),
    contrast(4e-8, 1e-6, {"top_db": None}),
    contrast(1e-13, 2e-6, {"top_db": 20.0}),
    contrast(3e-15, 1e-6, {"linear": True}),
    contrast(3e-15, 1e-6, {}, "magnitude"),
    contrast(4e-8, 1e-6, {"hop_length": 200}, "batch"),
    row("poly_features", 2e-14, 1e-5, thorough=True, upcast=True),
    *each("poly_features", 7e-15, 4e-6, SOME_FRAMES[:3], upcast=True),
    *each("poly_features", 2e-14, 1e-5, [SOME_FRAMES[3], WARP], upcast=True),
    row("poly_features", 5e-14, 4e-5, {"order": 0}, upcast=True),
    *each("poly_features", 3e-14, 1e-5, [{"order": n} for n in (2, 4)], upcast=True),
    row("poly_features", 2e-14, 6e-6, {}, "magnitude", upcast=True),
    row("poly_features", *LEAST, {"order": 2}, "moving", upcast=True),
    row("poly_features", 2e-14, 7e-6, {"hop_length": 200}, "batch", upcast=True),
]  # fmt: skip

NAMES = list(REFERENCES)
RATED = [name for name in NAMES if name != "spectral_flatness"]
SIGNALS = NAMES
S = np.ones((513, 20), np.float32)

FAULTS = [
    (NAMES, {"n_fft": 0}, "n_fft"),
    (NAMES, {"hop_length": 160.5}, "hop_length"),
    (NAMES, {"win_length": 4096}, "win_length"),
    (NAMES, {"window": "hamn"}, "window"),
    (NAMES, {"pad_mode": "wrap"}, "pad_mode"),
    (NAMES, {"center": None}, "center"),
    (RATED, {"sr": 0}, "sr"),
    (RATED, {"sr": "16k"}, "sr"),
    (RATED, {"freq": np.ones(7)}, "freq"),
    (RATED, {"freq": np.full(1025, np.nan)}, "freq"),
    (["spectral_centroid", "poly_features"], {"freq": np.ones((7, 3))}, "freq"),
    (["spectral_bandwidth"], {"p": 0}, "p"),
    (["spectral_bandwidth"], {"p": np.nan}, "p"),
    (["spectral_bandwidth"], {"norm": "l1"}, "norm"),
    (["spectral_bandwidth"], {"centroid": np.ones((1, 3))}, "centroid"),
    (["spectral_rolloff"], {"roll_percent": 0}, "roll_percent"),
    (["spectral_rolloff"], {"roll_percent": 1.0}, "roll_percent"),
    (["spectral_rolloff"], {"roll_percent": 85}, "roll_percent"),
    (["spectral_flatness"], {"amin": 0}, "amin"),
    (["spectral_flatness"], {"amin": 1e-40}, "amin"),
    (["spectral_flatness"], {"power": 0}, "power"),
    (["spectral_contrast"], {"fmin": 0}, "fmin"),
    (["spectral_contrast"], {"fmin": 9000.0}, "fmin"),
    (["spectral_contrast"], {"n_bands": 0}, "n_bands"),
    (["spectral_contrast"], {"n_bands": 7}, "n_bands"),
    (["spectral_contrast"], {"n_bands": 6.0}, "n_bands"),
    (["spectral_contrast"], {"quantile": 0}, "quantile"),
    (["spectral_contrast"], {"quantile": 1.0}, "quantile"),
    (["spectral_contrast"], {"top_db": -1.0}, "top_db"),
    (["spectral_contrast"], {"n_fft": 64}, "n_fft"),
    (["spectral_contrast"], {"freq": np.linspace(8000, 0, 1025)}, "freq"),
    (["poly_features"], {"order": -1}, "order"),
    (["poly_features"], {"order": 1.0}, "order"),
    (["poly_features"], {"order": 1025}, "order"),
]
OTHERS = [
    (name, (), {"S": bad}, "S")
    for name in NAMES
    for bad in (-S, S.astype(np.complex64), S[0], S[:, :0], np.full_like(S, np.nan), S.astype(np.float16))
]
