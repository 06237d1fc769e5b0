"""Linear prediction of what is predicted all but entirely, against Burg's method in sixty digits."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
import soxr
from signals import speech

import voicefeat as vf

ORDER, SR = 32, 16000
T = np.arange(1200)
HAMMING = np.hamming(400)
BEEP = np.rint(16384 * np.sin(2 * np.pi * 1000 * T / SR)) / 32768
CHIRP = np.sin(2 * np.pi * (100 * T / SR + 4000 * (T / SR) ** 2))


def upsampled(quality, dtype=np.float64):
    """Frames of 25 ms of speech, 16 to 44.1 kHz."""
    y = soxr.resample(speech(SR)[8000:20000].astype(dtype), SR, 44100, quality=quality).astype(np.float64)
    return [y[i : i + 1102] * np.hamming(1102) for i in range(0, y.size - 1102, 5000)]


SIGNALS = {
    "beep": [BEEP[:400] * HAMMING, BEEP[:400]],
    "steady": [np.full(400, 0.5)],
    "chirp": [CHIRP[:400] * HAMMING, np.rint(16384 * CHIRP[400:800]) / 32768 * HAMMING],
    **{quality: upsampled(quality) for quality in ("VHQ", "HQ", "MQ", "LQ", "QQ")},
    "single": upsampled("VHQ", np.float32),
}


def burg(y, order):
    """The filter, from the definition."""
    f, b, a = y[1:], y[:-1], [Decimal(1)]
    for _ in range(order):
        energy = sum(x * x for x in f) + sum(x * x for x in b)
        k = -2 * sum(map(Decimal.__mul__, f, b)) / energy if energy else Decimal(0)
        a = [x + k * z for x, z in zip([*a, Decimal(0)], [Decimal(0), *reversed(a)], strict=True)]
        f, b = (
            [x + k * z for x, z in zip(f[1:], b[1:], strict=True)],
            [z + k * x for x, z in zip(f[:-1], b[:-1], strict=True)],
        )
    return a


def is_stable(a):
    """Whether all roots lie within the unit circle (on it for a reflection of exactly 1 as the first)."""
    with localcontext(prec=60):
        a = [Decimal(float(x)) for x in a]
        while len(a) > 1:
            k = a[-1]
            if abs(k) >= 1:
                return abs(k) == 1 and len(a) == 2
            a = [(x - k * z) / (1 - k * k) for x, z in zip(a[:-1], a[:0:-1], strict=True)]
    return True


@pytest.mark.parametrize("name", SIGNALS)
def test_digits_are_kept_where_little_is_left(name):
    for y in SIGNALS[name][:2]:
        with localcontext(prec=60):
            want = np.array([float(x) for x in burg([Decimal(float(x)) for x in y], ORDER)])
        assert np.abs(vf.lpc(y, order=ORDER) - want).max() <= 1e-8 * np.abs(want).max()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [*SIGNALS, "sine", "window"])
def test_no_filter_is_unstable(name, dtype):
    """Nor one whose roots double precision cannot tell from the unit circle."""
    more = {"sine": [np.sin(2 * np.pi * T[:400] / 16) * HAMMING], "window": [0.5 * HAMMING]}
    frames = {**SIGNALS, **more}[name]
    for order in (16, ORDER):
        for a in vf.lpc(np.stack(frames).astype(dtype), order=order):
            assert np.isfinite(a).all() and is_stable(a)


@pytest.mark.parametrize("name", ["beep", "chirp", "VHQ", "HQ", "MQ", "LQ", "QQ"])
def test_line_spectra_of_predictable_frames(name):
    for y in SIGNALS[name]:
        lsf = vf.lpc_to_lsf(vf.lpc(y, order=16))
        assert (np.diff(lsf) > 0).all() and lsf.min() > 0 and lsf.max() < np.pi


def test_long_signals_are_made_in_pieces():
    """More samples than are held at a time give what double precision, measured at each stage, gives."""
    y = np.tile(CHIRP, 60)[: (1 << 16) + 3000] * np.linspace(1, 2, (1 << 16) + 3000)
    f, b, want = y[1:].astype(np.longdouble), y[:-1].astype(np.longdouble), np.ones(1)
    for _ in range(6):
        k = -2 * (f @ b) / (f @ f + b @ b)
        want = np.append(want, 0) + k * np.append(want, 0)[::-1]
        f, b = f[1:] + k * b[1:], b[:-1] + k * f[:-1]
    np.testing.assert_allclose(vf.lpc(y, order=6), want.astype(float), rtol=0, atol=1e-9 * np.abs(want).max())


@pytest.mark.parametrize("gain", [1e-30, 1e30])
def test_a_gain_changes_nothing(gain):
    y = SIGNALS["VHQ"][1]
    power = 2.0 ** np.round(np.log2(gain))
    assert np.array_equal(vf.lpc(power * y, order=ORDER), vf.lpc(y, order=ORDER))
