"""`POST /api/v1/oncall/reply/CHANNEL` and `…/report/CHANNEL`: what a gateway tells of answers and deliveries.

The gateway's declaration says where the number, the text and the state stand, and which token it holds:
as bearer, as the password of Basic, in X-Api-Key, or (for gateways that can set no header) as a last
part of the address. Answered 200 whether or not the number is known: numbers are told to nobody.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

from beffroi.api.requests import Receive, Scope, Send, WrongMethod, body_of, reply, token_of
from beffroi.during.oncall import actions, gateways
from beffroi.during.oncall.errors import WrongToken
from beffroi.during.oncall.methods import declared as formats
from beffroi.foundation.errors import BeffroiError, Invalid
from beffroi.people.marks import by_token

PREFIX = "/api/v1/oncall/"
LONGEST = 400


class BadReply(Invalid):
    """What a gateway posted is not what its declaration says."""

    code = "oncall.bad_reply"
    message = "{where}: {why}."


@by_token
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Take what a gateway posts."""
    try:
        status, answer = 200, await _taken(scope, receive)
    except BeffroiError as error:
        status, answer = error.status, {"error": error.as_dict()}
    await reply(send, status, answer)


async def _taken(scope: Scope, receive: Receive) -> dict[str, object]:
    if scope["method"] != "POST":
        raise WrongMethod(method=scope["method"])
    kind, _, rest = scope["path"].removeprefix(PREFIX).partition("/")
    channel, _, given = rest.partition("/")
    headers = dict(scope["headers"])
    declaration = _declaration(kind, channel)
    token = token_of(headers) or given.strip("/")
    expected = gateways.token_of(declaration) if declaration else ""
    if declaration is None or not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        raise WrongToken
    body = await body_of(headers, receive)
    try:
        data = formats.parsed(body, declaration.kind)
    except ValueError:
        raise BadReply(where="body", why=f"is not {declaration.kind}") from None
    if isinstance(declaration, gateways.Report):
        await sync_to_async(_fresh)(_report, declaration, data)
    else:
        await sync_to_async(_fresh)(_reply, declaration, channel, data)
    return {"taken": True}


def _declaration(kind: str, channel: str) -> gateways.Coming | gateways.Report | None:
    gateway = gateways.declared().get(channel)
    if gateway is None:
        return None
    return {"reply": gateway.reply, "report": gateway.report}.get(kind)


def _fresh(work: Callable[..., None], *values: Any) -> None:
    """Outside Django's request cycle nobody else renews connections."""
    if not connection.in_atomic_block:
        close_old_connections()
    work(*values)


def _reply(declaration: gateways.Coming, channel: str, data: object) -> None:
    number = formats.at_path(data, declaration.sender)
    text = formats.at_path(data, declaration.text)[:LONGEST]
    if not number:
        raise BadReply(where=declaration.sender, why="holds no number")
    actions.by_reply(number=number, text=text, how=channel)


def _report(declaration: gateways.Report, data: object) -> None:
    key, state = formats.at_path(data, declaration.id), formats.at_path(data, declaration.state)
    if not key:
        raise BadReply(where=declaration.id, why="holds no identifier")
    if state in declaration.delivered or state in declaration.failed:
        actions.report(key=key[:120], delivered=state in declaration.delivered)
