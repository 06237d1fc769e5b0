"""Short-term speech features as chains: the same bits alone and in a pass that shares spectra."""

import numpy as np
import pytest

import voicefeat as vf
from voicefeat.chain.shortterm import ShortFrames, ShortSpectra

FEATURES = [
    "scfc", "scmc", "ssfc", "ssc", "bark_spectrogram", "plp", "rasta_plp", "cosine_phase",
    "instantaneous_frequency", "modified_group_delay", "mgd",
]  # fmt: skip
NOISE = np.random.default_rng(5).standard_normal(9000)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(9000,), (3, 3000)])
def test_a_shared_pass_has_the_bits_of_calls_one_by_one(kind, shape):
    y = NOISE.reshape(shape).astype(kind)
    found = vf.extract(y, 16000, FEATURES)
    for name in FEATURES:
        alone = vf.extract(y, 16000, [name])[name]
        assert found[name].dtype == kind
        assert np.array_equal(found[name], alone), name
        rate = {"sr": 16000} if name in ("scfc", "scmc", "ssfc", "ssc", "bark_spectrogram") else {}
        assert np.array_equal(found[name], getattr(vf, name)(y, **rate)), name


@pytest.mark.parametrize(
    "names, passes",
    [(["scfc", "scmc"], 1), (["mgd", "modified_group_delay"], 1), (["scfc", "ssfc"], 2)],
)
def test_equal_frames_share_their_spectra(names, passes, monkeypatch):
    made, fill = [], ShortSpectra.fill

    def counted(self, bins, work, signal, first, count):
        made.append(count)
        fill(self, bins, work, signal, first, count)

    monkeypatch.setattr(ShortSpectra, "fill", counted)
    found = vf.extract(NOISE, 16000, names)
    assert sum(made) == passes * next(iter(found.values())).shape[-1]


@pytest.mark.parametrize("start", [0, 1, 7])
def test_samples_are_pre_emphasised_as_they_are_cut(start):
    from voicefeat.chain.spectra import borrow

    y = np.concatenate([[-0.0], NOISE[:200]]).astype(np.float32)
    frames = ShortFrames(16, 10, 16, "ones", False, emphasis=0.97)
    whole = y.astype(np.float64)
    whole[1:] -= 0.97 * y[:-1].astype(np.float64)
    x = frames.samples(borrow(np.dtype(np.float64)), y, start, 3)
    expected = whole[10 * start : 10 * start + 36]
    assert np.array_equal(x, expected) and np.array_equal(np.signbit(x), np.signbit(expected))
