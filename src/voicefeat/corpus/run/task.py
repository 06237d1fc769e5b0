"""The task of a run for each recording: a feature with its settings, a front end, or any callable."""

from __future__ import annotations

import hashlib
import json
import tomllib
import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from ...audio.signals import signal
from ...chain.block_loop import compute_requests
from ...chain.jobs import Request
from ...chain.threads import single
from ...errors import ParameterError, check_int, fail, is_transient
from ...feature.registry import Feature, find
from ...filters import empty_bands
from ...presets.front_end import FrontEnd, request
from ...presets.named import named
from .arguments import check_names
from .callables import CallableFault, CallableFrontEnd, Declared, declared, values_of
from .settings import as_json, complete

__all__ = ["CallableTask", "FeatureTask", "FrontEndTask", "Task", "compute_tasks", "make_tasks"]

#: What may be given as a front end.
Given: TypeAlias = str | FrontEnd | CallableFrontEnd
#: The rates of the trial if recordings keep their own; one of them has to work. High rates accept every band
#: that some recording could hold; low rates accept bands that need narrow bins.
TRIAL_RATES = (192000, 48000, 16000, 8000)
#: Duration in seconds of the trial of a feature whose frames have no fixed length.
TRIAL_SECONDS = 3
#: The rate of the trial of a callable that declares none, if recordings keep their own.
USUAL_RATE = 16000
#: Largest number of values of one recording: offsets have 32 bits.
MOST_VALUES = 2**31 - 1
#: Features that a dataset cannot hold, and what to use in their place.
COMPLEX = {
    "stft": "'spectrogram' (power=1 for magnitudes, power=2 for power)",
    "cqt": "'hybrid_cqt', constant-Q magnitudes",
    "vqt": "'chroma_vqt', or 'hybrid_cqt' for constant-Q magnitudes",
}


def compute_tasks(tasks: Sequence[Task], y: np.ndarray, rate: int) -> list[np.ndarray]:
    """The values of each task for the signal `y`, (rows, frames), on the calling thread only.

    Features and front ends with equal frames share the spectra of `y`; the bits are those of separate calls.

    Raises
    ------
    ParameterError
        If a task refuses the signal or its rate, or has more values than a row of a dataset can hold.
    """
    y = signal(y)
    prepared: dict[Any, np.ndarray] = {}
    with single():
        if len(tasks) == 1:
            results = compute_requests([tasks[0].request(y, rate, prepared)])
        else:
            with empty_bands.collected() as messages:
                results = compute_requests([task.request(y, rate, prepared) for task in tasks])
            for message in dict.fromkeys(messages):  # several tasks may share a bank
                empty_bands.tell(message)
    for values in results:
        if values.size > MOST_VALUES:
            raise ParameterError(
                f"y: gives {values.size} values, but a row can hold {MOST_VALUES}; split the "
                "recording into parts"
            )
    return results


class Task(ABC):
    """A feature, a front end or a callable that a run computes."""

    #: Sampling rate in Hz, or None for the recording's own.
    sr: int | None

    @property
    @abstractmethod
    def name(self) -> str:
        """The name in the column ``feature``."""

    @abstractmethod
    def request(self, y: np.ndarray, rate: int, prepared: dict[Any, np.ndarray]) -> Request:
        """The jobs for the checked signal `y`; `prepared` is one dict for all tasks of the recording."""

    @abstractmethod
    def settings(self, n_rows: int) -> dict[str, Any]:
        """The metadata: the settings, their digest, the names of the rows."""

    @abstractmethod
    def hop(self, rate: int) -> float:
        """Hop in seconds; a ParameterError if frames have no fixed hop."""

    def trial(self, rate: int) -> int:
        """Number of rows for a signal of noise at `rate`."""
        return self._rows_of_noise(TRIAL_SECONDS * rate, rate)

    def _rows_of_noise(self, samples: int, rate: int) -> int:
        y = np.random.default_rng(0).standard_normal(samples).astype(np.float32)
        return compute_tasks([self], y, rate)[0].shape[0]

    def probe(self) -> int:
        """Try the settings on noise before any recording is opened; returns the number of rows.

        Raises
        ------
        ParameterError
            The error of the feature for a setting.
        """
        with warnings.catch_warnings():  # recordings give the same warnings, or none have such a rate
            warnings.simplefilter("ignore")
            if self.sr is not None:
                return self.trial(self.sr)
            errors = []
            for rate in TRIAL_RATES:
                try:
                    return self.trial(rate)
                except ParameterError as error:
                    errors.append(error)
        raise errors[0]


