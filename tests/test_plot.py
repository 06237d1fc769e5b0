"""Pictures: what the axes say, where things are drawn, what is drawn of long features."""

import subprocess
import sys

import numpy as np
import pytest
import soundfile

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402

import voicefeat as vf  # noqa: E402
from voicefeat.cli.main import main  # noqa: E402
from voicefeat.errors import escape  # noqa: E402
from voicefeat.feature.registry import FEATURES  # noqa: E402
from voicefeat.filters.banks import bank_centres  # noqa: E402

SR = 16000
LFCC = vf.frontend("asvspoof2019-lfcc")
Y = (np.sin(2 * np.pi * 440 * np.arange(SR) / SR) / 2).astype(np.float32)


@pytest.fixture(autouse=True)
def nothing_shown(monkeypatch):
    def show(*args, **named):
        pytest.fail("something was shown")

    monkeypatch.setattr(pyplot, "show", show)
    yield
    pyplot.close("all")


def ticks(ax):
    """Places and names of the ticks of the vertical axis that are in sight."""
    ax.figure.canvas.draw()
    low, high = ax.get_ylim()
    return {
        t.get_text(): t.get_position()[1] for t in ax.get_yticklabels() if low <= t.get_position()[1] <= high
    }


def colours(artist):
    """What is drawn, (rows, columns)."""
    return np.ma.filled(artist.get_array(), np.nan)


def row_at(artist, ax, hertz):
    """The row of a mesh that lies at a height of the axis."""
    edges = artist.get_coordinates()[:, 0, 1]
    return int(np.searchsorted(edges, hertz)) - 1


class TestSpectra:
    def test_hertz_and_seconds(self):
        S = vf.spectrogram(Y, n_fft=512, hop_length=160)
        image = vf.plot.spectrogram(S, SR, n_fft=512, hop_length=160, db=False)
        ax = image.axes
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("Time (s)", "Frequency (Hz)")
        x0, x1, y0, y1 = image.get_extent()
        assert (x0, x1) == pytest.approx((-0.005, (S.shape[1] - 0.5) * 0.01))
        assert (y0, y1) == pytest.approx((-SR / 512 / 2, SR / 2))
        assert ax.get_ylim() == (0, SR / 2)
        assert ax.get_xlim() == pytest.approx((x0, x1))
        np.testing.assert_array_equal(colours(image), S)

    def test_frames_that_are_not_centred_begin_later(self):
        S = vf.spectrogram(Y, n_fft=512, hop_length=160, center=False)
        image = vf.plot.spectrogram(S, SR, n_fft=512, hop_length=160, center=False)
        assert image.get_extent()[0] == pytest.approx(256 / SR - 0.005)

    def test_frame_and_hop_follow_from_the_bins(self):
        image = vf.plot.spectrogram(vf.stft(Y, n_fft=512), SR, feature="stft")
        assert image.get_extent()[0] == pytest.approx(-64 / SR)
        assert image.get_array().shape == (257, 126)

    def test_complex_spectra_are_drawn_as_magnitudes(self):
        D = vf.stft(Y, n_fft=512)
        np.testing.assert_array_equal(
            colours(vf.plot.spectrogram(D, SR, feature="stft", db=False)), np.abs(D)
        )

    def test_decibels(self):
        D = vf.stft(Y, n_fft=512)
        drawn = colours(vf.plot.spectrogram(D, SR, feature="stft", db=True))
        np.testing.assert_allclose(drawn, vf.amplitude_to_db(np.abs(D), ref=np.max), atol=1e-3)
        assert drawn.max() == 0
        assert drawn.min() == -80
        M = vf.melspectrogram(Y, SR)
        drawn = colours(vf.plot.spectrogram(M, SR, feature="melspectrogram", db=True, top_db=30.0))
        np.testing.assert_allclose(
            drawn.reshape(M.shape), vf.power_to_db(M, ref=np.max, top_db=30), atol=1e-3
        )

    def test_silence_in_decibels(self):
        drawn = colours(vf.plot.spectrogram(np.zeros((257, 9), np.float32), SR, n_fft=512))
        assert np.isfinite(drawn).all()

    @pytest.mark.parametrize("y_axis", ["mel", "log"])
    def test_other_spacings(self, y_axis):
        S = vf.spectrogram(Y, n_fft=512)
        mesh = vf.plot.spectrogram(S, SR, n_fft=512, y_axis=y_axis, db=False)
        ax = mesh.axes
        named = ticks(ax)
        assert {"250", "500", "1000", "2000", "4000", "8000"} <= set(named)
        assert all(float(name) == pytest.approx(place, rel=0.01) for name, place in named.items())
        drawn = colours(mesh).reshape(-1, S.shape[1])
        np.testing.assert_array_equal(drawn, S if y_axis == "mel" else S[1:])
        assert drawn[:, 50].argmax() == row_at(mesh, ax, 440)
        # 250 to 500 Hz takes as much room as 500 to 1000 on one, and half of it on the other.
        low, middle, high = (ax.transData.transform((0, hz))[1] for hz in (250, 500, 1000))
        assert (high - middle) / (middle - low) == pytest.approx(1 if y_axis == "log" else 2)


