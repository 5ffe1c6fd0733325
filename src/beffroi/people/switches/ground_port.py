"""Answers for the ground `switch`: the key is a capability, and it must be on where the act is done."""

from __future__ import annotations

from django.utils import timezone

from beffroi.people.grounds import Answer, Question
from beffroi.people.switches import queries, rules


class Switches:
    """The port of the ground `switch`."""

    def confirm(self, key: str, question: Question) -> Answer:
        """Whether the capability named is on in the territory on that day.

        One that is on at some places only does not carry an act that names none.
        """
        if key not in rules.CAPABILITIES or question.territory is None:
            return Answer(False, "people.switch_off")
        found = queries.on(key, question.territory, day=timezone.localdate(question.at))
        return Answer(found is not None, "" if found is not None else "people.switch_off")


SWITCHES = Switches()
