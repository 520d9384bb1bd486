"""Python's garbage collector, kept from walking over what is only just being made.

Reading and compiling a definition makes many small objects, all of which stay: every collection in between walks over
all of them and finds nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No collections inside the block, unless somebody has switched them off already."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
