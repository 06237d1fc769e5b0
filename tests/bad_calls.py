"""Calls that must be refused, and the argument that is at fault in each; `test_errors.py` makes them.

`test_contract.py` gives signals that must be refused to every function of the registry, `test_errors.py`
to the other functions of a signal.
"""

import re

import numpy as np
from tables import listed

import voicefeat as vf

SR = 16000
Y = np.sin(np.arange(SR) / 5).astype(np.float32)
D = np.zeros((513, 20), np.complex64)
S = np.ones((40, 20), np.float32)
POWER = np.ones((513, 20), np.float32)

FRAMED = [
    "stft",
    "spectrogram",
    "melspectrogram",
    "linear_spectrogram",
    "mfcc",
    "lfcc",
    "chroma_stft",
    "piptrack",
]
BANDED = ["melspectrogram", "linear_spectrogram", "mfcc", "lfcc"]
CEPSTRAL = ["mfcc", "lfcc"]
RATED = ["melspectrogram", "linear_spectrogram", "mfcc", "lfcc", "chroma_stft", "piptrack", "estimate_tuning"]
#: Every function of a signal; those that take `sr` too.
SIGNALS = [*FRAMED, "estimate_tuning", *listed("SIGNALS")]
WITH_RATE = [*RATED, *listed("RATED")]

