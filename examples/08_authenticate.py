"""Voice authentication: who is speaking, and is the voice genuine?

    python examples/08_authenticate.py [--data DIR] [--plot OUT.png]

A toy verifier (Gaussians on MFCC, adapted to each speaker) enrols the speakers of the evaluation set with
half of their clips. The quick detector stands before it as a gate. The first table says who is accepted,
without the gate and with it: the speaker, other speakers, forgeries of the speaker. The second has the cost,
the t-DCF, in the forms of 2019 (legacy) and 2020 (revised): without a gate, with this one at its best
threshold and at that of dev, and with a perfect one. The gate helps if its row is below the first. The t-EER
needs no costs: at one pair of thresholds, verifier and gate make errors of all three kinds equally often.
"""

import numpy as np
from detect import course, drawings, speakers

import voicefeat as vf

vm = vf.metrics


def main(given):
    splits = course.corpus(given)
    verifier = speakers.Verifier([row for row in splits["train"] if row.bonafide])
    tried = speakers.trials(verifier, splits["eval"])
    x = course.all_vectors(splits)
    ratio = course.detector(splits["train"], splits["dev"], x["train"], x["dev"])
    gate = dict(zip([row.utt for row in splits["eval"]], ratio(x["eval"]), strict=True))
    asv = vm.asv_errors(tried.target, tried.nontarget, tried.spoof)
    dev = course.scores(splits["dev"], ratio(x["dev"]))
    threshold = vm.eer(dev.bonafide, dev.spoof).threshold
    rows, passed = [], {}
    for kind in ("target", "nontarget", "spoof"):
        scores = getattr(tried, kind)
        passed[kind] = np.array([gate[row.utt] for row in getattr(tried, f"{kind}_clips")])
        both = (accepted := scores >= asv.threshold) & (passed[kind] >= threshold)
        rows.append([kind, str(len(scores)), course.percent(accepted.mean()), course.percent(both.mean())])
    equal = course.percent(vm.eer(tried.target, tried.nontarget).rate)
    print(f"{tried.speakers} speakers enrolled; the verifier's EER is {equal}")
    course.table(["who claims to be the speaker", "trials", "let in", "with the gate"], rows)
    pair = passed["target"], passed["spoof"]
    at, costs = vm.confusion(*pair, threshold), []
    for form in ("legacy", "revised"):
        cost, best = vm.tandem(asv, form=form), vm.min_tdcf(*pair, asv, form=form).value
        chosen = cost.floor + cost.miss_weight * at.fnr + cost.alarm_weight * at.fpr
        costs.append([f"{v:.4f}" for v in (cost.floor + cost.alarm_weight, best, chosen, cost.floor)])
    names = "no gate", "gate, best threshold", "gate, threshold of dev", "perfect gate"
    course.table(["", "t-DCF, legacy", "revised"], list(zip(names, *costs, strict=True)))
    genuine = np.concatenate([passed["target"], passed["nontarget"]])
    both = vm.t_eer(genuine, passed["spoof"], (tried.target, tried.nontarget, tried.spoof))
    print(f"t-EER, with both thresholds free: {course.percent(both.rate)}")
    if given.plot:
        drawings.tandem(tried, passed, (asv.threshold, threshold), given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, data="teaching", most=2000)
