"""Every feature of a signal: its name, the meaning of a row, and the frames that a frame depends on.

One line here adds a feature to the command line, the contract tests, the benchmarks and the manual.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..errors import MOST_NEAR, ParameterError, format_value, near_names

if TYPE_CHECKING:
    import numpy as np

    from ..chain.constantq.slices import Slices
    from ..chain.frames import Frames
    from ..chain.jobs import Request
    from .recipe import Recipe

__all__ = ["FEATURES", "Feature", "find"]


#: Arguments that are not settings: the signal and its rate, spectra given in its place, and `out`.
INPUTS = ("y", "sr", "S", "C", "V", "chroma", "out")


@dataclass(frozen=True)
class Whole:
    """When a frame depends on the whole clip: `test` tells it from the settings.

    `setting` is the one that makes it so, if there is one, and `remedy` what to give in its place.
    """

    test: Callable[[Mapping[str, Any]], bool]
    setting: str | None
    remedy: str

    def __call__(self, settings: Mapping[str, Any]) -> bool:
        return self.test(settings)


def _floor(settings: Mapping[str, Any]) -> bool:
    if settings.get("linear"):
        return False
    top_db = settings.get("top_db", "auto")
    return settings.get("log", "db") == "db" if isinstance(top_db, str) else top_db is not None


ALWAYS = Whole(lambda settings: True, None, "compute it from the complete recording")
UNSLICED = Whole(lambda settings: True, "block", "block=4.0")
FLOOR = Whole(_floor, "top_db", "top_db=None")
TUNED = Whole(lambda settings: settings.get("tuning") is None, "tuning", "tuning=0.0")
MEASURED = Whole(
    lambda settings: callable(settings.get("ref_magnitude")), "ref_magnitude", "ref_magnitude=None"
)
RECURSIVE = Whole(lambda settings: settings.get("method", "filter") == "filter", "method", "method='fft'")
RELATIVE = Whole(lambda settings: bool(settings.get("relative")), "relative", "relative=False")
CALLED = Whole(lambda settings: callable(settings.get("ref")), "ref", "ref=1.0")


@dataclass(frozen=True)
class Feature:
    """One feature: a function ``f(y, sr, **settings)`` that returns ``(..., rows, frames)``."""

    name: str
    #: The meaning of one row.
    row: str
    #: When settings make a frame depend on the whole clip (a floor below its maximum, say).
    clips: tuple[Whole, ...] = ()
    #: The setting that is the length of a frame in samples; None where frames have no one length.
    frame: str | None = "n_fft"
    #: Frames before it that a frame depends on as well.
    left: int = 0

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process finds the feature by its name."""
        return find, (self.name,)

    @cached_property
    def function(self) -> Callable[..., Any]:
        # Through the public names, which know the file of each function and load it when first used.
        return getattr(import_module(__package__.partition(".")[0]), self.name)

    @cached_property
    def recipe(self) -> Recipe | None:
        """The recipe of a chain that can share spectra with other chains; None for other features."""
        return getattr(self.function, "recipe", None)

    def frames(self, settings: Mapping[str, Any]) -> Frames | None:
        """The frames of the feature with these settings; None if they have no one length or hop."""
        every = {**self._defaults, **settings}
        made = None if self.recipe is None else self.recipe.frames(every)
        framing = getattr(self.function, "framing", None)
        return framing.frames(every) if made is None and framing is not None else made

    def slices(self, settings: Mapping[str, Any]) -> tuple[Slices, int] | None:
        """The slices of a recording with these settings, and the frames to each side that deltas reach.

        None for a feature that is not computed in slices.
        """
        make = getattr(self.function, "slicing", None)
        if make is None:
            return None
        every = {**self._defaults, **settings}
        found: tuple[Slices, int] | None = make(*[every[name] for name in inspect.signature(make).parameters])
        return found

    @property
    def chain(self) -> bool:
        """Whether it is a chain from frames."""
        return self.recipe is not None

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        """All arguments except the signal, with their defaults."""
        parameters = inspect.signature(self.function).parameters.values()
        return {p.name: p.default for p in parameters if p.kind is not p.VAR_KEYWORD and p.name != "y"}

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return {name: value for name, value in self._defaults.items() if name not in INPUTS}

    @property
    def settings(self) -> dict[str, Any]:
        """The keyword arguments without the inputs of the feature, with their defaults."""
        return self._settings.copy()

    def context(self, settings: Mapping[str, Any] | None = None) -> tuple[int, int] | str:
        """The frames that a frame depends on: how many before and after it, or ``"clip"`` for all.

        Examples
        --------
        >>> find("rms").context(), find("plp").context()
        ((0, 0), (1, 0))
        >>> find("mfcc").context(), find("mfcc").context({"top_db": None})
        ('clip', (0, 0))
        """
        return "clip" if self.whole(settings) else (self.left, 0)

    def whole(self, settings: Mapping[str, Any] | None = None) -> Whole | None:
        """What makes a frame depend on the whole clip with these settings; None if nothing does."""
        every = {**self.settings, **(settings or {})}
        return next((clip for clip in self.clips if clip(every)), None)

    @cached_property
    def has_rate(self) -> bool:
        """Whether the function takes `sr` (a spectrogram does not)."""
        return "sr" in self._defaults

    def request(self, y: np.ndarray, settings: Mapping[str, Any]) -> Request:
        """The request for the checked signal `y` with these keyword arguments of the function.

        A feature that is not a chain has no jobs: its function is called when the jobs of others are done.
        """
        from ..chain.jobs import Request, first_result

        settings = {**self._defaults, **settings}
        recipe = self.recipe
        if recipe is None or recipe.alone(settings):
            return Request(y, (), lambda results: self.function(y, **settings))
        job = recipe.job(settings)
        return Request(job.accept(y), (job,), first_result)


