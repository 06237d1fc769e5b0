"""A search along a projected gradient, from bound to bound, for the first minimum of a quadratic."""

from __future__ import annotations

from .jit import kernel


@kernel
def walk(order, times, limit, x, gradient, pairs, wide, size, theta, middle, p, c, state, room):
    """Go on along the path up to `limit`; whether the minimum is there.

    The quadratic is that of B = theta I - R' M R, with M in `middle` and R in `pairs`: `wide` rows of `size`
    elements. Variable ``order[k]`` reaches 0 at ``times[k]``; these ascend, and all that are not yet passed
    and come up to `limit` are there. `p` is R times the direction and becomes that of its remaining part; `c`
    is R times the path so far. `state` holds the first and the second derivative, the least second one, and
    how far the path has gone, in units of the gradient. `room` has `wide` elements.
    """
    first, second, least, gone = state[0], state[1], state[2], state[3]
    found = False
    for k in range(order.size):
        dt = times[k] - gone
        if -first / second < dt:
            found = True
            break
        i = order[k]
        g, z = gradient[i], -x[i]
        for a in range(wide):
            room[a] = pairs[a * size + i]
            c[a] += dt * p[a]
        wc, wp, ww = 0.0, 0.0, 0.0
        for a in range(wide):
            row = 0.0
            for b in range(wide):
                row += middle[a * wide + b] * room[b]
            wc += row * c[a]
            wp += row * p[a]
            ww += row * room[a]
        first += dt * second + g * g + theta * g * z - g * wc
        second = max(second - theta * g * g - 2 * g * wp - g * g * ww, least)
        for a in range(wide):
            p[a] += g * room[a]
        gone = times[k]
    left = max(-first / second, 0.0)
    if found or gone + left <= limit:
        found = True
        gone += left
        for a in range(wide):
            c[a] += left * p[a]
    state[0], state[1], state[3] = first, second, gone
    return found
