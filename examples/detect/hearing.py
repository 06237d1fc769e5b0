"""A run's detector for calls: a stream of its front end where there is one, else every window anew."""

from __future__ import annotations

from functools import partial

import numpy as np

import voicefeat as vf

from . import guard, saved
from .config import Input
from .corpus import Clip
from .features import Features, front_end, inputs
from .guard import Held, Method, Window
from .saved import Detector


def method(run: str) -> Method | None:
    """How the detector of a run hears a call, None without a run; which of both ways it is is printed."""
    if not run:
        return None
    detector = saved.read(run)
    if detector.columns:
        raise vf.ParameterError(f"--run={run!r}: was trained on a table; name a run on recordings")
    rate = rate_of(detector)
    streamed = _streamed(detector, rate)
    given, windows = detector.config, detector.config.data.window
    name = f"{given.name}, trained on {f'windows of {windows:g} s' if windows else 'whole clips'}"
    if streamed is not None:
        print(f"{name}: a stream of {given.input.front_end}; a second costs its new frames")
        return Method(partial(_of_window, detector), streamed, rate)
    print(f"{name}: no stream gives what it needs; every window is computed anew")
    return Method(lambda y: of_samples(detector, y, rate), partial(Held, rate=rate), rate)


def ratios(how: Method, splits: dict[str, list[Clip]], window: float) -> dict[str, list[np.ndarray]]:
    """The ratios of dev and eval for both classes; the run's own calibration, which whole clips gave."""
    return {
        split: [
            np.array([how.score(v) for v in guard.vectors(splits[split], real, window, how.rate, how.window)])
            for real in (True, False)
        ]
        for split in ("dev", "eval")
    }


def taught(
    how: Method | None, splits: dict[str, list[Clip]], window: float
) -> tuple[Method, dict[str, list[np.ndarray]]]:
    """A run's way to hear and its ratios, or those of the quick detector, which is taught here."""
    if how is not None:
        return how, ratios(how, splits, window)
    score, found = guard.taught(splits, window)
    return Method(score), found


def rate_of(detector: Detector) -> int:
    """The sampling rate of a call for this detector; of several front ends or members, the first one's."""
    if detector.members:
        return rate_of(detector.members[0])
    return _rate(inputs(detector.config.input)[0])


def _rate(given: Input) -> int:
    return round(front_end(given).signal.rate or given.rate)


def of_samples(detector: Detector, y: np.ndarray, rate: int) -> float:
    """The ratio of a piece of a call, as `Detector.score` has it of a recording."""
    if detector.members:
        raw = detector.model.apply([[of_samples(member, y, rate)] for member in detector.members])
        return float(detector.calibration.apply(raw)[0])
    every = inputs(detector.config.input)
    found = [_features(given, y, rate) for given in every]
    if len(found) > 1:
        return _ratio(detector, np.concatenate(found)[None], parts=tuple(map(len, found)))
    if front_end(every[0]).signal.samples is not None and not every[0].statistics:
        return _ratio(detector, found[0].T[None])
    return _of_window(detector, found[0])


def _features(given: Input, y: np.ndarray, rate: int) -> np.ndarray:
    """What a front end gives of samples: a vector of statistics, or frames, (frames, rows)."""
    own = _rate(given)
    found = front_end(given)(vf.resample(y, orig_sr=rate, target_sr=own) if own != rate else y, sr=own)
    if not given.statistics:
        return found.T
    return np.array(list(vf.summarize(found, list(given.statistics)).values()))


def _of_window(detector: Detector, given: np.ndarray) -> float:
    """The ratio of a vector of statistics, or of frames, (frames, rows)."""
    return (
        _ratio(detector, given[None])
        if given.ndim == 1
        else _ratio(detector, given, np.array([0, len(given)]))
    )


def _ratio(
    detector: Detector, values: np.ndarray, bounds: np.ndarray | None = None, parts: tuple[int, ...] = ()
) -> float:
    features = Features(values.astype(np.float32), bounds, ("",) * sum(parts), 0.0, 0.0, parts)
    return float(detector.calibration.apply(detector.model.score(features, np.array([0])))[0])


def _streamed(detector: Detector, rate: int) -> partial[Window] | None:
    """Windows by a front end's stream, where its frames are many and none depends on the whole recording."""
    if detector.members or detector.config.input.front_ends:
        return None
    fe, given = front_end(detector.config.input), detector.config.input.statistics
    try:
        vf.stream(fe, rate)
        framed = fe.framing.hop_length > 0 and fe.signal.samples is None
    except (vf.ParameterError, AttributeError):  # of what is not framed, or known at the end alone
        return None
    return partial(Window, rate=rate, front_end=fe, statistics=given) if framed else None
