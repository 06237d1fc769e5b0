"""Front ends that are a framed chain: their jobs for the block loop, and the features from the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from ..audio.limits import not_finite
from ..chain.deltas import Dynamics
from ..chain.descriptors import Loudness
from ..chain.jobs import Job, Request, Rows, first_result
from ..chain.stages import Beside, Chain
from .banks import bank_at, bank_rows, centres
from .kind import FrontEndKind, Prepared
from .stages import Bands, Cepstrum, Compression, Energy, Frames, Prediction, Spectrum

__all__ = ["EnergyRow", "FramedFrontEnd", "Model"]


@dataclass(frozen=True)
class Model:
    """An all-pole model of the bands, whose cepstrum is the result (PLP)."""

    prediction: Prediction
    bands: Bands


@dataclass(frozen=True)
class EnergyRow:
    """The row of energies: how they are compressed, and whether the row is the last or the first."""

    energy: Energy
    compression: Compression
    last: bool

    @property
    def more(self) -> int:
        """Number of rows it adds: 0 where it replaces another row."""
        return int(self.energy.place != "replace")


class PlacedRows(Rows):
    """Rows `place` of an array with `rows` rows in all; the job `beside` allocates it if it is given."""

    def __init__(self, chain: Chain, rows: int, place: slice, beside: PlacedRows | None = None):
        super().__init__(chain, place=place)
        self.rows: int = rows
        self.beside: PlacedRows | None = beside

    def open(self, batch: tuple[int, ...], items: int, frames: int) -> None:
        if self.beside is None:
            self.out: np.ndarray = np.empty((*batch, self.rows, frames), self.plan.dtype)
        else:
            self.out = self.beside.out
        super().open(batch, items, frames)


class RowsWithEnergies(PlacedRows):
    """The rows of a chain with energies beside them, by one call of the driver."""

    def __init__(self, chains: Chains, rows: int):
        assert chains.whole is not None
        super().__init__(chains.whole, rows, slice(0, chains.rows))
        self.chains: Chains = chains
        #: The job of the chain's own rows, where the energies have one too.
        self.body: PlacedRows | None = None

    @property
    def plain(self) -> bool:
        return self.rows == self.chains.rows

    def divided(self) -> Sequence[Job]:
        self.body, energies = _side_by_side(self.chains, self.rows)
        return self.body, energies

    def result(self) -> np.ndarray:
        return super().result() if self.body is None else self.body.result()


def _side_by_side(chains: Chains, rows: int) -> tuple[PlacedRows, PlacedRows]:
    """The job of the chain's own rows, and that of the energies, for the block loop."""
    assert chains.energy is not None
    body = PlacedRows(chains.body, rows, chains.place)
    return body, PlacedRows(chains.energy, rows, chains.energy_place, body)


@dataclass(frozen=True)
class Chains:
    """The chains of a front end at one rate."""

    rate: float
    #: Bands or coefficients, and their rows among the statics.
    body: Chain
    place: slice
    #: Number of rows of the statics.
    rows: int
    #: The energies, and their row among the statics.
    energy: Chain | None
    energy_place: slice
    #: Centres of the bands in Hz, for an all-pole model.
    centres: np.ndarray
    #: The body with the energies beside it, if the driver can compute both at once.
    whole: Chain | None = None


