"""Odd calls of every public name: ``python tests/fuzz.py SEED COUNT``.

Each call begins as a good one, and one to three of its arguments become odd. It may end in a finite result or
in one of our errors, and in nothing else: no other exception, no changed argument, no warning of numpy's, no
crash. What breaks is printed as one line, which ``python tests/fuzz.py -c LINE`` runs again; then the exit
status is 1. Names are found in the package. A call's size is bounded by what is drawn and by the memory that
the process may have.
"""

import argparse
import dataclasses
import faulthandler
import os
import random
import resource
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from pathlib import Path

import fuzz_values as values
import numpy as np

import voicefeat as vf

#: Memory that the calls may have together, in bytes: what needs more is reported as MemoryError.
MEMORY = 6 << 30
#: Seconds after which a call is taken for one that never ends; calls take milliseconds.
NEVER = int(os.environ.get("FUZZ_NEVER", 900))


def names():
    """What is called, as expressions: public functions, classes that check what they hold, front ends."""
    found = []
    for room in ("vf", "vf.filters", "vf.metrics", "vf.augment", "vf.plot", "inputs"):
        module = values.SPACE["inputs"] if room == "inputs" else eval(room, {"vf": vf})
        for name in module.__all__:
            thing = getattr(module, name)
            made = isinstance(thing, type) and issubclass(thing, (tuple, Exception))
            if callable(thing) and not made and name not in values.RESULTS:
                found.append(f"{room}.{name}")
    found += [f"vf.frontend({name!r})" for name in vf.frontends()]
    return found + values.METHODS


def call_of(draw, target):
    """One call as text."""
    given = values.arguments(draw, target)
    odd = [name for name in given if draw.random() < 0.15]
    for name in odd[:3] or ([draw.choice(sorted(given))] if given else []):
        given[name] = values.odd(draw, name)
    positional = [given.pop(name) for name in values.positional(target) if name in given]
    return f"{target}({', '.join([*positional, *(f'{k}={v}' for k, v in given.items())])})"


def arrays(thing):
    """The arrays within arguments."""
    if isinstance(thing, np.ndarray):
        return [np.asarray(thing)]  # a masked array's numbers, in the same memory
    if isinstance(thing, dict):
        thing = list(thing.values())
    return [a for part in thing for a in arrays(part)] if isinstance(thing, (list, tuple)) else []


def infinite(thing, allowed):
    """Whether a result holds what is not finite."""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        thing = [getattr(thing, f.name) for f in dataclasses.fields(thing)]
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, (list, tuple)):
        return any(infinite(part, allowed) for part in thing)
    if isinstance(thing, (float, complex, np.ndarray, np.generic)):
        array = np.asarray(thing)
        return array.dtype.kind in "fc" and not allowed and not np.isfinite(array).all()
    return False


def recorder(kept):
    """A function that keeps its arguments, for the text of a call to be evaluated with."""

    def record(*positional, **named):
        kept.append((positional, named))

    return record


def broken(text):
    """What is wrong with how the call `text` ends; None if nothing is."""
    target, kept = values.split(text), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        function = eval(target, values.SPACE)
        eval("record" + text[len(target) :], {**values.SPACE, "record": recorder(kept)})
    [(positional, named)] = kept
    held = arrays([*positional, *(v for k, v in named.items() if k != "out")])
    before = [a.tobytes() if not a.dtype.hasobject else repr(a) for a in held]
    state = np.geterr(), vf.get_num_threads()
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            result = values.drained(function(*positional, **named))
            problem = "a result that is not finite" if infinite(result, values.may(target, named)) else None
        except (vf.ParameterError, vf.AudioError):
            problem = None
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            ours = [f for f in traceback.extract_tb(error.__traceback__) if "voicefeat" in f.filename]
            at = ours[-1] if ours else place
            problem = f"{type(error).__name__}: {str(error)[:150]!r} at {Path(at.filename).name}:{at.lineno}"
    values.tidy()
    leaked = [w for w in heard if w.category not in (UserWarning, FutureWarning)]
    if problem is None and leaked:
        first = leaked[0]
        at = f"{Path(first.filename).name}:{first.lineno}"
        problem = f"{first.category.__name__}: {str(first.message)[:150]!r} at {at}"
    if problem is None and before != [a.tobytes() if not a.dtype.hasobject else repr(a) for a in held]:
        problem = "an argument was changed"
    if problem is None and np.geterr() != state[0]:
        problem = "numpy's handling of errors was changed"
    vf.set_num_threads(state[1])
    np.seterr(**state[0])
    return problem


def calls(seed, first, count, only=""):
    """Texts of calls, each drawn by its number alone."""
    chosen = [name for name in names() if only in name]
    for number in range(first, first + count):
        draw = random.Random(f"{seed} {number}")
        yield number, call_of(draw, draw.choices(chosen, [values.weight(n) for n in chosen])[0])


def work(seed, first, count, only, note):
    """Make calls in this process, and print what breaks; the file `note` holds the one that is being made."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder, open(note, "w") as current:
        values.SPACE["folder"] = folder
        os.chdir(folder)
        for number, text in calls(seed, first, count, only):
            os.ftruncate(current.fileno(), 0)
            os.pwrite(current.fileno(), f"{number} {text}".encode("utf-8", "backslashreplace"), 0)
            faulthandler.dump_traceback_later(NEVER, exit=True)
            problem = broken(text)
            if problem:
                print(f"{problem}\n    {text}", flush=True)
    faulthandler.cancel_dump_traceback_later()


def run(seed, count, only="", say=lambda line: None):
    """The same in processes of their own, a new one after each crash: the lines of what broke."""
    found, first = [], 0
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder, "note")
        while first < count:
            asked = [str(seed), str(count), "--first", str(first), "--only", only, "--note", str(note)]
            command = [sys.executable, __file__, *asked]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
                for line in child.stdout:
                    say(line.rstrip("\n"))
                    found.append(line.rstrip("\n"))
            if child.returncode == 0:
                break
            number, _, text = note.read_text().partition(" ")
            for line in (f"the process ended with {child.returncode}", f"    {text}"):
                say(line)
                found.append(line)
            first = int(number) + 1
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("seed", nargs="?", type=int, default=0)
    parser.add_argument("count", nargs="?", type=int, default=1000)
    parser.add_argument("-c", dest="text", help="make this one call")
    parser.add_argument("--only", default="", help="names that hold this")
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--note", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.text:
        values.SPACE["folder"] = tempfile.mkdtemp()
        problem = broken(asked.text)
        print(problem or "nothing is wrong with this call")
        return int(problem is not None)
    if asked.note:
        work(asked.seed, asked.first, asked.count - asked.first, asked.only, asked.note)
        return 0
    found = run(asked.seed, asked.count, asked.only, lambda line: print(line, flush=True))
    kinds = Counter(line for line in found if not line.startswith("    "))
    print(f"seed {asked.seed}: {asked.count:,} calls of {len(names())} names, {kinds.total():,} broken")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
