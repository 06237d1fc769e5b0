"""Kaldi's front ends and others that follow them: kaldi-native-fbank, torchaudio, lhotse, WeDefense."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import Bands, Cepstrum, Compression, Dynamics, Energy, Frames, Normalisation, Signal, Spectrum

EPS = float(np.finfo(np.float32).eps)
LOG = Compression("ln", floor=EPS)
#: Samples are in the range of 16-bit integers.
PCM = Signal(rate=16000, scale=32768.0)
UNIT = Signal(rate=16000)


def frames(window: str = "povey_symmetric", partial: Literal["drop", "mirror"] = "drop") -> Frames:
    """25 ms every 10 ms at the left of 512 samples, mean removed and pre-emphasised frame by frame."""
    return Frames(
        512, 160, 400, window, False, align="left", partial=partial, remove_dc=True, preemphasis=0.97
    )


def mel(n: int, fmax: float | None = None) -> Bands:
    """Filters that are triangular on the mel scale, from 20 Hz; they leave out the last bin."""
    more: dict[str, Any] = {} if fmax is None else {"fmax": fmax}
    settings = {"n_filters": n, "fmin": 20.0, "slopes": "scale", "nyquist": False, **more}
    return Bands("bank", tuple(sorted(settings.items())))


def fbank(n: int, *, signal: Signal = PCM, framing: Frames | None = None, **more: Any) -> FrontEnd:
    """Log energies of `n` mel bands."""
    return FrontEnd(signal, framing or frames(), Spectrum(2.0), mel(n, **more), LOG, row="fbank")


def mfcc(
    n: int = 13, bands: int = 23, *, signal: Signal = PCM, framing: Frames | None = None,
    fmax: float | None = None, energy: Energy | None = None, **more: Any,
) -> FrontEnd:  # fmt: skip
    """Cepstra of mel bands with a lifter of 22, which does not change c0."""
    return FrontEnd(
        signal,
        framing or frames(),
        Spectrum(2.0),
        mel(bands, fmax),
        LOG,
        Cepstrum(n, lifter=22.0, lifter_from=0),
        energy=energy,
        row="mfcc",
        **more,
    )


#: The logarithm of a frame's energy, before its pre-emphasis and window, in place of c0.
LOUDNESS = Energy("samples")
MIRROR = frames(partial="mirror")
KNF = "kaldi-native-fbank"
OURS = (f"Kaldi, as {KNF} computes it", f"{KNF} 1.23.0", "Apache-2.0")
TORCH = ("torchaudio", "torchaudio 2.11.0", "BSD-2-Clause")
LHOTSE = ("lhotse", "lhotse 1.33.0", "Apache-2.0")


def entry(name: str, fe: FrontEnd, source: tuple[str, str, str], error: float, note: str = "") -> Preset:
    return Preset(name, fe, *source, error, note)


def at_scale(note: str) -> str:
    return f"Samples are scaled to the range of 16-bit integers. {note}".rstrip()


PRESETS = [
    entry("kaldi-fbank-23", fbank(23), OURS, 1e-4, at_scale("Kaldi's default number of bands.")),
    entry("kaldi-fbank-40", fbank(40), OURS, 1e-4, at_scale("")),
    entry("kaldi-fbank-80", fbank(80), OURS, 1e-3, at_scale("")),
    entry("kaldi-fbank-80-unit", fbank(80, signal=UNIT), OURS, 1e-3, "Samples stay in [-1, 1)."),
    entry(
        "kaldi-fbank-24-energy",
        FrontEnd(
            PCM, frames(), Spectrum(2.0), mel(24), LOG, energy=Energy("samples", place="last"), row="fbank"
        ),
        OURS,
        1e-4,
        at_scale("The energy is the last row, as in HTK."),
    ),
    entry(
        "icefall-fbank-80",
        fbank(80, framing=MIRROR, fmax=-400.0),
        OURS,
        1e-3,
        at_scale("A frame for every hop, bands up to 7600 Hz: the settings of k2 and icefall."),
    ),
    entry("kaldi-mfcc", mfcc(energy=LOUDNESS), OURS, 1e-4, at_scale("Log energy in place of c0.")),
    entry("kaldi-mfcc-c0", mfcc(), OURS, 1e-4, at_scale("")),
    entry("kaldi-mfcc-hires", mfcc(40, 40, fmax=-400.0), OURS, 1e-4, at_scale("")),
    entry(
        "kaldi-mfcc-deltas",
        mfcc(energy=LOUDNESS, dynamics=Dynamics(2, 2, repeated="kernel")),
        OURS,
        1e-4,
        at_scale("Both deltas by one kernel each, with frames beyond the ends repeated."),
    ),
    entry(
        "kaldi-mfcc-cmvn",
        mfcc(energy=LOUDNESS, normalisation=Normalisation(variance=True)),
        OURS,
        1e-4,
        at_scale("Mean 0 and variance 1 over the clip."),
    ),
    entry(
        "torchaudio-kaldi-mfcc-energy",
        mfcc(energy=Energy("samples", floor=1.0)),
        TORCH,
        1e-4,
        at_scale("As kaldi-mfcc, but the energy is at least 1, so its logarithm is 0 in silence."),
    ),
    entry(
        "torchaudio-kaldi-spectrogram",
        FrontEnd(
            PCM, frames(), Spectrum(2.0), compression=LOG, energy=Energy("samples", floor=1.0), row="bin"
        ),
        TORCH,
        1e-3,
        at_scale("Log power of each bin; log energy in place of the bin at 0 Hz."),
    ),
    entry(
        "kaldi-native-fbank-whisper",
        FrontEnd(
            UNIT,
            Frames(400, 160, 400, "hann", False, align="left", partial="mirror"),
            Spectrum(2.0),
            Bands("mel", (("n_mels", 80),)),
            row="mel",
        ),
        (f"{KNF}, OnlineWhisperFbank", f"{KNF} 1.23.0", "Apache-2.0"),
        1e-5,
        "Band energies, before Whisper's logarithm and clipping; a frame for every hop.",
    ),
    entry("lhotse-fbank", fbank(80, signal=UNIT, framing=MIRROR, fmax=-400.0), LHOTSE, 1e-3),
    entry("lhotse-mfcc", mfcc(signal=UNIT, framing=MIRROR, fmax=-400.0), LHOTSE, 1e-4),
    entry(
        "wedefense-fbank",
        fbank(80, framing=frames("hamming_symmetric")),
        ("WeDefense", "zlin0/wedefense, 2026-02", "Apache-2.0"),
        1e-3,
        at_scale("The original also adds dither of 1.0; fe.replace(dither=1.0) does the same."),
    ),
]
