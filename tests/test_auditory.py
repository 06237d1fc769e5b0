"""Models of hearing: tones of known loudness, what stays of a constant, items of a batch, long silences."""

import numpy as np
import pytest
from scipy import signal
from signals import speech
from tables.auditory import pncc

import voicefeat as vf
from voicefeat.feature.speech import gammatone

SR = 16000
CENTRES = SR / 2 + 9.26449 * 24.7, 50 + 9.26449 * 24.7
REMEMBERING = [(vf.rasta_plp, {}), (vf.gammatone_spectrogram, {})]


@pytest.fixture(scope="module")
def voice():
    return np.ascontiguousarray(speech(SR)[:30000], dtype=np.float64)


@pytest.mark.slow
@pytest.mark.parametrize("row", [3, 20, 50])
@pytest.mark.parametrize("method", ["filter", "fft"])
def test_a_tone_at_the_centre_of_a_filter(row, method):
    high, low = CENTRES
    hertz = low * (high / low) ** (row / 64) - 9.26449 * 24.7
    y = 0.5 * np.sin(2 * np.pi * hertz * np.arange(SR) / SR)
    found = vf.gammatone_spectrogram(y, SR, method=method)[:, 40:60]
    assert (found.argmax(axis=0) == row).all()
    if method == "filter":  # the gain is that of complex numbers at the centre, so nearly that of a tone
        assert np.abs(found[row] / (0.5 / np.sqrt(2)) - 1).max() < 0.06


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("function", "options"), [*REMEMBERING, (vf.pncc, {})])
def test_what_remembers_is_the_same_in_a_batch(function, options, dtype, voice):
    y = voice.astype(dtype).reshape(3, 2, 5000)
    both = function(y, SR, **options)
    for i in np.ndindex(3, 2):
        assert np.array_equal(both[i], function(y[i], SR, **options))


@pytest.mark.parametrize(("function", "options"), REMEMBERING)
@pytest.mark.parametrize("hop_length", [160, 137, 700])
def test_frames_do_not_depend_on_what_comes_later(function, options, hop_length, voice):
    whole = function(voice, SR, hop_length=hop_length, **options)
    part = function(voice[:9000], SR, hop_length=hop_length, **options)
    assert np.array_equal(part, whole[:, : part.shape[1]])


def test_a_gain_does_not_change_what_rasta_keeps(voice):
    """Of a filter in the room, or a level, nothing is left after the first frames."""
    plain, louder = (vf.rasta_plp(gain * voice, SR, noise=0.0, pole=0.5) for gain in (0.01, 0.1))
    assert np.abs(plain - louder).max() < 1e-9
    assert np.abs(vf.plp(0.01 * voice, SR, noise=0.0)[0] - vf.plp(0.1 * voice, SR, noise=0.0)[0]).min() > 0.1


def test_a_model_is_near_its_bands():
    """With as many poles as there are lags, the model passes near the compressed, weighted bands."""
    y = np.random.default_rng(7).standard_normal(400)
    few, many = (vf.plp(y, SR, order=order, n_plp=60, lift=0.0)[:, 0] for order in (1, 20))
    w = np.pi * np.arange(21) / 20
    bands = vf.bark_spectrogram(y, SR)[:, 0]
    f2 = (600 * np.sinh(np.linspace(0, 6 * np.arcsinh(SR / 1200), 21) / 6)) ** 2
    loud = ((f2 / (f2 + 1.6e5)) ** 2 * (f2 + 1.44e6) / (f2 + 9.61e6) * bands) ** 0.33
    loud[[0, -1]] = loud[[1, -2]]

    def misses(c):
        return np.std(2 * np.cos(np.outer(w, np.arange(1, 60))) @ c[1:] + c[0] - np.log(loud))

    assert misses(many) < 0.5 * misses(few)


@pytest.mark.parametrize("seconds", [2, 4, 7, 11, 16, 40])
def test_silence_after_sound_leaves_nothing_that_fades(voice, monkeypatch, seconds):
    """What filters remember is set to nothing before it is so small that processors slow down."""
    run, remembered = gammatone.kernels.filter_frames, []

    def watched(*given):
        run(*given)
        remembered.append(given[6])

    monkeypatch.setattr(gammatone.kernels, "filter_frames", watched)
    y = np.zeros(seconds * SR)
    y[:SR] = voice[:SR]
    found = vf.gammatone_spectrogram(y, SR)
    sizes = np.abs(np.concatenate(remembered))
    assert remembered and not ((sizes > 0) & (sizes < 1e-200)).any()
    if seconds > 16:
        assert (sizes == 0).all() and (found[:, -10:] == 0).all()


