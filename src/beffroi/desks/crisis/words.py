"""The words of what a crisis writes in the journal."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, Promise]

FACTS: Words = {
    "crisis.opened": _("Crisis: plan activated"),
    "crisis.level_changed": _("Crisis: level changed"),
    "crisis.cell_changed": _("Crisis: cell changed"),
    "crisis.called": _("Crisis: members called"),
    "crisis.reached": _("Crisis: member reached or not"),
    "crisis.decided": _("Crisis: decision"),
    "crisis.step_done": _("Crisis: step done"),
    "crisis.message_prepared": _("Crisis: message prepared"),
    "crisis.message_validated": _("Crisis: message validated"),
    "crisis.message_exported": _("Crisis: message taken out"),
    "crisis.ended": _("Crisis: ended"),
    "crisis.plan_put": _("Crisis plan put in force"),
    "crisis.outsider_changed": _("Crisis directory changed"),
    "crisis.directory_shown": _("Crisis directory shown with its numbers"),
    "crisis.seated": _("Crisis cell: seat changed"),
}

ROLES: Words = {
    "lead": _("leads it"),
    "deputy": _("deputy"),
    "member": _("member of the cell"),
}
#: What is wrong in a line of a sheet.
FAULTS: Words = {
    "no_cell": _("no cell of the plan has this name; they are: %(expected)s"),
    "no_role": _("this role is not known; they are: %(expected)s"),
    "no_address": _("%(expected)s is not an address"),
    "no_name": _("a line without an address needs a name of at most %(expected)s letters"),
    "no_number": _("a line without an address needs a telephone number"),
    "bad_number": _("%(expected)s is not a telephone number"),
    "no_member": _(
        "no member with %(expected)s may open the crisis page here: an administrator gives them a role first"
    ),
    "twice": _("this person is in this cell already, at line %(expected)s"),
    "empty": _("is empty"),
    "no_level": _("no level of the plan has this name; they are: %(expected)s"),
    "no_command": _("the cell “%(expected)s” must stay: somebody decides"),
}
