"""A front end as a value: called with a signal, it computes the features."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._typing import FloatArray
from ..audio.resample import MOST_TIMES, near_rates
from ..audio.signals import signal
from ..chain.jobs import Request
from ..errors import ParameterError, check_bool, check_int, check_rate, fail
from ..streaming.parts import Part
from ..streaming.stream import Stream
from . import replace, toml
from .kind import Prepared
from .spec import FrontEndSettings
from .streamed import Kind, part_of_kind
from .tables import tables_of
from .validate import resolve, tell_of_empty

__all__ = ["FrontEnd", "request"]


@dataclass(frozen=True, repr=False, eq=False)
class FrontEnd(FrontEndSettings):
    """A front end: one chain of stages from samples to features, called with a signal.

    Parameters
    ----------
    signal : Signal
        Rate, length, scale, dither and pre-emphasis of the samples.
    framing : Frames, optional
        The frames of the signal; None for a `method`, and for the samples themselves.
    spectrum : Spectrum, optional
        The power of the magnitudes.
    bands : Bands, optional
        A filter bank: a function of `filters` by name, and its settings.
    compression : Compression, optional
        Logarithm and floor.
    cepstrum : Cepstrum, optional
        Cosine transform and lifter.
    prediction : Prediction, optional
        The cepstrum of an all-pole model of the bands, in place of `cepstrum` (PLP).
    energy : Energy, optional
        The logarithm of each frame's energy, as a row.
    method : Method, optional
        Another feature by name, in place of the stages from `framing` to `energy` (CQCC, phase features).
    dynamics : Dynamics, optional
        Deltas.
    normalisation : Normalisation, optional
        Mean and variance normalisation over the clip, a sliding window or a corpus.
    row : str
        The name of a row, without its number.

    Raises
    ------
    ParameterError
        If two settings contradict each other; both are named.

    Warns
    -----
    UserWarning
        If filters of the bank lie between two bins and are empty. A front end without a sampling rate warns
        when it is called.

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

    def __call__(self, y: ArrayLike, sr: float | None = None) -> FloatArray:
        """Features of a signal.

        Parameters
        ----------
        y : array of shape (..., n), float32, float64, int16 or int32
            Signal; integer PCM is scaled to [-1, 1).
        sr : float, optional
            Sampling rate in Hz. It must be the rate of the front end; signals are not resampled.

        Returns
        -------
        float32 or float64 array of shape (..., rows, frames)
            One row for each of `rows`.

        Raises
        ------
        ParameterError
            If the rate differs, or the signal is empty, not finite or too short.
        """
        rate = self.checked_rate(sr)
        return self._kind.compute(signal(y), rate)

    def checked_rate(self, sr: float | None) -> float | None:
        """The checked rate of a signal; a front end without a rate warns of empty filters here."""
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
        """The kind of the front end: a framed chain, a method, or the samples themselves."""
        return self._kind

    @property
    def rows(self) -> list[str]:
        """The names of the rows."""
        rate = self.signal.rate
        if rate is None and self.bands is not None:
            fail("rate", rate, "is not known, and the bank needs it", "give the front end a rate")
        return self._kind.row_names(rate)

    def frames(self, n: int) -> int:
        """The exact number of frames of a signal of `n` samples.

        Parameters
        ----------
        n : int
            Length of the signal in samples.

        Returns
        -------
        int
            Number of frames.
        """
        return self._kind.frames(check_int("n", n, unit="samples"))

    def times(self, n: int) -> FloatArray:
        """The centre of each frame of a signal of `n` samples.

        Parameters
        ----------
        n : int
            Length of the signal in samples.

        Returns
        -------
        float64 array of shape (frames,)
            Times in seconds after the first sample.
        """
        n, rate = check_int("n", n, unit="samples"), self.signal.rate
        if rate is None:
            remedy = "give the front end a rate: fe.replace(rate=16000)"
            fail("rate", rate, "is not known, and times need it", remedy)
        return self._kind.times(n, rate)

    def tables(self, sr: float | None = None) -> dict[str, FloatArray]:
        """The numbers that the stages multiply by, for a program that computes the front end elsewhere.

        Parameters
        ----------
        sr : float, optional
            Sampling rate in Hz, for a front end that has no rate of its own.

        Returns
        -------
        dict of str to float64 array
            Those that the front end has:

            - "window", shape (L,): the window of a frame of L samples, `n_fft` of them, or `win_length` with
              ``align="left"``;
            - "bank", shape (B, 1 + n_fft // 2): the weights of the bins in each band;
            - "cepstrum", shape (C, B): the cosine transform with its lifter;
            - "loudness", shape (B,), and "autocorrelation", shape (P + 1, B): the weights of the bands of an
              all-pole model of order P, and the transform of their powers;
            - "delta", shape (2 W + 1,): the weights of a delta, from W frames before to W frames after;
            - "means" and "deviations", shape (R,): the statistics of a corpus.

            All other settings are fields of the stages: ``fe.framing.hop_length``.

        Raises
        ------
        ParameterError
            If the rate is unknown, or is not that of the front end.

        Examples
        --------
        >>> import voicefeat as vf
        >>> tables = vf.frontend("asvspoof2019-lfcc").tables()
        >>> {name: table.shape for name, table in tables.items()}
        {'window': (320,), 'bank': (20, 257), 'cepstrum': (20, 20), 'delta': (3,)}
        """
        rate = self.checked_rate(sr)
        if rate is None and self.bands is not None:
            fail("sr", sr, "the bank depends on the sampling rate", "give sr, in Hz")
        return tables_of(self, float(rate or 1))

    def replace(self, **settings: Any) -> FrontEnd:
        """The same front end with other settings.

        Parameters
        ----------
        **settings
            A stage by its name (``dynamics=None``), or a setting of a stage by its name (``hop_length=80``).
            A setting that several stages have is named with its stage (``cepstrum__norm=None``).

        Returns
        -------
        FrontEnd
            A new value.

        Raises
        ------
        ParameterError
            If no stage has such a setting (the nearest name is suggested), or several have it.
        """
        return replace.replaced(self, settings)

    def stream(self, sr: float | None = None, *, resample: bool = False) -> Stream:
        """The features of a signal that arrives in pieces; they equal those of one call on the whole signal.

        Parameters
        ----------
        sr : float, optional
            Sampling rate of the pieces in Hz. Without `resample` it must be the rate of the front end.
        resample : bool
            Whether pieces at another rate are resampled.

        Returns
        -------
        Stream
            `push` takes the next samples and returns new frames; `finish` returns the last frames.

        Raises
        ------
        ParameterError
            If the rate differs, or a setting makes a frame depend on the whole recording.
        """
        rates = None
        if check_bool("resample", resample):
            sr, rates = resampled(self.signal.rate, sr)
        return Stream([part(self, self.row or "front end", sr)], True, rates)

    def to_toml(self) -> str:
        """The front end as TOML: all settings that differ from the defaults.

        Returns
        -------
        str
            One table per stage.
        """
        return toml.toml(self)

    @classmethod
    def from_toml(cls, source: str) -> FrontEnd:
        """A front end from TOML.

        Parameters
        ----------
        source : str
            The text that `to_toml` writes.

        Returns
        -------
        FrontEnd
            The front end.

        Raises
        ------
        ParameterError
            If the text is not TOML, a key is unknown, or a value has the wrong type or is out of range.
        """
        return toml.read(cls, source)

    @property
    def digest(self) -> str:
        """A fingerprint of the settings, 16 hexadecimal digits: equal settings always have the same one."""
        return toml.digest(self)


