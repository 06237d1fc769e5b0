"""Turn the settings of a front end into its kind; settings that contradict each other are refused."""

from __future__ import annotations

from dataclasses import replace

from ..errors import ParameterError, check_choice
from ..filters import empty_bands
from .banks import bank_rows, empty_filters
from .framed import EnergyRow, FramedFrontEnd, Model
from .spec import FrontEndSettings
from .stages import Bands, Cepstrum, Compression, Frames, Prediction
from .unframed import MethodFrontEnd, RawFrontEnd

__all__ = ["PUBLISHED", "resolve", "tell_of_empty"]

#: Functions of `filters` that build a bank for the bins of a Fourier transform.
BANKS = ("bank", "bark", "chroma", "gammatone", "linear", "mel", "total")
#: The stages of a framed chain that follow the frames.
FRAMED = ("spectrum", "bands", "compression", "cepstrum", "prediction", "energy")

#: The published front ends, as soon as they are loaded: their empty filters are intended.
PUBLISHED: set[FrontEndSettings] = set()


def clash(first: str, second: str, why: str) -> ParameterError:
    """The error for two settings that contradict each other."""
    return ParameterError(f"{first} and {second}: {why}")


def resolve(settings: FrontEndSettings) -> FramedFrontEnd | MethodFrontEnd | RawFrontEnd:
    """The kind of front end that `settings` describe; contradictions are refused."""
    if settings.bands is not None:
        check_choice("bands.bank", settings.bands.bank, BANKS)
    for name in ("framing", "spectrum", "compression", "cepstrum"):
        stage = getattr(settings, name)
        if stage is not None:
            stage.check(name)
    after = {name: stage for name in FRAMED if (stage := getattr(settings, name)) is not None}
    parts = (settings.signal, settings.dynamics, settings.normalisation, settings.row)
    if settings.method is not None:
        for name in (*after, "framing"):
            if getattr(settings, name) is not None:
                raise clash("method", name, "a method has its own stages; leave one of them out")
        return MethodFrontEnd(*parts, settings.method)
    if settings.framing is None:
        for name, stage in after.items():
            raise clash(f"{name}={stage!r}", "framing=None", "spectra need frames; give framing")
        return RawFrontEnd(*parts)
    return _framed(settings, settings.framing)


def tell_of_empty(settings: FrontEndSettings, rate: float) -> None:
    """Warn about filters without a bin, unless the front end was published that way."""
    if settings.bands is not None and settings.framing is not None:
        message = empty_filters(settings.bands, rate, settings.framing.n_fft)
        if message and settings not in PUBLISHED:
            empty_bands.tell(message)


def _framed(settings: FrontEndSettings, framing: Frames) -> FramedFrontEnd:
    spectrum, bands, cepstrum = settings.spectrum, settings.bands, settings.cepstrum
    _check_framing(framing)
    if spectrum is None:
        raise clash("framing", "spectrum=None", "frames are transformed; give spectrum")
    framing.window_array()
    if bands is not None:
        _check_coefficients(bands, cepstrum, settings.signal.rate, framing.n_fft)
    elif cepstrum is not None:
        raise clash("cepstrum", "bands=None", "coefficients are made of bands; give bands")
    model = None if settings.prediction is None else _model(settings, settings.prediction)
    energy = _energy_row(settings, framing)
    if settings.signal.rate is not None:
        tell_of_empty(settings, float(settings.signal.rate))
    return FramedFrontEnd(
        settings.signal, settings.dynamics, settings.normalisation, settings.row,
        framing, spectrum, bands, settings.compression, cepstrum, model, energy,
    )  # fmt: skip


def _check_framing(frames: Frames) -> None:
    if frames.win_length > frames.n_fft:
        raise clash(
            f"framing.win_length={frames.win_length}",
            f"framing.n_fft={frames.n_fft}",
            "a window fits into its frame; give an n_fft of at least win_length",
        )
    if frames.center and (frames.align == "left" or frames.partial != "drop"):
        name = "align='left'" if frames.align == "left" else f"partial={frames.partial!r}"
        raise clash(
            "framing.center=True",
            f"framing.{name}",
            "centred frames are padded at both ends; give center=False",
        )
    length = frames.win_length if frames.align == "left" else frames.n_fft
    if frames.partial == "mirror" and frames.hop_length > length:
        raise clash(
            "framing.partial='mirror'",
            f"framing.hop_length={frames.hop_length}",
            f"frames of {length} samples would leave out some between them; give a hop of at most {length}",
        )


def _check_coefficients(bands: Bands, cepstrum: Cepstrum | None, rate: int | None, n_fft: int) -> None:
    """Build the bank; a front end without a sampling rate is checked at 2 n_fft Hz."""
    rows = bank_rows(bands, float(rate if rate is not None else 2 * n_fft), n_fft)
    if cepstrum is not None and cepstrum.first + cepstrum.n > rows:
        raise clash(
            f"cepstrum.n={cepstrum.n}",
            f"bands with {rows} rows",
            f"more coefficients than bands; give at most {rows - cepstrum.first}",
        )


def _model(settings: FrontEndSettings, prediction: Prediction) -> Model:
    bands, compression = settings.bands, settings.compression
    if settings.cepstrum is not None:
        raise clash("prediction", "cepstrum", "both make coefficients of bands; leave one of them out")
    if bands is None or bands.bank != "bank":
        raise clash("prediction", f"bands={bands!r}", "needs bands with centres; give Bands('bank', ...)")
    if compression is None or compression.log != "ln" or compression.top_db is not None:
        raise clash("prediction", f"compression={compression!r}", "takes natural logarithms; give log='ln'")
    return Model(prediction, bands)


def _energy_row(settings: FrontEndSettings, framing: Frames) -> EnergyRow | None:
    energy, compression = settings.energy, settings.compression
    if energy is None:
        return None
    if compression is None:
        raise clash("energy", "compression=None", "energies are compressed like bands; give compression")
    coefficients: Cepstrum | Prediction | None = settings.cepstrum or settings.prediction
    if energy.place == "replace" and not _has_c0(settings):
        raise clash("energy.place='replace'", "cepstrum", "there is no c0 to replace; give place='first'")
    if energy.of == "samples" and not (framing.remove_dc or framing.preemphasis):
        raise clash(
            "energy.of='samples'",
            "framing",
            "needs frames with remove_dc or preemphasis; use of='bins'",
        )
    c0_last = coefficients is not None and coefficients.c0 == "last"
    last = energy.place == "last" or (energy.place == "replace" and c0_last)
    own: Compression = replace(compression, floor=energy.floor) if energy.floor else compression
    return EnergyRow(energy, own, last)


def _has_c0(settings: FrontEndSettings) -> bool:
    """Whether there is a row that an energy can replace: c0, or the bin at 0 Hz."""
    if settings.prediction is not None:
        return True
    return settings.bands is None if settings.cepstrum is None else not settings.cepstrum.first
