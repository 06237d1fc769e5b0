"""The settings of a run: TOML read into a value, `key=value` on the command line put over it."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import voicefeat as vf

from .words import one_of


@dataclass(frozen=True)
class Data:
    """Which rows there are, and how they are divided."""

    #: "clean", "seed" or "folds"; see splits.py.
    protocol: str = "clean"
    #: Seconds of the windows that recordings are cut to; 0 leaves them whole.
    window: float = 0.0
    #: How many copies of a training recording are made worse, and how: see augmenting.py.
    copies: int = 0
    #: At most so many windows of a recording, and of each of its copies, drawn at random; 0 for all.
    windows_each: int = 0
    augment: str = "mixed"
    #: At most so many rows in each split; 0 for all.
    subset: int = 0
    allow_overlap: bool = False


@dataclass(frozen=True)
class Input:
    """What a model is given of each clip: a front end's frames, or statistics of them."""

    #: The name of a published front end, what differs from it, and the rate where it has none.
    front_end: str = "project-mfcc"
    #: Several of them in its place, for model.kind = "pooled"; features.inputs gives them one by one.
    front_ends: tuple[str, ...] = ()
    changes: dict[str, Any] = field(default_factory=dict)
    rate: int = 16000
    #: Over all frames, as `vf.summarize` names them; none keeps the frames.
    statistics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """Which model; a network's name, "gmm", "pooled", "fusion", or one of classic.py."""

    kind: str = "ann"
    settings: dict[str, Any] = field(default_factory=dict)
    #: Networks: weights to begin from (a model.pt), and how many of the first tensors stay as they are.
    start: str = ""
    freeze: int = 0
    #: Networks of two outputs: "softmax" of both, or a "sigmoid" for each, as the term project had it.
    activation: str = "softmax"
    #: Fusion: the configs whose calibrated scores are fused.
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class Training:
    """How a network learns."""

    seeds: tuple[int, ...] = (0, 1, 2)
    epochs: int = 50
    batch: int = 32
    rate: float = 1e-3
    decay: float = 0.0
    #: What chooses epochs and weights of a fusion, and calibrates: "dev"; or "leave-source-out", clips of
    #: train and dev, scored by models that heard none of their systems, corpora or speakers; see sources.py.
    selection: str = "dev"
    #: Values of model.settings to choose from, by what selects: choose = { C = [0.3, 3.0, 30.0] }.
    choose: dict[str, Any] = field(default_factory=dict)
    #: How many times sources are left out.
    folds: int = 5
    #: The sign before the name of a variant: systems that are called alike before it are left out together.
    variants: str = ""
    #: What is lowest in the best epoch, of the development set: "loss", or "eer" and of equal ones the loss;
    #: "last" keeps the last epoch.
    monitor: str = "loss"
    #: Epochs without a better one, after which it ends.
    patience: int = 10
    #: Which set is watched for that: "dev", or "test loss", the loss of the very rows that are scored.
    stop: str = "dev"
    #: Whether both classes weigh the same in the loss, as often as either is there.
    weights: bool = True
    #: Whether inputs are standardised by the training set's means and deviations.
    standardise: bool = True
    device: str = "auto"


@dataclass(frozen=True)
class Report:
    """How the scores are judged."""

    #: Draws of the bootstrap over speakers and systems.
    draws: int = 1000
    #: Labels of speakers that a corpus does not name: each counts as a speaker of its own, and is told.
    unnamed: tuple[str, ...] = ("VCTK-hifigan-*", "VCTK-vits-ms-*", "BVG-*")
    #: ASV scores of the evaluation set, for the t-DCF.
    asv_scores: str = ""


@dataclass(frozen=True)
class Config:
    """All settings of a run."""

    name: str = ""
    title: str = ""
    data: Data = field(default_factory=Data)
    input: Input = field(default_factory=Input)
    model: Model = field(default_factory=Model)
    training: Training = field(default_factory=Training)
    report: Report = field(default_factory=Report)

    @property
    def digest(self) -> str:
        """A fingerprint of what changes a result; more seeds, another device or title do not.

        Of settings that differ from their defaults: a new setting changes no fingerprint of earlier runs.
        """
        said = dataclasses.asdict(self)
        del said["name"], said["title"], said["training"]["seeds"], said["training"]["device"], said["report"]
        usual = dataclasses.asdict(Config())
        said = {
            section: {key: value for key, value in settings.items() if value != usual[section][key]}
            for section, settings in said.items()
        }
        text = json.dumps(said, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_toml(self) -> str:
        """All settings as TOML, which `read` takes."""
        tables = {k: v for k, v in dataclasses.asdict(self).items() if isinstance(v, dict)}
        lines = [f"name = {_value(self.name)}", f"title = {_value(self.title)}"]
        for name, settings in tables.items():
            lines += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in settings.items())]
        return "\n".join(lines) + "\n"


