"""A detector that listens to a call: windows, one every second, calibrated scores, alarms."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

import voicefeat as vf

from .corpus import Clip
from .course import RATE, svm, vector
from .features import samples

#: Seconds from window to window.
HOP = 1.0
#: A window whose largest sample is below this is silence: nothing is said of it.
QUIET = 1e-3


@dataclass(frozen=True)
class Heard:
    """What is known a second later."""

    #: Seconds from the beginning of the call to the end of the window.
    seconds: float
    #: Log-likelihood ratio of the window in nats, and the mean of it and the last ones; NaN of silence.
    score: float
    mean: float
    #: Whether the mean fell below the threshold with this window.
    alarm: bool
    #: Milliseconds until this was known, and those of them that the processor worked for it.
    cost: float
    work: float

    def __str__(self) -> str:
        text = f"{self.seconds:7.0f} s  {self.score:7.2f}  mean {self.mean:7.2f}"
        return text + "  ALARM" * self.alarm


@dataclass
class Guard:
    """Hears a call piece by piece; an alarm is raised when the mean of some scores falls below the threshold.

    score      a function of the samples of a window to a log-likelihood ratio, bona fide over spoof
    threshold  of the mean, in nats
    window     seconds that are judged at a time
    smooth     how many scores the mean is of
    """

    score: Callable[[np.ndarray], float]
    threshold: float
    window: float = 4.0
    smooth: int = 3
    seconds: float = 0.0
    below: bool = False
    last: deque[float] = field(init=False)
    held: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.last = deque(maxlen=self.smooth)
        self.held = np.zeros(round(self.window * RATE), np.float32)

    def hear(self, piece: np.ndarray) -> Heard | None:
        """Take a piece in; None until a window is full."""
        began, worked = time.perf_counter(), time.thread_time()
        self.held = np.concatenate([self.held, piece])[-len(self.held) :]
        self.seconds += len(piece) / RATE
        if self.seconds < self.window - 1e-9:
            return None
        score = mean = float("nan")
        alarm = False
        if np.abs(self.held).max() >= QUIET:
            score = self.score(self.held)
            self.last.append(score)
            mean = sum(self.last) / len(self.last)
            before, self.below = self.below, bool(mean < self.threshold)
            alarm = self.below and not before
        cost, work = 1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - worked)
        return Heard(self.seconds, score, mean, alarm, cost, work)


def windows(rows: Sequence[Clip], bonafide: bool, window: float) -> list[np.ndarray]:
    """The windows of all clips of one class, one after the other as if they were one call."""
    heard = [samples(row, RATE, "") for row in rows if row.bonafide == bonafide]
    call, size, hop = np.concatenate(heard), round(window * RATE), round(HOP * RATE)
    found = [call[i : i + size] for i in range(0, len(call) - size + 1, hop)]
    kept = [y for y in found if np.abs(y).max() >= QUIET]
    if not kept:
        name = "bona fide" if bonafide else "spoof"
        raise vf.ParameterError(
            f"--window={window}: all {name} clips of a split hold no such window of sound; give less"
        )
    return kept


def taught(splits: dict[str, list[Clip]], window: float) -> tuple[Callable[[np.ndarray], float], dict]:
    """A function of a window's samples to its ratio, and the ratios of dev and eval for both classes.

    Taught by the windows of train, calibrated by those of dev.
    """
    x = {
        s: [np.array([vector(y) for y in windows(rows, real, window)]) for real in (True, False)]
        for s, rows in splits.items()
    }
    y = np.repeat([1.0, 0.0], [len(part) for part in x["train"]])
    model = svm().fit(np.concatenate(x["train"]), y)
    line = vf.metrics.fit_calibration(*map(model.decision_function, x["dev"]), smooth=True)
    ratios = {s: [line.apply(model.decision_function(part)) for part in x[s]] for s in ("dev", "eval")}
    return lambda y: float(line.apply(model.decision_function(vector(y)[None]))[0]), ratios


def alarms(ratios: np.ndarray, threshold: float, smooth: int) -> tuple[float, float]:
    """Alarms an hour, and the share of the time below the threshold, of a call with these ratios."""
    means = np.convolve(ratios, np.ones(smooth), "valid") / smooth if len(ratios) >= smooth else ratios
    below = means < threshold
    raised = below & ~np.concatenate([[False], below[:-1]])
    return 3600 * raised.sum() / (HOP * len(below)), float(below.mean())


def made_up(rows: Sequence[Clip]) -> list[np.ndarray]:
    """Pieces of a call of clips: bona fide, forged, bona fide again; thirty of a class at most."""
    parts = [[samples(row, RATE, "") for row in rows if row.bonafide == real][:30] for real in (True, False)]
    half = len(parts[0]) // 2
    call = np.concatenate([*parts[0][:half], *parts[1], *parts[0][half:]])
    start, length = (sum(map(len, part)) / RATE for part in (parts[0][:half], parts[1]))
    print(f"a call of {len(call) / RATE:.0f} s, forged from {start:.0f} to {start + length:.0f} s")
    size = round(HOP * RATE)
    return [call[i : i + size] for i in range(0, len(call) - size + 1, size)]
