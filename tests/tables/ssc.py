"""Spectral subband centroids: python_speech_features."""

import numpy as np
from parity_row import bumps, each, row
from scipy import signal


def ssc(
    y, sr=16000, n_filters=26, fmin=0.0, fmax=None, frame_length=400, hop_length=160, n_fft=512,
    window="ones", preemphasis=0.97, partial="pad",
):  # fmt: skip
    """Signal by signal in double precision, at the scale of 16-bit samples."""
    from python_speech_features import ssc as original

    y = np.asarray(y)

    def values(n):
        return np.asarray(window) if isinstance(window, (list, np.ndarray)) else _window(window, n)

    made = [
        original(
            32768 * item.astype(float), sr, frame_length / sr, hop_length / sr, n_filters, n_fft, fmin, fmax,
            preemphasis, values,
        ).T
        for item in y.reshape(-1, y.shape[-1])
    ]  # fmt: skip
    whole = np.stack(made).reshape(*y.shape[:-1], *made[0].shape).astype(y.dtype)
    count = 1 + (y.shape[-1] - frame_length) // hop_length
    return whole if partial == "pad" else whole[..., :count]


def _window(window, n):
    if isinstance(window, str) and window.endswith("_symmetric"):
        return signal.get_window(window.removesuffix("_symmetric"), n, fftbins=False)
    return np.ones(n) if window == "ones" else signal.get_window(window, n)


REFERENCES = {"ssc": ssc}
NEEDS = {"needs": "python_speech_features", "full": True}
OPTIONS = [
    {"n_filters": 20},
    {"fmin": 200.0},
    {"frame_length": 512},
    {"hop_length": 100},
    {"n_fft": 1024},
    {"preemphasis": 0.0},
    {"partial": "drop"},
]
ROWS = [
    row("ssc", 3e-14, 4e-6, thorough=True, **NEEDS),
    *each("ssc", 3e-14, 4e-6, OPTIONS, **NEEDS),
    *each("ssc", 3e-14, 1.5e-5, [{"window": "hamming_symmetric"}, {"window": bumps(400)}], **NEEDS),
    row("ssc", 1e-14, 4e-6, {"fmax": 3000.0}, rates=(8000, 16000), **NEEDS),
    row("ssc", 3e-14, 4e-6, {"hop_length": 100}, "batch", **NEEDS),
]

SIGNALS = ["ssc"]
RATED = ["ssc"]
FAULTS = [
    *((["ssc"], {"sr": v}, "sr") for v in (0, -16000, np.inf, None)),
    *((["ssc"], {"frame_length": v}, "frame_length") for v in (0, 400.0, None)),
    *((["ssc"], {"hop_length": v}, "hop_length") for v in (0, 160.0, None)),
    *((["ssc"], {"n_fft": v}, "n_fft") for v in (0, 256, 512.0)),
    *((["ssc"], {"n_filters": v}, "n_filters") for v in (0, 20.0, 500)),
    *((["ssc"], {"fmin": v}, "fmin") for v in (-1.0, 12000.0, np.nan)),
    *((["ssc"], {"fmax": v}, "fmax") for v in (30000.0, "8000")),
    *((["ssc"], {"window": v}, "window") for v in ("hamn", np.ones(100), None)),
    *((["ssc"], {"preemphasis": v}, "preemphasis") for v in (np.nan, "0.97", None)),
    *((["ssc"], {"partial": v}, "partial") for v in ("keep", None)),
]