class TestBands:
    def test_mel(self):
        bank = {"n_mels": 40, "fmin": 100.0, "fmax": 7000.0, "htk": True}
        M = vf.melspectrogram(Y, SR, **bank)
        mesh = vf.plot.spectrogram(M, SR, feature="melspectrogram", **bank)
        assert mesh.axes.get_ylabel() == "Frequency (Hz)"
        named = ticks(mesh.axes)
        assert list(named) == ["250", "500", "1000", "2000", "4000"]
        assert list(named.values()) == [250, 500, 1000, 2000, 4000]
        edges = mesh.get_coordinates()[:, 0, 1]
        middles = vf.mel_frequencies(42, fmin=100.0, fmax=7000.0, htk=True)[1:-1]
        assert len(edges) == 41
        assert ((edges[:-1] < middles) & (middles < edges[1:])).all()
        between = vf.hz_to_mel(edges, htk=True)
        np.testing.assert_allclose(np.diff(between), np.diff(between)[0])
        # Rows are equally high on the picture.
        places = mesh.axes.transData.transform([(0, hz) for hz in edges])[:, 1]
        np.testing.assert_allclose(np.diff(places), np.diff(places)[0])
        assert colours(mesh).reshape(M.shape)[:, 10].argmax() == row_at(mesh, mesh.axes, 440)

    def test_linear(self):
        bank = {"n_filters": 20, "fmin": 200.0, "fmax": 4200.0}
        L = vf.linear_spectrogram(Y, SR, **bank)
        image = vf.plot.spectrogram(L, SR, feature="linear_spectrogram", **bank)
        step = 4000 / 21
        assert image.get_extent()[2:] == pytest.approx((200 + step / 2, 4200 - step / 2))
        assert image.axes.get_ylabel() == "Frequency (Hz)"


class TestOtherRows:
    @pytest.mark.parametrize("name", ["mfcc", "lfcc"])
    def test_coefficients(self, name):
        c = getattr(vf, name)(Y, SR, hop_length=160)
        image = vf.plot.spectrogram(c, SR, feature=name, hop_length=160)
        assert image.axes.get_ylabel() == "Coefficient"
        assert tuple(image.get_extent()[2:]) == (-0.5, 19.5)
        assert image.get_extent()[1] == pytest.approx((c.shape[1] - 0.5) * 0.01)
        assert all(name.isdigit() for name in ticks(image.axes))
        np.testing.assert_array_equal(colours(image), c)

    @pytest.mark.parametrize(("n_chroma", "base_c"), [(12, True), (36, True), (12, False)])
    def test_pitch_classes(self, n_chroma, base_c):
        settings = {"tuning": 0.0, "n_chroma": n_chroma, "base_c": base_c}
        chroma = vf.chroma_stft(Y, SR, **settings)
        image = vf.plot.spectrogram(chroma, SR, feature="chroma_stft", **settings)
        named = ticks(image.axes)
        assert len(named) == 12
        assert next(iter(named)) == ("C" if base_c else "A")
        assert named["A"] == chroma[:, 10].argmax()  # 440 Hz
        assert image.axes.get_ylabel() == "Pitch class"

    def test_pitch_classes_without_names(self):
        image = vf.plot.spectrogram(np.ones((7, 4)), SR, feature="chroma_stft", n_chroma=7)
        assert all(name.isdigit() for name in ticks(image.axes))

    def test_constant_q(self, monkeypatch):
        from voicefeat.feature import registry

        class Known(registry.Feature):
            settings = {"hop_length": 512, "fmin": None, "n_bins": 36, "bins_per_octave": 12, "tuning": 0.0}  # noqa: RUF012

        monkeypatch.setitem(registry.FEATURES, "constant", Known("constant", "", "constant-Q bin"))
        mesh = vf.plot.spectrogram(np.eye(36, 9), 22050, feature="constant")
        assert mesh.axes.get_ylabel() == "Note"
        assert mesh.axes.get_yscale() == "log"
        named = ticks(mesh.axes)
        assert list(named) == ["C1", "C2", "C3"]
        assert named["C1"] == pytest.approx(32.7032, abs=1e-3)
        assert row_at(mesh, mesh.axes, named["C2"]) == 12


