"""Front ends as values: equal, hashable, written and read, changed, refused; their frames and times."""

import copy
import dataclasses
import pickle
from xml.etree import ElementTree

import golden
import numpy as np
import pytest
from front_end_references import REFERENCES
from signals import speech

import voicefeat as vf
from voicefeat.chain.block_loop import compute_requests
from voicefeat.presets.catalogue import preset
from voicefeat.presets.front_end import request
from voicefeat.presets.stages import (
    Bands,
    Cepstrum,
    Compression,
    Dynamics,
    Energy,
    Frames,
    Method,
    Normalisation,
    Signal,
    Spectrum,
)
from voicefeat.presets.titles import title

SR = 16000
NAMES = list(vf.frontends())
FRAMED = [name for name in NAMES if vf.frontend(name).framing is not None]
Y = np.ascontiguousarray(speech(SR)[:19321], dtype=np.float64)
LFCC = vf.frontend("asvspoof2019-lfcc")


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


@pytest.mark.parametrize("name", NAMES)
class TestEveryPreset:
    def test_is_a_value(self, name):
        fe = vf.frontend(name)
        again = vf.FrontEnd.from_toml(fe.to_toml())
        assert again == fe and hash(again) == hash(fe) and again.digest == fe.digest
        copy = pickle.loads(pickle.dumps(fe))
        assert copy == fe and hash(copy) == hash(fe) and copy.kind is not fe.kind
        with pytest.raises(dataclasses.FrozenInstanceError):
            fe.signal = Signal()

    def test_has_a_source(self, name):
        found = preset(name)
        assert found.source and found.version and found.licence and 0 < found.error < 1e-2

    def test_is_certified(self, name):
        """Each preset has a row of the golden map, or a plain computation of its definition to be held to."""
        if name in REFERENCES:
            noise = np.random.default_rng(1).standard_normal(70000)
            for y in (Y, Y[:1999], noise, np.zeros(5000), np.r_[Y[:6000], np.zeros(9000), Y[6000:]]):
                got, want = vf.frontend(name)(y, SR), REFERENCES[name](y)
                assert got.shape == want.shape
                assert np.abs(got - want).max() <= preset(name).error * np.abs(want).max(initial=1e-300)
            return
        entries, _ = golden.read_map()
        rows = [e for e in entries.values() if e.get("frontend") == name and not e.get("changes")]
        assert rows, f"{name} has no row in tests/golden.toml"
        assert max(row["tolerance"] for row in rows) <= preset(name).error

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_shape_and_dtype(self, name, dtype):
        fe, y = vf.frontend(name), Y.astype(dtype)
        made = fe(y, SR)
        assert made.dtype == dtype and np.isfinite(made).all()
        assert made.shape == (len(fe.rows), fe.frames(len(y)))
        assert len(set(fe.rows)) == len(fe.rows)
        times = fe.times(len(y))
        assert times.shape == made.shape[-1:] and (np.diff(times) > 0).all()
        assert -0.02 < times[0] <= 0.05 and abs(times[-1] - fe.signal.length(len(y)) / SR) < 0.1

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_a_batch_is_a_loop(self, name, dtype):
        fe, y = vf.frontend(name), Y.astype(dtype)[:18000].reshape(2, 9000)
        batch = fe(y, SR)
        assert all(same(np.ascontiguousarray(batch[i]), fe(y[i], SR)) for i in range(2))

    def test_silence_is_finite(self, name):
        for dtype in ("float32", "float64"):
            assert np.isfinite(vf.frontend(name)(np.zeros(9000, dtype), SR)).all()

    def test_another_rate_is_refused(self, name):
        fe = vf.frontend(name)
        if fe.signal.rate is None:
            pytest.skip(f"{name} has no rate of its own")
        with pytest.raises(vf.ParameterError, match=rf"^sr=.*{fe.signal.rate} Hz; .*vf.resample"):
            fe(Y, 8000 if fe.signal.rate != 8000 else 16000)

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_bad_samples_are_refused(self, name, bad):
        y = Y.copy()
        y[777] = bad
        with pytest.raises(vf.ParameterError, match=r"^y=.*777"):
            vf.frontend(name)(y, SR)
        with pytest.raises(vf.ParameterError, match=r"^y="):
            vf.frontend(name)(y[:0], SR)


