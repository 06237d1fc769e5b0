"""Results in order from several threads: errors in their turn, few items begun, nobody left waiting."""

import threading
import time
import warnings

import numpy as np
import pytest

from voicefeat.corpus.ordered_map import AHEAD, ordered_map
from voicefeat.corpus.output.commit import Committer
from voicefeat.corpus.output.made_from import Recordings
from voicefeat.corpus.output.state import Segment, State
from voicefeat.corpus.run.warnings import ThreadWarnings, WarningsByThread

WORKERS = [1, 2, 5]


@pytest.mark.parametrize("workers", WORKERS)
def test_few_items_are_begun_and_order_is_kept(workers):
    begun = []
    results = ordered_map(lambda k: k * k, (begun.append(k) or k for k in range(1000)), workers)
    for k, result in enumerate(results):
        assert result == k * k
        assert len(begun) - (k + 1) < AHEAD * workers
    assert len(begun) == 1000


@pytest.mark.parametrize("workers", WORKERS)
def test_slow_and_quick_items_in_any_mixture(workers):
    seconds = np.random.default_rng(workers).choice([0.0, 0.0, 0.0, 0.003], size=400)

    def function(k):
        time.sleep(seconds[k])
        return k

    assert list(ordered_map(function, range(400), workers)) == list(range(400))


@pytest.mark.parametrize("workers", WORKERS)
def test_the_callers_thread_works_too(workers):
    seen, all_there = set(), threading.Barrier(workers)

    def function(_):
        if threading.current_thread() not in seen:
            seen.add(threading.current_thread())
            all_there.wait()  # as many threads as there are workers have an item each

    list(ordered_map(function, range(100), workers))
    assert len(seen) == workers and threading.current_thread() in seen


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_comes_in_its_turn_and_nothing_is_begun_after_it(workers, error):
    begun, given = [], []

    def function(k):
        begun.append(k)
        if k == 30:
            raise error("thirty")
        return k

    results = ordered_map(function, range(10**9), workers)
    with pytest.raises(error, match="thirty"):
        for result in results:
            given.append(result)
    assert given == list(range(30)) and max(begun) < 31 + AHEAD * workers


@pytest.mark.parametrize("workers", WORKERS)
def test_an_error_of_the_items_comes_after_what_they_gave(workers):
    def items():
        yield from range(5)
        raise OSError("the list ends here")

    given = []
    with pytest.raises(OSError, match="ends here"):
        for result in ordered_map(lambda k: k, items(), workers):
            given.append(result)
    assert given == list(range(5))


@pytest.mark.parametrize("workers", WORKERS)
def test_large_results_wait_in_small_numbers(workers, monkeypatch):
    monkeypatch.setattr("voicefeat.corpus.ordered_map.HELD", 100)
    made = []
    results = ordered_map(lambda k: made.append(k) or k, range(500), workers, size=lambda _: 40)
    for k, _ in enumerate(results):
        assert len(made) - (k + 1) <= 3 + workers  # three fill the room; what was begun before is finished
        time.sleep(0.0002)
    assert len(made) == 500


@pytest.mark.parametrize("workers", WORKERS)
def test_whoever_stops_early_waits_for_no_more_than_what_was_begun(workers):
    begun, stop = [], threading.Event()
    results = ordered_map(lambda k: begun.append(k) or k, range(10**9), workers, stop)
    assert [next(results) for _ in range(3)] == [0, 1, 2] and not stop.is_set()
    results.close()
    count = len(begun)
    assert stop.is_set() and count < 4 + AHEAD * workers
    time.sleep(0.01)
    assert len(begun) == count


def test_no_items():
    assert list(ordered_map(abs, [], 3)) == []


def test_a_disk_that_fails_is_told_at_the_next_shard(tmp_path):
    lost = tmp_path / ".part-00000.partial"
    kept = tmp_path / ".part-00001.partial"
    kept.write_bytes(b"x")
    with Recordings(tmp_path, 0) as recordings, Committer(tmp_path, recordings) as committer:
        committer.commit([(lost, tmp_path / "part-00000")], [""], Segment(), State({}))
        with pytest.raises(FileNotFoundError):
            committer.commit([(kept, tmp_path / "part-00001")], [""], Segment(), State({}))
    (tmp_path / "_recordings.bin").unlink()
    assert list(tmp_path.iterdir()) == []  # neither a shard nor a state that knows of one


def test_the_callers_thread_listens_to_its_recordings_only():
    heard = []
    before, warnings.showwarning = warnings.showwarning, lambda message, *_, **__: heard.append(str(message))
    try:
        with WarningsByThread():
            with ThreadWarnings() as own:
                warnings.warn("of a recording", UserWarning, stacklevel=1)
            warnings.warn("of the disk", UserWarning, stacklevel=1)
    finally:
        warnings.showwarning = before
    assert own == ["of a recording"] and heard == ["of the disk"]