#: What keys of a section were called before, in runs that are still there.
BEFORE = {("training", "class_weights"): "weights"}
SECTIONS = {f.name: f.default_factory for f in dataclasses.fields(Config) if callable(f.default_factory)}


def find(given: str) -> Path:
    """A config's file: as given, or below examples/ or examples/configs/, with or without its ending."""
    here = Path(__file__).resolve().parents[1]
    for place in (Path(), here, here / "configs"):
        for path in (place / given, place / f"{given}.toml"):
            if path.is_file():
                return path
    known = sorted(
        p.relative_to(here / "configs").with_suffix("").as_posix() for p in (here / "configs").rglob("*.toml")
    )
    said = given.removeprefix("configs/").removesuffix(".toml")
    beside = [name for name in known if Path(name).parent == Path(said).parent]
    near = difflib.get_close_matches(said, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    listed = beside or sorted({str(Path(name).parent) for name in known})
    word = "there" if beside else "folders of configs"
    raise vf.ParameterError(f"CONFIG={given!r}: is not a file; {hint}{word}: {', '.join(listed)}")


def find_all(given: str) -> list[Path]:
    """The configs of a folder, in the order of their names: as given, or below examples/ or its configs/."""
    here = Path(__file__).resolve().parents[1]
    for place in (Path(), here, here / "configs"):
        if found := sorted((place / given).glob("*.toml")):
            return found
    raise vf.ParameterError(
        f"--all={given!r}: holds no configs; name a folder with .toml files, for example configs/toy"
    )


def read(path: Path, overrides: Sequence[str] = ()) -> Config:
    """The config of a file with `key=value` put over it; what differs then stands in its name.

    `base = "other.toml"` begins from another file; a table `[seed.training]` holds what the `seed` protocol
    does otherwise (`[folds.training]` likewise).
    """
    made = _read(path, overrides)
    return renamed(made, _read(path, [f"data.protocol={made.data.protocol}"])) if overrides else made


def renamed(config: Config, before: Config) -> Config:
    """The config under the name of `before` and of what changes a result: toy/ann+epochs=5."""
    ours, theirs = (dataclasses.asdict(one) for one in (config, before))
    told = [
        text
        for section in SECTIONS
        for key, value in ours[section].items()
        if f"{section}.{key}" not in ("training.seeds", "training.device", "data.protocol")
        for text in _difference(key, value, theirs[section][key])
    ]
    name = before.name + "".join(f"+{text}" for text in sorted(told))
    if len(name) - len(before.name) > 60:
        name = f"{before.name}+{_digest(name)}"
    return dataclasses.replace(config, name=name)


def _difference(key: str, value: Any, before: Any) -> Iterator[str]:
    """What differs, as part of a folder's name: values that are long or hold odd signs are digests."""
    if isinstance(value, dict):
        for inner in sorted({*value, *before}):
            yield from _difference(inner, value.get(inner), before.get(inner))
    elif value != before:
        text = json.dumps(value) if isinstance(value, list | tuple) else _value(value).strip('"')
        plain = re.fullmatch(r"[A-Za-z0-9._-]{1,16}", text)
        yield f"{key}={text if plain else _digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _read(path: Path, overrides: Sequence[str]) -> Config:
    said = _merged(path)
    changes = [_override(text) for text in overrides]
    for place, value in changes:
        _put(said, place, value)
    protocol = said.get("data", {}).get("protocol", Data.protocol)
    for name in ("seed", "folds"):
        variant = said.pop(name, {})
        if name == protocol:
            said = _over(said, variant)
    for place, value in changes:  # what is said on the command line holds
        _put(said, place, value)
    said.setdefault("name", _name(path))
    return _config(said, path)


def _merged(path: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise vf.ParameterError(f"{path}: is not TOML ({error}); mend it") from None
    base = said.pop("base", None)
    if base is None:
        return said
    if not (path.parent / base).is_file():
        raise vf.ParameterError(f"{path}: base = {base!r} is not there; name a file beside it")
    return _over(_merged(path.parent / base), said)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged, but for `changes`, `settings`, `choose`, which belong to what stands beside them."""
    out = dict(below)
    for key, value in above.items():
        whole = key in ("changes", "settings", "choose")
        merge = isinstance(value, dict) and isinstance(out.get(key), dict) and not whole
        out[key] = _over(out[key], value) if merge else value
    return out


def _name(path: Path) -> str:
    parts = path.resolve().with_suffix("").parts
    return "/".join(parts[parts.index("configs") + 1 :]) if "configs" in parts else path.stem


def _override(text: str) -> tuple[list[str], Any]:
    """`training.epochs=3`; `epochs=3`, as one section alone has that key; `model.settings.components=8`."""
    key, equals, value = text.partition("=")
    if not equals:
        raise vf.ParameterError(f"{text!r}: is not key=value; write for example epochs=5")
    full = {f"{s}.{f.name}": f.name for s, kind in SECTIONS.items() for f in dataclasses.fields(kind)}
    place = key.split(".")
    if len(place) == 1:
        near = [one for one, name in full.items() if name == key]
        if len(near) > 1:
            raise vf.ParameterError(f"{text!r}: may mean {' or '.join(near)}; write one of them in full")
        place = near[0].split(".") if near else place
    open_ended = ".".join(place[:2]) in ("model.settings", "input.changes") and len(place) == 3
    if not open_ended and ".".join(place) not in full:
        known = list(full) if "." in key else sorted(set(full.values()))
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else "see examples/detect/config.py for the keys"
        raise vf.ParameterError(f"{text!r}: there is no key {key}; {hint}")
    try:
        parsed = tomllib.loads(f"x = {value}")["x"]
    except tomllib.TOMLDecodeError:
        parsed = value
    return place, parsed


def _put(said: dict[str, Any], place: list[str], value: Any) -> None:
    for name in place[:-1]:
        said = said.setdefault(name, {})
    said[place[-1]] = value


def _config(said: dict[str, Any], path: Path) -> Config:
    made: dict[str, Any] = {}
    for key, value in said.items():
        one_of(f"{path}: {key}", key, [f.name for f in dataclasses.fields(Config)])
        made[key] = _section(key, value, path) if key in SECTIONS else value
    return _checked(Config(**made))


def _section(name: str, said: Any, path: Path) -> Any:
    kind: Any = SECTIONS[name]
    if not isinstance(said, dict):
        raise vf.ParameterError(f"{path}: {name}={said!r}: is a table; write [{name}]")
    known = {f.name: f for f in dataclasses.fields(kind)}
    default, values = kind(), {}
    for key, value in said.items():
        key = one_of(f"{path}: {name}.{key}", BEFORE.get((name, key), key), known)
        if isinstance(getattr(default, key), tuple):
            value = tuple(value) if isinstance(value, list | tuple) else (value,)
        wanted = type(getattr(default, key))
        if wanted is float and type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            words = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
            told = words.get(wanted, "a table")
            raise vf.ParameterError(f"{path}: {name}.{key}={value!r}: must be {told}; mend it")
        values[key] = value
    return kind(**values)


def _checked(config: Config) -> Config:
    at_least = {
        "training.epochs": (config.training.epochs, 1), "training.batch": (config.training.batch, 1),
        "training.patience": (config.training.patience, 1), "training.folds": (config.training.folds, 2),
        "data.copies": (config.data.copies, 0), "data.windows_each": (config.data.windows_each, 0),
        "data.window": (config.data.window, 0), "data.subset": (config.data.subset, 0),
        "report.draws": (config.report.draws, 0), "input.rate": (config.input.rate, 1),
    }  # fmt: skip
    for name, (value, least) in at_least.items():
        if value < least:
            raise vf.ParameterError(f"{name}={value}: must be {least} or more; mend it")
    one_of("training.monitor", config.training.monitor, ("loss", "eer", "last"))
    one_of("training.selection", config.training.selection, ("dev", "leave-source-out"))
    if config.training.choose and config.model.kind == "fusion":
        raise vf.ParameterError(
            f"training.choose={config.training.choose}: a fusion has no settings; "
            f"write it in its members' configs"
        )
    for name, values in config.training.choose.items():
        if not isinstance(values, list) or not values:
            raise vf.ParameterError(
                f"training.choose.{name}={values!r}: must be a list of values of model.settings.{name}; "
                f"write choose = {{ {name} = [1, 2] }}"
            )
    one_of("model.activation", config.model.activation, ("softmax", "sigmoid"))
    check_stop(config)
    if config.training.selection != "dev" and config.data.protocol != "clean":
        raise vf.ParameterError(
            f"training.selection={config.training.selection!r}: needs data.protocol='clean', and it is "
            f"{config.data.protocol!r}; give selection=dev, or protocol=clean"
        )
    seeds = config.training.seeds
    if not seeds or not all(type(s) is int and s >= 0 for s in seeds):
        raise vf.ParameterError(f"training.seeds={list(seeds)}: must be whole numbers; write seeds=[0,1,2]")
    if len(set(seeds)) < len(seeds):
        raise vf.ParameterError(f"training.seeds={list(seeds)}: names a seed twice; name each once")
    return config


def check_stop(config: Config) -> None:
    """Refuse to choose an epoch on the rows that are scored, but in the protocol that leaks anyway."""
    stop = one_of("training.stop", config.training.stop, ("dev", "test loss"))
    if stop != "dev" and config.data.protocol != "seed":
        raise vf.ParameterError(
            f"training.stop={stop!r}: chooses the epoch on the very rows that are scored, which "
            f"protocol={config.data.protocol} does not allow; give protocol=seed, or stop=dev"
        )


def _value(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
