"""The manual's page of results, written from the metrics.json of runs: no number in it is typed by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import voicefeat as vf

from . import conclusions, config as configs, intervals, reading, shift

#: The config's name, and what its row is called: with a number, as the term project counted them.
SYSTEMS = (
    ("ann", "1 ANN"), ("ann_dropout", "2 ANN with dropout"), ("cnn", "3 CNN"),
    ("cnn_dropout", "4 CNN with dropout"),
    ("ann_mel", "5 SimpleANN, mel"), ("ann_mfcc", "6 SimpleANN, MFCC"), ("cnn_mel", "7 SimpleCNN, mel"),
    ("cnn_mfcc", "8 SimpleCNN, MFCC"), ("resnet101", "9 ResNet-101"), ("resnet200d", "10 ResNet-200-D"),
    ("lstm", "11 LSTM"), ("vit", "ViT"), ("lfcc_gmm", "LFCC 2021 wide, GMM 64"),
    ("lfcc_svm", "LFCC 2019 pooled, SVM"),
    ("fusion", "fusion of the two"), ("pooled", "front ends pooled, SVM each"),
    ("lfcc_gmm_2019", "LFCC 2019, GMM 64"),
    ("lfcc_gmm_2021", "LFCC of Tak and others, GMM 64"), ("lfcc_lcnn", "LFCC-LCNN-LSTM"),
)  # fmt: skip
TABLE = (
    ("logistic", "logistic regression"), ("forest", "random forest"), ("boosting", "gradient boosting"),
    ("ann", "1 ANN"), ("ann_dropout", "2 ANN with dropout"), ("cnn", "3 CNN"),
    ("cnn_dropout", "4 CNN with dropout"),
)  # fmt: skip

#: The page without its tables.
PAGE = Path(__file__).with_name("page.txt")


def page(runs: Path) -> str:
    """The page for the runs below a folder."""
    clean = _found(runs, "minifake", SYSTEMS, "minifake-clean")
    leaking = _found(runs, "minifake", SYSTEMS, "minifake-seed")
    folds = _found(runs, "deepvoice/table", TABLE, "deepvoice-folds")
    if not clean:
        raise vf.ParameterError(f"RUNS={str(runs)!r}: holds no runs on minifake; train some first")
    first = clean[0][1]
    tests = paired(clean)
    parts = {
        "minifake": _systems(clean),
        "costs": _costs(clean),
        "about": conclusions.about(clean),
        "unnamed": reading.unnamed(first),
        "feature_cost": _feature_cost(clean),
        "tests": _tests(tests) if tests else "One system was run.",
        "ranked": conclusions.ranked(clean, tests),
        "calibrated": conclusions.calibrated(clean),
        "probe": conclusions.probed(first),
        "chosen": conclusions.chosen(clean),
        "shown": conclusions.shown(clean),
        "apart": conclusions.apart(first["folder"] / "clips.csv"),
        "leaking": f"{_systems(leaking)}\n\n{conclusions.about(leaking)}" if leaking else "No runs.",
        "compared": conclusions.compared(clean, leaking),
        "deepvoice": _folds(folds) if folds else "No runs.",
        "columns": folds[0][1]["columns"] if folds else "table's",
        "folded": conclusions.folded(folds) if folds else "No runs.",
        "selection": shift.section(runs / "minifake", "minifake-clean"),
    }
    return PAGE.read_text(encoding="utf-8").format(**parts)


def _feature_cost(found: conclusions.Found) -> str:
    """How long features of all clips take, from the quickest front end to the slowest."""
    seconds = [one["seconds"]["features"]["mean"] for _, one in found]
    seconds = [value for value in seconds if value]
    if not seconds:
        return ""
    rows = found[0][1]["rows"]
    return f"; those of all {rows:,} clips take {min(seconds):.0f} to {max(seconds):.0f} s"


def paired(found: conclusions.Found) -> list[conclusions.Test]:
    """Each system against the one with the lowest EER on dev, with p-values corrected by Holm's method.

    What is compared with is chosen on dev: the best on eval would be the best by chance as well.
    """
    title, reference = min(found, key=lambda pair: conclusions.rate(pair[1], "dev"))
    others = [pair for pair in found if pair[0] != title]
    each = [intervals.tested(one, reference) for _, one in others]
    if not each:
        return []
    corrected = vf.metrics.holm([test.p for test in each])
    return [
        conclusions.Test(name, title, test.value, test.low, test.high, test.p, float(p))
        for (name, _), test, p in zip(others, each, corrected, strict=True)
    ]


def systems_table(folders: Sequence[Path]) -> str:
    """The page's table of these runs, each under its config's name."""
    found = [_run(folder) for folder in folders]
    return _systems([(one["name"], one) for one in found])


def _run(folder: Path) -> dict[str, Any]:
    """What a run found, and what its first seed did."""
    found: dict[str, Any] = json.loads((folder / "metrics.json").read_text())
    first = folder / f"seed-{found['seeds'][0]}" / "metrics.json"
    how = configs.read(folder / "config.toml").training
    said = {"monitor": how.monitor, "epochs": how.epochs, "folder": folder}
    return found | {"first": json.loads(first.read_text())} | said


def _found(
    runs: Path, group: str, names: Sequence[tuple[str, str]], corpus: str
) -> list[tuple[str, dict[str, Any]]]:
    out = []
    for name, title in names:
        folder = runs / group / name / corpus
        if (folder / "metrics.json").is_file():
            out.append((title, _run(folder)))
    lists = {found["list_digest"]: title for title, found in out}
    if len(lists) > 1:
        (one, ours), (other, theirs) = list(lists.items())[:2]
        raise vf.ParameterError(
            f"RUNS={str(runs)!r}: below {group}, {ours!r} and {theirs!r} were run on different lists "
            f"({one} and {other}); train them again on one corpus, so that they can stand in one table"
        )
    return out


#: Marks a figure of the set on which the epoch was chosen.
CHOSEN = "†"


def _systems(found: conclusions.Found) -> str:
    head = ["system", "parameters", "seeds", "best epochs", "EER dev, %", "EER eval, %", "95 %",
            "AUC eval, %", "training, s", "scoring, ms"]  # fmt: skip
    rows = []
    for title, one in found:
        seconds = one["seconds"]
        scored = sum(one[part][key]["mean"] for part in ("dev", "eval") for key in ("bonafide", "spoof"))
        epochs = ", ".join(map(str, one["best_epoch"])) if any(one["best_epoch"]) else ""
        row = [title, f"{one['parameters']:,}", _seeds(one), epochs]
        row += [_percent(one, part, "eer") for part in ("dev", "eval")]
        row += [_span(one), f"{100 * one['eval']['auc']['mean']:.1f}"]
        rows.append(
            [*row, f"{seconds['fit']['mean']:.0f}", f"{1000 * seconds['score']['mean'] / scored:.1f}"]
        )
    return _markdown(head, rows)


def _costs(found: conclusions.Found) -> str:
    names = {"cllr": "Cllr", "min_cllr": "minCllr", "act_dcf": "actDCF", "min_dcf": "minDCF"}
    head = ["system", *(f"{name} {part}" for part in ("dev", "eval") for name in names.values())]
    rows = [
        [title, *(f"{one[part][key]['mean']:.2f}" for part in ("dev", "eval") for key in names)]
        for title, one in found
    ]
    return _markdown(head, rows)


def _tests(tests: Sequence[conclusions.Test]) -> str:
    head = ["system", f"EER eval less that of {tests[0].against}, points", "95 %", "p", "p, Holm"]
    rows = [
        [
            test.title, f"{100 * test.value:+.1f}", f"{100 * test.low:+.1f} to {100 * test.high:+.1f}",
            _chance(test.p), _chance(test.corrected),
        ]
        for test in sorted(tests, key=lambda test: test.value)
    ]  # fmt: skip
    return _markdown(head, rows)


def _chance(p: float) -> str:
    return f"{p:.3f}" if p >= 0.0005 else "< 0.001"


def _seeds(one: dict[str, Any]) -> str:
    """How many seeds; a model that does not depend on its seed has no deviation over them."""
    count = len(one["seeds"])
    return f"{count}, alike" if count > 1 and reading.alike(one) else str(count)


def _span(one: dict[str, Any]) -> str:
    """The interval on eval; that of one seed alone is named so, with its figure."""
    span = one["eval"].get("interval")
    if not span:
        return ""
    ends = f"{100 * span['low']:.1f} to {100 * span['high']:.1f}"
    alone = len(one["seeds"]) > 1 and "mean" not in span["of"]
    return f"{ends} ({span['of']}: {100 * span['value']:.1f})" if alone else ends


def _folds(found: conclusions.Found) -> str:
    head = ["model", "numbers", "folds", "accuracy, %", "EER, %", "AUC, %", "training, s a fold"]
    rows = []
    for title, one in found:
        folds = len(one["seeds"])
        row = [title, f"{one['parameters']:,}", str(folds)]
        row += [_percent(one, "eval", k, 2) for k in ("accuracy", "eer")]
        rows.append([*row, f"{100 * one['eval']['auc']['mean']:.2f}", f"{one['seconds']['fit']['mean']:.1f}"])
    return _markdown(head, rows)


def _percent(one: dict[str, Any], part: str, key: str, digits: int = 1) -> str:
    """A rate: the mean over seeds, and the deviation where seeds differ."""
    spread = one[part][key]
    mean = f"{100 * spread['mean']:.{digits}f}"
    if len(one["seeds"]) > 1 and not reading.alike(one):
        mean += f" ± {100 * spread['deviation']:.{digits}f}"
    return f"{mean} {CHOSEN}" if key == "eer" and reading.chosen_on(one) == part else mean


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
