"""The benchmarks: that the command works, and that what it prints means what it says. No times here."""

import dataclasses
import json
import math
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import voicefeat

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))


def benchmarks(*arguments):
    """What ``python -m benchmarks`` with `arguments` returned and printed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One quick run of the mfcc rows: the process and the numbers it wrote."""
    folder = tmp_path_factory.mktemp("benchmarks")
    done = benchmarks(
        "--quick",
        "--rows",
        "mfcc, *",
        "--libraries",
        "librosa",
        "--json",
        folder / "run.json",
        "--markdown",
        folder / "run.md",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done, folder


@pytest.mark.processes
def test_every_row_is_checked_against_librosa_and_timed(run):
    from benchmarks.rows import select

    done, folder = run
    cells = json.loads((folder / "run.json").read_text(encoding="utf-8"))["cells"]
    assert [c["label"] for c in cells] == [row.label for row in select("mfcc, *")]
    for c in cells:
        assert 0 < c["error"] <= c["tolerance"], c["label"]
        assert c["ours"] > 0 and c["librosa"] > 0 and c["times"]["low"] <= c["times"]["high"]
        assert set(c["floor"]) == {"framed", "resident"}
        assert c["label"] in done.stdout
    page = (folder / "run.md").read_text(encoding="utf-8")
    assert page.count("| mfcc, ") == len(cells) + 1  # and one line of the comparison of threads
    assert "double precision" in page and "again at every call" in page


@pytest.mark.processes
def test_the_surroundings_of_the_call_are_measured(run):
    done, folder = run
    measures = json.loads((folder / "run.json").read_text(encoding="utf-8"))["measures"]
    kinds = ["the call itself", "import", "warm cache", "no cache"]
    for kind in kinds:
        found = [m for m in measures if kind in m["label"]]
        assert len(found) == 1 and found[0]["most"] is not None, kind
    assert "targets reached" in done.stdout


@pytest.mark.processes
@pytest.mark.skipif(not os.access("/proc/self/clear_refs", os.W_OK), reason="memory is measured on Linux")
def test_memory_is_measured_in_processes_of_their_own(run):
    (mfcc,) = json.loads((run[1] / "run.json").read_text(encoding="utf-8"))["memory"]
    assert mfcc["label"] == "memory of mfcc, defaults, 60 s"
    assert -5 < mfcc["value"] < mfcc["most"] == 64
    assert mfcc["librosa"] > 10  # its spectrogram alone
    assert "| memory of mfcc, defaults, 60 s |" in (run[1] / "run.md").read_text(encoding="utf-8")


@pytest.mark.processes
def test_a_row_that_differs_is_an_error(run, tmp_path):
    data = json.loads((run[1] / "run.json").read_text(encoding="utf-8"))
    data["cells"][0]["error"] = 2 * data["cells"][0]["tolerance"]
    (tmp_path / "wrong.json").write_text(json.dumps(data), encoding="utf-8")
    done = benchmarks("--from", tmp_path / "wrong.json")
    assert done.returncode == 1
    assert (
        f"DIFFERS from librosa or a library of the same definition: {data['cells'][0]['label']}"
        in done.stdout
    )
    assert benchmarks("--from", run[1] / "run.json").returncode == 0


@pytest.mark.processes
def test_json_holds_the_whole_report(run):
    from benchmarks.report import Report

    data = json.loads((run[1] / "run.json").read_text(encoding="utf-8"))
    report = Report.from_json(data)
    assert json.loads(json.dumps(report.to_json())) == data
    assert report.markdown() == (run[1] / "run.md").read_text(encoding="utf-8")


@pytest.mark.processes
def test_two_runs_make_one_page(run, tmp_path):
    from benchmarks.report import Report

    data = json.loads((run[1] / "run.json").read_text(encoding="utf-8"))
    later = {**data, "command": "later", "cells": [dict(data["cells"][0], ours=123.0)], "memory": []}
    both = Report.from_json(data).joined(Report.from_json(later))
    assert [c.label for c in both.cells] == [c["label"] for c in data["cells"]]
    assert both.cells[0].ours == 123.0 and both.command == f"{data['command']}` and `later"
    with pytest.raises(SystemExit, match="different machines"):
        Report.from_json(data).joined(Report.from_json({**later, "machine": {"processor": "another"}}))


def test_rows_say_what_can_be_measured():
    from benchmarks.rows import ROWS
    from benchmarks.signals import SIGNALS

    labels = [row.label for row in ROWS]
    assert len(set(labels)) == len(labels)
    for row in ROWS:
        assert "librosa" in row.libraries, row.label
        assert set(row.signals) <= set(SIGNALS) and row.signals, row.label
        assert {*row.targets, *row.floor, *(s for own in row.own for s in own.most)} <= set(row.signals), (
            row.label
        )


#: Public functions of the features' rooms whose time nobody waits for.
UNTIMED = {"magphase", "stack_memory", "summarize", "pitch_tuning"}


@pytest.mark.slow
def test_every_function_that_librosa_has_too_has_a_row():
    from benchmarks.rows import ROWS
    from benchmarks.twins import librosa_function

    pytest.importorskip("librosa")
    public = {name for name, module in voicefeat._modules().items() if module.startswith("feature.")}
    timed = {row.feature for row in ROWS} - {"frontend", "stream"}
    assert timed <= public
    assert {name for name in public - UNTIMED if librosa_function(name)} <= timed
    assert "extract" in timed


def test_every_front_end_has_a_row():
    from benchmarks.rows import select

    labels = [row.label for row in select("front end *")]
    assert [label for label in labels if "," not in label] == [
        f"front end {n}" for n in voicefeat.frontends()
    ]


def test_other_libraries_are_judged_one_by_one():
    from benchmarks.report import Report, cell_row
    from benchmarks.row import Row
    from benchmarks.signals import Signal
    from benchmarks.table import measure

    peers = {"librosa": lambda sr, **settings: None, "numpy": lambda sr, **settings: np.copy}
    least = {"numpy": {"quick": 1e-9}, "fastest": {"quick": 1e9}, "absent": {"quick": 1.0}}
    row = Row("rms", "a row", recipe=lambda y, sr: y + 0, peers=peers, beside=least)
    cell = measure(row, Signal("quick", "", 0.125), ["librosa", "numpy"], None, rounds=2, least=1e-5)
    goals = Report(cells=[cell]).goals()
    assert goals == {"a row on quick, against numpy": True, "a row on quick, against fastest": False}
    assert "numpy 1e-09 reached, fastest 1e+09 missed" in cell_row(cell)


@pytest.mark.slow
def test_plain_torch_computes_the_same_front_end():
    pytest.importorskip("torch")
    from benchmarks.compare import difference
    from benchmarks.peers.with_torch import plain_torch
    from benchmarks.signals import speech

    y = speech(16000, 16000)
    for name in ("nii-lfcc-no-energy", "torchaudio-lfcc-log", "sahidullah2015-mfcc"):
        if (call := plain_torch(name, 16000)) is not None:
            ours, theirs = voicefeat.frontend(name)(y), call(y).numpy()
            frames = min(ours.shape[-1], theirs.shape[-1]) - 1
            assert ours.shape[0] == theirs.shape[0], name
            assert difference(ours[:, 4 : frames - 4], theirs[:, 4 : frames - 4]) < 2e-3, name


@pytest.mark.processes
def test_an_unknown_row_names_the_rows():
    done = benchmarks("--rows", "mffc")
    assert done.returncode == 1
    assert "--rows mffc matches none of" in done.stderr and "mfcc, defaults" in done.stderr


def test_all_take_turns():
    from benchmarks.timing import interleaved

    order = []
    samplers = {name: lambda least, name=name: order.append(name) or 1.0 for name in "ABC"}
    times = interleaved(samplers, rounds=4)
    assert "".join(order) == "ABC" * 4
    assert times == {name: [1.0] * 4 for name in "ABC"}


def test_the_slow_sit_out_and_ratios_use_common_rounds():
    from benchmarks.timing import interleaved, ratio

    samplers = {"slowest": lambda least: 5.0, "slow": lambda least: 1.0}
    times = interleaved(samplers, rounds=9, patience=0)
    assert [t is not None for t in times["slow"]] == [True, False, False] * 3
    assert [t is not None for t in times["slowest"]] == [True] + [False] * 8
    found = ratio([6.0, None, 8.0], [1.0, 100.0, 2.0])
    assert (found.low, found.median, found.high) == (4.0, 5.0, 6.0)


def test_a_ratio_is_the_median_of_ratios():
    from benchmarks.timing import ratio

    # a slow moment hits both of a round: the ratio of medians would be 4
    assert ratio([2.0, 20.0, 4.0], [1.0, 10.0, 1.0]).median == 2.0


def test_a_sampler_counts_calls_until_the_time_is_up():
    from benchmarks.timing import sampler

    now, calls = [0.0], []

    def call():
        calls.append(None)
        now[0] += 0.25

    sample = sampler(call, clock=lambda: now[0])
    warm = len(calls)
    assert sample(1.0) == 0.25
    assert len(calls) - warm == 1 + 4  # one unmeasured call before each sample


def test_difference_is_relative_and_strict():
    from benchmarks.compare import difference

    ours, theirs = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 2.0], [3.0, 5.0]])
    assert difference(ours, theirs) == 0.2
    assert math.isinf(difference(ours[:, :1], theirs))
    ours[0, 0] = np.nan
    assert math.isinf(difference(ours, theirs))
    theirs[0, 0] = np.nan  # as where there is no voice: neither has a number
    assert difference(ours, theirs) == 0.2


