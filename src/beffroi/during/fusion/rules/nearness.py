"""Whether two signs tell of one act: the log-likelihood ratio of 'one act' against 'two'.

One act: the gap between signs is exponential, their distance half-normal in the plane. Two acts: any
moment and any place alike, at the rate of unrelated signs. A wrong merge (two victims, one patrol)
costs more than a duplicate, so joining asks for more than even odds.
"""

from __future__ import annotations

import math

# Unrelated signs in a square kilometre: one alarm or report each 5 minutes, one person or vehicle that a
# camera sees each 2 minutes (far more by day in a centre, far fewer at night in a village).
_BACKGROUND = math.log(1 / (300.0 * 1e6))
_BACKGROUND_SEEN = math.log(1 / (120.0 * 1e6))
# A wrong merge costs sixty times a duplicate; a passer-by taken along with an act costs no more than a
# witness missed.
JOIN = round(math.log(60.0), 6)
JOIN_SEEN = -1.0
# Beyond this straight line nothing is one act: also the side of the cells of the index.
REACH_M = 250.0
# What is seen or heard across a yard needs no road.
SIGHT_M = 60.0
DETOUR = 1.35
DETOUR_SPREAD = 1.4
# How long (s) whoever acts is about, at the scale of an exponential.
ACT_LASTS_S = 200.0
# How far apart (m) one act may show itself: to a camera or a person beside an alarm, or to two alarms,
# which two neighbours' houses may well raise each for itself.
SPREAD_M = 45.0
SPREAD_OF_ALARMS_M = 6.0
# A person who calls tells the place to about this; two detectors of one act hang in one house.
TOLD_WITHIN_M, ONE_HOUSE_M = 25.0, 6.0


def time_term(gap_s: float, lasting_s: float) -> float:
    """Log-density of a gap (s) between signs of one act that lasts about `lasting_s`."""
    return -math.log(lasting_s) - gap_s / lasting_s


def space_term(metres: float, spread_m: float, reach_m: float, radius_m: float, *, by_road: bool) -> float:
    """Log-density of a distance (m) between signs of one act; wider where only the straight line is known."""
    spread2 = spread_m * spread_m + reach_m * reach_m + radius_m * radius_m
    if not by_road:
        spread2 *= DETOUR_SPREAD**2
    return -math.log(2 * math.pi * spread2) - metres * metres / (2 * spread2)


def score(time: float, space: float, together: float, *, seen: bool = False) -> float:
    """How much likelier one act is than two, as a log-ratio rounded to 6 decimals.

    `seen`: one of the two is only someone or something that a camera saw.
    """
    return round(time + space + together - (_BACKGROUND_SEEN if seen else _BACKGROUND), 6)
