"""Facts that people appends. Identifiers, codes and salted hashes only: names live in the tables."""

from __future__ import annotations

from beffroi.journal.facts import Fact


class InstallationCreated(Fact, fact="people.installation_created", version=1):
    """The installation began: for real, or as an exercise."""

    exercise: bool = False


class OrganisationCreated(Fact, fact="people.organisation_created", version=1):
    """An organisation was declared, of this kind."""

    kind: str


class TerritoryAnswered(Fact, fact="people.territory_answered", version=1):
    """An organisation answers for a territory: who belongs to another needs a convention there."""

    organisation: str


class CentreCreated(Fact, fact="people.centre_created", version=1):
    """A supervision centre of an organisation was declared."""

    organisation: str


class WatchStarted(Fact, fact="people.watch_started", version=1):
    """A centre watches a territory from now on."""

    territory: str


class WatchEnded(Fact, fact="people.watch_ended", version=1):
    """A centre no longer watches a territory."""

    territory: str


class MemberCreated(Fact, fact="people.member_created", version=1):
    """A member was made; the name stays in the room."""

    organisation: str


class MemberClosed(Fact, fact="people.member_closed", version=1):
    """The member may no longer sign in; every role ended."""


class InvitationMade(Fact, fact="people.invitation_made", version=1):
    """A one-use link to choose a password was handed out."""


class RoleGiven(Fact, fact="people.role_given", version=1):
    """A member holds a role, where and until when."""

    role: str
    scope: str
    key: str = ""
    starts_at: str = ""
    ends_at: str = ""


class RoleEnded(Fact, fact="people.role_ended", version=1):
    """A member no longer holds a role."""

    role: str
    scope: str
    key: str = ""


class SignedIn(Fact, fact="people.signed_in", version=1):
    """`origin`: salted hash of the address it came from; `second_factor`: whether one was given."""

    origin: str
    second_factor: bool


class SignedOut(Fact, fact="people.signed_out", version=1):
    """A member signed out."""


class SignInFailed(Fact, fact="people.sign_in_failed", version=1):
    """`account`: salted hash of an address that belongs to no member ('' where the subject names one).

    `step` is `password`, `second_factor`, or `throttled` for the first attempt that was not even looked at.
    """

    origin: str
    step: str
    account: str = ""


class PasswordChanged(Fact, fact="people.password_changed", version=1):
    """A member's password was changed."""


class SecondFactorSet(Fact, fact="people.second_factor_set", version=1):
    """A member set a second factor of this kind."""

    kind: str


class SecondFactorRemoved(Fact, fact="people.second_factor_removed", version=1):
    """A member's second factor of this kind is gone."""

    kind: str


class Refusal(Fact, fact="people.refused", version=1):
    """A door stayed shut before a member: `reason` is a code, `territory` where ('' nowhere)."""

    action: str
    reason: str
    territory: str = ""


class Looked(Fact, fact="people.looked", version=1):
    """A member looked at sensitive things: which (as the journal names them), why, on which grounds."""

    action: str
    subjects: list[str]
    purpose: str
    requisition: str = ""


class ProgramMade(Fact, fact="people.program_made", version=1):
    """A program was given a token for these scopes until `expires_at`; where: its roles say."""

    organisation: str
    scopes: list[str]
    expires_at: str


class ProgramRenewed(Fact, fact="people.program_renewed", version=1):
    """A program was given another token; the former one no longer works."""

    expires_at: str


class ProgramRevoked(Fact, fact="people.program_revoked", version=1):
    """A program's token no longer works."""
