"""What a run is asked to compute, as the arguments say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ParameterError
from ..presets.front_end import FrontEnd
from .fronts import FrontEndTask
from .task import Task, Work

__all__ = ["works_of"]


def works_of(
    feature: str | Sequence[str] | None,
    frontend: str | FrontEnd | Sequence[str | FrontEnd] | None,
    sr: int | None,
    settings: Mapping[str, Any] | None,
) -> tuple[Work, ...]:
    """What is computed of each recording: features with settings that fit them all, or front ends."""
    if frontend is None:
        names = ["mfcc"] if feature is None else [feature] if isinstance(feature, str) else list(feature)
        if not names:
            raise ParameterError("feature=[]: names no feature; give one, for example 'mfcc'")
        return tuple(Task.of(name, sr, settings) for name in names)
    if feature is not None:
        raise ParameterError(
            f"feature={feature!r} and frontend={frontend!r}: exclude each other; give one of them"
        )
    if settings:
        raise ParameterError(
            f"settings={dict(settings)!r}: a front end has its own; give one that is changed, "
            "frontend=vf.frontend(name).replace(...), or a TOML file of it"
        )
    given = [frontend] if isinstance(frontend, str | FrontEnd) else frontend
    if not isinstance(given, Sequence) or not given:
        return (FrontEndTask.of(given, sr),)  # type: ignore[arg-type]  # which refuses it
    return tuple(FrontEndTask.of(each, sr) for each in given)
