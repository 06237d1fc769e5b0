"""A detector that listens to a call: windows, one every second, calibrated scores, alarms."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

import voicefeat as vf

from . import teaching
from .corpus import Clip
from .course import FRONT_END, RATE, svm
from .features import samples

#: Seconds from window to window.
HOP = 1.0
#: A window whose largest sample is below this is silence: nothing is said of it.
QUIET = 1e-3
#: The statistics of frames that are kept up to date while frames come and leave.
KEPT = ("mean", "std")


@dataclass(frozen=True)
class Heard:
    """What is known a second later."""

    #: Seconds from the beginning of the call to the end of the window.
    seconds: float
    #: Score of the window, a log-likelihood ratio in nats on material like dev, and the mean of it and the
    #: last ones; NaN of silence.
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


class Pooled:
    """Mean and deviation of every row over the last frames, kept up to date with those that come and leave.

    size   how many frames
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.frames = np.zeros((0, 0))
        self.sums = np.zeros((2, 0))
        self.since = 0

    def take(self, frames: np.ndarray) -> None:
        """Take the next frames, (rows, n)."""
        if not len(self.frames):
            self.frames, self.sums = np.zeros((len(frames), 0)), np.zeros((2, len(frames)))
        held = np.concatenate([self.frames, frames.astype(float)], axis=1)
        leave = max(0, held.shape[1] - self.size)
        self.frames, self.since = held[:, leave:], self.since + frames.shape[1]
        if self.since >= self.size:  # a window later: what rounding has left is dropped
            self.sums, self.since = _sums(self.frames), 0
        else:
            self.sums += _sums(frames.astype(float)) - _sums(held[:, :leave])

    def statistics(self) -> np.ndarray:
        """Those of KEPT for every row, (rows, 2)."""
        mean, square = self.sums / self.frames.shape[1]
        return np.stack([mean, np.sqrt(np.maximum(square - mean**2, 0))], axis=1)


def _sums(frames: np.ndarray) -> np.ndarray:
    """The sums of every row and of its squares."""
    return np.array([frames.sum(axis=1), (frames**2).sum(axis=1)])


class Held:
    """The last seconds of a call, which comes in pieces; all of them are computed anew for every window."""

    def __init__(self, seconds: float, rate: int = RATE) -> None:
        self.held = np.zeros(round(seconds * rate), np.float32)
        self.rate, self.count = rate, 0

    def hear(self, piece: np.ndarray) -> None:
        """Take a piece in."""
        self.held = np.concatenate([self.held, piece])[-len(self.held) :]
        self.count += len(piece)

    @property
    def full(self) -> bool:
        """Whether the call is as long as the window."""
        return self.count >= len(self.held)

    @property
    def silent(self) -> bool:
        """Whether nothing can be said of it."""
        return np.abs(self.held).max() < QUIET

    def vector(self) -> np.ndarray:
        """What a detector is given: the samples."""
        return self.held


class Window(Held):
    """The last seconds of a call as a front end's frames, or statistics of them.

    The front end has a stream: of every piece only the frames that are complete with it are computed. Mean
    and deviation are kept up to date; other statistics are taken of the frames that are held.
    """

    def __init__(
        self, seconds: float, rate: int = RATE, front_end: str | vf.FrontEnd = FRONT_END,
        statistics: Sequence[str] = KEPT,
    ) -> None:  # fmt: skip
        super().__init__(seconds, rate)
        self.features = vf.stream(front_end, rate)
        self.pooled = Pooled(frames_of(seconds, rate, front_end))
        self.statistics = list(statistics)

    def hear(self, piece: np.ndarray) -> None:
        """Take a piece in."""
        self.pooled.take(self.features.push(piece))
        super().hear(piece)

    def vector(self) -> np.ndarray:
        """The statistics in the order of `vf.summarize`; where there are none, the frames, (frames, rows)."""
        if not self.statistics:
            return self.pooled.frames.T
        if set(self.statistics) <= set(KEPT):
            return self.pooled.statistics()[:, [KEPT.index(name) for name in self.statistics]].ravel()
        return np.array(list(vf.summarize(self.pooled.frames, self.statistics).values()))


def frames_of(seconds: float, rate: int = RATE, front_end: str | vf.FrontEnd = FRONT_END) -> int:
    """How many frames a window has."""
    given = vf.frontend(front_end) if isinstance(front_end, str) else front_end
    return max(1, round(seconds * rate / given.framing.hop_length))


@dataclass(frozen=True)
class Method:
    """How windows of a call become log-likelihood ratios, bona fide over spoof."""

    #: Of what a window gives as `vector`.
    score: Callable[[np.ndarray], float]
    #: A new window of so many seconds.
    window: Callable[[float], Held] = Window
    rate: int = RATE


