"""`beffroi oncall`: who is on call, and whether they can be reached."""

from __future__ import annotations

import json
import time as sleeping
from datetime import date, datetime, time, timedelta

import click
from django.utils import timezone

from beffroi.during.oncall import actions, courier, models, queries
from beffroi.during.oncall.errors import BadLine
from beffroi.during.oncall.rules import rota, sending
from beffroi.foundation import clock
from beffroi.people.models import Member
from beffroi.people.queries import member_by_email
from beffroi.territory import queries as territories

_WAIT_S = 60.0


@click.group()
def oncall() -> None:
    """Who is woken when nobody is at the desk.

    Example: beffroi oncall add --territory saint-jean-la-poterie --email maire@mairie.example --days 0-7
    --from 18:00 --to 08:00
    """


@oncall.command()
@click.option("--territory", "keys", multiple=True, help="Only these territories.")
@click.option("--days", default=28, show_default=True, help="How far ahead gaps are looked for (days).")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def show(keys: tuple[str, ...], days: int, as_json: bool) -> None:
    """Who is on call now, by rank, and when nobody will be.

    Example: beffroi oncall show --territory saint-jean-la-poterie
    """
    told = [_told(key, days) for key in keys or queries.territories_kept()]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for each in told:
        click.echo(f"{each['territory']}: {'nobody is on call' if not each['now'] else ''}".rstrip())
        for rank in each["now"]:
            click.echo(f"  {rank['rank']}. {', '.join(rank['members'])}")
        for gap in each["gaps"]:
            click.echo(f"  nobody from {gap['from']} to {gap['to']}")
    if not told:
        click.echo("No territory keeps a rota: beffroi oncall add --help")


def _told(key: str, days: int) -> dict[str, list[dict[str, object]] | str]:
    territories.territory(key)
    now, kept = clock.now(), queries.rota_of(key)
    on_call = rota.on_call(kept, now)
    names = Member.objects.in_bulk({each for ids in on_call.values() for each in ids})
    gaps = rota.gaps(kept, now, now + timedelta(days=days)) if kept.kept else []
    return {
        "territory": key,
        "now": [
            {"rank": rank, "members": [names[each].display_name for each in ids]}
            for rank, ids in sorted(on_call.items())
        ],
        "gaps": [{"from": _local(starts), "to": _local(ends)} for starts, ends in gaps],
    }


def _local(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="minutes")


def _days(given: str) -> list[int]:
    """`0-4,6,7` as numbers."""
    found: list[int] = []
    for part in given.split(","):
        first, _, last = part.strip().partition("-")
        if not first.isdecimal() or (last and not last.isdecimal()):
            raise BadLine(where="days", why=f"{part!r} is not a day (0 to 7) nor a range of days")
        found += range(int(first), int(last or first) + 1)
    return found


@oncall.command()
@click.option("--territory", required=True, help="Whose rota.")
@click.option("--email", required=True, help="The member, by the address that they sign in with.")
@click.option("--rank", default=1, show_default=True, help="1 is called first.")
@click.option("--days", default="0-7", show_default=True, help="0 Monday to 6 Sunday, 7 public holidays.")
@click.option("--from", "begins", default="18:00", show_default=True, help="When it begins (hour:minute).")
@click.option("--to", "ends", default="08:00", show_default=True, help="When it ends; earlier: the next day.")
@click.option("--first", default="", help="First day (YYYY-MM-DD); empty: today.")
@click.option("--last", default="", help="Last day; empty: no end.")
@click.option("--mobile", default="", help="Their mobile number, kept at the same time.")
def add(
    *,
    territory: str,
    email: str,
    rank: int,
    days: str,
    begins: str,
    ends: str,
    first: str,
    last: str,
    mobile: str,
) -> None:
    """Add a line to the weekly rota.

    Example: beffroi oncall add --territory saint-jean-la-poterie --email maire@mairie.example --rank 1
    --days 0-7 --from 18:00 --to 08:00 --mobile 0612345678
    """
    member = member_by_email(email)
    try:
        hours = time.fromisoformat(begins), time.fromisoformat(ends)
        opening = date.fromisoformat(first) if first else timezone.localdate()
        closing = date.fromisoformat(last) if last else None
    except ValueError as error:
        raise BadLine(where="dates", why=str(error)) from None
    actions.add_line(
        territory=territory,
        member=member,
        rank=rank,
        days=_days(days),
        begins=hours[0],
        ends=hours[1],
        first=opening,
        last=closing,
        actor="system",
    )
    if mobile:
        kept = queries.contact(member)
        chosen = list(dict.fromkeys(["sms", "voice", *kept.channels]))
        actions.set_contact(
            member=member, mobile=mobile, email=kept.own_email, channels=chosen, actor="system"
        )
    click.echo(f"{member.display_name} is on the rota of {territory}, rank {rank}.")


@oncall.command("test")
@click.option("--territory", required=True, help="Its name is said in the message.")
@click.option("--email", required=True, help="The member, by the address that they sign in with.")
@click.option("--channel", default="sms", show_default=True, help="sms, voice or email.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def try_it(territory: str, email: str, channel: str, as_json: bool) -> None:
    """Send a message that only tries whether it arrives, and say what became of it.

    Example: beffroi oncall test --territory saint-jean-la-poterie --email maire@mairie.example --channel sms
    """
    key = actions.try_channel(member=member_by_email(email), territory=territory, channel=channel)
    until = sleeping.monotonic() + _WAIT_S
    row = models.Message.objects.get(pk=key)
    while row.state in (sending.QUEUED, sending.SENDING) and sleeping.monotonic() < until:
        for letter in courier.claim(clock.now()):
            courier.carry(letter)
        sleeping.sleep(0.2)
        row.refresh_from_db()
    if as_json:
        told = {"state": row.state, "fault": row.fault, "attempts": row.attempts}
        click.echo(json.dumps({**told, "gateway_id": row.gateway_id}))
    else:
        click.echo(f"{channel}: {row.state}{f' ({row.fault})' if row.fault else ''}, tries: {row.attempts}")
    if row.state != sending.SENT:
        raise SystemExit(1)
