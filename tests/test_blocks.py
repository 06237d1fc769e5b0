"""How calls are divided into blocks and parts: every frame once, whatever the threads, and checks first."""

import threading

import numpy as np
import pytest

import voicefeat as vf
from voicefeat.chain.blocks import SHORT, check_finite, for_blocks, for_parts, thread_budget

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
