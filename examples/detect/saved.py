"""A run's folder read back: settings, models, calibration, threshold. What is wrong is said in one sentence.

A folder says in run.json which form it has, and the digests of its front ends. A seed's fitted.json is
written after the model, with the digest of its bytes: one that is not whole is not taken for a finished one.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf

from . import config as configs, fusing, systems
from .config import Config
from .corpus import Clip, Corpus
from .features import Say, compute, front_end, inputs
from .logbook import put
from .origin import content
from .words import some

#: The form of a run's folder that is written and read here.
FORM = 1
ABOUT, FITTED, METRICS = "run.json", "fitted.json", "metrics.json"
AGAIN = "copy the whole run again, or train again"


@dataclass(frozen=True)
class Detector:
    """One seed of a run: from recordings to log-likelihood ratios, on material like its dev."""

    folder: Path
    seed: int
    config: Config
    #: Of rows to numbers, or a fusion's weights of what its members give.
    model: Any
    members: tuple[Detector, ...]
    calibration: vf.metrics.Calibration
    #: Ratios of this or more are taken for bona fide: where errors are equal on dev, or what else selects.
    threshold: float
    #: Of a run on a table.
    columns: tuple[str, ...]

    @property
    def front_ends(self) -> list[tuple[int, vf.FrontEnd]]:
        """Every front end that it scores recordings with, its members' included, and their sampling rates."""
        if self.members:
            return [each for member in self.members for each in member.front_ends]
        made = [(front_end(each), each.rate) for each in inputs(self.config.input)]
        return [(fe.signal.rate or rate, fe) for fe, rate in made]

    def score(self, corpus: Corpus, rows: Sequence[Clip], cache: Path, say: Say) -> np.ndarray:
        """The ratio of every row, in nats; those above the threshold are taken for bona fide."""
        if self.members:
            raw = self.model.apply([member.score(corpus, rows, cache, say) for member in self.members])
        else:
            features = compute(corpus, rows, self.config.input, self.config.data, cache, say)
            raw = self.model.score(features, np.arange(len(rows)))
        return self.calibration.apply(raw)


def describe(config: Config, corpus: Corpus, members: dict[str, str]) -> dict[str, Any]:
    """What run.json says; `members` are the folders of a fusion's members, from the run's."""
    used = corpus.table is None and not members
    ends = {each.front_end: front_end(each).digest for each in inputs(config.input)} if used else {}
    return {
        "form": FORM, "voicefeat": vf.__version__, "config": config.digest, "front_ends": ends,
        "columns": list(corpus.columns), "members": members,
    }  # fmt: skip


def refuse_another(folder: Path, due: dict[str, Any]) -> None:
    """Refuse to go on with a run of another form, or of front ends that are defined otherwise here."""
    try:
        said = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        form, ends = said["form"], said["front_ends"]
    except (OSError, ValueError, KeyError, TypeError):
        form, ends = None, None
    what = ""
    if form != FORM:
        what = f"a run that another version of these examples left (form {form}, here {FORM})"
    elif ends != due["front_ends"]:
        what = f"a run whose front ends have other digests ({ends}, here {due['front_ends']})"
    if what:
        raise vf.ParameterError(f"--out: {folder} holds {what}; give another --out, or remove it")


def keep(model: Any, folder: Path, told: dict[str, Any]) -> None:
    """Write a trained model, and then that it is whole."""
    model.save(folder / model.file)
    put(folder / FITTED, json.dumps(told | {"model": content(folder / model.file)}, indent=1))


def kept(config: Config, folder: Path) -> tuple[Any, dict[str, Any]] | None:
    """The model of a seed that was trained, and what was told of its training; None if it is not whole."""
    try:
        told = json.loads((folder / FITTED).read_text(encoding="utf-8"))
        model = systems.make(systems.chosen(config, told))
        if told.pop("model") != content(folder / model.file):
            return None
    except (OSError, ValueError, KeyError, AttributeError):
        return None
    return systems.load(systems.chosen(config, told), folder), told


def read(
    given: str | Path, seed: int | None = None, device: str = "auto", within: tuple[Path, ...] = ()
) -> Detector:
    """The detector of a run's folder, of its first seed or of `seed`; or of one seed's folder.

    within   the fusions that it is a member of
    """
    folder, own = Path(given), re.fullmatch(r"seed-(\d+)", Path(given).name)
    if own:
        if seed not in (None, int(own[1])):
            raise vf.ParameterError(
                f"--seed={seed}: RUN={str(given)!r} is of seed {own[1]}; give one of them"
            )
        folder, seed = folder.parent, int(own[1])
    about = _about(folder, str(given))
    config = _config(folder, about)
    _same_front_ends(folder, config, about)
    seed = _seed(folder, config, seed)
    place = folder / f"seed-{seed}"
    found = _json(place / METRICS)
    try:
        line = vf.metrics.Calibration(**found["calibration"])
        threshold = float(found["threshold"])
    except (KeyError, TypeError, ValueError):
        raise vf.ParameterError(f"{place / METRICS}: has no calibration and threshold; {AGAIN}") from None
    config = dataclasses.replace(config, training=dataclasses.replace(config.training, device=device))
    members: tuple[Detector, ...] = ()
    if about["members"]:
        model = fusing.load(place / fusing.FILE)
        members = _members(folder, about["members"], seed, device, (*within, folder.resolve()))
        if list(model.names) != list(about["members"]):
            raise vf.ParameterError(
                f"{place / fusing.FILE}: is of other members than {folder / ABOUT}; {AGAIN}"
            )
    else:
        model = _model(config, place)
    return Detector(folder, seed, config, model, members, line, threshold, tuple(about["columns"]))


