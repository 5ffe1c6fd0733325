"""Tables of the eyes: how each camera of the town is reached, and who looks through which."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from beffroi.eyes import rules
from beffroi.foundation.identifiers import uuid7


class Camera(models.Model):
    """How a device of the territory gives images. No address holds a login; `secret` is sealed.

    `live`: HLS; `rtsp`: the camera's own stream; `whep`: WebRTC at the media server; `replay`: its recorder,
    with `{from}` and `{to}` where that takes them in its address; `recorder`: the recorder's ONVIF service,
    `recording` which of its recordings ('': the one that bears the camera's name), `recorder_login` its own
    login ('': the camera's); `onvif`: the camera's service for movement.
    `shut`: why nobody may look through it now ('' otherwise). `home`: the preset to which it turns back after
    it was moved, '' for its own home position.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    device = models.CharField(max_length=80)
    live = models.CharField(max_length=500, blank=True, default="")
    rtsp = models.CharField(max_length=500, blank=True, default="")
    whep = models.CharField(max_length=500, blank=True, default="")
    replay = models.CharField(max_length=500, blank=True, default="")
    recorder = models.CharField(max_length=500, blank=True, default="")
    recording = models.CharField(max_length=64, blank=True, default="")
    recorder_login = models.CharField(max_length=120, blank=True, default="")
    recorder_secret = models.CharField(max_length=600, blank=True, default="")
    onvif = models.CharField(max_length=500, blank=True, default="")
    login = models.CharField(max_length=120, blank=True, default="")
    secret = models.CharField(max_length=600, blank=True, default="")
    shut = models.CharField(max_length=16, blank=True, default="")
    home = models.CharField(max_length=64, blank=True, default="")
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["territory_key", "device"], name="eyes_one_per_device"),
            models.CheckConstraint(condition=Q(shut__in=["", *rules.SHUT]), name="eyes_known_shut"),
        ]

    def __str__(self) -> str:
        return f"{self.territory_key} {self.device}"


class Hold(models.Model):
    """Somebody moves a camera and holds it until `until`, unless it ends before: `ended` says how.

    `look`: through which it was moved last, with which it ends. `priority` is one of `rules_hold`; `reason`
    why it was taken from somebody ('' where it was free). `act` is the last movement, at `acted_at`.
    `home_due_at` is when the camera turns back; `homed_at` once that is done or nothing is left to do.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    device = models.CharField(max_length=80)
    member = models.UUIDField()
    look = models.UUIDField()
    priority = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=16, blank=True, default="")
    exercise = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    act = models.CharField(max_length=16, blank=True, default="")
    acted_at = models.DateTimeField(null=True)
    moves = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=12, blank=True, default="")
    taken_by = models.UUIDField(null=True)
    home_due_at = models.DateTimeField(null=True)
    homed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["territory_key", "device"],
                condition=Q(ended_at=None),
                name="eyes_one_holds_a_camera",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "since"]),
            models.Index(fields=["homed_at", "home_due_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.member}"


class Look(models.Model):
    """Somebody looks through a camera, from `opened_at` to `ended_at`, never beyond `until`.

    `kind`: live, or past: then `span_from` to `span_to` is what the recorder is asked for.
    `reference` is the incident's identifier where that is the purpose. The member is an identifier.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    territory_key = models.CharField(max_length=80)
    device = models.CharField(max_length=80)
    member = models.UUIDField()
    kind = models.CharField(max_length=8)
    purpose = models.CharField(max_length=16)
    reference = models.CharField(max_length=80, blank=True, default="")
    span_from = models.DateTimeField(null=True)
    span_to = models.DateTimeField(null=True)
    exercise = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    image_at = models.DateTimeField(null=True)  # the last time that images were seen to flow to this look
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gt=F("opened_at")), name="eyes_look_is_bounded"),
            models.CheckConstraint(
                condition=Q(kind="live", span_from=None, span_to=None)
                | Q(kind="past", span_to__gt=F("span_from")),
                name="eyes_past_has_a_span",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "ended_at"]),
            models.Index(fields=["ended_at", "until"]),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.kind}"


class Session(models.Model):
    """A look's image goes straight from the media server to the browser, until `ended_at`.

    `address`: the session's own at the media server, where it is ended. `wanted`: False once the page takes
    the image another way though the look goes on. `again_at`: no new try to end it before, after `tries` of
    them. `ended`: ended, or lost where the server could not be told.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    look = models.ForeignKey(Look, models.CASCADE, related_name="sessions")
    address = models.CharField(max_length=500)
    since = models.DateTimeField()
    wanted = models.BooleanField(default=True)
    tries = models.PositiveSmallIntegerField(default=0)
    again_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ended_at", "again_at"])]

    def __str__(self) -> str:
        return f"{self.look_id} {self.ended or 'goes on'}"
