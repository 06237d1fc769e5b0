"""Which front ends a pooled recipe should have: `python choose_front_ends.py minifake/pooled --data DIR`.

Each candidate has the config's classifier on its clip statistics. It is trained on leave-source-out folds of
train and dev, and scores clips whose system and corpus (or speaker) it has not heard. Then they are added one
by one: the one that lowers the minimum Cllr of the mean score the most, while it falls. eval is not read.
"""

from pathlib import Path
from typing import Any

from detect import choosing, course
from detect.config import find, read
from detect.runs import Place


def main(given: Any) -> None:
    """Print every candidate alone, then the recipe as it grows, and what to write into the config."""
    names = [name for name in given.candidates.split(",") if name] or choosing.CANDIDATES
    place = Place(given.data, Path(given.out))
    found = choosing.heard(read(find(given.source or "toy/pooled")), names, place)
    rows = []
    for k, (name, seconds) in enumerate(zip(found.names, found.seconds, strict=True)):
        equal, cost = found.figures([k])
        rows.append((cost, [name, course.percent(equal), f"{cost:.3f}", f"{seconds:.1f}"]))
    head = ["EER", "minCllr", "features, s"]
    course.table(["one front end", *head], [row for _, row in sorted(rows)])
    chosen, grown = choosing.forward(found), []
    for k in range(len(chosen)):
        equal, cost = found.figures(chosen[: k + 1])
        seconds = sum(found.seconds[j] for j in chosen[: k + 1])
        grown.append([f"+ {found.names[chosen[k]]}", course.percent(equal), f"{cost:.3f}", f"{seconds:.1f}"])
    course.table(["the mean of", *head], grown)
    print(f"front_ends = {[found.names[k] for k in chosen]}".replace("'", '"'))


if __name__ == "__main__":
    course.run(main, __doc__, "CONFIG", data="toy", out="runs", candidates="")
