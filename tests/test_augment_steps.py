"""Noise, rooms, levels, bands, codecs and chains: by measurement, by tables, by files, and by any worker."""

import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import soundfile
from scipy import signal as scipy_signal
from signals import speech

import voicefeat as vf
from voicefeat import augment

SR = 16000
Y = speech(SR, 2.0)
VOICES = [speech(SR, 1.0)[::-1].copy(), speech(8000, 3.0), 0.1 * Y[7000:]]


def rng(utterance="a", epoch=0):
    return augment.generator(7, utterance, epoch)


#: One call of everything that takes a signal.
CALLS = {
    "noise": lambda y: augment.noise(y, SR, snr=(5, 20), source=("white", "pink", "brown"), rng=rng()),
    "recorded": lambda y: augment.noise(y, SR, snr=10, source=VOICES[0], rng=rng()),
    "babble": lambda y: augment.babble(y, voices=VOICES, snr=10, rng=rng()),
    "reverb": lambda y: augment.reverb(y, SR, t60=0.3, rng=rng()),
    "gain": lambda y: augment.gain(y, db=-7.0),
    "bandlimit": lambda y: augment.bandlimit(y, SR, fmin=100, fmax=4000),
    "telephone": lambda y: augment.telephone(y, SR),
    "downsample": lambda y: augment.downsample(y, SR, rate=11025),
    **{name: lambda y, name=name: augment.codec(y, SR, name=name) for name in augment.codecs.CODECS},
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_type_and_length_stay(call, dtype):
    y = (Y * 32767).astype(np.int16) if dtype == np.int16 else Y.astype(dtype)
    before = y.copy()
    made = call(y)
    assert made.shape == y.shape and made.dtype == (np.float32 if dtype == np.int16 else dtype)
    assert np.isfinite(made).all() and made.any()
    np.testing.assert_array_equal(made, call(y))
    np.testing.assert_array_equal(y, before)  # what was given is not written to


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("n", [1, 7, 1601])
def test_short_signals(call, n):
    y = Y[4000 : 4000 + n]
    assert call(y).shape == (n,)


# Noise


def ratio(y, made):
    return 10 * np.log10((y**2).sum() / ((made - y) ** 2).sum())


@pytest.mark.parametrize("snr", [-5.0, 0.0, 12.5, 40.0])
@pytest.mark.parametrize("source", ["white", "pink", "brown", VOICES[0], VOICES[1]], ids=lambda s: str(s)[:5])
def test_noise_has_its_ratio(snr, source):
    y = Y.astype(np.float64)
    assert ratio(y, augment.noise(y, SR, snr=snr, source=source, rng=rng())) == pytest.approx(snr, abs=1e-9)


def test_babble_has_its_ratio_and_draws_within_a_range():
    y = Y.astype(np.float64)
    found = [
        ratio(y, augment.babble(y, voices=VOICES, snr=(3, 9), talkers=(1, 8), rng=rng(str(k))))
        for k in range(9)
    ]
    assert min(found) >= 3 - 1e-9 and max(found) <= 9 + 1e-9 and np.ptp(found) > 1


def test_babble_of_one_is_that_voice_from_somewhere():
    made = augment.babble(Y.astype(np.float64), voices=[VOICES[1]], snr=0, talkers=1, rng=rng())
    added, voice = made - Y, np.concatenate([VOICES[1]] * 3).astype(np.float64)
    fits = scipy_signal.correlate(voice, added, "valid", "fft")
    sums = np.concatenate([[0.0], np.cumsum(voice**2)])
    windows = sums[added.size :] - sums[: -added.size]
    assert (fits / np.sqrt(windows * (added**2).sum())).max() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("colour, slope", [("white", 0.0), ("pink", -3.0103), ("brown", -6.0206)])
def test_a_colour_falls_as_its_name_says(colour, slope):
    made = augment.coloured(2**18, SR, colour=colour, rng=rng())
    hz, power = scipy_signal.welch(made, SR, nperseg=4096)
    bands = 62.5 * 2.0 ** np.arange(7)  # octaves from 62.5 to 8000 Hz
    level = [10 * np.log10(power[(hz >= low) & (hz < 2 * low)].mean()) for low in bands]
    assert np.polyfit(np.arange(7), level, 1)[0] == pytest.approx(slope, abs=0.2)
    assert (made**2).mean() == pytest.approx(1)


def test_a_silent_stretch_of_a_noise_is_not_taken():
    source = np.zeros(SR * 60)
    source[-100:] = 1.0
    for k in range(4):
        assert np.isfinite(augment.noise(Y, SR, snr=5, source=source, rng=rng(str(k)))).all()


# Rooms


def decay(response):
    """T60 in samples: Schroeder's backward integral, its fall from -5 to -35 dB doubled (ISO 3382)."""
    energy = 10 * np.log10(np.cumsum(response[::-1] ** 2)[::-1] / (response**2).sum())
    within = np.flatnonzero((energy <= -5) & (energy >= -35))
    return -60 / np.polyfit(within, energy[within], 1)[0]


@pytest.mark.parametrize("t60", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("sr", [8000, 16000])
def test_a_room_has_its_t60(t60, sr):
    found = [decay(augment.room_response(sr, t60=t60, rng=rng(str(k)))[1:]) / sr for k in range(8)]
    assert np.mean(found) == pytest.approx(t60, rel=0.02)


def test_the_direct_sound_has_its_ratio():
    response = augment.room_response(SR, t60=0.4, drr=6.0, rng=rng())
    assert response[0] == 1 and -10 * np.log10((response[1:] ** 2).sum()) == pytest.approx(6.0)


def test_reverb_takes_one_of_two():
    with pytest.raises(
        vf.ParameterError, match="t60=None: is missing, and so is response; give either t60 or"
    ):
        augment.reverb(Y, SR)
    with pytest.raises(vf.ParameterError, match=r"t60=0\.3: cannot be combined with a response"):
        augment.reverb(Y, SR, t60=0.3, response=np.ones(9))


def test_reverb_is_a_convolution_at_no_delay_and_as_loud():
    response = np.concatenate([np.zeros(50), augment.room_response(SR, t60=0.3, rng=rng())])
    want = np.convolve(Y.astype(np.float64), response)[50 : 50 + Y.size]
    made = augment.reverb(Y.astype(np.float64), SR, response=response)
    np.testing.assert_allclose(made / want, np.linalg.norm(Y) / np.linalg.norm(want), rtol=1e-6)
    assert not augment.reverb(np.zeros(99), SR, response=response).any()


# Levels


def test_gain_and_what_exceeds_one():
    y = np.array([0.5, -0.25], np.float32)
    np.testing.assert_allclose(augment.gain(y, db=20 * np.log10(2)), [1.0, -0.5], rtol=1e-6)
    with pytest.raises(vf.ParameterError, match=r"12 dB make 1 samples exceed 1; give at most 6.021"):
        augment.gain(y, db=12)
    with pytest.warns(UserWarning, match="1 of 2 samples are clipped at 1"):
        np.testing.assert_allclose(augment.gain(y, db=12, over="clip"), [1.0, -0.25 * 10**0.6], rtol=1e-6)
    assert augment.gain(y, db=12, over="keep").max() > 1.9


@pytest.mark.parametrize("factor", [0.9, 1.0, 1.1, 1.5])
def test_speed_moves_the_pitch(factor):
    tone = np.sin(2 * np.pi * 1000 * np.arange(SR) / SR)
    made = augment.speed(tone, factor=factor)
    assert made.size == int(np.ceil(SR / factor))
    spectrum = np.abs(np.fft.rfft(made * np.hanning(made.size), 2**18))
    assert spectrum.argmax() * SR / 2**18 == pytest.approx(1000 * factor, abs=0.5)


# Bands


def response_at(function, hz):
    """Decibels that are left of tones."""
    tones = np.sin(2 * np.pi * np.outer(hz, np.arange(SR)) / SR)
    middle = slice(4000, -4000)
    return [10 * np.log10((function(t)[middle] ** 2).mean() / (t[middle] ** 2).mean()) for t in tones]


def test_a_telephone_by_its_spectrum():
    edge, passed, stopped = (
        response_at(lambda y: augment.telephone(y, SR), hz)
        for hz in ([300, 3400], [450, 1000, 2500], [75, 7000])
    )
    np.testing.assert_allclose(edge, -6.02, atol=0.05)
    np.testing.assert_allclose(passed, 0, atol=0.5)
    assert max(stopped) < -60


def test_one_edge_leaves_the_other_side_open():
    low, high = response_at(lambda y: augment.bandlimit(y, SR, fmax=2000), [20, 6000])
    assert abs(low) < 0.01 and high < -60
    low, high = response_at(lambda y: augment.bandlimit(y, SR, fmin=2000), [200, 6000])
    assert low < -60 and abs(high) < 0.05


def test_nothing_is_later_than_before():
    for call in (CALLS["telephone"], CALLS["downsample"], *(CALLS[name] for name in augment.codecs.CODECS)):
        assert scipy_signal.correlate(call(Y), Y, "full", "fft").argmax() == Y.size - 1


def test_downsampling_takes_what_lies_above():
    passed, stopped = response_at(lambda y: augment.downsample(y, SR, rate=8000), [3000, 4500])
    assert abs(passed) < 0.01 and stopped < -80


# Codecs


def through_a_file(folder, y, sr, settings, **more):
    path = folder / "clip"
    soundfile.write(path, y, sr, **settings, **more)
    return soundfile.read(path, dtype=y.dtype.name)[0]


@pytest.mark.parametrize(
    "name, sr, settings, more",
    [
        ("alaw", 8000, dict(format="WAV", subtype="ALAW"), {}),
        ("mulaw", 8000, dict(format="WAV", subtype="ULAW"), {}),
        ("gsm", 8000, dict(format="WAV", subtype="GSM610"), {}),
        ("mp3", 16000, dict(format="MP3", subtype="MPEG_LAYER_III"), {}),
        ("vorbis", 16000, dict(format="OGG", subtype="VORBIS"), {}),
        ("vorbis", 22050, dict(format="OGG", subtype="VORBIS", compression_level=0.75), {"quality": 0.25}),
        ("opus", 16000, dict(format="OGG", subtype="OPUS"), {}),
        ("opus", 48000, dict(format="OGG", subtype="OPUS", compression_level=0.92), {"bitrate": 26}),
    ],
)
def test_a_codec_is_what_a_file_makes_of_it(tmp_path, name, sr, settings, more):
    y = Y[:12345]
    given = np.rint(y * 32768).astype(np.int16) if sr == 8000 else y
    want = through_a_file(tmp_path, given, sr, settings)[: y.size]
    want = want / np.float32(32768) if want.dtype == np.int16 else want
    np.testing.assert_array_equal(augment.codec(y, sr, name=name, **more), want)


@pytest.mark.parametrize(
    "sr, bitrate", [(8000, 8), (8000, 32), (16000, 24), (16000, 64), (44100, 48), (44100, 128)]
)
def test_mp3_has_its_bit_rate_and_no_delay(tmp_path, sr, bitrate):
    """At low bit rates the header that tells the delay does not fit in; the delay must go all the same."""
    y = scipy_signal.lfilter([0.05], [1, -0.9], np.random.default_rng(0).standard_normal(4 * sr))
    made = augment.codec(y, sr, name="mp3", bitrate=bitrate)
    assert scipy_signal.correlate(made, y, "full", "fft").argmax() == y.size - 1
    least, most = augment.codecs.CODECS["mp3"].rates[sr]
    level = min((most - bitrate) / (most - least), 0.9999)
    settings = dict(format="MP3", subtype="MPEG_LAYER_III", compression_level=level, bitrate_mode="CONSTANT")
    want = through_a_file(tmp_path, y, sr, settings)
    np.testing.assert_array_equal(made, want[want.size > y.size and 1105 :][: y.size])
    size = (tmp_path / "clip").stat().st_size
    assert size * 8 / 4000 == pytest.approx(bitrate, rel=0.1)  # kbit/s, with a header


def test_more_bits_leave_more():
    error = [np.linalg.norm(augment.codec(Y, SR, name="opus", bitrate=b) - Y) for b in (8, 16, 32, 96)]
    assert error == sorted(error, reverse=True)
    error = [np.linalg.norm(augment.codec(Y, SR, name="vorbis", quality=q) - Y) for q in (0.0, 0.3, 0.7, 1.0)]
    assert error == sorted(error, reverse=True)


#: ITU-T G.711, tables 1a and 2a: for each segment, what goes in (16 bits) and what comes out.
G711 = {
    # A-law, 13 bits: the first of a segment, and its last.
    "alaw": {0: 8, 15: 8, 16: 24, 496: 504, 512: 528, 1023: 1008, 1024: 1056, 4096: 4224, 32767: 32256},
    # mu-law, 14 bits: 0; steps of 8, 16, ... between levels; the last is 8031 of 8159.
    "mulaw": {0: 0, 4: 8, 11: 8, 12: 16, 124: 132, 1000: 988, 32767: 32124, 16764: 16764, 31000: 31100},
}  # fmt: skip


@pytest.mark.parametrize("name", G711)
def test_laws_have_the_levels_of_g711(name):
    given = np.array(list(G711[name]))
    made = np.rint(augment.codec(given / 32768.0, 8000, name=name) * 32768).astype(int)
    assert dict(zip(given.tolist(), made.tolist(), strict=True)) == G711[name]


@pytest.mark.parametrize("name, law", [("alaw", "alaw"), ("mulaw", "ulaw")])
def test_laws_against_audioop(name, law):
    """Every value of 16 bits. Negative ones mirror positive ones; audioop differs there at thresholds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        audioop = pytest.importorskip("audioop", reason="audioop is gone from Python 3.13 on")
    values = np.arange(32768).astype(np.int16)
    coded = getattr(audioop, f"lin2{law}")(values.tobytes(), 2)
    want = np.frombuffer(getattr(audioop, f"{law}2lin")(coded, 2), np.int16)
    made = augment.codec(values / 32768.0, 8000, name=name) * 32768
    np.testing.assert_array_equal(made, want)
    negative = augment.codec(-values[1:] / 32768.0, 8000, name=name) * 32768
    np.testing.assert_array_equal(negative, -want[1:])


def test_what_exceeds_one_is_cut_off_and_does_not_wrap():
    for name in ("alaw", "mulaw", "gsm"):
        np.testing.assert_array_equal(
            augment.codec(np.array([2.0, -3.0]), 8000, name=name),
            augment.codec(np.array([1.0, -1.0]), 8000, name=name),
        )


def test_telephone_codecs_leave_nothing_above_4000():
    made = augment.codec(Y, SR, name="gsm")
    power = np.abs(np.fft.rfft(made)) ** 2
    assert power[int(4050 / SR * Y.size) :].sum() < 1e-6 * power.sum()


def test_a_codec_that_libsndfile_lacks(monkeypatch):
    monkeypatch.setattr(soundfile, "available_subtypes", lambda format: {"VORBIS": ""})
    with pytest.raises(vf.ParameterError, match=r"name='opus': the installed libsndfile .* has no OPUS"):
        augment.codec(Y, SR, name="opus")


# Chains

CHAIN = augment.Chain(
    (
        augment.step("noise", p=0.7, snr=(5, 20), source=("white", "pink")),
        augment.step("reverb", p=0.5, t60=(0.2, 0.6)),
        augment.step("gain", db=(-6, 6), over="keep"),
        augment.step("codec", p=0.5, name=("alaw", "mp3")),
    )
)
CLIPS = {f"clip{k}": Y[k : k + 8000] for k in range(6)}


def made_worse(name):
    """At the top of a module, so that processes can be sent it."""
    return CHAIN(CLIPS[name], SR, id=name, epoch=2, seed=5).tobytes()


@pytest.mark.processes
def test_the_same_by_any_worker_and_in_any_order():
    want = {name: made_worse(name) for name in CLIPS}
    assert len(set(want.values())) == len(want)
    backwards = sorted(CLIPS, reverse=True)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert dict(zip(backwards, pool.map(made_worse, backwards), strict=True)) == want


def test_another_epoch_or_seed_is_another_draw():
    one = CHAIN(Y, SR, id="a")
    assert not np.array_equal(one, CHAIN(Y, SR, id="a", epoch=1))
    assert not np.array_equal(one, CHAIN(Y, SR, id="a", seed=1))


def test_a_step_more_changes_no_other():
    short = augment.Chain((CHAIN.steps[0],))
    still = augment.Chain((CHAIN.steps[0], augment.step("gain", p=0.0, db=0.0)))
    np.testing.assert_array_equal(short(Y, SR, id="a"), still(Y, SR, id="a"))


def test_probabilities_are_kept():
    half = augment.Chain((augment.step("gain", p=0.3, db=-6),))
    share = np.mean([half(Y[:9], SR, id=str(k))[0] != Y[0] for k in range(1000)])
    assert share == pytest.approx(0.3, abs=0.05)


def test_a_chain_is_text_and_back():
    text = CHAIN.to_toml()
    assert augment.Chain.from_toml(text) == CHAIN and text.count("[[step]]") == 4
    again = augment.Chain.from_toml(text)
    np.testing.assert_array_equal(again(Y, SR, id="a"), CHAIN(Y, SR, id="a"))
    recorded = augment.Chain((augment.step("noise", snr=5, source=VOICES[0]),))
    with pytest.raises(vf.ParameterError, match="cannot be written as TOML"):
        recorded.to_toml()


def test_sixty_copies():
    one = list(augment.copies(Y[:8000], SR, "a", seed=3))
    assert len(one) == 60 and len({y.tobytes() for y in one}) == 60
    assert all(y.shape == (8000,) and y.dtype == np.float32 for y in one)
    few = augment.copies(Y[:8000], SR, "a", copies=3, seed=3)
    for had, want in zip(few, one, strict=False):
        np.testing.assert_array_equal(had, want)
    (own,) = augment.copies(Y, SR, "a", copies=1, seed=3, chain=CHAIN)
    np.testing.assert_array_equal(own, CHAIN(Y, SR, id="a", epoch=0, seed=3))


# Bad calls

SILENT = np.zeros(100)
BAD = [
    (lambda: augment.noise(Y, SR, snr=np.nan, rng=rng()), "snr=nan"),
    (lambda: augment.noise(Y, SR, snr=(20, 5), rng=rng()), "the larger value first"),
    (lambda: augment.noise(SILENT, SR, snr=5, rng=rng()), r"y=.*is silent"),
    (lambda: augment.noise(Y, SR, snr=5, source=SILENT, rng=rng()), r"source=.*is silent"),
    (lambda: augment.noise(Y, SR, snr=5, source="pnk", rng=rng()), "did you mean 'pink'"),
    (lambda: augment.noise(Y, SR, snr=5, source=[], rng=rng()), "is empty"),
    (lambda: augment.noise(Y, SR, snr=5, rng=3), "rng=3"),
    (lambda: augment.noise(np.stack([Y, Y]), SR, snr=5, rng=rng()), "one signal"),
    (lambda: augment.noise(np.array([]), SR, snr=5, rng=rng()), "holds no samples"),
    (lambda: augment.coloured(0, rng=rng()), "n=0"),
    (lambda: augment.babble(Y, voices=[], snr=5, rng=rng()), "recordings of talkers"),
    (lambda: augment.babble(Y, voices=[Y, SILENT], snr=5, rng=rng()), r"voices\[1\]=.*is silent"),
    (lambda: augment.babble(Y, voices=[Y], snr=5, talkers=0, rng=rng()), "talkers=0"),
    (lambda: augment.babble(Y, voices=[Y], snr=5, talkers=(1, 2.5), rng=rng()), "talkers=2.5"),
    (lambda: augment.room_response(SR, t60=0.0, rng=rng()), r"t60=0.0: leaves 0 samples"),
    (lambda: augment.room_response(SR, t60=11, rng=rng()), "t60=11"),
    (lambda: augment.reverb(Y, SR, rng=rng()), "either t60 or a response"),
    (lambda: augment.reverb(Y, SR, t60=0.5), "rng=None"),
    (lambda: augment.reverb(Y, SR, response=SILENT), "response=.*is silent"),
    (lambda: augment.gain(Y, db=(0, 3)), "rng=None"),
    (lambda: augment.gain(Y, db=3, over="clp"), "did you mean 'clip'"),
    (lambda: augment.speed(Y, factor=0), "factor=0"),
    (lambda: augment.bandlimit(Y, SR), "so is fmax"),
    (lambda: augment.bandlimit(Y, SR, fmax=8000), "8000 Hz is not between"),
    (lambda: augment.bandlimit(Y, SR, fmin=3000, fmax=300), "is not below fmax=300"),
    (lambda: augment.telephone(Y, 6000), "fmax=3400"),
    (lambda: augment.downsample(Y, SR, rate=22050), "rate=22050"),
    (lambda: augment.codec(Y, SR, name="opsu"), "did you mean 'opus'"),
    (lambda: augment.codec(Y, SR, name=[]), "is empty"),
    (lambda: augment.codec(Y, SR, name="alaw", bitrate=64), "alaw has no bit rate"),
    (lambda: augment.codec(Y, SR, name="mp3", quality=0.5), "mp3 has no quality"),
    (lambda: augment.codec(Y, SR, name="mp3", bitrate=320), "at most 160"),
    (lambda: augment.codec(np.full(9, np.inf), SR, name="mp3"), "is inf"),
    (lambda: augment.step("nois", snr=5), "did you mean 'noise'"),
    (lambda: augment.step("noise", sn=5), "did you mean 'snr'"),
    (lambda: augment.step("noise"), "required by noise"),
    (lambda: augment.step("noise", p=1.5, snr=5), "p=1.5"),
    (lambda: augment.step("noise", snr="loud"), "snr='loud'"),
    (lambda: augment.Chain((len,)), "is not a step"),
    (lambda: augment.Chain(augment.step("gain", db=1)), "must be a sequence of steps"),
    (lambda: augment.Chain.from_toml("a = "), "is not TOML"),
    (lambda: augment.Chain.from_toml("steps = 5"), "did you mean 'step'"),
    (lambda: augment.Chain.from_toml("[[step]]\np = 1.0"), "has no function"),
    (lambda: augment.Chain.from_toml('[[step]]\ndo = "gain"'), "required by gain"),
    (lambda: augment.copies(Y, SR, "a", copies=0), "copies=0"),
    (lambda: augment.copies(Y, SR, "a", chain="noise"), "chain='noise': is not a Chain"),
    (lambda: augment.noise(Y, SR, snr=5, source=["pink", SILENT], rng=rng()), r"source=.*is silent"),
    (lambda: augment.copies(Y, SR, 5), "utterance=5"),
]  # fmt: skip


@pytest.mark.parametrize("call, told", BAD)
def test_bad_calls(call, told):
    with pytest.raises(vf.ParameterError, match=told):
        call()