@dataclass(frozen=True)
class FeatureTask(Task):
    """A feature with its settings."""

    feature: Feature
    sr: int | None
    #: The given settings; the others have the feature's defaults.
    given: Mapping[str, Any]

    @classmethod
    def of(cls, feature: str, sr: int | None, settings: Mapping[str, Any] | None) -> FeatureTask:
        """The task of a feature's name; names of settings are checked here, their values by `probe`."""
        found = find(feature)
        if found.name in COMPLEX:
            raise ParameterError(
                f"feature={found.name!r}: is complex, and a dataset holds real numbers; use "
                f"feature={COMPLEX[found.name]}"
            )
        if sr is not None:
            sr = check_int("sr", sr, unit="Hz", remedy="give the rate in Hz, for example 16000")
        complete(found, settings)
        return cls(found, sr, dict(settings or {}))

    @property
    def name(self) -> str:
        return self.feature.name

    def request(self, y: np.ndarray, rate: int, prepared: dict[Any, np.ndarray]) -> Request:
        return self.feature.request(y, {"sr": rate, **self.given} if self.feature.has_rate else self.given)

    def hop(self, rate: int) -> float:
        settings = complete(self.feature, self.given)
        if "hop_length" not in settings:
            fail("windows", "given", f"{self.name} has no hop_length", "leave it out")
        hop = settings["hop_length"]
        if hop is None:  # the default of the function: a quarter of the window
            hop = (settings.get("win_length") or settings[self.feature.frame or "n_fft"]) // 4
        return hop / rate

    def trial(self, rate: int) -> int:
        if self.feature.frame is None:
            return super().trial(rate)
        frame = self.given.get(self.feature.frame, 2048)
        frame = frame if isinstance(frame, int) and 0 < frame <= 1 << 22 else 2048
        return self._rows_of_noise(4 * frame, rate)

    def settings(self, n_rows: int) -> dict[str, Any]:
        return {
            "feature": self.name,
            "settings": as_json(complete(self.feature, self.given)),
            "digest": self.digest,
            "rows": [f"{self.name}_{index}" for index in range(n_rows)],
            "row": self.feature.row,
        }

    @property
    def digest(self) -> str:
        """A hash of the settings that are not defaults: a new setting does not change existing digests."""
        defaults = as_json(self.feature.settings)
        given = as_json(complete(self.feature, self.given))
        changed = {key: value for key, value in given.items() if value != defaults[key]}
        return hashlib.sha256(json.dumps([self.name, changed], sort_keys=True).encode()).hexdigest()[:16]


def make_tasks(
    feature: str | Sequence[str] | None,
    frontend: Given | Sequence[Given] | None,
    sr: int | None,
    settings: Mapping[str, Any] | None,
) -> tuple[Task, ...]:
    """The tasks of a run: features, with settings that all of them have, or front ends and callables."""
    if frontend is None:
        given = ["mfcc"] if feature is None else [feature] if isinstance(feature, str) else feature
        names = check_names("feature", given)
        if not names:
            raise ParameterError("feature=[]: names no feature; give one, for example 'mfcc'")
        return tuple(FeatureTask.of(name, sr, settings) for name in names)
    if feature is not None:
        raise ParameterError(
            f"feature={feature!r} and frontend={frontend!r}: exclude each other; give one of them"
        )
    if settings:
        raise ParameterError(
            f"settings={dict(settings)!r}: a front end has its own; give one that is changed, "
            "frontend=vf.frontend(name).replace(...), or a TOML file of it"
        )
    fronts: Any = [frontend] if isinstance(frontend, str) or callable(frontend) else frontend
    if not isinstance(fronts, Sequence) or not fronts:
        fronts = [fronts]  # which is refused
    return tuple(_front_end_task(each, sr) for each in fronts)


def _front_end_task(given: Given, sr: int | None) -> Task:
    if not isinstance(given, str | FrontEnd) and not callable(given):
        problem = "is neither a name nor a FrontEnd, and cannot be called"
        fail("frontend", given, problem, "give one of voicefeat.frontends(), or a callable")
    if isinstance(given, str | FrontEnd):
        return FrontEndTask.of(given, sr)
    return CallableTask.of(given, sr)


