"""What the term project printed beside what its networks and ours have: the tables of docs/project.md."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import nn

import voicefeat as vf

from .models import NETWORKS, build, count
from .saved import FITTED

#: Numbers of parameters that the project printed.
PRINTED = {
    "ann": 11_074, "ann_mel": 12_350_721, "ann_mfcc": 12_416, "cnn_mel": 7_177_857, "cnn_mfcc": 52_289,
    "resnet101": 42_497_969, "resnet200d": 41_498_841, "lstm": 93_057,
}  # fmt: skip
#: Variants of its code that are settings here.
VARIANTS = {"ann_listing": ("ann", {"layers": 4}), "cnn_twice": ("cnn", {"outputs": 2})}
#: Rows that were scored, and by system the loss and the accuracy that the project printed.
ROWS = 603
FIGURES = {"ann": (0.01345, 0.99337), "ann_dropout": (0.03782, 0.98673)}
#: Configs of as_published, and what their rows are called.
SYSTEMS = {
    "ann": "1 ANN", "ann_listing": "1 ANN, four hidden layers as listed", "ann_dropout": "2 ANN, dropout 0.2",
    "ann_dropout_text": "2 ANN, dropout 0.1 as in the text", "cnn": "3 CNN", "cnn_dropout": "4 CNN, dropout",
}  # fmt: skip
#: The table of what was said and done, without its numbers.
TABLE = Path(__file__).with_name("project.txt")


@cache
def network(name: str) -> Any:
    """A network of the table without its weights, on the input that the project gave it."""
    kind, settings = VARIANTS.get(name, (name, {}))
    with torch.device("meta"):
        return build(kind, NETWORKS[kind].shape, settings)


def in_keras(net: Any) -> int:
    """How many parameters Keras has: one vector of biases for the gates of an LSTM, where PyTorch has two."""
    second = [p.numel() for name, p in net.named_parameters() if "bias_hh" in name]
    return count(net) - sum(second)


def differs(name: str) -> str:
    """Where a printed number is from, as far as sums can tell: what it leaves for the layer after the input.

    That layer is the first dense one, after what is flattened or averaged, or the LSTM.
    """
    net, printed = network(name), PRINTED[name]
    if in_keras(net) == printed:
        return "as printed"
    first = next(m for m in net.modules() if isinstance(m, nn.Linear | nn.LSTM))
    others = in_keras(net) - in_keras(first)
    left = printed - others
    if left <= 0:
        return f"no such network has the printed number: its layers before the last one have {others:,}"
    recurrent = isinstance(first, nn.LSTM)
    units = 4 * first.hidden_size if recurrent else first.out_features
    layer = f"{units:,} gates of the LSTM" if recurrent else f"{units:,} units of the first dense layer"
    begin = f"less all other layers the printed number leaves {left:,}"
    if left % units:
        return f"{begin}, no multiple of the {layer}: no number of inputs gives it"
    there = first.in_features
    inputs = left // units - 1
    return f"{begin}, which are {inputs:,} inputs and a bias for each unit; there are {there:,}"


def described() -> str:
    """The table of text, code, printout and ours, with the numbers of the networks."""
    names = [*NETWORKS, *VARIANTS]
    numbers = {name: f"{count(network(name)):,}" for name in names}
    numbers |= {f"{name}_keras": f"{in_keras(network(name)):,}" for name in names}
    numbers |= {f"{name}_printed": f"{number:,}" for name, number in PRINTED.items()}
    numbers |= {f"{name}_why": differs(name) for name in PRINTED}
    lstm = network("lstm")
    numbers["second_bias"] = f"{count(lstm) - in_keras(lstm):,}"
    return TABLE.read_text(encoding="utf-8").format(**numbers).strip()


def compared(runs: Path) -> str:
    """The printed losses and accuracies beside those of runs of the same systems; "" where there are none."""
    columns = {
        "printed": None,
        "made-up recordings": ("as_published", ""),
        "DEEP-VOICE's table": ("as_published/table", ""),
        "the same, standardised": ("as_published/table", "+standardise=true"),
    }
    rows = []
    for name, title in SYSTEMS.items():
        cells = [_figures(*FIGURES[name]) if name in FIGURES else "not stated"]
        found = [_tested(runs, *where, name) for where in columns.values() if where]
        if any(found):
            rows.append([title, *cells, *(one or "not run" for one in found)])
    if not rows:
        return ""
    rows.append(
        ["one answer for all rows", "not stated", *(_larger(runs, *w) for w in columns.values() if w)]
    )
    head = ["system", *columns]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *rows])


def _figures(loss: float, accuracy: float) -> str:
    return f"{loss:.5f}, {accuracy:.5f} ({round(ROWS * (1 - accuracy))})"


def _tested(runs: Path, group: str, more: str, name: str) -> str:
    """Loss, accuracy and errors of every seed of a run, or "" where there is none.

    A seed whose scores are all equal is trained, but cannot be calibrated: it has no metrics.json.
    """
    seeds = sorted((runs / "deepvoice" / group).glob(f"{name}{more}/*-seed/seed-*"))
    files = [
        next((seed / file for file in ("metrics.json", FITTED) if (seed / file).is_file()), None)
        for seed in seeds
    ]
    found = [json.loads(file.read_text(encoding="utf-8")).get("test") for file in files if file]
    if any(one is None or one["rows"] != ROWS for one in found):
        raise vf.ParameterError(
            f"RUNS={str(runs)!r}: {group}/{name}{more} did not score {ROWS} rows; run its config as it is"
        )
    return "; ".join(f"{one['loss']:.5f}, {one['accuracy']:.5f} ({one['errors']})" for one in found)


def _larger(runs: Path, group: str, more: str) -> str:
    """The accuracy of who calls every row by the more frequent class, for the seeds of system 1."""
    files = sorted((runs / "deepvoice" / group).glob(f"ann{more}/*-seed/seed-*/metrics.json"))
    held = [json.loads(file.read_text(encoding="utf-8"))["eval"] for file in files]
    sizes = [(one["bonafide"], one["spoof"]) for one in held]
    return "; ".join(f"{max(pair) / sum(pair):.5f} ({min(pair)})" for pair in sizes)


def written(page: str, runs: Path) -> str:
    """The page with new tables between its markers; the one of figures stays where there are no runs."""
    for name, table in (("said and done", described()), ("figures", compared(runs))):
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if begin not in page or end not in page:
            raise vf.ParameterError(f"--page: has no markers {begin} and {end}; give docs/project.md")
        if table:
            between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
            page = between.sub(lambda _, text=f"{begin}\n{table}\n{end}": text, page)
    return page
