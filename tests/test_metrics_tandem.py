"""The t-DCF in both forms: coefficients by hand and published, three trials, the ends of the scale."""

import numpy as np
import pytest

import voicefeat as vf

m = vf.metrics

#: Pooled rates of the organisers' speaker verification in ASVspoof 5.
ASVSPOOF5 = m.AsvErrors(miss=0.0188014, false_alarm=0.0188102, spoof_false_alarm=0.4607083)


def test_coefficients_of_asvspoof_5():
    found = m.tandem(ASVSPOOF5)
    assert (found.c0, found.c1, found.c2) == pytest.approx((0.01947, 0.92103, 0.23035), abs=5e-6)
    assert found.floor == pytest.approx(0.0779, abs=5e-5)


def test_the_first_two_coefficients_make_the_chance_of_a_speaker():
    for miss, alarm in ((0.0, 0.0), (0.02, 0.02), (0.3, 0.1)):
        found = m.tandem(m.AsvErrors(miss, alarm, 0.9))
        assert found.c0 + found.c1 == pytest.approx(0.9405)


def test_by_hand_in_both_forms():
    """Three trials: bona fide 1 and 3, a spoof 2. Errors of the speaker verification: 0.02, 0.04, 0.5."""
    asv = m.AsvErrors(0.02, 0.04, 0.5)
    c0 = 0.9405 * 0.02 + 0.0095 * 10 * 0.04
    c1 = 0.9405 - c0
    c2 = 0.05 * 10 * 0.5
    # Nothing rejected costs c2, half of the bona fide c1 / 2: c2 = 0.25 is the less.
    revised = m.min_tdcf([1.0, 3.0], [2.0], asv)
    assert revised.value == pytest.approx((c0 + min(c2, c1 / 2)) / (c0 + c2))
    assert (revised.miss, revised.false_alarm) == (0.0, 1.0)
    legacy = m.min_tdcf([1.0, 3.0], [2.0], asv, form="legacy")
    legacy_c1 = 0.9405 * (1 - 0.02) - 0.0095 * 10 * 0.04
    assert m.tandem(asv, form="legacy").c1 == pytest.approx(legacy_c1)
    assert legacy.value == pytest.approx(min(c2, legacy_c1 / 2) / c2)
    # Where spoofs are frequent, half of the bona fide is given up: at 3 nothing false is accepted.
    costly = m.min_tdcf([1.0, 3.0], [2.0], asv, prior_spoof=0.5)
    assert (costly.threshold, costly.miss, costly.false_alarm) == (3.0, 0.5, 0.0)


def test_ends_of_the_scale():
    asv = m.AsvErrors(0.02, 0.02, 0.5)
    perfect = [2.0, 3.0], [0.0, 1.0]
    assert m.min_tdcf(*perfect, asv, form="legacy").value == 0
    assert m.min_tdcf(*perfect, asv).value == pytest.approx(m.tandem(asv).floor)
    assert m.min_tdcf([0.0, 1.0], [0.0, 1.0], asv).value == pytest.approx(1)
    assert m.min_tdcf([0.0, 1.0], [0.0, 1.0], asv, form="legacy").value == pytest.approx(1)


def test_the_operating_point_accepts_the_highest_score_that_equal_rates_reject():
    found = m.asv_errors([2.0, 3.0, 4.0, 5.0], [0.0, 1.0, 2.5, 1.5], [3.5, 1.0, 2.0])
    assert found == (0.0, 0.25, pytest.approx(2 / 3), 2.0)
    chosen = m.asv_errors([2.0, 3.0, 4.0, 5.0], [0.0, 1.0, 2.5, 1.5], [3.5, 1.0, 2.0], threshold=2.5)
    assert chosen == (0.25, 0.25, pytest.approx(1 / 3), 2.5)


class TestOneScoreForBoth:
    TRIALS = [2.0, 3.0, 5.0], [-1.0, 0.0, 4.0], [1.0, 2.5]

    def test_by_hand(self):
        # From 5 on a third of the speaker's is accepted and nothing else: 0.9405 * 2 / 3 = 0.627. From 3 on
        # one of three others as well: 0.9405 / 3 + 0.095 / 3 = 0.345. From 2 on half of the spoofs, but no
        # miss: 0.095 / 3 + 0.5 / 2 = 0.282; and always to accept costs 0.095 + 0.5 = 0.595.
        found = m.min_adcf(*self.TRIALS)
        assert found.value == pytest.approx((0.095 / 3 + 0.25) / 0.595)
        assert found[1:] == (2.0, 0.0, pytest.approx(1 / 3))

    def test_chances_and_costs_of_the_authors(self):
        found = m.min_adcf(*self.TRIALS, prior_nontarget=0.05, cost_spoof=20.0)
        assert found.value == pytest.approx((0.9 / 3 + 0.5 / 3) / 0.9)
        assert found.threshold == 3.0

    def test_without_spoofs_it_is_the_detection_cost(self):
        settings = {"prior_nontarget": 0.05, "prior_spoof": 0.0, "cost_false_alarm": 10.0}
        assert m.min_adcf(*self.TRIALS, **settings).value == pytest.approx(m.min_dcf(*self.TRIALS[:2]).value)

    def test_wrong_chances(self):
        with pytest.raises(vf.ParameterError, match="prior_nontarget"):
            m.min_adcf(*self.TRIALS, prior_nontarget=0.96)
        with pytest.raises(vf.ParameterError, match="prior"):
            m.min_adcf(*self.TRIALS, prior_nontarget=0.0, prior_spoof=0.0)


def test_wrong_settings():
    asv = m.AsvErrors(0.02, 0.02, 0.5)
    with pytest.raises(vf.ParameterError, match=r"form='2019'.*'revised', 'legacy'"):
        m.tandem(asv, form="2019")
    scores = np.arange(3.0)
    with pytest.raises(vf.ParameterError, match=r"asv='AsvScores': .*metrics\.asv_errors"):
        m.min_tdcf([1.0], [0.0], m.AsvScores(scores, scores, scores, {}))
    with pytest.raises(vf.ParameterError, match=r"miss=1\.5"):
        m.tandem(m.AsvErrors(1.5, 0.0, 0.5))
    with pytest.raises(vf.ParameterError, match="a countermeasure cannot help"):
        m.tandem(m.AsvErrors(0.02, 0.02, 0.0))
    with pytest.raises(vf.ParameterError, match="prior_spoof"):
        m.min_tdcf([1.0], [0.0], asv, prior_spoof=2.0)
    with pytest.raises(vf.ParameterError, match="cost_miss"):
        m.min_tdcf([1.0], [0.0], asv, cost_miss=0.0)
