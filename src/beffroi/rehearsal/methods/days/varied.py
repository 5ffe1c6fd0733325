"""Generator A under other laws: each day draws its own, so that no rule is tuned to one town's habits.

Density of people, how unevenly cameras see them, walks and stays, sight, calls, clocks and delays are all
drawn anew, wider than anyone knows them. It is for tuning, as `evening` is; what is reported is `weather`.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from beffroi.rehearsal.methods.days import evening
from beffroi.rehearsal.methods.days.evening import Laws
from beffroi.rehearsal.methods.days.labelled import Day, Ground, Load


def generate(ground: Ground, load: Load, seed: int, start: datetime) -> Day:
    """One day of generator A, by laws drawn from the seed."""
    chance = Random(f"laws {seed}")  # noqa: S311 - a drawing, not a secret
    fewer_or_more = chance.choice((0.3, 0.6, 1.0, 1.5, 2.5))
    told = load._replace(seen=round(load.seen * fewer_or_more))
    return evening.generate(ground, told, seed, start, drawn(chance))


def drawn(chance: Random) -> Laws:
    """Laws at random."""
    run = chance.uniform(1.5, 5.0)
    return Laws(
        walk_m_s=chance.uniform(0.8, 1.6),
        run_m_s=run,
        way_m=chance.uniform(60.0, 200.0),
        sight_m=chance.uniform(25.0, 50.0),
        sees=chance.uniform(0.5, 0.95),
        one_way=chance.random() < 0.7,
        stays_s=chance.choice((60.0, 120.0, 240.0, 480.0)),
        called=chance.uniform(0.25, 0.7),
        calls_after_s=chance.choice((45.0, 90.0, 180.0)),
        next_door=chance.uniform(0.0, 0.2),
        uneven=chance.choice((0.0, 0.5, 1.0, 1.5)),
        busiest_hour=chance.uniform(9.0, 19.0),
        at_night=chance.uniform(0.0, 0.3),
        lost=chance.uniform(0.0, 0.06),
        late=chance.uniform(0.01, 0.08),
        late_s=chance.choice((20.0, 45.0, 120.0)),
        twice=chance.uniform(0.0, 0.1),
        skew_s=chance.uniform(0.5, 8.0),
    )
