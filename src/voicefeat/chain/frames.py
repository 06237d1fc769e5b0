"""The frames of a signal, as a value."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

import numpy as np

from .. import filters
from .._typing import PadMode, Window
from ..errors import LONGEST, check_choice, check_float, check_int, fail, to_array
from ..filters import empty_bands

PAD_MODES = ("constant", "edge", "linear_ramp", "reflect", "symmetric")
#: Largest frame length and hop of a front end in samples: six minutes of audio at 48 kHz.
MOST_SAMPLES = 1 << 24


def check_flag(name: str, value: Any) -> None:
    """Refuse everything but Python's own True and False: only they can be written to a file."""
    if not isinstance(value, bool):
        fail(name, value, "must be True or False", "give one of them")


@dataclass(frozen=True)
class WindowArray:
    """A window given as numbers."""

    values: tuple[float, ...]


def window_value(window: Any) -> Any:
    """A hashable form of `window`: arrays and lists become `WindowArray`, the rest is unchanged."""
    if isinstance(window, (list, np.ndarray)):
        array = np.asarray(to_array("window", window))
        if array.ndim != 1 or array.dtype.kind not in "fiu" or not np.isfinite(array).all():
            fail(
                "window",
                window,
                "must hold finite numbers in one dimension",
                "give an array of win_length numbers",
            )
        return WindowArray(tuple(array.astype(np.float64).tolist()))
    if isinstance(window, tuple):
        window = tuple(tuple(part) if isinstance(part, list) else part for part in window)
    try:
        hash(window)
    except (TypeError, ValueError):  # numpy raises the latter for times without a unit
        fail("window", window, "is not a window", 'give a name such as "hann", (name, parameter) or an array')
    return window