@pytest.mark.parametrize("gain", [0.0, 1e-100, 1e-150, 1e-154, 1e-160])
def test_pncc_goes_on_after_digital_silence(voice, gain):
    """What the envelopes still hold is divided by the power of next to nothing."""
    y = voice[:16000].copy()
    y[4000:9000] *= gain
    found = vf.pncc(y, SR)
    assert np.isfinite(found).all()
    if gain == 0:
        np.testing.assert_allclose(found, pncc(y, SR), rtol=0, atol=1e-12)


def test_gammatone_weights_are_those_of_the_filters():
    """The impulse response's spectrum has the magnitudes that `filters.gammatone` says."""
    click = np.zeros(8192)
    click[0] = 1.0
    weights = vf.filters.gammatone(sr=SR, n_fft=8192, dtype=np.float64)
    heard = vf.gammatone_spectrogram(click, SR, frame_length=1, hop_length=1)
    energy = (heard**2).sum(axis=1)
    spectrum = (weights[:, 0] ** 2 + weights[:, -1] ** 2 + 2 * (weights[:, 1:-1] ** 2).sum(axis=1)) / 8192
    assert np.abs(energy / spectrum - 1).max() < 1e-9


def test_critical_bands_fall_as_they_should():
    bank = vf.filters.bark(sr=SR, n_fft=4096, fmin=300.0, fmax=6000.0, dtype=np.float64)
    barks = 6 * np.arcsinh(np.arange(2049) * SR / 4096 / 600)
    away = barks - 6 * np.arcsinh(300 / 600)
    assert (bank[0][np.abs(away) < 0.5] == 1).all()
    far = away > 0.6
    assert np.allclose(np.log10(bank[0][far]), -2.5 * (away[far] - 0.5))
    assert len(bank) == int(np.ceil(6 * (np.arcsinh(10) - np.arcsinh(0.5)))) + 1
    labelled = vf.filters.bark(sr=SR, n_fft=512, labelled=256, dtype=np.float64)
    assert np.allclose(labelled[:, :256], vf.filters.bark(sr=SR, n_fft=510, dtype=np.float64), atol=1e-12)
    assert (labelled[:, 256] == 0).all()


@pytest.mark.parametrize(("bank", "options", "message"), [
    ("bark", {"width": 0}, "width=0: "),
    ("bark", {"fmin": 8000.0}, "fmin=8000.0: "),
    ("bark", {"labelled": 300}, "labelled=300: "),
    ("bark", {"n_filters": 1}, "n_filters=1: "),
    ("gammatone", {"fmin": 0.0}, "fmin=0.0: "),
    ("gammatone", {"fmax": 9000.0}, "fmax=9000.0: "),
    ("gammatone", {"n_fft": 1}, "n_fft=1: "),
    ("bank", {"labelled": 256, "labelled_to": 0.0}, "labelled_to=0.0: "),
])  # fmt: skip
def test_banks_refuse(bank, options, message):
    with pytest.raises(vf.ParameterError, match="^" + message):
        getattr(vf.filters, bank)(**{"sr": SR, "n_fft": 512, **options})


def test_labels_and_lift_of_a_front_end(voice):
    """Labelled bins to half the rate, below an `fmax`; a power of a coefficient's number."""
    got = vf.filters.bank(sr=SR, n_fft=512, fmax=4000.0, labelled=256, labelled_to=8000.0)
    assert np.allclose(got[:, :256], vf.filters.bank(sr=SR, n_fft=510, fmax=4000.0), atol=1e-12)
    fe = vf.frontend("rastamat-melfcc")
    plain = fe.replace(lift=0.0)(voice, SR)
    lift = np.append(1, np.arange(1, 13) ** 0.6)[:, np.newaxis]
    assert np.allclose(fe(voice, SR), plain * lift, rtol=1e-12, atol=1e-10)


def test_sections_are_scipys(voice):
    """One filter of the bank, as scipy runs it."""
    high, low = CENTRES
    w = 2 * np.pi * (low * (high / low) ** (30 / 64) - 9.26449 * 24.7) / SR
    r = np.exp(-2 * np.pi * 1.019 * ((w * SR / (2 * np.pi)) / 9.26449 + 24.7) / SR)
    y = voice
    for s in (1, -1):
        for t in (np.sqrt(2) + 1, np.sqrt(2) - 1):
            b = [1, -r * (np.cos(w) + s * t * np.sin(w))]
            a = [1, -2 * r * np.cos(w), r * r]
            y = signal.lfilter(b, a, y) / np.abs(signal.freqz(b, a, [w])[1])
    got = vf.gammatone_spectrogram(voice, SR, frame_length=1, hop_length=50)[30]
    assert np.abs(got - np.abs(y[::50])).max() < 1e-11
