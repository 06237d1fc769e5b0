"""The progress of a run: a bar on a terminal, a plain line per minute elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

from ..optional import need

__all__ = ["Progress"]

#: Seconds from one plain line to the next.
EVERY = 60.0


class Progress:
    """Counts recordings, hours of audio and failures, and shows them on stderr.

    Parameters
    ----------
    total : int
        The number of recordings.
    shown : bool, optional
        Draw a bar, or show nothing. By default there is a bar on a terminal, otherwise one line per minute.
    done, failed : int
        Recordings of an earlier run, and how many of them failed.
    """

    def __init__(self, total: int, shown: bool | None = None, done: int = 0, failed: int = 0) -> None:
        self.audio_seconds: float = 0.0
        self.failures: int = failed
        self.total: int = total
        self.done: int = done
        self._before: int = done
        self._start = self._last = time.perf_counter()
        self._bar: Any = None
        terminal = sys.stderr is not None and sys.stderr.isatty()
        self._lines = shown is None and not terminal
        if terminal if shown is None else shown:
            self._bar = need("tqdm").tqdm(
                total=total,
                initial=done,
                unit=" recordings",
                smoothing=0.05,
                dynamic_ncols=True,
                file=sys.stderr,
            )

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def rate(self) -> float:
        """Recordings of this run per second."""
        return (self.done - self._before) / max(self.seconds, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at this rate; None before the first recording is done."""
        return (self.total - self.done) / self.rate if self.rate else None

    def step(self, audio_seconds: float = 0.0, failed: bool = False, whole: bool = True) -> None:
        """Count a recording, or, if not `whole`, a piece that does not complete one."""
        self.audio_seconds += audio_seconds
        self.failures += failed
        self.done += whole
        if self._bar is not None:
            hours, speed = self.audio_seconds / 3600, self.audio_seconds / max(self.seconds, 1e-9)
            text = f"{hours:.2f} h of audio, {speed:.0f} × real time, {self.failures} failed"
            self._bar.set_postfix_str(text, refresh=False)
            self._bar.update(int(whole))
        elif self._lines and (now := time.perf_counter()) - self._last >= EVERY:
            self._last = now
            self._tell()

    def _tell(self) -> None:
        left = self.seconds_left
        rest = "" if left is None else f", {_in_words(left)} left"
        text = f"{self.done:,} of {self.total:,} recordings, {self.rate:,.1f} a second{rest}"
        try:
            print(f"voicefeat: {text}, {self.failures:,} failed", file=sys.stderr, flush=True)
        except OSError:  # nobody reads stderr any more: the run goes on
            self._lines = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _in_words(seconds: float) -> str:
    """A duration, as hours and minutes, minutes and seconds, or seconds.

    Examples
    --------
    >>> _in_words(7.2), _in_words(95), _in_words(3 * 3600 + 300)
    ('7 s', '1 min 35 s', '3 h 05 min')
    """
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600:,} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"