class TestFrontEnds:
    """A front end gives both axes: it knows its rate, hop and bands."""

    @pytest.mark.parametrize("front_end", ["asvspoof2019-lfcc", LFCC])
    def test_seconds_and_rows(self, front_end):
        """A recording of a second is drawn as one, and deltas begin at a tick with their name."""
        F = LFCC(Y)
        image = vf.plot.spectrogram(F, feature=front_end)
        times = LFCC.times(len(Y))
        assert image.get_extent()[:2] == pytest.approx((times[0] - 0.005, times[-1] + 0.005))
        assert ticks(image.axes) == {"lfcc_0": 0, "delta_lfcc_0": 20, "delta_delta_lfcc_0": 40}
        assert image.axes.get_ylabel() == "Coefficient"
        np.testing.assert_array_equal(colours(image), F)

    def test_some_of_its_rows(self):
        image = vf.plot.spectrogram(LFCC(Y)[1:20], SR, feature=LFCC)
        assert image.get_extent()[2:] == pytest.approx((-0.5, 18.5))
        assert all(name.isdigit() for name in ticks(image.axes))

    def test_bands_are_at_their_frequencies(self):
        front_end = vf.frontend("kaldi-fbank-80")
        M = front_end(Y)
        mesh = vf.plot.spectrogram(M, feature="kaldi-fbank-80")
        assert mesh.axes.get_ylabel() == "Frequency (Hz)" and mesh.axes.get_yscale() == "function"
        edges = mesh.get_coordinates()[:, 0, 1]
        middles = bank_centres(sr=SR, n_filters=80, fmin=20.0)
        assert len(edges) == 81 and ((edges[:-1] < middles) & (middles < edges[1:])).all()
        np.testing.assert_array_equal(colours(mesh).reshape(M.shape), M)  # logarithms already
        assert colours(mesh).reshape(M.shape)[:, 50].argmax() == row_at(mesh, mesh.axes, 440)

    def test_a_top_below_half_the_rate(self):
        mesh = vf.plot.spectrogram(vf.frontend("icefall-fbank-80")(Y), feature="icefall-fbank-80")
        middles = bank_centres(sr=SR, n_filters=80, fmin=20.0, fmax=-400.0)
        edges = mesh.get_coordinates()[:, 0, 1]
        assert ((edges[:-1] < middles) & (middles < edges[1:])).all() and edges[-1] < 7600

    def test_linear_bands(self):
        image = vf.plot.spectrogram(vf.frontend("nii-lfb")(Y), feature="nii-lfb")
        step = 8000 / 61
        assert image.get_extent()[2:] == pytest.approx((step / 2, 8000 - step / 2))

    def test_powers_in_decibels(self):
        F = vf.frontend("nii-spectrogram")(Y)
        image = vf.plot.spectrogram(F, feature="nii-spectrogram")
        assert image.axes.get_ylabel() == "Frequency (Hz)" and image.axes.get_ylim() == (0, SR / 2)
        np.testing.assert_allclose(colours(image), vf.power_to_db(F, ref=np.max, top_db=80), atol=1e-3)

    def test_bands_that_are_not_evenly_spaced(self):
        image = vf.plot.spectrogram(vf.frontend("kaldi-fbank-24-energy")(Y), feature="kaldi-fbank-24-energy")
        assert image.axes.get_ylabel() == "Band" and image.get_extent()[2:] == pytest.approx((-0.5, 24.5))

    def test_a_front_end_without_a_rate(self):
        front_end = vf.frontend("kaldi-fbank-40").replace(rate=None)
        slow = vf.plot.spectrogram(front_end(Y, 8000), 8000, feature=front_end)
        fast = vf.plot.spectrogram(front_end(Y, SR), SR, feature=front_end)
        assert slow.axes.get_xlim()[1] == pytest.approx(2 * fast.axes.get_xlim()[1])
        assert slow.axes.get_ylim()[1] < 4000 < fast.axes.get_ylim()[1]

    @pytest.mark.slow
    @pytest.mark.parametrize("name", vf.frontends())
    def test_each_can_be_drawn(self, name):
        front_end = vf.frontend(name)
        F = front_end(Y)
        artist = vf.plot.spectrogram(F, feature=front_end if name in FEATURES else name)
        times = front_end.times(front_end.signal.length(len(Y)))
        low, high = artist.axes.get_xlim()
        hop = times[1] - times[0]
        assert low == pytest.approx(times[0] - hop / 2, abs=1e-3)
        assert high == pytest.approx(times[F.shape[1] - 1] + hop / 2, rel=0.01)
        assert artist.axes.get_ylabel()
        artist.figure.canvas.draw()