@pytest.mark.parametrize("name", FRAMED)
class TestFramedPresets:
    def test_a_crop_is_a_slice(self, name):
        """Frames of a crop that starts on a hop are those of the whole, where they see no edge."""
        fe = vf.frontend(name)
        floor = fe.compression is not None and fe.compression.top_db is not None
        if floor or fe.normalisation is not None or fe.signal.samples or fe.signal.dither:
            pytest.skip(f"{name} needs the whole clip by definition")
        hop, first = fe.framing.hop_length, 7
        whole, part = fe(Y, SR), fe(Y[first * hop :], SR)
        edge = fe.framing.n_fft // hop + 2 + (fe.dynamics.reach if fe.dynamics else 0)
        count = min(part.shape[1], whole.shape[1] - first) - 2 * edge
        assert count > 5
        got, want = part[:, edge : edge + count], whole[:, edge + first : edge + first + count]
        assert same(np.ascontiguousarray(got), np.ascontiguousarray(want))

    def test_too_short_is_refused(self, name):
        """Or gives one frame, where a last frame is padded."""
        fe = vf.frontend(name)
        try:
            made = fe(Y[:3], SR)
        except vf.ParameterError as error:
            assert "3" in str(error)
            with pytest.raises(vf.ParameterError):
                fe.frames(3)
        else:
            assert made.shape[1] == fe.frames(3) >= 1


def test_frames_count_exactly():
    for n in (1, 160, 320, 321, 479, 480, 481, 16000):
        assert LFCC.frames(n) == LFCC(Y[:n], SR).shape[1] == max(1, -(-(n - 160) // 160))
    assert LFCC.times(16000)[:2].tolist() == [0.01, 0.02]


def test_requests_of_one_recording_share_its_signal():
    """Front ends that change the samples alike share the result, those that leave them the samples."""
    names = ("asvspoof2019-lfcc", "sahidullah2015-mfcc", "kaldi-fbank-80", "kaldi-mfcc", "covarep-mgd")
    fes = [*map(vf.frontend, names), LFCC.replace(fmax=None, signal__rate=None)]
    prepared = {}
    requests = [request(fe, Y, SR, prepared) for fe in fes]
    assert requests[0].y is requests[1].y is not Y
    assert all(made.y is Y for made in requests[2:5])
    for fe, made in zip(fes, compute_requests(requests), strict=True):
        assert same(made, fe(Y, SR))


class TestReplace:
    def test_a_setting(self):
        assert LFCC.replace(hop_length=80).framing.hop_length == 80
        assert LFCC.replace(n_filters=24).bands == LFCC.replace(bands__n_filters=24).bands
        assert LFCC.replace(dynamics=None).rows == [f"lfcc_{i}" for i in range(20)]
        assert LFCC.replace(hop_length=160) == LFCC

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"hop_lenth": 80}, r"hop_lenth=80: .*; did you mean 'hop_length'"),
            ({"preemphasis": 0.5}, r"preemphasis=0.5: .*signal and framing; write signal__preemphasis or"),
            ({"signal__preemphasi": 0.5}, r"signal__preemphasi=0.5: .*; "),
            ({"n_fft": 256}, r"framing.win_length=320 and framing.n_fft=256: "),
            ({"cepstrum__n": 21}, r"cepstrum.n=21 and bands with 20 rows: .*at most 20"),
            ({"fmax": 9000.0}, r"fmax=9000.0: "),
            ({"bands": None}, r"cepstrum and bands=None: "),
            ({"center": True}, r"framing.center=True and framing.align='left': "),
        ],
    )
    def test_what_cannot_be(self, settings, message):
        with pytest.raises(vf.ParameterError, match="^" + message):
            LFCC.replace(**settings)


