"""Intervals over speakers and systems at once: simulated coverage, and draws that a hand can follow."""

import math

import numpy as np
import pytest
from scipy import stats

import voicefeat as vf

m = vf.metrics

#: How speakers and utterances deviate in the simulation, and half the distance of the classes.
SPEAKERS, MEAN = 0.5, 1.0


def detector(rng, systems, deviation, speakers=60, each=12, own=2, mean=MEAN):
    """Scores of a random detector: systems and speakers that nobody has heard, and their utterances.

    `each` is the number of spoofs of a system, or of each of them.
    """
    voices, forgers = rng.normal(0, SPEAKERS, speakers), rng.normal(0, deviation, systems)
    real = np.repeat(np.arange(speakers), own)
    made = np.repeat(np.arange(systems), each)
    who = rng.integers(speakers, size=made.size)
    bonafide = mean + voices[real] + rng.normal(0, 1, real.size)
    spoof = -mean + voices[who] + forgers[made] + rng.normal(0, 1, who.size)
    groups = {
        "speaker": (np.char.mod("s%d", real), np.char.mod("s%d", who)),
        "system": (None, np.char.mod("A%d", made)),
    }
    return bonafide, spoof, groups


def true_rate(deviation, mean=MEAN):
    """The equal error rate of all speakers and all systems: of two normal distributions."""
    spread = math.sqrt(1 + SPEAKERS**2), math.sqrt(1 + SPEAKERS**2 + deviation**2)
    return stats.norm.cdf(-2 * mean / sum(spread))


def coverage(systems, deviation, cases, draws, **how):
    """How often an interval holds the true value."""
    rng, true, held = np.random.default_rng(5), true_rate(deviation), 0
    for seed in range(cases):
        bonafide, spoof, groups = detector(rng, systems, deviation)
        chosen = {"speakers": groups["speaker"]} if how else {"groups": groups}
        found = m.interval(bonafide, spoof, draws=draws, seed=seed, **chosen)
        held += found.low <= true <= found.high
    return held / cases


@pytest.mark.slow
@pytest.mark.parametrize(("systems", "deviation"), [(8, 1.5), (10, 0.5), (10, 1.0), (10, 1.5), (23, 1.5)])
def test_intervals_over_systems_hold_the_true_rate(systems, deviation):
    assert coverage(systems, deviation, cases=120, draws=250) >= 0.92


@pytest.mark.slow
def test_intervals_over_speakers_alone_do_not():
    assert coverage(10, 1.5, cases=60, draws=100, speakers=True) < 0.75


