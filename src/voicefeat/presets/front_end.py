"""A front end as a value: one small dataclass for each stage of the chain, equal by value, hashable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..audio.signals import signal
from ..chain.block_loop import compute
from ..chain.jobs import Request
from ..errors import ParameterError, check_int, fail
from . import replace, toml
from .framed import FramedFrontEnd
from .kind import Prepared
from .spec import FrontEndSettings
from .unframed import MethodFrontEnd, RawFrontEnd
from .validate import resolve, tell_of_empty

__all__ = ["FrontEnd", "request"]

#: What a front end may be.
Kind = FramedFrontEnd | MethodFrontEnd | RawFrontEnd


@dataclass(frozen=True, repr=False, eq=False)
class FrontEnd(FrontEndSettings):
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

    _kind: Kind = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "_kind", resolve(self))

    def __repr__(self) -> str:
        return toml.text_of(self)

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
        rate = self._rate(sr)
        request = self._kind.request(signal(y), rate)
        return request.finish(compute(request.jobs, request.y) if request.jobs else [])

    def _rate(self, sr: float | None) -> float | None:
        """The rate of a signal whose rate the caller says is `sr`; empty filters are told where they show."""
        own = self.signal.rate
        if own is not None:
            if not (sr is None or (type(sr) is int and sr == own)):
                self.signal.check_rate(sr)
            return own
        if sr is not None:
            self.signal.check_rate(sr)
            tell_of_empty(self, float(sr))
        elif self._kind.needs_rate:
            raise ParameterError("sr=None: this front end has no rate of its own; give sr, in Hz")
        return sr

    @property
    def kind(self) -> Kind:
        """What it is: a framed chain, a method, or the samples themselves."""
        return self._kind

    @property
    def rows(self) -> list[str]:
        """The names of the rows."""
        rate = self.signal.rate
        if rate is None and self.bands is not None:
            fail("rate", rate, "is not known, and the bank needs it", "give the front end a rate")
        return self._kind.row_names(rate)

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
        return self._kind.frames(check_int("n", n, unit="samples"))

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
        n, rate = check_int("n", n, unit="samples"), self.signal.rate
        if rate is None:
            remedy = "give the front end a rate: fe.replace(rate=16000)"
            fail("rate", rate, "is not known, and times need it", remedy)
        return self._kind.times(n, rate)

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


def request(
    front_end: FrontEnd, y: np.ndarray, sr: float | None = None, prepared: Prepared | None = None
) -> Request:
    """What ``front_end(y, sr)`` computes of a checked signal, as jobs that share spectra with others.

    Front ends of one recording are given one dict `prepared`, empty at first: their requests are of one
    array where they do the same to the samples.
    """
    rate = front_end._rate(sr)
    return front_end.kind.request(y, rate, prepared)
