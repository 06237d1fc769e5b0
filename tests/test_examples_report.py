"""What reports and the page of results say of figures: sentences follow from the numbers."""

from pathlib import Path

import numpy as np
import pytest
from detecting import need

need("sklearn", "matplotlib")

from detect import conclusions, figures, intervals, page, reading  # noqa: E402
from detect.corpus import Clip  # noqa: E402

import voicefeat as vf  # noqa: E402


def found_of(dev, ours, span=None, probes=(0.5, 0.5), leaks=False):
    """What metrics.json has of a run, as far as a verdict is concerned."""
    found = {"leaks": leaks, "dev": {"eer": {"mean": dev}}, "eval": {"eer": {"mean": ours}}}
    if span:
        found["eval"]["interval"] = {"low": span[0], "high": span[1]}
    return found | {f"probe_{k}": {"eer": {"mean": v}} for k, v in zip(("dev", "eval"), probes, strict=True)}


@pytest.mark.parametrize(
    ("found", "said", "unsaid"),
    [
        (found_of(0.04, 0.045), "4.5 % on evaluation: few errors on this set.", "Development"),
        (found_of(0.04, 0.30), "Development has 4.0 %: what was learnt holds less", "probe"),
        (found_of(0.30, 0.20), "the evaluation set is the easier one", "probe"),
        (
            found_of(0.30, 0.31, (0.10, 0.52)),
            "cannot be told from guessing. The interval is wide (10 to 52",
            "few errors",
        ),
        (found_of(0.0, 0.0, (0.0, 0.89)), "with so few speakers or systems it cannot be told", "few errors"),
        (found_of(0.5, 0.7, (0.6, 0.8)), "worse than guessing, scores are more often the wrong way", "told"),
        (found_of(0.20, 0.20, probes=(0.2, 0.22)), "probe alone has 22.0 %: as good as the detector", "here"),
        (found_of(0.20, 0.20, probes=(0.1, 0.5)), "10.0 % on development and 50.0 % on evaluation", "good"),
        (found_of(0.01, 0.01, leaks=True), "hardly an error on this set. The protocol leaks", "probe"),
    ],
)
def test_a_verdict_follows_from_the_figures(found, said, unsaid):
    told = reading.verdict(found)
    assert said in told
    assert unsaid not in told


def test_what_figures_of_a_size_mean():
    assert "1 in 4.0 clips" in reading.eer(0.25)
    assert "no better than guessing" in reading.eer(0.5)
    assert "worse than guessing" in reading.eer(0.7)
    assert "75 times in 100" in reading.auc(0.75)
    assert "costs less than treating all clips alike" in reading.min_dcf(1.0)
    assert "40 % of the cost" in reading.min_dcf(0.4)
    assert "mislead" in reading.cllr(1.5, 0.6)
    assert "little is lost" in reading.cllr(0.42, 0.4)
    assert "0.30 above minDCF" in reading.act_dcf(0.7, 0.4)


