"""A front end as a value: one small dataclass for each stage of the chain, equal by value, hashable."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from ..audio.signals import signal
from ..errors import ParameterError, check_int, check_type
from . import compute, replace, toml, validate
from .stages import (
    STAGES,
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

__all__ = ["FrontEnd"]


@dataclass(frozen=True, repr=False)
class FrontEnd:
    """From samples to features by one chain of stages; called with a signal, it computes them.

    Parameters
    ----------
    signal : Signal
        Rate, length, scale, dither and pre-emphasis of the samples.
    framing : Frames, optional
        How the signal is cut; None for a front end that is a `method`, or none but its samples.
    spectrum : Spectrum, optional
        Power of the magnitudes.
    bands : Bands, optional
        A bank of `filters` by name, and its settings.
    compression : Compression, optional
        Logarithm and floor.
    cepstrum : Cepstrum, optional
        Cosine transform and lifter.
    prediction : Prediction, optional
        The cepstrum of an all-pole model of the bands instead (PLP).
    energy : Energy, optional
        The logarithm of the frame's energy as a row.
    method : Method, optional
        A feature that is no framed chain, by name, in place of the stages from `framing` to `energy`.
    dynamics : Dynamics, optional
        Deltas.
    normalisation : Normalisation, optional
        Means and variances over the clip or a sliding window.

    Raises
    ------
    ParameterError
        If two settings contradict each other; both are named.

    Warns
    -----
    UserWarning
        If filters of its bank lie between two bins and are empty. Without a rate of its own it says so when
        it is called.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> fe = vf.frontend("asvspoof2019-lfcc")
    >>> fe(np.random.default_rng(0).standard_normal(16000), sr=16000).shape, fe.frames(16000), fe.rows[0]
    ((60, 99), 99, 'lfcc_0')
    """

    signal: Signal = field(default_factory=Signal)
    framing: Frames | None = None
    spectrum: Spectrum | None = None
    bands: Bands | None = None
    compression: Compression | None = None
    cepstrum: Cepstrum | None = None
    prediction: Prediction | None = None
    energy: Energy | None = None
    method: Method | None = None
    dynamics: Dynamics | None = None
    normalisation: Normalisation | None = None
    #: What a row is called, without its number.
    row: str = ""
    _hash: int = field(default=0, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, kind in STAGES.items():
            stage = getattr(self, name)
            if stage is not None or name == "signal":
                check_type(name, stage, kind, f"give a {kind.__name__}" + " or None" * (name != "signal"))
        check_type("row", self.row, str, 'give a name such as "lfcc"')
        stages = tuple(getattr(self, f.name) for f in fields(self) if f.compare)
        try:
            object.__setattr__(self, "_hash", hash(stages))
        except (TypeError, ValueError) as error:  # the latter is numpy's, of times without a unit
            told = "give numbers, texts and tuples of them"
            raise ParameterError(f"front end: a setting cannot be compared ({error}); {told}") from None
        validate.check(self)

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return toml.shown(self)

    def __call__(self, y: Any, sr: float | None = None) -> np.ndarray:
        """Features of a signal.

        Parameters
        ----------
        y : array of shape (..., n), float32, float64, int16 or int32
            Signal; integer PCM is scaled to [-1, 1).
        sr : float, optional
            Sampling rate in Hz: checked against the rate of the front end, never changed.

        Returns
        -------
        float32 or float64 array of shape (..., rows, frames)
            One row for each of `rows`.

        Raises
        ------
        ParameterError
            If the rate is another one, or the signal is empty, not finite or too short.
        """
        self.signal.check_rate(sr)
        rate = self.signal.rate if sr is None else sr
        if rate is None and compute.needs_rate(self):
            raise ParameterError("sr=None: this front end has no rate of its own; give sr, in Hz")
        if self.signal.rate is None and rate is not None:
            validate.tell_of_empty(self, float(rate))
        return compute.run(self, signal(y), rate)

    @property
    def rows(self) -> list[str]:
        """The names of the rows."""
        return compute.names(self)

    def frames(self, n: int) -> int:
        """How many frames a signal of `n` samples gives, exactly.

        Parameters
        ----------
        n : int
            Samples.

        Returns
        -------
        int
            Frames.
        """
        return compute.count(self, check_int("n", n, unit="samples"))

    def times(self, n: int) -> np.ndarray:
        """The middle of each frame of a signal of `n` samples.

        Parameters
        ----------
        n : int
            Samples.

        Returns
        -------
        float64 array of shape (frames,)
            Seconds from the first sample.
        """
        return compute.times(self, check_int("n", n, unit="samples"))

    def replace(self, **settings: Any) -> FrontEnd:
        """The same front end with other settings.

        Parameters
        ----------
        **settings
            A stage by its name (``dynamics=None``), or a setting of a stage by its own (``hop_length=80``)
            where only one stage has it, else by both (``cepstrum__norm=None``).

        Returns
        -------
        FrontEnd
            A new value.

        Raises
        ------
        ParameterError
            If there is no such setting (the nearest is suggested), or several stages have it.
        """
        return replace.replaced(self, settings)

    def to_toml(self) -> str:
        """The front end as TOML: what differs from the defaults.

        Returns
        -------
        str
            A table for each stage.
        """
        return toml.toml(self)

    @classmethod
    def from_toml(cls, source: str) -> FrontEnd:
        """A front end from TOML.

        Parameters
        ----------
        source : str
            What `to_toml` gives.

        Returns
        -------
        FrontEnd
            The value.

        Raises
        ------
        ParameterError
            If it is no TOML, a key is not known, or a value has the wrong type or cannot be used.
        """
        return toml.read(cls, source)

    @property
    def digest(self) -> str:
        """A fingerprint of the settings: 16 hexadecimal digits, the same for the same settings, always."""
        return toml.digest(self)
