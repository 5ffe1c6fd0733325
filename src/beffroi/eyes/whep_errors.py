"""Why an image does not come straight from the media server; neither address nor login stands in these."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError, Invalid


class MediaServerLost(BeffroiError):
    """Nothing answered, or not in time."""

    code = "eyes.media_server_lost"
    message = "The media server does not answer: {why}."
    advice = "The image comes by the slower way meanwhile. Check the media server and the address on record."
    status = 504


class MediaServerRefuses(BeffroiError):
    """It answered, and gives no session."""

    code = "eyes.media_server_refuses"
    message = "The media server gives no session: {why}."
    advice = (
        "The image comes by the slower way meanwhile. Check the camera's path and login at the media server."
    )
    status = 502


class BadOffer(Invalid):
    """What a browser offered cannot be handed on."""

    code = "eyes.bad_offer"