_ALL = [
    Feature("stft", "frequency bin"),
    Feature("spectrogram", "frequency bin"),
    Feature("log_spectrogram", "frequency bin", clips=(FLOOR, CALLED)),
    Feature("melspectrogram", "mel band"),
    Feature("linear_spectrogram", "linear band"),
    Feature("mfcc", "coefficient", clips=(FLOOR,)),
    Feature("lfcc", "coefficient", clips=(FLOOR,)),
    Feature("chroma_stft", "pitch class", clips=(TUNED,)),
    Feature("spectral_centroid", "frequency"),
    Feature("spectral_bandwidth", "frequency"),
    Feature("spectral_rolloff", "frequency"),
    Feature("spectral_flatness", "flatness"),
    Feature("spectral_contrast", "octave band", clips=(FLOOR,)),
    Feature("poly_features", "polynomial coefficient"),
    Feature("scfc", "sub-band", frame="frame_length", left=1),
    Feature("scmc", "coefficient", frame="frame_length", left=1),
    Feature("ssfc", "coefficient", frame="frame_length", left=2),
    Feature("ssc", "mel band", frame="frame_length", left=1),
    Feature("bark_spectrogram", "critical band", frame="frame_length", left=1),
    Feature("plp", "coefficient", frame="frame_length", left=1),
    Feature("rasta_plp", "coefficient", clips=(ALWAYS,), frame="frame_length"),
    Feature("pncc", "coefficient", clips=(ALWAYS,), frame="win_length"),
    Feature("gammatone_spectrogram", "gammatone band", clips=(RECURSIVE,), frame="frame_length"),
    Feature("lpcc", "coefficient", frame="frame_length", left=1),
    Feature("apgdf", "coefficient", frame="frame_length", left=1),
    Feature("modified_group_delay", "frequency bin", clips=(RELATIVE,), frame="frame_length", left=1),
    Feature("mgd", "coefficient", clips=(RELATIVE,), frame="frame_length", left=1),
    Feature("cosine_phase", "coefficient", frame="frame_length", left=1),
    Feature("instantaneous_frequency", "frequency bin", frame="frame_length", left=2),
    Feature("rps", "coefficient", clips=(ALWAYS,), frame="win_length"),
    Feature("rms", "root mean square", frame="frame_length"),
    Feature("zero_crossing_rate", "rate", clips=(MEASURED,), frame="frame_length"),
    Feature("cqt", "constant-Q bin", clips=(ALWAYS,), frame=None),
    Feature("vqt", "variable-Q bin", clips=(ALWAYS,), frame=None),
    Feature("pseudo_cqt", "constant-Q bin", clips=(TUNED,), frame=None),
    Feature("hybrid_cqt", "constant-Q bin", clips=(ALWAYS,), frame=None),
    Feature("chroma_cqt", "pitch class", clips=(ALWAYS,), frame=None),
    Feature("chroma_vqt", "degree of the scale", clips=(ALWAYS,), frame=None),
    Feature("chroma_cens", "pitch class", clips=(ALWAYS,), frame=None),
    Feature("tonnetz", "tonal centroid", clips=(ALWAYS,), frame=None),
    Feature("cqcc", "coefficient", clips=(UNSLICED,), frame=None),
]

#: Features by name.
FEATURES: dict[str, Feature] = {f.name: f for f in _ALL}
ALL = f"'voicefeat features' lists all {len(FEATURES)}"


def find(name: str, argument: str = "feature") -> Feature:
    """The feature called `name`; `argument` is the caller's argument that holds the name.

    Raises
    ------
    ParameterError
        If there is none; names that contain it are suggested, at most ten, or the nearest one.
    """
    if not isinstance(name, str):
        raise ParameterError(f"{argument}={format_value(name)}: must be a text; {ALL}")
    if name in FEATURES:
        return FEATURES[name]
    near = [repr(one) for one in near_names(name, FEATURES)[:MOST_NEAR]]
    hint = f"did you mean {' or '.join(filter(None, [', '.join(near[:-1]), *near[-1:]]))}? " if near else ""
    raise ParameterError(f"{argument}={name!r}: no such feature; {hint}{ALL}")
