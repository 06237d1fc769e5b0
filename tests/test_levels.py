"""Soft signals: floors and small constants show there, and stand where the original programs have them."""

import golden
import numpy as np
import parity_run
import pytest
from front_end_references import REFERENCES as FRONT_ENDS
from parity import ROWS as ROWS_OF_PARITY
from parity_row import SLOW
from printed import FRAMES, LEVELS, PITCHES, PRINTED, ROWS, SR, STRENGTHS, clip, whole
from reference import REFERENCES

import voicefeat as vf
from voicefeat.presets.catalogue import preset

EPS = 2.0**-52
#: As the published programs have it, where it is not what the functions do by default.
SETTINGS = {name: {"labelled": 256} for name in ("bark_spectrogram", "plp", "rasta_plp")}
RATED = ("scfc", "scmc", "ssfc", "bark_spectrogram", "plp", "rasta_plp")
#: Linear prediction magnifies rounding.
TOLERANCE = {"lpcc": 1e-9, "apgdf": 1e-9}


def lfcc(function):
    """The LFCC of ASVspoof 2019 by the arguments of `lfcc`: its frames are 96 samples before the window."""

    def call(y):
        emphasised = np.append(y[0], y[1:] - 0.97 * y[:-1])
        return function(
            np.pad(emphasised, 96), SR, n_fft=512, hop_length=160, win_length=320, window=np.hamming(320),
            center=False, n_filters=20, log="log10", log_offset=EPS, amin=1e-300,
        )  # fmt: skip

    return call


def called(functions, name):
    """Our call of a printed feature, by a mapping of functions."""
    if name == "lfcc":
        return lfcc(functions["lfcc"])
    rate = (SR,) if name in RATED else ()
    return lambda y: functions[name](y, *rate, **SETTINGS.get(name, {}))


WRITTEN = [name for name in PRINTED if name != "mfcc"]
SIDES = [
    *((name, called({name: getattr(vf, name)}, name), "voicefeat") for name in WRITTEN),
    *((name, called(REFERENCES, name), "reference") for name in WRITTEN),
    ("lfcc", lambda y: vf.frontend("asvspoof2019-lfcc")(y, SR), "front end"),
    ("mfcc", lambda y: vf.frontend("sahidullah2015-mfcc")(y, SR), "front end"),
]


@pytest.mark.parametrize(("name", "function", "side"), SIDES, ids=[f"{s[0]}-{s[2]}" for s in SIDES])
def test_numbers_are_the_originals_at_every_level(name, function, side):
    for level, want in zip(LEVELS, np.array(PRINTED[name]), strict=True):
        got = function(level * clip())[np.ix_(ROWS, FRAMES)].T.ravel()
        known = np.isfinite(want)
        assert np.isfinite(got).all()
        error = np.abs(got - want)[known].max() / np.abs(want[known]).max()
        assert error < TOLERANCE.get(name, 1e-9), (level, got, want)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("function", [vf.srh_pitch, REFERENCES["srh_pitch"]], ids=["voicefeat", "reference"])
def test_pitch_is_covareps_at_every_level(function, level):
    """But where two pitches are all but as strong: COVAREP's frames are a sample or two longer or shorter."""
    pitch, strength, _ = function(level * whole(), SR, shift=1)
    assert pitch.shape == np.shape(PITCHES) and (pitch != PITCHES).sum() <= 2
    np.testing.assert_allclose(strength[::10], STRENGTHS, atol=1e-3)


def speech_features(name, y):
    """python_speech_features itself, by the name of our front end."""
    import python_speech_features as psf

    loud = 32768 * y
    return {
        "mfcc": lambda: psf.mfcc(loud, SR),
        "mfcc-unit": lambda: psf.mfcc(y, SR),
        "fbank": lambda: psf.fbank(loud, SR)[0],
        "energy": lambda: psf.fbank(loud, SR)[1][:, np.newaxis],
        "logfbank": lambda: psf.logfbank(loud, SR),
        "delta": lambda: psf.delta(psf.mfcc(loud, SR), 2),
        "ssc": lambda: psf.ssc(loud, SR),
    }[name]().T


