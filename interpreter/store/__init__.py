"""Where executions and what was created survive: the :class:`~interpreter.store.port.Store` port and who fulfils it."""

from __future__ import annotations

from interpreter.store.port import Store, StoreError

MEMORY = "memory:"
SQLITE = "sqlite:///"


def open_store(url: str) -> Store:
    """The store that ``url`` names, opened: ``memory:``, or ``sqlite:///`` and a file's path.

    A path after three slashes is relative to the working directory, after four it is absolute.
    Raises :class:`StoreError` with a sentence for a person.
    """
    if url == MEMORY:
        from interpreter.store.memory import MemoryStore

        return MemoryStore()
    if url.startswith(SQLITE) and len(url) > len(SQLITE):
        from interpreter.store.sqlite import SqliteStore

        return SqliteStore(url.removeprefix(SQLITE))
    raise StoreError(f"the store {url!r} is neither 'memory:' nor 'sqlite:///' and a file, such as sqlite:///asl.db")
