"""Constant-Q transforms, their inverse, and the pitch classes made of them."""

from functools import partial
from importlib import import_module

import numpy as np
import parity_row

import voicefeat as vf

#: Seven octaves above C1 do not fit below 4 kHz.
HIGH = (16000, 22050, 44100, 48000)
row = partial(parity_row.row, rates=HIGH)
each = partial(parity_row.each, rates=HIGH)
#: Frames scaled by their own norm: where they hold nothing but rounding, that is raised to 1.
CLEAR = {"full": True}


def librosa():
    return import_module("librosa")


def reference(name, tuned=False):
    """librosa's function `name`; a float32 signal is given the tuning that voicefeat finds in it.

    Which frequency is the commonest among thousands of peaks hangs on rounding; the float64 rows certify it.
    """
    home = "core" if name.endswith("qt") and not name.startswith("chroma") else "feature"

    def call(y=None, sr=22050, **options):
        found = getattr(getattr(librosa(), home), name)
        if y is None:
            return found(sr=sr, **options)
        if y.dtype == np.float32 and options.get("tuning", None if tuned else 0.0) is None:
            bins = options.get("bins_per_octave", 36 if tuned else 12) or options["n_chroma"]
            options["tuning"] = vf.estimate_tuning(y, sr, bins_per_octave=bins)
        return found(y=y, sr=sr, **options)

    return call


def chroma_vqt(y=None, sr=22050, **options):
    """librosa has no default for `intervals`."""
    return librosa().feature.chroma_vqt(y=y, sr=sr, **{"intervals": "equal", **options})


def icqt(C, sr=22050, **options):
    return librosa().icqt(C, sr=sr, **options)


REFERENCES = {name: reference(name) for name in ("cqt", "vqt", "pseudo_cqt", "hybrid_cqt")}
REFERENCES |= {name: reference(name, tuned=True) for name in ("chroma_cqt", "chroma_cens", "tonnetz")}
REFERENCES |= {"chroma_vqt": chroma_vqt, "icqt": icqt}


def responses(**settings):
    """Responses that an inverse starts from."""
    return lambda y, sr: ((librosa().cqt(y, sr=sr, fmin=80.0, n_bins=50, **settings),), {})


