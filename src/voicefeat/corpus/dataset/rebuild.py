"""From what a dataset says of itself back to the job that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import ParameterError
from ...feature.registry import find
from ...presets.front_end import FrontEnd
from ..run.job import Job
from ..run.settings import as_json
from ..run.task import FrontEndTask, Task, Work

__all__ = ["job_of", "restored"]


def job_of(about: Mapping[str, Any]) -> Job:
    """The job of a dataset's metadata.

    Raises
    ------
    ParameterError
        If this version has no such feature or setting, or gives the settings another fingerprint.
    """
    sr = None if about["sr"] == "own" else about["sr"]
    work: Work
    if "front_end" in about:
        work = FrontEndTask(about["feature"], FrontEnd.from_toml(about["front_end"]), sr)
    else:
        work = Task.of(about["feature"], sr, restored(about["feature"], about["settings"]))
    if work.settings(0)["digest"] != about["digest"]:
        raise ParameterError(
            f"digest={about['digest']!r}: this version does not make these settings again from what the "
            f"dataset says; use the one that made it, voicefeat {about['versions']['voicefeat']}"
        )
    job = Job(
        (work,), sr, about["channels"], about["part_seconds"], about["dtype"],
        tuple(about.get("summary", ())), about.get("windows"),
    )  # fmt: skip
    job.probe()
    return job


def restored(feature: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that are not defaults, as the feature takes them: JSON has neither tuples nor infinities.

    Examples
    --------
    >>> restored("mfcc", {"n_fft": 512, "window": ["kaiser", 6.0], "mel_norm": "inf", "hop_length": 512})
    {'n_fft': 512, 'window': ('kaiser', 6.0), 'mel_norm': inf}
    """
    defaults = as_json(find(feature).settings)
    return {name: _value(told) for name, told in settings.items() if told != defaults.get(name, ...)}


def _value(told: Any) -> Any:
    if told in ("inf", "-inf", "nan"):
        return float(told)
    if isinstance(told, list):
        numbers = all(isinstance(item, int | float) for item in told)
        return np.array(told, float) if numbers else tuple(_value(item) for item in told)
    return told
