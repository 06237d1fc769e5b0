"""The manual's page of results, written from the metrics.json of runs: no number in it is typed by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import voicefeat as vf

from . import conclusions, config as configs, shift

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
    features = {
        name: found["seconds"]["features"]["mean"]
        for name, found in clean
        if found["seconds"]["features"]["mean"]
    }
    least, most = (end(features.values(), default=0) for end in (min, max))
    spans = f"; those of all {first['rows']:,} clips take {least:.0f} to {most:.0f} s"
    return PAGE.read_text(encoding="utf-8").format(
        minifake=_systems(clean),
        leaking=_systems(leaking) if leaking else "No runs.",
        deepvoice=_folds(folds) if folds else "No runs.",
        probe=conclusions.probed(first),
        ranked=conclusions.ranked(clean),
        chosen=conclusions.chosen(clean),
        shown=conclusions.shown(clean),
        apart=conclusions.apart(first["folder"] / "clips.csv"),
        compared=conclusions.compared(clean, leaking),
        folded=conclusions.folded(folds) if folds else "No runs.",
        feature_cost=spans if features else "",
        selection=shift.section(runs / "minifake", "minifake-clean"),
    )


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


def _systems(found: Sequence[tuple[str, dict[str, Any]]]) -> str:
    head = ["system", "parameters", "seeds", "best epochs", "EER dev", "EER eval", "95 %, first seed",
            "AUC eval", "minDCF eval", "training, s", "scoring, ms"]  # fmt: skip
    rows = []
    for title, one in found:
        first, seconds = one["first"]["eval"], one["seconds"]
        scored = sum(one[part][key]["mean"] for part in ("dev", "eval") for key in ("bonafide", "spoof"))
        epochs = ", ".join(map(str, one["best_epoch"])) if any(one["best_epoch"]) else ""
        row = [title, f"{one['parameters']:,}", str(len(one["seeds"])), epochs]
        row += [_percent(one[part]["eer"], len(one["seeds"])) for part in ("dev", "eval")]
        row += [
            f"{100 * first['eer_low']:.1f} to {100 * first['eer_high']:.1f}" if "eer_low" in first else ""
        ]
        row += [f"{one['eval'][k]['mean']:.3f}" for k in ("auc", "min_dcf")]
        rows.append(
            [*row, f"{seconds['fit']['mean']:.0f}", f"{1000 * seconds['score']['mean'] / scored:.1f}"]
        )
    return _markdown(head, rows)


def _folds(found: Sequence[tuple[str, dict[str, Any]]]) -> str:
    head = ["model", "numbers", "folds", "accuracy", "EER", "AUC", "training, s a fold"]
    rows = []
    for title, one in found:
        folds = len(one["seeds"])
        row = [title, f"{one['parameters']:,}", str(folds)]
        row += [_percent(one["eval"][k], folds, 2) for k in ("accuracy", "eer")]
        rows.append([*row, f"{one['eval']['auc']['mean']:.4f}", f"{one['seconds']['fit']['mean']:.1f}"])
    return _markdown(head, rows)


def _percent(spread: dict[str, float], seeds: int, digits: int = 1) -> str:
    mean = f"{100 * spread['mean']:.{digits}f}"
    return f"{mean} ± {100 * spread['deviation']:.{digits}f}" if seeds > 1 else mean


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
