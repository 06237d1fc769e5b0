"""The report of a run on one page: figures, pictures, data, settings, cost; the page loads nothing."""

from __future__ import annotations

import json
import warnings
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import voicefeat as vf

from . import figures, reading
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
.verdict { font-size: 1.1rem; margin: 12px 0; }
.cards { display: grid; gap: 10px; margin-top: 14px; }
.cards { grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); }
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
        parts += [_thresholds(seeds[0])]
    parts += [_sets(folder), _shortcut(found, each[0]), _data(found), _cost(found), _settings(folder)]
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


def _cards(found: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    """Names, values and what these mean: means over all seeds."""
    cards = []
    for name, label in (("dev", "EER, development"), ("eval", "EER, evaluation")):
        each, under = found[name], [reading.over_seeds(found, name)]
        if "interval" in each:
            span = each["interval"]
            under += [f"95 % interval: {reading.interval(span)}", _of(found, span), span["note"]]
        if reading.chosen_on(found) == name:
            under.append("the epoch was chosen on this set, so this is too low")
        under = [*filter(None, under), reading.eer(each["eer"]["mean"])]
        cards.append((label, percent(each["eer"]["mean"]), under))
    dev, ev = (
        {k: found[part][k]["mean"] for k in ("eer", "auc", "min_dcf", "act_dcf", "cllr", "min_cllr")}
        for part in ("dev", "eval")
    )
    cards += [
        ("AUC, evaluation", percent(ev["auc"]), [reading.auc(ev["auc"])]),
        ("minDCF, evaluation", f"{ev['min_dcf']:.3f}", [reading.min_dcf(ev["min_dcf"])]),
        (
            "actDCF, evaluation", f"{ev['act_dcf']:.3f}",
            [f"on development {dev['act_dcf']:.3f}", reading.act_dcf(ev["act_dcf"], ev["min_dcf"])],
        ),
        (
            "Cllr, evaluation", f"{ev['cllr']:.2f} bits",
            [
                f"on development {dev['cllr']:.2f}, at best {dev['min_cllr']:.2f}",
                reading.cllr(ev["cllr"], ev["min_cllr"]),
            ],
        ),
    ]  # fmt: skip
    if "probe_eval" in found:
        blind = found["probe_eval"]["eer"]["mean"]
        cards += [("shortcut probe, EER, evaluation", percent(blind), [reading.probe(blind, ev["eer"])])]
    return cards


def _of(found: dict[str, Any], span: dict[str, Any]) -> str:
    """What an interval is of, where it is not of the figure above it."""
    if len(found["seeds"]) == 1 or "mean" in span["of"]:
        return ""
    return f"of {span['of']} alone, which has {percent(span['value'])}: the others scored other clips"


def _head(found: dict[str, Any]) -> str:
    boxes = "".join(
        f'<div class="card"><span>{escape(a)}</span><b>{escape(b)}</b>'
        + "".join(f"<span>{escape(line)}</span>" for line in lines)
        + "</div>"
        for a, b, lines in _cards(found)
    )
    notes = "".join(f'<p class="note">{escape(n)}</p>' for n in _notes(found))
    protocol = f"protocol {found['protocol']}" + (", which leaks" if found["leaks"] else "")
    sub = f"{found['name']} on {found['corpus']}, {protocol}; {found['parameters']:,} parameters"
    head = f'<h1>{escape(found["title"])}</h1><p class="sub">{escape(sub)}</p>'
    told = f'<p class="verdict">{escape(reading.verdict(found))}</p>'
    seeds = "" if len(found["seeds"]) == 1 else "Figures are means over all seeds. "
    words = "docs/glossary.md explains the words, docs/troubleshooting.md what to do when a run fails."
    return f'{head}{told}{notes}<div class="cards">{boxes}</div><p class="sub">{seeds}{words}</p>'


def _notes(found: dict[str, Any]) -> list[str]:
    """What has to be known of all figures."""
    scores = "Scores are log-likelihood ratios on material like dev, on which they were calibrated."
    return [*found["notes"], *found["remarks"], *filter(None, [reading.unnamed(found)]), scores]


def _plots(seeds: list[Path], each: list[dict[str, Any]]) -> str:
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError:
        return "<p>Pictures need matplotlib: pip install matplotlib, and give the command again.</p>"
    runs = [vf.metrics.read_scores(s / "scores_eval.txt") for s in seeds]
    first, threshold = runs[0], each[0]["eval"]["threshold"]
    blind = each[0]["probe"]["eval"] if "probe" in each[0] else None
    others = "; grey: the others" if len(seeds) > 1 else ""
    shown = [
        (
            figures.roc(runs, blind),
            f"ROC. Blue: this seed{others}{'; square: the shortcut probe' if blind else ''}. The closer "
            "to the upper left corner, the better; the dotted line is guessing.",
        ),
        (
            figures.det(runs, threshold),
            "DET: both errors; the closer to the lower left corner, the better. Cross: the errors at the "
            "threshold of dev, which is what would be used; a marker at the edge has no errors of a kind.",
        ),
        (
            figures.histogram(first, threshold),
            "Scores, calibrated on dev: log-likelihood ratios on material like dev. The less the two classes "
            "overlap, the better; clips on the wrong side of the line are errors.",
        ),
        (
            figures.confusion(each[0]["eval"]["confusion"]),
            "Decisions at the threshold of dev: upper left and lower right are correct.",
        ),
        (
            figures.reliability(first),
            "Reliability: on the dotted line, predicted probabilities equal the observed shares.",
        ),
    ]
    rows = each[0]["attacks"]
    curves = [reading.curve(folder) for folder in seeds]
    if curves[0]:
        text = (
            "Training. A loss of dev that rises while that of train falls is overfitting; the dotted line is "
            "the epoch that was chosen on dev."
        )
        shown.append((figures.training(curves, each[0]["best_epoch"]), text))
    drawn = [(figures.picture(draw), text) for draw, text in shown]
    text = "EER by attack, 95 % intervals: the hardest attack is on top; dotted: guessing."
    drawn.append((figures.picture(figures.attacks(rows), 4.4, max(2.0, 0.6 + 0.24 * len(rows))), text))
    boxes = "".join(f"<figure>{svg}<figcaption>{escape(told)}</figcaption></figure>" for svg, told in drawn)
    return f'<h2>Evaluation set, seed {each[0]["seed"]}</h2><div class="plots">{boxes}</div>'


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
    rates = ("eer", "auc", "accuracy", "balanced_accuracy", "f1")
    several = len(found["seeds"]) > 1 and not reading.alike(found)
    rows = []
    for key, name in names.items():
        unit = "%" if key in rates else "bits" if "cllr" in key else "of 1"
        row = [f"{name}, {unit}"]
        for part in ("dev", "eval"):
            mean, deviation, least, most = (
                f"{(100 if key in rates else 1) * found[part][key][k]:.{2 if key in rates else 3}f}"
                for k in ("mean", "deviation", "least", "most")
            )
            row += [mean, deviation, f"{least} to {most}"] if several else [mean]
        rows.append(row)
    spread = ["deviation", "range"] if several else []
    head = ["", "dev", *spread, "eval", *spread]
    seeds = ", ".join(map(str, found["seeds"]))
    over = f"means over seeds {seeds}" if spread else f"seed {seeds}"
    if found["seeds"][1:] and not several:
        over = f"the same for seeds {seeds}"
    text = "Costs (DCF) are parts of the cost of treating all clips alike, which is 1."
    return f"<h2>All figures, {over}</h2><p>{text}</p>{_table(head, rows)}"


def _attacks(first: dict[str, Any]) -> str:
    rows = []
    for one in first["attacks"]:
        span = f"{percent(one['eer_low'])} to {percent(one['eer_high'])}" if "eer_low" in one else ""
        rows.append([one["attack"], f"{one['clips']:,}", percent(one["eer"]), span])
    table = _table(["attack", "clips", "EER", "95 % interval"], rows)
    return f"<details><summary>Attacks as a table, seed {first['seed']}</summary>{table}</details>"


def _sets(folder: Path) -> str:
    """The evaluation sets besides: a row for each, which leads to its own report."""
    rows = []
    for file in sorted(folder.glob("evaluations/*/metrics.json")):
        found = json.loads(file.read_text(encoding="utf-8"))
        each, link = found["eval"], quote(f"evaluations/{file.parent.name}/report.html")
        ends = [percent(each["interval"][k]) for k in ("low", "high")] if "interval" in each else []
        cells = [f"{each[k]['mean']:,.0f}" for k in ("bonafide", "spoof")]
        cells += [percent(each["eer"]["mean"]), " to ".join(ends), percent(each["auc"]["mean"])]
        cells += [f"{each[k]['mean']:.3f}" for k in ("act_dcf", "cllr", "min_cllr")]
        name = f'<a href="{link}">{escape(found["corpus"])}</a>'
        rows.append("".join(f"<td>{cell}</td>" for cell in (name, *cells)))
    if not rows:
        return ""
    head = ["set", "bona fide", "spoof", "EER", "95 % interval", "AUC", "actDCF", "Cllr", "minCllr"]
    top = "".join(f"<th>{escape(h)}</th>" for h in head)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    text = (
        "The same models, calibrations and thresholds on other sets; nothing was trained or chosen on them."
    )
    return (
        f"<h2>Other evaluation sets</h2><p>{text} Each name leads to its own report.</p>"
        f'<div class="wide"><table><tr>{top}</tr>{body}</table></div>'
    )


def _thresholds(seed: Path) -> str:
    scores = vf.metrics.read_scores(seed / "scores_eval.txt")
    table = _table(["threshold", "TPR", "FPR"], figures.thresholds(scores))
    text = (
        "The accepted part of bona fide clips (TPR) and of spoofs (FPR), if scores from the threshold on are "
        "accepted: every fifth corner of the ROC, or fewer where it has many."
    )
    return f"<details><summary>Rates by threshold, {seed.name}</summary><p>{text}</p>{table}</details>"


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
