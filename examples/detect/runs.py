"""One run: a config on a corpus with several seeds, each gone on with where it was stopped."""

from __future__ import annotations

import dataclasses
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import voicefeat as vf

from . import config as configs, fusing, needs, reading, saved, scoring, selecting, sources, systems
from .config import Config, Report
from .corpus import Clip, Corpus, labels
from .features import Features, compute, durations
from .intervals import unnamed
from .judging import judge, summary
from .layouts import read_corpus, read_evaluation, with_evaluation
from .logbook import Log, environment, put, say
from .origin import Origin, origin
from .probe import probe
from .report import write_report
from .splits import LEAKS, ON_TEST, by_speaker, examples, limited, split

#: The probe is told without intervals.
NO_DRAWS = Report(draws=0)
Scored = dict[str, np.ndarray]


@dataclass(frozen=True)
class Place:
    """Where a run reads and writes."""

    data: str
    out: Path
    #: Further evaluation sets; the first takes the place of a missing eval split.
    evaluations: tuple[str, ...] = ()

    @property
    def cache(self) -> Path:
        """Features, by the digests of what they were made from."""
        return self.out / "cache"


def corpora(place: Place, protocol: str) -> tuple[Corpus, list[Corpus]]:
    """The corpus, its speakers divided if the clean protocol needs it; and the evaluation sets besides."""
    corpus, others = read_corpus(place.data), [read_evaluation(given) for given in place.evaluations]
    if others and {c.split for c in corpus.clips} == {"train", "dev"}:
        corpus = with_evaluation(corpus, others.pop(0))
    twice = [name for name, times in Counter(map(scoring.folder_of, others)).items() if times > 1]
    if twice:
        raise vf.ParameterError(
            f"--eval: two sets are called {twice[0]}; give one of the folders another name"
        )
    return by_speaker(corpus) if protocol == "clean" else corpus, others


def run(config: Config, place: Place, corpus: Corpus | None = None) -> Path:
    """Train, score and report; returns the folder of the run. A member of a fusion is given its corpus."""
    how = config.data
    members = _members(config) if config.model.kind == "fusion" else []
    check_packages([config, *members], place)
    others: list[Corpus] = []
    if corpus is None:
        corpus, others = corpora(place, how.protocol)
    folder = _folder(config, place, corpus)
    lengths = durations(corpus.clips) if how.window else [0.0] * len(corpus.clips)
    rows = examples(corpus, how.protocol, how.window, how.copies, lengths, how.windows_each)
    rows = limited(rows, how.protocol, how.subset)
    places = _places(config, rows, config.training.seeds[0])  # what is wrong is said at once
    if not members:
        for one in selecting.candidates(config):
            systems.check(one, corpus, sources.fewest(config, rows, places))
    made = origin(corpus, rows, config, members)
    paths = {member.name: saved.relative(_folder(member, place, corpus), folder) for member in members}
    about = saved.describe(config, corpus, paths)
    _same(folder, config, made, about)
    if members:
        score = _fused(members, place, corpus, rows)
    else:
        score = _single(config, place, corpus, rows)
    folder.mkdir(parents=True, exist_ok=True)
    made.write(folder)
    put(folder / saved.ABOUT, json.dumps(about, indent=1))
    put(folder / "config.toml", config.to_toml())
    put(folder / "env.json", json.dumps(environment(config.training.device), indent=1))
    for seed in config.training.seeds:
        _seed(config, place, corpus, rows, folder / f"seed-{seed}", seed, score)
    found = [json.loads((folder / f"seed-{s}" / "metrics.json").read_text()) for s in config.training.seeds]
    told = summary(found, folder, config.report.draws) | _about(config, corpus, rows)
    put(folder / "metrics.json", json.dumps(told, indent=1))
    scoring.evaluate(folder, others, config.training.seeds, config.training.device, place.cache)
    say(f"report: {write_report(folder)}")
    return folder


def _places(config: Config, rows: list[Clip], seed: int) -> dict[str, np.ndarray]:
    """Which rows are in train, dev and eval for a seed."""
    how, on_test = config.data, config.training.stop != "dev"
    return split(rows, how.protocol, seed, how.allow_overlap, on_test)


def _folder(config: Config, place: Place, corpus: Corpus) -> Path:
    name = f"{corpus.name}-{config.data.protocol}".replace(" ", "_").replace(",", "")
    return place.out / config.name / name


def check_packages(every: Sequence[Config], place: Place) -> None:
    """Refuse to begin without what the models need; pictures are left out where matplotlib is missing."""
    recordings = Path(place.data).suffix != ".csv"
    needs.need(*dict.fromkeys(name for config in every for name in needs.of_config(config, recordings)))
    if needs.missing(["matplotlib"]):
        say("matplotlib is not installed: the report will have no pictures; pip install matplotlib")