@dataclass
class Guard:
    """Hears a call piece by piece; an alarm is raised when the mean of some scores falls below the threshold.

    score      a function of the vector of a window to a score: on material like dev a log-likelihood ratio,
               bona fide over spoof
    threshold  of the mean, in nats
    window     seconds that are judged at a time
    smooth     how many scores the mean is of
    begin      makes the window, of so many seconds
    """

    score: Callable[[np.ndarray], float]
    threshold: float
    window: float = 4.0
    smooth: int = 3
    begin: Callable[[float], Held] = Window
    below: bool = False
    last: deque[float] = field(init=False)
    heard: Held = field(init=False)

    def __post_init__(self) -> None:
        self.last = deque(maxlen=self.smooth)
        self.heard = self.begin(self.window)

    def hear(self, piece: np.ndarray) -> Heard | None:
        """Take a piece in; None until a window is full."""
        began, worked = time.perf_counter(), time.thread_time()
        self.heard.hear(piece)
        if not self.heard.full:
            return None
        score = mean = float("nan")
        alarm = False
        if not self.heard.silent:
            score = self.score(self.heard.vector())
            self.last.append(score)
            mean = sum(self.last) / len(self.last)
            before, self.below = self.below, bool(mean < self.threshold)
            alarm = self.below and not before
        cost, work = 1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - worked)
        return Heard(self.heard.count / self.heard.rate, score, mean, alarm, cost, work)


def vectors(
    rows: Sequence[Clip], bonafide: bool, window: float, rate: int = RATE,
    begin: Callable[[float], Held] = Window,
) -> Iterator[np.ndarray]:  # fmt: skip
    """The vectors of the windows of one class, whose clips are heard one after the other as one call."""
    call = np.concatenate([samples(row, rate, "") for row in rows if row.bonafide == bonafide])
    heard, hop, found = begin(window), round(HOP * rate), False
    for start in range(0, len(call) - hop + 1, hop):
        heard.hear(call[start : start + hop])
        if heard.full and not heard.silent:
            found = True
            yield heard.vector()
    if not found:
        name = "bona fide" if bonafide else "spoof"
        raise vf.ParameterError(
            f"--window={window}: all {name} clips of a split hold no such window of sound; give less"
        )


def taught(splits: dict[str, list[Clip]], window: float) -> tuple[Callable[[np.ndarray], float], dict]:
    """A function of a window's vector to its ratio, and the ratios of dev and eval for both classes.

    Taught by the windows of train, calibrated by those of dev.
    """
    x = {
        s: [np.array(list(vectors(rows, real, window))) for real in (True, False)]
        for s, rows in splits.items()
    }
    y = np.repeat([1.0, 0.0], [len(part) for part in x["train"]])
    model = svm().fit(np.concatenate(x["train"]), y)
    line = vf.metrics.fit_calibration(*map(model.decision_function, x["dev"]), smooth=True)
    ratios = {s: [line.apply(model.decision_function(part)) for part in x[s]] for s in ("dev", "eval")}
    return lambda vector: float(line.apply(model.decision_function(vector[None]))[0]), ratios


def alarms(ratios: np.ndarray, threshold: float, smooth: int) -> tuple[float, float]:
    """Alarms an hour, and the share of the time below the threshold, of a call with these ratios."""
    means = np.convolve(ratios, np.ones(smooth), "valid") / smooth if len(ratios) >= smooth else ratios
    below = means < threshold
    raised = below & ~np.concatenate([[False], below[:-1]])
    return 3600 * raised.sum() / (HOP * len(below)), float(below.mean())


def made_up(rows: Sequence[Clip], data: str, rate: int = RATE) -> list[np.ndarray]:
    """Pieces of a call of a minute, forged in its middle: of clips, or the one of the teaching corpus."""
    if data == "teaching":
        call, (start, end) = teaching.call(), teaching.FORGED
        call = vf.resample(call, orig_sr=RATE, target_sr=rate) if rate != RATE else call
    else:
        parts = [[samples(r, rate, "") for r in rows if r.bonafide == real] for real in (True, False)]
        before, forged = _lasting(parts[0][: len(parts[0]) // 2], rate), _lasting(parts[1], rate)
        after = _lasting(parts[0][len(parts[0]) // 2 :], rate)
        call = np.concatenate([before, forged, after])
        start, end = len(before) / rate, (len(before) + len(forged)) / rate
    print(f"a call of {len(call) / rate:.0f} s, forged from {start:.0f} to {end:.0f} s")
    size = round(HOP * rate)
    return [call[i : i + size] for i in range(0, len(call) - size + 1, size)]


def _lasting(clips: Sequence[np.ndarray], rate: int) -> np.ndarray:
    """Clips one after the other, a third of a minute at most."""
    return np.concatenate(clips)[: 20 * rate]
