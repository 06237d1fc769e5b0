"""A corpus on a Dask cluster: a real scheduler, real worker processes, one of them killed in the middle."""

import logging
import os
import pickle
import signal
import time
import weakref

import pytest
from corpora import contents, noises

import voicefeat as vf
from voicefeat.cli.main import main
from voicefeat.corpus.run.dask import dask_cluster
from voicefeat.corpus.run.extract import extract_corpus

pytest.importorskip("pyarrow", reason='needs pip install ".[corpus]"')
distributed = pytest.importorskip("distributed", reason='needs pip install ".[dask]"')
pytestmark = pytest.mark.processes

ASKED = {"feature": "mfcc", "settings": {"n_mfcc": 5}, "shard_mb": 0.1}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Six hundred noises, every hundredth of them no audio."""
    return noises(tmp_path_factory.mktemp("cluster") / "in", 600, 100, 8000, 5)


@pytest.fixture
def cluster():
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, silence_logs=logging.CRITICAL) as made:
        yield made


def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(corpus, cluster, tmp_path):
    done = extract_corpus(corpus, tmp_path / "here", **ASKED)
    assert (done.recordings, done.failed) == (594, 6)
    before = {worker.pid for worker in cluster.workers.values()}
    killed = []

    class Kills:
        """Passes calls on to the cluster; after some of them a worker dies."""

        def __init__(self, executor):
            self.executor, self.calls = executor, 0

        def submit(self, *call):
            self.calls += 1
            if self.calls == 12:
                killed.append(min(before))
                os.kill(killed[0], signal.SIGKILL)
            return self.executor.submit(*call)

    with dask_cluster(cluster.scheduler_address) as (executor, workers):
        assert workers == 2
        done = extract_corpus(corpus, tmp_path / "there", executor=Kills(executor), workers=workers, **ASKED)
    assert (done.recordings, done.failed) == (594, 6) and killed
    while {worker.pid for worker in cluster.workers.values()} == before:
        time.sleep(0.1)  # its nanny starts another in its place, however long that takes
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_errors_pass_between_processes():
    """distributed has exceptions pickled in its own way."""
    with pytest.raises(vf.AudioError) as found:
        vf.load("nothing.wav")
    again = pickle.loads(pickle.dumps(found.value))
    assert isinstance(again, FileNotFoundError) and str(again) == str(found.value)


def test_the_command(corpus, cluster, tmp_path, capsys):
    command = ["extract", str(corpus), "--frontend", "asvspoof2019-lfcc", "--shard-mb", "0.2"]
    assert main([*command, "--out", str(tmp_path / "there"), "--dask", cluster.scheduler_address]) == 1
    assert "594 recordings" in capsys.readouterr().out
    assert main([*command, "--out", str(tmp_path / "here")]) == 1
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_nobody_answers(tmp_path):
    told = r"no scheduler answers there .* start one with 'dask scheduler'"
    with pytest.raises(vf.ParameterError, match=told), dask_cluster("tcp://127.0.0.1:9"):
        pass


@pytest.mark.parametrize("address", ["nowhere", "", "tcp://"])
def test_no_address(address, monkeypatch):
    made, begin = [], distributed.Client.__init__

    def seen(client, *args, **kwargs):
        made.append(weakref.ref(client))
        begin(client, *args, **kwargs)

    monkeypatch.setattr(distributed.Client, "__init__", seen)
    with pytest.raises(vf.ParameterError, match=r"^dask=") as told, dask_cluster(address):
        pass
    held = told.value
    assert [client() for client in made] == [None], held  # it is closed, though the error is still there


def test_a_scheduler_without_workers():
    options = {"n_workers": 0, "dashboard_address": None, "silence_logs": logging.CRITICAL}
    refused = pytest.raises(vf.ParameterError, match="has no workers; start some: dask worker")
    with distributed.LocalCluster(**options) as made, refused, dask_cluster(made.scheduler_address):
        pass


def test_workers_of_another_version(cluster, monkeypatch):
    from voicefeat.corpus.run import dask as module

    here = {**module.versions(), "numpy": "0.1"}
    with distributed.Client(cluster) as client:
        there = client.run(module.versions)
    with pytest.raises(vf.ParameterError, match=r"worker tcp://.* has numpy .* there, 0\.1 here"):
        monkeypatch.setattr(module, "versions", lambda: here)
        module._check_versions(cluster.scheduler_address, there)
