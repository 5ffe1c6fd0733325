"""`POST /api/v1/in/NAME`: what other programs post in formats of their own, read by the connector NAME.

The source's token says who speaks; its connector must be the one of the address. The answer leaves after
the commit: 202 when something new was kept, 200 when all was known or there was nothing to keep, 207 when
a part could not be read, 422 when nothing could, 503 when it must be sent again. Where a patrol unit is is
answered at once: the latest only is kept, and no disk holds it yet. A connector may have answers, errors and
a place for the token of its own; the token is never read from an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from beffroi.api.requests import (
    Receive,
    Scope,
    Send,
    TooLarge,
    WrongMethod,
    body_of,
    reply,
    reply_with,
    result_of,
    speaker_by,
    status_of,
    token_of,
)
from beffroi.during.intake import reception
from beffroi.during.intake.connectors import (
    AnsweringConnector,
    AskedConnector,
    Connector,
    KeyedConnector,
    RefusingConnector,
    WebAnswer,
    WebConnector,
    WebMessage,
    is_insistent,
    registry,
)
from beffroi.during.intake.facts import Receipt
from beffroi.during.intake.reception import Reception
from beffroi.during.intake.rules import Draft, Fix, PassedOver, Speaker, Unreadable
from beffroi.foundation import clock
from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError, NotFound, Refused
from beffroi.people.marks import by_token

PREFIX = "/api/v1/in/"
_PARAMETERS_MOST = 50
#: What is read of a request before it is known who sends it.
_UNKNOWN_MAX_BODY = 65_536


class OtherConnector(Refused):
    """A source that speaks another language than this address reads."""

    code = "intake.other_connector"
    message = "This source was declared for {own}, not for {asked}."
    advice = "Post to /api/v1/in/{own}, or declare another source."

    def as_dict(self) -> dict[str, object]:
        """The root's answer; the advice names the address."""
        return {**super().as_dict(), "advice": self.advice.format(**self.fields)}


@by_token
async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Take one posted message."""
    desk = reception.of_this_loop()
    name, _, path = scope["path"].removeprefix(PREFIX).partition("/")
    connector = registry().get(name)
    answer: object
    try:
        status, answer = await _answer(desk, scope, receive, name, connector)
    except BeffroiError as error:
        if isinstance(connector, RefusingConnector):
            answer = connector.refuse_web(path, error)
            status = answer.status
        else:
            status, answer = error.status, {"error": error.as_dict()}
    if isinstance(answer, WebAnswer):
        await reply_with(send, status, answer.content_type, answer.body)
    else:
        await reply(send, status, answer)


async def _answer(
    desk: Reception, scope: Scope, receive: Receive, name: str, connector: Connector | None
) -> tuple[int, object]:
    asks = scope["method"] == "GET" and isinstance(connector, AskedConnector)
    if scope["method"] != "POST" and not asks:
        raise WrongMethod(method=scope["method"])
    headers = dict(scope["headers"])
    token, body = token_of(headers), None
    if not token and not asks and isinstance(connector, KeyedConnector):
        body = await body_of(headers, receive, most=_UNKNOWN_MAX_BODY)
        token = connector.token_in(_message(scope, headers, body))
    speaker = await speaker_by(desk, token)
    if not isinstance(connector, WebConnector):
        raise NotFound(what=f"connector {name[:40]} over HTTP")
    if speaker.connector != name:
        raise OtherConnector(action="observe", reason="", own=speaker.connector, asked=name)
    if asks and isinstance(connector, AskedConnector):
        answer = connector.ask_web(speaker, _path(scope))
        return answer.status, answer
    if body is None:
        body = await body_of(headers, receive)
    return await _take(desk, connector, speaker, _message(scope, headers, body))


def _message(scope: Scope, headers: dict[bytes, bytes], body: bytes) -> WebMessage:
    return WebMessage(
        content_type=headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower(),
        body=body,
        path=_path(scope),
        query=_query(scope),
    )


def _path(scope: Scope) -> str:
    path: str = scope["path"].removeprefix(PREFIX).partition("/")[2]
    return path


def _query(scope: Scope) -> dict[str, str]:
    try:
        pairs = parse_qsl(scope.get("query_string", b"").decode("latin-1"), max_num_fields=_PARAMETERS_MOST)
    except ValueError:
        raise TooLarge(most=_PARAMETERS_MOST, unit="parameters") from None
    return dict(reversed(pairs))


async def _take(
    desk: Reception, connector: WebConnector, speaker: Speaker, message: WebMessage
) -> tuple[int, object]:
    desk.tally.heard(speaker)
    try:
        read = connector.read_web(speaker, message, clock.now())
    except Unreadable as error:
        desk.tally.unread(connector.name, error, message.body, speaker=speaker)
        raise
    most = configuration.current().intake_batch_max
    ours = [each for each in read if not isinstance(each, PassedOver)]
    if len(ours) > most:
        raise TooLarge(most=most, unit="observations")
    found = [desk.place(speaker, each) if isinstance(each, Fix) else each for each in ours]
    unread = [each for each in found if isinstance(each, Unreadable)]
    for each in unread:
        desk.tally.unread(connector.name, each, message.body, speaker=speaker)
    passed = [each for each in read if isinstance(each, PassedOver)]
    desk.tally.passed_over(speaker, sum(each.count for each in passed))
    drafts = [each for each in found if isinstance(each, Draft)]
    receipts = await desk.take(speaker, drafts)
    if isinstance(connector, AnsweringConnector) and (not unread or is_insistent(connector)):
        answer = connector.answer_web(speaker, message, list(zip(drafts, receipts, strict=True)))
        return answer.status, answer
    return _told(found, receipts, unread, passed)


def _told(
    found: Sequence[Draft | Fix | Unreadable],
    receipts: Sequence[Receipt],
    unread: Sequence[Unreadable],
    passed: Sequence[PassedOver],
) -> tuple[int, object]:
    coming = iter(receipts)
    results = [
        {"index": index, "kept": "latest"}
        if isinstance(each, Fix)
        else result_of(index, next(coming) if isinstance(each, Draft) else each)
        for index, each in enumerate(found)
    ]
    answer: dict[str, object] = {"results": results}
    if passed:
        answer["passed_over"] = {each.what: each.count for each in passed}
    return (status_of(results, unread) if results else 200), answer
