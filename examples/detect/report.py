"""The report of a run on one page: figures, pictures, data, settings, cost; the page loads nothing."""

from __future__ import annotations

import json
import warnings
from html import escape
from pathlib import Path
from typing import Any

import voicefeat as vf

from . import figures
from .logbook import put

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1f2933; background: #f4f6f8; }
main { max-width: 1120px; margin: 0 auto; padding: 20px 16px 48px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 1.15rem; margin: 32px 0 10px; }
p { margin: 6px 0; max-width: 75ch; }
.sub { color: #5a6b7b; }
.note { background: #fff4e0; border-left: 4px solid #d9822b; padding: 8px 12px; margin: 10px 0; }
.cards { display: grid; gap: 10px; margin-top: 14px; }
.cards { grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); }
.card { background: #fff; border: 1px solid #dde3e9; border-radius: 8px; padding: 10px 12px; }
.card b { display: block; font-size: 1.45rem; line-height: 1.2; }
.card span { display: block; color: #5a6b7b; font-size: .85rem; }
.plots { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); }
figure { margin: 0; background: #fff; border: 1px solid #dde3e9; border-radius: 8px; padding: 10px; }
figure svg { width: 100%; height: auto; display: block; }
figcaption { font-size: .85rem; color: #5a6b7b; margin-top: 6px; }
.wide { overflow-x: auto; background: #fff; border: 1px solid #dde3e9; border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { padding: 6px 12px; text-align: right; border-bottom: 1px solid #edf0f3; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
tr:last-child td { border-bottom: 0; }
pre { overflow-x: auto; background: #fff; border: 1px solid #dde3e9; border-radius: 8px; }
pre { padding: 12px; font-size: .82rem; }
summary { cursor: pointer; margin: 10px 0; }
"""


def write_report(folder: Path) -> Path:
    """Write report.html of a run from the files that lie in its folder."""
    found = json.loads((folder / "metrics.json").read_text())
    seeds = [folder / f"seed-{s}" for s in found["seeds"]]
    each = [json.loads((s / "metrics.json").read_text()) for s in seeds]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what is remarkable stands in metrics.json
        parts = [_head(found), _plots(seeds, each), _figures(found), _attacks(each[0])]
    parts += [_shortcut(found, each[0]), _data(found), _cost(found), _settings(folder)]
    title = escape(f"{found['title']} on {found['corpus']}")
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>\n"
        + "\n".join(filter(None, parts))
        + "\n</main></body></html>\n"
    )
    put(folder / "report.html", page)
    return folder / "report.html"


def percent(value: float, digits: int = 1) -> str:
    """A rate as text."""
    return f"{100 * value:.{digits}f} %"


def _head(found: dict[str, Any]) -> str:
    cards = []
    for name, label in (("dev", "EER, development"), ("eval", "EER, evaluation")):
        eer, under = found[name]["eer"], []
        if len(found["seeds"]) > 1:
            word = "folds" if found["protocol"] == "folds" else "seeds"
            under.append(f"± {100 * eer['deviation']:.1f} over {len(found['seeds'])} {word}")
        if "eer_low" in found[name]:
            low, high = (100 * found[name][k]["mean"] for k in ("eer_low", "eer_high"))
            under.append(f"95 %: {low:.1f} to {high:.1f}, by {found[name]['by']}")
        cards.append((label, percent(eer["mean"]), under))
    ev = found["eval"]
    cards += [
        ("AUC, evaluation", f"{ev['auc']['mean']:.3f}", []),
        ("minDCF, evaluation", f"{ev['min_dcf']['mean']:.3f}", []),
    ]
    cards += [
        ("Cllr, evaluation", f"{ev['cllr']['mean']:.2f} bits", [f"{ev['min_cllr']['mean']:.2f} at best"])
    ]
    if "probe_eval" in found:
        blind = found["probe_eval"]["eer"]["mean"]
        cards += [("shortcut probe alone", percent(blind), ["EER, evaluation"])]
    boxes = "".join(
        f'<div class="card"><span>{escape(a)}</span><b>{escape(b)}</b>'
        + "".join(f"<span>{escape(line)}</span>" for line in lines)
        + "</div>"
        for a, b, lines in cards
    )
    notes = "".join(f'<p class="note">{escape(n)}</p>' for n in [*found["notes"], *found["remarks"]])
    protocol = f"protocol {found['protocol']}" + (", which leaks" if found["leaks"] else "")
    sub = f"{found['name']} on {found['corpus']}, {protocol}; {found['parameters']:,} parameters"
    head = f'<h1>{escape(found["title"])}</h1><p class="sub">{escape(sub)}</p>'
    return f'{head}{notes}<div class="cards">{boxes}</div>'


def _plots(seeds: list[Path], each: list[dict[str, Any]]) -> str:
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError:
        return "<p>Pictures need matplotlib: pip install matplotlib, and give the command again.</p>"
    runs = [vf.metrics.read_scores(s / "scores_eval.txt") for s in seeds]
    first, threshold = runs[0], each[0]["eval"]["threshold"]
    blind = each[0]["probe"]["eval"] if "probe" in each[0] else None
    shown = [
        (
            figures.roc(runs, blind),
            "ROC. Blue: the first seed; grey: the others"
            + ("; square: the shortcut probe." if blind else "."),
        ),
        (figures.det(runs, threshold), "DET. Cross: the errors at the threshold of dev."),
        (figures.histogram(first, threshold), "Scores of the first seed, calibrated on dev."),
        (figures.confusion(each[0]["eval"]["confusion"]), "Decisions at the threshold of dev, first seed."),
        (
            figures.reliability(first),
            "Reliability: on the dotted line, predicted probabilities equal the observed shares.",
        ),
    ]
    text = "".join(
        f"<figure>{figures.picture(d)}<figcaption>{escape(c)}</figcaption></figure>" for d, c in shown
    )
    rows = each[0]["attacks"]
    drawn = figures.picture(figures.attacks(rows), 4.4, max(2.0, 0.6 + 0.24 * len(rows)))
    text += f"<figure>{drawn}<figcaption>EER by attack, 95 % intervals, first seed.</figcaption></figure>"
    return f'<h2>Evaluation set</h2><div class="plots">{text}</div>'


def _table(head: list[str], rows: list[list[str]]) -> str:
    cells = ["".join(f"<td>{escape(c)}</td>" for c in row) for row in rows]
    top = "".join(f"<th>{escape(h)}</th>" for h in head)
    return f'<div class="wide"><table><tr>{top}</tr>{"".join(f"<tr>{c}</tr>" for c in cells)}</table></div>'


def _figures(found: dict[str, Any]) -> str:
    names = {
        "eer": "EER", "auc": "AUC", "min_dcf": "minDCF", "act_dcf": "actDCF", "cllr": "Cllr",
        "min_cllr": "minCllr", "accuracy": "accuracy at the threshold of dev",
        "balanced_accuracy": "balanced accuracy, the same", "f1": "F1 of bona fide, the same",
    }  # fmt: skip
    rows = []
    for key, name in names.items():
        row = [name]
        for part in ("dev", "eval"):
            spread = found[part][key]
            row += [
                f"{spread['mean']:.4f}",
                f"{spread['deviation']:.4f}",
                f"{spread['least']:.4f} to {spread['most']:.4f}",
            ]
        rows.append(row)
    head = ["", "dev", "deviation", "range", "eval", "deviation", "range"]
    return f"<h2>All figures, over seed {', '.join(map(str, found['seeds']))}</h2>{_table(head, rows)}"


def _attacks(first: dict[str, Any]) -> str:
    rows = []
    for one in first["attacks"]:
        span = f"{percent(one['eer_low'])} to {percent(one['eer_high'])}" if "eer_low" in one else ""
        rows.append([one["attack"], f"{one['clips']:,}", percent(one["eer"]), span])
    table = _table(["attack", "clips", "EER", "95 % interval"], rows)
    return f"<details><summary>Attacks as a table</summary>{table}</details>"


def _shortcut(found: dict[str, Any], first: dict[str, Any]) -> str:
    if "probe" not in first:
        return ""
    rows = [
        [name, percent(found[part]["eer"]["mean"]), percent(found[f"probe_{part}"]["eer"]["mean"])]
        for part, name in (("dev", "development"), ("eval", "evaluation"))
    ]
    text = (
        "The probe sees duration, silence at both ends, activity, level, noise floor, peak and the "
        "energy above 3.4 and 7.2 kHz, and not the speech. If it does well, a detector may "
        "do well without having learnt anything about forgeries."
    )
    return f"<h2>Shortcut probe</h2><p>{text}</p>{_table(['EER', 'detector', 'probe alone'], rows)}"


def _data(found: dict[str, Any]) -> str:
    rows = []
    for part, name in (("dev", "development"), ("eval", "evaluation")):
        counts = [f"{found[part][k]['mean']:,.0f}" for k in ("bonafide", "spoof", "speakers")]
        rows.append([name, *counts])
    text = (
        f"{found['clips']:,} clips of {found['corpus']} as {found['rows']:,} rows, "
        f"{found['attacks']} attacks, {found['speakers']} speakers; list digest {found['list_digest']}."
    )
    return f"<h2>Data</h2><p>{escape(text)}</p>{_table(['scored', 'bona fide', 'spoof', 'speakers'], rows)}"


def _cost(found: dict[str, Any]) -> str:
    cost = {k: v["mean"] for k, v in found["seconds"].items()}
    rows = [["features of all rows", f"{cost['features']:.1f}"], ["training, one seed", f"{cost['fit']:.1f}"]]
    rows += [["scoring dev and eval, one seed", f"{cost['score']:.1f}"]]
    epochs = (
        f" The best epochs were {', '.join(map(str, found['best_epoch']))}."
        if any(found["best_epoch"])
        else ""
    )
    audio = f" The recordings last {cost['audio'] / 60:.1f} minutes." if cost["audio"] else ""
    return f"<h2>Cost</h2><p>Processor seconds.{audio}{epochs}</p>{_table(['', 'seconds'], rows)}"


def _settings(folder: Path) -> str:
    text = escape((folder / "config.toml").read_text(encoding="utf-8"))
    env = escape((folder / "env.json").read_text(encoding="utf-8"))
    return (
        f"<h2>Settings</h2><details><summary>config.toml</summary><pre>{text}</pre></details>"
        f"<details><summary>Versions and machine</summary><pre>{env}</pre></details>"
    )