#: (functions, arguments, the one at fault): the message must show its name and value.
FAULTS = [
    (FRAMED, {"n_fft": 0}, "n_fft"),
    (FRAMED, {"n_fft": -1}, "n_fft"),
    (FRAMED, {"n_fft": 2048.0}, "n_fft"),
    (FRAMED, {"n_fft": True}, "n_fft"),
    (FRAMED, {"n_fft": "2048"}, "n_fft"),
    (FRAMED, {"n_fft": None}, "n_fft"),
    (FRAMED, {"hop_length": 0}, "hop_length"),
    (FRAMED, {"hop_length": -160}, "hop_length"),
    (FRAMED, {"hop_length": 160.5}, "hop_length"),
    (FRAMED, {"win_length": 0}, "win_length"),
    (FRAMED, {"win_length": 4096}, "win_length"),
    (FRAMED, {"win_length": 400.0}, "win_length"),
    (FRAMED, {"window": "hamn"}, "window"),
    (FRAMED, {"window": ("kaiser",)}, "window"),
    (FRAMED, {"window": np.ones(100)}, "window"),
    (FRAMED, {"window": np.full(2048, np.nan)}, "window"),
    (FRAMED, {"window": None}, "window"),
    (FRAMED, {"window": np.ones((2, 1024))}, "window"),
    (FRAMED, {"pad_mode": "mirror"}, "pad_mode"),
    (FRAMED, {"pad_mode": "wrap"}, "pad_mode"),
    (FRAMED, {"pad_mode": "mean"}, "pad_mode"),
    (FRAMED, {"pad_mode": 3}, "pad_mode"),
    (FRAMED, {"center": None}, "center"),
    (FRAMED, {"center": "yes"}, "center"),
    (["stft"], {"dtype": np.float32}, "dtype"),
    (["stft"], {"dtype": "complex256"}, "dtype"),
    (["spectrogram", *BANDED], {"power": 0}, "power"),
    (["spectrogram", *BANDED], {"power": -2.0}, "power"),
    (["spectrogram", *BANDED], {"power": np.nan}, "power"),
    (["spectrogram", *BANDED], {"power": "2"}, "power"),
    (["spectrogram", *BANDED], {"power": None}, "power"),
    (RATED, {"sr": 0}, "sr"),
    (RATED, {"sr": -16000}, "sr"),
    (RATED, {"sr": np.inf}, "sr"),
    (RATED, {"sr": None}, "sr"),
    (BANDED, {"fmax": 8001.0}, "fmax"),
    (BANDED, {"fmax": 0}, "fmax"),
    (BANDED, {"fmin": -1.0}, "fmin"),
    (BANDED, {"fmin": 4000.0, "fmax": 3000.0}, "fmin"),
    (BANDED, {"fmin": 3000.0, "fmax": 3000.0}, "fmin"),
    (BANDED, {"fmin": np.nan}, "fmin"),
    (BANDED, {"dtype": np.int16}, "dtype"),
    (["melspectrogram", "mfcc"], {"n_mels": 0}, "n_mels"),
    (["melspectrogram", "mfcc"], {"n_mels": 40.0}, "n_mels"),
    (["linear_spectrogram", "lfcc"], {"n_filters": 0}, "n_filters"),
    (["melspectrogram", "linear_spectrogram"], {"norm": "slany"}, "norm"),
    (["melspectrogram"], {"norm": -1}, "norm"),
    (["mfcc"], {"mel_norm": "area"}, "mel_norm"),
    (["lfcc"], {"filter_norm": "area"}, "filter_norm"),
    (["mfcc"], {"n_mfcc": 129}, "n_mfcc"),
    (["mfcc"], {"n_mfcc": 13, "n_mels": 12}, "n_mfcc"),
    (["mfcc"], {"n_mfcc": 0}, "n_mfcc"),
    (["mfcc"], {"n_mfcc": 13.0}, "n_mfcc"),
    (["lfcc"], {"n_lfcc": 21, "n_filters": 20}, "n_lfcc"),
    (["lfcc"], {"n_lfcc": -1}, "n_lfcc"),
    (CEPSTRAL, {"dct_type": 5}, "dct_type"),
    (CEPSTRAL, {"dct_type": 0}, "dct_type"),
    (CEPSTRAL, {"dct_type": "2"}, "dct_type"),
    (CEPSTRAL, {"norm": "orthonormal"}, "norm"),
    (CEPSTRAL, {"norm": 2}, "norm"),
    (CEPSTRAL, {"lifter": -1}, "lifter"),
    (CEPSTRAL, {"lifter": np.nan}, "lifter"),
    (CEPSTRAL, {"top_db": -80.0}, "top_db"),
    (CEPSTRAL, {"top_db": np.nan}, "top_db"),
    (CEPSTRAL, {"top_db": "80"}, "top_db"),
    (CEPSTRAL, {"amin": 0}, "amin"),
    (CEPSTRAL, {"amin": -1e-10}, "amin"),
    (["lfcc"], {"log": "natural"}, "log"),
    (["lfcc"], {"log": None}, "log"),
    (["lfcc"], {"log": "ln", "top_db": 80.0}, "top_db"),
    (["lfcc"], {"log_offset": -1.0}, "log_offset"),
    (["lfcc"], {"log_offset": np.inf}, "log_offset"),
    (["chroma_stft"], {"tuning": np.nan}, "tuning"),
    (["chroma_stft"], {"tuning": "A440"}, "tuning"),
    (["chroma_stft"], {"n_chroma": 0}, "n_chroma"),
    (["chroma_stft"], {"norm": "max"}, "norm"),
    (["chroma_stft"], {"norm": -2}, "norm"),
    (["chroma_stft"], {"octwidth": -1.0}, "octwidth"),
    (["chroma_stft"], {"ctroct": np.nan}, "ctroct"),
    (["piptrack"], {"threshold": -0.1}, "threshold"),
    (["piptrack"], {"fmin": 4000.0, "fmax": 150.0}, "fmin"),
    (["piptrack"], {"ref": "max"}, "ref"),
    (["estimate_tuning"], {"resolution": 0}, "resolution"),
    (["estimate_tuning"], {"resolution": 1.5}, "resolution"),
    (["estimate_tuning"], {"bins_per_octave": 0}, "bins_per_octave"),
    (["estimate_tuning"], {"bins_per_octave": 12.5}, "bins_per_octave"),
]
NO_SIGNAL = np.zeros(0, np.float32)
BAD_SIGNALS = {
    "NaN": np.where(np.arange(SR) == 77, np.nan, Y),
    "inf": np.where(np.arange(SR) == 77, np.inf, Y),
    "empty": NO_SIGNAL,
    "int8": Y.astype(np.int8),
    "uint8": Y.astype(np.uint8),
    "uint16": Y.astype(np.uint16),
    "int64": Y.astype(np.int64),
    "bool": Y > 0,
    "float16": Y.astype(np.float16),
    "complex": Y.astype(np.complex64),
    "object": Y.astype(object),
    "text": "speech.wav",
    "array of text": Y.astype("<U4"),
    "a number": 3.0,
    "ragged": [[0.0, 1.0], [0.0]],
    "channels last": np.stack([Y, Y], axis=-1),
    "masked": np.ma.masked_array(Y, mask=Y > 0.5),
}


def taken(call):
    """What is wrong with the answers of `call` to `BAD_SIGNALS`: nothing if it refuses each in full words."""
    faults = []
    for kind, y in BAD_SIGNALS.items():
        try:
            call(y)
        except vf.ParameterError as error:
            message = str(error)
        else:
            faults.append(f"{kind}: taken")
            continue
        given = f"<array of shape {y.shape}, {y.dtype}>" if type(y) is np.ndarray else ""
        if not re.match(rf"y={re.escape(given)}.*: \S.{{3,}}; \S.{{3,}}", message, re.DOTALL):
            faults.append(f"{kind}: {message}")
        if kind in ("NaN", "inf") and "77" not in message:
            faults.append(f"{kind}: {message} (does not say where)")
        if kind == "channels last" and not re.search(r"\.T|channels", message):
            faults.append(f"{kind}: {message} (does not say what would do)")
    return faults


