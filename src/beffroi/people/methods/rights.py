"""What a member holds, as plain values: roles with their scope and dates, and what each centre watches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from beffroi.people.methods.hours import Hours, open_at

INSTALLATION = "installation"
CENTRE = "centre"
TERRITORY = "territory"
#: How the roles begin that programs hold, and programs only.
PROGRAM = "program_"


def _in_force(starts_at: datetime, ends_at: datetime | None, at: datetime) -> bool:
    return starts_at <= at and (ends_at is None or at < ends_at)


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over a scope, from `starts_at` (included) to `ends_at` (excluded; None: until further notice).

    `scope` is INSTALLATION, CENTRE or TERRITORY; `key` the centre's or territory's key ('' for the first).
    """

    role: str
    scope: str
    key: str
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """A centre watches a territory between two instants."""

    centre: str
    territory: str
    starts_at: datetime
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A convention opens a territory to the member's organisation, between two instants, at some hours.

    `convention` is its name in the policies; `hours` are of the town's own time, empty for all of them.
    """

    convention: str
    territory: str
    starts_at: datetime
    ends_at: datetime | None = None
    hours: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything the database says of what a member may reach, at whatever time.

    `foreign` are territories for which another organisation answers: roles do not reach them, but those
    `across` do; what else opens them is a convention (`shares`). `zone` is the town's own time.
    """

    member: UUID
    organisation: str
    active: bool
    grants: tuple[Grant, ...] = ()
    watches: tuple[Watch, ...] = ()
    known: frozenset[str] = frozenset()
    foreign: frozenset[str] = frozenset()
    across: frozenset[str] = frozenset()
    shares: tuple[Share, ...] = ()
    zone: str = "UTC"

    def at(self, instant: datetime) -> Standing:
        """What holds at `instant`."""
        grants = {
            (each.role, each.scope, each.key)
            for each in self.grants
            if self.active and _in_force(each.starts_at, each.ends_at, instant)
        }
        watches = {
            (each.centre, each.territory)
            for each in self.watches
            if each.territory not in self.foreign and _in_force(each.starts_at, each.ends_at, instant)
        }
        local = instant.astimezone(ZoneInfo(self.zone)) if self.shares else instant
        shares = {
            (each.convention, each.territory)
            for each in self.shares
            if _in_force(each.starts_at, each.ends_at, instant) and open_at(each.hours, local)
        }
        return Standing(
            str(self.member),
            self.organisation,
            frozenset(grants),
            frozenset(watches),
            self.known,
            self.foreign,
            self.across,
            # What a convention opens, it opens to roles: who holds none reaches nothing by it.
            frozenset(shares) if grants else frozenset(),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member holds at one instant: hashable, so that what is computed from it can be kept."""

    member: str
    organisation: str
    grants: frozenset[tuple[str, str, str]]
    watches: frozenset[tuple[str, str]]
    known: frozenset[str]
    foreign: frozenset[str] = frozenset()
    across: frozenset[str] = frozenset()
    shares: frozenset[tuple[str, str]] = frozenset()

    @property
    def roles(self) -> frozenset[str]:
        """Keys of the roles in force, whatever their scope."""
        return frozenset(role for role, _, _ in self.grants)

    @property
    def everywhere(self) -> bool:
        """Whether some role covers the whole installation."""
        return any(scope == INSTALLATION for _, scope, _ in self.grants)

    @property
    def conventions(self) -> frozenset[str]:
        """Conventions that open something to the member now."""
        return frozenset(convention for convention, _ in self.shares)

    def remits_of(self, scope: str, key: str, *, foreign: bool = False) -> list[str]:
        """Roles held over just this scope, sorted; of those, only the ones that cross where it is foreign."""
        return sorted(
            role
            for role, held, over in self.grants
            if (held, over) == (scope, key) and (not foreign or role in self.across)
        )

    def reachable(self) -> frozenset[str]:
        """Territories that some role in force, or a convention, covers: the only ones worth a decision."""
        centres = {key for _, scope, key in self.grants if scope == CENTRE}
        reached = {key for _, scope, key in self.grants if scope == TERRITORY}
        reached |= {territory for centre, territory in self.watches if centre in centres}
        reached |= {territory for _, territory in self.shares}
        return frozenset(reached | self.known) if self.everywhere else frozenset(reached)
