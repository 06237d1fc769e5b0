"""A report from any score file: how good is a detector, how certain is that, which attacks get through?

    python examples/03_report.py SCORES --protocol PROTOCOL [--asv ASV_SCORES] [--plot OUT.png]
    python examples/03_report.py [--data DIR]

SCORES is in a form of ASVspoof 2019, 2021 or 5; PROTOCOL has what it lacks: keys, attacks, speakers. Without
SCORES, the quick detector scores the clips of --data. The first table is for all spoofs together, the second
has the accepted bona fide clips (TPR) and spoofs (FPR) of every fifth threshold, the third each attack's EER,
a fourth that by attack and codec if PROTOCOL has codecs. Intervals are over speakers and systems if these are
known. actDCF and Cllr take scores as likelihood ratios: far above minDCF and minCllr, they are uncalibrated.
"""

from detect import course, figures

import voicefeat as vf

vm = vf.metrics


def scores_of(given):
    """Those of the file, or the evaluation scores of a detector made for the purpose."""
    if not given.source:
        splits = course.corpus(given)
        return course.judged(splits, course.all_vectors(splits))["eval"]
    return vm.read_scores(given.source, given.protocol or None)


def main(given):
    asv = vm.read_asv_scores(given.asv) if given.asv else None
    found = scores_of(given)
    pair = found.bonafide, found.spoof
    print(found, *found.remarks, sep="\n")
    values = {"AUC": vm.auc(*pair), "minDCF": vm.min_dcf(*pair).value, "actDCF": vm.act_dcf(*pair).value}
    values |= {"Cllr": vm.cllr(*pair), "minCllr": vm.min_cllr(*pair)}
    values |= {"t-EER": vm.t_eer(*pair, asv).rate} if asv else {}
    for form in ("legacy", "revised") if asv else ():
        errors = vm.asv_errors(asv.target, asv.nontarget, asv.spoof)
        values[f"min t-DCF, {form}"] = vm.min_tdcf(*pair, errors, form=form).value
    rows = [["EER", *course.eer(found, 3)], *([name, f"{value:.4f}", ""] for name, value in values.items())]
    course.table(["figure", "value", "95 %"], rows)
    course.table(["threshold", "TPR", "FPR"], figures.thresholds(found))
    attacks = vm.by_attack(found, asv, draws=course.DRAWS)
    rows = []
    for a in attacks:
        cells = [str(a.spoofs), course.percent(a.eer, 2), f"{100 * a.eer_low:.1f} to {100 * a.eer_high:.1f}"]
        rows.append([a.attack, *cells, f"{a.auc:.4f}", f"{a.min_tdcf:.4f}" if asv else ""])
    course.table(["attack", "spoofs", "EER", "95 %", "AUC", "min t-DCF"], rows)
    if "codec" in found.columns:
        print(vm.cross_table(found, "attack", "codec"))
    if given.plot:
        grid = course.axes(2, 2, 11, 9)
        for draw, ax in zip((vf.plot.roc, vf.plot.det, vf.plot.scores), grid.ravel(), strict=False):
            draw(*pair, ax=ax)
        bars = [{**a._asdict(), "clips": a.spoofs} for a in sorted(attacks, key=lambda a: -a.eer)]
        figures.attacks(bars)(grid[1, 1])
        course.save(grid, given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, "SCORES", protocol="", asv="", data="toy", most=2000)
