"""Inverses (Griffin and Lim, mel bands, MFCC) and the reassigned spectrogram."""

from functools import partial
from importlib import import_module

import numpy as np
from parity_row import AWKWARD, LEAST, SOME_FRAMES, bumps, each, held, row


def librosa():
    return import_module("librosa")


def seeded(random_state=None, rng=None):
    """The generator that librosa 0.11 is to be given for these arguments."""
    return np.random.default_rng(rng) if random_state is None else random_state


def griffinlim(S, *, random_state=None, rng=None, **options):
    return librosa().griffinlim(S, random_state=seeded(random_state, rng), **options)


BANK = ("fmin", "fmax", "htk", "norm")


def mel_to_audio(M, *, sr=22050, n_fft=2048, power=2.0, dtype=np.float32, **options):
    """librosa's, step by step: it has no seed."""
    bank = {k: options.pop(k) for k in BANK if k in options}
    S = librosa().feature.inverse.mel_to_stft(M, sr=sr, n_fft=n_fft, power=power, **bank)
    return griffinlim(S, n_fft=n_fft, dtype=dtype, **options)


def mfcc_to_audio(mfcc, *, mel_norm="slaney", **options):
    cepstrum = {k: options.pop(k) for k in ("n_mels", "dct_type", "norm", "ref", "lifter") if k in options}
    M = librosa().feature.inverse.mfcc_to_mel(mfcc, **cepstrum)
    return mel_to_audio(M, norm=mel_norm, **options)


def of_inverse(name):
    def call(*args, **options):
        return getattr(librosa().feature.inverse, name)(*args, **options)

    return call


def reassigned_spectrogram(y, sr=22050, **options):
    return librosa().reassigned_spectrogram(y, sr=sr, **options)


REFERENCES = {
    "griffinlim": griffinlim,
    "mel_to_stft": of_inverse("mel_to_stft"),
    "mel_to_audio": mel_to_audio,
    "mfcc_to_mel": of_inverse("mfcc_to_mel"),
    "mfcc_to_audio": mfcc_to_audio,
    "reassigned_spectrogram": reassigned_spectrogram,
}


def batch(y):
    """Three different signals as (3, samples)."""
    n = len(y) // 3
    return np.stack([np.roll(y, 997 * i)[:n] * y.dtype.type(0.5**i) for i in range(3)])


def magnitudes(y, **frames):
    return np.abs(librosa().stft(y, **frames))


def mel(y, sr, **options):
    return librosa().feature.melspectrogram(y=y, sr=sr, **options)


def cepstra(y, sr, **options):
    return librosa().feature.mfcc(y=y, sr=sr, **options)


SMALL = {"n_fft": 256, "hop_length": 128}
NARROW = {"fmin": 100.0, "fmax": 3500.0, "htk": True, "norm": 1}
GIVEN = {
    "magnitudes": lambda y, sr: ((magnitudes(y),), {}),
    "magnitudes of 512": lambda y, sr: ((magnitudes(y, n_fft=512, hop_length=128),), {}),
    "magnitudes of 401": lambda y, sr: ((magnitudes(y, n_fft=401, hop_length=100),), {}),
    "magnitudes of 5000": lambda y, sr: ((magnitudes(y[-5000:]),), {}),
    "magnitudes of three": lambda y, sr: ((magnitudes(batch(y)),), {}),
    "mel": lambda y, sr: ((mel(y, sr),), {}),
    "mel of 256": lambda y, sr: ((mel(y, sr, n_mels=20, **SMALL),), {}),
    "narrow mel": lambda y, sr: ((mel(y, sr, n_mels=20, **SMALL, **NARROW),), {}),
    "mel of 5000": lambda y, sr: ((mel(y[-5000:], sr, n_mels=20, **SMALL),), {}),
    "mel of three": lambda y, sr: ((mel(batch(y), sr, n_mels=20, **SMALL),), {}),
    "mel of magnitudes": lambda y, sr: ((mel(y, sr, n_mels=20, power=1.0, **SMALL),), {}),
    "coefficients": lambda y, sr: ((cepstra(y, sr, n_mels=20, n_mfcc=20, **SMALL),), {}),
    "liftered coefficients": lambda y, sr: ((cepstra(y, sr, n_mels=20, n_mfcc=13, lifter=22, **SMALL),), {}),
    "coefficients of three": lambda y, sr: ((cepstra(batch(y), sr, n_mels=20, **SMALL),), {}),
    "signal and spectrum": lambda y, sr: ((y,), {"S": librosa().stft(y)}),
    "three": lambda y, sr: ((batch(y),), {}),
}

