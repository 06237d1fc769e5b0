"""Tables by attack and codec, against the evaluation package of ASVspoof 5; columns of scores."""

import csv
from pathlib import Path

import numpy as np
import pytest

import voicefeat as vf

m = vf.metrics

HERE = Path(__file__).resolve().parent / "data" / "asvspoof5_track2"
with open(HERE / "official.csv", newline="") as file:
    OFFICIAL = {(row["attack"], row["codec"]): row for row in csv.DictReader(file)}
#: The rates that the package holds of the organisers' speaker verification.
ORGANISERS = m.AsvErrors(0.01880141010575793, 0.01881016557566423, 0.4607082907604729)
SEVEN = {
    "utterances": "abcdefg",
    "scores": [3.0, 2.5, 1.0, 0.0, 2.0, 0.5, 2.75],
    "keys": ["bonafide"] * 3 + ["spoof"] * 4,
    "attacks": ["-", "-", "-", "A07", "A08", "A07", "-"],
}
CODECS = ["none", "opus", "opus", "none", "opus", "opus", "opus"]


def figures(table):
    return {
        (row, column): table.values[r, c]
        for r, row in enumerate(table.rows)
        for c, column in enumerate(table.columns)
    }


def official(column, scale=1.0):
    return {cell: pytest.approx(float(row[column]) / scale, rel=1e-9) for cell, row in OFFICIAL.items()}


def written(folder, *lines, name="file.txt"):
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def trials():
    return m.read_sasv_scores(HERE / "scores.tsv", HERE / "keys.tsv")


@pytest.fixture(scope="module")
def detector(tmp_path_factory):
    """The countermeasure alone, as in Track 1: a score file and a protocol of ten columns."""
    folder = tmp_path_factory.mktemp("track_1")
    rows = [line.split("\t") for line in (HERE / "scores.tsv").read_text().splitlines()[1:]]
    scores = written(folder, "filename\tcm-score", *("\t".join(row[1:3]) for row in rows), name="scores.tsv")
    lines = [line.split(" ") for line in (HERE / "keys.tsv").read_text().splitlines()[1:]]
    tag = {"bonafide": "-", "spoof": "AC1"}
    protocol = [
        f"s {u} F {codec} - - {tag[key]} {attack} {key} -" for _, u, _, key, attack, codec, _ in lines
    ]
    return m.read_scores(scores, written(folder, *protocol, name="ASVspoof5.eval.track_1.tsv"))


class TestAgainstThePackage:
    @pytest.mark.parametrize("metric", ["eer", "min_dcf"])
    def test_track_1(self, metric, detector):
        assert figures(m.cross_table(detector, "attack", "codec", metric)) == official(metric)

    def test_a_dcf(self, trials):
        assert figures(m.cross_table(trials)) == official("a_dcf")
        assert m.min_adcf(trials.target, trials.nontarget, trials.spoof).value == pytest.approx(
            float(OFFICIAL["pooled", "pooled"]["a_dcf"]), rel=1e-9
        )

    def test_t_eer(self, trials):
        assert figures(m.cross_table(trials, statistic="t_eer")) == official("t_eer_percent", 100)

    def test_t_eer_of_utterances_in_two_trials_each(self, trials):
        """As in Track 2, where one utterance is tried for several speakers; figure of the package."""
        bonafide, spoof = trials.countermeasure
        found = m.t_eer(np.repeat(bonafide[::2], 2), spoof, trials.verification)
        assert 100 * found.rate == pytest.approx(20.48148148148148, rel=1e-9)

    def test_min_tdcf(self, trials, detector):
        assert figures(m.cross_table(trials, statistic="min_tdcf", asv=ORGANISERS)) == official("min_tdcf")
        assert figures(m.cross_table(detector, statistic="min_tdcf", asv=ORGANISERS)) == official("min_tdcf")

    def test_min_tdcf_with_scores_of_the_organisers(self, trials):
        """The package then takes the rejected share of the spoofs in place of the accepted share."""
        for (attack, codec), row in OFFICIAL.items():
            used = (codec == "pooled") | (trials.column("codec") == codec)
            used &= (trials.kinds != "spoof") | (attack == "pooled") | (trials.column("attack") == attack)
            kinds = [trials.asv[used & (trials.kinds == kind)] for kind in ("target", "nontarget", "spoof")]
            errors = m.asv_errors(*kinds)
            swapped = errors._replace(spoof_false_alarm=1 - errors.spoof_false_alarm)
            classes = (
                trials.cm[used & (trials.kinds != "spoof")],
                trials.cm[used & (trials.kinds == "spoof")],
            )
            assert m.min_tdcf(*classes, swapped).value == pytest.approx(
                float(row["min_tdcf_asv_org"]), rel=1e-9
            )

    def test_the_a_dcf_package(self, trials):
        """Printed by a_dcf 0.0.4 of PyPI, with its own costs and with those of ASVspoof 5."""
        of_package = {"prior_nontarget": 0.05, "prior_spoof": 0.05, "cost_spoof": 20.0}
        found = [m.min_adcf(trials.target, trials.nontarget, trials.spoof, **s) for s in (of_package, {})]
        # Its threshold is the highest score that is rejected; ours is the next one.
        ordered = np.sort(trials.sasv)
        below = [ordered[np.searchsorted(ordered, cost.threshold) - 1] for cost in found]
        printed = [f"{cost.value:.5f}, {at:.5f}" for cost, at in zip(found, below, strict=True)]
        assert printed == ["0.54056, 1.46464", "0.52193, 0.93584"]


