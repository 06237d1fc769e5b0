"""The feature or front end of a matrix: its axes, and whether it holds powers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from ..errors import ParameterError, check_rate, fail, near_names
from ..feature.registry import FEATURES, Feature, find
from ..presets.catalogue import frontends, preset
from ..presets.front_end import FrontEnd
from .rows import Rows, frame_times, numbered, of_bands, of_bins, rows_of, settings_of

#: Features of magnitudes or powers.
POWERS = (
    "stft", "spectrogram", "melspectrogram", "linear_spectrogram", "cqt", "vqt", "pseudo_cqt", "hybrid_cqt",
)  # fmt: skip
#: The longest signal, in samples, of which the first frames are looked at.
LONG = 1 << 17
#: Arguments of the bank `bank` that leave its filters equally spaced on its scale.
_EVEN = {"n_filters", "fmin", "fmax", "scale", "slopes", "edges", "norm", "nyquist", "shape", "labelled"}


@dataclass(frozen=True)
class Source:
    """The axes of a matrix."""

    name: str
    rows: Rows
    #: The time of the first frame and the hop, in seconds.
    start: float
    period: float
    #: The power of the magnitudes that it holds; None for other values.
    power: float | None


def source_of(
    feature: Any, S: np.ndarray, sr: float | None, settings: Mapping[str, Any], y_axis: Any
) -> Source:
    """The source that the caller named, or the only one that fits the settings."""
    if isinstance(feature, FrontEnd):
        return _of_front_end("feature", feature, S, sr, settings, y_axis)
    if isinstance(feature, str) and feature not in FEATURES:
        if feature in frontends():
            return _of_front_end(repr(feature), preset(feature).front_end, S, sr, settings, y_axis)
        if not near_names(feature, FEATURES):
            preset(feature, "feature")  # which says what may be meant
    rate = check_rate("sr", 22050 if sr is None else sr)
    spec = find(_told(S, settings) if feature is None else feature)
    chosen = settings_of(spec, settings)
    if feature is not None:
        _check_count(spec, S, chosen, settings)
    rows = rows_of(spec, S.shape[0], rate, chosen, settings, y_axis)
    start, period = frame_times(spec, S.shape[0], rate, chosen)
    power = float(chosen.get("power") or 1) if spec.name in POWERS else None
    return Source(spec.name, rows, start, period, power)


def _told(S: np.ndarray, settings: Mapping[str, Any]) -> str:
    """A spectrogram if the settings say so: nothing in a matrix tells its hop, or what its rows are."""
    bins = S.shape[0] - 1
    if "hop_length" not in settings and "n_fft" not in settings:
        _ask(S, "its hop is not known")
    if "n_fft" not in settings and (bins < 16 or bins & (bins - 1)):  # not those of a usual transform
        _ask(S, f"it is not known what its {S.shape[0]} rows are")
    return "spectrogram"


def _ask(S: np.ndarray, problem: str) -> NoReturn:
    remedy = (
        "give feature=, the front end or the name of the feature, and the settings with which it was "
        "computed, such as hop_length=160"
    )
    fail("S", S, problem, remedy)


def _check_count(
    feature: Feature, S: np.ndarray, chosen: Mapping[str, Any], given: Mapping[str, Any]
) -> None:
    """Refuse more coefficients than the feature has: it was computed with other settings, at another hop."""
    count = f"n_{feature.name}"
    if "hop_length" not in given and isinstance(most := chosen.get(count), int) and S.shape[0] > most:
        problem = f"has {S.shape[0]} rows, but {feature.name} with these settings has {most}"
        remedy = (
            f"give the settings with which it was computed, hop_length and {count} among them, or feature="
        )
        fail("S", S, problem, f"{remedy}the front end")


def _of_front_end(
    name: str, fe: FrontEnd, S: np.ndarray, sr: float | None, settings: Mapping[str, Any], y_axis: Any
) -> Source:
    for key, value in settings.items():
        fail(key, value, "a front end has its own settings", f"leave it out, or draw fe.replace({key}=...)")
    rate = fe.checked_rate(sr)
    if rate is None:
        raise ParameterError("sr=None: this front end has no rate of its own; give sr, in Hz")
    names = fe.kind.row_names(rate)
    if S.shape[0] > len(names):
        problem = f"has {S.shape[0]} rows, but the front end has {len(names)}"
        fail("S", S, problem, "give the front end that computed it")
    times = fe.kind.times(LONG, rate)
    period = float(times[1] - times[0])
    return Source(name, _rows(fe, S.shape[0], names, rate, y_axis), float(times[0]), period, _power(fe))


def _power(fe: FrontEnd) -> float | None:
    """The power of the magnitudes of a front end; None for logarithms, coefficients and other values."""
    later = (fe.compression, fe.cepstrum, fe.prediction, fe.dynamics, fe.normalisation)
    if fe.method is not None:
        given = {**find(fe.method.name).settings, **dict(fe.method.settings)}
        return float(given.get("power") or 1) if fe.method.name in POWERS else None
    if fe.framing is None or any(stage is not None for stage in later):
        return None
    return 2.0 if fe.spectrum is None else fe.spectrum.power


def _rows(fe: FrontEnd, n: int, names: list[str], rate: float, y_axis: Any) -> Rows:
    """The rows of a front end: frequencies where all of them are shown, and otherwise by number."""
    if n == len(names) and fe.dynamics is None and fe.cepstrum is None and fe.prediction is None:
        hertz = _hertz(fe, n, rate, y_axis)
        if hertz is not None:
            return hertz
    if y_axis is not None:
        fail("y_axis", y_axis, "rows of this front end are not frequencies", "leave it out")
    label = "Coefficient"
    if fe.method is not None:
        label = find(fe.method.name).row.capitalize()
    elif fe.framing is None:
        label = "Sample"
    elif fe.cepstrum is None and fe.prediction is None:
        label = "Bin" if fe.bands is None else "Pitch class" if fe.bands.bank == "chroma" else "Band"
    parts = 1 if fe.dynamics is None else fe.dynamics.parts
    if parts == 1 or n != len(names):
        return numbered(n, label)
    firsts = range(0, n, n // parts)
    return numbered(n, label, ([float(first) for first in firsts], [names[first] for first in firsts]))


def _hertz(fe: FrontEnd, n: int, rate: float, y_axis: Any) -> Rows | None:
    """The rows of a front end on an axis in hertz; None where they are not evenly spaced frequencies."""
    if fe.method is not None:
        spec = find(fe.method.name)
        given = dict(fe.method.settings)
        return rows_of(spec, n, rate, {**spec.settings, **given}, {}, y_axis)
    if fe.framing is None or (fe.energy is not None and fe.energy.place != "replace"):
        return None
    if fe.bands is None:
        return of_bins(n, rate, {"n_fft": fe.framing.n_fft}, True, y_axis)
    given = dict(fe.bands.arguments)
    if fe.bands.bank == "mel":
        bank = {"fmin": 0.0, "fmax": None, "htk": False, **given}
    elif fe.bands.bank == "bank" and given.keys() <= _EVEN:
        bank = {"fmin": 0.0, "fmax": None, **given, "htk": given.get("scale", "htk") == "htk"}
    else:
        return None
    top = bank["fmax"]
    if top is not None and top <= 0:  # so far below half the rate
        bank["fmax"] = top + rate / 2
    return of_bands(n, rate, bank, given.get("scale") != "hz", y_axis)