def _same(folder: Path, config: Config, made: Origin, about: dict[str, Any]) -> None:
    """Refuse to go on with a run of other settings or of other data; what differs is named."""
    file = folder / "config.toml"
    if not file.is_file():
        return
    before = configs.read(file)
    if before.digest == config.digest and before.report == config.report:
        made.refuse_another(folder)
        saved.refuse_another(folder, about)
        return
    ours, theirs = dataclasses.asdict(config), dataclasses.asdict(before)
    differ = [
        f"{section}.{key}={ours[section][key]!r}, there {theirs[section][key]!r}"
        for section in configs.SECTIONS
        for key in ours[section]
        if ours[section][key] != theirs[section][key]
    ]
    raise vf.ParameterError(
        f"--out: {folder} holds a run with other settings ({'; '.join(differ)}); "
        f"give another --out, or remove it"
    )


def _single(
    config: Config, place: Place, corpus: Corpus, rows: list[Clip]
) -> Callable[..., tuple[Scored, dict]]:
    """How one seed of a model is trained and scored."""
    features: list[Features] = []

    def score(
        seed: int, places: dict[str, np.ndarray], folder: Path, log: Log
    ) -> tuple[Scored, dict[str, Any]]:
        if not features:
            features.append(compute(corpus, rows, config.input, config.data, place.cache, say))
        model, told, left_out = _trained(config, features[0], rows, places, seed, folder, log)
        raw, fitted = {}, time.process_time()
        if left_out is not None:
            places["sources"], raw["sources"] = left_out
        raw |= {name: model.score(features[0], places[name]) for name in ("dev", "eval")}
        cost = {
            "score": time.process_time() - fitted,
            "features": features[0].cost,
            "audio": features[0].audio,
        }
        seconds = {"fit": told["fit"]} | {name: round(value, 2) for name, value in cost.items()}
        return raw, {
            "parameters": model.parameters,
            "seconds": seconds,
            **{name: value for name, value in told.items() if name != "fit"},
        }

    return score


def _trained(
    config: Config,
    features: Features,
    rows: list[Clip],
    places: dict[str, np.ndarray],
    seed: int,
    folder: Path,
    log: Log,
) -> tuple[Any, dict[str, Any], tuple[np.ndarray, np.ndarray] | None]:
    """A seed's model, what is told of its training, and rows and scores of left-out sources."""
    kept, by_sources = saved.kept(config, folder), config.training.selection == sources.LEFT_OUT
    left_out = sources.kept(folder) if kept and by_sources else None
    if kept and (left_out is not None or not by_sources):
        log("kept", text=f"{kept[0].file} is there: scored and judged again, without training")
        return *kept, left_out
    began = time.process_time()
    made, left_out = selecting.select(config, features, rows, places, seed, folder, log)
    model, chosen = systems.make(made), time.process_time()
    model.fit(features, places, labels(rows), seed, folder, log)
    seconds = chosen - began + getattr(model, "seconds", time.process_time() - chosen)
    told = {"fit": round(seconds, 2), "best_epoch": getattr(model, "best_epoch", 0)}
    told |= {"settings": made.model.settings} | getattr(model, "told", {})
    saved.keep(model, folder, told)
    return model, told, left_out


def _members(config: Config) -> list[Config]:
    """The configs of a fusion's members, which share its data and seeds."""
    if len(config.model.members) < 2:
        raise vf.ParameterError("model.members: a fusion has two or more; name their configs")
    members = []
    for given in config.model.members:
        member = configs.read(configs.find(given))
        how = config.training
        shared = {name: getattr(how, name) for name in ("seeds", "device", "selection", "folds", "variants")}
        training = dataclasses.replace(member.training, **shared)
        changed = dataclasses.replace(member, data=config.data, training=training, report=config.report)
        members.append(configs.renamed(changed, member))
    return members


def _fused(
    members: Sequence[Config], place: Place, corpus: Corpus, rows: list[Clip]
) -> Callable[..., tuple[Scored, dict]]:
    """Every member is run first; a fused score is a weighted sum of theirs, learnt on what selects."""
    folders = []
    for member in members:
        say(f"member {member.name}")
        folders.append(run(member, place, corpus))

    def score(
        seed: int, places: dict[str, np.ndarray], folder: Path, log: Log
    ) -> tuple[Scored, dict[str, Any]]:
        names = ["dev", "eval"]
        if members[0].training.selection == sources.LEFT_OUT:
            names, places["sources"] = [*names, "sources"], sources.selected(rows, places)
        held: dict[str, list[np.ndarray]] = {}
        for name in names:
            files = [vf.metrics.read_scores(f / f"seed-{seed}" / f"scores_{name}.txt") for f in folders]
            wanted = [rows[i].utt for i in places[name]]
            held[name] = [file.select(wanted).scores for file in files]
        by = "sources" if "sources" in held else "dev"
        fusion = fusing.fit([member.name for member in members], held[by], labels(rows)[places[by]])
        log("fused", text=f"weights: {fusing.told(fusion)}")
        fusing.save(fusion, folder / fusing.FILE)
        fused = {name: fusion.apply(scores) for name, scores in held.items()}
        found = [json.loads((f / f"seed-{seed}" / "metrics.json").read_text()) for f in folders]
        cost = {k: round(sum(m["seconds"][k] for m in found), 2) for k in found[0]["seconds"]}
        return fused, {"parameters": sum(m["parameters"] for m in found), "seconds": cost, "best_epoch": 0}

    return score


