"""Spectra larger than the cache: the same bits as in small pieces, wherever the result lies in memory."""

import numpy as np
import pytest
from signals import speech

import voicefeat as vf
from voicefeat.chain.large_results import LONG_BLOCK_BYTES, LONG_ROW_BYTES, RESULT_BYTES, past_cache
from voicefeat.chain.plan import plan_for
from voicefeat.chain.program import Program
from voicefeat.engine.simd import HAS_STREAMING_STORES
from voicefeat.feature.spectral.stft import stft_chain

SR = 16000
#: Frame t begins at sample 5 t: a piece of the signal has the same ones.
SETTINGS = {"n_fft": 512, "hop_length": 5, "center": False}
FUNCTIONS = {"stft": vf.stft, "spectrogram": vf.spectrogram}


@pytest.fixture(scope="module")
def y():
    return speech(SR)


@pytest.fixture(params=[1, 2])
def threads(request):
    before = vf.get_num_threads()
    vf.set_num_threads(request.param)
    yield
    vf.set_num_threads(before)


@pytest.fixture
def streamed(monkeypatch):
    """A list that grows when something is written past the cache."""
    seen, run = [], Program.run

    def watched(program, *arguments):
        seen.extend([program] if program.past_cache else [])
        return run(program, *arguments)

    monkeypatch.setattr(Program, "run", watched)
    return seen


def in_pieces(function, y, frames=500):
    """The same frames in pieces far below the size from which results go past the cache."""
    total = 1 + (y.size - 512) // 5
    pieces = []
    for first in range(0, total, frames):
        count = min(frames, total - first)
        pieces.append(function(y[5 * first : 5 * (first + count - 1) + 512], **SETTINGS))
        assert pieces[-1].shape[-1] == count and pieces[-1].nbytes < RESULT_BYTES
    return np.concatenate(pieces, axis=1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_large_result_has_the_bits_of_its_parts(name, dtype, y, threads, streamed):
    y = y.astype(dtype)
    want = in_pieces(FUNCTIONS[name], y)
    assert not streamed
    got = FUNCTIONS[name](y, **SETTINGS)
    assert got.nbytes >= RESULT_BYTES and bool(streamed) == HAS_STREAMING_STORES
    assert got.tobytes() == want.tobytes()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_large_batch_of_short_signals(name, y, threads, streamed):
    """The whole result counts, not that of one signal."""
    y = y.astype(np.float32)[:48000].reshape(3, 4, 4000)
    got = FUNCTIONS[name](y, n_fft=512, hop_length=3)
    assert got.nbytes >= RESULT_BYTES and bool(streamed) == HAS_STREAMING_STORES
    streamed.clear()
    for i, signal in enumerate(y.reshape(12, -1)):
        want = FUNCTIONS[name](signal, n_fft=512, hop_length=3)
        assert got.reshape(12, *want.shape)[i].tobytes() == want.tobytes()
    assert not streamed


@pytest.mark.parametrize("shift", [0, 4, 16, 36, 1])
def test_an_array_that_begins_anywhere(shift, y, streamed):
    """Numpy promises 16 bytes, a view nothing; a line may even begin within an element."""
    want = in_pieces(vf.stft, y := y.astype(np.float32))
    room = np.full(want.nbytes + 128, 7, np.uint8)
    begin = -room.ctypes.data % 64 + shift
    out = room[begin:][: want.nbytes].view(np.complex64).reshape(want.shape)
    assert vf.stft(y, out=out, **SETTINGS) is out
    assert bool(streamed) == (HAS_STREAMING_STORES and shift != 1)
    assert out.tobytes() == want.tobytes()
    assert np.all(room[:begin] == 7) and np.all(room[begin + want.nbytes :] == 7)


def test_spectra_that_share_their_blocks(y, streamed):
    """Beside other features, blocks are shorter than alone; the bits are the same."""
    y = y.astype(np.float32)
    both = vf.extract(y, SR, ["stft", "mfcc"], n_fft=512, hop_length=5)
    assert bool(streamed) == HAS_STREAMING_STORES
    assert both["stft"].tobytes() == vf.stft(y, n_fft=512, hop_length=5).tobytes()
    assert both["mfcc"].tobytes() == vf.mfcc(y, SR, n_fft=512, hop_length=5).tobytes()


def test_frames_of_a_length_that_scipy_transforms(y, streamed):
    y = y[:20000].astype(np.float32)
    got = vf.stft(y, n_fft=509, hop_length=4, center=False)
    assert got.nbytes >= RESULT_BYTES and bool(streamed) == HAS_STREAMING_STORES
    some = vf.stft(y[:4000], n_fft=509, hop_length=4, center=False)
    assert got[:, : some.shape[1]].tobytes() == some.tobytes()


@pytest.mark.parametrize("dtype", [np.dtype(np.float32), np.dtype(np.float64)], ids=str)
@pytest.mark.parametrize("n_fft", [400, 2048, 4096, 16384])
def test_blocks_of_bare_spectra(n_fft, dtype):
    """Of whole groups of lanes; rows are as long as is said, or would make the block larger than is said."""
    chain = stft_chain(n_fft, n_fft // 4, None, "hann", True, "constant")
    plan = plan_for(chain, None, dtype)
    item = 2 * dtype.itemsize
    assert plan.long_block >= plan.block and plan.long_block % plan.lanes == 0
    assert plan.long_block * plan.bins * item <= LONG_BLOCK_BYTES
    more = plan.long_block + plan.lanes
    assert plan.long_block * item >= LONG_ROW_BYTES or more * plan.bins * item > LONG_BLOCK_BYTES


def test_what_goes_past_the_cache():
    row = np.empty(RESULT_BYTES // 4 + 1, np.float32)
    assert past_cache(row[:-1], 128) == past_cache(row[:-1], 64) == HAS_STREAMING_STORES
    assert not past_cache(row[:-2], 128)  # a small result
    assert not past_cache(row[:-1], 63)  # short rows of a block, and of a signal
    assert not past_cache(row[:-1].reshape(-1, 32), 128)
    assert not past_cache(row.view(np.uint8)[1:-3].view(np.float32), 128)  # lines begin within elements
