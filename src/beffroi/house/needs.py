"""What a centre needs before anything of it starts: PostgreSQL, and (asked by the spool) NATS JetStream.

Each fault is told in words that say what to do; a process that is started by systemd or a container tells
them in its log, ends, and is started again.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import psycopg

from beffroi.foundation import settings as configuration
from beffroi.foundation.errors import BeffroiError

_OLDEST = 14


class PostgresAway(BeffroiError):
    """Nobody answers."""

    code = "house.postgres_away"
    message = "PostgreSQL does not answer at {where}: {why}"
    advice = "Start it (systemctl status postgresql says how it fares), or correct `database_url`."


class PostgresRefuses(BeffroiError):
    """The user or the password is wrong."""

    code = "house.postgres_refuses"
    message = "PostgreSQL at {where} refuses the user {user}: {why}"
    advice = "Correct user and password in `database_url`; pg_hba.conf says who may connect from where."


class NoDatabase(BeffroiError):
    """There is no such database."""

    code = "house.no_database"
    message = "PostgreSQL at {where} has no database {name}."
    advice = "Make it: createdb --owner USER --encoding UTF8 --template template0 NAME"


class OldPostgres(BeffroiError):
    """The server is too old."""

    code = "house.old_postgres"
    message = "PostgreSQL at {where} is version {version}; {oldest} is the oldest that can be used."
    advice = "Upgrade the server."


class PostgresStandby(BeffroiError):
    """The server follows another one."""

    code = "house.postgres_standby"
    message = "PostgreSQL at {where} is a standby and takes no writes."
    advice = "Name the primary in `database_url`."


class PostgresEncoding(BeffroiError):
    """The database cannot hold every name."""

    code = "house.postgres_encoding"
    message = "The database at {where} is encoded as {encoding}, not as UTF8."
    advice = "Make it anew: createdb --encoding UTF8 --template template0 NAME"


class PostgresRights(BeffroiError):
    """The user may not make tables."""

    code = "house.postgres_rights"
    message = "The user {user} may not make tables in the database at {where}."
    advice = "Make it the database's owner: ALTER DATABASE NAME OWNER TO USER"


def examine(settings: configuration.Settings) -> None:
    """A village needs nothing. Raises PostgresAway, PostgresRefuses, NoDatabase, or what makes it unfit."""
    if settings.profile == "centre":
        with connected(settings) as connection:
            fit(connection, settings)


def place(settings: configuration.Settings) -> str:
    """Where the database is, as may be shown: without user and password."""
    url = urlsplit(settings.database_url)
    return f"{url.hostname or 'this machine'}:{url.port or 5432}"


def connected(settings: configuration.Settings) -> psycopg.Connection:
    """A connection to the database. Raises PostgresAway, PostgresRefuses, NoDatabase."""
    url = urlsplit(settings.database_url)
    user, name = unquote(url.username or ""), url.path.lstrip("/")
    try:
        return psycopg.connect(settings.database_url, connect_timeout=3, autocommit=True)
    except psycopg.OperationalError as error:
        why = str(error).strip().splitlines()[-1]
        told = why.lower()
        # libpq gives no code for what happens before a session; a server of another language says it in full.
        if "password" in told or "mot de passe" in told or "pg_hba" in told or "authenti" in told:
            raise PostgresRefuses(where=place(settings), user=user, why=why) from error
        if "does not exist" in told and f'database "{name}"'.lower() in told:
            raise NoDatabase(where=place(settings), name=name) from error
        if "role" in told or "rôle" in told:
            raise PostgresRefuses(where=place(settings), user=user, why=why) from error
        raise PostgresAway(where=place(settings), why=why) from error


def fit(connection: psycopg.Connection, settings: configuration.Settings) -> None:
    """Raises OldPostgres, PostgresStandby, PostgresEncoding or PostgresRights."""
    where, user = place(settings), connection.info.user
    version = connection.info.server_version // 10_000
    if version < _OLDEST:
        raise OldPostgres(where=where, version=version, oldest=_OLDEST)
    found = connection.execute(
        "SELECT pg_is_in_recovery(), pg_encoding_to_char(encoding),"
        " coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
        " FROM pg_database WHERE datname = current_database()"
    ).fetchone()
    standby, encoding, may_create = found or (False, "", False)
    if standby:
        raise PostgresStandby(where=where)
    if encoding != "UTF8":
        raise PostgresEncoding(where=where, encoding=encoding)
    if not may_create:
        raise PostgresRights(where=where, user=user)
