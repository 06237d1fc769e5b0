"""What a row of the parity table is, and how rows are written.

``row(call, float64, float32, options, given=...)``: the function, the largest error allowed in each
precision (relative to the peak of the reference), its options, and what it is given (a key of `GIVEN` in
`parity_run.py` or of the row's own table). A tolerance is between two and fifty times the error measured on
the reference machine, and never less than `LEAST`, not even where the numbers are equal there.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from closeness import UNITS

#: The tolerances that ``python tests/tolerances.py`` has measured, by row: [float64, float32].
MEASURED = Path(__file__).with_name("tolerances.toml")
_measured = tomllib.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}

#: The least tolerance in float64 and in float32: four units in the last place of the peak. Numbers that are
#: equal here differ by a unit or two on another processor, where numpy, libm and BLAS have other kernels.
LEAST = (UNITS * 2.0**-52, UNITS * 2.0**-23)
#: The same where a float32 signal is answered in float64 as well.
LEAST_DOUBLE = (UNITS * 2.0**-52, UNITS * 2.0**-52)

#: The calls whose float32 results hang on bins that hold nothing but rounding: librosa's formula is applied
#: to voicefeat's own spectrum, for signals with such bins only, or (where a decision is made) for all.
OWN_SPECTRUM = {"mfcc": "quiet", "lfcc": "quiet", "piptrack": "always", "estimate_tuning": "always"}


#: The calls whose reference takes seconds: their rows are dealt fewer signals.
SLOW = (
    "cqt", "vqt", "pseudo_cqt", "hybrid_cqt", "icqt", "chroma_cqt", "chroma_vqt", "chroma_cens", "tonnetz",
    "pyin", "griffinlim", "mel_to_stft", "mel_to_audio", "mfcc_to_audio", "reassigned_spectrogram", "cqcc",
    "srh_pitch", "rps",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One call that voicefeat and the reference must answer alike."""

    call: str
    #: Largest error in float64 and in float32, relative to the peak.
    float64: float
    float32: float
    options: Mapping[str, Any] = field(default_factory=dict)
    given: str = "y"
    #: The module that the reference needs.
    needs: str = "librosa"
    #: librosa answers float32 input with float64 here, and voicefeat with float32.
    upcast: bool = False
    #: The result must differ from that of the defaults (the row is there because the option does something).
    changes: bool = True
    #: Run on every signal at every rate; other rows take a sample of them.
    thorough: bool = False
    #: Run on speech and noise only: on the others the numbers of a bin or two hang on rounding.
    full: bool = False
    #: The rates at which the call can be made, where it cannot at all of them.
    rates: tuple[int, ...] = ()
    #: When float32 starts from voicefeat's own spectrum, where it is not as `OWN_SPECTRUM` says.
    own: str = ""
    #: Where the reference is written in these tests, the run of the original that it stands for: a file of
    #: golden arrays, or a test with the original's own numbers; "definition" where no original can be run.
    original: str = ""
    #: The power of that spectrum, where it is not the call's own default.
    own_power: float | None = None

    def __str__(self) -> str:
        options = ",".join(f"{k}={label(v)}" for k, v in self.options.items())
        names = [self.call, self.given, options or "defaults", "full" if self.full else ""]
        return "-".join(n for n in names if n and n != "y")

    @property
    def own_spectrum(self) -> str:
        """When float32 starts from voicefeat's own spectrum: "never", "quiet" signals, "always"."""
        if self.given not in ("y", "batch", "piece", "short"):
            return "never"
        if self.own:
            return self.own
        return "always" if self.tunes else OWN_SPECTRUM.get(self.call, "never")

    @property
    def flat(self) -> bool:
        """Whether the answer to a flat spectrum is nothing but rounding."""
        return self.tunes or self.call == "spectral_contrast"

    @property
    def tunes(self) -> bool:
        """Whether a tuning is estimated; the peaks of a flat spectrum, which are rounding, have none."""
        chroma = self.call == "chroma_stft" and self.options.get("tuning") is None
        return chroma or self.call == "estimate_tuning"