def test_powers_are_drawn_in_decibels():
    S = vf.spectrogram(Y, n_fft=512, power=2.0)
    expected = vf.power_to_db(S, ref=np.max, top_db=80)
    drawn = colours(vf.plot.spectrogram(S, SR, n_fft=512, power=2.0))
    np.testing.assert_allclose(drawn, expected, atol=1e-3)
    np.testing.assert_array_equal(colours(vf.plot.spectrogram(S, SR, n_fft=512, db=False)), S)
    decibels = vf.power_to_db(S)
    np.testing.assert_array_equal(colours(vf.plot.spectrogram(decibels, SR, n_fft=512)), decibels)
    c = np.abs(vf.mfcc(Y, SR))
    np.testing.assert_array_equal(colours(vf.plot.spectrogram(c, SR, feature="mfcc")), c)


class TestLongFeatures:
    def test_maxima_of_neighbouring_frames(self):
        c = np.random.default_rng(0).standard_normal((13, 1000)).astype(np.float32)
        image = vf.plot.spectrogram(c, SR, feature="mfcc", columns=300, hop_length=160)
        drawn = colours(image)
        assert drawn.shape == (13, 250)
        assert drawn.dtype == np.float32
        np.testing.assert_array_equal(drawn, c.reshape(13, 250, 4).max(axis=2))
        assert image.get_extent()[:2] == pytest.approx((-0.005, 9.995))

    def test_the_last_column_may_have_fewer(self):
        c = np.arange(14.0).reshape(2, 7)
        image = vf.plot.spectrogram(c, 100, feature="mfcc", columns=3, hop_length=100)
        assert colours(image).tolist() == [[2, 5, 6], [9, 12, 13]]
        assert tuple(image.get_extent()[:2]) == (-0.5, 8.5)
        assert image.axes.get_xlim() == (-0.5, 6.5)

    def test_two_columns_a_pixel(self):
        figure, ax = pyplot.subplots(figsize=(2, 2), dpi=100)
        image = vf.plot.spectrogram(np.zeros((3, 5000)), SR, feature="mfcc", ax=ax)
        width = ax.get_window_extent().width
        assert width < image.get_array().shape[1] <= 2 * np.ceil(width)
        assert image.figure is figure

    def test_blocks_do_not_show(self):
        """A million values are reduced at a time: here are three, and columns of nine frames."""
        D = vf.stft(np.tile(Y, 25), n_fft=64, hop_length=4)
        assert D.size > 3 << 20
        drawn = colours(
            vf.plot.spectrogram(np.abs(D), SR, feature="mfcc", columns=-(-D.shape[1] // 9), hop_length=4)
        )
        padded = np.pad(np.abs(D), ((0, 0), (0, -D.shape[1] % 9)), constant_values=0)
        np.testing.assert_array_equal(drawn, padded.reshape(len(D), -1, 9).max(axis=2))

    def test_gaps_stay_gaps(self):
        S = np.full((5, 9), np.nan)
        S[2, 4] = 1
        drawn = colours(vf.plot.spectrogram(S, SR, feature="mfcc", columns=3))
        assert np.isnan(drawn).sum() == 14
        assert drawn[2, 1] == 1


class TestWaveform:
    def test_short(self):
        line = vf.plot.waveform(Y[:500], SR, color="red", label="a")
        x, y = line.get_data()
        np.testing.assert_allclose(x, np.arange(500) / SR)
        np.testing.assert_array_equal(y, Y[:500])
        assert (line.axes.get_xlabel(), line.axes.get_ylabel()) == ("Time (s)", "Amplitude")
        assert line.axes.get_xlim() == (0, 500 / SR)
        assert (line.get_color(), line.get_label()) == ("red", "a")

    def test_long(self):
        y = np.zeros(10**6, np.float32)
        y[123456], y[654321] = 1, -0.5
        band = vf.plot.waveform(y, SR, columns=1000)
        corners = band.get_paths()[0].vertices
        at = corners[corners[:, 1] == 1, 0]
        assert at == pytest.approx([123.5 * 1000 / SR])
        assert corners[:, 1].min() == -0.5
        assert len(corners) < 2100

    def test_whole_numbers_are_scaled(self):
        line = vf.plot.waveform(np.full(100, -(2**14), np.int16), SR)
        assert line.get_ydata()[0] == -0.5


def test_a_given_axis_is_drawn_on():
    figure, (above, below) = pyplot.subplots(2, sharex=True)
    assert vf.plot.waveform(Y, SR, ax=above).axes is above
    assert vf.plot.spectrogram(vf.mfcc(Y, SR), SR, feature="mfcc", ax=below).axes is below
    assert pyplot.get_fignums() == [figure.number]


@pytest.mark.slow
def test_every_registered_feature_can_be_drawn():
    for name in FEATURES:
        artist = vf.plot.spectrogram(np.random.default_rng(0).random((12, 9)), SR, feature=name)
        assert artist.axes.get_xlabel() == "Time (s)"
        assert artist.axes.get_ylabel()
        artist.figure.canvas.draw()
        pyplot.close("all")


@pytest.mark.parametrize(("S", "options", "message"), [
    (np.ones((20, 5)), {"feature": "mfc"}, "feature='mfc': .*did you mean 'mfcc'"),
    (np.ones((20, 5)), {"feature": "mfcc", "hop_lenght": 5}, "hop_lenght=5: .*did you mean 'hop_length'"),
    (np.ones((20, 5)), {"feature": "mfcc", "hop_length": 0}, "hop_length=0: "),
    (np.ones((20, 5)), {"feature": "mfcc", "db": True}, "db=True: mfcc holds no magnitudes"),
    (np.ones((20, 5)), {"feature": "mfcc", "y_axis": "log"}, "y_axis='log': "),
    (np.ones((20, 5)), {"feature": "melspectrogram", "n_mels": 40}, "n_mels=40: S has 20 rows"),
    (np.ones((20, 5)), {"feature": "melspectrogram", "y_axis": "bark"}, "y_axis='bark': "),
    (np.ones((20, 5)), {"feature": "melspectrogram", "fmin": 900.0, "fmax": 800.0}, "fmax=800.0: "),
    (np.ones((20, 5)), {"n_fft": 512}, "n_fft=512: has 257 bins, but S has 20; give n_fft=38"),
    (-np.ones((257, 5)), {"db": True, "n_fft": 512}, "S=.*negative values, so it is in decibels already"),
    (np.ones((2, 20, 5)), {}, r"S=.*must have shape \(rows, frames\); draw one channel"),
    (np.ones(20), {}, r"S=.*must have shape \(rows, frames\)"),
    (np.ones((20, 0)), {}, "S=.*is empty"),
    (np.array([["a"]]), {}, "S=.*holds no numbers"),
    (np.ones((20, 5)), {"columns": 0}, "columns=0: "),
    (np.ones((20, 5)), {"sr": 0}, "sr=0: "),
    (np.ones((1025, 5)), {}, "S=.*: its hop is not known; give feature=.* hop_length=160"),
    (np.ones((64, 5)), {}, "S=.*: its hop is not known"),
    (np.ones((64, 5)), {"hop_length": 160}, "it is not known what its 64 rows are; give feature="),
    (np.ones((60, 5)), {"feature": "lfcc"}, "has 60 rows, but lfcc with these settings has 20; .*hop_length"),
    (np.ones((60, 5)), {"feature": "mfcc", "n_mfcc": 40}, "mfcc with these settings has 40"),
    (np.ones((60, 5)), {"feature": "asvspoof2019-lfc"}, "feature='asvspoof2019-lfc'.*'asvspoof2019-lfcc'"),
    (np.ones((60, 5)), {"feature": LFCC, "hop_length": 160}, "hop_length=160: a front end has its own"),
    (np.ones((60, 5)), {"feature": LFCC, "sr": 8000}, "sr=8000.*defined at 16000 Hz"),
    (np.ones((61, 5)), {"feature": LFCC}, "has 61 rows, but the front end has 60; "),
    (np.ones((60, 5)), {"feature": LFCC, "y_axis": "mel"}, "y_axis='mel': rows of this front end are not"),
    (np.ones((60, 5)), {"feature": LFCC, "db": True}, "db=True: .*holds no magnitudes or powers"),
    (np.ones((60, 5)), {"feature": LFCC.replace(rate=None, fmax=None)}, "sr=None: this front end has no"),
    (np.ones((60, 5)), {"feature": 5}, "feature=5: must be a text"),
    (np.ones((60, 5)), {"db": 2}, "db=2: "),
])  # fmt: skip
def test_what_cannot_be_drawn(S, options, message):
    with pytest.raises(vf.ParameterError, match=message):
        vf.plot.spectrogram(S, **options)
    assert not pyplot.get_fignums()


@pytest.mark.parametrize(("y", "options", "message"), [
    (np.ones((2, 50)), {}, "y=.*several channels; .*y\\[0\\]"),
    (np.where(np.arange(90) == 77, np.nan, 0.0), {}, "y=.*77"),
    (np.ones(50), {"sr": -1}, "sr=-1: "),
    (np.ones(50), {"columns": 1.5}, "columns=1.5: "),
])  # fmt: skip
def test_waveforms_that_cannot_be_drawn(y, options, message):
    with pytest.raises(vf.ParameterError, match=message):
        vf.plot.waveform(y, **options)
    assert not pyplot.get_fignums()


def test_without_matplotlib(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ModuleNotFoundError, match="drawing needs it: pip install matplotlib"):
        vf.plot.waveform(Y, SR)


@pytest.mark.processes
def test_matplotlib_is_loaded_when_something_is_drawn():
    code = "import sys, voicefeat as vf; vf.plot.spectrogram; print('matplotlib' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"


BAD_FORMULA = "$\\bad$"


@pytest.mark.parametrize("label", [BAD_FORMULA, "$\\bad", "$x_$ of $", "\\$\\bad$ $\\frac$", "a\rb\x1b[31m"])
def test_a_label_that_is_no_formula_is_drawn_as_it_is_written(label):
    """Of every function that takes one; matplotlib stops at formulas that it cannot read."""
    pair = np.array([1.0, 3.0, 4.0]), np.array([0.0, 2.0])
    drawn = [
        vf.plot.waveform(np.sin(np.arange(400) / 9), 8000, label=label),
        vf.plot.waveform(np.sin(np.arange(40000) / 9), 8000, label=label),
        vf.plot.roc(*pair, label=label),
        vf.plot.det(*pair, label=label),
    ]
    for artist in drawn:
        artist.axes.legend()
        artist.figure.canvas.draw()
    assert drawn[2].get_label().replace("\\$", "$") == escape(label).replace("\\$", "$")
    formula = vf.plot.roc(*pair, label="$\\sigma$ of all", ax=drawn[2].axes)
    assert formula.get_label() == "$\\sigma$ of all"


def test_names_of_files_and_rows_are_drawn_as_they_are_written(tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    titles = []
    close = pyplot.close
    name = f"{BAD_FORMULA}\x1b.wav"
    (tmp_path / "in").mkdir()
    with open(tmp_path / "in" / name, "wb") as file:
        soundfile.write(file, np.random.default_rng(0).standard_normal(16000) / 9, 16000, format="WAV")
    front_end = vf.frontend("asvspoof2019-lfcc").replace(row=BAD_FORMULA, cepstrum__n=4)
    vf.extract_corpus(tmp_path / "in", tmp_path / "out", frontend=front_end)
    with monkeypatch.context() as watched:
        watched.setattr(pyplot, "close", lambda figure: (titles.append(_texts(figure)), close(figure)))
        assert main(["show", str(tmp_path / "out"), "--plot", str(tmp_path / "row.png")]) == 0
        assert main(["show", str(tmp_path / "in" / name), "--plot", str(tmp_path / "recording.png")]) == 0
    row, recording = titles
    assert f"{BAD_FORMULA}\\x1b.wav: {BAD_FORMULA}" in row and f"{BAD_FORMULA}_0" in row
    assert f"{BAD_FORMULA}\\x1b.wav" in recording


def _texts(figure):
    axes = figure.axes
    return [text.get_text() for ax in axes for text in (ax.title, *ax.get_yticklabels())]