class TestCells:
    def scores(self, **columns):
        return m.Scores(**SEVEN, columns=columns)

    def test_by_hand(self):
        """A08 is 2.0, against 1.0 and 2.5 under opus and all three pooled; the attack of g is not known."""
        table = m.cross_table(self.scores(codec=CODECS), statistic="auc")
        assert (table.rows, table.columns) == (["pooled", "A07", "A08"], ["pooled", "none", "opus"])
        assert table.bonafide.tolist() == [3, 1, 2]
        assert table.spoofs.tolist() == [[4, 1, 3], [2, 1, 1], [1, 0, 1]]
        expected = [[9 / 12, 1, 3 / 6], [1, 1, 1], [2 / 3, np.nan, 1 / 2]]
        np.testing.assert_allclose(table.values, expected)
        assert (table.statistic, table.by) == ("auc", ("attack", "codec"))

    def test_print(self):
        text = str(m.cross_table(self.scores(codec=CODECS), statistic="auc"))
        assert text.splitlines()[0] == "auc    pooled   none   opus"
        assert text.splitlines()[-1] == "A08    0.6667        0.5000"

    def test_pooled_row_equals_by_attack(self, detector):
        table = m.cross_table(detector, "attack", None)
        rows = m.by_attack(detector)
        assert table.rows == [row.attack for row in rows]
        assert table.values[:, 0].tolist() == [row.eer for row in rows]
        assert table.spoofs[:, 0].tolist() == [row.spoofs for row in rows]

    def test_one_attack_and_one_codec(self):
        one = m.Scores("abcd", [1.0, 2, 0, 1.5], ["bonafide"] * 2 + ["spoof"] * 2, ["-", "-", "A1", "A1"])
        assert m.cross_table(one, "attack", None, "auc").values.tolist() == [[0.75], [0.75]]
        assert m.cross_table(one, None, None, "auc").values.tolist() == [[0.75]]
        assert m.cross_table(one, "attack", "speaker").columns == ["pooled", "-"]

    def test_own_metric(self):
        table = m.cross_table(self.scores(codec=CODECS), None, "codec", lambda curve: curve.sizes[0])
        assert table.values.tolist() == [[3, 1, 2]]

    def test_settings(self, trials):
        package = {"prior_nontarget": 0.05, "prior_spoof": 0.05, "cost_spoof": 20.0}
        assert f"{m.cross_table(trials, None, None, **package).values[0, 0]:.5f}" == "0.54056"
        rates = [m.cross_table(trials, None, None, "t_eer", prior_spoof=p).values[0, 0] for p in (0, 1)]
        assert [f"{100 * rate:.2f}" for rate in rates] == ["23.21", "22.72"]
        shares = m.cross_table(self.scores(codec=CODECS), None, "codec", "accuracy", threshold=1.5)
        assert shares.values.tolist() == [[4 / 7, 1.0, pytest.approx(2 / 5)]]

    @pytest.mark.parametrize(
        ("statistic", "settings", "told"),
        [
            ("min_adcf", {"asv": ORGANISERS}, "settings=.*do not fit min_adcf"),
            ("min_adcf", {"cost_spoof": -1.0}, "cost_spoof=-1"),
            ("min_tdcf", {}, "settings={}: do not fit min_tdcf .*asv"),
            ("min_tdcf", {"asv": 0.5}, "asv='float': are not the rates of a speaker verification"),
            ("t_eer", {"prior_spoof": 2.0}, "prior_spoof=2"),
            ("eer", {}, "statistic='eer'.*choose one of 'min_adcf', 'min_tdcf', 't_eer'"),
        ],
    )
    def test_wrong_settings_of_trials(self, statistic, settings, told, trials):
        with pytest.raises(vf.ParameterError, match=told):
            m.cross_table(trials, "attack", "codec", statistic, **settings)

    def test_codec_of_spoofs_only(self):
        codec = ["-"] * 3 + CODECS[3:]
        with pytest.raises(vf.ParameterError, match=r"columns='codec': no value occurs both.*rows='codec'"):
            m.cross_table(self.scores(codec=codec))
        assert m.cross_table(self.scores(codec=codec), "codec", None).bonafide.tolist() == [3]

    @pytest.mark.parametrize(
        ("how", "told"),
        [
            ({"rows": "codek"}, "column='codek': the scores have no such column; choose among attack, codec"),
            ({"statistic": "err"}, "statistic='err'"),
            ({"statistic": "t_eer"}, "statistic='t_eer'"),
            ({"statistic": "min_tdcf"}, "settings={}: do not fit min_tdcf.*asv"),
            ({"rows": 3}, "rows=3"),
            ({"rows": "speaker"}, "rows='speaker': is not known of any spoof; .*or give rows=None"),
            ({"asv": ORGANISERS}, "settings=.*do not fit eer"),
            ({"statistic": lambda curve: None}, "gave None"),
        ],
    )
    def test_wrong_settings(self, how, told):
        with pytest.raises(vf.ParameterError, match=told):
            m.cross_table(self.scores(codec=CODECS), **how)

    def test_wrong_scores(self):
        with pytest.raises(vf.ParameterError, match="give what read_scores or read_sasv_scores returns"):
            m.cross_table([1.0])
        with pytest.raises(vf.ParameterError, match=r"or read the scores with a protocol that has it"):
            m.cross_table(m.Scores(**SEVEN))
        with pytest.raises(vf.ParameterError, match="have no keys"):
            m.cross_table(m.Scores("ab", [1.0, 2.0]), None, None)
        with pytest.raises(vf.ParameterError, match="all of one class"):
            m.cross_table(m.Scores("ab", [1.0, 2.0], ["spoof"] * 2), None, None)
        with pytest.raises(vf.ParameterError, match="has a value 'pooled'"):
            m.cross_table(self.scores(codec=["pooled"] * 7))
        many = [f"c{k}" for k in range(2002)]
        wide = m.Scores(many, np.arange(2002.0), ["bonafide", "spoof"] * 1001, columns={"codec": many})
        with pytest.raises(vf.ParameterError, match="has 2,002 different values; choose a column with few"):
            m.cross_table(wide, None)