class TestTables:
    def test_they_make_the_features(self):
        fe = vf.frontend("asvspoof2021-lfcc-python")
        t, f = fe.tables(), fe.framing
        starts = np.arange(fe.frames(len(Y)))[:, None] * f.hop_length
        frames = np.asarray(Y, float)[starts + np.arange(f.length)] * t["window"]
        power = np.abs(np.fft.rfft(frames, f.n_fft)) ** 2
        statics = np.log10(power @ t["bank"].T + fe.compression.offset) @ t["cepstrum"].T
        held = np.pad(statics, ((1, 1), (0, 0)), "edge")
        deltas = t["delta"][0] * held[:-2] + t["delta"][2] * held[2:]
        want = fe(np.asarray(Y, float), SR)
        assert np.allclose(np.hstack([statics, deltas]).T, want[:40], rtol=0, atol=1e-9)

    def test_those_of_a_model_and_of_a_corpus(self):
        shapes = {name: table.shape for name, table in vf.frontend("htk-plp-e-d-a").tables().items()}
        assert shapes["loudness"] == (26,) and shapes["autocorrelation"] == (6, 26)
        corpus = Normalisation("corpus", True, means=(1.0, 2.0), deviations=(3.0, 4.0))
        tables = vf.FrontEnd(normalisation=corpus).tables()
        assert {name: list(table) for name, table in tables.items()} == {
            "means": [1, 2],
            "deviations": [3, 4],
        }
        assert not vf.frontend("cqcc2016").replace(dynamics=None).tables()

    def test_a_bank_needs_a_rate(self):
        fe = vf.frontend("torchaudio-lfcc").replace(rate=None)
        with pytest.raises(vf.ParameterError, match=r"^sr=None: "):
            fe.tables()
        assert np.array_equal(fe.tables(16000)["bank"], vf.frontend("torchaudio-lfcc").tables()["bank"])
        with pytest.raises(vf.ParameterError, match="16000 Hz"):
            vf.frontend("torchaudio-lfcc").tables(8000)


class TestToml:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("[signal", "source: is not TOML"),
            ("[framng]\nn_fft = 512", "the table 'framng': .*did you mean 'framing'"),
            ("[framing]\nn_ftt = 512", "framing: the key 'n_ftt': .*did you mean 'n_fft'"),
            ('[framing]\nn_fft = "512"', "framing.n_fft='512': must be a whole number"),
            ("[framing]\nn_fft = true", "framing.n_fft=True: must be a whole number"),
            ("framing = 3", "framing=3: must be a table"),
            ("[signal]\npreemphasis = 2.0", "preemphasis=2.0: "),
            ("[cepstrum]\ntype = 2", "cepstrum: .*'n'"),
            ("row = 3", "row=3: "),
        ],
    )
    def test_bad_text(self, text, message):
        with pytest.raises(vf.ParameterError, match=message):
            vf.FrontEnd.from_toml(text)

    def test_windows_of_numbers_and_parameters(self):
        for window in ([0.5] * 320, ("kaiser", 8.0)):
            fe = LFCC.replace(window=window)
            assert vf.FrontEnd.from_toml(fe.to_toml()) == fe
            assert not same(fe(Y, SR), LFCC(Y, SR))

    def test_the_digest_tells_settings_apart(self):
        assert LFCC.digest != LFCC.replace(hop_length=80).digest
        assert LFCC.digest == vf.frontend("asvspoof2019-lfcc").digest
        assert len({vf.frontend(name).digest for name in NAMES}) == len(NAMES)


def test_an_unknown_name():
    with pytest.raises(
        vf.ParameterError, match=r"^name='asvspoof2019-lfc': .*did you mean 'asvspoof2019-lfcc'"
    ):
        vf.frontend("asvspoof2019-lfc")


