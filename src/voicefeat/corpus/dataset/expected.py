"""Check that a dataset holds the expected feature and settings, or name the differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import ParameterError
from ...presets.compare.differences import differences
from ...presets.front_end import FrontEnd
from ..output.state import differing
from ..run.callables import CallableFrontEnd
from ..run.task import FrontEndTask, Task, make_tasks

__all__ = ["check_expected", "kind_of"]


def kind_of(about: Mapping[str, Any]) -> str:
    """What a dataset holds, by its metadata: a feature, a front end or a callable."""
    return "callable" if "callable" in about else "front end" if "front_end" in about else "feature"


def check_expected(
    place: Path,
    about: Mapping[str, Any],
    feature: str | None,
    frontend: str | FrontEnd | CallableFrontEnd | None,
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
    there, given = kind_of(about), kind_of(task.settings(0))
    if there == given == "front end" and isinstance(task, FrontEndTask):
        for difference in differences(FrontEnd.from_toml(about["front_end"]), task.front_end):
            yield f"{difference.setting}: {difference.a!r} in the dataset, {difference.b!r} given"
    elif there == given and task.name == about["feature"]:
        now = task.settings(0)
        yield from differing(about["settings"], now["settings"], here="given")
        if given == "callable" and about["settings"] == now["settings"] and "summary" not in about:
            yield from differing({"rows": about["rows"]}, {"rows": now["rows"]}, here="given")
    else:
        yield f"the {there} {about['feature']} in the dataset, the {given} {task.name} given"
