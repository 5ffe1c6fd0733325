"""The centre's spool: one NATS JetStream stream, a subject a territory and message.

Each message has a subject of its own, `STREAM.<territory>.<digest of source and key>`, and is published on
the condition that this subject never held anything (`Nats-Expected-Last-Subject-Sequence: 0`). The server
itself thus refuses a twin, exactly and for as long as the first is kept, where the usual `Nats-Msg-Id`
forgets after a window of time. A position is the message's number in the stream. The price is memory in the
servers for one subject a message (see docs/design/intake.md).

A group is one atomic batch (nats-server 2.12 and later): one flush, all or nothing. A batch that holds a twin
is refused as a whole, and its messages are then published one by one.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64decode
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec
import nats.errors
from nats.aio.msg import Msg
from nats.js.errors import APIError

from beffroi.during.intake.facts import Observation, Receipt
from beffroi.during.intake.jetstream import Line, make_stream, try_s
from beffroi.during.intake.spool import Encoded, SpoolUnavailable, decode, encode
from beffroi.foundation.identifiers import instant_of

T = TypeVar("T")
STREAM = "BEFFROI"
#: The most that nats-server takes as one; each is flushed once, and the flush is what limits.
_BATCH = 1_000
_WRONG_LAST_SEQUENCE = 10071
_TWINS_IN_BATCH = (10071, 10164)
_NO_MESSAGE = 10037
_NOT_THERE = 10057
_NO_SUCH_SEQUENCE = 10043
#: 204: the end of what was asked for; 404: there is nothing from there on.
_THAT_WAS_ALL = ("204", "404")
_TWIN = re.compile(r"wrong last sequence: (\d+)")
_SAFE = re.compile(r"[A-Za-z0-9_-]+")


class _Told(msgspec.Struct, frozen=True):
    """What the server answers to a publication."""

    seq: int = 0
    batch: str = ""
    count: int = 0
    error: dict[str, Any] | None = None


_told = msgspec.json.Decoder(_Told)


class JetStreamSpool:
    """A spool in a NATS cluster; see `Spool` for the calls.

    `patience_s`: how long a call goes on where a server has just gone; JetStream chooses another leader in
    4 to 9 s, a time that it does not let one set.
    """

    def __init__(
        self,
        url: str,
        *,
        stream: str = STREAM,
        replicas: int = 1,
        first: int = 1,
        patience_s: float = 15.0,
    ) -> None:
        """Connect, and make the stream where it is not there: its first position is then `first`.

        Raises NatsAway, NatsRefuses, JetStreamOff, TooFewServers or SpoolUnavailable.
        """
        self._stream = stream
        self._patience_s = patience_s
        self._known = 0
        self._line = Line(url)
        try:
            self._line.connect()
            config = make_stream(self._line, stream, replicas=replicas, first=first, patience_s=patience_s)
        except SpoolUnavailable:
            self.close()
            raise
        # A server that does not know of atomic batches leaves the word out.
        self._atomic = bool(config.get("allow_atomic"))

    def _run(self, work: Callable[[], Coroutine[Any, Any, T]], patience_s: float | None = None) -> T:
        return self._line.run(work, self._patience_s if patience_s is None else patience_s)

    def _subject(self, observation: Observation) -> str:
        """Names of any shape become words that a subject may hold, always the same for the same names."""
        territory = observation.territory
        if not _SAFE.fullmatch(territory):
            territory = "~" + hashlib.sha256(territory.encode()).hexdigest()[:32]
        named = hashlib.sha256()
        for part in (observation.source.encode(), observation.key.encode()):
            named.update(len(part).to_bytes(4) + part)
        return f"{self._stream}.{territory}.{named.hexdigest()[:32]}"

    def append_encoded(self, batch: Sequence[Encoded]) -> list[Receipt]:
        """Publish in atomic batches of 1,000 and wait for the last answer.

        Where one fails, SpoolUnavailable is raised though former ones may be kept: sent again, those are
        duplicates, so nothing is counted twice.
        """
        return self.append_within(batch, self._patience_s)

    def append_within(self, batch: Sequence[Encoded], patience_s: float) -> list[Receipt]:
        """`append_encoded` with a patience (s) of its own. What was published twice is there once."""
        if not batch:
            return []
        tries = 0

        async def once() -> list[Receipt]:
            nonlocal tries
            tries += 1
            found = await self._append(batch)
            return found if tries == 1 else await self._without_own(batch, found)

        receipts = self._run(once, patience_s)
        self._known = max(self._known, *(each.position for each in receipts))
        return receipts

    async def _append(self, batch: Sequence[Encoded]) -> list[Receipt]:
        subjects = [self._subject(each.observation) for each in batch]
        named = {
            subject: each.content for subject, each in zip(reversed(subjects), reversed(batch), strict=True)
        }
        fresh = list(named.items())[::-1]
        given: dict[str, Receipt] = {}
        for start in range(0, len(fresh), _BATCH):
            part = fresh[start : start + _BATCH]
            positions = await self._together(part) if self._atomic and len(part) > 1 else None
            if positions is None:
                receipts = await asyncio.gather(*(self._publish(*each) for each in part))
            else:
                receipts = [Receipt(position, False) for position in positions]
            given.update(zip((subject for subject, _ in part), receipts, strict=True))
        return [self._first(subject, given) for subject in subjects]

    async def _without_own(self, batch: Sequence[Encoded], receipts: Sequence[Receipt]) -> list[Receipt]:
        """The receipts, where what a former try of this very call published is no twin."""

        async def judged(content: bytes, receipt: Receipt) -> Receipt:
            if not receipt.duplicate:
                return receipt
            told = await self._line.ask(f"STREAM.MSG.GET.{self._stream}", {"seq": receipt.position})
            return Receipt(receipt.position, b64decode(told["message"]["data"]) != content)

        pairs = zip(batch, receipts, strict=True)
        return list(await asyncio.gather(*(judged(each.content, receipt) for each, receipt in pairs)))

    @staticmethod
    def _first(subject: str, given: dict[str, Receipt]) -> Receipt:
        """The receipt of `subject`; from its second asking on, a duplicate's."""
        receipt = given[subject]
        given[subject] = Receipt(receipt.position, True)
        return receipt

    async def _together(self, part: Sequence[tuple[str, bytes]]) -> range | None:
        """Publish distinct subjects as one atomic batch: their positions, or None where one is a twin."""
        headers = {"Nats-Expected-Last-Subject-Sequence": "0", "Nats-Batch-Id": uuid4().hex}
        for number, (subject, content) in enumerate(part[:-1], start=1):
            await self._line.client.publish(
                subject, content, headers={**headers, "Nats-Batch-Sequence": str(number)}
            )
        last = {**headers, "Nats-Batch-Sequence": str(len(part)), "Nats-Batch-Commit": "1"}
        answer = await self._line.client.request(*part[-1], timeout=try_s(), headers=last)
        told = _told.decode(answer.data)
        if told.error is not None:
            if told.error.get("err_code") in _TWINS_IN_BATCH:
                return None
            raise APIError.from_error(told.error)
        if told.count != len(part):
            raise SpoolUnavailable(why=f"{told.count} of {len(part)} observations were answered for")
        return range(told.seq - told.count + 1, told.seq + 1)

    async def _publish(self, subject: str, content: bytes) -> Receipt:
        headers = {"Nats-Expected-Last-Subject-Sequence": "0"}
        answer = await self._line.client.request(subject, content, timeout=try_s(), headers=headers)
        told = _told.decode(answer.data)
        if told.error is None:
            return Receipt(told.seq, False)
        twin = _TWIN.search(str(told.error.get("description", "")))
        if told.error.get("err_code") == _WRONG_LAST_SEQUENCE and twin:
            return Receipt(int(twin[1]), True)
        raise APIError.from_error(told.error)

    def append_many(self, batch: Sequence[Observation]) -> list[Receipt]:
        """Encode, then `append_encoded`."""
        return self.append_encoded([encode(each) for each in batch])

    def read(self, after: int, limit: int) -> list[tuple[int, Observation]]:
        """Up to `limit` observations behind `after`."""
        return [(position, decode(content)) for position, content in self.stored(after, limit)]

    def stored(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """The same, as their bytes, in one request to the nearest replica.

        A replica that lags is never taken for the end: what this process knows of is waited for.
        """
        found = self._run(lambda: self._all_known(after, limit))
        if found:
            self._known = max(self._known, found[-1][0])
        return found

    async def _all_known(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        found = await self._messages({"seq": after + 1}, limit)
        last = found[-1][0] if found else after
        if len(found) < limit and last < self._known and await self._is_more(last):
            raise TimeoutError(f"the replica asked lags behind {self._known}")
        return found

    async def _is_more(self, after: int) -> bool:
        """Whether the leader holds anything behind `after`."""
        where = {"seq": after + 1, "next_by_subj": f"{self._stream}.>"}
        try:
            await self._line.ask(f"STREAM.MSG.GET.{self._stream}", where)
        except APIError as error:
            if error.err_code == _NO_MESSAGE:
                return False
            raise
        return True

    async def _messages(self, where: dict[str, Any], limit: int) -> list[tuple[int, bytes]]:
        """Positions and contents of the messages from `where` on (Direct Get, in batches)."""
        if limit <= 0:
            return []
        inbox = self._line.client.new_inbox()
        answers: asyncio.Queue[Msg] = asyncio.Queue()
        subscription = await self._line.client.subscribe(inbox, cb=answers.put)
        try:
            request = {**where, "batch": limit, "next_by_subj": f"{self._stream}.>"}
            await self._line.client.publish(
                f"$JS.API.DIRECT.GET.{self._stream}", msgspec.json.encode(request), reply=inbox
            )
            found: list[tuple[int, bytes]] = []
            while True:
                answer = await asyncio.wait_for(answers.get(), try_s())
                headers = answer.headers or {}
                if "Nats-Sequence" not in headers:
                    if headers.get("Status") in _THAT_WAS_ALL:
                        return found
                    # 503: no replica hears us. That is not the end of the stream.
                    raise nats.errors.NoRespondersError
                found.append((int(headers["Nats-Sequence"]), answer.data))
                if len(found) == limit:
                    return found
        finally:
            await subscription.unsubscribe()

    def head(self) -> int:
        """The last position given, also when its message was erased since."""
        told = self._run(lambda: self._line.ask(f"STREAM.INFO.{self._stream}"))
        self._known = max(self._known, int(told["state"]["last_seq"]))
        return int(told["state"]["last_seq"])

    def get(self, identifier: UUID) -> tuple[int, Observation] | None:
        """Looked for from the moment that the identifier carries, then from the start: there is no index."""
        since = None
        if identifier.version == 7:
            since = (instant_of(identifier) - timedelta(seconds=5)).astimezone(UTC)
            found = self._find(identifier, {"start_time": since.isoformat()}, limit=20_000)
            if found is not None:
                return found
        return self._find(identifier, {"seq": 1}, limit=None)

    def _find(
        self, identifier: UUID, where: dict[str, Any], *, limit: int | None
    ) -> tuple[int, Observation] | None:
        looked = 0
        while limit is None or looked < limit:
            part = self._run(partial(self._messages, where, 1_000))
            for position, content in part:
                # The identifier's text is looked for first: it is much quicker than reading each message.
                if str(identifier).encode() in content and decode(content).id == identifier:
                    return position, decode(content)
            if len(part) < 1_000:
                return None
            looked += len(part)
            where = {"seq": part[-1][0] + 1}
        return None

    def erase(self, positions: Sequence[int]) -> None:
        """Erase these: in one call where they are all that the stream begins with."""
        chosen = sorted(positions)
        begins = [position for position, _ in self.read(0, len(chosen))]
        self._run(partial(self._erase, chosen, whole=begins == chosen))

    async def _erase(self, positions: Sequence[int], *, whole: bool) -> None:
        """Erase messages; `whole`: nothing older stays, so all up to the last may go at once."""
        if whole and positions:
            await self._line.ask(f"STREAM.PURGE.{self._stream}", {"seq": positions[-1] + 1})
            return
        for start in range(0, len(positions), 100):
            await asyncio.gather(*(self._erase_one(each) for each in positions[start : start + 100]))

    async def _erase_one(self, position: int) -> None:
        try:
            await self._line.ask(f"STREAM.MSG.DELETE.{self._stream}", {"seq": position})
        except APIError as error:
            if error.err_code not in (_NO_MESSAGE, _NOT_THERE, _NO_SUCH_SEQUENCE):
                raise  # else it went in a try that was cut

    def close(self) -> None:
        """Close the connection and end the thread."""
        self._line.close()
