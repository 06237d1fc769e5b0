"""A feature that is no framed chain, as a stage: its name and its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import reject
from ..feature.registry import find


@dataclass(frozen=True)
class Method:
    """The feature called `name` in the registry, with these settings over its defaults."""

    name: str
    settings: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        known = find(self.name).settings
        for key, value in self.settings:
            if key not in known:
                reject(key, value, f"is no setting of {self.name}", f"choose among {', '.join(known)}")

    @classmethod
    def of(cls, name: str, **settings: Any) -> Method:
        """Settings by keyword."""
        return cls(name, tuple(sorted(settings.items())))

    @property
    def function(self) -> Callable[..., Any]:
        return find(self.name).function

    @property
    def has_rate(self) -> bool:
        """Whether the function takes `sr`."""
        return find(self.name).has_rate
