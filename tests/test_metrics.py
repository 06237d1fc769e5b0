"""Metrics against cases by hand and against scikit-learn."""

import math

import numpy as np
import pytest
from closeness import near

import voicefeat as vf

m = vf.metrics


def toy(seed=3, bonafide=2000, spoof=18000):
    rng = np.random.default_rng(seed)
    return rng.normal(1, 1, bonafide), rng.normal(-1, 1, spoof)


def test_the_old_name_of_an_equal_error_rate():
    with pytest.warns(DeprecationWarning, match="EqualError is now called EqualErrorRate"):
        assert m.EqualError is m.EqualErrorRate
    assert isinstance(m.eer([1.0, 3.0], [0.0, 2.0]), m.EqualErrorRate)
    assert "EqualError" not in m.__all__
    with pytest.raises(AttributeError, match="no attribute 'EqualErro'"):
        m.EqualErro  # noqa: B018


class TestEqualErrorRate:
    def test_by_hand(self):
        # Thresholds 0, 1, 2, 3, 4: misses 0 0 1/3 1/3 2/3, false alarms 1 2/3 2/3 1/3 0.
        found = m.eer([1.0, 3.0, 4.0], [0.0, 2.0, 3.5])
        assert found == (pytest.approx(1 / 3), 3.0, pytest.approx(1 / 3), pytest.approx(1 / 3))

    def test_the_mean_where_both_rates_differ_least(self):
        # At 2 both bona fide scores but one, and one of three spoofs: 1/2 and 1/3.
        found = m.eer([1.0, 3.0], [0.0, 0.5, 2.0])
        assert found.rate == pytest.approx((0 + 1 / 3) / 2) or found.rate == pytest.approx(
            (1 / 2 + 1 / 3) / 2
        )
        assert abs(found.miss - found.false_alarm) == pytest.approx(1 / 6)

    @pytest.mark.parametrize("method", ["step", "roc", "hull"])
    def test_scores_that_are_all_the_same(self, method):
        with pytest.warns(UserWarning, match="100 % of the scores equal another score"):
            assert m.eer([1.0] * 5, [1.0] * 9, method=method).rate == 0.5
        assert m.auc([1.0] * 5, [1.0] * 9) == 0.5

    @pytest.mark.parametrize("method", ["step", "roc", "hull"])
    def test_perfect(self, method):
        assert m.eer([2.0, 3.0], [0.0, 1.0], method=method).rate == 0
        assert m.eer([2.0, 3.0], [0.0, 1.0], method=method).threshold in (1.0, 2.0)

    def test_the_other_sign(self):
        bonafide, spoof = toy()
        with pytest.warns(UserWarning, match="lower scores mean bona fide"):
            turned = m.eer(-bonafide, -spoof, method="roc").rate
        assert turned == pytest.approx(1 - m.eer(bonafide, spoof, method="roc").rate, abs=1e-4)
        assert m.auc(-bonafide, -spoof) == pytest.approx(1 - m.auc(bonafide, spoof))

    def test_gaussians_a_deviation_to_either_side(self):
        bonafide, spoof = toy()
        expected = 0.5 * math.erfc(1 / math.sqrt(2))
        deviation = math.sqrt(expected * (1 - expected) * (1 / 2000 + 1 / 18000)) / 2
        for method in ("step", "roc", "hull"):
            assert m.eer(bonafide, spoof, method=method).rate == pytest.approx(expected, abs=4 * deviation)

    def test_methods_are_ordered(self):
        """The hull lies below the steps."""
        bonafide, spoof = toy()
        rates = {method: m.eer(bonafide, spoof, method=method).rate for method in ("step", "roc", "hull")}
        assert rates["hull"] < rates["roc"] == pytest.approx(rates["step"], abs=3e-4)

    def test_rounded_scores_are_not_decided_in_the_order_of_classes(self):
        """Putting the bona fide ones first among equals, one finds about twice as much."""
        bonafide, spoof = (np.round(s) for s in toy())
        with pytest.warns(UserWarning, match="of the scores equal another score"):
            found = m.eer(bonafide, spoof)
        assert found.miss == np.mean(bonafide < found.threshold)
        assert found.false_alarm == np.mean(spoof >= found.threshold)
        assert found.rate < 0.25

    def test_saturated_probabilities_in_single_precision(self):
        rng = np.random.default_rng(0)
        logits = rng.normal(22, 4, 3000), rng.normal(18, 4, 3000)
        as_written = [(1 / (1 + np.exp(-s.astype(np.float32)))).astype(np.float32) for s in logits]
        tied = np.mean(np.concatenate(as_written) == 1)
        assert tied > 0.5
        with pytest.warns(UserWarning, match="score with logits"):
            found = m.eer(*as_written)
        assert m.eer(*logits).rate < found.rate < 0.5

    def test_wrong_method(self):
        with pytest.raises(vf.ParameterError, match="did you mean 'hull'"):
            m.eer([1.0], [0.0], method="hul")


