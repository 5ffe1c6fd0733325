"""Details of the pages of sign-in that phones and password keepers need; sealed secrets."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree

import pytest
from django.test import Client

from beffroi.people import actions, sealing
from beffroi.people.sealing import SealBroken

from .conftest import PASSWORD, Town

pytestmark = [pytest.mark.room, pytest.mark.django_db]


def test_square_of_the_second_factor_is_dark_on_white(client: Client, town: Town) -> None:
    member = town.member("investigator", password=PASSWORD)
    client.post("/connexion/", {"login": member.email, "password": PASSWORD})
    client.post("/compte/confirmer/", {"password": PASSWORD})
    page = client.get("/compte/second-facteur/activer/").content.decode()
    data = re.search(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", page).group(1)
    drawing = ElementTree.fromstring(base64.b64decode(data))  # noqa: S314 - our own drawing
    ground = drawing.find("{http://www.w3.org/2000/svg}rect")
    assert ground is not None
    assert ground.get("fill") == "white"


def test_page_of_an_invitation_names_its_account_to_password_keepers(client: Client, town: Town) -> None:
    member = town.member("referent")
    page = client.get(actions.invite(member=member), follow=True).content.decode()
    assert re.search(rf'name="username" value="{re.escape(member.email)}"[^>]*autocomplete="username"', page)


def test_sealed_secret_opens_with_this_key_only(settings: object) -> None:
    sealed = sealing.seal("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert sealing.unseal(sealed) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY = "another key"
    with pytest.raises(SealBroken):
        sealing.unseal(sealed)