def _members(
    folder: Path, paths: dict[str, Any], seed: int, device: str, within: tuple[Path, ...]
) -> tuple[Detector, ...]:
    """The detectors of a fusion's members; none of them is the fusion itself."""
    places = [folder / str(path) for path in paths.values()]
    if any(place.resolve() in within for place in places):
        raise vf.ParameterError(f"{folder / ABOUT}: names the run as its own member; {AGAIN}")
    gone = [str(place) for place in places if not (place / ABOUT).is_file()]
    if gone:
        raise vf.ParameterError(
            f"{folder}: is a fusion, and of its members {some(gone)} is not there; copy them as well, "
            f"placed as they were"
        )
    return tuple(read(place, seed, device, within) for place in places)


def _about(folder: Path, given: str) -> dict[str, Any]:
    """What run.json says, if it is of the form that is read here."""
    if not (folder / ABOUT).is_file():
        below = sorted(p.parent for p in folder.glob(f"*/{ABOUT}")) if folder.is_dir() else []
        if below:
            problem = f"is no run itself; name one below it, such as {below[0]}"
        elif (folder / "config.toml").is_file():
            problem = f"has no {ABOUT}: a part is missing, or an older version left it; {AGAIN}"
        else:
            there = "holds no run" if folder.is_dir() else "is not there"
            problem = f"{there}; name a folder that train.py left, such as runs/toy/ann/toy-clean"
        raise vf.ParameterError(f"RUN={given!r}: {problem}")
    said = _json(folder / ABOUT)
    if said.get("form") != FORM:
        raise vf.ParameterError(
            f"RUN={given!r}: has the form {said.get('form')!r} of voicefeat {said.get('voicefeat')}, and "
            f"voicefeat {vf.__version__} reads form {FORM}; train again, or use that version"
        )
    kinds = {"config": str, "front_ends": dict, "columns": list, "members": dict, "voicefeat": str}
    if not all(isinstance(said.get(key), kind) for key, kind in kinds.items()):
        raise vf.ParameterError(f"{folder / ABOUT}: is not what train.py wrote; {AGAIN}")
    return said


def _config(folder: Path, about: dict[str, Any]) -> Config:
    file = folder / "config.toml"
    if not file.is_file():
        raise vf.ParameterError(f"{file}: is not there; {AGAIN}")
    config = configs.read(file)
    if config.digest != about["config"]:
        raise vf.ParameterError(
            f"{file}: was changed after the run (digest {config.digest}, then {about['config']}); {AGAIN}"
        )
    return config


def _same_front_ends(folder: Path, config: Config, about: dict[str, Any]) -> None:
    known = {each.front_end: front_end(each).digest for each in inputs(config.input)}
    for name, digest in about["front_ends"].items():
        here = known.get(name)
        if here != digest:
            raise vf.ParameterError(
                f"{folder}: was trained with the front end {name} of digest {digest}, and voicefeat "
                f"{vf.__version__} defines it otherwise ({here}); train again, or use voicefeat "
                f"{about['voicefeat']}"
            )


def _seed(folder: Path, config: Config, seed: int | None) -> int:
    """The seed that is asked for, or the first; its results are the last that a run writes."""
    there = sorted(int(p.parent.name[5:]) for p in folder.glob(f"seed-*/{METRICS}"))
    if not there:
        raise vf.ParameterError(
            f"{folder}: no seed of it is finished; give the command of its training again"
        )
    if seed is None:
        return config.training.seeds[0] if config.training.seeds[0] in there else there[0]
    if seed not in there:
        raise vf.ParameterError(
            f"--seed={seed}: {folder} has {', '.join(map(str, there))}; choose one of them"
        )
    return seed


def _model(config: Config, place: Path) -> Any:
    told = _json(place / FITTED)
    model = systems.make(systems.chosen(config, told))
    if not (place / model.file).is_file():
        raise vf.ParameterError(f"{place / model.file}: is not there; {AGAIN}")
    if told.get("model") != content(place / model.file):
        raise vf.ParameterError(f"{place / model.file}: is not the file that was written; {AGAIN}")
    model.load(place / model.file)
    return model


def _json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        raise vf.ParameterError(f"{file}: is not there; {AGAIN}")
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise vf.ParameterError(f"{file}: is not what train.py wrote; {AGAIN}")
    return said


def relative(member: Path, folder: Path) -> str:
    """The way from a run's folder to that of a member, as run.json has it."""
    return Path(os.path.relpath(member, folder)).as_posix()
