"""The file behind the SQLite store: one server at a time, old ones upgraded, unusable ones refused with a sentence."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap

import pytest

from interpreter.store import open_store
from interpreter.store.port import ExecutionChange, ExecutionRecord, RecordChange, Running, StoreError
from interpreter.store.sqlite_file import migrations

ROW = ExecutionRecord("arn:e", "arn:m", "e", "RUNNING", 1.0)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "asl.db"


def opened(path):
    return open_store(f"sqlite:///{path}")


def filled(path):
    store = opened(path)
    asyncio.run(store.commit([ExecutionChange("arn:e", ROW, Running({}))], [RecordChange("kind", "key", "body")]))
    store.close()


def test_what_was_committed_is_there_after_opening_again(path):
    filled(path)
    store = opened(path)
    assert store.execution("arn:e") == ROW
    assert list(store.records("kind")) == [("key", "body")]
    store.close()


def test_a_second_server_on_the_same_file_refuses(path):
    store = opened(path)
    with pytest.raises(StoreError, match="is in use by another server"):
        opened(path)
    store.close()
    opened(path).close()


def test_the_lock_of_a_process_that_was_killed_is_gone(path):
    program = f"""
        import os, signal
        from interpreter.store import open_store
        store = open_store("sqlite:///{path}")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    opened(path).close()


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_corrupt_file_is_refused_and_not_touched(path, content):
    path.write_bytes(content)
    with pytest.raises(StoreError, match="corrupt"):
        opened(path)
    assert path.read_bytes() == content


def test_a_file_that_was_damaged_in_the_middle_is_refused_when_it_is_read(path):
    filled(path)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="corrupt"):
        opened(path).execution("arn:e")


def test_the_database_of_another_program_is_refused(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (a)")
    other.close()
    with pytest.raises(StoreError, match="is the database of another program"):
        opened(path)


def test_a_store_of_a_newer_version_is_refused_and_kept(path):
    filled(path)
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    newer.close()
    with pytest.raises(StoreError, match="was written by a newer version of this program"):
        opened(path)
    with sqlite3.connect(path) as kept:
        assert kept.execute("SELECT arn FROM executions").fetchall() == [("arn:e",)]
    kept.close()


def test_a_store_of_an_older_version_is_upgraded_with_its_data(path, monkeypatch):
    filled(path)
    newer = [*migrations(), "ALTER TABLE executions ADD COLUMN added TEXT DEFAULT 'new'; CREATE TABLE more (a);"]
    monkeypatch.setattr("interpreter.store.sqlite_file.migrations", lambda: newer)
    store = opened(path)
    assert store.execution("arn:e") == ROW
    store.close()
    with sqlite3.connect(path) as upgraded:
        assert upgraded.execute("SELECT added FROM executions").fetchall() == [("new",)]
        assert upgraded.execute("PRAGMA user_version").fetchone() == (len(newer),)
    upgraded.close()


def test_an_upgrade_that_fails_changes_nothing(path, monkeypatch):
    filled(path)
    broken = [*migrations(), "CREATE TABLE more (a); SELECT * FROM nowhere;"]
    monkeypatch.setattr("interpreter.store.sqlite_file.migrations", lambda: broken)
    with pytest.raises(StoreError, match="nowhere"):
        opened(path)
    monkeypatch.undo()
    store = opened(path)
    assert store.execution("arn:e") == ROW
    store.close()


def test_a_file_that_another_program_holds_for_writing_is_reported_and_nothing_is_lost(path, monkeypatch):
    monkeypatch.setattr("interpreter.store.sqlite_file.BUSY_SECONDS", 0.1)
    store = opened(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is locked by another program"):
        asyncio.run(store.commit([ExecutionChange("arn:e", ROW, Running({}))]))
    other.execute("ROLLBACK")
    other.close()
    asyncio.run(store.commit([ExecutionChange("arn:e", ROW, Running({}))]))
    assert store.execution("arn:e") == ROW
    store.close()


LIMITED = """
    import asyncio, resource
    from interpreter.store import open_store
    from interpreter.store.port import ExecutionChange, ExecutionRecord, Running, StoreError

    store = open_store("sqlite:///{path}")
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
    kept, refusal = [], ""
    async def fill():
        for number in range(1000):
            record = ExecutionRecord(f"arn:{{number}}", "m", "n", "RUNNING", 1.0, details={{"input": "x" * 2000}})
            await store.commit([ExecutionChange(record.arn, record, Running({{}}))])
            kept.append(record.arn)
    try:
        asyncio.run(fill())
    except StoreError as error:
        refusal = str(error)
    print(len(kept), refusal)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the size of a file can't be limited on Windows")
def test_a_full_disk_is_reported_and_no_acknowledged_execution_is_lost(path):
    program = textwrap.dedent(LIMITED).format(path=path)
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    count, _, refusal = finished.stdout.partition(" ")
    assert "is full" in refusal or "can't be written" in refusal
    store = opened(path)
    assert [found.record.arn for found in store.open_executions()] == [f"arn:{number}" for number in range(int(count))]
    store.close()


READ_ONLY = """
    import os
    import interpreter.store.sqlite
    from interpreter.store import open_store
    from interpreter.store.port import StoreError
    from interpreter.store.sqlite_file import migrations
    migrations()
    if os.getuid() == 0:
        os.setuid(65534)
    try:
        open_store("sqlite:///{path}")
    except StoreError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="rights are other things on Windows")
def test_a_read_only_file_is_refused_with_the_right_that_is_missing(path):
    filled(path)
    folder = path.parent
    for name in os.listdir(folder):
        os.chmod(folder / name, 0o444)
    open_way(folder)
    program = textwrap.dedent(READ_ONLY).format(path=path)
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "can't be opened" in finished.stdout or "is read-only" in finished.stdout
    os.chmod(folder, 0o755)
    shutil.rmtree(folder)


def open_way(folder):
    """Let another user reach the folder, but not write in it."""
    os.chmod(folder, 0o555)
    for parent in folder.parents:
        if parent.owner() == folder.owner() and not os.stat(parent).st_mode & 0o005:
            os.chmod(parent, os.stat(parent).st_mode | 0o005)


def test_a_folder_that_is_not_there_is_refused(path):
    with pytest.raises(StoreError, match="can't be opened"):
        opened(path / "nowhere" / "asl.db")


def test_an_unknown_kind_of_store_is_refused():
    with pytest.raises(StoreError, match="neither 'memory:' nor 'sqlite:///'"):
        open_store("postgres://x")


def test_a_commit_that_can_not_be_written_does_not_harm_those_beside_it(path):
    store = opened(path)
    good = [store.commit([], [RecordChange("kind", str(number), number)]) for number in range(20)]
    bad = store.commit([], [RecordChange("kind", "bad", {1, 2})])

    async def together():
        return await asyncio.gather(*good[:10], bad, *good[10:], return_exceptions=True)

    outcomes = asyncio.run(together())
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [TypeError]
    assert len(list(store.records("kind"))) == 20
    store.close()
