"""The guard of a call with the detector of a run: the ratios that the run gives, by a stream or anew."""

import re
import runpy
import sys

import numpy as np
import pytest
import soundfile
from detecting import EXAMPLES, need, train

need("sklearn", "torch")

from detect import features, hearing, saved  # noqa: E402
from detect.corpus import Clip  # noqa: E402
from detect.guard import Held, Window  # noqa: E402
from detect.toy import toy  # noqa: E402

import voicefeat as vf  # noqa: E402

#: Runs, and whether their front end has a stream of what they need.
RUNS = {
    "lfcc_svm": (["toy/lfcc_svm"], True),
    "lfcc_gmm": (["toy/lfcc_gmm"], True),
    "ann": (["toy/ann", "epochs=2"], True),
    "lfcc_lcnn": (["toy/lfcc_lcnn", "epochs=1"], False),
    "fusion": (["toy/fusion"], False),
    "pooled": (["toy/pooled"], False),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A function of a name of RUNS to the folder of its run."""
    home = tmp_path_factory.mktemp("runs")

    def run(name):
        words, _ = RUNS[name]
        if not any(home.glob(f"toy/{name}*/toy-clean/metrics.json")):
            assert train(home, *words, "report.draws=0", "seeds=[0]") == 0
        return next(home.glob(f"toy/{name}*/toy-clean"))

    return run


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_a_piece_of_a_call_is_scored_as_a_recording(name, runs):
    run = runs(name)
    detector = saved.read(run)
    due = vf.metrics.read_scores(run / "seed-0" / "scores_eval.txt")
    clips = {c.utt: c for c in toy().clips}
    for utt, score in zip(due.utterances[:4], due.scores[:4], strict=True):
        y = features.samples(clips[utt], 16000, "")
        assert hearing.of_samples(detector, y, 16000) == pytest.approx(score, rel=1e-5, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("name", RUNS)
def test_streams_are_used_where_there_are_some(name, runs, capsys):
    method = hearing.method(str(runs(name)))
    window = method.window(1.0)
    streamed = RUNS[name][1]
    assert isinstance(window, Window) == streamed
    assert isinstance(window, Held)
    said = capsys.readouterr().out
    assert ("a second costs its new frames" in said) == streamed
    assert ("every window is computed anew" in said) != streamed
    rng = np.random.default_rng(1)
    for _ in range(2):
        window.hear(rng.standard_normal(16000).astype(np.float32))
    assert np.isfinite(method.score(window.vector()))


@pytest.mark.parametrize("statistics", [("mean", "std"), ("std",), ("mean", "q0.1", "q0.9"), ()])
def test_windows_are_of_the_frames_of_the_whole_call(statistics):
    """Whatever is taken of them: of pieces, what is heard is what one call gives."""
    rng = np.random.default_rng(6)
    call = rng.standard_normal(8 * 16000).astype(np.float32) * np.repeat(rng.uniform(0.01, 0.3, 8), 16000)
    call = call.astype(np.float32)
    fe = vf.frontend("asvspoof2019-lfcc")
    frames, latency = fe(call, 16000), fe.stream().latency.samples
    window = Window(2.0, 16000, fe, statistics)
    for end in range(16000, len(call) + 1, 16000):
        window.hear(call[end - 16000 : end])
        last = sum(t * 160 + 320 + latency <= end for t in range(frames.shape[1]))
        held = frames[:, max(0, last - 200) : last]
        due = np.array(list(vf.summarize(held, statistics).values())) if statistics else held.T
        np.testing.assert_allclose(window.vector(), due, rtol=1e-5, atol=1e-6)


def test_the_window_of_another_rate():
    """Eight kilohertz: seconds are seconds, and a hop is that of the front end."""
    fe = vf.frontend("project-mfcc").replace(rate=8000)
    window = Window(2.0, 8000, fe, ("mean",))
    window.hear(np.ones(15999, np.float32))
    assert not window.full
    window.hear(np.ones(1, np.float32))
    assert window.full
    assert window.pooled.size == round(16000 / fe.framing.hop_length)


@pytest.fixture
def guard(monkeypatch, capsys):
    """A function that does what 07_guard.py does with these words; its status, output and errors."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["07_guard.py", *map(str, words)])
        try:
            runpy.run_path(str(EXAMPLES / "07_guard.py"), run_name="__main__")
            status = 0
        except SystemExit as ended:
            status = ended.code
        return status, *capsys.readouterr()

    return run


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lfcc_gmm", "lfcc_lcnn"])
def test_a_call_is_heard_by_a_run(name, runs, guard, tmp_path, capsys):
    run = runs(name)
    capsys.readouterr()
    parts = [features.samples(c, 16000, "") for c in toy().clips if c.split == "eval" and c.bonafide]
    soundfile.write(tmp_path / "call.wav", np.concatenate(parts), 16000)
    words = [tmp_path / "call.wav", "--data", "toy", "--window", "2"]
    status, out, err = guard(*words, "--run", run)
    assert (status, err) == (0, "")
    heard = re.findall(r"^ +\d+ s +(-?[\d.]+) +mean", out, re.M)
    assert len(heard) == len(np.concatenate(parts)) // 16000 - 1
    own = guard(*words)[1]
    assert re.findall(r"^ +\d+ s +(-?[\d.]+) +mean", own, re.M) != heard, "the quick detector is another"


@pytest.mark.slow
def test_runs_that_cannot_hear(guard, tmp_path):
    status, _, err = guard("--run", tmp_path)
    assert (status, err.count("\n")) == (2, 1)
    assert "holds no run" in err
    rng = np.random.default_rng(3)
    lines = [f"{a:.4f},{b:.4f},{'REAL' if a + b > 0 else 'FAKE'}" for a, b in rng.standard_normal((200, 2))]
    (tmp_path / "t").mkdir()
    table = tmp_path / "t" / "DATASET-balanced.csv"
    table.write_text("one,two,LABEL\n" + "\n".join(lines) + "\n")
    words = ["deepvoice/table/logistic", "protocol=seed", "report.draws=0", "seeds=[0]"]
    assert train(tmp_path / "out", *words, data=table) == 0
    (run,) = [p.parent for p in (tmp_path / "out").rglob("run.json")]
    with pytest.raises(vf.ParameterError, match="was trained on a table; name a run on recordings"):
        hearing.method(str(run))


def test_rows_without_a_label_have_no_key():
    assert [Clip("u", known).key for known in (True, False, None)] == ["bonafide", "spoof", ""]