#: Few turns: what rounding leaves grows with each, and does not tell one definition from another.
TURNS = {"n_iter": 4, "random_state": 0}
griffin = partial(row, "griffinlim")
GRIFFIN = [
    griffin(2e-12, 8e-4, {"random_state": 0}, "magnitudes", full=True),
    griffin(2e-15, 8e-7, {**TURNS, "n_iter": 0}, "magnitudes"),
    griffin(6e-14, 9e-6, TURNS, "magnitudes"),
    griffin(3e-14, 7e-6, {"n_iter": 4, "rng": 7}, "magnitudes"),
    griffin(4e-14, 9e-6, {"n_iter": 4, "init": None}, "magnitudes", full=True),
    *(griffin(3e-14, 2e-5, {**TURNS, "momentum": m}, "magnitudes") for m in (0.5, 1.5)),
    griffin(1e-14, 2e-6, {**TURNS, "momentum": 0.0}, "magnitudes"),
    *(
        griffin(3e-14, 4e-6, {**TURNS, **o}, "magnitudes")
        for o in ({"hop_length": 400}, {"win_length": 1200})
    ),
    *(griffin(6e-14, 9e-6, {**TURNS, "window": w}, "magnitudes") for w in ("hamming", bumps(2048))),
    griffin(2e-12, 4e-4, {**TURNS, "center": False}, "magnitudes", full=True),
    griffin(3e-14, 5e-6, {**TURNS, "pad_mode": "reflect"}, "magnitudes"),
    griffin(3e-14, 9e-6, {**TURNS, "dtype": np.float64}, "magnitudes", changes=False),
    griffin(2e-14, 8e-6, {**TURNS, "n_fft": 401, "hop_length": 100}, "magnitudes of 401"),
    griffin(3e-14, 5e-6, {**TURNS, "n_fft": 512}, "magnitudes of 512"),
    griffin(3e-14, 9e-6, {**TURNS, "length": 5000}, "magnitudes of 5000", full=True),
    griffin(2e-14, 7e-6, TURNS, "magnitudes of three"),
    griffin(1e-14, 2e-6, {"n_iter": 2, "rng": 1}, "magnitudes of three"),
]
MEL = [
    row("mel_to_stft", 3e-7, 8e-6, {}, "mel", full=True),
    row("mel_to_stft", 2e-7, 4e-6, {"n_fft": 256}, "mel of 256"),
    row("mel_to_stft", 2e-15, 4e-6, {"n_fft": 256, "power": 1.0}, "mel of magnitudes"),
    row("mel_to_stft", 5e-11, 1e-4, {"n_fft": 256, **NARROW}, "narrow mel"),
    row("mel_to_stft", 2e-7, 4e-6, {"n_fft": 256}, "mel of three"),
]
# The arithmetic of the result is float32 unless another dtype is asked for.
HEARD = {**TURNS, **SMALL}
audio = partial(row, "mel_to_audio")
AUDIO = [
    audio(1e-5, 2e-5, TURNS, "mel", full=True),
    audio(2e-7, 2e-5, {**HEARD, "dtype": np.float64}, "mel of 256"),
    audio(1e-5, 2e-5, {**HEARD, "rng": 3, "random_state": None, "power": 1.0}, "mel of 256"),
    audio(1e-5, 2e-5, {**HEARD, "win_length": 200, "window": "hamming"}, "mel of 256"),
    audio(1e-5, 2e-5, {**HEARD, "center": False}, "mel of 256", full=True),
    audio(1e-5, 2e-5, {**HEARD, "pad_mode": "edge"}, "mel of 256"),
    audio(1e-5, 3e-5, {**HEARD, **NARROW}, "narrow mel"),
    audio(1e-5, 2e-5, {**HEARD, "length": 5000}, "mel of 5000", full=True),
    audio(1e-5, 2e-5, HEARD, "mel of three", full=True),
]
heard = partial(row, "mfcc_to_audio")
CEPSTRAL = [
    *each("mfcc_to_mel", *LEAST, [{}, {"n_mels": 40}, {"norm": None}, {"ref": 3.0}], "coefficients"),
    *each("mfcc_to_mel", *LEAST, [{"dct_type": t} for t in (1, 3, 4)], "coefficients"),
    *each("mfcc_to_mel", *LEAST, [{"lifter": 22}, {"lifter": 30.5}], "liftered coefficients"),
    row("mfcc_to_mel", *LEAST, {"n_mels": 64}, "coefficients of three"),
    heard(1e-5, 2e-5, {**HEARD, "n_mels": 20}, "coefficients", full=True),
    heard(1e-5, 2e-5, {**HEARD, "n_mels": 20, "lifter": 22, "ref": 2.0}, "liftered coefficients"),
    heard(1e-5, 2e-5, {**HEARD, "n_mels": 30, "dct_type": 3, "norm": None}, "coefficients"),
    heard(1e-7, 2e-5, {**HEARD, "n_mels": 20, "mel_norm": 1, "dtype": np.float64}, "coefficients", full=True),
    heard(1e-5, 2e-5, {**HEARD, "n_iter": 2, "n_mels": 20}, "coefficients of three", full=True),
]
# librosa rounds the spectra of float32 signals to complex64 before it divides weak bins by each other; where
# bins are nothing but rounding, so are the quotients.
moved = partial(row, "reassigned_spectrogram")
REASSIGNED = [
    moved(5e-11, 2e-6),
    moved(2e-12, 1e-6, SOME_FRAMES[0], full=True),
    moved(5e-12, 1e-6, SOME_FRAMES[1], full=True),
    moved(2e-15, 1e-6, SOME_FRAMES[2], full=True),
    moved(5e-12, 1e-6, SOME_FRAMES[3], full=True),
    moved(5e-12, 1e-6, {"n_fft": 512, "window": bumps(512)}, full=True),
    *(moved(2e-11, 1e-6, {"pad_mode": m}, full=True) for m in ("edge", held)),
    *(moved(2e-15, 1e-6, o) for o in AWKWARD[:2]),
    moved(1.5e-11, 1e-6, {"reassign_times": False}),
    moved(3e-11, 1e-6, {"reassign_frequencies": False}),
    moved(4e-13, 1e-6, {"ref_power": 1e-2}),
    moved(4e-15, 1e-6, {"ref_power": np.mean}),
    moved(3e-11, 1e-6, {"fill_nan": True}),
    moved(4e-10, 1e-6, {"ref_power": 0}, full=True),
    moved(3e-11, 1e-6, {"clip": False}),
    moved(1e-6, 1e-6, {"dtype": np.complex64}),
    moved(3e-11, 3e-11, {"dtype": np.complex128}, changes=False),
    moved(8e-12, 1e-6, {}, "signal and spectrum"),
    moved(1e-11, 1e-6, {"n_fft": 512, "fill_nan": True}, "three"),
]
ROWS = [*GRIFFIN, *MEL, *AUDIO, *CEPSTRAL, *REASSIGNED]

