"""Bad calls: each gets an error that names the argument, shows the value and says what would do.

A message reads ``argument=value: what is wrong; what would do``, and comes before any work is done.
"""

import re
import sys
import tracemalloc
import types

import numpy as np
import pytest
import soundfile
from bad_calls import (
    BAD_SIGNALS,
    BANDED,
    CEPSTRAL,
    FAULTS,
    FRAMED,
    NO_SIGNAL,
    OTHERS,
    RATED,
    SIGNALS,
    SR,
    WITH_RATE,
    Y,
    taken,
)

import voicefeat as vf
from voicefeat import errors
from voicefeat.feature.registry import FEATURES


def shown(value):
    """How a message shows a value: an array by its shape, a type by its name, the rest by its repr."""
    if isinstance(value, np.ndarray):
        return f"<array of shape {value.shape}, {value.dtype}>"
    if isinstance(value, type):
        return repr(np.dtype(value).name)
    return repr(value)[:60]


def wrong(function, args, named, fault, value):
    """What is wrong with the answer to a bad call: nothing if it is an error with all its parts."""
    try:
        function(*args, **named)
    except vf.ParameterError as error:
        message = str(error)
    else:
        return f"{fault}={shown(value)}: taken"
    given = re.escape(shown(value)) + (f"|{re.escape(repr(value))}" if isinstance(value, type) else "")
    pattern = rf"{fault}=({given}).*: \S.{{3,}}; \S.{{3,}}"
    if re.match(pattern, message, re.DOTALL):
        return ""
    return f"expected {fault}={shown(value)}: ...; ... and got {message}"


def bare(call):
    """`call` and its own arguments for a good signal."""
    return getattr(vf, call), (Y,), ({"sr": SR} if call in WITH_RATE else {})


@pytest.mark.parametrize("call", sorted({call for calls, *_ in FAULTS for call in calls}))
def test_settings(call):
    function, args, named = bare(call)
    mine = [(options, fault) for calls, options, fault in FAULTS if call in calls]
    found = [wrong(function, args, {**named, **o}, fault, o[fault]) for o, fault in mine]
    assert not any(found), "\n".join(filter(None, found))


@pytest.mark.parametrize("call", [call for call in SIGNALS if call not in FEATURES])
def test_signal(call):
    """`test_contract.py` has the functions of the registry."""
    function, _, named = bare(call)
    assert not taken(lambda y: function(y, **named))


@pytest.mark.parametrize("call", sorted({call for call, *_ in OTHERS}))
def test_other_arguments(call):
    mine = [(args, named, fault) for name, args, named, fault in OTHERS if name == call]
    found = [
        wrong(getattr(vf, call), args, named, fault, named[fault] if fault in named else args[0])
        for args, named, fault in mine
    ]
    assert not any(found), "\n".join(filter(None, found))


@pytest.mark.parametrize("call", RATED)
def test_neither_signal_nor_spectra(call):
    with pytest.raises(vf.ParameterError, match=r"^y=None: .*; .*S="):
        getattr(vf, call)(sr=SR)


@pytest.mark.filterwarnings("ignore:.*mostly padding:UserWarning")
@pytest.mark.parametrize("call", FRAMED)
@pytest.mark.parametrize(
    ("samples", "options", "pattern"),
    [
        (100, {"center": False}, r"n_fft=2048: .*100.*; .*center=True"),
        (1024, {"pad_mode": "reflect"}, r"pad_mode='reflect': .*1024.*; .*constant"),
        (1023, {"pad_mode": "symmetric"}, r"pad_mode='symmetric': .*1023.*; .*constant"),
    ],
)
def test_too_short(call, samples, options, pattern):
    function, _, named = bare(call)
    with pytest.raises(vf.ParameterError, match=pattern):
        function(Y[:samples], **named, **options)


@pytest.mark.parametrize(
    ("call", "good", "bad"),
    [
        ("mfcc", {"n_mels": 41, "n_mfcc": 13}, {"n_mels": 41.0, "n_mfcc": 13}),
        ("mfcc", {"n_mfcc": 13}, {"n_mfcc": 13.0}),
        ("mfcc", {"dct_type": 3}, {"dct_type": 3.0}),
        ("mfcc", {"lifter": 1}, {"lifter": True}),
        ("lfcc", {"n_filters": 21}, {"n_filters": 21.0}),
        ("melspectrogram", {"n_fft": 400}, {"n_fft": 400.0}),
        ("spectrogram", {"power": 1}, {"power": True}),
        ("chroma_stft", {"n_chroma": 13, "tuning": 0.0}, {"n_chroma": 13.0, "tuning": 0.0}),
    ],
)
def test_an_equal_value_of_another_type_stays_refused(call, good, bad):
    """What was called before does not matter: settings are remembered together with their types."""
    function, args, named = bare(call)
    function(*args, **named, **good)
    with pytest.raises(vf.ParameterError):
        function(*args, **named, **bad)


