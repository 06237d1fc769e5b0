"""Several features in one pass: the numbers of the single calls, bit for bit, from spectra computed once."""

import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat.chain import program, spectra
from voicefeat.chain.block_loop import compute_requests
from voicefeat.engine import driver
from voicefeat.feature.registry import FEATURES

SR = 16000
NAMES = sorted(FEATURES)
CHAINS = [name for name in NAMES if FEATURES[name].recipe]
#: Those whose defaults are librosa's frames.
SPECTRAL = [name for name in CHAINS if ".spectral." in FEATURES[name].function.__module__]


@pytest.fixture(scope="module")
def voice():
    return np.ascontiguousarray(speech(SR)[:24321], dtype=np.float64)


def single(name, y, **settings):
    feature = FEATURES[name]
    rate = {"sr": SR} if feature.has_rate else {}
    return feature.function(y, **rate, **{k: v for k, v in settings.items() if k in feature.settings})


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
class TestTheNumbers:
    @pytest.mark.parametrize("shared", [{}, {"n_fft": 512, "hop_length": 160}, {"n_fft": 401}], ids=str)
    def test_of_the_single_calls(self, voice, dtype, shared):
        y = voice.astype(dtype)
        own = {"spectral_contrast": {"n_bands": 3}} if shared else {}
        asked = {name: own.get(name, {}) for name in CHAINS}
        made = vf.extract(y, SR, asked, **shared)
        assert list(made) == CHAINS
        for name, values in made.items():
            assert same(values, single(name, y, **shared, **own.get(name, {}))), name

    def test_of_every_feature(self, voice, dtype):
        y = voice.astype(dtype)
        for name, values in vf.extract(y, SR, NAMES).items():
            assert same(values, single(name, y)), name

    def test_of_pairs(self, voice, dtype):
        """Whatever is beside it, a feature is the same: also where one wants to overwrite the spectra."""
        y = voice.astype(dtype)
        alone = {name: single(name, y) for name in CHAINS}
        for first in CHAINS:
            for second in ("stft", "spectrogram", "mfcc", "chroma_stft", "spectral_contrast"):
                if first != second:
                    for name, values in vf.extract(y, SR, [first, second]).items():
                        assert same(values, alone[name]), (first, second, name)

    def test_of_a_batch(self, voice, dtype):
        y = voice.astype(dtype)[:24000].reshape(2, 3, 4000)
        for name, values in vf.extract(y, SR, CHAINS).items():
            assert same(values, single(name, y)), name

    def test_on_threads(self, voice, dtype):
        y = np.tile(voice.astype(dtype), 12)
        before = vf.get_num_threads()
        try:
            vf.set_num_threads(1)
            one = vf.extract(y, SR, CHAINS)
            vf.set_num_threads(2)
            two = vf.extract(y, SR, CHAINS)
        finally:
            vf.set_num_threads(before)
        assert all(same(one[name], two[name]) for name in CHAINS)

    def test_of_a_signal_too_long_to_remember(self, voice, dtype, monkeypatch):
        """A second pass computes spectra again where they are not kept."""
        y = voice.astype(dtype)
        want = vf.extract(y, SR, ["mfcc", "chroma_stft"])
        monkeypatch.setattr("voicefeat.chain.block_loop.MEMORY_BYTES", 0)
        for name, values in vf.extract(y, SR, ["mfcc", "chroma_stft"]).items():
            assert same(values, want[name])


def counted(monkeypatch):
    """The numbers of frames that are transformed, by the block loop or by the driver."""
    blocks = []
    fill, run = spectra.FramedSpectra.fill, program.Program.run

    def counting(self, *args):
        blocks.append(args[-1])
        fill(self, *args)

    def counting_run(self, *args):
        *_, first, end, todo = args
        if self.fills and todo & driver.FIRST:
            blocks.append(end - first)
        return run(self, *args)

    monkeypatch.setattr(spectra.FramedSpectra, "fill", counting)
    monkeypatch.setattr(program.Program, "run", counting_run)
    return blocks


