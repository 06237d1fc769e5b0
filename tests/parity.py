"""The table of parity: one row per function and options, each with the error it may have.

``python tests/parity.py [WORD ...]`` measures the rows whose names hold every WORD and marks the tolerances
that no longer fit (`parity_row.py` says which do).

To certify a new feature: one row here or in a table of its family (`tests/tables`), and its reference in
`reference.py` or beside the row.
"""

from dataclasses import replace

import numpy as np
from parity_row import (
    AWKWARD,
    FRAMES,
    LEAST,
    LEAST_DOUBLE,
    PADS,
    SHORT,
    SOME_FRAMES,
    TINY,
    Row,
    bumps,
    each,
    row,
)  # fmt: skip
from tables import listed, named

STFT = [
    row("stft", 6e-15, 1e-6, thorough=True),
    *each("stft", 8e-15, 2e-6, FRAMES),
    *each("stft", 2e-15, 7e-7, TINY),
    *each("stft", 9e-16, 5e-7, AWKWARD),
    row("stft", 5e-7, 9e-7, {"dtype": np.complex64}, changes=False),  # float64: one rounding to float32
    row("stft", 5e-15, 5e-15, {"dtype": np.complex128}, changes=False),
    row("stft", 4e-15, 1e-6, {"n_fft": 256, "hop_length": 1}, "short"),
    row("stft", 3e-15, 1e-6, {}, "piece"),
    *each("stft", 3e-15, 8e-7, [{"pad_mode": m} for m in ("edge", "linear_ramp")], "piece"),
    row("stft", 3e-15, 1e-6, {"n_fft": 1024, "pad_mode": "reflect"}, "piece"),
    row("stft", 3e-15, 1e-6, SHORT, "batch"),
    row("stft", 9e-16, 5e-7, {"n_fft": 401, "pad_mode": "reflect"}, "batch"),
]
SPECTROGRAM = [
    row("spectrogram", 5e-15, 2e-6, thorough=True),
    row("spectrogram", 9e-15, 3e-6, {"power": 2.0}, thorough=True),
    *each("spectrogram", 2e-14, 4e-6, [{"power": p} for p in (2, 1.7, 3.0)]),
    row("spectrogram", 4e-8, 1e-3, {"power": 0.5}),
    row("spectrogram", 2e-13, 6e-5, {"power": 0.5}, full=True),
    *each("spectrogram", 8e-15, 3e-6, [{"power": p, **SHORT} for p in (1.0, 2.0, 1.7)]),
    *each("spectrogram", 2e-14, 3e-6, [{"power": 2.0, **o} for o in FRAMES]),
    *each("spectrogram", 3e-15, 1e-6, [{"power": 2.0, **o} for o in TINY]),
    *each("spectrogram", 1.5e-15, 7e-7, [{"power": 2.0, **o} for o in AWKWARD]),
    row("spectrogram", 4e-15, 2e-6, {"power": 2.0, **SHORT}, "batch"),
    row("spectrogram", 1e-15, 8e-7, {"n_fft": 509}, "batch"),
    row("spectrogram", 5e-15, 2e-6, {"power": 2.0}, "piece"),
]
#: A window that is not 0 at its ends: what only those know of is otherwise rounding, divided by almost 0.
WIDE = {"window": "hamming"}
INVERSE = [
    row("istft", 2e-15, 2e-6, {}, "spectrum", thorough=True),
    *each("istft", 2e-15, 2e-6, [{"length": n} for n in (2047, 5000)], "spectrum"),
    row("istft", 2e-14, 1e-5, {"length": 10**5, **WIDE}, "spectrum"),
    row("istft", 1e-6, 2e-6, {"dtype": np.float32}, "spectrum", changes=False),
    row("istft", 2e-15, 5e-7, {"dtype": np.float64}, "spectrum", changes=False),
    *each("istft", 2e-15, 2e-6, [{"n_fft": 2048}, {"n_fft": 2049}], "spectrum", changes=False),
    *each("istft", 2e-14, 1e-5, [{"center": False, **o, **WIDE} for o in ({}, {"length": 9000})], "spectrum"),
    *each("istft", 3e-15, 2e-6, [{"hop_length": 300}, {"win_length": 1200}], "spectrum"),
    row("istft", 2e-15, 2e-6, {"win_length": 1201}, "spectrum"),
    *each("istft", 2e-15, 2e-6, [{"window": w} for w in ("hamming", ("kaiser", 8.6), 8.6)], "spectrum"),
    *each("istft", 3e-15, 2e-6, [{"window": bumps(2048)}, {"window": np.hanning}], "spectrum"),
    row("istft", 2e-15, 2e-6, {"hop_length": 160, "win_length": 400}, "spectrum of 512"),
    row("istft", 2e-15, 2e-6, {"n_fft": 401, "hop_length": 100}, "spectrum of 401"),
    row("istft", 2e-15, 2e-6, {"n_fft": 401, "hop_length": 100, "center": False}, "spectrum of 401"),
    row("istft", 2e-15, 1e-6, {}, "spectrum of batch"),
    row("istft", 1e-14, 5e-6, {"length": 3000, **WIDE}, "spectrum of batch"),
    *each("magphase", *LEAST, [{}, {"power": 2}, {"power": 0.5}], "spectrum"),
    row("magphase", *LEAST, {"power": 2.0}, "spectrum of batch"),
]
DECIBELS = [
    row("power_to_db", *LEAST, {}, "power", thorough=True),
    *each("power_to_db", *LEAST, [{"ref": 20.0}, {"ref": np.max}, {"ref": np.median}], "power"),
    *each("power_to_db", *LEAST, [{"amin": 1e-3}, {"top_db": None}, {"top_db": 20.0}], "power"),
    row("power_to_db", *LEAST, {"ref": np.max, "top_db": 30.0}, "power of batch"),
    *each("power_to_db", *LEAST, [{}, {"axes": None}], "power of batch"),
    row("amplitude_to_db", *LEAST, {}, "magnitude", thorough=True),
    *each("amplitude_to_db", *LEAST, [{"ref": 20.0}, {"ref": np.max}, {"amin": 1e-2}], "magnitude"),
    *each("amplitude_to_db", *LEAST, [{"top_db": None}, {"top_db": 20.0}], "magnitude"),
    *each("amplitude_to_db", *LEAST, [{"top_db": 30.0}, {"axes": None}], "magnitude of batch"),
    *each("db_to_power", *LEAST, [{}, {"ref": 7.0}], "log mel"),
    *each("db_to_amplitude", *LEAST, [{}, {"ref": 7.0}], "log mel"),
]
MEL_BANKS = [
    {"n_mels": 40}, {"fmin": 300.0}, {"fmax": 3000.0}, {"fmin": 80.0, "fmax": 3800.0, "n_mels": 64},
    {"htk": True}, {"norm": None}, {"norm": 1}, {"norm": 2}, {"norm": np.inf}, {"htk": True, "norm": None},
]  # fmt: skip
MEL = [
    row("melspectrogram", 5e-15, 2e-6, thorough=True),
    row("melspectrogram", 6e-15, 3e-6, {**SHORT, "n_mels": 80}, thorough=True),
    *each("melspectrogram", 6e-15, 3e-6, [*SOME_FRAMES, *PADS[:4], *MEL_BANKS]),
    row("melspectrogram", 3e-14, 2e-5, {"n_mels": 1}),
    *each("melspectrogram", 1e-14, 2e-6, [{"power": p} for p in (1.0, 1.7)]),
    row("melspectrogram", 2e-8, 8e-4, {"power": 0.5}),
    row("melspectrogram", 2e-14, 5e-6, {"power": 0.5}, full=True),
    row("melspectrogram", 4e-15, 2e-6, {"dtype": np.float64}, upcast=True),
    *each("melspectrogram", 7e-15, 2e-6, [{"n_fft": n} for n in (400, 640, 960, 1200, 4096, 1022)]),
    *each("melspectrogram", 3e-15, 5e-6, [{}, {"n_mels": 20, "htk": True}], "power"),
    row("melspectrogram", 2e-15, 1e-6, {"n_mels": 40}, "power of batch"),
    row("melspectrogram", 5e-15, 1e-6, {**SHORT, "n_mels": 40}, "batch"),
    row("melspectrogram", 2e-15, 1e-6, {}, "piece"),
]
LINEAR = [
    row("linear_spectrogram", 6e-15, 3e-6, thorough=True),
    *each("linear_spectrogram", 8e-15, 2e-6, [{**SHORT, "n_filters": 20}, *SOME_FRAMES[1:], *PADS[:2]]),
    *each("linear_spectrogram", 3e-15, 4e-6, [{"n_filters": 70, "fmax": 4000.0}]),
    row("linear_spectrogram", 2e-14, 2e-5, {"n_filters": 1}),
    *each("linear_spectrogram", 7e-15, 2e-6, [{"fmin": 300.0}, {"power": 1.0}, {"power": 1.7}]),
    *each("linear_spectrogram", 5e-15, 3e-6, [{"norm": n} for n in ("slaney", 1, 2, np.inf)]),
    row("linear_spectrogram", 4e-15, 2e-6, {"dtype": np.float64}, upcast=True),
    row("linear_spectrogram", 3e-15, 4e-6, {"n_filters": 20}, "power"),
    row("linear_spectrogram", 4e-15, 2e-6, {**SHORT, "n_filters": 20}, "batch"),
]
DCTS = [{"dct_type": t, "norm": n} for t in (1, 2, 3, 4) for n in (None, "ortho")]
CEPSTRA = [
    *[d for d in DCTS if d != {"dct_type": 2, "norm": "ortho"}],
    {"lifter": 22}, {"lifter": 0.7}, {"lifter": 22, "dct_type": 3, "norm": None},
    {"top_db": 40.0}, {"amin": 10.0}, {"amin": 1.0, "top_db": None}, {"fmin": 300.0, "fmax": 3600.0},
]  # fmt: skip
#: With the logarithm of nearly nothing among their values.
DEEP = [{"top_db": None}, {"power": 1.0}, {"power": 1.7, "top_db": None}]
MFCC = [
    row("mfcc", 2e-14, 1e-5, thorough=True),
    row("mfcc", 2e-14, 3e-6, {**SHORT, "n_mels": 40, "n_mfcc": 13}, thorough=True),
    row("mfcc", 2e-12, 1e-5, {"top_db": None}, thorough=True),
    *each("mfcc", 2e-14, 1e-5, [*SOME_FRAMES, *PADS[:4], *CEPSTRA]),
    *each("mfcc", 1e-11, 9e-6, DEEP[1:]),
    *each("mfcc", 2e-14, 1e-5, [{"n_mfcc": n} for n in (1, 13, 40, 128)]),
    *each("mfcc", 2e-14, 9e-6, [{"n_mels": 40}, {"n_mels": 23, "n_mfcc": 23}, {"htk": True, "lifter": 22}]),
    *each("mfcc", 2e-14, 1e-5, [{"mel_norm": n} for n in (None, 1, 2, np.inf)]),
    *each("mfcc", 2e-14, 1e-5, [{"n_fft": n} for n in (400, 640, 960, 1200, 1022)]),
    row("mfcc", 2e-14, 1e-5, {"dtype": np.float64}, upcast=True),
    *each("mfcc", 2e-14, 1e-5, [{}, {"n_mfcc": 13, "lifter": 22}, {"dct_type": 1, "norm": None}], "log mel"),
    row("mfcc", 2e-14, 9e-6, {"n_mfcc": 13}, "log mel of batch"),
    row("mfcc", 2e-14, 7e-6, {}, "batch"),
    row("mfcc", 2e-13, 2e-5, {"top_db": None, **SHORT}, "batch"),
    row("mfcc", 8e-15, 6e-6, {}, "piece"),
]
LFCC = [
    row("lfcc", 3e-14, 1e-5, thorough=True),
    row("lfcc", 5e-14, 5e-6, {**SHORT, "win_length": 320, "n_filters": 20}, thorough=True),
    *each("lfcc", 5e-14, 1e-5, [*SOME_FRAMES, *PADS[:2], *CEPSTRA]),
    *each("lfcc", 4e-11, 3e-5, DEEP),
    *each("lfcc", 2e-14, 8e-6, [{"n_lfcc": 40}, {"n_filters": 20}]),
    row("lfcc", 1e-14, 5e-6, {"n_filters": 70, "fmax": 4000.0, "n_lfcc": 19}),
    *each("lfcc", 2e-14, 1e-5, [{"filter_norm": n} for n in ("slaney", 1, 2, np.inf)]),
    *each("lfcc", 8e-12, 2e-5, [{"log": "ln"}, {"log": "log10"}]),
    row("lfcc", 6e-14, 2e-5, {"log": "ln", "amin": 1e-5}),
    *each("lfcc", 3e-14, 8e-6, [{"log": n, "log_offset": 1e-4} for n in ("ln", "log10", "db")]),
    *each("lfcc", 2e-14, 1e-5, [{"log": "db", "top_db": 30.0}]),
    row("lfcc", 4e-11, 7e-5, {"log": "log10", "lifter": 22, "dct_type": 4}),
    row("lfcc", 1e-14, 6e-6, {"dtype": np.float64}, upcast=True),
    *each("lfcc", 2e-14, 1e-5, [{}, {"n_lfcc": 13, "lifter": 22}], "log mel"),
    row("lfcc", 2e-14, 8e-6, {}, "batch"),
]
CHROMA = [
    row("chroma_stft", 3e-14, 1e-5, thorough=True),
    row("chroma_stft", 3e-14, 1e-5, {"tuning": 0.0}, thorough=True),
    *each("chroma_stft", 2e-14, 1e-5, [{"tuning": 0.0, **o} for o in [*SOME_FRAMES, *PADS[:2]]]),
    *each("chroma_stft", 4e-14, 1e-5, [SHORT, {"n_fft": 401}, {"n_fft": 4096}]),
    *each("chroma_stft", 2e-14, 8e-6, [{"tuning": 0.0, "norm": n} for n in (None, 1, 2)]),
    *each("chroma_stft", 3e-14, 2e-5, [{"tuning": t} for t in (0.25, -0.4)]),
    *each("chroma_stft", 2e-14, 8e-6, [{"tuning": 0.0, "n_chroma": n} for n in (24, 36)]),
    row("chroma_stft", 2e-14, 8e-6, {"n_chroma": 24}),
    *each("chroma_stft", 3e-14, 1e-5, [{"tuning": 0.0, "ctroct": 4.0}, {"tuning": 0.0, "octwidth": None}]),
    *each("chroma_stft", 3e-14, 1e-5, [{"tuning": 0.0, "octwidth": 1}, {"tuning": 0.0, "base_c": False}]),
    row("chroma_stft", 2e-14, 1e-5, {"tuning": 0.0, "dtype": np.float64}, upcast=True),
    *each("chroma_stft", 2e-14, 1e-5, [{}, {"tuning": 0.0}], "power"),
    *each("chroma_stft", 3e-14, 2e-5, [{"tuning": 0.1}, {"tuning": 0.0, "norm": 2}], "batch"),
    row("chroma_stft", 2e-14, 1e-5, {"n_chroma": 36}, "batch"),
]
TUNING = [
    row("piptrack", 3e-15, 5e-7, thorough=True),
    *each("piptrack", 7e-15, 5e-7, [*SOME_FRAMES, {"fmin": 300.0}, {"fmax": 2000.0}, {"threshold": 0.5}]),
    row("piptrack", 3e-15, 5e-7, {"n_fft": 960, "fmax": 24000.0}, thorough=True),  # up to the last bin
    *each("piptrack", 3e-15, 5e-7, [{"ref": 1.0}, {"ref": np.mean, "threshold": 1.0}]),
    *each("piptrack", 9e-16, 5e-7, [{}, {"fmin": 80.0, "threshold": 0.02}], "magnitude"),
    row("piptrack", 3e-15, 5e-7, {}, "batch"),
    row("estimate_tuning", *LEAST_DOUBLE, thorough=True),
    *each("estimate_tuning", *LEAST_DOUBLE, [{"n_fft": 4096}, {"resolution": 0.1}], changes=False),
    row("estimate_tuning", *LEAST_DOUBLE, {"bins_per_octave": 36}, changes=False),
    row(
        "estimate_tuning", *LEAST_DOUBLE, {"fmin": 300.0, "threshold": 0.3, "hop_length": 256}, changes=False
    ),
    row("estimate_tuning", *LEAST_DOUBLE, {}, "magnitude"),
    row("estimate_tuning", *LEAST_DOUBLE, {"resolution": 0.05}, "batch", changes=False),
    *each("pitch_tuning", *LEAST_DOUBLE, [{}, {"resolution": 0.1}], "frequencies", changes=False),
    row("pitch_tuning", *LEAST_DOUBLE, {"bins_per_octave": 24}, "frequencies", changes=False),
]
DYNAMICS = [
    row("delta", 9e-16, 5e-7, {}, "features", thorough=True),
    *each("delta", 2e-15, 5e-7, [{"width": w} for w in (3, 5, 15)], "features"),
    *each("delta", 1e-15, 5e-7, [{"order": n} for n in (2, 3)], "features"),
    *each("delta", 9e-16, 5e-7, [{"mode": m} for m in ("nearest", "mirror", "constant", "wrap")], "features"),
    *each("delta", 3e-15, 1e-6, [{"mode": "constant", "cval": 3.0}, {"polyorder": 3}], "features"),
    *each("delta", 1e-15, 6e-7, [{"order": 2, "width": 5, "mode": "nearest"}, {"delta": 0.5}], "features"),
    *each("delta", 9e-16, 5e-7, [{"axis": 0}, {"axis": -2, "mode": "mirror"}], "features"),
    row("delta", 9e-16, 5e-7, {"order": 2}, "features of batch"),
    row("delta", 3e-15, 1e-6, {"axis": 1, "width": 3}, "features of batch"),
    row("stack_memory", *LEAST, {}, "features", thorough=True),
    *each("stack_memory", *LEAST, [{"n_steps": 3}, {"n_steps": 3, "delay": 2}], "features"),
    row("stack_memory", *LEAST, {"n_steps": 4, "delay": -3}, "features"),
    *each("stack_memory", *LEAST, [{"mode": "edge"}, {"mode": "reflect", "delay": -1}], "features"),
    *each("stack_memory", *LEAST, [{"mode": "constant", "constant_values": 5.0, "n_steps": 3}], "features"),
    row("stack_memory", *LEAST, {"n_steps": 1}, "features"),
    row("stack_memory", *LEAST, {"n_steps": 3}, "features of batch"),
]

#: Of each call whose reference is written in these tests, the run of the original that it stands for.
ORIGINALS = {
    "linear_spectrogram": "asvspoof2019_matlab__lfcc",
    "lfcc": "asvspoof2019_matlab__lfcc",
    **named("ORIGINALS"),
}
ROWS: list[Row] = [
    replace(each_row, original=ORIGINALS.get(each_row.call, ""))
    for each_row in [
    *STFT, *SPECTROGRAM, *INVERSE, *DECIBELS, *MEL, *LINEAR, *MFCC, *LFCC, *CHROMA, *TUNING, *DYNAMICS,
    *listed("ROWS"),
    ]
]  # fmt: skip

if __name__ == "__main__":
    from parity_run import report

    report(ROWS)
