"""Messages name what the caller gave: an argument of the function that was called, not of one further in."""

import inspect
import re

import numpy as np
import pytest

import voicefeat as vf

Y = np.random.default_rng(8).normal(size=4000)
M = np.ones((20, 5))
#: What a function starts from, by the name of the argument.
GIVEN = {
    "frequencies": [440.0, 220.0], "note": "A4", "midi": 60, "notes": 60, "mels": [1.0], "octs": [1.0],
    "A4": 440.0, "tuning": 0.0, "fmin": 100.0, "n_bins": 12, "frames": [1, 2], "samples": [1, 2],
    "times": [0.5], "X": 5, "S": M, "S_db": M, "sr": 16000, "n_fft": 256, "Nx": 16, "window": "hann",
    "n_input": 24, "freqs": [440.0, 880.0],
}  # fmt: skip
JUNK = ["x", -1, 0, 2.5, True, None, float("nan"), float("inf"), -5.0, [], [0.0], object(), 1e-300, 3 + 1j]
CHEAP = [name for name, module in vf._modules().items() if module.startswith("units.")]
CHEAP += [f"filters.{name}" for name in vf.filters.__all__]


def function_of(name):
    room, _, last = name.rpartition(".")
    return getattr(vf.filters if room else vf, last)


@pytest.mark.parametrize("name", CHEAP)
@pytest.mark.filterwarnings("ignore")
def test_whatever_is_wrong_is_named_as_the_caller_called_it(name):
    function = function_of(name)
    named = inspect.signature(function).parameters
    needed = {k: GIVEN[k] for k, p in named.items() if p.default is p.empty and p.kind is not p.VAR_KEYWORD}
    for key, parameter in named.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        for value in JUNK:
            with np.errstate(all="ignore"):
                try:
                    function(**{**needed, key: value})
                except vf.ParameterError as problem:
                    first = re.match(r"\w+", str(problem))
                    assert first and first[0] in named, f"{key}={value!r}: {problem}"
                except Exception:  # of another kind, which test_errors.py and the fuzzer look at
                    pass


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: vf.hz_to_note(-5.0), "frequencies"),
        (lambda: vf.mel_to_audio(M, sr=16000, n_fft=256, power=1e-300), "power"),
        (lambda: vf.extract(Y, 16000, ["mfc"]), "features"),
        (lambda: vf.extract(Y, 16000, [0.5]), "features"),
        (lambda: vf.explain(M, "x", Y, 16000), "b"),
        (lambda: vf.filters.wavelet(freqs=[440.0, 880.0], alpha=np.inf), "alpha"),
        (lambda: vf.cqt(Y, 16000, filter_scale=1e-5), "filter_scale"),
        (lambda: vf.harmonic(np.full(4000, 3e38, np.float32)), "y"),
        (lambda: vf.percussive(np.full(4000, 3e38, np.float32)), "y"),
    ],
)
def test_what_was_named_otherwise(call, named):
    with np.errstate(all="ignore"), pytest.raises(vf.ParameterError, match=f"^{named}="):
        call()
