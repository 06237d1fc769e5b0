"""Augmentation: the same numbers for the same seed, utterance and epoch, and the published ones."""

import numpy as np
import pytest
from scipy import signal

import voicefeat as vf

SR = 16000
Y = 0.3 * np.sin(2 * np.pi * 300 * np.arange(SR) / SR) + 0.01 * np.random.default_rng(0).standard_normal(SR)
DRAWN = [vf.augment.convolutive_noise, vf.augment.impulsive_noise, vf.augment.stationary_noise]


def rng(utterance="a", epoch=0):
    return vf.augment.generator(7, utterance, epoch)


def test_a_generator_belongs_to_seed_utterance_and_epoch():
    seeds = [(7, "a", 0), (8, "a", 0), (7, "b", 0), (7, "a", 1)]
    draws = {vf.augment.generator(*seed).uniform() for seed in seeds}
    assert len(draws) == 4
    assert rng().uniform() == rng().uniform()
    # Kept by other runs: the number must not change from version to version.
    assert vf.augment.generator(0, "", 0).integers(2**31) == 491154645


@pytest.mark.parametrize("function", DRAWN, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_draws_are_repeatable_and_keep_type_and_length(function, dtype):
    y = (Y * 32767).astype(np.int16) if dtype == np.int16 else Y.astype(dtype)
    one, same, other = (function(y, rng=rng(name)) for name in "aab")
    assert one.shape == y.shape and one.dtype == (np.float32 if dtype == np.int16 else dtype)
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other) and np.isfinite(one).all()


def test_impulsive_noise_changes_few_samples_by_a_part_of_themselves():
    made = vf.augment.impulsive_noise(Y / 4, rng=rng(), share=10.0, gain=2.0)
    changed = made != Y / 4
    assert 0 < changed.mean() <= 0.1
    assert (np.abs(made - Y / 4) <= 2 * np.abs(Y / 4)).all()


@pytest.mark.parametrize("ratio", [0.0, 20.0, 40.0])
def test_stationary_noise_has_its_ratio(ratio):
    noise = vf.augment.stationary_noise(Y, rng=rng(), snr=(ratio, ratio)) - Y
    found = 20 * np.log10(np.linalg.norm(Y) / np.linalg.norm(noise))
    assert found == pytest.approx(ratio, abs=1e-9)


def test_convolutive_noise_of_one_power_is_a_filter():
    """An impulse comes out as the filter itself, whose largest response is 1."""
    y = np.zeros(4000)
    y[2000] = 0.5
    made = vf.augment.convolutive_noise(y, rng=rng(), powers=1)
    response = np.abs(signal.freqz(made + 0.0, 1, worN=8192)[1])
    assert response.max() == pytest.approx(0.5, rel=0.02)
    assert made.mean() == pytest.approx(0.0, abs=1e-15)


def test_algorithms_are_their_parts():
    boost, (c, i, s) = vf.augment.rawboost, DRAWN
    np.testing.assert_array_equal(boost(Y, SR, algorithm=0, rng=rng()), Y)
    for number, parts in {1: [c], 2: [i], 3: [s], 4: [c, i, s], 5: [c, i], 6: [c, s], 7: [i, s]}.items():
        draws, want = rng(), Y
        for part in parts:
            want = part(want, rng=draws)
        np.testing.assert_array_equal(boost(Y, SR, algorithm=number, rng=rng()), want)
    draws = rng()
    want = c(Y, rng=draws) + i(Y, rng=draws)
    np.testing.assert_array_equal(boost(Y, SR, algorithm=8, rng=rng()), want / max(1.0, np.abs(want).max()))


@pytest.mark.parametrize(
    "call, told",
    [
        (lambda: vf.augment.generator(-1), "seed=-1"),
        (lambda: vf.augment.generator(0, 5), "utterance=5"),
        (lambda: vf.augment.rawboost(Y, algorithm=9, rng=rng()), "algorithm=9"),
        (lambda: vf.augment.rawboost(Y, algorithm=5, rng=7), "rng=7"),
        (lambda: vf.augment.impulsive_noise(Y, rng=rng(), share=101), "share=101"),
        (lambda: vf.augment.impulsive_noise(np.stack([Y, Y]), rng=rng()), "one signal"),
        (lambda: vf.augment.impulsive_noise(np.full(9, np.nan), rng=rng()), "nan"),
        (lambda: vf.augment.stationary_noise(Y, rng=rng(), snr=(40, 10)), "the larger value first"),
        (lambda: vf.augment.stationary_noise(Y, 4000, rng=rng()), "above half of sr=4000"),
        (lambda: vf.augment.convolutive_noise(Y, rng=rng(), powers=0), "powers=0"),
        (lambda: vf.augment.convolutive_noise(Y, rng=rng(), width=5), "width=5"),
    ],
)
def test_bad_calls(call, told):
    with pytest.raises(vf.ParameterError, match=told):
        call()
