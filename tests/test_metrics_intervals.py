"""Likelihood ratios, calibration and intervals, against closed forms and scikit-learn."""

import math

import numpy as np
import pytest

import voicefeat as vf

m = vf.metrics


def toy(seed=3, bonafide=500, spoof=1500):
    rng = np.random.default_rng(seed)
    return rng.normal(1, 1, bonafide), rng.normal(-1, 1, spoof)


class TestLikelihoodRatios:
    def test_by_hand(self):
        expected = (np.log2(1 + math.exp(-2)) + np.mean(np.log2(1 + np.exp([1.0, -1.0])))) / 2
        assert m.cllr([2.0], [1.0, -1.0]) == pytest.approx(expected)

    def test_ends(self):
        assert m.cllr([800.0], [-800.0]) == 0  # no overflow
        assert m.cllr([-800.0], [800.0]) == pytest.approx(800 / math.log(2))

    def test_the_least_is_that_of_isotonic_regression(self):
        reference = pytest.importorskip("sklearn.isotonic")
        for digits in (1, 12):
            bonafide, spoof = (np.round(s, digits) for s in toy())
            labels = np.repeat([1.0, 0.0], [bonafide.size, spoof.size])
            weights = np.repeat([0.5 / bonafide.size, 0.5 / spoof.size], [bonafide.size, spoof.size])
            fit = reference.IsotonicRegression().fit(np.concatenate([bonafide, spoof]), labels, weights)
            chance = fit.predict(np.concatenate([bonafide, spoof]))
            right = np.where(labels == 1, chance, 1 - chance)
            assert m.min_cllr(bonafide, spoof) == pytest.approx(-np.sum(weights * np.log2(right)), abs=1e-12)

    def test_of_true_ratios_nothing_is_gained(self):
        """Of two Gaussians with means +-1 and deviation 1, twice the value is the true ratio."""
        bonafide, spoof = (2 * s for s in toy(0, 20000, 20000))
        assert m.min_cllr(bonafide, spoof) == pytest.approx(m.cllr(bonafide, spoof), abs=0.003)
        found = m.fit_calibration(bonafide, spoof)
        assert (found.slope, found.offset) == (pytest.approx(1, abs=0.03), pytest.approx(0, abs=0.03))


class TestCalibration:
    def test_against_scikit_learn(self):
        reference = pytest.importorskip("sklearn.linear_model")
        bonafide, spoof = (30 + 1e-3 * s for s in toy())
        scores = np.concatenate([bonafide, spoof])
        labels = np.repeat([1, 0], [bonafide.size, spoof.size])
        scaled = (scores - 30) * 1e3
        fit = reference.LogisticRegression(C=1e12, tol=1e-12, max_iter=10000).fit(scaled[:, None], labels)
        found = m.fit_calibration(bonafide, spoof)
        expected = fit.decision_function(scaled[:, None]) - math.log(bonafide.size / spoof.size)
        np.testing.assert_allclose(found.apply(scores), expected, atol=1e-5)

    def test_there_and_back(self, tmp_path):
        found = m.fit_calibration(*toy())
        found.save(tmp_path / "line.toml")
        assert m.Calibration.load(tmp_path / "line.toml") == found
        assert found.apply(np.float32([0, 1])).dtype == np.float64

    def test_classes_that_a_threshold_separates(self):
        with pytest.raises(vf.ParameterError, match="the best slope is infinite; give smooth=True"):
            m.fit_calibration([2.0, 3.0], [0.0, 1.0])
        found = m.fit_calibration([2.0, 3.0], [0.0, 1.0], smooth=True)
        assert 0 < found.slope < 10
        # Of four scores half and half, the best line crosses 0 in the middle.
        assert -found.offset / found.slope == pytest.approx(1.5)

    def test_smooth_targets_hardly_matter_to_many(self):
        plain, smooth = (m.fit_calibration(*toy(), smooth=s) for s in (False, True))
        assert smooth.slope == pytest.approx(plain.slope, rel=0.02)

    def test_inverted_scores_are_turned_round_aloud(self):
        bonafide, spoof = toy()
        with pytest.warns(UserWarning, match="the slope is negative"):
            assert m.fit_calibration(-bonafide, -spoof).slope < 0

    def test_what_cannot_be_learned(self, tmp_path):
        with pytest.raises(vf.ParameterError, match="all scores are 1"):
            m.fit_calibration([1.0, 1.0], [1.0])
        (tmp_path / "other.toml").write_text("gain = 1\n")
        with pytest.raises(vf.ParameterError, match="holds gain; give a file that save wrote"):
            m.Calibration.load(tmp_path / "other.toml")
        with pytest.raises(vf.ParameterError, match="cannot be read"):
            m.Calibration.load(tmp_path / "none.toml")