class TestAgainstScikitLearn:
    @pytest.fixture(params=[None, 0, 1], ids=["distinct", "rounded", "rounded to tenths"])
    def trials(self, request):
        bonafide, spoof = toy(5, 300, 700)
        if request.param is not None:
            bonafide, spoof = (np.round(s, request.param) for s in (bonafide, spoof))
        return bonafide, spoof, np.repeat([1, 0], [300, 700]), np.concatenate([bonafide, spoof])

    @pytest.mark.slow
    def test_roc(self, trials):
        reference = pytest.importorskip("sklearn.metrics")
        bonafide, spoof, labels, scores = trials
        fpr, tpr, thresholds = reference.roc_curve(labels, scores, drop_intermediate=False)
        found = m.roc(bonafide, spoof)
        np.testing.assert_allclose(found.false_alarm, fpr, atol=1e-15)
        np.testing.assert_allclose(found.accepted, tpr, atol=1e-15)
        near(found.thresholds, thresholds)

    def test_auc(self, trials):
        reference = pytest.importorskip("sklearn.metrics")
        bonafide, spoof, labels, scores = trials
        assert m.auc(bonafide, spoof) == pytest.approx(reference.roc_auc_score(labels, scores), abs=1e-14)

    @pytest.mark.parametrize("threshold", [-9.0, -0.5, 0.0, 0.3, 9.0])
    def test_confusion(self, trials, threshold):
        reference = pytest.importorskip("sklearn.metrics")
        bonafide, spoof, labels, scores = trials
        decided = (scores >= threshold).astype(int)
        found = m.confusion(bonafide, spoof, threshold)
        tn, fp, fn, tp = reference.confusion_matrix(labels, decided).ravel()
        assert found == (tp, fn, fp, tn)
        assert found.accuracy == pytest.approx(reference.accuracy_score(labels, decided))
        assert found.balanced_accuracy == pytest.approx(reference.balanced_accuracy_score(labels, decided))
        assert found.f1 == pytest.approx(reference.f1_score(labels, decided, zero_division=0))
        assert found.f1_spoof == pytest.approx(
            reference.f1_score(labels, decided, pos_label=0, zero_division=0)
        )
        assert (found.tpr, found.fnr) == pytest.approx((tp / 300, fn / 300))
        assert (found.fpr, found.tnr) == pytest.approx((fp / 700, tn / 700))

    def test_det(self, trials):
        reference = pytest.importorskip("sklearn.metrics")
        bonafide, spoof, labels, scores = trials
        fpr, fnr, thresholds = reference.det_curve(labels, scores)
        found = m.det(bonafide, spoof)
        at = np.searchsorted(found.thresholds, thresholds)  # theirs leaves out points at either end
        np.testing.assert_allclose(found.false_alarm[at], fpr, atol=1e-15)
        np.testing.assert_allclose(found.miss[at], fnr, atol=1e-15)


def test_det_has_finite_ends():
    found = m.det([1.0, 3.0], [0.0, 2.0, 1.5, 0.5])
    assert found.miss_deviate[0] == pytest.approx(-0.6744897501960817)  # a quarter: half an utterance of two
    assert found.false_alarm_deviate[-1] == pytest.approx(-1.1503493803760079)  # an eighth


class TestCosts:
    def test_by_hand(self):
        # 1.9 P_miss + P_fa at 0, 1, 2, 3, 4, infinity.
        found = m.min_dcf([1.0, 3.0, 4.0], [0.0, 2.0])
        assert found == (0.5, 1.0, 0.0, 0.5)

    def test_chance(self):
        assert m.min_dcf([0.0, 1.0], [0.0, 1.0]).value == 1.0

    def test_weights(self):
        bonafide, spoof = toy(1, 200, 300)
        thresholds = np.append(np.concatenate([bonafide, spoof]), np.inf)
        costs = [1.9 * np.mean(bonafide < t) + np.mean(spoof >= t) for t in thresholds]
        assert m.min_dcf(bonafide, spoof).value == pytest.approx(min(costs))
        other = [np.mean(bonafide < t) + 4 * np.mean(spoof >= t) for t in thresholds]
        found = m.min_dcf(bonafide, spoof, prior=0.5, cost_miss=2.0, cost_false_alarm=8.0)
        assert found.value == pytest.approx(min(other))

    def test_act_dcf_has_a_threshold_of_its_own(self):
        bonafide, spoof = toy(1, 200, 300)
        found = m.act_dcf(bonafide, spoof)
        assert found.threshold == pytest.approx(-math.log(1.9))
        assert found.value == pytest.approx(
            1.9 * np.mean(bonafide < -0.6418539) + np.mean(spoof >= -0.6418539)
        )
        assert found.value >= m.min_dcf(bonafide, spoof).value

    @pytest.mark.parametrize("prior", [0, 1, -0.1, "half"])
    def test_wrong_prior(self, prior):
        with pytest.raises(vf.ParameterError, match="prior"):
            m.min_dcf([1.0], [0.0], prior=prior)
