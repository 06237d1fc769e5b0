"""Several features of one signal: features of the same frames share one pass over its spectra."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from .._typing import SignalLike
from ..audio.signals import signal
from ..chain.block_loop import compute_requests
from ..errors import ParameterError, check_bool, fail
from ..filters import empty_bands
from .names import FeatureName
from .registry import FEATURES, Feature, find

__all__ = ["Stacked", "extract"]


class Stacked(NamedTuple):
    """Stacked features: `values` of shape (..., rows, frames), and the names of the `rows`."""

    values: np.ndarray
    rows: list[str]


@overload
def extract(
    y: SignalLike,
    sr: float = ...,
    features: Sequence[FeatureName | str] | Mapping[FeatureName | str, Mapping[str, Any]] = ...,
    *,
    stack: Literal[False] = ...,
    **shared: Any,
) -> dict[str, NDArray[Any]]: ...


@overload
def extract(
    y: SignalLike,
    sr: float = ...,
    features: Sequence[FeatureName | str] | Mapping[FeatureName | str, Mapping[str, Any]] = ...,
    *,
    stack: Literal[True],
    **shared: Any,
) -> Stacked: ...


@overload
def extract(
    y: SignalLike,
    sr: float = ...,
    features: Sequence[FeatureName | str] | Mapping[FeatureName | str, Mapping[str, Any]] = ...,
    *,
    stack: bool,
    **shared: Any,
) -> dict[str, NDArray[Any]] | Stacked: ...
def extract(
    y: SignalLike,
    sr: float = 22050,
    features: Sequence[FeatureName | str] | Mapping[FeatureName | str, Mapping[str, Any]] = ("mfcc",),
    *,
    stack: bool = False,
    **shared: Any,
) -> dict[str, NDArray[Any]] | Stacked:
    """Several features of one signal at little more than the cost of one.

    Features that start from the same frames share their spectra, which are computed once, block by block.
    Every value is the same, bit for bit, as that of the single call.

    Parameters
    ----------
    y : array of shape (..., n), float32, float64, int16 or int32
        Signal; integer PCM is scaled to [-1, 1).
    sr : float
        Sampling rate in Hz.
    features : sequence of str, or mapping of str to mapping
        Names of features (``voicefeat features`` lists them), or a mapping from each name to the settings of
        that feature.
    stack : bool
        Return one array with named rows in place of a mapping.
    **shared
        Settings for every feature that has them. The settings of a single feature take precedence.

    Returns
    -------
    dict of str to array of shape (..., rows, frames), or Stacked
        The features by name, in the order of `features`; or (`values`, `rows`), where row 3 of mfcc is called
        "mfcc_3".

    Raises
    ------
    ParameterError
        If a feature or a setting is not known, a feature cannot use the signal or a setting, or the features
        to be stacked differ in their number of frames.

    Examples
    --------
    >>> import numpy as np
    >>> import voicefeat as vf
    >>> y = np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)
    >>> features = vf.extract(y, 22050, ["mfcc", "spectral_centroid"], hop_length=256)
    >>> {name: values.shape for name, values in features.items()}
    {'mfcc': (20, 87), 'spectral_centroid': (1, 87)}
    >>> values, rows = vf.extract(y, 22050, {"mfcc": {"n_mfcc": 2}, "spectral_flatness": {}}, stack=True)
    >>> values.shape, rows
    ((3, 44), ['mfcc_0', 'mfcc_1', 'spectral_flatness_0'])
    """
    asked = check_features(features)
    calls = [(feature, keywords(feature, sr, own, shared)) for feature, own in asked]
    check_shared([feature for feature, _ in calls], shared)
    stack = check_bool("stack", stack)
    y = signal(y)
    with empty_bands.collected() as messages:
        requests = [feature.request(y, given) for feature, given in calls]
        results = compute_requests(requests)
    values = {feature.name: result for (feature, _), result in zip(calls, results, strict=True)}
    for message in dict.fromkeys(messages):  # several features can share a bank
        empty_bands.tell(message)
    return _stacked(values) if stack else values


def check_features(features: Any, argument: str = "features") -> list[tuple[Feature, Mapping[str, Any]]]:
    """Each feature with its own settings; `argument` is the name of the argument that asks for them."""
    try:
        names = None if isinstance(features, str) else list(features)
    except TypeError:  # an array of no dimensions looks iterable but is not
        names = None
    if names is None:
        fail(argument, features, "must be names of features", "give a list, for example ['mfcc', 'rms']")
    if not names:
        fail(argument, features, "names no feature", f"choose among {', '.join(FEATURES)}")
    found = [find(name, argument) for name in names]
    if len(set(names)) < len(names):
        fail(argument, features, "names a feature twice", "name each once")
    if not isinstance(features, Mapping):
        return [(feature, {}) for feature in found]
    for name, settings in features.items():
        if not isinstance(settings, Mapping):
            fail(f"{argument}[{name!r}]", settings, "must be a mapping of settings", "give {} for none")
    return list(zip(found, features.values(), strict=True))


def keywords(
    feature: Feature, sr: float, own: Mapping[str, Any], shared: Mapping[str, Any]
) -> dict[str, Any]:
    """The keyword arguments of a feature."""
    known = feature.settings
    for name in own:
        if name not in known:
            _unknown(name, own[name], feature.name, known)
    found = {"sr": sr} if feature.has_rate else {}
    for name, value in shared.items():
        if name in known:
            found[name] = value
    found.update(own)
    return found


def check_shared(features: list[Feature], shared: Mapping[str, Any]) -> None:
    """Refuse a shared setting that none of the features has."""
    if not shared:
        return
    every = {name for feature in features for name in feature.settings}
    for name in shared:
        if name not in every:
            _unknown(name, shared[name], " or ".join(feature.name for feature in features), every)


def _unknown(name: str, value: Any, whose: str, known: Iterable[str]) -> None:
    near = difflib.get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"choose among {', '.join(sorted(known))}"
    fail(name, value, f"is not a setting of {whose}", hint)


def _stacked(features: Mapping[str, np.ndarray]) -> Stacked:
    counts = {name: values.shape[-1] for name, values in features.items()}
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise ParameterError(
            f"stack=True: features differ in their number of frames ({listed}); give one hop_length"
        )
    for name, values in features.items():
        if values.dtype.kind == "c":
            fail("stack", True, f"{name} is complex and the others are not", "use spectrogram in its place")
    rows = [f"{name}_{i}" for name, values in features.items() for i in range(values.shape[-2])]
    return Stacked(np.concatenate(list(features.values()), axis=-2), rows)
