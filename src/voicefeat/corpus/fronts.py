"""A front end over a corpus: a published one by name, one in a TOML file, or a value."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ParameterError, reject, whole
from ..presets.catalogue import frontend as published
from ..presets.front_end import FrontEnd
from ..textfiles import open_text
from .task import Work

__all__ = ["FrontEndTask"]


@dataclass(frozen=True)
class FrontEndTask(Work):
    """A front end at its rate."""

    called: str
    front_end: FrontEnd
    sr: int | None

    @classmethod
    def of(cls, front_end: str | FrontEnd, sr: int | None) -> FrontEndTask:
        """Find the front end; a rate that is not its own is refused."""
        called, value = _found(front_end)
        if sr is not None:
            sr = whole("sr", sr, unit="Hz", remedy="give the rate in Hz, for example 16000")
        task = cls(called, value, sr)
        if sr is not None:
            task.check_rate(sr)
        return task

    @property
    def name(self) -> str:
        return self.called

    def check_rate(self, rate: int) -> None:
        """Refuse another rate than the one that the system used."""
        defined = self.front_end.signal.rate
        if defined is not None and rate != defined:
            reject("sr", rate, f"the front end is defined at {defined} Hz", f"resample: give sr={defined}")

    def values(self, y: np.ndarray, rate: int) -> np.ndarray:
        self.check_rate(rate)
        return self.front_end(y, rate)

    def hop(self, rate: int) -> float:
        framing = self.front_end.framing
        if framing is not None:
            return framing.hop_length / rate
        if self.front_end.method is None:
            reject("windows", "given", f"{self.name} has no frames", "leave it out")
        return float(np.diff(self.front_end.times(4 * rate)[:2])[0])

    def probe(self) -> int:
        rate = self.front_end.signal.rate
        return super().probe() if rate is None else self.trial(rate)

    def settings(self, n_rows: int) -> dict[str, Any]:
        text = self.front_end.to_toml()
        rate = self.front_end.signal.rate
        named = self.front_end.rows if rate is not None or self.front_end.method is None else []
        return {
            "feature": self.name,
            "settings": tomllib.loads(text),
            "front_end": text,
            "digest": self.front_end.digest,
            "rows": named if len(named) == n_rows else [f"{self.name}_{index}" for index in range(n_rows)],
            "row": self.front_end.row,
        }


def _found(front_end: str | FrontEnd) -> tuple[str, FrontEnd]:
    """What the dataset calls it, and the value."""
    if isinstance(front_end, FrontEnd):
        return front_end.row or "frontend", front_end
    if not isinstance(front_end, str):
        reject("frontend", front_end, "is neither a name nor a FrontEnd", "give one of voicefeat.frontends()")
    if not front_end.endswith(".toml"):
        return front_end, published(front_end)
    try:
        with open_text("frontend", front_end) as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise ParameterError(
            f"frontend={front_end!r}: cannot be read ({why}); give what 'voicefeat presets NAME' prints"
        ) from None
    return Path(front_end).stem, FrontEnd.from_toml(text)
