"""What was asked of a stream, by name, as parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import fail
from ..feature.extract import check_features, check_shared, keywords
from ..feature.registry import FEATURES, Feature, find
from ..presets.catalogue import frontends, preset
from ..presets.front_end import FrontEnd
from .parts import Part, part_of_feature, part_of_filter, part_of_front_end

__all__ = ["parts_of"]

#: Functions of the pitch and the filters that have streams and are no features of the registry.
YIN = Feature("yin", "frequency", frame="frame_length")
FILTERS = ("preemphasis", "pcen")


def parts_of(wanted: Any, sr: float | None, settings: Mapping[str, Any]) -> tuple[list[Part], bool]:
    """The parts, and whether one was asked for, not a list or a mapping of them."""
    if isinstance(wanted, str | FrontEnd):
        return [_part_of(wanted, sr, settings)], True
    front_ends = isinstance(wanted, Mapping) and any(isinstance(each, FrontEnd) for each in wanted.values())
    if front_ends:
        return [_named(name, value, sr, settings) for name, value in wanted.items()], False
    asked = check_features(wanted)
    rate = _rate(sr)
    check_shared([feature for feature, _ in asked], settings)
    return [
        part_of_feature(feature, rate, keywords(feature, rate, own, settings)) for feature, own in asked
    ], False


def _named(name: Any, value: Any, sr: float | None, settings: Mapping[str, Any]) -> Part:
    """A front end, or the settings of a feature, of a mapping that holds both."""
    if not isinstance(name, str):
        fail("wanted", name, "names no result", "give a text")
    if isinstance(value, FrontEnd):
        return part_of_front_end(name, value, sr)
    feature, rate = find(name, "wanted"), _rate(sr)
    if not isinstance(value, Mapping):
        fail(f"wanted[{name!r}]", value, "is neither a front end nor settings", "give {} for the defaults")
    return part_of_feature(feature, rate, keywords(feature, rate, value, settings))


def _part_of(wanted: str | FrontEnd, sr: float | None, settings: Mapping[str, Any]) -> Part:
    if isinstance(wanted, FrontEnd) or (wanted not in FEATURES and wanted in frontends()):
        if settings:
            name, value = next(iter(settings.items()))
            fail(name, value, "a front end has its own settings", f"give fe.replace({name}=...)")
        front_end = wanted if isinstance(wanted, FrontEnd) else preset(wanted).front_end
        name = front_end.row or "front end" if isinstance(wanted, FrontEnd) else wanted
        return part_of_front_end(name, front_end, sr)
    if wanted in FILTERS:
        return part_of_filter(wanted, _rate(sr), settings)
    feature = YIN if wanted == YIN.name else find(wanted, "wanted")
    rate = _rate(sr)
    return part_of_feature(feature, rate, keywords(feature, rate, settings, {}))


def _rate(sr: float | None) -> float:
    """The rate of features: the default of all of them is librosa's."""
    return 22050 if sr is None else sr
