"""One SQLite file: the lock that keeps others away, its settings, its schema, its errors as sentences."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import IO

from interpreter.store.port import StoreError

BUSY_SECONDS = 5.0
APPLICATION_ID = 0x41534C31
"""Marks the file as ours ("ASL1"), so that nobody else's database is taken for a store."""

_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=OFF",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=4000",
)

_SENTENCES = (
    ("database or disk is full", "is full: make room on its disk; what was not acknowledged was not kept"),
    ("disk i/o error", "can't be written (its disk is full or failing): make room or move it to another disk"),
    ("readonly", "is read-only: give the server the right to write the file and its folder"),
    ("locked", "is locked by another program: close what has the file open for writing"),
    ("busy", "is locked by another program: close what has the file open for writing"),
    ("malformed", "is corrupt: restore a copy of it, or start with another file"),
    ("not a database", "is no SQLite database, or corrupt: restore a copy of it, or name another file"),
    ("unable to open", "can't be opened: check that its folder exists and that the server may write there"),
)


def sentence(path: Path, error: Exception) -> StoreError:
    """An error of SQLite or the operating system as one of ours."""
    text = str(error).lower()
    for words, consequence in _SENTENCES:
        if words in text:
            return StoreError(f"the store {path} {consequence}")
    return StoreError(f"the store {path} failed: {error}")


@contextmanager
def worded(path: Path) -> Iterator[None]:
    """Lets :class:`StoreError` out of the block in place of SQLite's errors."""
    try:
        yield
    except sqlite3.Error as error:
        raise sentence(path, error) from error


def connect(path: Path) -> sqlite3.Connection:
    """A connection with the store's settings; transactions are begun and ended by hand."""
    with worded(path):
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        for setting in _SETTINGS:
            connection.execute(setting)
        return connection


class FileLock:
    """Held by the one server that uses the file; the operating system lets go of it when the process dies."""

    def __init__(self, path: Path) -> None:
        lock = path.with_name(path.name + ".lock")
        try:
            self._file: IO[bytes] = lock.open("a+b")
        except OSError as error:
            raise StoreError(f"the store {path} can't be opened: {error.strerror} ({lock})") from error
        try:
            _lock(self._file)
        except OSError as error:
            self._file.close()
            message = f"the store {path} is in use by another server: stop that one or name another file with --store"
            raise StoreError(message) from error

    def release(self) -> None:
        self._file.close()


if os.name == "nt":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the schema to the newest version, each numbered file in a transaction; refuse what is newer or not ours."""
    with worded(path):
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if mark != APPLICATION_ID and tables:
            raise StoreError(f"{path} is the database of another program: name another file with --store")
        steps = migrations()
        if version > len(steps):
            raise StoreError(
                f"the store {path} was written by a newer version of this program (schema {version}, known up to "
                f"{len(steps)}): upgrade this program or name another file with --store"
            )
        for number, script in enumerate(steps[version:], version + 1):
            marks = f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={number};"
            connection.executescript(f"BEGIN IMMEDIATE; {script} {marks} COMMIT;")


@cache
def migrations() -> list[str]:
    """The SQL of every schema version, in order; file ``0001_...`` makes version 1."""
    folder = files("interpreter.store") / "migrations"
    named = sorted((entry.name, entry) for entry in folder.iterdir() if re.fullmatch(r"\d{4}_\w+\.sql", entry.name))
    return [entry.read_text(encoding="utf-8") for _, entry in named]
