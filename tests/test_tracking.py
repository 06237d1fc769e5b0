"""The pitch tracker against torchaudio's own answers, from full scale down to where its floor shows."""

import numpy as np
import pytest
from signals import speech
from tables.separation import pitch

import voicefeat as vf

SR = 16000
#: `torchaudio.functional.detect_pitch_frequency` of torchaudio 2.11.1, in float64: every ninth frame's lag of
#: `quantized()`, at full scale down to 1e-4 of it (where all are alike), and at 1e-5.
ORIGINAL = [
    44, 123, 122, 118, 116, 111, 111, 110, 111, 112, 112, 114, 92, 130, 137, 137, 106, 81, 81, 108, 90, 88,
    90, 94, 91, 94, 133, 131, 130, 129, 122, 86,
]  # fmt: skip
ORIGINAL_SOFT = [
    44, 123, 122, 118, 116, 111, 111, 110, 111, 112, 112, 114, 92, 130, 137, 137, 106, 81, 81, 108, 108, 88,
    94, 94, 94, 115, 135, 131, 130, 129, 123, 99,
]  # fmt: skip
LEVELS = [10.0**-k for k in range(6)]


def quantized():
    """Speech of 16 bits, so that it is the same on every processor."""
    return np.rint(32768 * speech(SR).astype(float)) / 32768


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("function", [vf.detect_pitch_frequency, pitch], ids=["voicefeat", "reference"])
def test_lags_are_torchaudios_at_every_level(level, function):
    found = function(level * quantized(), SR)
    want = ORIGINAL_SOFT if level < 5e-5 else ORIGINAL
    assert np.rint(SR / found).astype(int)[::9].tolist() == want


@pytest.mark.parametrize("level", LEVELS)
def test_live(level):
    functional = pytest.importorskip("torchaudio.functional", reason="torchaudio is not installed")
    import torch

    y = level * quantized()
    for settings in ({}, {"frame_time": 0.02}, {"win_length": 5}, {"freq_low": 60}, {"freq_high": 1000}):
        want = functional.detect_pitch_frequency(torch.from_numpy(y)[None], SR, **settings)[0].numpy()
        np.testing.assert_allclose(vf.detect_pitch_frequency(y, SR, **settings), want, rtol=1e-6)