@dataclass(eq=False)
class FramedFrontEnd(FrontEndKind):
    """A front end with frames, their spectrum, and later stages."""

    framing: Frames
    spectrum: Spectrum
    bands: Bands | None
    compression: Compression | None
    cepstrum: Cepstrum | None
    model: Model | None
    energy: EnergyRow | None
    #: The chains for the most recent rate.
    _chains: Chains | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        coefficients = self.cepstrum is not None or self.model is not None
        named = "cepstrum" if coefficients else "bin" if self.bands is None else "band"
        self.row: str
        self.needs_rate: bool
        self.row, self.needs_rate = self.row or named, self.bands is not None
        # Where it can, the window scales the samples, which saves a copy of the signal.
        self.scaled: bool = self.signal.scale == 1.0 or bool(self.signal.dither)
        # Statics are written to an array that has room for their deltas, which saves a copy.
        follows = self.dynamics is not None and self.dynamics.follows and self.model is None
        self.room: Dynamics | None = self.dynamics if follows else None
        self.parts: int = 1 if self.room is None else self.room.parts
        top_db = self.compression is not None and self.compression.top_db is not None
        #: Whether the energy is copied in last: rows with a clip's floor are written after the last block.
        self.late_energy: bool = top_db and self.energy is not None and not self.energy.more

    def body_rows(self, rate: float | None) -> int:
        """Number of rows without an added row of energies."""
        if self.model is not None:
            return self.model.prediction.n
        if self.cepstrum is not None:
            return self.cepstrum.n
        if self.bands is not None:
            return bank_rows(self.bands, float(rate or 1), self.framing.n_fft)
        return 1 + self.framing.n_fft // 2

    def rows(self, rate: float | None) -> int:
        return self.body_rows(rate) + (0 if self.energy is None else self.energy.more)

    def statics_names(self, rate: float | None) -> list[str]:
        names = [f"{self.row}_{i}" for i in range(self.body_rows(rate))]
        if self.energy is None:
            return names
        if self.energy.more:
            return [*names, "energy"] if self.energy.last else ["energy", *names]
        names[-1 if self.energy.last else 0] = "energy"
        return names

    def frames(self, n: int) -> int:
        return self.framing.check_length(self.signal.length(n))

    def times(self, n: int, rate: float) -> np.ndarray:
        framing = self.framing
        starts = np.arange(self.frames(n)) * framing.hop_length - framing.pad
        return (starts + framing.length / 2) / rate

    def _make_chains(self, rate: float) -> Chains:
        framing = self.framing
        gain = 1.0 if self.scaled else self.signal.scale
        if self.spectrum.divided:
            gain *= framing.n_fft ** (-1.0 / (self.spectrum.power or 1.0))
        frames = framing if gain == 1.0 else framing.scaled(gain)
        bands = None if self.bands is None else bank_at(self.bands, rate, framing.n_fft)
        body = Chain(frames, self.spectrum, bands, self.compression, self.cepstrum)
        rows, row = self.rows(rate), self.energy
        middles: np.ndarray = np.empty(0) if self.model is None else centres(self.model.bands, rate)
        if row is None:
            return Chains(rate, body, slice(0, rows), rows, None, slice(0), middles)
        # c0 is computed and then written over, so that the cepstrum is the same with and without the energy.
        place = slice(0, rows - row.more) if row.last else slice(row.more, rows)
        energy_place = slice(rows - 1, rows) if row.last else slice(0, 1)
        energy = self._energy_chain(row, frames, rate)
        whole = self._whole(body, energy, rows, place.start, energy_place.start)
        return Chains(rate, body, place, rows, energy, energy_place, middles, whole)

    def _whole(self, body: Chain, energy: Chain, rows: int, place: int, at: int) -> Chain | None:
        """The body with the energies beside it; None where they have to follow."""
        plain = body.bands is body.compression is body.cepstrum is None
        floor = self.compression is not None and self.compression.top_db is not None
        if plain or floor or self.model is not None:
            return None
        of, compression = energy.descriptor, energy.compression
        if isinstance(of, Loudness):
            beside = Beside(rows, place, at, of.compression, None, of.gain)
        elif compression is not None:
            beside = Beside(rows, place, at, compression, energy.bands, 1.0)
        return replace(body, beside=beside)

    def _energy_chain(self, row: EnergyRow, frames: Frames, rate: float) -> Chain:
        energy = row.energy
        if energy.of == "bins":
            total = Bands("total", (("bins", energy.bins), ("gain", energy.gain)))
            return Chain(frames, self.spectrum, bank_at(total, rate, frames.n_fft), row.compression)
        gain = energy.gain * (1.0 if self.scaled else self.signal.scale**2)
        return Chain(frames, self.spectrum, descriptor=Loudness(gain, row.compression))

    def _chains_at(self, rate: float | None) -> Chains:
        """The chains for a rate."""
        rate, chains = 1.0 if rate is None else float(rate), self._chains
        if chains is None or chains.rate != rate:
            chains = self._chains = self._make_chains(rate)
        return chains

    def request(self, y: np.ndarray, rate: float | None, prepared: Prepared | None = None) -> Request:
        chains = self._chains_at(rate)
        if self.signal.samples is not None:
            not_finite(y)  # also refuses bad samples that the stage `signal` cuts off
        y = self.signal.apply(y, self.scaled) if prepared is None else self.prepare(y, self.scaled, prepared)
        jobs, statics = self._statics(chains, self.parts)
        return Request(y, jobs, lambda results: self._finish(chains, statics(results)))

    def statics(self, y: np.ndarray, rate: float | None) -> Request:
        return Request(y, *self._statics(self._chains_at(rate), 1))

    def _statics(self, chains: Chains, parts: int) -> tuple[list[Job], Callable[[list[Any]], np.ndarray]]:
        """The jobs, and what makes the statics of their results, with room for `parts` times their rows."""
        if self.model is not None:
            jobs: list[Job] = [Rows(chains.body)]
            if chains.energy is not None:
                jobs.append(Rows(chains.energy))
            return jobs, partial(self._model_rows, self.model, chains)
        if parts == 1 and chains.energy is None:
            return [Rows(chains.body)], first_result
        rows = parts * chains.rows
        if chains.energy is None:
            return [PlacedRows(chains.body, rows, chains.place)], first_result
        if chains.whole is not None:
            return [RowsWithEnergies(chains, rows)], first_result
        if self.late_energy:
            body = PlacedRows(chains.body, rows, chains.place)
            return [body, Rows(chains.energy)], partial(self._with_energy, chains)
        return list(_side_by_side(chains, rows)), first_result

    def _with_energy(self, chains: Chains, results: list[Any]) -> np.ndarray:
        """The rows with the energies, which are copied in last."""
        features: np.ndarray = results[0]
        features[..., chains.energy_place, :] = results[1]
        return features

    def _finish(self, chains: Chains, statics: np.ndarray) -> np.ndarray:
        """The statics with deltas and normalisation."""
        if self.room is None:
            return self.follow(statics)
        self.room.follow(statics, chains.rows)
        return statics if self.normalisation is None else self.normalisation.apply(statics)

    def _model_rows(self, model: Model, chains: Chains, results: list[Any]) -> np.ndarray:
        """The cepstra of an all-pole model, with energies."""
        statics = model.prediction.apply(results[0], chains.centres)
        if self.energy is not None:
            energy = results[1]
            if self.energy.more:
                parts = [statics, energy] if self.energy.last else [energy, statics]
                return np.concatenate(parts, axis=-2)
            statics[..., chains.energy_place, :] = energy
        return statics
