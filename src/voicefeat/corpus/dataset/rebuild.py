"""The job that wrote a dataset, rebuilt from its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import ParameterError, fail
from ...feature.registry import find
from ...presets.front_end import FrontEnd
from ..output.state import differing
from ..run.callables import CallableFrontEnd
from ..run.job import CorpusJob
from ..run.settings import as_json
from ..run.task import CallableTask, FeatureTask, FrontEndTask, Task

__all__ = ["rebuild_job", "restored"]


def rebuild_job(about: Mapping[str, Any], given: CallableFrontEnd | None = None) -> CorpusJob:
    """The job that a dataset's metadata describes; `given` is the callable that made it, if one did.

    A dataset names no code: nothing is imported that its metadata says.

    Raises
    ------
    ParameterError
        If this version has no such feature or setting, or computes another digest of the settings; if the
        callable is not given, or is another one.
    """
    sr = None if about["sr"] == "own" else about["sr"]
    task: Task
    if "callable" in about or given is not None:
        task = _callable_task(about, given, sr)
    elif "front_end" in about:
        task = FrontEndTask(about["feature"], FrontEnd.from_toml(about["front_end"]), sr)
    else:
        task = FeatureTask.of(about["feature"], sr, restored(about["feature"], about["settings"]))
    if task.settings(0)["digest"] != about["digest"]:
        raise ParameterError(
            f"digest={about['digest']!r}: this version of voicefeat cannot restore the settings of the "
            f"dataset; use the version that made it, {about['versions']['voicefeat']}"
        )
    job = CorpusJob(
        (task,), sr, about["channels"], about["part_seconds"], about["dtype"],
        tuple(about.get("summary", ())), about.get("windows"),
    )  # fmt: skip
    job.probe()
    return job


def _callable_task(about: Mapping[str, Any], given: CallableFrontEnd | None, sr: int | None) -> CallableTask:
    """The task of the callable, which must be that of the dataset."""
    name = about["feature"]
    if "callable" not in about:
        fail("frontend", given, f"the dataset holds {name!r}, which no callable has made", "leave it out")
    if given is None:
        raise ParameterError(
            f"frontend=None: a callable has made the dataset, {name!r} of version "
            f"{about['settings']['version']!r}; give it (frontend=, or --callable MODULE:NAME)"
        )
    task = CallableTask.of(given, sr)
    if task.declared.digest != about["digest"]:
        others = "; ".join(differing(_declared(about), _declared(task.settings(0)), here="given"))
        others = others or "other rows"  # those of statistics have other names
        fail("frontend", given, f"is not what made the dataset ({others})", "give that one")
    return task


def _declared(about: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": about["feature"], **about["settings"]}


def restored(feature: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are not defaults, as arguments of the feature: JSON has no tuples and no infinities.

    Examples
    --------
    >>> restored("mfcc", {"n_fft": 512, "window": ["kaiser", 6.0], "mel_norm": "inf", "hop_length": 512})
    {'n_fft': 512, 'window': ('kaiser', 6.0), 'mel_norm': inf}
    """
    defaults = as_json(find(feature).settings)
    return {name: _value(value) for name, value in settings.items() if value != defaults.get(name, ...)}


def _value(stored: Any) -> Any:
    if stored in ("inf", "-inf", "nan"):
        return float(stored)
    if isinstance(stored, list):
        numbers = all(isinstance(item, int | float) for item in stored)
        return np.array(stored, float) if numbers else tuple(_value(item) for item in stored)
    return stored
