"""What each setting of a front end's stages may be.

The functions check what they are given as arguments; a front end's stages are made directly, from a file
perhaps, and are checked here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..chain.frames import PAD_MODES, Frames
from ..chain.stages import Cepstrum, Compression, Spectrum
from ..errors import check_choice, check_float, check_int, fail

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
        fail(name, value, "must be True or False", "give one of them")


def _frames(frames: Frames) -> None:
    check_int("framing.n_fft", frames.n_fft, least=2, unit="samples", most=MOST_SAMPLES)
    check_int("framing.hop_length", frames.hop_length, unit="samples", most=MOST_SAMPLES)
    check_int("framing.win_length", frames.win_length, unit="samples")
    _yes_or_no("framing.center", frames.center)
    if not callable(frames.pad_mode):
        check_choice("framing.pad_mode", frames.pad_mode, PAD_MODES)
    check_choice("framing.align", frames.align, ("center", "left"))
    check_choice("framing.partial", frames.partial, ("drop", "pad", "mirror"))
    check_int("framing.trim", frames.trim, least=0, unit="frames")
    _yes_or_no("framing.remove_dc", frames.remove_dc)
    check_float("framing.preemphasis", frames.preemphasis, low=0.0, high=1.0)


def _spectrum(spectrum: Spectrum) -> None:
    remedy = "give 1.0 for magnitude or 2.0 for power"
    check_float("spectrum.power", spectrum.power, above=0.0, remedy=remedy)
    _yes_or_no("spectrum.divided", spectrum.divided)


def _log(log: Compression) -> None:
    check_choice("compression.log", log.log, ("db", "ln", "log10"))
    check_float("compression.floor", log.floor, low=0.0)
    check_float("compression.offset", log.offset, low=0.0)
    if log.top_db is not None:
        check_float(
            "compression.top_db", log.top_db, low=0.0, unit="decibels", remedy="give 80.0, or None for none"
        )
    check_float("compression.gain", log.gain, above=0.0)
    check_float("compression.add", log.add)
    check_float("compression.zero", log.zero, low=0.0)


def _cosines(cepstrum: Cepstrum) -> None:
    check_int("cepstrum.n", cepstrum.n, unit="coefficients")
    check_choice("cepstrum.type", cepstrum.type, (1, 2, 3, 4))
    check_choice("cepstrum.norm", cepstrum.norm, (None, "ortho", "htk"))
    check_float("cepstrum.lifter", cepstrum.lifter, low=0.0, remedy="give 0 for none, or about 22")
    check_choice("cepstrum.lifter_from", cepstrum.lifter_from, (0, 1))
    check_int("cepstrum.first", cepstrum.first, least=0, unit="coefficients")
    check_choice("cepstrum.c0", cepstrum.c0, ("first", "last"))
    check_float("cepstrum.lift", cepstrum.lift)
