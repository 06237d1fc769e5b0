"""Few trials, few errors and several tests, against scipy, statsmodels and published examples."""

import math
import warnings

import numpy as np
import pytest
from scipy import stats

import voicefeat as vf

m = vf.metrics


class TestFewErrors:
    def test_three_trials_without_an_error(self):
        """Half of the level for each class: 1 - 0.0125 ** (1 / 3)."""
        with pytest.warns(UserWarning, match="only 3 bona fide trials and 3 spoof trials: of fewer than 8"):
            found = m.interval([3.0, 4.0, 5.0], [0.0, 1.0, 2.0])
        assert (found.value, found.low) == (0, 0)
        assert found.high == pytest.approx(1 - 0.0125 ** (1 / 3))
        assert "no errors: the upper end is the exact binomial one (Clopper and Pearson)" in found.note

    @pytest.mark.parametrize("errors", [0, 1, 2, 4])
    def test_against_the_exact_test_of_scipy(self, errors):
        bonafide, spoof = np.full(50, 1.0), np.full(80, -1.0)
        bonafide[:errors] = -1.0
        found = m.interval(bonafide, spoof, "balanced_accuracy", threshold=0.0)
        limits = [
            stats.binomtest(k, n).proportion_ci(0.975).high for k, n in ((errors, 50), (0, 80))
        ]  # each of both classes with 1.25 per cent above
        assert found.low == pytest.approx(1 - sum(limits) / 2)
        assert found.high >= found.value
        assert ("1 error:" in found.note) == (errors == 1)

    def test_whole_groups_count_as_one_trial(self):
        speakers = np.repeat(np.char.mod("s%d", np.arange(12)), 20)
        systems = np.repeat(np.char.mod("A%d", np.arange(10)), 24)
        pair = np.linspace(1, 2, 240), np.linspace(-2, -1, 240)
        by_speaker = m.interval(*pair, speakers=(speakers, speakers), draws=20)
        assert by_speaker.high == pytest.approx(1 - 0.0125 ** (1 / 12))
        both = {"speaker": (speakers, speakers), "system": (None, systems)}
        crossed = m.interval(*pair, groups=both, draws=20)
        assert crossed.high == pytest.approx(1 - 0.0125 ** (1 / 10))
        assert "for 12 bona fide speakers and 10 spoof systems" in crossed.note
        assert m.interval(*pair, draws=20).high == pytest.approx(1 - 0.0125 ** (1 / 240))

    @pytest.mark.parametrize(
        ("name", "value", "end", "settings"),
        [
            ("eer", 0, lambda u, v: max(u, v), {}),
            ("auc", 1, lambda u, v: (1 - u) * (1 - v), {}),
            ("accuracy", 1, lambda u, v: 1 - (20 * u + 30 * v) / 50, {"threshold": 0.0}),
            ("balanced_accuracy", 1, lambda u, v: 1 - (u + v) / 2, {"threshold": 0.0}),
            ("act_dcf", 0, lambda u, v: 1.9 * u + v, {}),
            ("min_dcf", 0, lambda u, v: min(1.9 * u + v, 1), {}),
            ("min_dcf", 0, lambda u, v: min(u + v, 1), {"prior": 0.5, "cost_false_alarm": 1.0}),
        ],
    )
    def test_each_statistic_has_its_end(self, name, value, end, settings):
        found = m.interval(np.linspace(1, 2, 20), np.linspace(-2, -1, 30), name, draws=20, **settings)
        limits = [1 - 0.0125 ** (1 / n) for n in (20, 30)]
        other, there = (found.low, found.high) if value else (found.high, found.low)
        assert found.value == pytest.approx(value) and there == pytest.approx(value)
        assert other == pytest.approx(end(*limits))

    def test_no_limit_is_known_for_the_rest(self):
        found = m.interval(np.linspace(1, 2, 20), np.linspace(-2, -1, 30), "min_cllr", draws=20)
        assert (found.low, found.high) == (0, 0)
        assert found.note.startswith("all draws are alike, so the interval has no width")

    def test_a_difference_of_none_is_told(self):
        pair = np.linspace(1, 2, 20), np.linspace(-2, -1, 30)
        found = m.difference(pair, (pair[0] + 1, pair[1]), draws=20)
        assert (found.low, found.high, found.p) == (0, 0, 1)
        assert found.note == "no draw has a difference; of few errors that says little"

    def test_many_errors_change_nothing(self):
        rng = np.random.default_rng(3)
        found = m.interval(rng.normal(1, 1, 200), rng.normal(-1, 1, 200), draws=200)
        assert (found.low, found.high) == tuple(np.quantile(found.draws, [0.025, 0.975]))
        assert found.note == ""

    def test_intervals_of_few_errors_hold_the_true_rate(self):
        """Of 25 trials a class with a true rate of 2.3 per cent, most draws have no errors at all."""
        rng, held, plain = np.random.default_rng(0), 0, 0
        true = stats.norm.cdf(-2)
        for seed in range(150):
            found = m.interval(rng.normal(2, 1, 25), rng.normal(-2, 1, 25), draws=100, seed=seed)
            held += found.low <= true <= found.high
            low, high = np.quantile(found.draws, [0.025, 0.975])
            plain += low <= true <= high
        assert held >= 0.92 * 150 > 0.8 * 150 > plain

    def test_enough_trials_are_not_remarked_on(self):
        rng = np.random.default_rng(0)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            m.interval(rng.normal(0, 1, 8), rng.normal(0, 1, 8), draws=5)


class TestHolm:
    #: The example of `Holm` of the R package HDLSSkST 2.1.0, which rejects the third and the last at 0.05.
    PUBLISHED = (0.50, 0.01, 0.001, 0.69, 0.02, 0.05, 0.0025)

    def test_a_published_example(self):
        assert np.flatnonzero(m.holm(self.PUBLISHED) < 0.05).tolist() == [2, 6]

    def test_against_statsmodels(self):
        tests = pytest.importorskip("statsmodels.stats.multitest")
        rng = np.random.default_rng(0)
        for size in (1, 2, 17, 200):
            p = np.round(rng.random(size) ** 3, 3)
            np.testing.assert_allclose(m.holm(p), tests.multipletests(p, method="holm")[1], rtol=1e-12)

    def test_of_statsmodels_0_15(self):
        """What its multipletests(method="holm") gave for the example."""
        np.testing.assert_allclose(m.holm(self.PUBLISHED), [1, 0.05, 0.007, 1, 0.08, 0.15, 0.015], rtol=1e-12)

    def test_false_alarms_in_all_tests_together(self):
        rng = np.random.default_rng(1)
        found = [m.holm(rng.random(10)).min() < 0.05 for _ in range(1000)]
        assert math.isclose(np.mean(found), 0.05, abs_tol=0.02)

    def test_what_is_no_p_value(self):
        for given in ([], [1.1], [-0.1], [float("nan")], 0.5, [[0.1]], ["a"], None):
            with pytest.raises(vf.ParameterError, match=r"p_values=.*give one p-value for each test"):
                m.holm(given)
