"""The page's section on selection: both choices side by side, from the score files of runs."""

from dataclasses import replace

import numpy as np
import pytest
from detecting import need

need("sklearn", "torch")

from detect import config as configs, shift  # noqa: E402

import voicefeat as vf  # noqa: E402

LEFT_OUT = "leave-source-out"


def run(group, name, selection, scores, more=()):
    """A run's folder with the score files of seeds; `scores` are (bonafide, spoof) for each seed."""
    config = configs.read(configs.find(f"minifake/{name}"), [f"selection={selection}", *more])
    folder = group / (name if selection == "dev" else f"{name}+left") / "minifake-clean"
    for seed, (bonafide, spoof) in enumerate(scores):
        place = folder / f"seed-{seed}"
        place.mkdir(parents=True)
        keys = ["bonafide"] * len(bonafide) + ["spoof"] * len(spoof)
        attacks = [f"A{k % 10}" if key == "spoof" else "-" for k, key in enumerate(keys)]
        who = [f"s{k % 20}" for k in range(len(keys))]
        names = [f"u{k}" for k in range(len(keys))]
        held = vf.metrics.Scores(names, np.concatenate([bonafide, spoof]), keys, attacks)
        vf.metrics.write_scores(place / "scores_eval.txt", held)
        (place / "metrics.json").write_text("{}")
    lines = [f"{utt},{voice}" for utt, voice in zip(names, who, strict=True)]
    (folder / "clips.csv").write_text("\n".join(["utterance,speaker", *lines]))
    (folder / "metrics.json").write_text("{}")
    (folder / "config.toml").write_text(config.to_toml())


def drawn(mean, seed, slope=1.0):
    rng = np.random.default_rng(seed)
    return slope * rng.normal(mean, 1, 200), slope * rng.normal(-mean, 1, 200)


@pytest.fixture
def group(tmp_path, monkeypatch):
    monkeypatch.setattr(shift, "DRAWS", 400)
    return tmp_path / "minifake"


def test_both_choices_stand_side_by_side(group):
    """An SVM whose order stays and whose calibration is worse; a network that is better, over two seeds."""
    plain, better = drawn(1.0, 0, 2.0), [drawn(1.5, 1, 2.0), drawn(1.5, 2, 2.0)]
    run(group, "lfcc_svm", "dev", [plain])
    run(group, "lfcc_svm", LEFT_OUT, [tuple(8 * part for part in plain)])
    run(group, "ann", "dev", [plain, plain])
    run(group, "ann", LEFT_OUT, better)
    lines = shift.section(group, "minifake-clean").splitlines()
    rows = {line.split(" | ")[0].strip("| "): line.strip("| ").split(" | ") for line in lines[2:4]}
    assert set(rows) == {"ANN", "LFCC 2019, pooled, and SVM"}
    svm, ann = rows["LFCC 2019, pooled, and SVM"], rows["ANN"]
    rate = f"{100 * vf.metrics.eer(*plain).rate:.1f}"
    assert svm[1:4] == [rate, rate, "none"], "the same order has the same EER"
    assert svm[4] == f"{vf.metrics.cllr(*plain):.3f}"
    assert float(svm[5]) > float(svm[4])
    assert svm[6].startswith("+")
    assert ann[2] == f"{100 * np.mean([vf.metrics.eer(*one).rate for one in better]):.1f}"
    assert ann[3].startswith("-")
    told = lines[-1]
    assert "a lower EER for 1 and a higher one for 0, a lower Cllr for 1 and a higher one for 1, of 2" in told
    assert "correction of 3 tests" in told


@pytest.mark.parametrize(
    ("slope", "word"), [(1.0, "made no difference that is certain"), (0.02, "helped"), (50.0, "harmed")]
)
def test_what_helped_is_told(group, slope, word):
    """Overconfident scores of dev: left-out sources help if they lower them, and harm if they raise them."""
    bonafide, spoof = drawn(0.5, 3, 40.0)
    run(group, "lfcc_svm", "dev", [(bonafide, spoof)])
    run(group, "lfcc_svm", LEFT_OUT, [(slope * bonafide, slope * spoof)])
    assert shift.section(group, "minifake-clean").endswith(f"selection by left-out sources {word}.")


def test_whole_speakers_and_systems_are_drawn(group):
    """The intervals are those of `difference` over both, and wider than those of single clips."""
    plain, other = drawn(1.0, 0), drawn(1.3, 1)
    run(group, "lfcc_svm", "dev", [plain])
    run(group, "lfcc_svm", LEFT_OUT, [other])
    [(_, folders)] = shift.pairs(group, "minifake-clean")
    found = shift.compare(*folders)["eer"]
    who, systems = [f"s{k % 20}" for k in range(400)], [f"A{k % 10}" for k in range(200, 400)]
    groups = {"speaker": (who[:200], who[200:]), "system": (None, systems)}
    due = vf.metrics.difference(other, plain, "eer", groups=groups, draws=shift.DRAWS)
    assert (found.low, found.high) == (pytest.approx(100 * due.low), pytest.approx(100 * due.high))
    assert found.p == due.p


def test_runs_of_other_settings_are_no_pair(group):
    run(group, "lfcc_svm", "dev", [drawn(1.0, 0)])
    run(group, "lfcc_svm", LEFT_OUT, [drawn(1.0, 0)], ["model.settings.C=1.0"])
    assert shift.section(group, "minifake-clean") == "No detector was run with both selections."
    found = configs.read(configs.find("minifake/lfcc_svm"))
    other = replace(found, training=replace(found.training, selection=LEFT_OUT, folds=3, variants="-"))
    assert shift._alike(other) == shift._alike(found)
