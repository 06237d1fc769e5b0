"""Features of a signal that arrives in pieces: `stream`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import ParameterError, check_bool, fail
from ..feature.extract import check_features, check_shared, keywords
from ..feature.names import FeatureName
from ..feature.registry import FEATURES, Feature, find
from ..streaming.parts import Part, part_of_feature, part_of_filter
from ..streaming.stream import Stream
from .catalogue import frontends, preset
from .front_end import FrontEnd, part, resampled
from .names import FrontEndName

__all__ = ["own_rate", "stream"]


#: Functions of the pitch and the filters that have streams and are no features of the registry.
YIN = Feature("yin", "frequency", frame="frame_length")
FILTERS = ("preemphasis", "pcen")
#: Functions of whole recordings, and what to do in their place.
WHOLE = {
    "pyin": "its path depends on all frames (Viterbi); give 'yin', which has no path",
    "srh_pitch": "its range of pitches depends on the whole recording; give 'yin'",
    "hpss": "its masks are medians over later frames too; compute it from the complete recording",
    "trim": "its threshold is relative to the loudest frame; give 'rms' and a threshold of your own",
    "split": "its threshold is relative to the loudest frame; give 'rms' and a threshold of your own",
}


def parts_of(wanted: Any, sr: float | None, settings: Mapping[str, Any]) -> tuple[list[Part], bool]:
    """The parts, and whether `wanted` is a single one, not a list or a mapping."""
    if isinstance(wanted, str | FrontEnd):
        return [_part_of(wanted, sr, settings)], True
    front_ends = isinstance(wanted, Mapping) and any(isinstance(each, FrontEnd) for each in wanted.values())
    if front_ends:
        _check_shared(wanted, settings)
        return [_named(name, value, sr, settings) for name, value in wanted.items()], False
    if not isinstance(wanted, Iterable):
        remedy = "give 'mfcc', a list of names, or voicefeat.frontend(name)"
        fail("wanted", wanted, "is neither the name of a feature nor a front end", remedy)
    asked = check_features(wanted, "wanted")
    rate = _rate(sr)
    check_shared([feature for feature, _ in asked], settings)
    return [
        part_of_feature(feature, rate, keywords(feature, rate, own, settings)) for feature, own in asked
    ], False


def _check_shared(wanted: Mapping[Any, Any], settings: Mapping[str, Any]) -> None:
    """Refuse shared settings that none of the features of a mapping with front ends has."""
    features = [
        find(name, "wanted")
        for name, value in wanted.items()
        if isinstance(name, str) and not isinstance(value, FrontEnd)
    ]
    if features:
        check_shared(features, settings)
    else:
        _no_settings(settings)


def _no_settings(settings: Mapping[str, Any]) -> None:
    """Refuse settings beside front ends alone."""
    for name, value in settings.items():
        fail(name, value, "a front end has its own settings", f"give fe.replace({name}=...)")


def _named(name: Any, value: Any, sr: float | None, settings: Mapping[str, Any]) -> Part:
    """A front end, or the settings of a feature, of a mapping that holds both."""
    if not isinstance(name, str):
        fail("wanted", name, "is not the name of a result", "give a text")
    if isinstance(value, FrontEnd):
        return part(value, name, sr)
    feature, rate = find(name, "wanted"), _rate(sr)
    if not isinstance(value, Mapping):
        fail(f"wanted[{name!r}]", value, "is neither a front end nor settings", "give {} for the defaults")
    return part_of_feature(feature, rate, keywords(feature, rate, value, settings))


def _part_of(wanted: str | FrontEnd, sr: float | None, settings: Mapping[str, Any]) -> Part:
    if isinstance(wanted, FrontEnd) or (wanted not in FEATURES and wanted in frontends()):
        _no_settings(settings)
        front_end = wanted if isinstance(wanted, FrontEnd) else preset(wanted).front_end
        name = front_end.row or "front end" if isinstance(wanted, FrontEnd) else wanted
        return part(front_end, name, sr)
    if wanted in FILTERS:
        return part_of_filter(wanted, _rate(sr), settings)
    if wanted in WHOLE:
        raise ParameterError(f"wanted={wanted!r}: needs the whole recording: {WHOLE[wanted]}")
    feature = YIN if wanted == YIN.name else find(wanted, "wanted")
    rate = _rate(sr)
    given = keywords(feature, rate, settings, {})
    for name, value in feature.settings.items():
        if value is inspect.Parameter.empty and name not in given:
            raise ParameterError(f"{name}: {feature.name} has no default for it; give it, in hertz")
    return part_of_feature(feature, rate, given)


def _rate(sr: float | None) -> float:
    """The rate of features: the default of all of them is librosa's."""
    return 22050 if sr is None else sr


def stream(
    wanted: FeatureName
    | FrontEndName
    | str
    | FrontEnd
    | Sequence[FeatureName | str]
    | Mapping[str, Mapping[str, Any] | FrontEnd],
    sr: float | None = None,
    *,
    resample: bool = False,
    **settings: Any,
) -> Stream:
    """A feature, a front end or several of them, of a signal that arrives in pieces.

    The frames are those of one call on the whole signal, bit for bit, whatever the pieces are.

    Parameters
    ----------
    wanted : str, FrontEnd, list of str, or mapping
        A feature or a published front end by name, or a front end. With a list of features, or a mapping
        from names to their settings or to front ends, results are mappings; they share their spectra.
    sr : float, optional
        Sampling rate of the pieces in Hz; by default that of the front end, or 22050 for features.
    resample : bool
        Whether pieces at another rate than that of a front end are resampled, by soxr.
    **settings
        Settings of the features, as for `extract`.

    Returns
    -------
    Stream
        `push` takes the next samples, `finish` gives the last frames.

    Raises
    ------
    ParameterError
        If a setting cannot be used, or makes a frame depend on the whole recording; the error names an
        alternative.

    Notes
    -----
    `pcen` takes pieces of spectra, (bands, frames), in place of samples.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.random.default_rng(0).standard_normal(16000).astype(np.float32)
    >>> listening = vf.stream("mfcc", sr=16000, n_mfcc=13, top_db=None, n_fft=512, hop_length=160)
    >>> pieces = [listening.push(y[start : start + 1600]) for start in range(0, 16000, 1600)]
    >>> frames = np.concatenate([*pieces, listening.finish()], axis=-1)
    >>> whole = vf.mfcc(y, sr=16000, n_mfcc=13, top_db=None, n_fft=512, hop_length=160)
    >>> np.array_equal(frames, whole)
    True
    """
    resample = check_bool("resample", resample)
    rates = None
    if resample:
        sr, rates = resampled(own_rate(wanted), sr)
    parts, single = parts_of(wanted, sr, settings)
    return Stream(parts, single, rates)


def own_rate(wanted: Any) -> int | None:
    """The rate of the wanted front ends."""
    if isinstance(wanted, str) and wanted in frontends():
        wanted = preset(wanted).front_end
    values = list(wanted.values()) if isinstance(wanted, Mapping) else [wanted]
    found = {each.signal.rate for each in values if isinstance(each, FrontEnd)}
    return found.pop() if len(found) == 1 else None
