"""A guard for a phone call: is the voice that you are talking to forged?

    python examples/07_guard.py CALL.wav [--data DIR] [--run RUN] [--threshold NATS] [--window 4] [--plot PNG]
    arecord -t raw -f S16_LE -r 16000 | python examples/07_guard.py - --rate 16000

Every second it gives the last 4 s a score, below 0 for forged: a log-likelihood ratio on material like dev of
--data, on which it was calibrated, or like that of --run, whose detector is then used. Other lines and voices
may mislead it. An alarm is raised when the mean of 3 scores falls below the threshold (default: -ln 1.9, by
the costs of ASVspoof 5). A second costs its new frames alone; where a run's front end has no stream, every
window is computed anew, which is said. Choose the threshold from the table: alarms an hour on bona fide
speech, and the share of forged speech below it. A pipe may carry WAV or raw 16-bit PCM. Without CALL, one is
made up: of a speaker in no split, or, with --data, of evaluation clips. `teaching.py DIR` writes the first.
"""

import numpy as np
from detect import course, drawings, guard, hearing, listening

import voicefeat as vf


def operating(ratios, given):
    """What several thresholds would mean, as rows of a table."""
    for at in sorted({-4.0, -2.0, -1.0, 0.0, given.threshold}):
        dev, real = (guard.alarms(ratios[s][0], at, given.smooth)[0] for s in ("dev", "eval"))
        caught = guard.alarms(ratios["eval"][1], at, given.smooth)[1]
        yield [f"{at:.2f}", f"{dev:.0f}", f"{real:.0f}", course.percent(caught)]


def main(given):
    detector, splits = hearing.method(given.run), course.corpus(given)
    method, ratios = hearing.taught(detector, splits, given.window)
    head = ["threshold", "false alarms/h, dev", "false alarms/h, eval", "forged below it, eval"]
    course.table(head, list(operating(ratios, given)))
    watch, heard = guard.Guard(method.score, given.threshold, given.window, given.smooth, method.window), []
    if given.source:
        call = listening.pieces(given.source, method.rate, guard.HOP, given.rate)
    else:
        call = guard.made_up(splits["eval"], given.data, method.rate)
    for piece in call:
        if (found := watch.hear(piece)) is not None:
            heard.append(found)
            print(found, flush=True)
    if not heard:
        raise vf.AudioError(
            f"{given.source}: is shorter than a window of {given.window:g} s; give a longer call, or --window"
        )
    if not any(np.isfinite(h.score) for h in heard):
        raise vf.AudioError(f"{given.source}: holds nothing but silence; give a call with speech")
    raised = [f"{h.seconds:.0f} s" for h in heard if h.alarm]
    print("alarms:", ", ".join(raised) or "none")
    cost, work = np.array([[h.cost, h.work] for h in heard if np.isfinite(h.score)]).T
    print(f"a hop takes {np.median(cost):.2f} ms (median of {len(cost)}; the longest {max(cost):.2f} ms),")
    print(f"of which the processor works {np.median(work):.2f} ms")
    if given.plot:
        drawings.call(heard, given.threshold, given.plot)


if __name__ == "__main__":
    own = {"run": "", "threshold": -0.64185, "window": 4.0, "smooth": 3, "rate": 16000}
    course.run(main, __doc__, "CALL", data="teaching", most=2000, **own)
