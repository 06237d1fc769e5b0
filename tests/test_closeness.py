"""No number of another program is asked for to the last bit: it has other last bits on another processor."""

import ast
from pathlib import Path

import golden
import numpy as np
import pytest
from closeness import UNITS, near
from parity import ROWS

from voicefeat import frontends
from voicefeat.presets.catalogue import preset

#: What stands for another program's numbers in a test.
FOREIGN = {"librosa", "scipy", "sklearn", "torchaudio", "theirs", "kaldiio"}
EXACT = {"array_equal", "assert_array_equal"}


def test_no_tolerance_is_zero():
    """Every stated tolerance leaves four units in the last place of the type it is for, at least."""
    least = {"float64": UNITS * 2.0**-52, "float32": UNITS * 2.0**-23}
    few = [str(r) for r in ROWS for dtype in least if getattr(r, dtype) < least["float64"]]
    entries, _ = golden.read_map()
    for name, entry in entries.items():
        dtype = entry.get("dtype", "float64" if "frontend" in entry else "float32")
        if entry["tolerance"] < least["float64"]:
            few.append(f"{name} ({dtype})")
    few += [name for name in frontends() if preset(name).error < least["float64"]]
    assert not few, "\n".join(few)


def exact_comparisons(source):
    """The lines that ask for equal bits where one of the sides comes from another program."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            nodes = list(ast.walk(function))
            made = [(t, n.value) for n in nodes if isinstance(n, ast.Assign) for t in n.targets]
            values = {}
            for target, value in made:
                for name in ast.walk(target):
                    values.setdefault(getattr(name, "id", ""), []).append(value)
            for node in nodes:
                asked = isinstance(node, ast.Call) and last(node.func) in EXACT
                if asked and sum(foreign(side, values) for side in node.args[:2]) == 1:
                    yield node.lineno


def last(node):
    return getattr(node, "attr", getattr(node, "id", ""))


def first(node):
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return last(node)


def foreign(node, values):
    """Whether a piece of code has another program's numbers, as they are or through numpy."""
    if isinstance(node, ast.Name):
        others = {name: made for name, made in values.items() if name != node.id}
        return node.id in FOREIGN or any(foreign(value, others) for value in values.get(node.id, ()))
    if isinstance(node, ast.Call):
        if first(node.func) in FOREIGN:
            return True
        if first(node.func) != "np":
            return isinstance(node.func, ast.Attribute) and foreign(node.func.value, values)
    return any(foreign(part, values) for part in ast.iter_child_nodes(node))


def test_no_test_asks_another_program_for_equal_bits():
    paths = sorted(Path(__file__).parent.glob("test_*.py"))
    found = {path.name: list(exact_comparisons(path.read_text(encoding="utf-8"))) for path in paths}
    found = {name: lines for name, lines in found.items() if lines}
    assert not found, "say closeness.near(ours, theirs) in these lines"


@pytest.mark.parametrize("source, lines", [
    ("def f():\n    theirs = 3\n    assert np.array_equal(a, theirs)", [3]),
    ("def f():\n    want = librosa.stft(y)\n    np.testing.assert_array_equal(vf.stft(y), want)", [3]),
    ("def f():\n    y = librosa.load(p)\n    assert np.array_equal(vf.stft(y), vf.stft(2 * y) / 2)", []),
])  # fmt: skip
def test_an_exact_comparison_is_found(source, lines):
    assert list(exact_comparisons(source)) == lines


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_near(dtype):
    eps = np.finfo(dtype).eps
    x = np.array([1.0, -0.25, np.inf, np.nan], dtype)
    near(x + dtype(UNITS * eps) * (x == 1), x)
    for bad in (x + dtype(2 * UNITS * eps), x.astype(complex), x[:3], np.nan_to_num(x)):
        with pytest.raises(AssertionError):
            near(bad, x)
    near(["A", "B"], np.array(["A", "B"]))
    with pytest.raises(AssertionError):
        near(np.array([1, 2]), np.array([1, 3]))