RATED = ["reassigned_spectrogram"]
SIGNALS = ["reassigned_spectrogram"]

COMPLEX = np.zeros((1025, 32), np.complex64)
FAULTS = [
    (["reassigned_spectrogram"], {name: value}, name)
    for name, value in [
        ("sr", 0),
        ("n_fft", 0),
        ("hop_length", 160.5),
        ("win_length", 4096),
        ("window", "hamn"),
        ("pad_mode", "wrap"),
        ("center", None),
        ("ref_power", -1.0),
        ("ref_power", "max"),
        ("dtype", np.float32),
        ("S", COMPLEX[:, :31]),
        ("S", COMPLEX.real),
        ("S", np.full_like(COMPLEX, np.nan)),
    ]
]
NOTHING = {"reassign_frequencies": False, "reassign_times": False}
FAULTS += [(["reassigned_spectrogram"], NOTHING, "reassign_times")]

S = np.ones((1025, 9), np.float32)
M = np.ones((40, 9), np.float32)
C = np.ones((13, 9), np.float32)
WRONG = {
    "griffinlim": {
        "n_iter": [-1, 1.5],
        "hop_length": [0, 3000],
        "win_length": [4096],
        "n_fft": [512],
        "window": ["hamn"],
        "center": [None],
        "dtype": [np.int16],
        "length": [0, 4095, 4608],
        "pad_mode": ["wrap"],
        "momentum": [-0.1, np.nan],
        "init": ["zeros"],
        "random_state": ["0", -1, True],
        "rng": [-1, "seed"],
    },
    "mel_to_stft": {"sr": [0], "n_fft": [1], "power": [0], "fmax": [1e6], "fmin": [-1.0], "norm": ["area"]},
    "mel_to_audio": {"sr": [0], "power": [0], "n_iter": [-1], "rng": [-1], "dtype": [np.int16]},
    "mfcc_to_mel": {"n_mels": [12, 40.0], "dct_type": [5], "norm": [2], "lifter": [-1], "ref": [0.0]},
    "mfcc_to_audio": {"n_mels": [12], "mel_norm": ["area"], "hop_length": [0], "lifter": [np.nan]},
}
GOOD = {"griffinlim": S, "mel_to_stft": M, "mel_to_audio": M, "mfcc_to_mel": C, "mfcc_to_audio": C}
OTHERS = [
    *(
        (f, (GOOD[f],), {k: v}, k)
        for f, named in WRONG.items()
        for k, values in named.items()
        for v in values
    ),
    ("griffinlim", (S,), {"rng": 1, "random_state": 1}, "rng"),
    ("griffinlim", (S[:, :1],), {"length": None}, "length"),
    *(("griffinlim", (x,), {}, "S") for x in (-S, S * np.nan, S * np.inf, S.astype(np.complex64), S[0])),
    *(("mel_to_stft", (x,), {}, "M") for x in (-M, M * np.nan, M.astype(np.float16))),
    *(("mfcc_to_mel", (x,), {}, "mfcc") for x in (C * np.inf, C * 1e6, C[0])),
]
