"""The settings of a front end as a frozen value: its stages, equal by value and hashable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import ParameterError, check_type
from ..filters.empty_bands import collected
from .stages import (
    STAGES,
    Bands,
    Cepstrum,
    Compression,
    Dynamics,
    Energy,
    Frames,
    Method,
    Normalisation,
    Prediction,
    Signal,
    Spectrum,
)

__all__ = ["FrontEndSettings"]

#: The settings of a front end: its stages and the name of its rows.
NAMES = (*STAGES, "row")


@dataclass(frozen=True, repr=False)
class FrontEndSettings:
    """The stages of a front end and the name of its rows; `validate` checks what they mean together."""

    signal: Signal = field(default_factory=Signal)
    framing: Frames | None = None
    spectrum: Spectrum | None = None
    bands: Bands | None = None
    compression: Compression | None = None
    cepstrum: Cepstrum | None = None
    prediction: Prediction | None = None
    energy: Energy | None = None
    method: Method | None = None
    dynamics: Dynamics | None = None
    normalisation: Normalisation | None = None
    #: The name of a row, without its number.
    row: str = ""
    # A search compares thousands of front ends.
    _hash: int = field(default=0, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, kind in STAGES.items():
            stage = getattr(self, name)
            if not isinstance(stage, kind) and (stage is not None or name == "signal"):
                check_type(name, stage, kind, f"give a {kind.__name__}" + " or None" * (name != "signal"))
        check_type("row", self.row, str, 'give a name such as "lfcc"')
        try:
            object.__setattr__(self, "_hash", hash(tuple([getattr(self, name) for name in NAMES])))
        except (TypeError, ValueError) as error:  # the latter is numpy's, of times without a unit
            remedy = "give numbers, texts and tuples of them"
            raise ParameterError(f"front end: a setting cannot be compared ({error}); {remedy}") from None

    def __hash__(self) -> int:
        return self._hash

    def __getstate__(self) -> dict[str, Any]:
        # The settings alone: the hash of a text differs between processes.
        return {name: getattr(self, name) for name in NAMES}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        with collected():  # warnings were given when the front end was made
            self.__post_init__()

    def stages(self) -> dict[str, Any]:
        """The stages that the front end has, by name, in the order of the chain."""
        return {name: stage for name in STAGES if (stage := getattr(self, name)) is not None}