def test_markers_at_the_edge_are_drawn_whole():
    """Scores without an error: the points of EER, probe and thresholds are in corners, and are not cut."""
    from matplotlib.figure import Figure

    values = np.concatenate([np.linspace(1, 2, 900), np.linspace(-2, -1, 900)])
    keys = ["bonafide"] * 900 + ["spoof"] * 900
    scores = vf.metrics.Scores([f"u{k}" for k in range(1800)], values, keys, ["-"] * 1800, ["-"] * 1800)
    for draw in (
        figures.roc([scores], {"eer": 0.0}),
        figures.det([scores], 0.0),
        figures.reliability(scores),
    ):
        ax = Figure().subplots()
        draw(ax)
        marked = [line for line in ax.get_lines() if line.get_marker() not in ("None", None, "")]
        assert marked
        (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
        for line in marked:
            assert not line.get_clip_on()
            low, high = np.array([[x0, y0], [x1, y1]])
            inside = np.clip(line.get_xydata(), low, high)
            np.testing.assert_allclose(line.get_xydata(), inside, atol=1e-9)


def test_names_of_axes_are_not_cut():
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    values = np.concatenate([np.linspace(-1, 2, 90), np.linspace(-2, 1, 90)])
    scores = vf.metrics.Scores([f"u{k}" for k in range(180)], values, ["bonafide"] * 90 + ["spoof"] * 90)
    for draw in (
        figures.roc([scores], {"eer": 0.2}),
        figures.det([scores], 0.0),
        figures.histogram(scores, 0.0),
        figures.reliability(scores),
        figures.confusion([80, 10, 20, 70]),
    ):
        figure = Figure((4.4, 3.5), layout="constrained")
        canvas, ax = FigureCanvasAgg(figure), figure.subplots()
        draw(ax)
        canvas.draw()
        for label in filter(lambda name: name.get_text(), (ax.xaxis.label, ax.yaxis.label)):
            box = label.get_window_extent(canvas.get_renderer())
            assert box.x0 >= 0 and box.y0 >= 0
            assert box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height, label.get_text()


@pytest.mark.parametrize("size", [1, 4, 300])
@pytest.mark.parametrize("step", [0.0, 0.25])
def test_rates_by_threshold_are_every_fifth_of_scikit_learn(size, step):
    """What `roc_curve(...)[::5]` has, and the last point; with ties where scores are rounded to `step`."""
    from sklearn.metrics import roc_curve

    rng = np.random.default_rng(size)
    values = np.concatenate([rng.normal(1, 1, size), rng.normal(0, 1, size)])
    values = np.round(values / step) * step if step else values
    keys = ["bonafide"] * size + ["spoof"] * size
    scores = vf.metrics.Scores([f"u{k}" for k in range(2 * size)], values, keys)
    fpr, tpr, at = roc_curve([key == "bonafide" for key in keys], values)
    chosen = np.unique([*range(0, len(at), 5), len(at) - 1])
    due = [[f"{at[k]:.3f}", f"{100 * tpr[k]:.1f} %", f"{100 * fpr[k]:.1f} %"] for k in chosen]
    assert figures.thresholds(scores, most=1000) == due
    few = figures.thresholds(scores, most=10)
    assert len(few) <= 11
    assert few[0] == due[0] and few[-1] == due[-1]
    assert all(one in due for one in few)


def test_one_label_and_a_probe_that_is_worse_than_guessing():
    found = {"leaks": False, "unnamed": {"speakers": 1, "clips": 1, "of": 16}}
    assert reading.unnamed(found).startswith(
        "1 of the 16 speakers of eval is a label of 1 clip whose speaker"
    )
    found["unnamed"] = {"speakers": 2, "clips": 3, "of": 16}
    assert reading.unnamed(found).startswith("2 of the 16 speakers of eval are labels of 3 clips whose")
    assert [reading.probe(rate, 0.1).split(":")[0] for rate in (0.7, 0.5)] == [
        "worse than guessing",
        "near guessing",
    ]


@pytest.mark.parametrize("values", [[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0]])
def test_rates_by_threshold_of_few_values(values):
    """All scores may be equal, and two values are enough."""
    scores = vf.metrics.Scores(["a", "b", "c"], values, ["bonafide", "bonafide", "spoof"])
    table = figures.thresholds(scores)
    assert len(table) == 2
    assert table[0] == ["inf", "0.0 %", "0.0 %"]
    assert table[-1] == [f"{min(values):.3f}", "100.0 %", "100.0 %"]


def spread(*values):
    """Figures over seeds as metrics.json has them."""
    numbers = np.array(values)
    return {"mean": numbers.mean(), "deviation": numbers.std(), "least": min(values), "most": max(values)}


def row(title, dev, ours, **more):
    """A run as the page has it; `dev` and `ours` may have a figure for each seed."""
    found = {part: {"eer": spread(*np.atleast_1d(v))} for part, v in (("dev", dev), ("eval", ours))}
    seeds = list(range(np.size(ours)))
    said = {"seeds": seeds, "best_epoch": [0], "monitor": "loss", "epochs": 9, "protocol": "clean"}
    return title, found | said | more


class TestConclusions:
    """No sentence of the page stands there whatever the figures are."""

    one, other = row("one", 0.10, 0.30), row("other, mel", 0.30, 0.12)

    def test_ranks(self):
        def told(corrected, value=-0.18):
            test = conclusions.Test("other, mel", "one", value, -0.3, -0.1, 0.01, corrected)
            return conclusions.ranked([self.one, self.other], [test])

        assert told(0.01).startswith("one has the lowest EER on dev (10.0 %), and 30.0 % on eval.")
        assert told(0.01).endswith(
            "1 of the 1 others differ from it on eval (p < 0.05). lower EER: other mel."
        )
        assert "higher EER: other mel" in told(0.01, 0.18)
        assert told(0.06).endswith("0 of the 1 others differ from it on eval (p < 0.05): these clips do not "
                                   "tell them apart.")  # fmt: skip
        assert conclusions.ranked([self.one], []) == "One detector was run: one."

    def test_what_a_table_means(self):
        assert conclusions.about([self.one]) == ""
        span = {"interval": {"by": "speaker and system", "of": "the mean over 3 seeds"}}
        seeds = row("x", [0.1, 0.1], [0.2, 0.2], best_epoch=[3, 4])
        seeds[1]["eval"] |= span
        told = conclusions.about([seeds])
        assert "Intervals of 95 per cent are over speakers and systems" in told
        assert '"alike": all seeds' in told and "†: epochs were chosen on dev" in told
        assert "chosen on eval" in conclusions.about([row("x", 0, 0, best_epoch=[1], chosen_on="eval")])

    def test_calibration(self):
        for _, one in (pair := [row("a", 0.1, 0.3), row("b", 0.1, 0.3)]):
            one["dev"] |= {"cllr": spread(0.4), "min_cllr": spread(0.35)}
            one["eval"] |= {"cllr": spread(1.0), "min_cllr": spread(0.8)}
        told = conclusions.calibrated(pair)
        assert "loses 0.05 bits on dev and 0.20 on eval" in told
        assert "0 of 2 systems on dev and 2 on eval have a Cllr of 1 or more" in told

    def test_differences(self):
        told = conclusions.shown([self.one, self.other])
        assert "from 12.0 % (other, mel) to 30.0 % (one)" in told
        assert (
            "higher by more than 5 points for 1 of 2 and lower for 1; the median difference is +1.0" in told
        )
        assert "None has" not in told
        assert "None has an EER below 20 %" in conclusions.shown([self.one])

    def test_the_probe(self):
        probes = {"probe_dev": {"eer": {"mean": 0.2}}, "probe_eval": {"eer": {"mean": 0.5}}}
        told = conclusions.probed(probes)
        assert "20.0 % on dev and 50.0 % on eval" in told
        assert "separate a good part of dev and do not separate eval" in told
        assert "was not run" in conclusions.probed({})

    def test_epochs(self):
        networks = [
            row("a, mel", 0, 0, best_epoch=[1]),
            row("b", 0, 0, best_epoch=[7], monitor="eer", seeds=[0, 1]),
        ]
        told = conclusions.chosen(networks)
        assert "by EER for b; by the loss for a mel." in told
        assert "One seed alone have a mel:" in told
        assert "The best epoch of a mel is the first or second" in told
        assert "first or second" not in conclusions.chosen([row("a", 0, 0, best_epoch=[1], epochs=1)])
        assert conclusions.chosen([self.one]) == "No networks were run."

    def test_what_eval_shares(self, tmp_path):
        lines = ["split,speaker,attack", "train,s,A1", "dev,t,A1", "eval,s,A1", "eval,u,A2", "eval,u,-"]
        (tmp_path / "clips.csv").write_text("\n".join(lines))
        told = conclusions.apart(tmp_path / "clips.csv")
        assert "of its 2 speakers, 1 in train and none in dev (of the 1 of dev, none in train)" in told
        assert "of its 2 systems, 1 in train and 1 in dev (of the 1 of dev, 1 in train)" in told

    def test_two_protocols(self):
        told = conclusions.compared([self.one, self.other], [row("one", 0, 0.05), row("other, mel", 0, 0.4)])
        assert told.startswith("On eval 1 of 2 have a lower EER than above: one 5.0 % in place of 30.0 %;")
        assert "No system" in conclusions.compared([self.one], [self.other])
        assert conclusions.folded([self.one, self.other]).startswith(
            "0 of 2 models have an EER of at most 2 %"
        )


class TestSeeds:
    """A model that does not depend on its seed has no deviation over seeds."""

    def test_alike(self):
        assert reading.over_seeds(row("svm", [0.1, 0.1], [0.3, 0.3])[1], "eval") == "the same for all 2 seeds"
        assert reading.over_seeds(row("net", [0.1, 0.2], [0.3, 0.3])[1], "dev") == "± 5.0 over 2 seeds"
        assert reading.over_seeds(row("one", 0.1, 0.3)[1], "eval") == ""

    def test_in_the_table(self):
        assert page._percent(row("svm", [0.1, 0.1], [0.3, 0.3])[1], "eval", "eer") == "30.0"
        assert page._percent(row("net", [0.1, 0.2], [0.2, 0.3])[1], "eval", "eer") == "25.0 ± 5.0"
        chosen = row("net", 0.1, 0.3, best_epoch=[3])[1]
        assert [page._percent(chosen, part, "eer") for part in ("dev", "eval")] == ["10.0 †", "30.0"]

    def test_an_interval_of_one_seed_is_named(self):
        one = row("net", [0.1, 0.2], [0.2, 0.3])[1]
        one["eval"]["interval"] = {"value": 0.2, "low": 0.1, "high": 0.3, "of": "seed 0"}
        assert page._span(one) == "10.0 to 30.0 (seed 0: 20.0)"
        one["eval"]["interval"]["of"] = "the mean over 2 seeds"
        assert page._span(one) == "10.0 to 30.0"


def scores_of(speakers=12, attacks=10, noise=0.0, seed=0):
    """Scores of clips of some speakers and systems."""
    n = 240
    keys = ["bonafide"] * 120 + ["spoof"] * 120
    who = [f"s{k % speakers}" for k in range(n)]
    how = ["-"] * 120 + [f"A{k % attacks}" for k in range(120)]
    values = np.repeat([1.0, -1.0], 120) + np.random.default_rng(0).normal(0, 1, n)
    values += noise * np.random.default_rng(seed + 1).normal(0, 1, n)
    return vf.metrics.Scores([f"u{k:03}" for k in range(n)], values, keys, how, who)


class TestIntervals:
    def test_over_what_is_known(self):
        for speakers, attacks, by in ((12, 10, "speaker and system"), (1, 10, "system"), (12, 1, "speaker"),
                                      (1, 1, "utterance")):  # fmt: skip
            scores = scores_of(speakers, attacks)
            assert intervals.grouped(scores)[0] == by
            found = intervals.of_scores([scores], 50, 0)
            groups = scores.groups_by_class(*by.split(" and ")) if by != "utterance" else None
            ours = vf.metrics.interval(scores.bonafide, scores.spoof, groups=groups, draws=50)
            assert (found["by"], found["low"]) == (by, pytest.approx(ours.low, abs=1e-6))
        assert intervals.of_scores([scores], 0, 0) == {}
        scores.speakers[:] = ["s"] * 120 + ["t"] * 120  # one voice of each class: none can be drawn
        assert intervals.grouped(scores)[0] == "utterance"
        assert reading.drawn("speaker and system") == "speakers and systems"

    def run(self, folder, noise, seeds=(0, 1)):
        """A run's folder, as far as intervals read it."""
        for seed in seeds:
            scores = scores_of(noise=noise, seed=seed)
            (folder / f"seed-{seed}").mkdir(parents=True)
            vf.metrics.write_scores(folder / f"seed-{seed}" / "scores_eval.txt", scores)
        lines = [f"{u},{s}" for u, s in zip(scores.utterances, scores.speakers, strict=True)]
        (folder / "clips.csv").write_text("\n".join(["utterance,speaker", *lines]))
        return {"folder": folder, "seeds": list(seeds)}

    def test_of_the_mean_over_seeds(self, tmp_path):
        run = self.run(tmp_path, noise=1.0)
        found = intervals.of_run(tmp_path, "eval", run["seeds"], 50)
        each = [scores_of(noise=1.0, seed=seed) for seed in run["seeds"]]
        rates = [vf.metrics.eer(s.bonafide, s.spoof).rate for s in each]
        assert found["value"] == pytest.approx(np.mean(rates), abs=1e-6)
        assert found["low"] < found["value"] < found["high"]
        assert intervals.of_run(tmp_path, "dev", run["seeds"], 50) == {}  # without score files

    def test_paired_tests_and_their_correction(self, tmp_path, monkeypatch):
        monkeypatch.setattr(intervals, "TEST_DRAWS", 600)
        names = {"good": 0.0, "like it": 0.05, "bad": 4.0}
        found = []
        for k, (name, noise) in enumerate(names.items()):
            found.append(row(name, 0.1 + 0.1 * k, 0.2, **self.run(tmp_path / name, noise)))
        tests = page.paired(found)
        assert [(t.title, t.against) for t in tests] == [("like it", "good"), ("bad", "good")]
        assert tests[1].value > 0 and tests[1].corrected < 0.05 < tests[0].corrected
        assert tests[1].corrected == pytest.approx(2 * tests[1].p)
        text = page._tests(tests)
        assert "EER eval less that of good, points" in text and text.splitlines()[-1].startswith("| bad | +")
        assert page.paired(found[:1]) == []

    def test_runs_on_other_clips_are_refused(self, tmp_path):
        one, other = (self.run(tmp_path / name, 0.0) for name in ("one", "other"))
        file = tmp_path / "other" / "seed-1" / "scores_eval.txt"
        file.write_text(file.read_text().replace("u000", "v000"))
        with pytest.raises(vf.ParameterError, match="do not hold scores of the same clips; train them again"):
            intervals.tested(one, other)

    def test_unnamed_speakers(self):
        clips = [
            Clip("a", True, Path("a.flac"), "VCTK-hifigan-1"),
            Clip("b", False, Path("b.flac"), "VCTK-hifigan-1"),
            Clip("c", True, Path("c.flac"), "c"), Clip("d", True, Path("d.flac"), "p225"), Clip("e", True),
        ]  # fmt: skip
        count = intervals.unnamed(clips, ("VCTK-hifigan-*",))
        assert count == {"speakers": 2, "clips": 3, "of": 3}
        told = reading.unnamed({"unnamed": count, "leaks": False})
        assert told.startswith("2 of the 3 speakers of eval are labels of 3 clips")
        assert reading.unnamed({"unnamed": intervals.unnamed(clips[3:], ()), "leaks": False}) == ""