def request(
    front_end: FrontEnd, y: np.ndarray, sr: float | None = None, prepared: Prepared | None = None
) -> Request:
    """The request for ``front_end(y, sr)`` of a checked signal, whose jobs can share spectra with others.

    The front ends of one recording share one dict `prepared`, which is empty at first. Those that change the
    samples in the same way then give requests of one array.
    """
    rate = front_end.checked_rate(sr)
    return front_end.kind.request(y, rate, prepared)


def part(front_end: FrontEnd, name: str, sr: float | None) -> Part:
    """The front end as the part `name` of a stream at a rate, which must be its own."""
    own = front_end.signal.rate
    if own is not None and sr is not None and check_rate("sr", sr) != own:
        remedy = "give resample=True; do not resample pieces separately, or they do not fit together"
        fail("sr", sr, f"this front end is defined at {own} Hz", remedy)
    return part_of_kind(name, front_end, front_end.kind, front_end.checked_rate(sr))


def resampled(own: int | None, sr: float | None) -> tuple[float | None, tuple[float, float] | None]:
    """The rate of a stream that may resample, and the rates of its resampler; None if they are equal."""
    if own is None:
        fail("resample", True, "there is no rate to resample to", "give a front end that has a rate")
    given = own if sr is None else check_rate("sr", sr)
    if not near_rates(given, own):
        problem = f"differs from the {own} Hz of the front end by more than a factor of {MOST_TIMES}"
        fail("sr", sr, problem, "give the sampling rate of the pieces, in hertz")
    return own, None if given == own else (given, float(own))
