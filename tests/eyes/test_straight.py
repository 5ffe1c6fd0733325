"""Images straight from the media server: who may, what is handed on, and that a look's end is theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from tests.desks.conftest import KEY
from tests.eyes.conftest import Declare, Town
from tests.eyes.methods.test_sdp import OFFER as SAID
from tests.peers.whep_server import WhepServer, aiortc, whep_server

from beffroi.eyes import actions, errors, models, straight, whep
from beffroi.eyes.ending import Ending
from beffroi.eyes.whep import Place
from beffroi.eyes.whep_errors import BadOffer, MediaServerLost, MediaServerRefuses
from beffroi.foundation import clock
from beffroi.journal import queries as journal
from beffroi.people.models import Member, RoleHeld

pytestmark = [pytest.mark.room, pytest.mark.django_db(transaction=True)]
LOGIN, SECRET = "veille", "tour & guet"
OFFER = SAID.encode()


@pytest.fixture
def media(town: Town, declare: Declare, monkeypatch: pytest.MonkeyPatch) -> Iterator[WhepServer]:
    with whep_server(monkeypatch, login=f"{LOGIN}:{SECRET}") as server:
        declare(rtsp="rtsp://127.0.0.1:9/x", whep=server.address, login=LOGIN, secret=SECRET)
        yield server


def look(member: Member) -> UUID:
    return actions.open_look(member=member, territory=KEY, device="C-1", purpose="prevention").id


def a_browsers() -> bytes:
    """A real offer to see one video."""

    async def made() -> str:
        peer = aiortc.RTCPeerConnection()
        peer.addTransceiver("video", direction="recvonly")
        await peer.setLocalDescription(await peer.createOffer())
        said: str = peer.localDescription.sdp
        await peer.close()
        return said

    return asyncio.run(made()).encode()


def begin(member: Member, identifier: UUID) -> None:
    offer = a_browsers()
    place = straight.place_for(member=member, look=identifier, offer=offer)
    begun = asyncio.run(whep.begin(place, offer))
    assert begun.answer.startswith(b"v=0") and SECRET not in repr(place) and "127" not in repr(place)
    straight.keep(look=identifier, session=begun.session)


def end() -> int:
    return asyncio.run(Ending().once())


def test_a_session_lasts_as_long_as_its_look(town: Town, media: WhepServer) -> None:
    mine = look(town.operator)
    begin(town.operator, mine)
    assert media.given == ["", "Basic dmVpbGxlOnRvdXIgJiBndWV0"], "the login is given to who asks for it"
    assert straight.going_on([mine, uuid4()]) == {mine}
    assert end() == 0 and len(media.sessions) == 1
    actions.end_look(identifier=mine, member=town.operator.pk)
    assert end() == 1 and media.sessions == {} and len(media.ended) == 1
    assert end() == 0 and straight.going_on([mine]) == set()


def test_only_for_ones_own_live_look_and_one_video(town: Town, media: WhepServer, declare: Declare) -> None:
    mine = look(town.operator)
    for member, given in ((town.other, mine), (town.operator, uuid4())):
        with pytest.raises(errors.NoLook):
            straight.place_for(member=member, look=given, offer=OFFER)
        with pytest.raises(errors.NoLook):
            straight.drop(member=member, look=given)
    with pytest.raises(BadOffer):
        straight.place_for(member=town.operator, look=mine, offer=OFFER.replace(b"recvonly", b"sendrecv"))
    declare(whep="")
    with pytest.raises(errors.NoWay):
        straight.place_for(member=town.operator, look=mine, offer=OFFER)
    declare(whep=media.address, shut="masked")
    with pytest.raises(errors.NoLook):
        straight.place_for(member=town.operator, look=mine, offer=OFFER)
    actions.end_look(identifier=mine, member=town.operator.pk)
    with pytest.raises(errors.LookOver):
        straight.place_for(member=town.operator, look=mine, offer=OFFER)
    assert media.asked == []


def test_a_look_that_ends_while_it_is_agreed_on_gives_no_answer(town: Town, media: WhepServer) -> None:
    mine = look(town.operator)
    place = straight.place_for(member=town.operator, look=mine, offer=OFFER)
    begun = asyncio.run(whep.begin(place, a_browsers()))
    actions.end_look(identifier=mine, member=town.operator.pk)
    with pytest.raises(errors.LookOver):
        straight.keep(look=mine, session=begun.session)
    assert end() == 1 and media.sessions == {}


def test_a_new_session_ends_the_one_before(town: Town, media: WhepServer) -> None:
    mine = look(town.operator)
    begin(town.operator, mine)
    begin(town.operator, mine)
    assert end() == 1 and len(media.sessions) == 1 and straight.going_on([mine]) == {mine}
    straight.drop(member=town.operator, look=mine)
    assert end() == 1 and media.sessions == {} and models.Look.objects.get().ended_at is None


@pytest.mark.parametrize("gone", ["right", "shut", "member"])
def test_a_right_that_is_gone_ends_it_whoever_watches(town: Town, media: WhepServer, gone: str) -> None:
    begin(town.operator, look(town.operator))
    if gone == "right":
        RoleHeld.objects.filter(member=town.operator).delete()
    elif gone == "shut":
        models.Camera.objects.update(shut="masked")
    else:
        Member.objects.filter(pk=town.operator.pk).update(is_active=False)
    assert end() == 1 and media.sessions == {} and models.Look.objects.get().ended == "rights"


def test_time_that_is_over_ends_it_though_nobody_said_so(town: Town, media: WhepServer) -> None:
    mine = look(town.operator)
    begin(town.operator, mine)
    with clock.use(clock.FixedClock(models.Look.objects.get().until + timedelta(seconds=1))):
        assert end() == 1
    assert media.sessions == {} and models.Look.objects.get().ended_at is None


def test_a_server_that_cannot_be_told_is_told_again_then_it_is_written(town: Town, media: WhepServer) -> None:
    mine = look(town.operator)
    begin(town.operator, mine)
    actions.end_look(identifier=mine, member=town.operator.pk)
    media.refuse_end = 503
    assert end() == 1 and end() == 0, "not at once"
    moment = clock.FixedClock(clock.now())
    tries = 1
    with clock.use(moment):
        while models.Session.objects.get().ended_at is None:
            moment.advance(61)
            tries += end()
    assert tries == 12 and models.Session.objects.get().ended == "lost"
    bodies = [each.body for each in journal.last(f"territory:{KEY}", 5) if each.fact == "camera.look_unended"]
    assert [(each or {})["code"] for each in bodies] == ["eyes.media_server_refuses"]
    assert str(mine) in str(bodies) and "127.0.0.1" not in str(bodies)


def test_what_a_media_server_does_wrong_is_said_without_its_address(media: WhepServer) -> None:
    place, offer = Place(media.address, LOGIN, SECRET), a_browsers()
    for wrong, value in (
        ("refuse", 404),
        ("location", "\x01"),
        ("answer", b"<html>"),
        ("answer", b"x" * 99_999),
    ):
        setattr(media, wrong, value)
        with pytest.raises(MediaServerRefuses) as refusal:
            asyncio.run(whep.begin(place, offer))
        assert str(media.port) not in str(refusal.value) and SECRET not in str(refusal.value)
        setattr(media, wrong, type(value)())
    with pytest.raises(MediaServerRefuses, match="401"):
        asyncio.run(whep.begin(Place(media.address, LOGIN, "wrong"), offer))
    with pytest.raises(MediaServerLost) as lost:
        asyncio.run(whep.begin(Place("http://127.0.0.1:9/x/whep"), offer))
    assert "127.0.0.1" not in str(lost.value)


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("/gare/whep/1?a=b", "http://10.0.3.2:8889/gare/whep/1?a=b"),
        ("whep/1", "http://10.0.3.2:8889/gare/whep/1"),
        ("https://elsewhere.example/s/1", "http://10.0.3.2:8889/s/1"),
        ("//elsewhere.example/s/1", "http://10.0.3.2:8889/s/1"),
        ("", ""),
        ("/a b", ""),
        ("http://[", ""),
        ("/" + "x" * 600, ""),
    ],
)
def test_a_session_is_asked_for_at_the_declared_host_alone(location: str, found: str) -> None:
    assert whep.own("http://10.0.3.2:8889/gare/whep", location) == found