def test_difference_takes_results_part_by_part():
    from benchmarks.compare import difference

    small, large = np.array([1.0, 2.0]), np.array([1e6, 3e6])
    assert difference((small, large), (small + 0.2, large)) == pytest.approx(0.2 / 2.2)
    assert difference({"a": small, "b": large}, {"a": small, "b": 2 * large}) == 0.5
    assert difference((np.array([True, False]), large), (np.array([True, True]), large)) == 1.0
    assert math.isinf(difference((small, large), small))
    assert difference(0.25, np.float64(0.5)) == 0.5


def test_rare_values_may_differ():
    from benchmarks.compare import difference

    theirs = np.arange(1.0, 1001.0).reshape(4, 250)
    ours = theirs.copy()
    ours[0, 3], ours[2, 5] = np.nan, 1e9
    assert math.isinf(difference(ours, theirs))
    assert difference(ours, theirs, rare=0.001) > 1e5
    assert difference(ours, theirs, rare=0.002) == 0.0
    ours[3, 0] += 1.0
    assert difference(ours, theirs, rare=0.002) == 1e-3


def test_slow_rows_have_the_beginning_of_the_signal():
    from benchmarks.row import Own, Row
    from benchmarks.signals import Signal
    from benchmarks.table import measure

    heard = []

    def recipe(y, sr, **settings):
        heard.append(len(y))
        return y

    peers = {"librosa": lambda sr, **settings: np.copy}
    row = Row("rms", "a row", recipe=recipe, peers=peers, longest=0.25, own=(Own("nothing", recipe),))
    cell = measure(row, Signal("quick", "", 0.5), [], None, rounds=2, least=1e-5)
    assert set(heard) == {round(0.25 * 22050)} and cell.cut == 0.25 and cell.error == 0.0
    assert [part.label for part in cell.own] == ["nothing"] and cell.own[0].reached is None
    cell = measure(row, Signal("short", "", 0.125), [], None, rounds=2, least=1e-5)
    assert heard[-1] == round(0.125 * 22050) and cell.cut is None