def halves(y, sr):
    two = np.stack([y[: len(y) // 2], y[-(len(y) // 2) :]])
    return (librosa().cqt(two, sr=sr, fmin=80.0, n_bins=50),), {}


def magnitudes(name, bins_per_octave):
    def given(y, sr):
        return (), {name: np.abs(librosa().cqt(y, sr=sr, n_bins=84, bins_per_octave=bins_per_octave))}

    return given


GIVEN = {
    "responses": responses(),
    "responses of both halves": halves,
    "24 an octave": responses(bins_per_octave=24),
    "every 160": responses(hop_length=160),
    "every 441": responses(hop_length=441),
    "12 magnitudes an octave": magnitudes("C", 12),
    "36 magnitudes an octave": magnitudes("C", 36),
    "V": magnitudes("V", 12),
    "pitch classes": lambda y, sr: ((), {"chroma": np.abs(y[: len(y) // 24 * 24]).reshape(24, -1)}),
}

#: What all transforms have.
BINS = [
    {"hop_length": 160}, {"hop_length": 441}, {"fmin": 110.0, "n_bins": 48}, {"n_bins": 40},
    {"bins_per_octave": 24, "n_bins": 120}, {"tuning": 0.3}, {"n_bins": 1},
]  # fmt: skip
SHAPES = [
    {"filter_scale": 0.6}, {"norm": 2}, {"norm": np.inf}, {"norm": None}, {"sparsity": 0.0},
    {"sparsity": 0.1},    {"window": "hamming"}, {"window": ("kaiser", 8.6)}, {"window": np.hanning},
]  # fmt: skip
PADS = [{"pad_mode": m} for m in ("edge", "linear_ramp")]
MIRRORED = [{"fmin": 220.0, "n_bins": 36, "pad_mode": m} for m in ("reflect", "symmetric", parity_row.held)]
WAYS = [
    {"res_type": way} for way in ("soxr_vhq", "soxr_mq", "soxr_lq", "soxr_qq", "fft", "scipy", "polyphase")
]
SCALES = [{"intervals": name} for name in ("pythagorean", "ji3", "ji5", "ji7")]
PENTATONIC = {"intervals": [1, 9 / 8, 5 / 4, 3 / 2, 5 / 3], "n_bins": 35}

CQT = [
    row("cqt", 2e-14, 1e-5, thorough=True),
    *each("cqt", 2e-14, 1e-5, [*BINS, *SHAPES]),
    *each("cqt", 2e-14, 1e-5, [{"scale": False}, {"scale": False, "n_bins": 20}, *PADS]),
    *each("cqt", 2e-14, 2e-5, MIRRORED),
    *each("cqt", 2e-14, 1e-5, WAYS),
    row("cqt", 2e-14, 1e-5, {"tuning": None}, full=True, changes=False),
    row("cqt", 6e-7, 1e-5, {"dtype": np.complex64}, changes=False),
    row("cqt", 2e-14, 1e-5, {"dtype": np.complex128}, changes=False),
    row("cqt", 2e-14, 1e-5, {"fmin": 110.0, "n_bins": 50}, "batch"),
    row("cqt", 2e-14, 1e-5, {"fmin": 220.0, "n_bins": 36, "hop_length": 64}, "short"),
]
VQT = [
    row("vqt", 1e-14, 6e-6, thorough=True),
    *each("vqt", 1e-14, 6e-6, [*BINS, *SHAPES]),
    *each("vqt", 1e-14, 6e-6, [*SCALES, PENTATONIC, {"gamma": 0}, {"gamma": 20.0}, {"scale": False}]),
    *each("vqt", 1e-14, 1e-5, [PADS[0], MIRRORED[0], WAYS[0], {"intervals": "ji5", "bins_per_octave": 19}]),
    row("vqt", 1e-14, 6e-6, {"tuning": None}, full=True, changes=False),
    row("vqt", 6e-7, 6e-6, {"dtype": np.complex64}, changes=False),
    row("vqt", 1e-14, 6e-6, {"fmin": 110.0, "n_bins": 50}, "batch"),
]
#: Magnitudes of bins that hold nothing but rounding add up where wavelets have long tails.
TAILS = [{"window": "hamming"}, {"sparsity": 0.0}]
PSEUDO = [
    row("pseudo_cqt", 2e-14, 1e-5, thorough=True),
    *each("pseudo_cqt", 2e-14, 1e-5, [o for o in BINS[:6] if "bins_per_octave" not in o]),
    row("pseudo_cqt", 3e-9, 1e-5, BINS[4]),  # cosines that are rounded otherwise, in long wavelets
    row("pseudo_cqt", 1e-13, 2e-5, {"n_bins": 1}),
    *each("pseudo_cqt", 2e-14, 1e-5, [o for o in SHAPES if o not in TAILS]),
    *each("pseudo_cqt", 2e-13, 2e-4, TAILS),
    row("pseudo_cqt", 2e-14, 1e-5, {"scale": False}),
    *each("pseudo_cqt", 2e-14, 5e-6, [PADS[0], MIRRORED[0]], full=True),
    row("pseudo_cqt", 2e-14, 1e-5, {"tuning": None}, full=True, changes=False),
    row("pseudo_cqt", 6e-6, 1e-5, {"dtype": np.complex64}, changes=False),
    row("pseudo_cqt", 2e-14, 1e-5, {"fmin": 110.0, "n_bins": 50}, "batch"),
]
HYBRID = [
    row("hybrid_cqt", 2e-14, 1e-5, thorough=True),
    *each("hybrid_cqt", 2e-14, 1e-5, [*BINS, *SHAPES, {"scale": False}, *PADS[:1], MIRRORED[0], WAYS[0]]),
    row("hybrid_cqt", 2e-14, 1e-5, {"hop_length": 2048}),
    row("hybrid_cqt", 2e-14, 1e-5, {"tuning": None}, full=True, changes=False),
    row("hybrid_cqt", 2e-6, 1e-5, {"dtype": np.complex64}, changes=False),
    row("hybrid_cqt", 2e-14, 1e-5, {"fmin": 110.0, "n_bins": 50}, "batch"),
]
CHROMA = [
    row("chroma_cqt", 4e-13, 8e-4, thorough=True, **CLEAR),
    row("chroma_cqt", 2e-14, 6e-6, {"norm": None, "tuning": 0.0}, thorough=True),
    *each("chroma_cqt", 4e-13, 8e-4, [{"norm": 2}, {"tuning": 0.2}], **CLEAR),
    row("chroma_cqt", 2e-14, 6e-6, {"threshold": 0.05, "norm": 1}, **CLEAR),
    *each("chroma_cqt", 6e-13, 8e-4, [{"hop_length": 160}, {"fmin": 65.4, "n_octaves": 5}], **CLEAR),
    *each("chroma_cqt", 4e-13, 2e-3, [{"bins_per_octave": n} for n in (12, 24)], **CLEAR),
    row("chroma_cqt", 4e-13, 2e-3, {"bins_per_octave": None, "n_chroma": 24}, **CLEAR),
    row("chroma_cqt", 4e-13, 8e-4, {"window": [0.5, 1.0, 0.5]}, upcast=True, **CLEAR),
    row("chroma_cqt", 4e-13, 8e-4, {"window": np.array([[0.25], [1], [0.25]])}, upcast=True, **CLEAR),
    row("chroma_cqt", 4e-13, 8e-4, {"cqt_mode": "hybrid"}, **CLEAR),
    row("chroma_cqt", 2e-14, 6e-6, {"cqt_mode": "hybrid", "hop_length": 2048, "norm": None, "tuning": 0.0}),
    row("chroma_cqt", 2e-15, 9e-7, {"bins_per_octave": 12, "norm": None}, "12 magnitudes an octave"),
    row("chroma_cqt", 2e-15, 9e-7, {"threshold": 0.1}, "36 magnitudes an octave", **CLEAR),
    row("chroma_cqt", 1e-13, 8e-4, {"fmin": 110.0, "n_octaves": 4}, "batch", **CLEAR),
]
CHROMA_VQT = [
    row("chroma_vqt", 4e-13, 4e-3, thorough=True, **CLEAR),
    *each("chroma_vqt", 2e-13, 4e-3, [*SCALES, {"norm": 2}], **CLEAR),
    row("chroma_vqt", 2e-14, 4e-5, {"threshold": 0.05}, **CLEAR),
    row("chroma_vqt", 1e-14, 6e-6, {"norm": None}, **CLEAR),
    *each("chroma_vqt", 8e-13, 4e-3, [{"hop_length": 160}, {"fmin": 65.4, "n_octaves": 5}], **CLEAR),
    *each("chroma_vqt", 2e-13, 4e-3, [{"gamma": 20.0}, {"gamma": None}, {"bins_per_octave": 24}], **CLEAR),
    row("chroma_vqt", 2e-13, 4e-3, {"intervals": PENTATONIC["intervals"]}, **CLEAR),
    row("chroma_vqt", 2e-15, 9e-7, {}, "V", **CLEAR),
    row("chroma_vqt", 4e-13, 4e-3, {"fmin": 110.0, "n_octaves": 4}, "batch", **CLEAR),
]
CENS = [
    row("chroma_cens", 1.7e-15, 9e-7, thorough=True, **CLEAR),
    *each("chroma_cens", 1.7e-15, 9e-7, [{"norm": None}, {"win_len_smooth": None}], **CLEAR),
    *each("chroma_cens", 1.7e-15, 9e-7, [{"win_len_smooth": 10}, {"smoothing_window": "blackman"}], **CLEAR),
    *each("chroma_cens", 1.7e-15, 9e-7, [{"tuning": 0.2}, {"hop_length": 160}, {"n_chroma": 18}], **CLEAR),
    *each("chroma_cens", 1.7e-15, 9e-7, [{"fmin": 65.4, "n_octaves": 5}, {"bins_per_octave": 24}], **CLEAR),
    *each("chroma_cens", 1.7e-15, 9e-7, [{"cqt_mode": "hybrid"}], changes=False, **CLEAR),
    row("chroma_cens", 1.7e-15, 9e-7, {"window": [0.5, 1.0, 0.5]}, upcast=True, **CLEAR),
    row("chroma_cens", 1.7e-15, 9e-7, {"bins_per_octave": 12}, "12 magnitudes an octave", **CLEAR),
    row("chroma_cens", 1.7e-15, 9e-7, {"fmin": 110.0, "n_octaves": 4}, "batch", **CLEAR),
]
TONNETZ = [
    row("tonnetz", 4e-13, 8e-4, thorough=True, upcast=True, **CLEAR),
    *each("tonnetz", 4e-13, 8e-4, [{"tuning": 0.2}, {"hop_length": 160}], upcast=True, **CLEAR),
    *each("tonnetz", 4e-13, 8e-4, [{"fmin": 65.4, "n_octaves": 5}, {"n_chroma": 18}], upcast=True, **CLEAR),
    *each("tonnetz", 4e-13, 8e-4, [{"bins_per_octave": 24}], upcast=True, **CLEAR),
    row("tonnetz", 2e-14, 6e-6, {"threshold": 0.5}, upcast=True, **CLEAR),
    *each("tonnetz", 4e-13, 8e-4, [{"window": [0.5, 1.0, 0.5]}], upcast=True, **CLEAR),
    *each("tonnetz", 4e-13, 8e-4, [{"norm": 2}, {"cqt_mode": "hybrid"}], upcast=True, changes=False, **CLEAR),
    row("tonnetz", 3e-15, 2e-6, {}, "pitch classes", upcast=True, full=True),
    row("tonnetz", 1e-13, 8e-5, {"fmin": 110.0, "n_octaves": 4}, "batch", upcast=True, **CLEAR),
]
#: All start from 50 bins above 80 Hz.
LOW = {"fmin": 80.0}
ICQT = [
    row("icqt", 2e-15, 2e-6, LOW, "responses", thorough=True, upcast=True, changes=False),
    row("icqt", 2e-15, 2e-6, {**LOW, "length": 7000}, "responses", upcast=True, full=True),
    row("icqt", 2e-15, 2e-6, {**LOW, "length": 10**5}, "responses", upcast=True),
    *each("icqt", 2e-15, 2e-6, [{**LOW, **o} for o in SHAPES], "responses", upcast=True),
    *each("icqt", 2e-15, 2e-6, [{**LOW, "tuning": 0.3}], "responses", upcast=True),
    row("icqt", 9e-15, 2e-6, {**LOW, "res_type": "fft"}, "responses", upcast=True),
    row("icqt", 2e-15, 2e-6, {**LOW, "scale": False}, "responses"),
    row("icqt", 2e-6, 2e-6, {**LOW, "dtype": np.float32}, "responses", changes=False),
    row("icqt", 2e-15, 1e-15, {**LOW, "dtype": np.float64}, "responses", changes=False),
    row("icqt", 2e-15, 2e-6, {**LOW, "bins_per_octave": 24}, "24 an octave", upcast=True),
    row("icqt", 2e-15, 2e-6, {**LOW, "hop_length": 160}, "every 160", upcast=True),
    row("icqt", 5e-15, 2e-6, {**LOW, "hop_length": 441}, "every 441", upcast=True),
    row("icqt", 2e-15, 2e-6, LOW, "responses of both halves", upcast=True, changes=False),
]
ROWS = [*CQT, *VQT, *PSEUDO, *HYBRID, *CHROMA, *CHROMA_VQT, *CENS, *TONNETZ, *ICQT]

TRANSFORMS = ["cqt", "vqt", "pseudo_cqt", "hybrid_cqt"]
CHROMAS = ["chroma_cqt", "chroma_cens", "tonnetz"]
SIGNALS = [*TRANSFORMS, *CHROMAS, "chroma_vqt"]
RATED = SIGNALS
FAULTS = [
    (SIGNALS, {"sr": 0}, "sr"),
    (SIGNALS, {"sr": "16000"}, "sr"),
    (SIGNALS, {"hop_length": 0}, "hop_length"),
    (SIGNALS, {"hop_length": 512.0}, "hop_length"),
    *((SIGNALS, {"fmin": fmin}, "fmin") for fmin in (0, -32.7, np.nan, "C1", 9000.0, 0.5)),
    (SIGNALS, {"bins_per_octave": 0}, "bins_per_octave"),
    (SIGNALS, {"bins_per_octave": 12.0}, "bins_per_octave"),
    *((TRANSFORMS, {"n_bins": n}, "n_bins") for n in (0, -1, 84.0, 200)),
    ([*TRANSFORMS, *CHROMAS], {"tuning": "flat"}, "tuning"),
    ([*TRANSFORMS, *CHROMAS], {"tuning": np.inf}, "tuning"),
    (TRANSFORMS, {"filter_scale": 0}, "filter_scale"),
    (SIGNALS, {"norm": -1}, "norm"),
    (SIGNALS, {"norm": "max"}, "norm"),
    (TRANSFORMS, {"sparsity": 1.0}, "sparsity"),
    (TRANSFORMS, {"sparsity": -0.1}, "sparsity"),
    (TRANSFORMS, {"window": "hamn"}, "window"),
    (TRANSFORMS, {"window": None}, "window"),
    (TRANSFORMS, {"window": np.ones(512)}, "window"),
    (TRANSFORMS, {"scale": "yes"}, "scale"),
    (TRANSFORMS, {"pad_mode": "wrap"}, "pad_mode"),
    (["cqt", "vqt", "hybrid_cqt"], {"res_type": "kaiser_best"}, "res_type"),
    (TRANSFORMS, {"dtype": np.float32}, "dtype"),
    (["vqt", "chroma_vqt"], {"gamma": -1.0}, "gamma"),
    (["vqt", "chroma_vqt"], {"intervals": "just"}, "intervals"),
    (["vqt", "chroma_vqt"], {"intervals": [1, -2]}, "intervals"),
    ([*CHROMAS, "chroma_vqt"], {"n_octaves": 0}, "n_octaves"),
    ([*CHROMAS, "chroma_vqt"], {"n_octaves": 9}, "n_octaves"),
    (CHROMAS, {"n_chroma": 0}, "n_chroma"),
    (CHROMAS, {"bins_per_octave": 35}, "bins_per_octave"),
    (CHROMAS, {"cqt_mode": "pseudo"}, "cqt_mode"),
    (CHROMAS, {"window": "hann"}, "window"),
    (CHROMAS, {"window": [1.0, np.nan]}, "window"),
    (["chroma_cqt", "chroma_vqt", "tonnetz"], {"threshold": "none"}, "threshold"),
    (["chroma_cens"], {"win_len_smooth": 0}, "win_len_smooth"),
    (["chroma_cens"], {"win_len_smooth": 4.5}, "win_len_smooth"),
    (["chroma_cens"], {"smoothing_window": "hamn"}, "smoothing_window"),
]
C = np.zeros((84, 20), np.complex64)
OTHERS = [
    ("icqt", (np.ones((84, 20)),), {}, "C"),
    ("icqt", (C[0],), {}, "C"),
    ("icqt", (C[:, :0],), {}, "C"),
    ("icqt", (np.full((84, 2), np.nan, complex),), {}, "C"),
    ("icqt", (C,), {"length": 0}, "length"),
    ("icqt", (C,), {"length": 100.0}, "length"),
    ("icqt", (C,), {"dtype": np.complex64}, "dtype"),
    ("icqt", (C,), {"fmin": -1.0}, "fmin"),
    ("icqt", (C,), {"hop_length": 0}, "hop_length"),
    ("icqt", (C,), {"res_type": "best"}, "res_type"),
    ("chroma_cqt", (), {"C": C}, "C"),
    ("chroma_cqt", (), {"C": np.ones(84)}, "C"),
    ("chroma_cqt", (), {"C": np.full((84, 3), np.nan)}, "C"),
    ("chroma_vqt", (), {"V": C}, "V"),
    ("tonnetz", (), {"chroma": np.ones(12)}, "chroma"),
    *((name, (None,), {}, "y") for name in ("chroma_cqt", "chroma_vqt", "chroma_cens", "tonnetz")),
    ("note_to_midi", ("H4",), {}, "note"),
    ("note_to_midi", (440,), {}, "note"),
    ("note_to_hz", ("",), {}, "note"),
    ("midi_to_note", (60,), {"key": "C"}, "key"),
    ("midi_to_note", (60,), {"cents": True, "octave": False}, "cents"),
    ("midi_to_note", (np.inf,), {}, "midi"),
    ("hz_to_note", (440.0,), {"key": "H:maj"}, "key"),
    ("hz_to_note", (-5.0,), {}, "frequencies"),
    ("hz_to_note", ([440.0, np.inf],), {}, "frequencies"),
    ("cqt_frequencies", (0,), {"fmin": 55.0}, "n_bins"),
    ("cqt_frequencies", (12,), {"fmin": 0.0}, "fmin"),
    ("cqt_frequencies", (12,), {"fmin": 55.0, "bins_per_octave": 0}, "bins_per_octave"),
    ("A4_to_tuning", (440.0,), {"bins_per_octave": 0}, "bins_per_octave"),
    ("tuning_to_A4", (0.0,), {"bins_per_octave": -1}, "bins_per_octave"),
]