class TestStages:
    """What no preset has alone."""

    FRAMES = Frames(512, 160, 320, "hann", False)

    def test_librosas_functions_are_chains_of_these(self):
        frames = Frames(2048, 512, 2048, "hann", True, "constant")
        bands = Bands("mel", (("dtype", "float32"), ("n_mels", 40)))
        log = Compression("db", floor=1e-10, top_db=80.0)
        fe = vf.FrontEnd(Signal(SR), frames, Spectrum(2.0), bands, log, Cepstrum(13))
        assert same(fe(Y, SR), vf.mfcc(Y, SR, n_mels=40, n_mfcc=13))

    def test_deltas_of_each_convention(self):
        x = np.cumsum(np.random.default_rng(0).standard_normal((2, 3, 50)), axis=-1)
        pad = np.pad(x, [(0, 0), (0, 0), (2, 2)], mode="edge")
        want = sum(j * (pad[..., 2 + j : 52 + j] - pad[..., 2 - j : 52 - j]) for j in (1, 2)) / 10
        made = Dynamics(1, 2).apply(x)
        assert np.array_equal(made[:, :3], x) and np.abs(made[:, 3:] - want).max() < 1e-14
        assert same(
            Dynamics(2, 2, keep="deltas").apply(x), np.ascontiguousarray(Dynamics(2, 2).apply(x)[:, 3:])
        )
        again = Dynamics(2, 2).apply(x)[:, 6:]
        assert np.abs(again - Dynamics(1, 2).apply(made[:, 3:])[:, 3:]).max() < 1e-14
        kernel = Dynamics(2, 2, repeated="kernel").apply(x)[:, 6:]
        assert np.abs((kernel - again)[..., 4:-4]).max() < 1e-13 < np.abs(kernel - again).max()
        ahead = Dynamics(2, 2, repeated="ahead").apply(x)[:, 6:]
        assert same(ahead[..., :25].copy(), again[..., :25].copy())
        assert np.abs((ahead - kernel)[..., 25:]).max() < 1e-13
        rows = Dynamics(1, 1, 1.0, along="rows").apply(x)[:, 3:]
        beyond = np.pad(x, [(0, 0), (1, 1), (0, 0)], mode="edge")
        assert np.abs(rows - (beyond[:, 2:] - beyond[:, :-2])).max() < 1e-14

    def test_means_over_clip_and_window(self):
        x = np.random.default_rng(0).standard_normal((2, 3, 250)) + 5
        made = Normalisation(variance=True).apply(x)
        assert np.abs(made.mean(-1)).max() < 1e-13 and np.abs(made.std(-1) - 1).max() < 1e-12
        sliding = Normalisation("sliding", window=50, least=20).apply(x)
        for t in (0, 5, 19, 30, 60, 249):
            first, end = max(0, t - 50), max(t + 1, 20)
            assert np.abs(sliding[..., t] - (x[..., t] - x[..., first:end].mean(-1))).max() < 1e-12

    def test_shares_of_a_frame(self):
        x = np.abs(np.random.default_rng(0).standard_normal((2, 3, 20)))
        x[0, :, 7] = 0
        made = Normalisation(over="frame").apply(x)
        want = x / np.where(x.sum(1, keepdims=True) > 0, x.sum(1, keepdims=True), 1)
        assert np.abs(made - want).max() < 1e-15 and not made[0, :, 7].any()

    def test_the_signal(self):
        y = Y[:1000]
        assert np.array_equal(Signal(samples=2500).apply(y), np.tile(y, 3)[:2500])
        assert np.array_equal(Signal(samples=900).apply(y), y[:900])
        crops = [Signal(samples=990, crop="random", seed=seed).apply(y) for seed in range(200)]
        starts = {int(np.flatnonzero(y == crop[0])[0]) for crop in crops}
        assert all(np.array_equal(crop, y[y.tolist().index(crop[0]) :][:990]) for crop in crops)
        assert starts == set(range(11))
        train = Signal(samples=1000, crop="random")
        assert np.array_equal(train.apply(y), y) and np.array_equal(train.apply(y[:999])[999:], y[:1])
        both = np.stack([Y[:3000], Y[3000:6000]])
        assert all(np.array_equal(train.apply(both)[i], train.apply(both[i])) for i in range(2))
        emphasised = Signal(preemphasis=0.97).apply(y)
        assert np.allclose(emphasised, np.append(y[0], y[1:] - 0.97 * y[:-1]), rtol=0, atol=1e-16)
        assert Signal(preemphasis=0.97, first="self").apply(y)[0] == y[0] - 0.97 * y[0]
        noisy = Signal(dither=1.0, seed=3).apply(y)
        assert np.array_equal(noisy, Signal(dither=1.0, seed=3).apply(y)) and 0.9 < np.std(noisy - y) < 1.1
        assert Signal().apply(y) is y

    @pytest.mark.parametrize("name", ["kaldi-fbank-80", "kaldi-mfcc", "kaldi-fbank-24-energy"])
    def test_a_scale_is_that_of_the_samples(self, name):
        """Though it is the window that has it; the noise of a dither comes after it all the same."""
        fe = vf.frontend(name)
        unscaled = fe.replace(signal__scale=1.0)
        for dtype in ("float32", "float64"):
            y = Y.astype(dtype)
            assert same(fe(y, SR), unscaled(32768 * y, SR))
            noisy = fe.replace(dither=100.0, seed=5)
            assert same(noisy(y, SR), unscaled.replace(dither=100.0, seed=5)(32768 * y, SR))
            assert not same(noisy(y, SR), fe(y, SR))

    @pytest.mark.parametrize("power", [1.0, 2.0])
    def test_a_spectrum_over_n_fft(self, power):
        plain = vf.FrontEnd(framing=self.FRAMES, spectrum=Spectrum(power))
        divided = plain.replace(divided=True)
        assert np.allclose(512 * divided(Y, SR), plain(Y, SR), rtol=1e-9, atol=1e-12)
        assert vf.FrontEnd.from_toml(divided.to_toml()) == divided != plain

    def test_a_power_that_the_precision_cannot_hold(self):
        """Rows are looked at that were computed, not those that are there for their deltas."""
        fe = vf.frontend("asvspoof2019-lfcc").replace(power=1.5)
        for _ in range(3):
            assert np.isfinite(fe(Y, SR)).all()
        with pytest.raises(vf.ParameterError, match=r"^power=400\.0: "):
            fe.replace(power=400.0)(100 * Y, SR)

    def test_an_energy_below_a_floor_of_the_clip(self):
        """It takes the place of c0 whether or not the bands have to wait for the clip's largest value."""
        fe = vf.frontend("kaldi-mfcc")
        for dtype in ("float32", "float64"):
            y = Y.astype(dtype)
            low = fe.replace(compression__top_db=1e6)(y, SR)
            assert same(low[:1].copy(), fe(y, SR)[:1].copy())
            assert np.allclose(low, fe(y, SR), rtol=1e-6, atol=1e-4)

    def test_the_least_energy(self):
        fe = vf.frontend("kaldi-mfcc")
        assert fe.replace(energy__floor=100.0)(np.zeros(800), SR)[0].tolist() == [np.log(100.0)] * 3
        assert np.allclose(fe(np.zeros(800), SR)[0], np.log(2.0**-23), rtol=0, atol=1e-12)

    @pytest.mark.parametrize(
        "parts",
        [
            {"spectrum": Spectrum(2.0)},
            {"framing": FRAMES},
            {"method": Method("tonnetz"), "framing": FRAMES, "spectrum": Spectrum(2.0)},
            {"framing": FRAMES, "spectrum": Spectrum(2.0), "energy": Energy()},
            {
                "framing": FRAMES,
                "spectrum": Spectrum(2.0),
                "compression": Compression(),
                "energy": Energy("samples", place="first"),
            },
        ],
        ids=["no frames", "no spectrum", "method and frames", "energy without log", "energy of samples"],
    )
    def test_contradictions_name_both(self, parts):
        with pytest.raises(vf.ParameterError, match=r"^\S+.* and \S+.*: "):
            vf.FrontEnd(**parts)

    @pytest.mark.parametrize(
        ("make", "fault"),
        [
            (lambda: Signal(rate=0), "rate=0"),
            (lambda: Signal(scale=0.0), "scale=0.0"),
            (lambda: Signal(first="drop"), "first='drop'"),
            (lambda: Signal(samples=9, crop="last"), "crop='last'"),
            (lambda: Signal(crop="random"), "crop='random'"),
            (lambda: Dynamics(orders=0), "orders=0"),
            (lambda: Dynamics(divisor=0.0), "divisor=0.0"),
            (lambda: Dynamics(along="time"), "along='time'"),
            (lambda: Normalisation(over="clip"), "over='clip'"),
            (lambda: Normalisation(over="frame", variance=True), "variance=True"),
            (lambda: Energy(of="frames"), "of='frames'"),
            (lambda: Energy(floor=-1.0), "floor=-1.0"),
            (lambda: Method("tonnet"), "feature='tonnet'"),
            (lambda: Method.of("rms", n_fft=3), "n_fft=3"),
        ],
    )
    def test_bad_settings(self, make, fault):
        with pytest.raises(vf.ParameterError, match=f"^{fault}"):
            make()

    @pytest.mark.parametrize(
        ("setting", "value"),
        [
            ("framing.n_fft", 1), ("framing.hop_length", 0), ("framing.win_length", -4), ("framing.trim", -1),
            ("framing.pad_mode", "reflex"), ("framing.align", "right"), ("framing.partial", "keep"),
            ("framing.center", 1), ("framing.preemphasis", 1.5), ("spectrum.power", 0.0),
            ("spectrum.divided", 0), ("compression.log", "log2"), ("compression.floor", -1e-10),
            ("compression.offset", float("nan")), ("compression.top_db", -80.0), ("compression.gain", 0.0),
            ("cepstrum.n", 0), ("cepstrum.type", 5), ("cepstrum.norm", "orto"), ("cepstrum.lifter", -22.0),
            ("cepstrum.lifter_from", 2), ("cepstrum.first", -1), ("cepstrum.c0", "middle"),
        ],
    )  # fmt: skip
    def test_settings_out_of_range(self, setting, value):
        with pytest.raises(vf.ParameterError, match=f"^{setting}={value!r}: .*; "):
            vf.frontend("asvspoof2019-lfcc").replace(**{setting.replace(".", "__"): value})

    def test_a_file_with_a_value_out_of_range(self):
        text = vf.frontend("asvspoof2019-lfcc").to_toml().replace("hop_length = 160", "hop_length = 0")
        with pytest.raises(vf.ParameterError, match=r"framing\.hop_length=0: must be a positive"):
            vf.FrontEnd.from_toml(text)