@dataclass(frozen=True)
class Frames:
    """Frames of a signal: `n_fft` samples every `hop_length`, under a window of `win_length`.

    `center` pads n_fft // 2 samples at both ends in `pad_mode`, so that frame t is centred on sample
    t * hop_length. The other fields are settings of front ends that librosa does not have:

    align        position of the window in a longer frame: in its "center", or at its "left"; the length of a
                 frame is then `win_length`
    partial      what to do with an incomplete last frame: "drop" it, "pad" it with zeros, or "mirror" the
                 signal at both ends, with one frame per hop, centred on the middle of the hop (Kaldi)
    trim         number of frames left out at the end
    remove_dc    whether the mean of each frame is subtracted
    preemphasis  coefficient a of each frame's pre-emphasis, x[i] - a x[i - 1]; x[0] - a x[0] at its start
    """

    n_fft: int = 2048
    hop_length: int = 512
    win_length: int = 2048
    window: Window | WindowArray = "hann"
    center: bool = True
    pad_mode: PadMode = "constant"
    align: Literal["center", "left"] = "center"
    partial: Literal["drop", "pad", "mirror"] = "drop"
    trim: int = 0
    remove_dc: bool = False
    preemphasis: float = 0.0
    #: The argument of the frame length, for errors.
    length_name: ClassVar[str] = "n_fft"

    @classmethod
    def make(
        cls, n_fft: Any, hop_length: Any, win_length: Any, window: Any, center: Any, pad_mode: Any
    ) -> Self:
        """Checked frames; `win_length` defaults to `n_fft`, `hop_length` to a quarter of `win_length`."""
        name = cls.length_name
        n_fft = check_int(name, n_fft, unit="samples", remedy=f"try {name}=2048")
        if n_fft > LONGEST:
            fail(name, n_fft, f"a frame has at most {LONGEST} samples", f"try {name}=2048")
        if n_fft < 2:
            fail(name, n_fft, "a frame needs 2 samples or more", f"try {name}=2048")
        if win_length is None:
            win_length = n_fft
        win_length = check_int("win_length", win_length, unit="samples", remedy=f"try win_length={n_fft}")
        if win_length > n_fft:
            fail(
                "win_length",
                win_length,
                f"is longer than n_fft={n_fft}",
                f"give at most {n_fft}, or a larger n_fft",
            )
        if hop_length is None:
            hop_length = max(1, win_length // 4)
        hop_length = check_int(
            "hop_length", hop_length, unit="samples", remedy=f"try hop_length={max(1, win_length // 4)}"
        )
        if not isinstance(center, (bool, np.bool_)):
            fail("center", center, "must be True or False", "give center=True for padded, centred frames")
        if center and (not callable(pad_mode) or isinstance(pad_mode, type)):
            if isinstance(pad_mode, str) and pad_mode in (
                "wrap",
                "maximum",
                "mean",
                "median",
                "minimum",
                "empty",
            ):
                fail(
                    "pad_mode",
                    pad_mode,
                    "is a mode of numpy.pad that cannot be used for frames",
                    f"choose one of {PAD_MODES}",
                )
            check_choice("pad_mode", pad_mode, PAD_MODES)
        pad_mode = pad_mode if center else "constant"
        frames = cls(n_fft, hop_length, win_length, window_value(window), bool(center), pad_mode)
        frames.window_array()  # checks the window
        return frames

    def check(self, stage: str) -> None:
        """Refuse a setting outside its range; `stage` is the name of the stage in a front end."""
        check_int(f"{stage}.n_fft", self.n_fft, least=2, unit="samples", most=MOST_SAMPLES)
        check_int(f"{stage}.hop_length", self.hop_length, unit="samples", most=MOST_SAMPLES)
        check_int(f"{stage}.win_length", self.win_length, unit="samples")
        check_flag(f"{stage}.center", self.center)
        if not callable(self.pad_mode):
            check_choice(f"{stage}.pad_mode", self.pad_mode, PAD_MODES)
        check_choice(f"{stage}.align", self.align, ("center", "left"))
        check_choice(f"{stage}.partial", self.partial, ("drop", "pad", "mirror"))
        check_int(f"{stage}.trim", self.trim, least=0, unit="frames")
        check_flag(f"{stage}.remove_dc", self.remove_dc)
        check_float(f"{stage}.preemphasis", self.preemphasis, low=0.0, high=1.0)

    @cached_property
    def length(self) -> int:
        """Length of a frame in samples."""
        return self.win_length if self.align == "left" else self.n_fft

    @cached_property
    def pad(self) -> int:
        """Number of samples by which the first frame begins before the signal."""
        if self.partial == "mirror":
            return self.length // 2 - self.hop_length // 2
        return self.n_fft // 2 if self.center else 0

    @cached_property
    def _least(self) -> float:
        """Length from which no signal is too short; infinite if that has to be checked case by case."""
        if self.trim or self.partial == "mirror":
            return math.inf
        if self.align == "left" or self.partial == "pad":
            return 0 if self.partial == "pad" else self.length
        if not self.center:
            return self.n_fft
        shortest: dict[PadMode, int] = {"reflect": self.pad + 1, "symmetric": self.pad}
        return shortest.get(self.pad_mode, 1)

    def count(self, n: int) -> int:
        """Number of frames of a signal of `n` samples."""
        if self.partial == "mirror":
            return (n + self.hop_length // 2) // self.hop_length - self.trim
        beyond = n + 2 * self.pad - self.length
        if self.partial == "pad":
            return max(1 - (-beyond // self.hop_length), 1) - self.trim
        return 1 + beyond // self.hop_length - self.trim

    def check_length(self, n: int) -> int:
        """The number of frames of a signal of `n` samples; refuses one too short to be framed or padded."""
        if n < self._least:
            self._check_length(n)
        return self.count(n)

    def _check_length(self, n: int) -> None:
        if (self.trim or self.partial == "mirror") and self.count(n) < 1:
            least = self.hop_length * (1 + self.trim)
            fail("y", n, f"is too few samples for one frame every {self.hop_length}", f"give {least} or more")
        if self.align == "left" or self.partial != "drop":
            if self.partial == "drop" and n < self.length:
                fail(
                    "win_length",
                    self.win_length,
                    f"the signal has {n} samples, fewer than one frame",
                    f"give a signal of {self.length} samples or more",
                )
        elif not self.center:
            if n < self.n_fft:
                fail(
                    self.length_name,
                    self.n_fft,
                    f"the signal has {n} samples, fewer than one frame",
                    f"give {self.length_name} of at most {n}, or center=True",
                )
        elif self.pad_mode == "reflect" and n <= self.pad:
            fail(
                "pad_mode",
                self.pad_mode,
                f"needs more than {self.pad} samples to reflect, the signal has {n}",
                f"use pad_mode='constant' or a smaller {self.length_name}",
            )
        elif self.pad_mode == "symmetric" and n < self.pad:
            fail(
                "pad_mode",
                self.pad_mode,
                f"needs {self.pad} samples or more to mirror, the signal has {n}",
                f"use pad_mode='constant' or a smaller {self.length_name}",
            )

    def warn_if_mostly_padding(self, n: int) -> None:
        """Warn, as librosa does, if `n` samples are fewer than a centred frame."""
        if self.center and self.n_fft > n:
            problem = f"is longer than the signal of {n} samples: frames are mostly padding"
            empty_bands.warn(f"n_fft={self.n_fft} {problem}")

    def _window(self) -> np.ndarray:
        window = np.asarray(self.window.values) if isinstance(self.window, WindowArray) else self.window
        return np.asarray(filters.get_window(window, self.win_length), dtype=np.float64)

    def scaled(self, scale: float) -> Frames:
        """The frames of a signal `scale` times as large: the window is multiplied in place of the samples."""
        return replace(self, window=WindowArray(tuple((scale * self._window()).tolist())))

    def window_array(self) -> np.ndarray:
        """The window in float64, centred in `n_fft` samples."""
        values = self._window()
        before = 0 if self.align == "left" else (self.n_fft - self.win_length) // 2
        return np.pad(values, (before, self.n_fft - self.win_length - before))


class PlainFrames(Frames):
    """Frames of functions whose frame length is called `frame_length`."""

    length_name = "frame_length"