class TestColumnsOfScores:
    def test_they_come_with_the_protocol_and_stay(self, tmp_path):
        key = written(
            tmp_path,
            "LA_0009 LA_E_1 alaw ita_tx bonafide bonafide notrim eval",
            "LA_0010 LA_E_2 opus loc_tx A07 spoof notrim progress",
        )
        found = m.read_scores(written(tmp_path, "LA_E_2 1", "LA_E_1 2", name="scores.txt"), key)
        assert found.column("codec").tolist() == ["alaw", "opus"]
        assert found.column("transmission").tolist() == ["ita_tx", "loc_tx"]
        assert found.column("attack").tolist() == ["-", "A07"]
        assert found.select(["LA_E_2"]).column("codec").tolist() == ["opus"]

    def test_they_can_be_in_the_score_file(self, tmp_path):
        path = written(tmp_path, "filename cm-score key codec", "a 1 bonafide x", "b 2 spoof y")
        assert m.read_scores(path).column("codec").tolist() == ["x", "y"]

    @pytest.mark.parametrize(
        ("columns", "told"),
        [
            ({"codec": ["a"]}, r"columns\['codec'\].*must be one per utterance"),
            ({"attack": ["a"] * 7}, "attack has an argument of its own"),
            (["codec"], "must be columns by name"),
        ],
    )
    def test_wrong_columns(self, columns, told):
        with pytest.raises(vf.ParameterError, match=told):
            m.Scores(**SEVEN, columns=columns)


@pytest.mark.parametrize("name", ["nix", ["attack"], None, 3])
def test_a_column_that_is_not_there_is_named(name):
    """Of scores and of trials: what is there, and how there would be more."""
    scores = vf.metrics.Scores(["a", "b"], [1, 2], ["bonafide", "spoof"])
    with pytest.raises(
        vf.ParameterError, match=r"^column=.*no such column; choose among attack, speaker, or read"
    ):
        scores.column(name)
    scores = vf.metrics.Scores(["a", "b"], [1, 2], ["bonafide", "spoof"], columns={"codec": ["x", "y"]})
    with pytest.raises(vf.ParameterError, match=r"choose among attack, codec, speaker$"):
        scores.column(name)
