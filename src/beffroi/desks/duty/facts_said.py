"""Each fact of the journal in a line of the log: its words, and its detail made from its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from beffroi.desks import spelling
from beffroi.desks.crisis import words as crisis_words
from beffroi.desks.duty import words, words_acting, words_more
from beffroi.desks.eyes import words as eyes_words
from beffroi.desks.oncall import words as oncall_words
from beffroi.desks.oversight import trust_words, words_conventions
from beffroi.desks.oversight import words as oversight_words
from beffroi.desks.report import words as signal_words

Body = Mapping[str, Any]
Detail = Callable[[Body], str]

FACTS: Mapping[str, Promise] = {
    **words_acting.FACTS,
    **oversight_words.FACTS,
    **words_conventions.FACTS,
    **trust_words.FACTS,
    "camera.declared": _("Camera declared"),
    "camera.held": _("Camera taken to move it"),
    "camera.let_go": _("Camera let go"),
    "camera.look_ended": _("Look ended"),
    "camera.look_opened": _("Look through a camera"),
    "camera.look_refused": _("Look refused"),
    "camera.look_unended": _("Look ended, its image perhaps not"),
    **crisis_words.FACTS,
    "camera.moved": _("Camera moved"),
    "camera.sent_home": _("Camera turned back"),
    "device.imported": _("Devices imported"),
    "fusion.batch_folded": _("Batch understood"),
    "evidence.sealed": _("Evidence sealed"),
    "fusion.merged": _("Incidents merged"),
    "fusion.observation_set_aside": _("Observation set aside"),
    "fusion.rules_activated": _("Rules put in force"),
    "fusion.split": _("Incident split"),
    "incident.acknowledged": _("Acknowledged"),
    "incident.amended": _("Belief changed"),
    "incident.closed": _("Closed"),
    "incident.confirmed": _("Confirmed"),
    "incident.doubt_lifted": _("Doubt lifted"),
    "incident.handed_over": _("Handed over"),
    "incident.linked": _("Linked"),
    "incident.merged": _("Merged"),
    "incident.noted": _("Noted"),
    "incident.opened": _("Opened"),
    "incident.sign_joined": _("Sign joined"),
    "incident.step_done": _("Step done"),
    "incident.unlinked": _("Unlinked"),
    "incident.unit_arrived": _("On scene"),
    "incident.unit_en_route": _("On the way"),
    "incident.unit_recalled": _("Unit called back"),
    "incident.unit_released": _("Unit freed"),
    "incident.unit_sent": _("Unit sent"),
    "incident.unit_undone": _("Taken back by the unit"),
    "intake.batch_kept": _("Messages kept"),
    "intake.call_taken": _("Call taken"),
    "intake.source_declared": _("Source declared"),
    "intake.source_key_set": _("Source key set"),
    "intake.source_revoked": _("Source revoked"),
    "intake.source_remapped": _("What a source says is declared anew"),
    "intake.source_token_made": _("Source token made"),
    "journal.bodies_pruned": _("Bodies erased on time"),
    "journal.clock_stepped": _("Clock set"),
    "journal.epoch_opened": _("Epoch opened"),
    "journal.key_introduced": _("Signing key made"),
    "journal.key_replaced": _("Signing key replaced"),
    "journal.key_rotated": _("Signing key rotated"),
    "oncall.answered": _("On call: taken"),
    "oncall.called": _("On call: called"),
    "oncall.contact_changed": _("On call: contact changed"),
    "oncall.link_made": _("Link for a partner made"),
    "oncall.link_opened": _("Link opened"),
    "oncall.link_refused": _("Link refused to another browser"),
    "oncall.link_revoked": _("Link taken back"),
    "oncall.nobody_answered": _("On call: nobody answered"),
    "oncall.over": _("On call: calls over"),
    "oncall.passed_on": _("On call: passed on"),
    "oncall.policy_changed": _("On call: what wakes people"),
    "oncall.rota_changed": _("Rota changed"),
    "people.centre_created": _("Centre created"),
    "people.installation_created": _("Installation created"),
    "people.invitation_made": _("Invitation made"),
    "people.looked": _("Looked at"),
    "people.member_closed": _("Account closed"),
    "people.member_created": _("Member created"),
    "people.organisation_created": _("Organisation created"),
    "people.password_changed": _("Password changed"),
    "people.program_made": _("Token entrusted"),
    "people.program_renewed": _("Token renewed"),
    "people.program_revoked": _("Token revoked"),
    "people.refused": _("Refused"),
    "people.role_ended": _("Role ended"),
    "people.role_given": _("Role given"),
    "people.second_factor_removed": _("Second factor removed"),
    "people.second_factor_set": _("Second factor set"),
    "people.sign_in_failed": _("Sign-in failed"),
    "people.signed_in": _("Signed in"),
    "people.signed_out": _("Signed out"),
    "people.watch_ended": _("Watch ended"),
    "people.watch_started": _("Watch started"),
    "rehearsal.played": _("Exercise played"),
    "rehearsal.prepared": _("Exercise made ready"),
    "shift.note_ended": _("Passed on, now over"),
    "shift.noted": _("Note for the next shift"),
    "shift.taken_over": _("Shift taken over"),
    "signal.reported": _("Report received"),
    "territory.imported": _("Map imported"),
    "unit.distress": _("Crew in distress"),
    "unit.hours_changed": _("Hours of units changed"),
    "unit.imported": _("Units imported"),
    "unit.right_changed": _("Right of another service to act here"),
    "unit.shift_begun": _("Crew on duty"),
    "unit.shift_ended": _("Crew off duty"),
    "unit.state_changed": _("Unit changed state"),
    "unit.tap_refused": _("Refused to the unit"),
    "unit.tap_taken": _("Told by the unit"),
}

# What concerns machines and never helps a decision stays out of the duty desk's log.
QUIET = frozenset({"fusion.batch_folded", "intake.batch_kept", "unit.state_changed", "unit.tap_taken"})


def _opened(body: Body) -> str:
    return f"{words.title(body['act'], body['state'])}, {_real(body)}"


def _real(body: Body) -> str:
    return gettext("real at %(value)d %% (%(low)d–%(high)d)") % {
        "value": spelling.percent(body["probability"]),
        "low": spelling.percent(body["low"]),
        "high": spelling.percent(body["high"]),
    }


def _sign(body: Body) -> str:
    kind = words.said(words.KINDS, body["kind"])
    return f"{kind}, {body['device']}" if body.get("device") else kind


def _after(body: Body) -> str:
    return gettext("%(time)s after the first sign") % {"time": spelling.duration(body["seconds"])}


def _sent(body: Body) -> str:
    parts = [body["unit"]]
    if body["place"] == 1:
        parts.append(gettext("proposed first"))
    elif body["place"] > 1:
        parts.append(gettext("proposed number %(place)d") % {"place": body["place"]})
    if body.get("eta_s"):
        parts.append(gettext("there in %(time)s") % {"time": spelling.duration(body["eta_s"])})
    return ", ".join(parts)


def _arrived(body: Body) -> str:
    return gettext("%(unit)s, %(time)s after being sent") % {
        "unit": body["unit"],
        "time": spelling.duration(body["seconds"]),
    }


def _closed(body: Body) -> str:
    return f"{words.outcome(body['outcome'], body.get('cause', ''))}, {_after(body)}"


def _doubt(body: Body) -> str:
    signs = len(body["observations"])
    counted = ngettext("%(number)d sign", "%(number)d signs", signs) % {"number": signs}
    return f"{words.said(words.DOUBT, body['how'])}, {counted}"


def _told(body: Body) -> str:
    return f"{body['service']}, {words.said(words_more.WAYS, body['how'])}"


def _linked(body: Body) -> str:
    return f"E-{body['event']}, {words.said(words_more.LINKS, body['why'])}"


def _call_taken(body: Body) -> str:
    kind = words.said(words.KINDS, body["kind"])
    danger = gettext("life in danger")
    return f"{kind}, {danger}" if body["life"] else kind


def _shift(body: Body) -> str:
    return gettext("%(open)d open, %(closed)d closed, %(down)d down, %(notes)d passed on") % {
        each: body[each] for each in ("open", "closed", "down", "notes")
    }


def _reported(body: Body) -> str:
    return str(signal_words.WHAT[body["what"]][0]) if body["what"] in signal_words.WHAT else body["what"]


def _streets(body: Body) -> str:
    return gettext("version %(version)d, %(streets)s streets, %(buildings)s buildings") % {
        "version": body["town_version"],
        "streets": spelling.grouped(body["streets"]),
        "buildings": spelling.grouped(body["buildings"]),
    }


def _taken(body: Body) -> str:
    return gettext("%(added)d added, %(changed)d changed") % {
        "added": body["added"],
        "changed": body["changed"],
    }


def _right(body: Body) -> str:
    until = gettext("until %(time)s") % {"time": body["last"]} if body["last"] else ""
    return ", ".join(part for part in (str(body["unit"]), until) if part)


def _called(body: Body) -> str:
    ranks = ", ".join(str(each) for each in body["ranks"])
    ways = ", ".join(oncall_words.said(oncall_words.CHANNELS, each) for each in body["channels"])
    said = gettext("rank %(ranks)s") % {"ranks": ranks}
    return f"{said}, {ways}" if ways else said


def _answered(body: Body) -> str:
    ways = {"page": gettext("on their page"), **oncall_words.CHANNELS}
    said = str(ways.get(body["how"], body["how"]))
    if "seconds" not in body:
        return said
    return f"{said}, {spelling.duration(body['seconds'])}"


def _link(body: Body) -> str:
    whom = oncall_words.said(oncall_words.WHOM, body["whom"])
    if "opening" in body:
        return gettext("%(whom)s, opening %(number)d") % {"whom": whom, "number": body["opening"]}
    return f"{whom}, {body['minutes']} min" if "minutes" in body else whom


def _look(body: Body) -> str:
    return f"{body['device']}, {eyes_words.said(eyes_words.PURPOSES, body['purpose'])}"


def _taken_over(body: Body) -> str:
    if not body["taken"]:
        return str(body["device"])
    return f"{body['device']}, {eyes_words.said(eyes_words.REASONS, body['reason'])}"


def _let_go(body: Body) -> str:
    return f"{body['device']}, {eyes_words.said(eyes_words.HOLD_ENDS, body['how'])}"


def _homed(body: Body) -> str:
    return str(body["device"]) if not body["code"] else f"{body['device']}, {gettext('it did not')}"


def _undone(body: Body) -> str:
    return f"{body['unit']}, {words.said(words.TAPS, body['step']).lower()}"


DETAILS: Mapping[str, Detail] = {
    **dict.fromkeys(words_acting.FACTS, words_acting.acted),
    **dict.fromkeys(oversight_words.FACTS, oversight_words.registered),
    **dict.fromkeys(words_conventions.FACTS, words_conventions.told),
    **trust_words.DETAILS,
    "camera.held": _taken_over,
    "camera.let_go": _let_go,
    "camera.moved": lambda body: f"{body['device']}, {eyes_words.said(eyes_words.ACTS, body['act'])}",
    "camera.sent_home": _homed,
    "camera.look_ended": lambda body: f"{body['device']}, {spelling.duration(body['seconds'])}",
    "camera.look_opened": _look,
    "camera.look_refused": _look,
    "camera.look_unended": lambda body: str(body["device"]),
    "device.imported": _taken,
    "incident.acknowledged": _after,
    "incident.amended": _real,
    "incident.closed": _closed,
    "incident.confirmed": _real,
    "incident.doubt_lifted": _doubt,
    "incident.handed_over": _told,
    "incident.linked": _linked,
    "incident.opened": _opened,
    "incident.sign_joined": _sign,
    "incident.step_done": lambda body: words.said(words_more.STEPS, body["step"]),
    "incident.unit_arrived": _arrived,
    "incident.unit_en_route": lambda body: str(body["unit"]),
    "incident.unit_released": lambda body: str(body["unit"]),
    "incident.unit_recalled": lambda body: str(body["unit"]),
    "incident.unit_sent": _sent,
    "incident.unlinked": _linked,
    "intake.call_taken": _call_taken,
    "incident.unit_undone": _undone,
    "oncall.answered": _answered,
    "oncall.called": _called,
    "oncall.link_made": _link,
    "oncall.link_opened": _link,
    "oncall.link_refused": _link,
    "oncall.link_revoked": _link,
    "oncall.nobody_answered": lambda body: oncall_words.said(oncall_words.WHY, body["why"]),
    "oncall.passed_on": _answered,
    "oncall.rota_changed": lambda body: gettext("rank %(ranks)s") % {"ranks": body["rank"]},
    "shift.taken_over": _shift,
    "signal.reported": _reported,
    "territory.imported": _streets,
    "unit.hours_changed": lambda body: str(body["unit"] or body["kind"]),
    "unit.imported": _taken,
    "unit.right_changed": _right,
    "unit.tap_refused": lambda body: f"{body['unit']}, {words.said(words.TAPS, body['act']).lower()}",
}


def said(fact: str) -> str:
    """A fact in words; its own name where it has none yet."""
    return str(FACTS[fact]) if fact in FACTS else fact


def detail(fact: str, body: Body | None) -> str:
    """The detail of a fact in words; says so when the law's time for it is over."""
    if body is None:
        return gettext("erased: its legal time was over")
    made = DETAILS.get(fact)
    try:
        return made(body) if made else ""
    except (KeyError, TypeError):  # an older version of the fact, written before these fields were
        return ""