def test_what_librosa_lacks_is_timed_alone():
    from benchmarks.report import Report, cell_row
    from benchmarks.row import Row
    from benchmarks.signals import Signal
    from benchmarks.table import measure

    row = Row("rms", "a row", recipe=lambda y, sr: y + 0, peers={"librosa": lambda sr, **settings: None})
    cell = measure(row, Signal("quick", "", 0.125), ["librosa"], None, rounds=2, least=1e-5)
    assert (cell.librosa, cell.times, cell.error, cell.reached, cell.equal) == (None, None, None, None, True)
    assert cell_row(cell)[2:] == [""] * 5
    report = Report(cells=[cell])
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_the_table_replaces_what_is_between_the_marks():
    from benchmarks.report import replace_between

    page = "a\n<!-- table -->\nold\n<!-- /table -->\nb\n"
    assert replace_between(page, "new", "table") == page.replace("old", "new")
    for wrong in ("no marks", page * 2):
        with pytest.raises(SystemExit, match="must hold the marks"):
            replace_between(wrong, "new", "table")


@pytest.mark.processes
def test_targets_are_judged(run):
    from benchmarks.report import Report

    report = Report.from_json(json.loads((run[1] / "run.json").read_text(encoding="utf-8")))
    cell = dataclasses.replace(report.cells[0], target=1e9)
    report.cells = [cell, dataclasses.replace(cell, label="easy", target=0.0)]
    goals = report.goals()
    assert goals[f"{cell.label} on {cell.signal}"] is False
    assert goals[f"easy on {cell.signal}"] is True


