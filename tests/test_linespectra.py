"""Line spectral frequencies against what defines them."""

import numpy as np
import pytest
from scipy import signal

import voicefeat as vf


def filters(order, count=20):
    """Prediction error filters of coloured noises."""
    rng = np.random.default_rng(order)
    noise = rng.standard_normal((count, 2000))
    return vf.lpc(signal.lfilter([1.0], [1.0, -0.9], noise), order=order)


@pytest.mark.parametrize("order", [1, 2, 3, 8, 11, 16])
def test_there_and_back(order):
    a = filters(order)
    lsf = vf.lpc_to_lsf(a)
    assert lsf.shape == (20, order) and (np.diff(lsf) > 0).all() and lsf.min() > 0 and lsf.max() < np.pi
    np.testing.assert_allclose(vf.lsf_to_lpc(lsf), a, atol=1e-9)


@pytest.mark.parametrize("order", [4, 9, 16])
def test_the_angles_are_where_the_phase_of_the_mirrored_filter_crosses(order):
    """z^-(p+1) A(1/z) / A(z) is an all-pass: it is -1 or 1 at the angles, by turns."""
    for a in filters(order, 5):
        lsf = vf.lpc_to_lsf(a)
        z = np.exp(-1j * lsf)
        polyval = np.polynomial.polynomial.polyval
        ratio = z ** (order + 1) * polyval(1 / z, a) / polyval(z, a)
        np.testing.assert_allclose(ratio, [(-1.0) ** (k + 1) for k in range(order)], atol=1e-7)


def test_white_noise_has_angles_equally_far_apart():
    lsf = vf.lpc_to_lsf([1.0, 0.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(lsf, np.pi * np.arange(1, 5) / 5, atol=1e-12)


@pytest.mark.parametrize(
    "call, told",
    [
        (lambda: vf.lpc_to_lsf([1.0]), "no coefficient"),
        (lambda: vf.lpc_to_lsf([2.0, 0.5]), "begin with 1"),
        (lambda: vf.lpc_to_lsf([1.0, -2.5, 1.0]), "unit circle"),
        (lambda: vf.lpc_to_lsf([1.0, np.nan]), "finite"),
        (lambda: vf.lpc_to_lsf("a"), "finite"),
        (lambda: vf.lsf_to_lpc([2.0, 1.0]), "must be ascending"),
        (lambda: vf.lsf_to_lpc([1.0, 4.0]), "between 0 and pi"),
    ],
)
def test_bad_calls(call, told):
    with pytest.raises(vf.ParameterError, match=told):
        call()