class TestThePass:
    def test_spectra_are_computed_once(self, voice, monkeypatch):
        frames = 1 + len(voice) // 512
        blocks = counted(monkeypatch)
        assert len(SPECTRAL) > 10
        vf.extract(voice, SR, SPECTRAL)
        assert sum(blocks) == frames

    def test_once_for_each_way_of_framing(self, voice, monkeypatch):
        blocks = counted(monkeypatch)
        vf.extract(voice, SR, {"mfcc": {}, "lfcc": {"hop_length": 128}, "spectral_centroid": {}})
        assert sorted(set(blocks)) and sum(blocks) == 1 + len(voice) // 512 + 1 + len(voice) // 128

    def test_the_tuning_of_one_clip_is_found_in_spectra_that_are_kept(self, voice, monkeypatch):
        blocks = counted(monkeypatch)
        vf.chroma_stft(voice, SR)
        assert sum(blocks) == 1 + len(voice) // 512

    def test_an_error_leaves_nothing_behind(self, voice):
        with pytest.raises(vf.ParameterError, match="n_mfcc"):
            vf.extract(voice, SR, {"spectral_centroid": {}, "mfcc": {"n_mfcc": 1000}})
        assert isinstance(vf.mfcc(voice, SR), np.ndarray)

    def test_frequencies_of_each_frame(self, voice):
        """A descriptor that goes another way computes its own spectra."""
        drift = np.linspace(0, 8000, 1025)[:, None] + np.zeros((1, 1 + len(voice) // 512))
        made = vf.extract(voice, SR, {"mfcc": {}, "spectral_centroid": {"freq": drift}})
        assert same(made["spectral_centroid"], vf.spectral_centroid(voice, SR, freq=drift))


@pytest.mark.parametrize("name", CHAINS)
def test_a_recipe_has_the_settings_of_its_feature(name):
    """Each argument is a setting of the feature, and none is missing but what needs another way."""
    feature = FEATURES[name]
    arguments, settings = set(feature.recipe.arguments) - {"sr"}, set(feature.settings)
    assert arguments <= settings
    assert settings - arguments <= {"centroid"}


def test_requests_of_two_signals(voice):
    """Each signal has a pass of its own, and results come in the order of the requests."""
    other = voice[::-1].copy()
    asked = [("mfcc", voice), ("rms", other), ("spectral_centroid", other), ("spectral_rolloff", voice)]
    results = compute_requests([FEATURES[name].request(y, {}) for name, y in asked])
    for (name, y), values in zip(asked, results, strict=True):
        assert same(values, FEATURES[name].function(y)), name


def test_a_window_of_numbers_counts_by_its_numbers(voice):
    """It is looked up by what it holds: the same numbers again, and other numbers in the same array."""
    window = np.hanning(2048)
    first = vf.mfcc(voice, SR, window=window)
    assert same(vf.mfcc(voice, SR, window=window.tolist()), first)
    window[:1024] = 0
    halved = vf.mfcc(voice, SR, window=window)
    assert not same(halved, first) and same(vf.mfcc(voice, SR, window=window.copy()), halved)


def test_a_precision_of_its_own(voice):
    """A transform in double precision leaves the precision of the others as it is."""
    y = voice.astype(np.float32)
    features = vf.extract(y, SR, {"stft": {"dtype": np.complex128}, "mfcc": {}})
    assert same(features["stft"], vf.stft(y, dtype=np.complex128))
    assert same(features["mfcc"], vf.mfcc(y, SR))


class TestStacked:
    def test_rows_are_named(self, voice):
        values, rows = vf.extract(voice, SR, ["mfcc", "spectral_flatness", "spectral_contrast"], stack=True)
        assert rows == [*(f"mfcc_{i}" for i in range(20)), "spectral_flatness_0",
                        *(f"spectral_contrast_{i}" for i in range(7))]  # fmt: skip
        assert np.array_equal(values[20:21], vf.spectral_flatness(voice))

    def test_a_batch(self, voice):
        y = voice[:24000].reshape(2, 12000)
        values, rows = vf.extract(y, SR, ["mfcc", "spectral_flatness"], stack=True)
        assert values.shape == (2, len(rows), 24)

    def test_frames_must_agree(self, voice):
        with pytest.raises(vf.ParameterError, match=r"stack=True: .*mfcc 48, .*lfcc 191.*; .*hop_length"):
            vf.extract(voice, SR, {"mfcc": {}, "lfcc": {"hop_length": 128}}, stack=True)

    def test_complex_numbers_stay_out(self, voice):
        with pytest.raises(vf.ParameterError, match=r"stack=True: stft is complex.*; .*spectrogram"):
            vf.extract(voice, SR, ["mfcc", "stft"], stack=True)


@pytest.mark.parametrize(
    ("features", "shared", "message"),
    [
        ("mfcc", {}, r"features='mfcc': .*; .*\['mfcc'"),
        ([], {}, r"features=\[\]: .*; "),
        (3, {}, r"features=3: .*; "),
        (["mfcc", "mfcc"], {}, r"features=.*: names a feature twice; "),
        (["mfc"], {}, r"features='mfc': .*; did you mean 'mfcc'"),
        (["mfcc"], {"n_mcfc": 3}, r"n_mcfc=3: .*mfcc; did you mean 'n_mfcc'"),
        (["mfcc"], {"zebra": 3}, r"zebra=3: .*; choose among .*n_mfcc"),
        ({"mfcc": {"n_mcfc": 3}}, {}, r"n_mcfc=3: .*mfcc; did you mean 'n_mfcc'"),
        ({"mfcc": 13}, {}, r"features\['mfcc'\]=13: .*; give \{\}"),
        ({"mfcc": {}}, {"n_mfcc": 13.0}, r"n_mfcc=13.0: .*; "),
    ],
)
def test_bad_requests(voice, features, shared, message):
    with pytest.raises(vf.ParameterError, match="^" + message):
        vf.extract(voice, SR, features, **shared)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_bad_samples(voice, bad):
    y = voice.copy()
    y[77] = bad
    with pytest.raises(vf.ParameterError, match=r"^y=.*77"):
        vf.extract(y, SR, ["mfcc", "spectral_centroid"])
