"""Raw scores to calibrated ones, and what these are worth: all figures are `voicefeat.metrics`'."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf

from .config import Report
from .corpus import Clip
from .intervals import of_run, of_scores

vm = vf.metrics
#: Attacks with fewer clips are judged together.
FEW = 10


def judge(
    clips: dict[str, Sequence[Clip]], raw: dict[str, np.ndarray], folder: Path | None, how: Report, seed: int
) -> dict[str, Any]:
    """Calibrate and judge; with a folder, write scores_dev.txt, scores_eval.txt and so on.

    What calibrates and sets the threshold is dev, or where they are given the scores of left-out sources.
    """
    by = "sources" if "sources" in raw else "dev"
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        given = records(clips[by], raw[by])
        line = vm.fit_calibration(given.bonafide, given.spoof, smooth=True)
        scores = {name: records(clips[name], line.apply(raw[name])) for name in raw}
        threshold = vm.eer(scores[by].bonafide, scores[by].spoof).threshold
        found: dict[str, Any] = {
            "calibration": {"slope": line.slope, "offset": line.offset},
            "threshold": threshold,
        }
        for name, held in scores.items():
            found[name] = figures(held, threshold, how.draws, seed)
            if folder:
                vm.write_scores(folder / f"scores_{name}.txt", held)
        if folder:
            found["attacks"] = by_attack(scores["eval"], how.draws // 5, seed)
            found |= tandem(scores["eval"], how.asv_scores)
    found["remarks"] = sorted({str(w.message) for w in heard if w.category is UserWarning})
    return found


def records(clips: Sequence[Clip], scores: np.ndarray) -> Any:
    """Scores with what is known of every clip; values that are no numbers are refused by name."""
    columns = [[c.utt for c in clips], scores, [c.key for c in clips], [c.attack for c in clips]]
    return vm.Scores(*columns, [c.speaker or "-" for c in clips])


def figures(scores: Any, threshold: float, draws: int, seed: int) -> dict[str, Any]:
    """Every figure of one set; accuracy and confusion are those at the threshold of dev."""
    pair = scores.bonafide, scores.spoof
    equal, decided = vm.eer(*pair), vm.confusion(*pair, threshold)
    found = {
        "bonafide": len(pair[0]), "spoof": len(pair[1]), "speakers": len(set(scores.speakers) - {"-"}),
        "eer": equal.rate, "eer_threshold": equal.threshold, "eer_miss": equal.miss,
        "eer_false_alarm": equal.false_alarm, "auc": vm.auc(*pair), "min_dcf": vm.min_dcf(*pair).value,
        "act_dcf": vm.act_dcf(*pair).value, "cllr": vm.cllr(*pair), "min_cllr": vm.min_cllr(*pair),
        "threshold": threshold, "accuracy": decided.accuracy, "balanced_accuracy": decided.balanced_accuracy,
        "tpr": decided.tpr, "fpr": decided.fpr, "f1": decided.f1, "confusion": list(decided),
    }  # fmt: skip
    found |= _interval(scores, draws, seed)
    return {k: round(v, 6) if isinstance(v, float) else v for k, v in found.items()}


def _interval(scores: Any, draws: int, seed: int) -> dict[str, Any]:
    """95 per cent of the bootstrap over speakers and systems, or over what is known of them."""
    found = of_scores([scores], draws, seed)
    if not found:
        return {}
    return {"eer_low": found["low"], "eer_high": found["high"], "by": found["by"], "note": found["note"]}


def by_attack(scores: Any, draws: int, seed: int) -> list[dict[str, Any]]:
    """EER of all bona fide clips against each attack's, the hardest first."""
    spoof = scores.keys == "spoof"
    counts = Counter(scores.attacks[spoof].tolist())
    names = [n for n, times in counts.items() if times >= FEW]
    groups = {name: scores.attacks == name for name in names}
    others = spoof & ~np.isin(scores.attacks.astype(str), names)
    if others.any():
        groups[f"{len(set(scores.attacks[others]))} attacks of fewer than {FEW} clips"] = others
    out = []
    for name, chosen in groups.items():
        chosen = chosen & spoof
        these = np.nonzero((scores.keys == "bonafide") | chosen)[0]
        part = scores.select([scores.utterances[i] for i in these])
        pair = part.bonafide, part.spoof
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # one attack may well be taken for bona fide
            told = {"attack": name, "clips": int(chosen.sum()), "eer": vm.eer(*pair).rate}
        out.append(told | _interval(part, draws, seed))
    return sorted(out, key=lambda a: -a["eer"])


def tandem(scores: Any, asv_scores: str) -> dict[str, Any]:
    """The t-DCF, where scores of a speaker verification system are named."""
    if not asv_scores:
        return {}
    asv = vm.read_asv_scores(asv_scores)
    errors = vm.asv_errors(asv.target, asv.nontarget, asv.spoof)
    pair = scores.bonafide, scores.spoof
    return {f"min_tdcf_{form}": vm.min_tdcf(*pair, errors, form=form).value for form in ("legacy", "revised")}


#: Of single seeds: their mean would be neither the interval of the mean nor that of a seed.
OF_A_SEED = ("eer_low", "eer_high")


def summary(found: Sequence[dict[str, Any]], folder: Path | None = None, draws: int = 0) -> dict[str, Any]:
    """Mean, deviation, best and worst over seeds of the figures that are compared.

    With the folder of a run, `interval` is that of the mean over its seeds; otherwise, or where seeds scored
    other clips (in folds), that of the first seed.
    """
    seeds = [f["seed"] for f in found]
    out: dict[str, Any] = {"seeds": seeds, "parameters": found[0]["parameters"]}
    for name in ("dev", "eval"):
        first = found[0][name]
        out[name] = {
            k: _spread([f[name][k] for f in found]) for k in first if _plain(first[k]) and k not in OF_A_SEED
        }
        held = of_run(folder, name, seeds, draws) if folder and seeds[1:] else {}
        if held:
            out[name]["interval"] = held | {"of": f"the mean over {len(seeds)} seeds"}
        elif "eer_low" in first:
            ends = {"value": first["eer"], "low": first["eer_low"], "high": first["eer_high"]}
            told = {"by": first["by"], "note": first.get("note", ""), "of": f"seed {seeds[0]}"}
            out[name]["interval"] = ends | told
        if "probe" in found[0]:
            out[f"probe_{name}"] = {k: _spread([f["probe"][name][k] for f in found]) for k in ("eer", "auc")}
    out["seconds"] = {k: _spread([f["seconds"][k] for f in found]) for k in found[0]["seconds"]}
    out["best_epoch"] = [f["best_epoch"] for f in found]
    out["remarks"] = sorted(set().union(*[f["remarks"] for f in found]))
    return out


def _plain(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _spread(values: Sequence[float]) -> dict[str, float]:
    numbers = np.array(values, float)
    deviation = float(numbers.std(ddof=1)) if len(numbers) > 1 else 0.0
    told = {"mean": numbers.mean(), "deviation": deviation, "least": numbers.min(), "most": numbers.max()}
    return {k: round(float(v), 6) for k, v in told.items()}
