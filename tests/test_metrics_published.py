"""Published score files give the published figures to every digit that was printed."""

import csv
import re

import numpy as np
import pytest

import voicefeat as vf

m = vf.metrics


@pytest.fixture(scope="module")
def corpus(data):
    return data / "asvspoof2019_la"


@pytest.fixture(scope="module")
def read(corpus):
    held = {}

    def scores(system, part="eval"):
        if (system, part) not in held:
            protocol = corpus / "protocols" / f"ASVspoof2019.LA.cm.{part}.trl.txt"
            held[system, part] = m.read_scores(corpus / "cm_scores" / f"{system}.{part}.txt", protocol)
        return held[system, part]

    return scores


@pytest.fixture(scope="module")
def asv(corpus):
    def scores(part):
        return m.read_asv_scores(corpus / "asv_scores" / f"ASVspoof2019.LA.asv.{part}.gi.trl.scores.txt")

    return {part: scores(part) for part in ("dev", "eval")}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:13 %")
def test_expected_metrics(corpus, read, asv):
    with open(corpus / "cm_scores" / "expected_metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 5
    for row in rows:
        scores = read(row["system"], row["set"])
        sign = 1 if row["score_polarity"] == "higher=bonafide" else -1
        assert (scores.bonafide.size, scores.spoof.size) == (int(row["n_bonafide"]), int(row["n_spoof"]))
        pair = sign * scores.bonafide, sign * scores.spoof
        errors = m.asv_errors(*asv[row["set"]][:3])
        found = {
            "eer_percent": 100 * m.eer(*pair).rate,
            "min_tdcf_legacy2019": m.min_tdcf(*pair, errors, form="legacy").value,
            "min_tdcf_revised2020": m.min_tdcf(*pair, errors, form="revised").value,
        }
        assert {name: f"{value:.6f}" for name, value in found.items()} == {name: row[name] for name in found}


@pytest.mark.slow
def test_the_report_that_came_with_aasist_l(corpus, read, asv):
    text = (corpus / "cm_scores" / "AASIST-L.eval.reported.txt").read_text()
    scores = read("AASIST-L")
    table = {row.attack: row for row in m.by_attack(scores, asv["eval"], form="legacy")}
    assert f"{100 * table['pooled'].eer:.9f}" == re.search(r"\tEER\s+= ([\d.]+) %", text)[1] == "0.990923080"
    assert f"{table['pooled'].min_tdcf:.9f}" == re.search(r"min-tDCF\s+= ([\d.]+)", text)[1] == "0.030805977"
    reported = dict(re.findall(r"EER (A\d\d)\s+= ([\d.]+) %", text))
    assert len(reported) == 13
    assert {a: f"{100 * row.eer:.9f}" for a, row in table.items() if a != "pooled"} == reported
    assert m.eer(scores.bonafide, scores.spoof).rate == table["pooled"].eer
    assert scores.remarks == []


@pytest.mark.slow
def test_the_t_eer_of_aasist_l(read, asv):
    """What compute_teer of ASVspoof 5's evaluation package (8c00027) gave for these files."""
    scores = read("AASIST-L")
    found = m.t_eer(scores.bonafide, scores.spoof, asv["eval"])
    assert 100 * found.rate == pytest.approx(2.6542124677388492, rel=1e-9)


def test_one_class_softmax_is_inverted_and_says_so(read):
    scores = read("LFCC-ResNet-OCSoftmax")
    inverted, tied = scores.remarks
    assert inverted.startswith("the AUC is 0.004529, below a half")
    assert "13 % of the scores equal another score" in tied
    with pytest.warns(UserWarning) as said:
        assert m.eer(scores.bonafide, scores.spoof).rate > 0.97
    assert [str(warning.message) for warning in said] == scores.remarks


class TestOneClassSoftmaxTurnedRound:
    @pytest.fixture
    def pair(self, read):
        scores = read("LFCC-ResNet-OCSoftmax")
        return -scores.bonafide, -scores.spoof

    @pytest.mark.filterwarnings("ignore:13 %")
    def test_equal_error_rates(self, pair):
        found = {
            method: f"{100 * m.eer(*pair, method=method).rate:.4f}" for method in ("step", "roc", "hull")
        }
        assert found == {"step": "2.1780", "roc": "2.1806", "hull": "2.1418"}

    def test_other_figures(self, pair):
        assert f"{m.auc(*pair):.5f}" == "0.99547"
        assert f"{m.min_dcf(*pair).value:.4f}" == "0.0519"
        assert f"{m.act_dcf(*pair).value:.4f}" == "0.0792"
        assert f"{m.cllr(*pair):.4f}" == "0.5038"

    def test_attacks(self, read):
        scores = read("LFCC-ResNet-OCSoftmax")
        turned = m.Scores(scores.utterances, -scores.scores, scores.keys, scores.attacks)
        rates = {row.attack: round(100 * row.eer, 2) for row in m.by_attack(turned)[1:]}
        assert rates.pop("A17") == 9.18
        assert (min(rates.values()), max(rates.values())) == (0.12, 1.40)

    def test_calibrated_on_other_speakers(self, read):
        """Cllr 0.184 and actDCF 0.059 were had so, with folds that are not known."""
        scores = read("LFCC-ResNet-OCSoftmax")
        pair, speakers = (-scores.bonafide, -scores.spoof), scores.speakers_by_class
        names = np.unique(np.concatenate(speakers))
        fold = [np.isin(s, names[::2]) for s in speakers]
        calibrated = [np.empty_like(s) for s in pair]
        for part in (True, False):
            found = m.fit_calibration(*(s[f == part] for s, f in zip(pair, fold, strict=True)))
            for out, s, f in zip(calibrated, pair, fold, strict=True):
                out[f != part] = found.apply(s[f != part])
        assert m.min_cllr(*pair) < m.cllr(*calibrated) == pytest.approx(0.184, abs=0.02)
        assert m.act_dcf(*calibrated).value == pytest.approx(0.0588, abs=0.003)

    @pytest.mark.slow
    def test_intervals(self, read, pair):
        """2.01 to 2.30 per cent by utterance and 1.81 to 2.51 by speaker, from draws of another program."""
        by_utterance = m.interval(*pair, draws=400)
        assert 100 * by_utterance.low == pytest.approx(2.01, abs=0.06)
        assert 100 * by_utterance.high == pytest.approx(2.30, abs=0.06)
        scores = read("LFCC-ResNet-OCSoftmax")
        by_speaker = m.interval(*pair, speakers=scores.speakers_by_class, draws=400)
        assert 100 * by_speaker.low == pytest.approx(1.81, abs=0.08)
        assert 100 * by_speaker.high == pytest.approx(2.51, abs=0.08)

    def test_better_than_another_beyond_chance(self, read, pair):
        other = read("AASIST-L").select(read("LFCC-ResNet-OCSoftmax").utterances)
        speakers = read("LFCC-ResNet-OCSoftmax").speakers_by_class
        found = m.difference((other.bonafide, other.spoof), pair, speakers=speakers, draws=100)
        assert found.value == pytest.approx(0.0099092308 - 0.0217798692)
        assert found.high < 0 and found.p == pytest.approx(2 / 101)


def test_a_key_of_another_year(corpus, tmp_path):
    path = tmp_path / "scores.txt"
    path.write_text("LA_E_9332881 1.5\nLA_E_6866159 -1.0\n")
    told = "ASVspoof 2021 cannot be used with a key of ASVspoof 2019.*give CM/trial_metadata.txt"
    with pytest.raises(vf.ParameterError, match=told):
        m.read_scores(path, corpus / "protocols" / "ASVspoof2019.LA.cm.eval.trl.txt")


def test_scores_of_another_part(corpus):
    protocol = corpus / "protocols" / "ASVspoof2019.LA.cm.eval.trl.txt"
    with pytest.raises(vf.ParameterError, match=r"none of the 24,844 scored utterances is in .*LA_D_1047731"):
        m.read_scores(corpus / "cm_scores" / "CQCC-GMM.dev.txt", protocol)
