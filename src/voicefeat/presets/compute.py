"""How a front end is checked and run: by the block loop, and the stages before and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..audio.limits import not_finite
from ..cache import memoised
from ..chain.block_loop import compute
from ..chain.descriptors import Loudness
from ..chain.frames import Frames
from ..chain.jobs import Job, Rows
from ..chain.stages import Bands, Chain
from ..errors import fail
from ..filters.banks import bank_centres

if TYPE_CHECKING:
    from .front_end import FrontEnd


#: Samples of which any method makes a frame; its rows are counted there.
LONG = 32768


def _scaled_by_window(fe: FrontEnd) -> bool:
    """Whether the scale of the samples is left to the window, which saves a copy of the signal."""
    return fe.framing is not None and fe.signal.scale != 1.0 and not fe.signal.dither


@memoised
def _frames(fe: FrontEnd) -> Frames:
    """The frames, their window times what samples and spectrum are multiplied by."""
    frames, spectrum = fe.framing, fe.spectrum
    assert frames is not None and spectrum is not None
    gain = fe.signal.scale if _scaled_by_window(fe) else 1.0
    if spectrum.divided:
        gain *= frames.n_fft ** (-1.0 / (spectrum.power or 1.0))
    return frames if gain == 1.0 else frames.louder(gain)


@memoised
def chain_of(fe: FrontEnd, rate: float) -> Chain:
    """The stages of the block loop."""
    frames = _frames(fe)
    bands = None if fe.bands is None else at(fe.bands, rate, frames.n_fft)
    return Chain(frames, fe.spectrum, bands, fe.compression, fe.cepstrum)


def at(bands: Bands, rate: float, n_fft: int) -> Bands:
    """A bank at a rate, for a transform."""
    return Bands.make(
        bands.bank, **{"sr": rate, "n_fft": n_fft, "dtype": np.float64, **dict(bands.arguments)}
    )


def bank_rows(fe: FrontEnd, rate: float) -> int:
    return _bank_facts(fe.bands, rate, fe.framing.n_fft)[0]  # type: ignore[union-attr,arg-type]


def empty_filters(fe: FrontEnd, rate: float) -> str:
    """What is to be said of filters without a bin, or nothing."""
    if fe.bands is None or fe.framing is None:
        return ""
    return _bank_facts(fe.bands, rate, fe.framing.n_fft)[1]


@memoised
def _bank_facts(bands: Bands, rate: float, n_fft: int) -> tuple[int, str]:
    made = at(bands, rate, n_fft)
    return len(made.matrix()), made.empty


@memoised
def _energy_chain(fe: FrontEnd, rate: float) -> Chain:
    frames, energy, log = _frames(fe), fe.energy, fe.compression
    assert energy is not None and log is not None
    if energy.floor:
        log = replace(log, floor=energy.floor)
    if energy.of == "bins":
        total = at(Bands("total", (("bins", energy.bins), ("gain", energy.gain))), rate, frames.n_fft)
        return Chain(frames, fe.spectrum, total, log)
    gain = energy.gain * (fe.signal.scale**2 if _scaled_by_window(fe) else 1.0)
    return Chain(frames, fe.spectrum, descriptor=Loudness(gain, log))


def statics_rows(fe: FrontEnd, rate: float) -> int:
    """Rows before the dynamics."""
    if fe.method is not None:
        return fe.method.shape(LONG, rate)[0]
    if fe.framing is None:
        return 1
    if fe.prediction is not None:
        rows = fe.prediction.n
    elif fe.cepstrum is not None:
        rows = fe.cepstrum.n
    elif fe.bands is not None:
        rows = bank_rows(fe, rate)
    else:
        rows = 1 + fe.framing.n_fft // 2
    return rows + (fe.energy is not None and fe.energy.place != "replace")


def needs_rate(fe: FrontEnd) -> bool:
    """Whether the numbers hang on the rate."""
    return fe.bands is not None or (fe.method is not None and fe.method.has_rate)


def run(fe: FrontEnd, y: np.ndarray, rate: float | None) -> np.ndarray:
    """Features (..., rows, frames) of a checked signal."""
    if fe.signal.samples is not None or fe.framing is None:
        not_finite(y, "y")
    y = fe.signal.apply(y, scaled=not _scaled_by_window(fe))
    if fe.method is not None:
        made = fe.method.call(y, rate)
    elif fe.framing is None:
        made = y[..., np.newaxis, :]
    else:
        made = _framed(fe, y, 1.0 if rate is None else float(rate))
    if fe.dynamics is not None and not _with_room(fe):
        made = fe.dynamics.apply(made)
    return made if fe.normalisation is None else fe.normalisation.apply(made)


def _with_room(fe: FrontEnd) -> bool:
    """Whether the statics are put where their deltas follow, which saves a copy."""
    return fe.dynamics is not None and fe.dynamics.follows and bool(fe.framing) and fe.prediction is None


def _framed(fe: FrontEnd, y: np.ndarray, rate: float) -> np.ndarray:
    """Statics, with their deltas where there is room for them."""
    frames = fe.framing
    assert frames is not None
    frames.check_length(y.shape[-1])
    if fe.prediction is not None:
        job = Rows(chain_of(fe, rate))
        compute([job], y)
        return _predicted(fe, job.result(), y, rate)
    rows, room = statics_rows(fe, rate), _with_room(fe)
    parts = fe.dynamics.parts if room else 1  # type: ignore[union-attr]
    out = np.empty((*y.shape[:-1], parts * rows, frames.count(y.shape[-1])), y.dtype)
    if fe.energy is None:
        compute([Rows(chain_of(fe, rate), out, place=slice(0, rows))], y)
    else:
        _with_energy(fe, y, rate, out, rows)
    if room:
        fe.dynamics.follow(out, rows)  # type: ignore[union-attr]
    return out


def _with_energy(fe: FrontEnd, y: np.ndarray, rate: float, out: np.ndarray, rows: int) -> None:
    """Bands or cepstra and the energy to the first `rows` rows of `out`."""
    # c0 is computed and then written over, so that the cepstrum is the same with and without the energy.
    energy = fe.energy
    assert energy is not None
    body, row = {
        "replace": (slice(0, rows), slice(0, 1)),
        "first": (slice(1, rows), slice(0, 1)),
        "last": (slice(0, rows - 1), slice(rows - 1, rows)),
    }[energy.place]
    if energy.place == "replace" and fe.cepstrum is not None and fe.cepstrum.c0 == "last":
        row = slice(rows - 1, rows)
    jobs: list[Job] = [
        Rows(chain_of(fe, rate), out, place=body),
        Rows(_energy_chain(fe, rate), out, place=row),
    ]
    if fe.compression is not None and fe.compression.top_db is not None:
        for each in jobs:  # the body would be finished after the row: one after the other
            compute([each], y)
    else:
        compute(jobs, y)


def _predicted(fe: FrontEnd, logs: np.ndarray, y: np.ndarray, rate: float) -> np.ndarray:
    """The cepstra of the model of the bands, and the energy."""
    prediction, bands, frames = fe.prediction, fe.bands, fe.framing
    assert prediction is not None and bands is not None and frames is not None
    placing = {key: value for key, value in bands.arguments if key in ("n_filters", "scale", "fmin", "fmax")}
    made = prediction.apply(logs, bank_centres(sr=rate, **placing))
    if fe.energy is None:
        return made
    job = Rows(_energy_chain(fe, rate))
    compute([job], y)
    if fe.energy.place == "replace":
        made[..., -1 if prediction.c0 == "last" else 0, :] = job.result()[..., 0, :]
        return made
    parts = [job.result(), made] if fe.energy.place == "first" else [made, job.result()]
    return np.concatenate(parts, axis=-2)


def count(fe: FrontEnd, n: int) -> int:
    """Frames of `n` samples."""
    n = fe.signal.length(n)
    if fe.method is not None:
        return fe.method.shape(n, fe.signal.rate)[1]
    if fe.framing is None:
        return n
    fe.framing.check_length(n)
    return fe.framing.count(n)


def times(fe: FrontEnd, n: int) -> np.ndarray:
    """The middle of each frame in seconds."""
    rate = fe.signal.rate
    if rate is None:
        fail(
            "rate",
            rate,
            "is not known, and times need it",
            "give the front end a rate: fe.replace(rate=16000)",
        )
    if fe.method is not None:
        return fe.method.times(fe.signal.length(n), rate)
    t = np.arange(count(fe, n))
    if fe.framing is None:
        return t / rate
    return (t * fe.framing.hop_length - fe.framing.pad + fe.framing.length / 2) / rate


def names(fe: FrontEnd) -> list[str]:
    """What each row is: its name and number, and which delta it is of."""
    rate = fe.signal.rate
    if fe.bands is not None and rate is None:
        fail("rate", rate, "is not known, and the bank needs it", "give the front end a rate")
    base = fe.row or (
        fe.method.name
        if fe.method
        else "cepstrum"
        if fe.cepstrum or fe.prediction
        else "band"
        if fe.bands
        else "bin"
        if fe.framing
        else "sample"
    )
    many = statics_rows(fe, float(rate or 1))
    statics = [f"{base}_{i}" for i in range(many)]
    energy = fe.energy
    if energy is not None:
        coefficients = fe.cepstrum or fe.prediction
        last = energy.place == "last" or (
            energy.place == "replace" and coefficients is not None and coefficients.c0 == "last"
        )
        statics = [f"{base}_{i}" for i in range(many - 1)] if energy.place != "replace" else statics
        if energy.place == "replace":
            statics[-1 if last else 0] = "energy"
        else:
            statics = [*statics, "energy"] if last else ["energy", *statics]
    if fe.dynamics is None:
        return statics
    orders = range(0 if fe.dynamics.keep == "all" else 1, fe.dynamics.orders + 1)
    return ["delta_" * order + name for order in orders for name in statics]
