"""HTK's cepstra as openSMILE computes them, python_speech_features, and Whisper's log-mel spectrogram."""

from __future__ import annotations

import numpy as np

from ...filters.empty_bands import collected
from ..catalogue import Preset
from ..front_end import FrontEnd
from ..stages import (
    Bands,
    Cepstrum,
    Compression,
    Dynamics,
    Energy,
    Frames,
    Method,
    Normalisation,
    Prediction,
    Signal,
    Spectrum,
)

EPS = float(np.finfo(np.float64).eps)
PCM = Signal(rate=16000, scale=32768.0)


def opensmile(energy: Energy | None) -> FrontEnd:
    """MFCC_0_D_A or MFCC_E_D_A: c1 to c12, then c0 or the energy, and the deltas of all of them."""
    return FrontEnd(
        signal=PCM,
        framing=Frames(512, 160, 400, "hamming_symmetric", False, align="left", preemphasis=0.97),
        spectrum=Spectrum(2.0),
        bands=Bands("bank", (("n_filters", 26), ("slopes", "scale"))),
        compression=Compression("ln", floor=1.0),
        cepstrum=Cepstrum(13, norm="htk", lifter=22.0, lifter_from=0, c0="last"),
        energy=energy,
        dynamics=Dynamics(2, 2, repeated="ahead"),
        row="mfcc",
    )


def opensmile_plp(energy: Energy | None) -> FrontEnd:
    """PLP_0_D_A or PLP_E_D_A: c1 to c5, then c0 or the energy, and the deltas of all of them."""
    return FrontEnd(
        signal=PCM,
        framing=Frames(512, 160, 400, "hamming_symmetric", False, align="left", preemphasis=0.97),
        spectrum=Spectrum(2.0),
        bands=Bands("bank", (("n_filters", 26), ("slopes", "scale"))),
        compression=Compression("ln", floor=1.0),
        prediction=Prediction(6, 5, lifter=22.0, c0="last"),
        energy=energy,
        dynamics=Dynamics(2, 2, repeated="ahead"),
        row="plp",
    )


def speech(
    *, signal: Signal, window: str = "ones", cepstral: bool = True, energy: Energy | None = None,
    log: bool = True, bank: str = "bank", row: str = "mfcc", dynamics: Dynamics | None = None,
) -> FrontEnd:  # fmt: skip
    """python_speech_features: 25 ms every 10 ms, the last frame padded; 26 mel bands over whole bins."""
    mel = (("edges", "floor"), ("n_filters", 26)) if bank == "bank" else ()
    return FrontEnd(
        signal=signal,
        framing=Frames(512, 160, 400, window, False, align="left", partial="pad"),
        spectrum=Spectrum(2.0, divided=True),
        bands=Bands(bank, mel),
        compression=Compression("ln", zero=EPS) if log else None,
        cepstrum=Cepstrum(13, lifter=22.0, lifter_from=0) if cepstral else None,
        energy=energy,
        dynamics=dynamics,
        row=row,
    )


EMPHASISED = Signal(rate=16000, scale=32768.0, preemphasis=0.97)
UNIT = Signal(rate=16000, preemphasis=0.97)
LOUDNESS = Energy("bins")
WHISPER = FrontEnd(
    signal=Signal(rate=16000),
    framing=Frames(400, 160, 400, "hann", True, "reflect", trim=1),
    spectrum=Spectrum(2.0),
    bands=Bands("mel", (("n_mels", 80),)),
    compression=Compression("log10", floor=1e-10, top_db=80.0, gain=0.25, add=1.0),
    row="log_mel",
)
with collected():  # empty filters are as published; the note says so
    SLIDING = FrontEnd(
        signal=Signal(rate=16000),
        framing=Frames(400, 200, 400, "hann", True, "reflect"),
        spectrum=Spectrum(2.0),
        bands=Bands("bank", (("n_filters", 128),)),
        compression=Compression("db", floor=1e-10, top_db=80.0),
        cepstrum=Cepstrum(20),
        normalisation=Normalisation("sliding"),
        row="mfcc",
    )

PSF = ("python_speech_features", "python_speech_features 0.6", "MIT")
OPENSMILE = (
    "openSMILE, HTK-style configuration",
    "openSMILE 2.6.0, configuration files of audeering/opensmile 341aea9c",
    "audEERING research licence",
)
PCM_NOTE = "Samples are scaled to the range of 16-bit integers."

PRESETS = [
    Preset("htk-mfcc-0-d-a", opensmile(None), *OPENSMILE, 1e-4, PCM_NOTE + " Order: c1 to c12, then c0."),
    Preset(
        "htk-mfcc-e-d-a",
        opensmile(Energy("samples")),
        *OPENSMILE,
        1e-4,
        PCM_NOTE + " Order: c1 to c12, then the log energy before pre-emphasis and window.",
    ),
    Preset("htk-plp-0-d-a", opensmile_plp(None), *OPENSMILE, 1e-4, PCM_NOTE + " Order: c1 to c5, then c0."),
    Preset(
        "htk-plp-e-d-a",
        opensmile_plp(Energy("samples", place="replace")),
        *OPENSMILE,
        1e-4,
        PCM_NOTE + " Order: c1 to c5, then the log energy before pre-emphasis and window.",
    ),
    Preset(
        "python-speech-features-mfcc",
        speech(signal=EMPHASISED, energy=LOUDNESS),
        *PSF,
        1e-13,
        PCM_NOTE + " Log energy in place of c0.",
    ),
    Preset(
        "python-speech-features-mfcc-unit",
        speech(signal=UNIT, energy=LOUDNESS),
        *PSF,
        1e-13,
        "Samples stay in [-1, 1); log energy in place of c0.",
    ),
    Preset(
        "python-speech-features-fbank",
        speech(signal=EMPHASISED, cepstral=False, log=False, row="fbank"),
        *PSF,
        1e-13,
        PCM_NOTE,
    ),
    Preset(
        "python-speech-features-energy",
        speech(signal=EMPHASISED, cepstral=False, log=False, bank="total", row="energy"),
        *PSF,
        1e-13,
        PCM_NOTE,
    ),
    Preset(
        "python-speech-features-logfbank",
        speech(signal=EMPHASISED, cepstral=False, row="logfbank"),
        *PSF,
        1e-13,
        PCM_NOTE,
    ),
    Preset(
        "python-speech-features-delta",
        speech(signal=EMPHASISED, energy=LOUDNESS, dynamics=Dynamics(1, 2, keep="deltas")),
        *PSF,
        1e-13,
        PCM_NOTE,
    ),
    Preset(
        "python-speech-features-ssc",
        FrontEnd(Signal(rate=16000), method=Method.of("ssc"), row="ssc"),
        *PSF,
        1e-13,
        "In silence the values are the means of the bands' weights.",
    ),
    Preset(
        "whisper-log-mel",
        WHISPER,
        "OpenAI Whisper",
        "copy in deepfake-whisper-features 67fd73fe",
        "MIT",
        1e-4,
    ),
    Preset(
        "torchaudio-mfcc-sliding-cmn",
        SLIDING,
        "torchaudio",
        "torchaudio 2.11.0",
        "BSD-2-Clause",
        1e-4,
        "4 of the 128 mel filters (0, 3, 6 and 13) have no bin at n_fft=400 and stay 0, as published.",
    ),
]