def label(value: Any) -> str:
    if isinstance(value, (np.ndarray, list)):
        return f"{type(value).__name__}{len(value)}"
    return getattr(value, "__name__", None) or str(value).replace(" ", "")


def row(call, float64, float32, options=None, given="y", **more) -> Row:
    return Row(call, float64, float32, options or {}, given, **more)


def each(call, float64, float32, choices, given="y", **more) -> list[Row]:
    """One row per entry of `choices`, all with the same tolerances."""
    return [row(call, float64, float32, options, given, **more) for options in choices]


def measured(call, choices=({},), given="y", **more) -> list[Row]:
    """One row per entry of `choices`, with the tolerances that ``python tests/tolerances.py CALL`` wrote.

    A row that was not measured yet has a tolerance of NaN, which no error meets.
    """
    rows = each(call, np.nan, np.nan, choices, given, **more)
    found = [_measured.get(call, {}).get(str(r), (np.nan, np.nan)) for r in rows]
    return [replace(r, float64=a, float32=b) for r, (a, b) in zip(rows, found, strict=True)]


def bumps(n: int) -> np.ndarray:
    """An asymmetric window that no name stands for."""
    x = np.arange(n) / n
    return np.sin(np.pi * x) ** 2 * (1.2 - x)


def held(vector, pads, axis, options):
    """A way of padding that no name stands for: half the first and the last value."""
    before, after = pads
    vector[:before] = vector[before] / 2
    vector[len(vector) - after :] = vector[-after - 1] / 2


SHORT = {"n_fft": 512, "hop_length": 160, "win_length": 400}

#: Frames in everyday and awkward lengths; the FFT lengths with a prime factor above 7 go another way.
LENGTHS = [{"n_fft": n} for n in (400, 480, 512, 640, 960, 1200, 4096, 98)]
TINY = [{"n_fft": n, "hop_length": 100} for n in (4, 6, 10)]
AWKWARD = [{"n_fft": n} for n in (401, 509, 514, 1022)]
AWKWARD += [{"n_fft": n, "hop_length": 100} for n in (2, 3, 22)]
AWKWARD += [{"n_fft": 401, "win_length": 320}]
PADS = [{**SHORT, "pad_mode": m} for m in ("reflect", "edge", "symmetric", "linear_ramp")]
PADS += [{"pad_mode": m} for m in ("reflect", "edge", "symmetric", "linear_ramp", held)]
PLACES = [
    {"center": False},
    {**SHORT, "center": False},
    {"n_fft": 512, "hop_length": 137},
    {"n_fft": 512, "hop_length": 512},
    {"n_fft": 256, "hop_length": 1000},
    {"n_fft": 256, "hop_length": 1000, "center": False},
    {"win_length": 800},
    {"win_length": 801},
    {"n_fft": 512, "win_length": 1, "hop_length": 100},
]
WINDOWS = [
    {"n_fft": 512, "window": w}
    for w in ("hamming", "blackman", "boxcar", "ones", "bohman", ("kaiser", 8.6), 8.6, ("gaussian", 60.0))
]
WINDOWS += [
    {"n_fft": 512, "window": bumps(512)},
    {"n_fft": 512, "window": list(bumps(512))},
    {"n_fft": 512, "window": np.hanning},
    {**SHORT, "window": bumps(400)},
]
FRAMES = [*LENGTHS, *PADS, *PLACES, *WINDOWS]
#: Enough of them to see that a feature passes them on.
SOME_FRAMES = [
    SHORT,
    {"n_fft": 480, "hop_length": 160, "pad_mode": "reflect"},
    {"n_fft": 401, "hop_length": 160},
    {"center": False, "window": ("kaiser", 8.6), "win_length": 1001},
]
