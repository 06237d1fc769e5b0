"""Whether a dataset holds what its user means, and in which settings it differs if not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...errors import ParameterError
from ...presets.compare.differences import differences
from ...presets.front_end import FrontEnd
from ..output.state import differing
from ..run.task import FrontEndTask, Task, Work, works_of

__all__ = ["check_expected"]


def check_expected(
    place: Path,
    about: Mapping[str, Any],
    feature: str | None,
    frontend: str | FrontEnd | None,
    settings: Mapping[str, Any] | None,
) -> None:
    """Refuse a dataset that holds something else.

    Raises
    ------
    ParameterError
        It names what differs.
    """
    if feature is None and frontend is None and settings is None:
        return
    if feature is None and frontend is None:
        feature = about["feature"]
    [work] = works_of(feature, frontend, None, settings)
    if work.settings(0)["digest"] == about["digest"]:
        return
    found = list(_differing(about, work))
    if not found:  # settings that have no effect
        return
    told = "; ".join(found[:5]) + (f"; and {len(found) - 5} more" if len(found) > 5 else "")
    raise ParameterError(
        f"folder={str(place)!r}: holds other settings than asked for ({told}); open it without them, or "
        "extract with them into a new folder"
    )


def _differing(about: Mapping[str, Any], work: Work) -> Iterator[str]:
    """Each difference as "name: 1 there, 2 asked for"."""
    held = "front_end" in about
    if held and isinstance(work, FrontEndTask):
        for found in differences(FrontEnd.from_toml(about["front_end"]), work.front_end):
            yield f"{found.setting}: {found.a!r} there, {found.b!r} asked for"
    elif not held and isinstance(work, Task) and work.name == about["feature"]:
        yield from differing(about["settings"], work.settings(0)["settings"], here="asked for")
    else:
        kinds = ("feature", "front end")
        yield (
            f"the {kinds[held]} {about['feature']} there, the {kinds[isinstance(work, FrontEndTask)]} "
            f"{work.name} asked for"
        )
