"""Features of a signal that arrives in pieces."""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._typing import SignalLike
from ..audio.limits import not_finite
from ..audio.signals import signal
from ..chain import tables
from ..errors import ParameterError, fail, to_array
from ..feature.temporal.pcen import checked_levels
from ..filters import empty_bands
from .parts import Part
from .progress import Progress, progress_of
from .resampler import StreamResampler

__all__ = ["Latency", "Stream"]

_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


class Latency(NamedTuple):
    """Delay of a frame: in samples at the rate of the features, and in seconds."""

    samples: int
    seconds: float


class Stream:
    """A feature, a front end or several of them, computed piece by piece; made by `stream`.

    All frames together have the bits of one call on the whole signal, whatever the pieces are. A stream is
    used by one thread at a time.

    Attributes
    ----------
    latency : Latency, or dict of str to Latency
        Number of samples that must follow the last sample of a frame before the frame is returned: 0 if the
        frame needs no other frames; with deltas, their reach times the hop; and so on. The first frames may
        take longer, because of mirrored padding or the `least` frames of a sliding mean. The delay of a
        resampler is not included.
    rows : list of str, or dict of str to list of str
        The names of the rows.
    frames : int, or dict of str to int
        Number of frames returned so far.
    rate : float
        Sampling rate of the pieces in Hz.
    """

    def __init__(self, parts: Sequence[Part], single: bool, resample: tuple[float, float] | None) -> None:
        if not (isinstance(parts, Sequence) and parts and all(isinstance(part, Part) for part in parts)):
            fail("parts", parts, "are not those of a stream", "call voicefeat.stream, which makes them")
        self._parts: Sequence[Part] = parts
        #: Whether results are arrays, not mappings.
        self._single: bool = single
        self._resample: tuple[float, float] | None = resample
        self._turn: _Turn = _Turn()
        self._open()
        self._latency: dict[str, Latency] = {part.name: _latency(part) for part in parts}
        #: A progress that was tried with silence, and the shape and type of that.
        self._probed: tuple[tuple[int, ...], np.dtype] = (), np.dtype(np.float32)
        self._probe: Progress = progress_of(parts, *self._probed)
        counts = self._probe.row_counts()
        self._rows: dict[str, list[str]] = {part.name: _names(part, counts) for part in parts}
        for message in dict.fromkeys(self._probe.told):
            empty_bands.tell(message)

    def reset(self) -> None:
        """Start again: the next piece is the first of another signal.

        Raises
        ------
        ParameterError
            If another thread uses the stream.
        """
        self._turn.take()
        self._open()
        self._turn.give()

    def _open(self) -> None:
        """Be as before the first piece."""
        self._turn.closed, self._turn.working = "", False
        self._progress: Progress | None = None
        self._resampler: StreamResampler | None = None
        #: The shape without samples and the type of the pieces, once one was pushed.
        self._form: tuple[tuple[int, ...], np.dtype] | None = None
        #: The type of pieces that need no conversion: floats of one channel.
        self._usual: np.dtype | None = None
        #: A piece without samples.
        self._nothing: np.ndarray | None = None
        #: Whether a piece had samples.
        self._some: bool = False

    def push(self, piece: SignalLike) -> Any:
        """Take the next samples, and return the frames that are now complete.

        Parameters
        ----------
        piece : array of shape (n,) or (channels, n), float32, float64, int16 or int32
            The next samples; n may be 0. All pieces have the channels and the type of the first.

        Returns
        -------
        array of shape (rows, frames) or (channels, rows, frames), or dict of str to array
            The new frames, possibly none; a mapping if there are several features.

        Raises
        ------
        ParameterError
            If the piece is not an array of samples, differs from earlier pieces, or holds values that are not
            finite (the stream stays as it was before); if the stream is finished, or another thread uses it.

        Examples
        --------
        >>> import numpy as np
        >>> import voicefeat as vf
        >>> listening = vf.stream("spectrogram", n_fft=512, center=False)
        >>> [listening.push(np.zeros(n, np.float32)).shape for n in (500, 12, 0)]
        [(257, 0), (257, 1), (257, 0)]
        """
        with self._turn:
            y = self._checked(piece)
            if self._progress is None:
                self._begin(piece, y)
            return self._given(y, last=False)

    def finish(self) -> Any:
        """Return the frames that need the end of the signal, and close the stream.

        Returns
        -------
        array or dict of str to array
            As `push`. `reset` opens the stream for another signal.

        Raises
        ------
        ParameterError
            If the signal is too short for one frame, or the stream is finished.

        Examples
        --------
        >>> import numpy as np
        >>> import voicefeat as vf
        >>> listening = vf.stream("spectrogram", n_fft=512)
        >>> listening.push(np.zeros(1024, np.float32)).shape, listening.finish().shape
        ((257, 7), (257, 2))
        """
        with self._turn:
            if self._nothing is None or not self._some:
                fail("stream", self, "holds no samples", "call push before finish")
            try:
                return self._given(self._nothing, last=True)
            finally:
                self._turn.working, self._turn.closed = False, "it is finished"

    def times(self) -> Any:
        """The centres of the frames that the last `push` or `finish` returned.

        Returns
        -------
        float64 array of shape (frames,), or dict of str to array
            Times in seconds after the first sample.
        """
        outputs = (self._progress or self._probe).outputs()
        return self._of_parts({name: output.times() for name, output in outputs.items()})

    @property
    def latency(self) -> Any:
        """Number of samples after the last one of a frame until the frame is returned."""
        return self._of_parts(self._latency)

    @property
    def rows(self) -> Any:
        """The names of the rows."""
        if self._parts[0].spectra and self._nothing is not None:
            return [f"{self._parts[0].name}_{i}" for i in range(len(self._nothing))]
        return self._of_parts({name: list(rows) for name, rows in self._rows.items()})

    @property
    def rate(self) -> float:
        """Sampling rate of the pieces in Hz."""
        return self._parts[0].rate if self._resample is None else self._resample[0]

    @property
    def frames(self) -> Any:
        """Number of frames returned so far."""
        return self._of_parts(self._counts())

    def __repr__(self) -> str:
        names = ", ".join(part.name for part in self._parts)
        latency = max(each.seconds for each in self._latency.values())
        count = max(self._counts().values())
        state = "; finished" if self._turn.closed else ""
        told = f"{self.rate:g} Hz; latency {1000 * latency:g} ms; {count} frames so far"
        return f"Stream({names}; {told}{state})"

    def __getstate__(self) -> dict[str, Any]:
        if self._resampler is not None:
            raise ParameterError(
                "stream: a stream that resamples and has samples cannot be pickled or copied; "
                "resample before it, or reset it first"
            )
        self._turn.take()
        try:
            return copy.deepcopy(self.__dict__)  # which later pieces do not change
        finally:
            self._turn.give()

    def _counts(self) -> dict[str, int]:
        outputs = (self._progress or self._probe).outputs()
        return {name: output.given for name, output in outputs.items()}

    def _of_parts(self, values: Mapping[str, Any]) -> Any:
        return values[self._parts[0].name] if self._single else dict(values)

    def _checked(self, piece: Any) -> np.ndarray:
        """The piece as samples that can be used."""
        usual = type(piece) is np.ndarray and piece.dtype is self._usual
        if not (usual and piece.ndim == 1 and piece.size and piece.flags.c_contiguous):
            piece = self._converted(piece)
        if piece.size and not self._parts[0].spectra and not tables.usable(piece):
            not_finite(piece, "piece")
        return piece

    def _converted(self, piece: Any) -> np.ndarray:
        """The piece as float samples; refuses one that differs from those before."""
        array = np.asarray(to_array("piece", piece, "give samples (n,) or (channels, n)"))
        form = self._form
        if not array.ndim or array.ndim > 2 or array.dtype.kind not in "fi":
            array = signal(piece, "piece")  # which refuses most of these
            if array.ndim > 2:
                fail("piece", piece, "has more than two axes", "give samples (n,) or (channels, n)")
        if array.ndim == 2 and not array.shape[0]:
            fail("piece", piece, "has no channels", "give samples (n,) or (channels, n)")
        spectra = self._parts[0].spectra
        if spectra and (array.ndim != 2 or array.dtype.kind != "f"):
            fail("piece", piece, "is not a piece of spectra", "give floats (bands, frames)")
        if form is not None and array.shape[:-1] != form[0]:
            before = f"({', '.join(map(str, (*form[0], 'n')))})".replace("(n)", "(n,)")
            fail(
                "piece", piece, f"earlier pieces had the shape {before}", "give the same channels, or reset()"
            )
        if form is not None and array.dtype != form[1]:
            fail("piece", piece, f"earlier pieces were {form[1]}", f"give {form[1]}, or reset()")
        if spectra:
            return checked_levels("piece", array)
        if not array.size:
            kind = array.dtype if array.dtype in _FLOATS else np.dtype(np.float32)
            if array.dtype.kind == "f" and array.dtype not in _FLOATS:
                signal(np.ones(1, array.dtype), "piece")
            return np.empty(array.shape, kind)
        if form is None:
            return signal(piece, "piece")
        # Known channels: a piece of few samples is not taken for one with channels last.
        lone = array.reshape(-1) if array.flags.c_contiguous else array.ravel()
        return signal(lone, "piece").reshape(array.shape)

    def _begin(self, piece: Any, y: np.ndarray) -> None:
        """Keep the form of the first piece."""
        shape = y.shape[:-1]
        form = shape, y.dtype
        like = self._probe if form == self._probed else None
        self._progress = self._probe = progress_of(self._parts, *form, like)
        self._probed = form
        self._form = shape, np.asarray(piece).dtype
        self._usual = y.dtype if not shape and self._form[1] is y.dtype else None
        self._nothing = np.empty((*shape, 0), y.dtype)
        if self._resample is not None:
            self._resampler = StreamResampler(*self._resample, shape, y.dtype)

    def _given(self, y: np.ndarray, last: bool) -> Any:
        """The frames that are complete with the samples `y`."""
        progress = self._progress
        assert progress is not None
        self._turn.working = True
        self._some = self._some or y.size > 0 or self._parts[0].spectra  # no frames have a PCEN
        if self._resampler is not None:
            y = self._resampler.next(y, last)
        found = progress.take(y, last)
        self._turn.working = False
        return found[self._parts[0].name] if self._single else found


