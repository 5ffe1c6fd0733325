"""Decisions: may this member do that, there, on these grounds? Default deny, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from beffroi.foundation import clock
from beffroi.foundation.errors import Refused
from beffroi.people import grounds as ground_ports
from beffroi.people import queries, reasons
from beffroi.people.catalogue import catalogue
from beffroi.people.grounds import NO_GROUNDS, Grounds, Question
from beffroi.people.methods.rights import Rights, Standing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from beffroi.people.models import Member

    Asker: TypeAlias = Member | AnonymousUser | None

_RIGHTS = "_beffroi_rights"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer: `reason` is a code (see `words`), `policies` the ids of the Cedar policies that decided."""

    allowed: bool
    reason: str
    policies: tuple[str, ...] = ()
    action: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The reason as a sentence, in the language of the reader."""
        return reasons.words(self.reason, self.action, self.params)


class DoorShut(Refused):
    """A door that stayed shut before a member (None: nobody signed in); `decision` says why."""

    def __init__(
        self, decision: Decision, member: Member | None = None, territory: str | None = None
    ) -> None:
        self.decision, self.member, self.territory = decision, member, territory
        super().__init__(action=reasons.act(decision.action), reason=decision.words)

    def as_dict(self) -> dict[str, object]:
        """What a program is answered: besides the sentence, the action's key and the reason's code."""
        return {**super().as_dict(), "action": self.decision.action, "reason": self.decision.reason}


def _member(asker: Asker) -> Member | None:
    return asker if asker is not None and asker.is_authenticated else None  # type: ignore[return-value]


def rights(member: Member) -> Rights:
    """The member's rights, read once for this object: a request's member is a new object each time.

    Whoever keeps a member longer than a request (a stream) calls `forget_rights` before each new check.
    """
    kept: Rights | None = getattr(member, _RIGHTS, None)
    if kept is None:
        kept = queries.rights_of(member)
        setattr(member, _RIGHTS, kept)  # through `request.user`, this reaches the member it stands for
    return kept


def forget_rights(member: Member) -> None:
    """Let the next decision read the member's rights again."""
    if hasattr(member, _RIGHTS):
        delattr(member, _RIGHTS)


def decide(
    member: Asker,
    action: str,
    *,
    territory: str | None = None,
    resource: str = "",
    grounds: Grounds = NO_GROUNDS,
) -> Decision:
    """May `member` do `action` on `territory` (None: on the installation as a whole)?

    `resource` names the thing (as the journal does) for the grounds that depend on it.
    """
    standing = _standing(member, action)
    if isinstance(standing, Decision):
        return standing
    demanded = catalogue().actions[action].grounds
    verdict = queries.policy_book().ask(standing, action, territory, demanded, grounds.purpose_code)
    if not verdict.allowed:
        return _no_role(action, territory)
    if not demanded:
        return Decision(True, "people.allowed", verdict.policies, action)
    question = Question(UUID(standing.member), action, territory, resource, clock.now(), grounds)
    return _on_grounds(standing, question, demanded)


def _standing(asker: Asker, action: str) -> Standing | Decision:
    """What the asker holds now, or the refusal that needs no policy."""
    member = _member(asker)
    if member is None:
        return Decision(False, "people.not_signed_in", (), action)
    if not member.is_active:
        return Decision(False, "people.inactive", (), action)
    if action not in catalogue().actions:
        return Decision(False, "people.unknown_action", (), action)
    return rights(member).at(clock.now())


def _no_role(action: str, territory: str | None) -> Decision:
    if territory is None:
        return Decision(False, "people.no_role", (), action)
    return Decision(False, "people.no_role_here", (), action, {"territory": territory})


def _on_grounds(standing: Standing, question: Question, demanded: tuple[str, ...]) -> Decision:
    answers = {ground: ground_ports.confirm(ground, question) for ground in demanded}
    stand = [ground for ground, answer in answers.items() if answer.stands]
    verdict = queries.policy_book().ask(
        standing, question.action, question.territory, stand, question.grounds.purpose_code
    )
    if verdict.allowed:
        return Decision(True, "people.allowed", verdict.policies, question.action)
    for ground, answer in answers.items():
        if not answer.stands:
            return Decision(False, answer.reason, verdict.policies, question.action, {"ground": ground})
    return _no_role(question.action, question.territory)


def require(
    member: Asker,
    action: str,
    *,
    territory: str | None = None,
    resource: str = "",
    grounds: Grounds = NO_GROUNDS,
) -> Decision:
    """`decide`, but raises DoorShut (a Refused) on a no. The edge that catches it records it."""
    decision = decide(member, action, territory=territory, resource=resource, grounds=grounds)
    if not decision.allowed:
        raise DoorShut(decision, _member(member), territory)
    return decision


def territories_for(member: Asker, action: str) -> frozenset[str]:
    """Territories in which `member` may do `action`: filter lists with it, then open each object's own door.

    One decision a territory that the member's roles reach, kept for as long as they hold the same roles.
    Grounds that the action demands are left to the door of each object.
    """
    standing = _standing(member, action)
    if isinstance(standing, Decision):
        return frozenset()
    return queries.policy_book().reach(standing, action, catalogue().actions[action].grounds)


def by_convention(member: Member, territory: str) -> bool:
    """Whether a convention in force opens something of this territory to the member: another's territory."""
    return any(key == territory for _convention, key in rights(member).at(clock.now()).shares)


def decide_somewhere(member: Asker, action: str) -> Decision:
    """May `member` do `action` on the installation or in at least one territory? For pages that list.

    An action that demands grounds is never open 'somewhere': it is about one thing.
    """
    decision = decide(member, action)
    if decision.allowed or decision.reason != "people.no_role" or catalogue().actions[action].grounds:
        return decision
    if territories_for(member, action):
        return Decision(True, "people.allowed", (), action)
    return decision


def needs_second_factor(member: Member) -> bool:
    """Whether a role in force obliges this member to a second factor that is not set up yet.

    An installation marked as an exercise obliges nobody.
    """
    roles = catalogue().roles
    standing = rights(member).at(clock.now())
    if not any(key in roles and roles[key].second_factor for key in standing.roles):
        return False
    return not queries.has_second_factor(member) and not queries.is_exercise()