@pytest.mark.slow
@pytest.mark.parametrize("each", [100, [500] + [500 // 9] * 9], ids=["even", "half of one system"])
def test_of_larger_sets_fewer_hold_and_the_others_are_too_low(each):
    """Many utterances have little noise; what remains is the skewness that few systems have."""
    rng, true, held, too_low = np.random.default_rng(5), true_rate(1.5, 1.5), 0, 0
    for seed in range(100):
        bonafide, spoof, groups = detector(rng, 10, 1.5, each=each, own=10, mean=1.5)
        found = m.interval(bonafide, spoof, groups=groups, draws=250, seed=seed)
        held += found.low <= true <= found.high
        too_low += found.high < true
    print(f"{held} of 100 intervals hold the true rate, {too_low} are too low")
    assert held >= 90
    assert too_low >= (100 - held) / 2


class TestDraws:
    def test_a_trial_counts_as_often_as_the_product_says(self):
        """Two speakers and two systems: of nine pairs of counts, those that leave a spoof are possible."""
        groups = {"speaker": (["s", "t"], ["s", "t"]), "system": (None, ["A", "B"])}
        seen = set()

        def watch(curve):
            seen.add(tuple(tuple(c.tolist()) for c in curve.counts))
            return 0.0

        with pytest.warns(UserWarning, match="only 2 bona fide speakers and 2 spoof speakers"):
            m.interval([3.0, 2.0], [1.0, 0.0], watch, groups=groups, draws=200)
        expected = set()
        for s in (0, 1, 2):
            for a in (0, 1, 2):
                spoofs = (s * a, (2 - s) * (2 - a))  # of speaker s with system A, of t with B
                if any(spoofs):
                    expected.add(((0, 0, 2 - s, s), (spoofs[1], spoofs[0], 0, 0)))
        assert seen == expected

    def test_one_grouping_draws_what_speakers_draw(self):
        bonafide, spoof, groups = detector(np.random.default_rng(0), 10, 1.0)
        one = m.interval(bonafide, spoof, speakers=groups["speaker"], draws=50)
        same = m.interval(bonafide, spoof, groups={"speaker": groups["speaker"]}, draws=50)
        assert np.array_equal(one.draws, same.draws)
        assert same.low <= one.low and one.high <= same.high  # expanded

    def test_a_class_that_is_in_no_grouping_is_drawn_by_utterance(self):
        """Of one system each, all spoofs are their own group: the variance is that of utterances."""
        rng = np.random.default_rng(1)
        bonafide, spoof = rng.normal(1, 1, 200), rng.normal(-1, 1, 300)
        own = {"system": (None, np.arange(300).astype(str))}
        for given in (own, {"system": (["-"] * 200, own["system"][1])}):
            found = m.interval(bonafide, spoof, "auc", groups=given)
            assert found.deviation == pytest.approx(m.interval(bonafide, spoof, "auc").deviation, rel=0.1)

    def test_the_order_of_groupings_does_not_matter_in_the_long_run(self):
        bonafide, spoof, groups = detector(np.random.default_rng(2), 12, 1.0)
        turned = dict(reversed(groups.items()))
        found = [m.interval(bonafide, spoof, "auc", groups=g, draws=2000) for g in (groups, turned)]
        assert found[0].deviation == pytest.approx(found[1].deviation, rel=0.08)

    def test_levels_are_those_of_hesterberg(self):
        """So that for normal draws the interval is the mean and t times the deviation over n - 1."""
        from voicefeat.metrics.small_samples import expanded, expanded_p

        for n in (8, 23, 1000):
            z = stats.t.ppf(0.975, n - 1) * math.sqrt(n / (n - 1))
            assert expanded(0.95, n) == pytest.approx(1 - 2 * stats.norm.sf(z), abs=1e-12)
            assert expanded_p(2 * stats.norm.sf(z), n) == pytest.approx(0.05)
        assert expanded_p(1.0, 8) == 1


class TestDifferences:
    def test_over_speakers_and_systems(self):
        bonafide, spoof, groups = detector(np.random.default_rng(3), 12, 1.0)
        rng = np.random.default_rng(4)
        noisy = bonafide + rng.normal(0, 2, bonafide.size), spoof + rng.normal(0, 2, spoof.size)
        found = m.difference((bonafide, spoof), noisy, "auc", groups=groups, draws=500)
        assert found.low > 0 and found.p < 0.05
        same = m.difference(noisy, noisy, "auc", groups=groups, draws=50)
        assert (same.value, same.low, same.high, same.p) == (0, 0, 0, 1)

    def test_the_interval_and_the_p_value_agree(self):
        rng = np.random.default_rng(6)
        said = set()
        for shift in (0.0, 0.1, 0.2, 0.4, 1.0):
            bonafide, spoof, groups = detector(rng, 9, 1.0, speakers=20, each=3)
            other = bonafide + rng.normal(0, 0.5, bonafide.size), spoof + rng.normal(shift, 0.5, spoof.size)
            found = m.difference((bonafide, spoof), other, "auc", groups=groups, draws=1000)
            apart = found.low > 0 or found.high < 0
            assert apart == (found.p < 0.05) or abs(found.p - 0.05) < 0.01
            said.add(apart)
        assert said == {True, False}


class TestRuns:
    def test_the_mean_over_runs_is_drawn(self):
        bonafide, spoof, groups = detector(np.random.default_rng(7), 10, 1.0)
        rng = np.random.default_rng(8)
        runs = [(bonafide + rng.normal(0, 1, bonafide.size), spoof) for _ in range(3)]
        both = [np.array(part) for part in zip(*runs, strict=True)]
        found = m.interval(*both, groups=groups, draws=40)
        each = [m.interval(*run, groups=groups, draws=40) for run in runs]
        np.testing.assert_allclose(found.draws, np.mean([e.draws for e in each], axis=0))
        assert found.value == pytest.approx(np.mean([e.value for e in each]))

    def test_of_a_detector_and_itself_twice(self):
        bonafide, spoof, _ = detector(np.random.default_rng(9), 10, 1.0)
        found = m.difference((bonafide, spoof), ([bonafide, bonafide], [spoof, spoof]), draws=20)
        assert not found.draws.any()


class TestScoresInGroups:
    def scores(self, speakers=("s", "t", "s", "t"), attacks=("-", "-", "A07", "A08")):
        keys = ["bonafide", "bonafide", "spoof", "spoof"]
        return m.Scores(list("abcd"), [3.0, 2.0, 1.0, 0.0], keys, list(attacks), list(speakers))

    def test_both(self):
        found = self.scores().groups_by_class()
        assert list(found) == ["speaker", "system"]
        assert [None if g is None else g.tolist() for g in found["system"]] == [None, ["A07", "A08"]]
        assert [g.tolist() for g in found["speaker"]] == [["s", "t"], ["s", "t"]]
        assert list(self.scores().groups_by_class("system")) == ["system"]

    def test_what_is_not_known(self):
        for scores, told in (
            (self.scores(speakers="st-t"), "the speaker is not known for c;"),
            (self.scores(attacks=("-", "-", "A07", "-")), "the system is not known for d;"),
        ):
            with pytest.raises(vf.ParameterError, match=told):
                scores.groups_by_class()
        with pytest.raises(vf.ParameterError, match=r"names='attack'.*choose one of 'speaker', 'system'"):
            self.scores().groups_by_class("attack")


def test_wrong_groups():
    pair = [3.0, 2.0], [1.0, 0.0]
    speakers = ["s", "t"], ["s", "t"]
    for given, told in (
        (
            {"system": (None, ["A07", "A07"])},
            r"groups\[\"system\"\]='A07': is the only system; leave \"system\"",
        ),
        ({"system": (None, ["A07"])}, r"groups\[\"system\"\]: 0 for 2 bona fide scores, 1 for 2 spoof"),
        ({"system": (None, ["A07", "-"])}, "1 of 2 spoof scores have none .'-'.; name them all"),
        ({"system": (None, None)}, "no score has a system; leave system out"),
        ({"system": (["-", "-"], ["", ""])}, "no score has a system"),
        ({"system": ["A07", "A08", "A09"]}, "must be a pair"),
        ({"system": (None, ["A", None])}, "must be a sequence of strings, and has None at 1; give a list"),
        ({"speaker": (["s", "s"], ["t", "t"])}, 'each class has one speaker only.*leave "speaker" out'),
        ({}, "groups={}: must be a dict"),
        (speakers, "must be a dict from names to pairs"),
        ({1: speakers}, "must be a sequence of strings"),
    ):
        with pytest.raises(vf.ParameterError, match=told):
            m.interval(*pair, groups=given)
        with pytest.raises(vf.ParameterError, match=told):
            m.difference(pair, pair, groups=given)
    with pytest.raises(vf.ParameterError, match="cannot be given together with groups"):
        m.interval(*pair, speakers=speakers, groups={"speaker": speakers})
    with pytest.raises(vf.ParameterError, match=r"bonafide=.*has 2 rows, and spoof 1; give one row for each"):
        m.interval([[1.0], [2.0]], [[0.0]])
    with pytest.raises(
        vf.ParameterError, match=r"bonafide=\[\[1.0, 2.0\], \[1.0\]\]: is not an array of numbers"
    ):
        m.interval([[1.0, 2.0], [1.0]], [[0.0], [0.0]])
    with pytest.raises(
        vf.ParameterError, match=r"speakers: each class has one speaker only.*draw utterances"
    ):
        m.interval(*pair, speakers=(["s", "s"], ["t", "t"]))


def test_too_few_draws_for_few_groups_are_told():
    """Of five systems the 95 per cent interval ends at about one draw in a thousand."""
    bonafide, spoof, groups = detector(np.random.default_rng(0), 5, 1.0)
    for draws, told in ((500, True), (2000, False)):
        with pytest.warns(UserWarning, match="only 5 spoof systems"):
            found = m.interval(bonafide, spoof, "auc", groups=groups, draws=draws)
        assert ("draws do not reach the percentiles" in found.note) == told
        if told:
            assert found.low <= found.draws.min() and found.draws.max() <= found.high


class TestStudent:
    """The interval of Student's t, to which those of rates reach at least."""

    def test_it_is_that_of_the_normal_scale(self):
        from voicefeat.metrics.small_samples import student

        places = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)
        low, high = student(stats.norm.cdf(-1.0), stats.norm.cdf(-1 + 0.3 * places), 0.95, 10)
        half = stats.t.ppf(0.975, 9) * 0.3 * math.sqrt(10 / 9)
        assert (low, high) == pytest.approx(tuple(stats.norm.cdf([-1 - half, -1 + half])), rel=2e-3)

    def test_bias_is_taken_away(self):
        from voicefeat.metrics.small_samples import student

        draws = stats.norm.cdf(np.linspace(-1.6, -1.2, 500))  # 0.4 below the value
        low, high = student(stats.norm.cdf(-1.0), draws, 0.95, 10)
        assert (stats.norm.ppf(low) + stats.norm.ppf(high)) / 2 == pytest.approx(-0.6)

    @pytest.mark.parametrize("value", [0.0, 1.0])
    def test_no_scale_for_all_or_nothing(self, value):
        from voicefeat.metrics.small_samples import student

        assert student(value, np.array([0.0, 0.1, 1.0]), 0.95, 10) == (0.0, 1.0)

    def test_intervals_reach_there(self):
        bonafide, spoof, groups = detector(np.random.default_rng(3), 10, 1.5, each=100, own=10, mean=1.5)
        from voicefeat.metrics.small_samples import student

        found = m.interval(bonafide, spoof, groups=groups, draws=200)
        low, high = student(found.value, found.draws, 0.95, 10)
        assert found.low <= low and found.high >= high
        assert found.high > np.quantile(found.draws, 0.999)  # the draws are too low here
