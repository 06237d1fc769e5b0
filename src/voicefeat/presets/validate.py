"""What contradicts itself in a front end, found when the value is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ParameterError, check_choice
from ..filters import empty_bands
from .compute import bank_rows, empty_filters

if TYPE_CHECKING:
    from .front_end import FrontEnd


#: Functions of `filters` that make a bank for the bins of a transform.
BANKS = ("bank", "bark", "chroma", "gammatone", "linear", "mel", "total")


def clash(first: str, second: str, why: str) -> None:
    """Refuse two settings that contradict each other."""
    raise ParameterError(f"{first} and {second}: {why}")


def check(fe: FrontEnd) -> None:
    """Refuse what cannot be run, before there is a signal."""
    if fe.bands is not None:
        check_choice("bands.bank", fe.bands.bank, BANKS)
    for name in ("framing", "spectrum", "compression", "cepstrum"):
        stage = getattr(fe, name)
        if stage is not None:
            stage.check(name)
    stages = ("spectrum", "bands", "compression", "cepstrum", "prediction", "energy")
    chain = {name: getattr(fe, name) for name in stages}
    given = [name for name, stage in chain.items() if stage is not None]
    if fe.method is not None and (fe.framing is not None or given):
        clash(
            "method", given[0] if given else "framing", "a method has its own stages; leave one of them out"
        )
    if fe.framing is None:
        if given:
            clash(f"{given[0]}={chain[given[0]]!r}", "framing=None", "spectra need frames; give framing")
    else:
        _check_framing(fe)
    if fe.cepstrum is not None and fe.bands is None:
        clash("cepstrum", "bands=None", "coefficients are made of bands; give bands")
    if fe.bands is not None and fe.framing is not None:
        bands = _checked_bands(fe)
        if fe.cepstrum is not None and fe.cepstrum.first + fe.cepstrum.n > bands:
            clash(
                f"cepstrum.n={fe.cepstrum.n}",
                f"bands with {bands} rows",
                f"more coefficients than bands; give at most {bands - fe.cepstrum.first}",
            )
    if fe.prediction is not None:
        _check_prediction(fe)
    if fe.energy is not None:
        _check_energy(fe)
    if fe.signal.rate is not None:
        tell_of_empty(fe, float(fe.signal.rate))


def tell_of_empty(fe: FrontEnd, rate: float) -> None:
    """Say where filters have no bin, unless that is how the front end was published."""
    from . import catalogue

    told = empty_filters(fe, rate)
    if told and not catalogue.published(fe):
        empty_bands.tell(told)


def _check_prediction(fe: FrontEnd) -> None:
    if fe.cepstrum is not None:
        clash("prediction", "cepstrum", "both make coefficients of bands; leave one of them out")
    if fe.bands is None or fe.bands.bank != "bank":
        clash("prediction", f"bands={fe.bands!r}", "needs bands with centres; give Bands('bank', ...)")
    if fe.compression is None or fe.compression.log != "ln" or fe.compression.top_db is not None:
        clash("prediction", f"compression={fe.compression!r}", "takes natural logarithms; give log='ln'")


def _check_framing(fe: FrontEnd) -> None:
    frames = fe.framing
    assert frames is not None
    if frames.win_length > frames.n_fft:
        clash(
            f"framing.win_length={frames.win_length}",
            f"framing.n_fft={frames.n_fft}",
            "a window fits into its frame; give an n_fft of at least win_length",
        )
    if frames.center and (frames.align == "left" or frames.partial != "drop"):
        name = "align='left'" if frames.align == "left" else f"partial={frames.partial!r}"
        clash(
            "framing.center=True",
            f"framing.{name}",
            "centred frames are padded at both ends; give center=False",
        )
    length = frames.win_length if frames.align == "left" else frames.n_fft
    if frames.partial == "mirror" and frames.hop_length > length:
        clash(
            "framing.partial='mirror'",
            f"framing.hop_length={frames.hop_length}",
            f"frames of {length} samples would leave out some between them; give a hop of at most {length}",
        )
    if fe.spectrum is None:
        clash("framing", "spectrum=None", "frames are transformed; give spectrum")
    frames.window_array()


def _checked_bands(fe: FrontEnd) -> int:
    """How many rows the bank has; a front end without a rate is tried at one of its own."""
    rate = fe.signal.rate
    return bank_rows(fe, float(rate if rate is not None else 2 * fe.framing.n_fft))  # type: ignore[union-attr]


def _check_energy(fe: FrontEnd) -> None:
    if fe.framing is None or fe.compression is None:
        clash("energy", "compression=None", "energies are compressed as bands are; give compression")
    replaced = fe.bands is None if fe.cepstrum is None else not fe.cepstrum.first
    replaced = replaced or fe.prediction is not None
    if fe.energy.place == "replace" and not replaced:  # type: ignore[union-attr]
        clash("energy.place='replace'", "cepstrum", "there is no c0 to replace; give place='first'")
    prepared = fe.framing.remove_dc or fe.framing.preemphasis  # type: ignore[union-attr]
    if fe.energy.of == "samples" and not prepared:  # type: ignore[union-attr]
        clash(
            "energy.of='samples'",
            "framing",
            "is known of frames with remove_dc or preemphasis; use of='bins'",
        )