@dataclass(frozen=True)
class FrontEndTask(Task):
    """A front end."""

    title: str
    front_end: FrontEnd
    sr: int | None

    @classmethod
    def of(cls, front_end: str | FrontEnd, sr: int | None) -> FrontEndTask:
        """The task of a front end; a rate other than its own is refused."""
        title, value = named(front_end)
        if sr is not None:
            sr = check_int("sr", sr, unit="Hz", remedy="give the rate in Hz, for example 16000")
        task = cls(title, value, sr)
        if sr is not None:
            task.check_rate(sr)
        return task

    @property
    def name(self) -> str:
        return self.title

    def check_rate(self, rate: int) -> None:
        """Refuse a rate other than the front end's own."""
        defined = self.front_end.signal.rate
        if defined is not None and rate != defined:
            fail("sr", rate, f"the front end is defined at {defined} Hz", f"resample: give sr={defined}")

    def request(self, y: np.ndarray, rate: int, prepared: dict[Any, np.ndarray]) -> Request:
        self.check_rate(rate)
        return request(self.front_end, y, rate, prepared)

    def hop(self, rate: int) -> float:
        framing = self.front_end.framing
        if framing is not None:
            return framing.hop_length / rate
        if self.front_end.method is None:
            fail("windows", "given", f"{self.name} has no frames", "leave it out")
        return float(np.diff(self.front_end.times(4 * rate)[:2])[0])

    def probe(self) -> int:
        rate = self.front_end.signal.rate
        return super().probe() if rate is None else self.trial(rate)

    def settings(self, n_rows: int) -> dict[str, Any]:
        text = self.front_end.to_toml()
        rate = self.front_end.signal.rate
        rows = self.front_end.rows if rate is not None or self.front_end.method is None else []
        return {
            "feature": self.name,
            "settings": tomllib.loads(text),
            "front_end": text,
            "digest": self.front_end.digest,
            "rows": rows if len(rows) == n_rows else [f"{self.name}_{index}" for index in range(n_rows)],
            "row": self.front_end.row,
        }


@dataclass(frozen=True)
class CallableTask(Task):
    """A callable, with what it has declared."""

    given: CallableFrontEnd
    declared: Declared
    sr: int | None

    @classmethod
    def of(cls, given: CallableFrontEnd, sr: int | None) -> CallableTask:
        """The task of a callable; a rate other than its own is refused."""
        if sr is not None:
            sr = check_int("sr", sr, unit="Hz", remedy="give the rate in Hz, for example 16000")
        task = cls(given, declared(given), sr)
        if sr is not None:
            task.check_rate(sr)
        return task

    @property
    def name(self) -> str:
        return self.declared.name

    def check_rate(self, rate: int) -> None:
        """Refuse a rate other than the callable's own."""
        due = self.declared.rate
        if due is not None and rate != due:
            fail("sr", rate, f"{self.name} is defined at {due} Hz", f"resample: give sr={due}")

    def request(self, y: np.ndarray, rate: int, prepared: dict[Any, np.ndarray]) -> Request:
        self.check_rate(rate)
        return Request(y, (), lambda results: values_of(self.given, self.declared, y, rate))

    def hop(self, rate: int) -> float:
        fail("windows", "given", f"{self.name} is a callable, whose hop is not known", "leave it out")

    def probe(self) -> int:
        rate = self.sr or self.declared.rate or USUAL_RATE
        try:
            return self.trial(rate)
        except Exception as error:
            if isinstance(error, CallableFault) or is_transient(error):
                raise
            why = f"{type(error).__name__}: {' '.join(str(error).split())}"
            raise ParameterError(
                f"frontend={self.name!r}: cannot be used for {TRIAL_SECONDS} seconds of noise at {rate} Hz "
                f"({why}); mend it, or leave it out"
            ) from error

    def settings(self, n_rows: int) -> dict[str, Any]:
        return {
            "feature": self.name,
            "settings": {"version": self.declared.version, "sample_rate": self.declared.rate},
            "callable": True,
            "digest": self.declared.digest,
            "rows": list(self.declared.rows),
            "row": self.name,
        }
