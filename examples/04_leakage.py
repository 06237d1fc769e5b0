"""The leakage ladder: one corpus, one detector, four ways to split, four results.

    python examples/04_leakage.py [--data DIR] [--window SECONDS] [--plot OUT.png]

Recordings are cut to windows; the quick detector is trained and scored in five folds. Only one thing changes:
what training and test part of a fold may have in common (recordings; speakers; corpora; only synthesizers).
The EER rises from rule to rule, towards what a new speaker, and then a new microphone, would meet. "Groups"
are what is kept together: with few of them the result is uncertain. Report the rule that fits the use: for
unknown callers, the strictest that the corpus allows.
"""

from dataclasses import replace

from detect import course
from detect.corpus import labels
from detect.features import durations
from detect.ladder import divided, rungs
from detect.splits import examples, limited

import voicefeat as vf

#: What the two sides of a fold may share under each rule.
SHARED = dict(zip(("random windows", "recordings", "speakers", "corpora"),
                  ("recordings", "speakers", "corpora", "synthesizers"), strict=True))  # fmt: skip


def main(given):
    found = course.heard(given.data)
    found = replace(found, clips=tuple(limited(found.clips, "", given.most)))
    if len({c.bonafide for c in found.clips}) < 2:
        raise vf.ParameterError(f"--data={given.data!r}: has clips of one class only; give both")
    rows = examples(found, "clean", given.window, 0, durations(found.clips))
    x, y, table, drawn = course.vectors(rows), labels(rows), [], {}
    print(f"{len(rows)} windows of {given.window:g} s")
    for rule, groups in rungs(found, rows).items():
        cells = [SHARED[rule], str(len(set(groups)))]
        try:
            if "" in groups:
                raise vf.ParameterError("not known in this corpus")
            scores = course.scores(rows, divided(x, y, groups))
        except vf.ParameterError as why:
            table.append([rule, *cells, "-", str(why)])
            continue
        table.append([rule, *cells, *course.eer(scores)])
        drawn[rule] = scores
    course.table(["kept apart", "may share", "groups", "EER", "95 %, by speaker"], table)
    if given.plot:
        grid = course.axes(1, 1, 7, 6)
        for rule, scores in drawn.items():
            vf.plot.det(scores.bonafide, scores.spoof, ax=grid[0, 0], label=rule)
        grid[0, 0].legend(title="kept apart", frameon=False)
        course.save(grid, given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, data="teaching", most=4000, window=1.0)
