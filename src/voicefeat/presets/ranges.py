"""What each setting of a front end's stages may be.

The functions check what they are given as arguments; a front end's stages are made directly, from a file
perhaps, and are checked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..chain.frames import PAD_MODES, Frames
from ..chain.stages import Cepstrum, Compression, Spectrum
from ..errors import one_of, real, reject, whole

if TYPE_CHECKING:
    from .front_end import FrontEnd


#: Samples of a frame and of a hop: six minutes of audio at 48 kHz.
MOST_SAMPLES = 1 << 24


def check(fe: FrontEnd) -> None:
    """Refuse a setting that no front end can have."""
    if fe.framing is not None:
        _frames(fe.framing)
    if fe.spectrum is not None:
        _spectrum(fe.spectrum)
    if fe.compression is not None:
        _log(fe.compression)
    if fe.cepstrum is not None:
        _cosines(fe.cepstrum)


def _yes_or_no(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        reject(name, value, "must be True or False", "give one of them")


def _frames(frames: Frames) -> None:
    whole("framing.n_fft", frames.n_fft, least=2, unit="samples", most=MOST_SAMPLES)
    whole("framing.hop_length", frames.hop_length, unit="samples", most=MOST_SAMPLES)
    whole("framing.win_length", frames.win_length, unit="samples")
    _yes_or_no("framing.center", frames.center)
    if not callable(frames.pad_mode):
        one_of("framing.pad_mode", frames.pad_mode, PAD_MODES)
    one_of("framing.align", frames.align, ("center", "left"))
    one_of("framing.partial", frames.partial, ("drop", "pad", "mirror"))
    whole("framing.trim", frames.trim, least=0, unit="frames")
    _yes_or_no("framing.remove_dc", frames.remove_dc)
    real("framing.preemphasis", frames.preemphasis, low=0.0, high=1.0)


def _spectrum(spectrum: Spectrum) -> None:
    remedy = "give 1.0 for magnitude or 2.0 for power"
    real("spectrum.power", spectrum.power, above=0.0, remedy=remedy)
    _yes_or_no("spectrum.divided", spectrum.divided)


def _log(log: Compression) -> None:
    one_of("compression.log", log.log, ("db", "ln", "log10"))
    real("compression.floor", log.floor, low=0.0)
    real("compression.offset", log.offset, low=0.0)
    if log.top_db is not None:
        real("compression.top_db", log.top_db, low=0.0, unit="decibels", remedy="give 80.0, or None for none")
    real("compression.gain", log.gain, above=0.0)
    real("compression.add", log.add)
    real("compression.zero", log.zero, low=0.0)


def _cosines(cepstrum: Cepstrum) -> None:
    whole("cepstrum.n", cepstrum.n, unit="coefficients")
    one_of("cepstrum.type", cepstrum.type, (1, 2, 3, 4))
    one_of("cepstrum.norm", cepstrum.norm, (None, "ortho", "htk"))
    real("cepstrum.lifter", cepstrum.lifter, low=0.0, remedy="give 0 for none, or about 22")
    one_of("cepstrum.lifter_from", cepstrum.lifter_from, (0, 1))
    whole("cepstrum.first", cepstrum.first, least=0, unit="coefficients")
    one_of("cepstrum.c0", cepstrum.c0, ("first", "last"))
    real("cepstrum.lift", cepstrum.lift)
