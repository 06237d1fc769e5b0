"""The spectrogram in decibels: librosa's `amplitude_to_db` of the magnitudes of its `stft`."""

import numpy as np
from parity_row import PADS, SHORT, WINDOWS, measured


def log_spectrogram(y=None, ref=1.0, amin=1e-5, top_db=80.0, spectrum=None, **frames):
    from reference import REFERENCES as STEPS  # which reads these tables

    magnitudes = np.abs(STEPS["stft"](y, **frames)) if spectrum is None else spectrum
    return STEPS["amplitude_to_db"](magnitudes, ref=ref, amin=amin, top_db=top_db)


REFERENCES = {"log_spectrogram": log_spectrogram}
CHOICES = [
    SHORT,
    *WINDOWS[:2],
    *PADS[:2],
    {"center": False},
    {"ref": 20.0},
    {"ref": np.max},
    {"ref": np.median},
    {"amin": 1e-2},
    {"top_db": None},
    {"top_db": 20.0},
]
#: Where bins are nothing but rounding, float32 is compared from the magnitudes that voicefeat has.
OWN = {"own": "quiet", "own_power": 1.0}
ROWS = [
    *measured("log_spectrogram", thorough=True, **OWN),
    *measured("log_spectrogram", CHOICES, **OWN),
    *measured("log_spectrogram", [SHORT], "batch", **OWN),
]

SIGNALS = ["log_spectrogram"]
FAULTS = [
    *((["log_spectrogram"], {"amin": v}, "amin") for v in (0, -1e-5, 1e-30, "a", np.nan)),
    *((["log_spectrogram"], {"ref": v}, "ref") for v in ("max", None, np.inf, max)),
    *((["log_spectrogram"], {"top_db": v}, "top_db") for v in (-1, "80", np.nan)),
    *((["log_spectrogram"], {name: 0}, name) for name in ("n_fft", "hop_length", "win_length")),
]