def _seed(
    config: Config, place: Place, corpus: Corpus, rows: list[Clip], folder: Path, seed: int, score: Any
) -> None:
    """One seed, unless it is finished: metrics.json is written last."""
    if (folder / "metrics.json").is_file():
        say(f"seed {seed} is finished: {folder}")
        return
    folder.mkdir(exist_ok=True)
    log = Log(folder / "log.jsonl", f"seed {seed}: ")
    places = _places(config, rows, seed)
    log("began", **{name: len(index) for name, index in places.items()})
    raw, told = score(seed, places, folder, log)
    y = labels(rows)
    scored = {name: [rows[i] for i in places[name]] for name in raw}
    found = judge(scored, raw, folder, config.report, seed)
    if corpus.table is None:
        blind = probe(rows, places, y, config.data, place.cache, say)
        found["probe"] = judge(scored, blind, None, NO_DRAWS, seed)
    put(folder / "metrics.json", json.dumps({"seed": seed} | told | found, indent=1))
    (folder / "checkpoint.pt").unlink(missing_ok=True)
    log("finished", dev_eer=round(found["dev"]["eer"], 4), eval_eer=round(found["eval"]["eer"], 4))


def _about(config: Config, corpus: Corpus, rows: Sequence[Clip]) -> dict[str, Any]:
    """What the report says of data and protocol."""
    notes = [*corpus.notes, *filter(None, [LEAKS[config.data.protocol]])]
    if config.training.stop != "dev":
        notes.append(ON_TEST)
    if config.training.selection == sources.LEFT_OUT:
        notes.append(sources.NOTE)
    if config.data.allow_overlap:
        notes.append("Speakers in two splits were allowed.")
    return {
        "name": config.name, "title": config.title or config.name, "model": config.model.kind,
        "corpus": corpus.name, "clips": len(corpus.clips), "rows": len(rows), "list_digest": corpus.digest,
        "protocol": config.data.protocol, "leaks": config.data.protocol != "clean", "notes": notes,
        "attacks": len({c.attack for c in rows} - {"-"}), "speakers": len({c.speaker for c in rows} - {""}),
        "columns": len(corpus.columns), "config_digest": config.digest,
        "chosen_on": "dev" if config.training.stop == "dev" else "eval",
        "unnamed": unnamed(_of_eval(config, rows), config.report.unnamed),
    }  # fmt: skip


def _of_eval(config: Config, rows: Sequence[Clip]) -> list[Clip]:
    """The rows of eval; all rows where each seed has others."""
    return [c for c in rows if config.data.protocol != "clean" or c.split == "eval"]


def told(folder: Path) -> str:
    """The outcome in a few lines, and that of the evaluation sets besides."""
    lines = _outcome(folder, ("dev", "eval"))
    for other in sorted(folder.glob(f"{scoring.SETS}/*/metrics.json")):
        lines += _outcome(other.parent, ("eval",))
    return "\n".join(lines)


def _outcome(folder: Path, parts: Sequence[str]) -> list[str]:
    found = json.loads((folder / "metrics.json").read_text())
    title = found["title"] if "dev" in parts else f"{found['title']}, on {found['corpus']}"
    lines = [title, *(f"  {note}" for note in found["notes"]), f"  {reading.verdict(found)}"]
    for name in parts:
        each = found[name]
        over = reading.over_seeds(found, name, 2) or "one seed"
        line = f"  {name:4} EER {100 * each['eer']['mean']:5.2f} % ({over})"
        if "interval" in each:
            line += f", 95 % {reading.interval(each['interval'])}"
        lines.append(f"{line}, AUC {100 * each['auc']['mean']:.1f} %")
        if each.get("interval", {}).get("note"):
            lines.append(f"       {each['interval']['note']}")
    if "probe_eval" in found:
        blind = (100 * found[f"probe_{name}"]["eer"]["mean"] for name in ("dev", "eval"))
        lines.append("  shortcut probe alone: EER {:.1f} % and {:.1f} %".format(*blind))
    return [*lines, *_decided(folder), f"  {folder / 'report.html'}"]


def _decided(folder: Path) -> list[str]:
    """Loss and accuracy of each seed that was stopped on test: those that the term project printed."""
    lines = []
    for file in sorted(folder.glob("seed-*/metrics.json")):
        if one := json.loads(file.read_text(encoding="utf-8")).get("test"):
            lines.append(
                f"  {file.parent.name}, chosen and scored on {one['rows']} rows, the larger output decides: "
                f"loss {one['loss']:.5f}, accuracy {one['accuracy']:.5f}, {one['errors']} errors"
            )
    return lines
