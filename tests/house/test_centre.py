"""A centre's start: what is missing is said in one sentence with what to do, before anything runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.centre import free_port, nats, postgres
from tools.postgres import Postgres

from beffroi.foundation.settings import Settings
from beffroi.house import needs

pytestmark = pytest.mark.service


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """A PostgreSQL that asks for passwords of everybody but its superuser."""
    with postgres(flushing=False) as made:
        with psycopg.connect(made.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE town LOGIN PASSWORD 'right'")
            connection.execute(
                "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
            )
            connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        made.let_in("host all beffroi 127.0.0.1/32 trust", "host all town 127.0.0.1/32 scram-sha-256")
        yield made


def centre_at(url: str) -> Settings:
    return Settings(profile="centre", database_url=url)


def test_what_can_be_used_is_not_complained_of(database: Postgres) -> None:
    needs.examine(centre_at(database.url))
    needs.examine(Settings())


def test_no_postgres() -> None:
    with pytest.raises(needs.PostgresAway, match=r"does not answer at 127\.0\.0\.1"):
        needs.examine(centre_at(f"postgresql://town:hidden@127.0.0.1:{free_port()}/beffroi"))


def test_a_wrong_password_is_said_and_not_shown(database: Postgres) -> None:
    url = database.url.replace("beffroi@", "town:wrong@")
    with pytest.raises(needs.PostgresRefuses, match="refuses the user town") as told:
        needs.examine(centre_at(url))
    assert "wrong" not in str(told.value)


def test_no_such_database(database: Postgres) -> None:
    with pytest.raises(needs.NoDatabase, match="has no database elsewhere"):
        needs.examine(centre_at(database.url.replace("/postgres", "/elsewhere")))


def test_an_encoding_that_cannot_hold_every_name(database: Postgres) -> None:
    with pytest.raises(needs.PostgresEncoding, match="LATIN1"):
        needs.examine(centre_at(database.url.replace("/postgres", "/latin")))


def test_a_user_who_may_not_make_tables(database: Postgres) -> None:
    with pytest.raises(needs.PostgresRights, match="town"):
        needs.examine(centre_at(database.url.replace("beffroi@", "town:right@")))


def up(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """`beffroi up …` to its end."""
    environment = {
        **os.environ,
        "BEFFROI_CONFIG": os.devnull,
        **{f"BEFFROI_{k}": v for k, v in settings.items()},
    }
    line = [sys.executable, "-m", "beffroi", "up", *words]
    return subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_a_village_is_started_whole(tmp_path: Path) -> None:
    done = up("--only", "intake", PROFILE="village", DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "profile `centre`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_process_without_its_servers_says_so_and_ends(tmp_path: Path, database: Postgres) -> None:
    url = database.url.replace("beffroi@", "town:wrong@")
    done = up("--only", "engine", PROFILE="centre", DATABASE_URL=url, DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "PostgreSQL at" in done.stderr and "refuses the user town" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_sources_are_told_of_is_not_changed(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        own = {"PROFILE": "centre", "DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "DATA_DIR": str(tmp_path)}
        done = up("--only", "intake", INTAKE_PORT=str(port), **own)
    assert done.returncode == 1
    assert f"Port {port}" in done.stderr and "intake_port" in done.stderr


def test_doctor_says_what_a_centre_lacks(tmp_path: Path, database: Postgres) -> None:
    """PostgreSQL without flushing, NATS with fewer copies than asked for, nothing that runs."""
    with nats(tmp_path / "nats") as servers:
        environment = {
            **os.environ,
            "BEFFROI_CONFIG": os.devnull,
            "BEFFROI_PROFILE": "centre",
            "BEFFROI_LANGUAGE": "en",
            "BEFFROI_DATABASE_URL": database.url,
            "BEFFROI_NATS_URL": servers.url,
            "BEFFROI_DATA_DIR": str(tmp_path / "data"),
            "DJANGO_SETTINGS_MODULE": "beffroi.house.django_settings",
        }
        subprocess.run(
            [sys.executable, "-m", "beffroi.house.prepare"], env=environment, check=True, timeout=120
        )
        line = [sys.executable, "-m", "beffroi", "doctor"]
        done = subprocess.run(
            line,
            env={**environment, "BEFFROI_NATS_REPLICAS": "3"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1, done.stderr
    assert "what is not on disk yet" in done.stdout
    assert "1 copy of each observation" in done.stdout
    assert "`nats_replicas` asks for more" in done.stdout
    assert "not running: web, intake, engine" in done.stdout