@pytest.mark.processes
def test_one_pass_is_judged_by_our_own_calls(run):
    from benchmarks.report import Report
    from benchmarks.table import Part
    from benchmarks.timing import Ratio

    report = Report.from_json(json.loads((run[1] / "run.json").read_text(encoding="utf-8")))
    parts = [Part("two calls", 2.0, Ratio(1.5, 1.4, 1.7), 1.6), Part("one call", 1.0, Ratio(3.0, 3, 3), 1.6),
             Part("all calls", 9.0, Ratio(0.3, 0.3, 0.3))]  # fmt: skip
    report.cells = [dataclasses.replace(report.cells[0], own=parts)]
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report
    name = f"{report.cells[0].label} on {report.cells[0].signal}, against our own"
    goals = report.goals()
    assert (goals[f"{name} two calls"], goals[f"{name} one call"]) == (True, False)
    assert f"{name} all calls" not in goals
    page = report.markdown()
    assert "| two calls | 2.00 ms | 1.50 (1.40 to 1.70) | 1.6 reached |" in page
    assert "| one call | 1.00 ms | 3.00 (3.00 to 3.00) | 1.6 missed |" in page


@pytest.mark.processes
def test_the_readme_table_holds_the_measured_ratios(run):
    from benchmarks.report import Report

    report = Report.from_json(json.loads((run[1] / "run.json").read_text(encoding="utf-8")))
    lines = report.readme_table().splitlines()
    shown = [c for c in report.cells if c.label in ("mfcc, defaults", "mfcc, 13 of 40 mels, 512/160/400")]
    assert len(shown) == 2
    for c in shown:
        assert any(f"| {c.label} |" in line and f"{c.times.median:.1f} ×" in line for line in lines)
    assert not any("480/120" in line for line in lines)


def test_reading_a_dataset_is_measured(capsys):
    pytest.importorskip("pyarrow", reason='needs pip install ".[corpus]"')
    from benchmarks.dataset import main

    main(["200"])
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("made, 200 rows") and told[2].startswith("a row by number") and len(told) == 9
    for library in ("h5py", "zarr"):
        pytest.importorskip(library, reason='needs pip install ".[test]"')
    main(["formats", "3"])
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("3 rows of 60 x 401") and [line.split()[0] for line in told[1:]] == [
        "parquet", "kaldi", "npy", "hdf5", "zarr"
    ]  # fmt: skip


@pytest.fixture
def record(run, tmp_path):
    """The quick run, kept as a record: the report, and the folder."""
    from benchmarks.record import write
    from benchmarks.report import Report

    report = Report.from_json(json.loads((run[1] / "run.json").read_text(encoding="utf-8")))
    report.cells = [dataclasses.replace(report.cells[0], failed={"torch": f"OSError: {ROOT}/lib.so"})]
    report.missing = {"spafe": f"no file {ROOT}"}
    write(report, tmp_path)
    return report, tmp_path


@pytest.mark.processes
def test_a_record_is_what_was_measured(record):
    from benchmarks.record import newest

    report, folder = record
    kept = newest(folder)
    assert kept.machine == report.machine and kept.versions == report.versions and kept.date == report.date
    for ours, whole in [(kept.cells[0].ours, report.cells[0].ours), (kept.seconds, report.seconds)]:
        assert ours == pytest.approx(whole, rel=5e-4) and len(f"{ours:g}".replace(".", "").strip("0")) <= 4
    assert kept.versions["voicefeat"] == voicefeat.__version__ and "lanes" in kept.machine["lanes"]


