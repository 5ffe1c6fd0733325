"""Every code that dispatch says, with its sentence: a gettext template that the reason's figures fill."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def _(message: str) -> str:
    """Marks a message for translation; who shows it translates it."""
    return message


WORDS: Mapping[str, str] = MappingProxyType(
    {
        # Why a unit is where it is in the order.
        "dispatch.soonest": _("first: there {seconds} s before the next"),
        "dispatch.only_one": _("the only one that can go"),
        "dispatch.spares_another": _(
            "first: {unit} would be there {seconds} s sooner, but would leave something"
        ),
        "dispatch.as_soon": _("first: {unit} would gain {seconds} s only"),
        "dispatch.free": _("free"),
        "dispatch.busy": _("busy"),
        "dispatch.diverted": _("would be diverted from {reference}"),
        "dispatch.on_its_way": _("on its way"),
        "dispatch.there": _("on scene"),
        "dispatch.on_foot": _("on foot"),
        "dispatch.by_bicycle": _("by bicycle"),
        "dispatch.from_base": _("counted from its base, position unknown"),
        "dispatch.stale": _("position {seconds} s old: it may be elsewhere by now"),
        "dispatch.own_command": _("to be asked: under its own command"),
        "dispatch.by_right": _("of another service, {basis}"),
        # Why a unit is not proposed.
        "dispatch.exercise_only": _("plays in an exercise"),
        "dispatch.not_in_exercise": _("is not in the exercise"),
        "dispatch.off_duty": _("off duty"),
        "dispatch.off_hours": _("does not work at this hour"),
        "dispatch.off_hours_until": _("does not work at this hour, again {back}"),
        "dispatch.right_not_in_force": _("of another service, without a right to act here now ({basis})"),
        "dispatch.right_to_other_acts": _("of another service, with a right to other acts only ({basis})"),
        "dispatch.no_power": _("has no power to act here"),
        "dispatch.serves_life": _("on {reference}, where a life is in danger"),
        "dispatch.on_scene": _("on scene at {reference}"),
        "dispatch.no_position": _("position unknown"),
        "dispatch.out_of_reach": _("no way there by road within {minutes} min"),
        "dispatch.place_unknown": _("the place is not known"),
        "dispatch.no_streets": _("no map of the streets: its time cannot be told"),
        # What the race rests on, or why there is none.
        "dispatch.stay_published": _("such acts last {low} to {high} min, by published figures"),
        "dispatch.stay_assumed": _("such acts last {low} to {high} min: assumed, nothing measured"),
        "dispatch.life_counts_time": _("a life may be in danger: the soonest goes"),
        "dispatch.someone_there": _("someone is there already"),
        "dispatch.no_stay": _("not an act that ends by someone leaving"),
        # Why a road is to be watched.
        "exit.ways": _("ways out that pass here: {ways} of {all}"),
        "exit.round": _("a way round the others"),
        "exit.held": _("{unit} can be here {seconds} s before them"),
        "exit.late": _("{unit} would be here {seconds} s after they can"),
        "exit.passed": _("they may have passed already, {unit} can be here in {seconds} s"),
        "exit.nobody": _("no free patrol for it"),
        # Why another than the first was sent.
        "override.knows_the_place": _("knows the place"),
        "override.nearer_than_shown": _("is nearer than shown"),
        "override.better_suited": _("is better suited"),
        "override.first_not_available": _("the first cannot go"),
        "override.agreed": _("agreed by radio"),
    }
)
#: The reasons that a person may give with one key for sending another than the first.
OVERRIDES = tuple(code.removeprefix("override.") for code in WORDS if code.startswith("override."))