class TestNames:
    """How a front end is found by what a user knows of its name."""

    def told(self, name):
        with pytest.raises(vf.ParameterError) as refusal:
            vf.frontend(name)
        return str(refusal.value).splitlines()

    def test_names_that_contain_the_word(self):
        first, *shown, last = self.told("lfcc")
        having = [name for name in NAMES if "lfcc" in name]
        assert len(having) > 10
        assert first.endswith(
            f"no such front end; did you mean one of these? (the first 10 of {len(having)})"
        )
        assert [line.split()[0] for line in shown] == having[:10]
        assert all(line.split(None, 1)[1] == title(vf.frontend(line.split()[0])) for line in shown)
        assert "voicefeat.frontends()" in last and "voicefeat presets" in last and str(len(NAMES)) in last

    def test_words_in_another_spelling(self):
        _, *shown, _ = self.told("ASVspoof2021 LFCC")
        assert len(shown) == 3 and all("asvspoof2021-lfcc" in line for line in shown)

    def test_a_number_at_the_end_of_a_word(self):
        assert self.told("lfcc2")[1:] == self.told("lfcc")[1:]

    @pytest.mark.parametrize(
        ("name", "meant"),
        [("asvspoof2019-lfc", "asvspoof2019-lfcc"), ("kaldi-mfcc-hirse", "kaldi-mfcc-hires"),
         ("rawgat", "aasist-waveform")],
    )  # fmt: skip
    def test_one_that_is_meant(self, name, meant):
        (only,) = self.told(name)
        assert f"did you mean '{meant}'?" in only

    @pytest.mark.parametrize("name", ["", "xyzzy", "-"])
    def test_nothing_like_it(self, name):
        (only,) = self.told(name)
        assert "no such front end; voicefeat.frontends()" in only

    def test_nothing_of_a_name_moves_the_cursor(self):
        assert "\x1b" not in "".join(self.told("lfcc\x1b\n"))

    def test_the_error_is_the_same_in_another_process(self):
        with pytest.raises(vf.ParameterError) as refusal:
            vf.frontend("lfcc")
        assert str(pickle.loads(pickle.dumps(refusal.value))) == str(refusal.value)

    def test_the_list_is_a_list(self):
        names = vf.frontends()
        assert names == NAMES and isinstance(names, list) and "kaldi-mfcc" in names
        assert pickle.loads(pickle.dumps(names)) == copy.copy(names) == NAMES
        assert type(names[:2]) is list and {*map(type, names)} == {str}

    def test_the_list_shows_what_each_is(self):
        lines = repr(vf.frontends()).splitlines()
        assert [line.split()[0] for line in lines] == NAMES
        for line, name in zip(lines, NAMES, strict=True):
            assert title(vf.frontend(name)) in line and line.endswith(preset(name).source)

    def test_the_list_is_a_table_in_a_notebook(self):
        table = ElementTree.fromstring(vf.frontends()._repr_html_())
        rows = [[cell.findtext("code") or cell.text for cell in row] for row in table.find("tbody")]
        assert rows == [[name, title(vf.frontend(name)), preset(name).source] for name in NAMES]

    def test_titles(self):
        known = {name: title(vf.frontend(name)) for name in NAMES}
        assert known["kaldi-fbank-80"] == "80 log mel bands, 25 ms every 10 ms, samples x 32768"
        assert known["kaldi-fbank-80-unit"] == "80 log mel bands, 25 ms every 10 ms"
        assert known["icefall-fbank-80"].startswith("80 log mel bands to 400 Hz below Nyquist, 25 ms")
        assert known["sahidullah2015-rfcc"].startswith("20 coefficients of 20 rectangular linear bands, two")
        assert known["project-chroma"].startswith("pitch classes, normalised over each frame")
        assert known["covarep-mgd"] == "mgd"
        assert all(known.values()) and max(map(len, known.values())) < 110
        assert title(vf.FrontEnd()) == "all samples"


@pytest.mark.parametrize("shape", [(2_000_000,), (3, 600_000), (110, 16_000)])
@pytest.mark.parametrize("name", ["asvspoof2019-lfcc", "htk-mfcc-e-d-a", "kaldi-mfcc-deltas"])
def test_threads_share_the_samples_and_the_deltas(name, shape):
    """Several threads give the bits of one: pre-emphasis of the whole signal, and deltas, too."""
    fe, before = vf.frontend(name), vf.get_num_threads()
    y = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    try:
        vf.set_num_threads(1)
        want = fe(y, SR)
        vf.set_num_threads(3)
        assert same(fe(y, SR), want)
    finally:
        vf.set_num_threads(before)
