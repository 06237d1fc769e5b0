"""A guard for a live call: is the voice forged that one is speaking with?

    python examples/07_guard.py CALL.wav [--data DIR] [--threshold NATS] [--window 4] [--smooth 3] [--plot OUT.png]
    arecord -t raw -f S16_LE -r 16000 | python examples/07_guard.py - --rate 16000     (or any WAV through the pipe)

A quick detector is taught by windows of --data, and calibrated on its development set: scores are log-likelihood
ratios in nats, below 0 more likely forged. Every second the last 4 s are scored; an alarm is when the mean of the
last 3 scores falls below the threshold (by default that of ASVspoof 5's costs, -ln 1.9). The table tells for several
thresholds how many alarms an hour of bona fide speech raises, and which part of forged speech is below: choose there.
Then every second of the call, and what a hop costs. Without a CALL, evaluation clips are one: real, forged, real.
"""

import numpy as np
from detect import course, guard, listening
from detect.features import samples

import voicefeat as vf


def made_up(rows):
    """Pieces of a call: half of the bona fide clips, all spoofs, the other bona fide ones; a minute each at most."""
    real, forged = ([samples(row, course.RATE, "") for row in rows if row.bonafide == b][:30] for b in (True, False))
    call = np.concatenate([*real[::2], *forged, *real[1::2]])
    parts = [sum(map(len, part)) / course.RATE for part in (real[::2], forged)]
    print(f"the call: forged from {parts[0]:.0f} to {sum(parts):.0f} s, of {len(call) / course.RATE:.0f} s")
    return np.split(call, np.arange(course.RATE, len(call), course.RATE))[: len(call) // course.RATE]


def main(given):
    splits = course.corpus(given)
    score, ratios = guard.taught(splits, given.window)
    rows = []
    for at in sorted({-4.0, -2.0, -1.0, 0.0, given.threshold}):
        (false, _), (_, caught) = (guard.alarms(r, at, given.smooth) for r in ratios["eval"])
        dev = guard.alarms(ratios["dev"][0], at, given.smooth)[0]
        rows.append([f"{at:.2f}", f"{dev:.0f}", f"{false:.0f}", course.percent(caught)])
    course.table(["threshold", "false alarms/h, dev", "false alarms/h, eval", "forged below it, eval"], rows)
    watch, heard = guard.Guard(score, given.threshold, given.window, given.smooth), []
    call = listening.pieces(given.source, course.RATE, guard.HOP, given.rate) if given.source else made_up(splits["eval"])
    for piece in call:
        if (found := watch.hear(piece)) is not None:
            heard.append(found)
            print(f"{found.seconds:7.0f} s  {found.score:7.2f}  mean {found.mean:7.2f}", "ALARM" if found.alarm else "", flush=True)
    if not any(np.isfinite(h.score) for h in heard):
        what = "nothing but silence" if heard else "less than a window"
        raise vf.AudioError(f"{given.source}: holds {what}; give a call with speech, or a shorter --window")
    raised, cost = [f"{h.seconds:.0f} s" for h in heard if h.alarm], [h.cost for h in heard if np.isfinite(h.score)]
    print(f"{len(raised)} alarms", *raised, sep=", ")
    print(f"a hop takes {np.median(cost):.2f} ms (median of {len(cost)}; the longest {max(cost):.2f} ms)")
    if given.plot:
        guard.draw(course.axes(1, 1, 11, 4), heard, given.threshold, given.plot)


if __name__ == "__main__":
    course.run(main, __doc__, "CALL", data="toy", most=2000, threshold=-np.log(1.9), window=4.0, smooth=3, rate=16000)