class TestIntervals:
    def test_of_accuracy_is_binomial(self):
        bonafide, spoof = toy()
        found = m.interval(bonafide, spoof, "accuracy", threshold=0.0, draws=2000)
        assert found.value == m.confusion(bonafide, spoof, 0.0).accuracy
        rates = np.mean(bonafide >= 0), np.mean(spoof < 0)
        variance = sum(p * (1 - p) * s.size for p, s in zip(rates, (bonafide, spoof), strict=True)) / 2000**2
        assert found.deviation == pytest.approx(math.sqrt(variance), rel=0.08)
        assert found.high - found.low == pytest.approx(2 * 1.96 * math.sqrt(variance), rel=0.1)

    def test_of_the_equal_error_rate_is_near_the_closed_form(self):
        """Bengio and Mariethoz: of the mean of both rates at a threshold."""
        bonafide, spoof = toy(1, 3000, 3000)
        at = m.eer(bonafide, spoof)
        closed = 0.5 * math.sqrt(
            at.false_alarm * (1 - at.false_alarm) / spoof.size + at.miss * (1 - at.miss) / bonafide.size
        )
        assert m.interval(bonafide, spoof, draws=1000).deviation == pytest.approx(closed, rel=0.1)

    def test_of_auc_is_that_of_delong(self):
        bonafide, spoof = toy(2, 400, 600)
        area = m.auc(bonafide, spoof)
        above = np.searchsorted(np.sort(spoof), bonafide) / spoof.size
        below = 1 - np.searchsorted(np.sort(bonafide), spoof) / bonafide.size
        closed = math.sqrt(above.var() / bonafide.size + below.var() / spoof.size)
        found = m.interval(bonafide, spoof, "auc")
        assert found.value == area
        assert found.deviation == pytest.approx(closed, rel=0.1)

    def test_speakers_that_agree_with_themselves_widen_it(self):
        """Ten utterances a speaker that are all alike are one."""
        one = toy(4, 60, 60)
        speakers = [np.repeat([f"{kind}{k}" for k in range(60)], 10) for kind in "bs"]
        ten = [np.repeat(s, 10) for s in one]
        by_speaker = m.interval(*ten, "auc", speakers=tuple(speakers), draws=2000)
        assert by_speaker.deviation == pytest.approx(m.interval(*one, "auc", draws=2000).deviation, rel=0.15)
        assert by_speaker.deviation > 2.5 * m.interval(*ten, "auc", draws=500).deviation

    def test_each_utterance_its_own_speaker(self):
        pair = toy()
        speakers = np.arange(500).astype(str), np.arange(500, 2000).astype(str)
        found = m.interval(*pair, "auc", speakers=speakers)
        assert found.deviation == pytest.approx(m.interval(*pair, "auc").deviation, rel=0.1)

    def test_a_speaker_of_one_class_only(self):
        with pytest.warns(
            UserWarning, match="only 1 bona fide speaker and 2 spoof speakers: of fewer than 8"
        ):
            found = m.interval([1.0, 2.0], [0.0, 0.5], speakers=(["a", "a"], ["b", "c"]), draws=50)
        assert np.isfinite(found.draws).all() and found.value == 0

    def test_every_statistic_has_the_value_of_its_function(self):
        pair = toy()
        asv = m.AsvErrors(0.02, 0.02, 0.5)
        expected = {
            "eer": m.eer(*pair).rate, "auc": m.auc(*pair), "min_dcf": m.min_dcf(*pair).value,
            "act_dcf": m.act_dcf(*pair).value, "cllr": m.cllr(*pair), "min_cllr": m.min_cllr(*pair),
        }  # fmt: skip
        for name, value in expected.items():
            assert m.interval(*pair, name, draws=3).value == value
        found = m.interval(*pair, "min_tdcf", asv=asv, form="legacy", draws=3)
        assert found.value == m.min_tdcf(*pair, asv, form="legacy").value
        at = m.confusion(*pair, 0.5)
        assert m.interval(*pair, "balanced_accuracy", threshold=0.5, draws=3).value == at.balanced_accuracy
        own = m.interval(*pair, lambda curve, at: curve.at(at)[0], at=0.5, draws=3)
        assert own.value == at.fnr

    def test_a_seed_is_a_result(self):
        pair = toy()
        one, same, other = (m.interval(*pair, "auc", draws=20, seed=s).draws for s in (1, 1, 2))
        assert np.array_equal(one, same) and not np.array_equal(one, other)

    def test_one_draw_by_hand(self):
        """With all weight on itself, a trial is its own sample."""
        with pytest.warns(UserWarning, match="only 1 bona fide trial and 1 spoof trial"):
            found = m.interval([1.0], [0.0], "auc", draws=5)
        assert found.draws.tolist() == [1.0] * 5 and found.high == 1.0

    def test_a_detector_less_itself_is_nothing(self):
        pair = toy()
        found = m.difference(pair, pair, draws=50)
        assert (found.value, found.low, found.high, found.p) == (0, 0, 0, 1)

    def test_pairs_are_drawn_together(self):
        """A shift of all scores changes no rate in any draw."""
        bonafide, spoof = toy()
        found = m.difference((bonafide, spoof), (bonafide + 5, spoof + 5), "min_dcf", draws=50)
        assert not found.draws.any()

    def test_wrong_settings(self):
        pair = toy()
        for call, told in (
            (lambda: m.interval(*pair, "err"), "did you mean 'eer'"),
            (lambda: m.interval(*pair, "accuracy"), r"do not fit accuracy \(missing 1 .*threshold"),
            (
                lambda: m.interval(*pair, "eer", method="rok"),
                "method='rok': is not known.*did you mean 'roc'",
            ),
            (lambda: m.interval(*pair, "auc", threshold=1), "do not fit auc"),
            (lambda: m.interval(*pair, draws=0), "draws=0"),
            (lambda: m.interval(*pair, level=95), "level=95"),
            (lambda: m.interval(*pair, speakers=(["a"], ["b"])), "speakers: 1 for 500 bona fide scores"),
            (lambda: m.interval([1], [0], speakers=(["a"], ["a"])), "speakers=.*is the only speaker"),
            (lambda: m.interval([float("nan")], [0]), "bonafide=.*not finite: 1 scores, the first at 0"),
            (lambda: m.interval([], [0]), "bonafide=.*is empty"),
            (lambda: m.interval([[1.0]], [0]), "must be a vector of scores"),
            (
                lambda: m.difference(pair, (pair[0], pair[1][1:])),
                "other: has .500, 1499..*the same utterances",
            ),
        ):
            with pytest.raises(vf.ParameterError, match=told):
                call()


@pytest.mark.parametrize("speakers", [["s"] * 60, ["s"] * 30 + ["t"] * 30])
def test_by_attack_draws_utterances_where_no_speaker_can_be_drawn(speakers):
    """As of a corpus with a single voice, such as LJ Speech."""
    keys, attacks = ["bonafide"] * 30 + ["spoof"] * 30, ["-"] * 30 + ["A", "B"] * 15
    values = np.random.default_rng(0).normal(np.repeat([1.0, 0.0], 30))
    scores = m.Scores([f"u{k}" for k in range(60)], values, keys, attacks, speakers)
    pooled, one, _ = m.by_attack(scores, draws=50)
    due = [m.interval(scores.bonafide, spoof, draws=50) for spoof in (scores.spoof, scores.of("A"))]
    assert [(row.eer_low, row.eer_high) for row in (pooled, one)] == [(f.low, f.high) for f in due]