@pytest.mark.processes
def test_a_record_names_neither_host_nor_folder(record):
    (path,) = record[1].glob("*.json")
    assert path.name.endswith(f"-lanes-{voicefeat.__version__}.json")
    for text in [path.read_text(encoding="utf-8"), *(p.read_text(encoding="utf-8") for p in records())]:
        assert str(ROOT) not in text and str(Path.home()) + "/" not in text
        assert not re.search(r'"[^"]*(/home/|/work/|/tmp/|site-packages)', text)
        assert f'"{socket.gethostname()}"' not in text


@pytest.mark.processes
def test_the_newest_record_counts(record):
    from benchmarks.record import newest, write

    report, folder = record
    write(report, folder)
    assert len(list(folder.iterdir())) == 1, "one for each processor and version"
    later = dataclasses.replace(
        report, date="9" + report.date[1:], machine={"processor": "A", "lanes": "4 lanes"}
    )
    write(later, folder)
    earlier = dataclasses.replace(
        report, date="1" + report.date[1:], machine={"processor": "Z", "lanes": "4 lanes"}
    )
    write(earlier, folder)
    assert len(list(folder.iterdir())) == 3
    assert newest(folder).machine == later.machine
    assert newest(folder / "none") is None


def records():
    """The records of the repository."""
    from benchmarks.record import FOLDER

    return sorted(FOLDER.glob("*.json"))


def test_the_pages_hold_what_the_newest_record_prints():
    """No figure of them is typed: ``python -m benchmarks.pages`` writes them."""
    from benchmarks.pages import due

    assert records()
    for path, text in due().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run python -m benchmarks.pages"


@pytest.mark.processes
def test_the_pages_print_the_same_again():
    from benchmarks.pages import due

    once = due()
    code = "import json; from benchmarks.pages import due; print(json.dumps([*due().values()]))"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C",
                       "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout) == [*once.values()]


def test_the_pages_say_which_processor():
    from benchmarks.record import newest

    report = newest()
    for name in ("README.md", "docs/performance.md", "docs/scale.md"):
        assert report.machine["processor"] in (ROOT / name).read_text(encoding="utf-8"), name
    table = report.readme_table().splitlines()
    assert len(table) == 2 + 10 + 2, "ten rows, their head, and who measured them"


def test_every_feature_has_a_row_and_its_own_frames():
    from benchmarks.rows import ROWS
    from voicefeat.feature.registry import FEATURES

    assert set(FEATURES) <= {row.feature for row in ROWS}
    ssc = next(row for row in ROWS if row.feature == "ssc")
    assert ssc.frames == (512, 160)
    assert all(row.frames for row in ROWS if row.feature in FEATURES and FEATURES[row.feature].chain)


def test_libraries_of_the_same_definition_are_checked():
    from benchmarks.report import Report, cell_row
    from benchmarks.row import Row
    from benchmarks.signals import Signal
    from benchmarks.table import measure

    peers = {
        "librosa": lambda sr, **settings: None,
        "near": lambda sr, **settings: lambda y: y * 1.0001,
        "far": lambda sr, **settings: lambda y: y + 0.1,
        "other": lambda sr, **settings: np.sum,
    }
    row = Row("rms", "a row", recipe=lambda y, sr: y + 0, peers=peers, alike={"near": 1e-3, "far": 1e-3})
    cell = measure(row, Signal("quick", "", 0.125), ["near", "far", "other"], None, rounds=2, least=1e-5)
    assert cell.apart["near"] == pytest.approx(1e-4, rel=0.01) and set(cell.apart) == {"near", "far"}
    assert cell.differing == ["far"] and not cell.equal
    assert "(1e-04)" in cell_row(cell)[-1] and "DIFFERS (> 1e-03)" in cell_row(cell)[-1]
    report = Report(cells=[cell])
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.5, 4])
def test_asrfront_computes_the_same_front_ends(seconds):
    pytest.importorskip("asrfront")
    from benchmarks.compare import difference
    from benchmarks.rows import ROWS
    from benchmarks.signals import speech

    y = speech(round(16000 * seconds), 16000)
    rows = [row for row in ROWS if "asrfront" in row.peers]
    assert len(rows) == 2
    for row in rows:
        apart = difference(row.ours(16000)(y), row.peers["asrfront"](16000)(y))
        assert apart <= row.alike["asrfront"], row.label