def test_unknown_keywords_are_refused():
    for call in FRAMED:
        function, args, named = bare(call)
        with pytest.raises(TypeError, match="n_ftt"):
            function(*args, **named, n_ftt=512)


def test_a_parameter_error_is_a_value_error():
    assert issubclass(vf.ParameterError, ValueError)
    assert issubclass(vf.AudioError, ValueError)


class Untouchable(np.ndarray):
    """An array that cannot be looked into: any work on its samples fails the test."""

    def __array_ufunc__(self, *args, **named):
        pytest.fail("samples were touched before the settings were checked")

    def __array_function__(self, *args, **named):
        pytest.fail("samples were touched before the settings were checked")


LATE = [
    *[(call, {"lifter": -1}) for call in CEPSTRAL],
    *[(call, {"n_mels": 0}) for call in ("melspectrogram", "mfcc")],
    *[(call, {"window": "hamn"}) for call in FRAMED],
    *[(call, {"power": -1}) for call in ("spectrogram", *BANDED)],
    ("chroma_stft", {"n_chroma": 0}),
    ("chroma_stft", {"norm": "max"}),
    ("estimate_tuning", {"resolution": 0}),
]


@pytest.mark.parametrize(("call", "options"), LATE, ids=lambda v: v if isinstance(v, str) else ",".join(v))
def test_settings_are_checked_before_the_samples(call, options):
    """The error is that of the setting even if a sample is not finite, and a long recording is not copied."""
    function, _, named = bare(call)
    for y in (Y.view(Untouchable), BAD_SIGNALS["NaN"], NO_SIGNAL):
        with pytest.raises(vf.ParameterError, match=f"^{next(iter(options))}="):
            function(y, **named, **options)
    hour = np.broadcast_to(np.float32(0.1), (3600 * SR,))
    tracemalloc.start()
    try:
        with pytest.raises(vf.ParameterError):
            function(hour, **named, **options)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < hour.nbytes / 200, "the recording was copied before the setting was refused"


def write(path, content=None, frames=SR):
    soundfile.write(path, Y[:frames], SR)
    if content is not None:
        path.write_bytes(content(path.read_bytes()))
    return path


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.wav", lambda b: b"", "empty|no bytes|0 bytes"),
        ("text.wav", lambda b: b"this is not a recording\n" * 50, "not|no"),
        ("half.flac", lambda b: b[: len(b) // 2], "flac|truncated|cut|damaged|early"),
        ("half.wav", lambda b: b[: len(b) // 2], "fewer|truncated|cut|early"),
        ("header.wav", lambda b: b[:44], "no samples|0 of the"),
    ],
)
def test_file(tmp_path, name, content, words):
    path = write(tmp_path / name, content)
    with pytest.raises(vf.AudioError) as caught:
        vf.load(path)
    message = str(caught.value)
    assert name in message
    assert re.search(words, message, re.IGNORECASE), message
    assert re.search(r"; \S.{3,}", message, re.DOTALL), f"{message!r} does not say what would do"


def test_missing_file(tmp_path):
    with pytest.raises(vf.AudioError, match=r"nowhere\.wav.*; "):
        vf.load(tmp_path / "nowhere.wav")
    with pytest.raises(FileNotFoundError):
        vf.load(tmp_path / "nowhere.wav")


def test_a_folder_is_no_recording(tmp_path):
    with pytest.raises(vf.AudioError, match=re.escape(tmp_path.name)):
        vf.load(tmp_path)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("mffc", "did you mean 'mfcc'? 'voicefeat features' lists all "),
        ("Gammatone", "did you mean 'gammatone_spectrogram'? "),
        ("chroma", "did you mean 'chroma_stft', 'chroma_cqt', 'chroma_vqt' or 'chroma_cens'? "),
        ("xyzzy", "no such feature; 'voicefeat features' lists all "),
        (5, "must be a text; 'voicefeat features' lists all "),
    ],
)
def test_features_that_may_be_meant(name, told):
    with pytest.raises(vf.ParameterError) as refusal:
        vf.extract(np.zeros(SR), SR, [name])
    assert told in str(refusal.value) and "\n" not in str(refusal.value)


def test_at_most_ten_names_are_suggested():
    with pytest.raises(vf.ParameterError) as refusal:
        vf.extract(np.zeros(SR), SR, ["c"])
    assert str(refusal.value).count("'") == 2 * (10 + 1) + 2  # ten names, the command, and the name itself


def test_another_thread_may_be_importing_masked_arrays(monkeypatch):
    """Its module is listed before it has any names."""
    masked = np.ma.masked_array([1.0, 2.0], [True, False])
    assert errors.has_masked(masked)
    monkeypatch.setitem(sys.modules, "numpy.ma", types.ModuleType("numpy.ma"))
    assert not errors.has_masked(np.ones(3))
