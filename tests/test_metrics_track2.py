"""Metrics of ASVspoof 5 Track 2 against the figures of its evaluation package.

The trials and the figures are in tests/data/asvspoof5_track2; its README names the package and its commits.
"""

import csv
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import voicefeat as vf

m = vf.metrics

HERE = Path(__file__).resolve().parent / "data" / "asvspoof5_track2"


def table(name, delimiter):
    with open(HERE / name, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


OFFICIAL = {(row["attack"], row["codec"]): row for row in table("official.csv", ",")}


@pytest.fixture(scope="module")
def trials():
    """The columns of the trials as arrays, read without voicefeat."""
    scored = {(row["spk"], row["filename"]): row for row in table("scores.tsv", "\t")}
    keys = table("keys.tsv", " ")
    found = {name: np.array([row[name] for row in keys]) for name in keys[0]}
    rows = [scored[row["tar_spk_anon"], row["trial_anon"]] for row in keys]
    return found | {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if "-" in name}


def systems(trials, attack="pooled", codec="pooled"):
    """Scores of the countermeasure by class, and of the verification by kind."""
    spoof = trials["cm-label"] == "spoof"
    used = ~spoof | (attack == "pooled") | (trials["attack_anon"] == attack)
    if codec != "pooled":
        used = used & (trials["codec"] == codec)
    cm, asv, kind = (trials[name][used] for name in ("cm-score", "asv-score", "asv-label"))
    spoof = spoof[used]
    return (cm[~spoof], cm[spoof]), [asv[kind == name] for name in ("target", "nontarget", "spoof")]


class TestTandemEqualErrorRate:
    @pytest.mark.parametrize("cell", OFFICIAL)
    @pytest.mark.filterwarnings("ignore:no pair of thresholds")
    def test_the_package_of_asvspoof_5(self, cell, trials):
        classes, asv = systems(trials, *cell)
        found = m.t_eer(*classes, asv)
        assert 100 * found.rate == pytest.approx(float(OFFICIAL[cell]["t_eer_percent"]), rel=1e-9)

    @pytest.mark.parametrize(
        ("prior", "printed"), [(0, "23.21"), (0.2, "23.21"), (0.5, "22.72"), (0.8, "22.72"), (1, "22.72")]
    )
    def test_priors_of_the_authors_program(self, prior, printed, trials):
        """What the loop of github.com/TakHemlata/T-EER (evaluate_tEER.py, 94071da) printed for them."""
        classes, asv = systems(trials)
        assert f"{100 * m.t_eer(*classes, asv, prior_spoof=prior).rate:.2f}" == printed

    def test_all_three_rates_are_equal_in_normal_distributions(self):
        """The rates of normal distributions are known: the solution of two equations is the t-EER."""
        from scipy import optimize, stats

        def rates(thresholds):
            cm, asv = thresholds
            passed = stats.norm.sf(cm, 2)
            return np.array(
                [
                    1 - passed * stats.norm.sf(asv, 4),
                    passed * stats.norm.sf(asv, 0),
                    stats.norm.sf(cm, 0) * stats.norm.sf(asv, 2.5),
                ]
            )

        best = optimize.fsolve(lambda at: np.diff(rates(at)), [0.9, 1.5])
        share = (np.arange(20000) + 0.5) / 20000
        bonafide, spoof, target, other, forged = (stats.norm.ppf(share, mean) for mean in (2, 0, 4, 0, 2.5))
        found = m.t_eer(bonafide, spoof, (target, other, forged))
        assert found.rate == pytest.approx(rates(best)[2], abs=1e-4)
        assert (found.threshold, found.asv_threshold) == pytest.approx(tuple(best), abs=1e-3)
        assert (found.miss, found.false_alarm) == pytest.approx((found.rate, found.rate), abs=2e-4)

    def test_its_own_rates_at_its_own_thresholds(self, trials):
        (bonafide, spoof), asv = systems(trials)
        found = m.t_eer(bonafide, spoof, m.AsvScores(*asv, {}))
        target, others, forged = (np.mean(scores >= found.asv_threshold) for scores in asv)
        passed, accepted = (np.mean(scores >= found.threshold) for scores in (bonafide, spoof))
        assert found.rate == pytest.approx(accepted * forged)
        assert found.miss == pytest.approx(1 - passed * target)
        assert found.false_alarm == pytest.approx(passed * others)

    def test_order_and_monotone_changes_do_not_matter(self, trials):
        (bonafide, spoof), asv = systems(trials)
        found = m.t_eer(bonafide, spoof, asv)
        turned = m.t_eer(3 * bonafide[::-1] - 1, 3 * spoof[::-1] - 1, [np.exp(s[::-1]) for s in asv])
        assert turned.rate == found.rate
        assert turned[1:3] == pytest.approx((3 * found.threshold - 1, np.exp(found.asv_threshold)))

    def test_a_verification_without_errors_needs_no_countermeasure(self):
        found = m.t_eer([0.0, 1.0, 3.0], [2.0, 4.0, 0.5], ([5.0, 6.0], [1.0, 2.0], [3.0, 4.0]))
        assert found == (0.0, 0.0, 5.0, 0.0, 0.0)

    def test_two_systems_without_errors(self):
        found = m.t_eer([2.0, 3.0], [0.0, 1.0], ([5.0, 6.0], [1.0, 2.0], [5.5, 4.0]))
        assert (found.rate, found.miss, found.false_alarm) == (0, 0, 0)

    def test_memory_grows_with_the_trials_and_not_with_their_product(self):
        rng, n = np.random.default_rng(4), 20000
        asv = rng.normal(4, 1, n), rng.normal(0, 1, n), rng.normal(2, 1, n)
        bonafide, spoof = rng.normal(2, 1, n), rng.normal(0, 1, n)
        tracemalloc.start()
        try:
            m.t_eer(bonafide, spoof, asv)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 200 * 5 * n  # a table of all pairs of thresholds would have 2.4e9 places

    def test_equal_scores_get_the_same_decision(self):
        with pytest.warns(UserWarning, match=r"tandem equal \(spoofs, miss, others: 1, 0, 1\)"):
            m.t_eer(np.zeros(5), np.zeros(7), (np.zeros(3), np.zeros(3), np.zeros(4)))
        twice = [np.repeat([1.0, 2.0, 3.0], 40), np.repeat([0.0, 1.0, 2.0], 40)]
        with pytest.warns(UserWarning, match="no pair of thresholds"):
            found = m.t_eer(*twice, (twice[0] + 1, twice[1], twice[0]))
        assert found.threshold in (1, 2) and found.asv_threshold in (2, 3)

    def test_one_trial_of_each_kind(self):
        with pytest.warns(UserWarning, match="there are few trials"):
            assert m.t_eer([0.0], [1.0], ([0.0], [1.0], [2.0])).rate == 1

    @pytest.mark.parametrize(
        ("asv", "told"),
        [
            (([1.0], [0.0]), "must be the scores of three kinds of trials; give what read_asv_scores"),
            (m.AsvErrors(0.1, 0.2, 0.3), "must be the scores of three kinds"),
            (([1.0], [], [0.5]), r"asv\.nontarget=\[\]: is empty"),
            (([1.0], [0.0], [np.inf]), r"asv\.spoof=.*not finite"),
        ],
    )
    def test_wrong_scores_of_the_verification(self, asv, told):
        with pytest.raises(vf.ParameterError, match=told):
            m.t_eer([1.0], [0.0], asv)

    def test_wrong_prior(self):
        with pytest.raises(vf.ParameterError, match=r"prior_spoof=1\.5"):
            m.t_eer([1.0], [0.0], ([1.0], [0.0], [0.5]), prior_spoof=1.5)
