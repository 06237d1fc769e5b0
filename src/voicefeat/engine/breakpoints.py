"""A search along a projected gradient, from bound to bound, for the first minimum of a quadratic."""

from __future__ import annotations

from .jit import kernel


@kernel
def walk(order, times, x, gradient, steps, slopes, count, size, theta, middle, p, c, start, room):
    """How far the path goes, in units of the gradient, and how many variables are at 0 then.

    The quadratic is that of B = theta I - W M W', where row i of W holds ``slopes[j, i]`` and then theta
    ``steps[j, i]``, j < `count`, and M is `middle`. Variable ``order[k]`` reaches 0 at ``times[k]``, which
    ascend. `p` is W' of the direction and becomes that of its remaining part; `c` is W' of the path so far;
    both have 2 `count` elements. `start` holds the first and the second derivative. `room` has 4 `count`
    elements.
    """
    wide = 2 * count
    first, second = start[0], start[1]
    least = 2.220446049250313e-16 * second
    gone = 0.0
    for k in range(order.size):
        dt = times[k] - gone
        if -first / second < dt:
            return gone + max(-first / second, 0.0), k
        i = order[k]
        g, z = gradient[i], -x[i]
        for j in range(count):
            room[j] = slopes[j * size + i]
            room[count + j] = theta * steps[j * size + i]
        wc, wp, ww = 0.0, 0.0, 0.0
        for a in range(wide):
            c[a] += dt * p[a]
        for a in range(wide):
            row = 0.0
            for b in range(wide):
                row += middle[a * wide + b] * room[b]
            wc += row * c[a]
            wp += row * p[a]
            ww += row * room[a]
        first += dt * second + g * g + theta * g * z - g * wc
        second += -theta * g * g - 2 * g * wp - g * g * ww
        second = max(second, least)
        for a in range(wide):
            p[a] += g * room[a]
        gone = times[k]
    return gone + max(-first / second, 0.0), order.size
