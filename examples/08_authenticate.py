"""Voice authentication: who is speaking, and is it a voice at all?

    python examples/08_authenticate.py [--data DIR] [--plot OUT.png]

A toy verifier (a mixture of Gaussians on MFCC, adapted to each speaker) enrols the speakers of the evaluation set by
half of their clips. Before it stands a gate: a quick detector of forgeries, calibrated on dev. The first table has
three verifications: of the speaker, of others, of forgeries of the speaker's voice; and which part of each is let
in without and with the gate. The second has their cost, the t-DCF, in the form of 2019 (legacy: only the gate's
faults) and of 2020 (revised: those of both systems): with no gate, with ours at its best threshold and at that
of dev, and with one that never errs. A gate pays where its row is below the first.
"""

import numpy as np
from detect import course, speakers

import voicefeat as vf

vm = vf.metrics


def main(given):
    splits = course.corpus(given)
    x = course.all_vectors(splits)
    ratio = course.detector(splits["train"], splits["dev"], x["train"], x["dev"])
    gate = dict(zip([row.utt for row in splits["eval"]], ratio(x["eval"]), strict=True))
    verifier = speakers.Verifier([row for row in splits["train"] if row.bonafide])
    tried = speakers.trials(verifier, splits["eval"])
    asv = vm.asv_errors(tried.target, tried.nontarget, tried.spoof)
    dev = course.scores(splits["dev"], ratio(x["dev"]))
    threshold = vm.eer(dev.bonafide, dev.spoof).threshold
    rows, passed = [], {}
    for kind in ("target", "nontarget", "spoof"):
        scores, clips = getattr(tried, kind), getattr(tried, f"{kind}_clips")
        passed[kind] = np.array([gate[row.utt] for row in clips])
        accepted = scores >= asv.threshold
        both = accepted & (passed[kind] >= threshold)
        rows.append([kind, str(len(scores)), course.percent(accepted.mean()), course.percent(both.mean())])
    equal = vm.eer(tried.target, tried.nontarget).rate
    print(f"{tried.speakers} speakers enrolled; the verifier's EER is {course.percent(equal)}")
    course.table(["who claims to be the speaker", "trials", "let in", "with the gate"], rows)
    pair, costs = (passed["target"], passed["spoof"]), {"no gate": [], "best": [], "dev": [], "never errs": []}
    at = vm.confusion(*pair, threshold)
    for form in ("legacy", "revised"):
        cost = vm.tandem(asv, form=form)
        costs["no gate"].append(cost.floor + cost.alarm_weight)
        costs["best"].append(vm.min_tdcf(*pair, asv, form=form).value)
        costs["dev"].append(cost.floor + cost.miss_weight * at.fnr + cost.alarm_weight * at.fpr)
        costs["never errs"].append(cost.floor)
    course.table(["gate", "t-DCF, legacy", "revised"], [[n, *(f"{v:.4f}" for v in c)] for n, c in costs.items()])
    if given.plot:
        grid = course.axes(1, 1, 7, 5)
        for kind, mark in (("nontarget", "."), ("spoof", "x"), ("target", "o")):
            grid[0, 0].plot(getattr(tried, kind), passed[kind], mark, label=kind, alpha=0.6)
        grid[0, 0].axvline(asv.threshold, color="grey", ls="--")
        grid[0, 0].axhline(threshold, color="grey", ls="--")
        grid[0, 0].set(xlabel="verifier: the speaker's voice", ylabel="detector: a voice, nats")
        grid[0, 0].legend(frameon=False)
        course.save(grid, given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, data="toy", most=2000)
