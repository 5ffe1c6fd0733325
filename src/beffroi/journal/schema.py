"""The SQL that Django cannot write: generated columns, checks, and triggers that keep the past as it is.

Of an entry only the body may go, for its hash, and never that of the journal's own facts. PostgreSQL
compares the hash; SQLite cannot, `verify` does. The triggers stop mistakes and casual hands; whoever owns the
database can drop them, and then `verify` and the witnesses tell.
"""

from __future__ import annotations

from typing import Any

_COLUMNS = """
CREATE TABLE journal_entry (
    position bigint NOT NULL PRIMARY KEY,
    journal varchar(200) NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    header text NOT NULL CHECK (journal = {text_journal}),
    body text,
    body_sha256 varchar(64) CHECK ((body IS NULL) = (body_sha256 IS NOT NULL)),
    leaf {blob} NOT NULL CHECK (length(leaf) = 32),
    fact text GENERATED ALWAYS AS ({text_fact}) {kind},
    version integer GENERATED ALWAYS AS ({text_version}) {kind},
    subject text GENERATED ALWAYS AS ({text_subject}) {kind},
    actor text GENERATED ALWAYS AS ({text_actor}) {kind},
    time text GENERATED ALWAYS AS ({text_time}) {kind},
    CONSTRAINT journal_entry_number UNIQUE (journal, number)
)"""
_INDEXES = (
    "CREATE INDEX journal_entry_subject ON journal_entry (subject, position)",
    "CREATE INDEX journal_entry_fact ON journal_entry (fact, position)",
)
_READ = ("journal", "fact", "version", "subject", "actor", "time")

PROVEN = ("journal_tile", "journal_checkpoint")

_SQLITE_TRIGGERS = {
    "journal_entry_next": """BEFORE INSERT ON journal_entry
        WHEN NEW.number <> 1 + coalesce(
            (SELECT max(number) FROM journal_entry WHERE journal = NEW.journal), 0)
        BEGIN SELECT raise(ABORT, 'journal: entries are numbered without gaps'); END""",
    "journal_entry_kept": """BEFORE UPDATE ON journal_entry
        WHEN NOT (OLD.body IS NOT NULL AND NEW.body IS NULL AND NEW.position = OLD.position
            AND NEW.journal = OLD.journal AND NEW.number = OLD.number AND NEW.header = OLD.header
            AND NEW.leaf = OLD.leaf AND length(NEW.body_sha256) = 64 AND OLD.fact NOT LIKE 'journal.%')
        BEGIN SELECT raise(ABORT, 'journal: what is proven does not change'); END""",
    "journal_entry_stays": """BEFORE DELETE ON journal_entry
        BEGIN SELECT raise(ABORT, 'journal: what is proven does not go'); END""",
    "journal_head_grows": """BEFORE UPDATE ON journal_journal
        WHEN NEW.size < OLD.size OR NEW.epoch < OLD.epoch OR NEW.key <> OLD.key
            OR NEW.installation <> OLD.installation
        BEGIN SELECT raise(ABORT, 'journal: a head only grows'); END""",
    "journal_head_stays": """BEFORE DELETE ON journal_journal
        BEGIN SELECT raise(ABORT, 'journal: a journal does not go'); END""",
} | {
    f"{table}_{verb.lower()}": f"""BEFORE {verb} ON {table}
        BEGIN SELECT raise(ABORT, 'journal: what is proven does not change'); END"""
    for table in PROVEN
    for verb in ("UPDATE", "DELETE")
}

_POSTGRES_FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'journal: what is proven does not change'; END $$""",
    """CREATE OR REPLACE FUNCTION journal_next() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.number <> 1 + coalesce(
            (SELECT max(number) FROM journal_entry WHERE journal = NEW.journal), 0) THEN
            RAISE EXCEPTION 'journal: entries are numbered without gaps';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE OR REPLACE FUNCTION journal_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.body IS NOT NULL AND NEW.body IS NULL AND NEW.position = OLD.position
            AND NEW.journal = OLD.journal AND NEW.number = OLD.number AND NEW.header = OLD.header
            AND NEW.leaf = OLD.leaf AND OLD.fact NOT LIKE 'journal.%'
            AND NEW.body_sha256 = encode(sha256(convert_to(OLD.body, 'UTF8')), 'hex')
            THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'journal: what is proven does not change';
    END $$""",
    """CREATE OR REPLACE FUNCTION journal_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.size < OLD.size OR NEW.epoch < OLD.epoch OR NEW.key <> OLD.key
            OR NEW.installation <> OLD.installation THEN
            RAISE EXCEPTION 'journal: a head only grows';
        END IF;
        RETURN NEW;
    END $$""",
)
_POSTGRES_TRIGGERS = {
    "journal_entry_next": "BEFORE INSERT ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_next()",
    "journal_entry_kept": "BEFORE UPDATE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_kept()",
    "journal_entry_stays": "BEFORE DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "journal_entry_whole": "BEFORE TRUNCATE ON journal_entry EXECUTE FUNCTION journal_refuse()",
    "journal_head_grows": "BEFORE UPDATE ON journal_journal FOR EACH ROW EXECUTE FUNCTION journal_grows()",
    "journal_head_stays": "BEFORE DELETE ON journal_journal FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "journal_head_whole": "BEFORE TRUNCATE ON journal_journal EXECUTE FUNCTION journal_refuse()",
} | {
    f"{table}_{verb.lower()}": f"BEFORE {verb} ON {table} {each} EXECUTE FUNCTION journal_refuse()"
    for table in PROVEN
    for verb, each in (("UPDATE", "FOR EACH ROW"), ("DELETE", "FOR EACH ROW"), ("TRUNCATE", ""))
}


def create_entries(connection: Any) -> None:
    """Make the table of entries, its generated columns and its indexes."""
    if connection.vendor == "postgresql":
        # A text cast to jsonb is immutable, as a stored generated column demands.
        read = {f"text_{each}": f"((header::jsonb) ->> '{each}')" for each in _READ}
        read["text_version"] = f"({read['text_version']})::integer"
        sql = _COLUMNS.format(blob="bytea", kind="STORED", **read)
    else:
        read = {f"text_{each}": f"json_extract(header, '$.{each}')" for each in _READ}
        sql = _COLUMNS.format(blob="blob", kind="VIRTUAL", **read)
    with connection.cursor() as cursor:
        for statement in (sql, *_INDEXES):
            cursor.execute(statement)


def install_triggers(connection: Any) -> None:
    """Install every trigger; those that are there already are made again."""
    remove_triggers(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for function in _POSTGRES_FUNCTIONS:
                cursor.execute(function)
        for name, rest in triggers(connection.vendor).items():
            cursor.execute(f"CREATE TRIGGER {name} {rest}")


def remove_triggers(connection: Any) -> None:
    """Remove every trigger: only for a test that tampers, or a test database that is emptied."""
    with connection.cursor() as cursor:
        for name, rest in triggers(connection.vendor).items():
            table = rest.split(" ON ")[1].split()[0]
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def triggers(vendor: str) -> dict[str, str]:
    """Every trigger of a database, by name: what follows `CREATE TRIGGER name`."""
    return _POSTGRES_TRIGGERS if vendor == "postgresql" else _SQLITE_TRIGGERS