#: Calls that have no signal: (function, positional, named, the one at fault).
OTHERS = [
    ("istft", (D,), {"hop_length": 2000}, "hop_length"),
    ("istft", (D,), {"hop_length": 500, "win_length": 400}, "hop_length"),
    ("istft", (D,), {"hop_length": 0}, "hop_length"),
    ("istft", (D,), {"win_length": 2000}, "win_length"),
    ("istft", (D,), {"n_fft": 2048}, "n_fft"),
    ("istft", (D,), {"n_fft": 1024.0}, "n_fft"),
    ("istft", (D,), {"window": "hamn"}, "window"),
    ("istft", (D,), {"length": -1}, "length"),
    ("istft", (D,), {"length": 10.5}, "length"),
    ("istft", (D,), {"dtype": np.int16}, "dtype"),
    ("istft", (D,), {"out": np.zeros(17, np.float32)}, "out"),
    ("istft", (D,), {"out": np.zeros(19 * 256, np.complex64)}, "out"),
    ("istft", (D.real,), {}, "stft_matrix"),
    ("istft", (D[:, 0],), {}, "stft_matrix"),
    ("istft", (D[:, :0],), {}, "stft_matrix"),
    ("istft", (np.full_like(D, np.nan),), {}, "stft_matrix"),
    ("stft", (Y,), {"out": np.zeros((1025, 3), np.complex64)}, "out"),
    ("stft", (Y,), {"out": np.zeros((1025, 32), np.float32)}, "out"),
    ("stft", (Y,), {"out": [1, 2]}, "out"),
    ("magphase", (D,), {"power": 0}, "power"),
    ("power_to_db", (S,), {"amin": 0}, "amin"),
    ("power_to_db", (S,), {"top_db": -1}, "top_db"),
    ("amplitude_to_db", (S,), {"amin": -1.0}, "amin"),
    ("amplitude_to_db", (S,), {"top_db": -1.0}, "top_db"),
    ("melspectrogram", (), {"S": S[0]}, "S"),
    ("melspectrogram", (), {"S": S.astype(np.float16)}, "S"),
    ("melspectrogram", (), {"S": S > 0}, "S"),
    ("melspectrogram", (), {"S": POWER.astype(np.complex64)}, "S"),
    ("melspectrogram", (), {"S": np.full_like(POWER, np.nan)}, "S"),
    ("melspectrogram", (), {"S": POWER[:, :0]}, "S"),
    ("mfcc", (), {"S": S[0]}, "S"),
    ("mfcc", (), {"S": np.full_like(S, np.inf)}, "S"),
    ("mfcc", (), {"S": S, "n_mfcc": 41}, "n_mfcc"),
    ("lfcc", (), {"S": S, "n_lfcc": 41}, "n_lfcc"),
    ("chroma_stft", (), {"S": np.full_like(POWER, np.nan)}, "S"),
    ("piptrack", (), {"S": S[0]}, "S"),
    ("delta", (S,), {"width": 8}, "width"),
    ("delta", (S,), {"width": 1}, "width"),
    ("delta", (S,), {"width": 9.0}, "width"),
    ("delta", (S,), {"width": 21}, "width"),
    ("delta", (S,), {"order": 0}, "order"),
    ("delta", (S,), {"order": 1.5}, "order"),
    ("delta", (S,), {"order": 9}, "order"),
    ("delta", (S,), {"mode": "interpolate"}, "mode"),
    ("delta", (S,), {"axis": 2}, "axis"),
    ("stack_memory", (S,), {"n_steps": 0}, "n_steps"),
    ("stack_memory", (S,), {"n_steps": 2.0}, "n_steps"),
    ("stack_memory", (S,), {"delay": 0}, "delay"),
    ("stack_memory", (S,), {"delay": 1.5}, "delay"),
    ("stack_memory", (S,), {"mode": "nearest"}, "mode"),
    ("stack_memory", (S[:, :0],), {}, "data"),
    ("pitch_tuning", ([440.0],), {"resolution": -1}, "resolution"),
    ("pitch_tuning", ([440.0],), {"bins_per_octave": 0}, "bins_per_octave"),
    ("set_num_threads", (0,), {}, "n"),
    ("set_num_threads", (1.5,), {}, "n"),
]
FAULTS += listed("FAULTS")
OTHERS += listed("OTHERS")