class _Turn:
    """The right to change a stream, which one thread has at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        #: Why the stream takes no more pieces; and whether one is being processed.
        self.closed: str = ""
        self.working: bool = False
        #: The process whose threads the lock keeps apart.
        self.process: int = os.getpid()

    def take(self) -> None:
        if self.lock.acquire(blocking=False):
            return
        if self.process == os.getpid():
            raise ParameterError("stream: another thread is using it; give each thread a stream of its own")
        # A copy of a stream that a thread of the parent was using when the process was forked.
        self.lock, self.process = threading.Lock(), os.getpid()
        self.lock.acquire()
        self.working, self.closed = False, "the process was forked while another thread used it"

    def give(self) -> None:
        self.lock.release()

    def __enter__(self) -> None:
        self.take()
        if self.closed:
            self.give()
            raise ParameterError(f"stream: {self.closed}; call reset() to begin another signal")

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if self.working:
            self.working, self.closed = False, "an error stopped it"
        self.give()

    def __getstate__(self) -> tuple[str, bool]:
        return self.closed, self.working

    def __setstate__(self, state: tuple[str, bool]) -> None:
        self.lock, self.process = threading.Lock(), os.getpid()
        self.closed, self.working = state


def _names(part: Part, counts: Mapping[str, int]) -> list[str]:
    """The names of the rows of a part."""
    if part.rows:
        return part.rows
    if part.spectra:
        return []
    return [f"{part.name}_{i}" for i in range(counts[part.name])] if part.name in counts else [part.name]


def _latency(part: Part) -> Latency:
    """The most samples that a frame far from the beginning waits for."""
    far, grid, ahead = 1 << 20, part.grid, 0
    for follower in reversed(part.followers()):
        t = far + ahead
        while follower.complete(far + ahead + 1) <= t:
            ahead += 1
    waited = max(grid.arrival(t + ahead) - grid.end(t) for t in range(far, far + grid.per))
    return Latency(waited, waited / part.rate)
