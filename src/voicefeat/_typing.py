"""The types of public signatures, each under one name.

They are plain aliases of `typing` and `numpy.typing`: a module that imports them loads nothing else, and
`typing.get_type_hints` works on every public function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "BankNorm",
    "ComplexArray",
    "DctNorm",
    "DctType",
    "Float64Array",
    "FloatArray",
    "FloatOrArray",
    "IntArray",
    "Intervals",
    "LogName",
    "PadMode",
    "ResType",
    "Rng",
    "Scale",
    "SignalLike",
    "StatisticName",
    "Values",
    "Window",
    "WindowName",
]

#: What a function returns: float32 or float64, by the precision of its input or its `dtype`.
FloatArray: TypeAlias = NDArray[np.floating[Any]]
Float64Array: TypeAlias = NDArray[np.float64]
#: A number for a number, an array for an array.
FloatOrArray: TypeAlias = np.floating[Any] | FloatArray
#: complex64 or complex128.
ComplexArray: TypeAlias = NDArray[np.complexfloating[Any, Any]]
IntArray: TypeAlias = NDArray[np.integer[Any]]

#: A signal, samples on the last axis: float32 or float64, or int16 or int32 PCM.
SignalLike: TypeAlias = ArrayLike
#: An array or a sequence of numbers, in contrast to one number.
Values: TypeAlias = NDArray[Any] | Sequence[Any]

#: Windows that need no parameter, for editors. Other names that SciPy has are accepted as well.
WindowName: TypeAlias = Literal[
    "hann", "hann_symmetric", "hamming", "hamming_symmetric", "blackman", "boxcar", "ones", "povey",
    "barthann", "bartlett", "blackmanharris", "bohman", "cosine", "flattop", "nuttall", "parzen", "triang",
]  # fmt: skip
#: "hann" or another name; a name with its parameters; Kaiser's beta; a function of the length; the values.
Window: TypeAlias = WindowName | str | tuple[Any, ...] | float | Callable[[int], ArrayLike] | ArrayLike
#: The logarithm of bands: 10 log10, or the natural or common logarithm.
LogName: TypeAlias = Literal["db", "ln", "log10"]
#: Statistics of `summarize` by name; quantiles such as "q0.05" are accepted as well.
StatisticName: TypeAlias = Literal["mean", "std", "median", "min", "max"]
#: How a centred signal is padded: a mode of `numpy.pad`, or a function as `numpy.pad` takes it.
PadMode: TypeAlias = (
    Literal["constant", "edge", "linear_ramp", "reflect", "symmetric"] | Callable[..., object]
)
#: Type of a cosine transform.
DctType: TypeAlias = Literal[1, 2, 3, 4]
#: Norm of a cosine transform.
DctNorm: TypeAlias = Literal["ortho"] | None
#: Norm of the filters of a bank: Slaney's unit area, none, or a p-norm.
BankNorm: TypeAlias = Literal["slaney"] | float | None
#: Scale on which the edges of filters are equally spaced.
Scale: TypeAlias = Literal["hz", "slaney", "htk"]
#: How a signal is resampled: by soxr, best to fastest, or by SciPy.
ResType: TypeAlias = Literal[
    "soxr_vhq", "soxr_hq", "soxr_mq", "soxr_lq", "soxr_qq", "fft", "scipy", "polyphase"
]
#: Steps of a scale: equal, stacked fifths, just intonation with primes up to 3, 5 or 7, or ratios.
Intervals: TypeAlias = Literal["equal", "pythagorean", "ji3", "ji5", "ji7"] | Values
#: What `numpy.random.default_rng` takes.
Rng: TypeAlias = int | Sequence[int] | np.random.SeedSequence | np.random.BitGenerator | np.random.Generator
