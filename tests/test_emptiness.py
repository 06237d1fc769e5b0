"""Filters without a bin: said once, with how many and which is the first, at the line of the caller."""

import dataclasses
import inspect
import pickle
import subprocess
import sys
import warnings

import numpy as np
import pytest
import soundfile

import voicefeat as vf
from voicefeat import filters
from voicefeat.cli.main import main
from voicefeat.presets.catalogue import preset
from voicefeat.presets.stages import Bands, Compression, Frames, Signal, Spectrum

Y = np.random.default_rng(4).normal(size=4000)
SMALL = {"sr": 16000, "n_fft": 256}
with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)
    BANKS_OF_100 = filters.mel(n_mels=100, sr=16000, n_fft=256)


def said(call):
    """The messages of a call, each at a line of this file."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        call()
    assert all(w.category is UserWarning and w.filename == __file__ for w in found), found
    return [str(w.message) for w in found]


def told(weights):
    """How the message must begin."""
    empty = np.flatnonzero(~(weights.max(axis=1) > 0))
    return f"{empty.size} of {len(weights)} filters are empty, the first is filter {empty[0]} at "


BANKS = {
    "mel": lambda: filters.mel(n_mels=128, **SMALL),
    "mel htk": lambda: filters.mel(n_mels=60, htk=True, norm=None, **SMALL),
    "linear": lambda: filters.linear(n_filters=300, **SMALL),
    "kaldi": lambda: filters.bank(n_filters=80, fmin=20.0, slopes="scale", nyquist=False, **SMALL),
    "torchaudio": lambda: filters.bank(n_filters=128, scale="htk", sr=16000, n_fft=400),
    "whole bins": lambda: filters.bank(n_filters=80, edges="floor", norm="area", **SMALL),
    "inverted": lambda: filters.bank(n_filters=80, inverted=True, **SMALL),
    "with 0 Hz": lambda: filters.bank(n_filters=80, dc=True, **SMALL),
    "labelled": lambda: filters.bank(n_filters=80, labelled=100, **SMALL),
    "rectangles": lambda: filters.bank(n_filters=400, scale="hz", shape="rectangle", **SMALL),
}


@pytest.mark.parametrize("name", BANKS)
def test_every_bank_says_it_once(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        weights = BANKS[name]()
    [message] = said(BANKS[name])
    assert message.startswith(told(weights))
    low, high = (float(x) for x in message.split(" at ")[1].split(" Hz")[0].split(" to "))
    hertz = np.arange(129 if name != "torchaudio" else 201) * 16000 / (256 if name != "torchaudio" else 400)
    if name in ("mel", "mel htk", "linear", "kaldi", "torchaudio", "inverted", "with 0 Hz"):
        assert not ((hertz > low * 1.001) & (hertz < high * 0.999)).any(), message  # %.4g of the edges


FEATURES = {
    "melspectrogram": lambda: vf.melspectrogram(Y, 16000, n_fft=256, hop_length=128),
    "mfcc": lambda: vf.mfcc(Y, 16000, n_fft=256, hop_length=128),
    "mfcc of one more setting": lambda: vf.mfcc(Y, 16000, n_fft=256, hop_length=128, n_mfcc=13),
    "linear_spectrogram": lambda: vf.linear_spectrogram(Y, 16000, n_fft=128, n_filters=200),
    "lfcc": lambda: vf.lfcc(Y, 16000, n_fft=128, n_filters=200),
}


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_says_it_once_a_call(name):
    """As often as it is called: a chain that is remembered is not a reason to be silent at another line."""
    for _ in range(2):
        [message] = said(FEATURES[name])
        bank = filters.linear if name[0] == "l" else filters.mel
        size = {"n_filters": 200, "n_fft": 128} if name[0] == "l" else {"n_fft": 256}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            assert message.startswith(told(bank(sr=16000, **size)))
        assert ("n_filters" if name[0] == "l" else "n_mels") in message


@pytest.mark.parametrize("call", ["mel_to_stft", "mel_to_audio"])
def test_what_goes_back_says_it_too(call):
    M = np.abs(np.random.default_rng(0).normal(size=(100, 9)))
    [message] = said(lambda: getattr(vf, call)(M, sr=16000, n_fft=256))
    assert message.startswith(told(BANKS_OF_100)) and "fewer bands" in message and "n_mels" not in message


def test_one_line_says_it_once():
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("default")
        for _ in range(3):
            vf.mfcc(Y, 16000, n_fft=256, hop_length=128)
        vf.mfcc(Y, 16000, n_fft=256, hop_length=128)
    assert len(found) == 2


def parts(**bank):
    given = (("n_filters", 128), ("scale", "htk"), *bank.items())
    return Frames(400, 160, 400, "hann", False), Spectrum(2.0), Bands("bank", tuple(sorted(given)))


def test_a_front_end_says_it_when_it_is_made():
    made = []
    [message] = said(lambda: made.append(vf.FrontEnd(Signal(rate=16000), *parts(), Compression("ln"))))
    assert message.startswith("4 of 128 filters are empty, the first is filter 0 at 0 to ")
    fe = made[0]
    assert not said(lambda: fe(Y)) and not said(lambda: pickle.loads(pickle.dumps(fe))(Y))
    assert len(said(lambda: fe.replace(hop_length=80))) == 1
    assert len(said(lambda: dataclasses.replace(fe, row="x"))) == 1
    assert len(said(lambda: vf.FrontEnd.from_toml(fe.to_toml()))) == 1
    assert not said(lambda: fe.replace(n_filters=40))


def test_a_front_end_without_a_rate_says_it_when_it_knows_one():
    made = []
    assert not said(lambda: made.append(vf.FrontEnd(Signal(), *parts())))
    assert len(said(lambda: made[0](Y, 16000))) == 1


@pytest.mark.processes
def test_published_front_ends_are_made_without_a_word_and_their_notes_say_it():
    code = "import voicefeat as vf; [vf.frontend(n) for n in vf.frontends()]"
    done = subprocess.run([sys.executable, "-W", "error::UserWarning", "-c", code], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    from voicefeat.presets.banks import empty_filters

    noted = []
    for name in vf.frontends():
        known = preset(name)
        fe = known.front_end
        if fe.signal.rate is None or fe.bands is None:
            continue
        if message := empty_filters(fe.bands, 16000.0, fe.framing.n_fft):
            count, of = message.split()[0], message.split()[2]
            noted.append(name)
            assert "no bin" in known.note and (f"{count} of the {of}" in known.note or count == "1"), name
            assert not said(lambda fe=fe: vf.FrontEnd.from_toml(fe.to_toml()))
    assert "torchaudio-mel" in noted and len(noted) == 6


def test_what_is_refused_is_not_told_as_well():
    def call():
        with pytest.raises(vf.ParameterError, match="n_filters"):
            vf.ssc(Y, 16000, n_filters=120)

    assert not said(call)
    assert "Warns" in inspect.getdoc(filters.bank)


def test_features_with_one_bank_say_it_once():
    assert len(said(lambda: vf.extract(Y, 16000, ["mfcc", "melspectrogram"], n_fft=256))) == 1
    two = {"mfcc": {}, "melspectrogram": {"n_mels": 100}}
    assert len(said(lambda: vf.extract(Y, 16000, two, n_fft=256))) == 2


@pytest.mark.parametrize("call", [
    lambda: vf.cqt(Y), lambda: vf.hybrid_cqt(Y), lambda: vf.chroma_cens(Y), lambda: vf.tonnetz(Y),
    lambda: vf.chroma_stft(S=np.ones((1025, 5))), lambda: vf.estimate_tuning(Y * 0), lambda: vf.stft(Y[:999]),
    lambda: vf.extract(Y, 22050, ["tonnetz"]),
])  # fmt: skip
def test_other_warnings_are_at_the_line_of_the_caller_too(call):
    assert len(said(call)) == 1


def test_a_corpus_says_it_with_its_recordings(tmp_path, capfd):
    pytest.importorskip("pyarrow")
    soundfile.write(tmp_path / "a.wav", np.clip(Y / 10, -1, 1), 16000)
    given = ["--feature", "mfcc", "--feature", "melspectrogram", "--set", "n_fft=256", "--sr", "16000"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert main(["extract", str(tmp_path / "a.wav"), *given, "--out", str(tmp_path / "out")]) == 0
    out = capfd.readouterr()
    assert (out.out + out.err).count("filters are empty") == 1
