"""Check that a dataset holds the expected feature and settings, or name the differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import ParameterError
from ...presets.compare.differences import differences
from ...presets.front_end import FrontEnd
from ..output.state import differing
from ..run.task import FeatureTask, FrontEndTask, Task, make_tasks

__all__ = ["check_expected"]


def check_expected(
    place: Path,
    about: Mapping[str, Any],
    feature: str | None,
    frontend: str | FrontEnd | None,
    settings: Mapping[str, Any] | None,
) -> None:
    """Refuse a dataset of another feature, front end or settings.

    Raises
    ------
    ParameterError
        The error names the differences.
    """
    if feature is None and frontend is None and settings is None:
        return
    if feature is None and frontend is None:
        feature = about["feature"]
    [task] = make_tasks(feature, frontend, None, settings)
    if task.settings(0)["digest"] == about["digest"]:
        return
    others = list(_differences(about, task))
    if not others:  # settings that have no effect
        return
    listed = "; ".join(others[:5]) + (f"; and {len(others) - 5} more" if len(others) > 5 else "")
    raise ParameterError(
        f"folder={str(place)!r}: has other settings than those given ({listed}); open it without "
        "settings, or "
        "extract with them into a new folder"
    )


def _differences(about: Mapping[str, Any], task: Task) -> Iterator[str]:
    """Each difference as "name: 1 in the dataset, 2 given"."""
    is_front_end = "front_end" in about
    if is_front_end and isinstance(task, FrontEndTask):
        for difference in differences(FrontEnd.from_toml(about["front_end"]), task.front_end):
            yield f"{difference.setting}: {difference.a!r} in the dataset, {difference.b!r} given"
    elif not is_front_end and isinstance(task, FeatureTask) and task.name == about["feature"]:
        yield from differing(about["settings"], task.settings(0)["settings"], here="given")
    else:
        kinds = ("feature", "front end")
        yield (
            f"the {kinds[is_front_end]} {about['feature']} in the dataset, "
            f"the {kinds[isinstance(task, FrontEndTask)]} {task.name} given"
        )
