"""The doors of the house: what every other room imports from people.

decide(member, "duty.view", territory="redon")   -> Decision
require(...)                                     -> Decision, or raises DoorShut (a Refused)
territories_for(member, "duty.view")             -> frozenset of keys, to filter lists with
@door("duty.view")  @signed_in  @public          -> on every Django view
@guarded("duty.view")  @by_token  @public        -> on every bare ASGI application
await admit(scope, "duty.view")                  -> Admission(member, territories), or DoorShut
"""

from __future__ import annotations

from beffroi.people.decisions import (
    Decision,
    DoorShut,
    by_convention,
    decide,
    decide_somewhere,
    forget_rights,
    needs_second_factor,
    require,
    territories_for,
)
from beffroi.people.grounds import NO_GROUNDS, Grounds
from beffroi.people.marks import by_token, guarded, mark_of, public
from beffroi.people.sessions import Admission, admit, member_of_scope
from beffroi.people.views_door import door, signed_in

__all__ = [
    "NO_GROUNDS",
    "Admission",
    "Decision",
    "DoorShut",
    "Grounds",
    "admit",
    "by_convention",
    "by_token",
    "decide",
    "decide_somewhere",
    "door",
    "forget_rights",
    "guarded",
    "mark_of",
    "member_of_scope",
    "needs_second_factor",
    "public",
    "require",
    "signed_in",
    "territories_for",
]
