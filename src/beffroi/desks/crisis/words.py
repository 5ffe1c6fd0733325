"""The words of what a crisis writes in the journal."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FACTS: Mapping[str, Promise] = {
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
    "crisis.seated": _("Crisis cell: seat changed"),
}
