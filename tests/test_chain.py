"""Parts of the chain in combinations, against the public functions that do one step each."""

import os

import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat import cache
from voicefeat.chain.block_loop import run, run_spectra
from voicefeat.chain.frames import Frames
from voicefeat.chain.stages import Bands, Chain, Compression, Scaling, Spectrum

SR = 16000
FRAMES = Frames.make(512, 160, 400, "hann", True, "constant")
BANK = Bands.make("mel", sr=SR, n_fft=512, n_mels=40)


@pytest.mark.parametrize("top_db", [None, 30.0])
def test_log_bands_with_and_without_a_floor(top_db):
    """The chain stopped after compression: the floor applies though nothing follows it."""
    y = speech(SR).astype(np.float64)
    chain = Chain(FRAMES, Spectrum.make(2.0), BANK, Compression.make("db", 1e-10, 0.0, top_db))
    bands = vf.melspectrogram(y, SR, n_fft=512, hop_length=160, win_length=400, n_mels=40)
    want = vf.power_to_db(bands, top_db=top_db)
    np.testing.assert_allclose(run(chain, y), want, rtol=1e-12)
    if top_db is not None:
        assert (want == want.max() - top_db).any(), "the floor is reached, or nothing was tested"


def test_what_is_given_stays_as_it_was():
    """Compression and scaling of given spectra work on a copy."""
    S = vf.spectrogram(speech(SR), n_fft=512, hop_length=160, power=2.0)
    before = S.copy()
    logs = run_spectra(Chain(compression=Compression.make("ln", 1e-10, 0.0, None)), S)
    np.testing.assert_allclose(logs, np.log(np.maximum(before, 1e-10)), rtol=2e-6, atol=2e-6)
    scaled = run_spectra(Chain(scaling=Scaling.make(np.inf)), S)
    np.testing.assert_allclose(scaled, before / before.max(axis=0), rtol=1e-6)
    assert np.array_equal(S, before)


@pytest.mark.processes
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_forked_while_the_memories_were_locked():
    """The lock of a thread that was not copied with the process does not stop the child."""
    with cache._lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if cache._lock.acquire(blocking=False) else 1)
    assert os.waitpid(child, 0)[1] == 0