@pytest.mark.parametrize("name", ["mfcc", "mfcc-unit", "fbank", "energy", "logfbank", "delta", "ssc"])
def test_python_speech_features_at_every_level(name):
    """It puts a number for values of exactly 0 only; a floor under all of them changed soft clips."""
    own = f"python-speech-features-{name}"
    for level in LEVELS:
        want = speech_features(name, level * clip())
        got = vf.frontend(own)(level * clip(), SR)
        assert np.abs(got - want).max() <= preset(own).error * np.abs(want).max(), level


@pytest.mark.parametrize("factor", [1e-19, 1e-20, 1e-21, 1e-22, 1e-30])
def test_centroids_stay_in_their_bands_where_powers_underflow(factor):
    found = vf.ssc((factor * clip()).astype(np.float32), SR)
    assert (found > 0).all() and (found < SR / 2).all()


#: Coefficients 0 to 3 that ``mfcc(1e-5 * clip(), 16000)`` of python_speech_features 0.6 gives in silence and
#: in two pauses, whose bands hold less than 2^-52.
SOFT = {
    30: [-36.0436533891, 0.0, 0.0, 0.0],
    52: [-36.855395147, -35.0868573757, -8.51135883858, -12.538856033],
    90: [-36.8576299606, -32.0379090752, -3.27701439674, -6.14541555749],
}


def test_soft_cepstra_are_python_speech_features_own():
    got = vf.frontend("python-speech-features-mfcc-unit")(1e-5 * clip(), SR)
    for frame, want in SOFT.items():
        np.testing.assert_allclose(got[:4, frame], want, rtol=1e-10, atol=1e-11)


#: A row of each call of the parity table, but for what takes seconds.
FIRST = {row.call: row for row in reversed(ROWS_OF_PARITY) if row.call not in SLOW and row.given != "batch"}


@pytest.mark.parametrize("level", [1e-3, 1e-4, 1e-5])
@pytest.mark.parametrize("row", FIRST.values(), ids=str)
@pytest.mark.slow
def test_soft_signals_are_as_near_as_loud_ones(row, level, monkeypatch):
    """Of the table's calls, most of which librosa answers."""
    sounds = {"speech": level * whole()[:11200]}
    monkeypatch.setattr(parity_run, "sounds", lambda sr: sounds)
    monkeypatch.setattr(parity_run, "arguments", parity_run.arguments.__wrapped__)
    pytest.importorskip(row.needs)
    assert parity_run.error(row, "speech", SR, "float64") <= row.float64


def test_frequencies_next_to_nothing_are_tuned_like_others():
    """As librosa has it, which leaves out 0 and less only."""
    librosa = pytest.importorskip("librosa")
    soft = 1e-7 * np.array([1.0, 1.0, 2.0, 4.0, 450.0])
    for given in (soft, np.append(soft, [440.0, 880.0]), soft.astype(np.float32)):
        assert vf.pitch_tuning(given) == pytest.approx(librosa.pitch_tuning(given), abs=1e-9)
    assert vf.pitch_tuning(np.array([5e-324, 440.0])) == pytest.approx(0.0)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", ["project-mel", "project-mfcc"])
def test_the_projects_references_are_librosa(name, level):
    librosa = pytest.importorskip("librosa")
    from scipy.fft import dct

    want = np.log(librosa.feature.melspectrogram(y=level * clip(), sr=SR) + 1e-6)
    if name == "project-mfcc":
        want = dct(want, axis=0, norm="ortho")[:13]
    for got in (FRONT_ENDS[name](level * clip()), vf.frontend(name)(level * clip(), SR)):
        assert np.abs(got - want).max() < 2e-6 * np.abs(want).max()


@pytest.mark.parametrize("level", LEVELS)
def test_log_power_of_the_constant_q_transform(level):
    """ln(|c|^2 + eps), as cqcc.m has it, of the channels that the original toolbox gives."""
    samples, sr = golden.read_clips(golden.SMALL, golden.SMALL.parent)["short"]
    with np.load(golden.SMALL / "cqt_toolbox_2013__cqcc_b96.npz") as arrays:
        (name,) = arrays.files
        want = np.log(np.abs(level * arrays[name]) ** 2 + EPS)
    part = golden.split_name(name)[1]
    for function in (vf.cqcc_spectrum, REFERENCES["cqcc_spectrum"]):
        got = part.of(function(level * samples / 32768.0, sr, uniform=False))
        assert np.abs(got - want).max() < 1e-10 * np.abs(want).max()
