"""The gallery: every script has a title, says what it needs, runs, and leaves figures with titles."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GALLERY = Path(__file__).resolve().parents[1] / "docs" / "gallery"
if not GALLERY.is_dir():
    pytest.skip("the manual is not beside the tests", allow_module_level=True)
SCRIPTS = sorted(GALLERY.glob("*.py"))
#: Modules that the scripts import, and what to install for each.
PACKAGES = {"sklearn": "scikit-learn", "detect": "scikit-learn", "pandas": "pandas"}
#: Runs a script as the site does, and prints the titles of each figure that it leaves.
RUN = """
import json, runpy, sys
import matplotlib.pyplot as plt
runpy.run_path(sys.argv[1], run_name="__main__")
figures = [plt.figure(number) for number in plt.get_fignums()]
print(json.dumps([[ax.get_title() for ax in figure.axes if ax.get_title()] for figure in figures]))
"""


def test_there_are_enough():
    assert len(SCRIPTS) >= 14
    assert all(path.name.startswith("plot_") for path in SCRIPTS)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_has_a_title_and_says_what_it_needs(script):
    text = script.read_text(encoding="utf-8")
    head = re.match(r'"""\n(.+)\n=+\n\n(.+?)\n"""\n', text, re.DOTALL)
    assert head, "begins with a docstring: a title underlined with ===, and a few sentences"
    title, about = head[1], " ".join(head[2].split())
    assert "\n" not in title and 2 <= len(re.findall(r"[.?](?: |$)", about)) <= 4
    assert text.count("\n# %%\n") >= 1
    for module in re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE):
        package = PACKAGES.get(module)
        assert package is None or f"pip install {package}" in about, f"say that it needs {package}"


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_runs_and_leaves_figures(script):
    text = script.read_text(encoding="utf-8")
    for module, package in PACKAGES.items():
        if re.search(rf"^(?:import|from) {module}\b", text, re.MULTILINE):
            needed = "sklearn" if module == "detect" else module
            if importlib.util.find_spec(needed) is None:
                pytest.skip(f"needs {package}")
    ended = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", RUN, script.name],
        cwd=script.parent, env={**os.environ, "MPLBACKEND": "Agg"}, capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout.splitlines()[-1])
    assert figures and all(figures), "leaves figures, each with a title: the site reads it out"
