"""The progress bar."""

from __future__ import annotations

import sys
import time
from typing import Any

from ..optional import need

__all__ = ["Progress"]


class Progress:
    """Counts recordings, hours of audio and failures, and draws a bar when `shown`.

    Parameters
    ----------
    total : int
        The number of recordings.
    shown : bool, optional
        Draw on stderr; by default if stderr is a terminal.
    done, failed : int
        Recordings of an earlier run, and how many of them failed.
    """

    def __init__(self, total: int, shown: bool | None = None, done: int = 0, failed: int = 0) -> None:
        self.audio_seconds: float = 0.0
        self.failures: int = failed
        self._start = time.perf_counter()
        self._bar: Any = None
        if sys.stderr.isatty() if shown is None else shown:
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

    def step(self, audio_seconds: float = 0.0, failed: bool = False, whole: bool = True) -> None:
        """Count a recording, or, if not `whole`, a piece that does not complete one."""
        self.audio_seconds += audio_seconds
        self.failures += failed
        if self._bar is not None:
            hours, speed = self.audio_seconds / 3600, self.audio_seconds / max(self.seconds, 1e-9)
            text = f"{hours:.2f} h of audio, {speed:.0f} × real time, {self.failures} failed"
            self._bar.set_postfix_str(text, refresh=False)
            self._bar.update(int(whole))

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()
