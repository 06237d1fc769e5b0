"""How calls are divided into blocks and parts: every frame once, whatever the threads, and checks first."""

import threading

import numpy as np
import pytest

import voicefeat as vf
from voicefeat.chain.block_loop import run
from voicefeat.chain.blocks import SHORT, check_finite, for_blocks, for_parts, thread_budget
from voicefeat.chain.frames import Frames
from voicefeat.chain.plan import plan_for
from voicefeat.chain.spectra import borrow, give_back
from voicefeat.chain.stages import Bands, Cepstrum, Chain, Compression, Spectrum
from voicefeat.engine.aligned import aligned

KIND = np.dtype(np.float64)


@pytest.fixture(params=[1, 3])
def budget(request):
    before = vf.get_num_threads()
    vf.set_num_threads(request.param)
    yield request.param
    vf.set_num_threads(before)


def taken(data, frames, size, **settings):
    """The blocks that were taken, by item, as (first, frames)."""
    blocks, lock = {}, threading.Lock()

    def take(work, item, first, count):
        with lock:
            blocks.setdefault(item, []).append((first, count))

    for_blocks(take, data, frames, size, KIND, **settings)
    return blocks


@pytest.mark.parametrize("shape", [(1000,), (SHORT + 1,), (3, SHORT), (2, 12, SHORT // 10)])
@pytest.mark.parametrize("size", [1, 7, 100, 1000])
def test_every_frame_is_taken_once(budget, shape, size):
    blocks = taken(np.zeros(shape), 100, size)
    assert sorted(blocks) == list(range(int(np.prod(shape[:-1]))))
    for found in blocks.values():
        seen = np.concatenate([np.arange(first, first + count) for first, count in found])
        assert sorted(seen) == list(range(100))


def test_ordered_blocks_follow_one_another(budget):
    blocks = taken(np.zeros((2, SHORT)), 100, 7, ordered=True)
    assert all(found == sorted(found) for found in blocks.values())


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_samples_are_checked_before_the_first_block(budget, bad):
    data = np.zeros((2, SHORT))
    data[1, -1] = bad

    def take(*block):
        pytest.fail("a block was taken")

    with pytest.raises(vf.ParameterError, match=r"^y"):
        for_blocks(take, data, 100, 10, KIND)
    assert len(taken(data, 100, 10, check=False)) == 2


def test_the_argument_is_named():
    with pytest.raises(vf.ParameterError, match=r"^S"):
        check_finite(np.full((3, 4), np.nan), "S", spectra=True)


def test_short_calls_stay_on_one_thread(budget):
    assert thread_budget(SHORT) == 1
    assert thread_budget(SHORT + 1) == thread_budget(SHORT // 10 + 1, 10) == budget
    names = set()
    for_parts(lambda i: names.add(threading.current_thread().name), 50, SHORT)
    assert names == {threading.current_thread().name}


def test_an_error_of_a_block_is_raised(budget):
    def take(work, item, first, count):
        if first == 50:
            raise KeyError(first)

    with pytest.raises(KeyError, match="50"):
        for_blocks(take, np.zeros(SHORT + 1), 100, 10, KIND)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32, np.int64])
def test_scratch_arrays_and_tables_begin_at_a_cache_line(kind):
    for size in (1, 7, 64, 4097):
        array = aligned(size, kind)
        assert (array.size, array.dtype, array.ctypes.data % 64) == (size, kind, 0)


def test_the_arrays_of_a_call_begin_at_a_cache_line():
    bands = Bands.make("mel", sr=16000, n_fft=512, n_mels=40)
    compression, cepstrum = (
        Compression.make("db", 1e-10, 0.0, None),
        Cepstrum.make("n", 40, 13, 2, "ortho", 0),
    )
    chain = Chain(Frames(512, 160, 400), Spectrum(), bands, compression, cepstrum)
    run(chain, np.ones(16000, np.float32))
    plan, work = plan_for(chain, None, np.dtype(np.float32)), borrow(np.dtype(np.float32))
    made = [*work.arrays.largest.values(), work.peak]
    give_back(work)
    assert len(made) > 4
    tables = [plan.source.tables, plan.bank, plan.matrix]
    made += [value for table in tables for value in vars(table).values() if isinstance(value, np.ndarray)]
    assert {array.ctypes.data % 64 for array in made} == {0}
