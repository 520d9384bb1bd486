"""The next step for a person: the name that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from asl.types import Json


def nearest(written: Json, names: Iterable[str]) -> str | None:
    """``did you mean 'Next'?`` when a name is close to what was written (letter case aside), else ``None``."""
    if not isinstance(written, str):
        return None
    from difflib import get_close_matches

    by_folded = {name.casefold(): name for name in names}
    matches = get_close_matches(written.casefold(), by_folded, n=1, cutoff=0.65)
    return f"did you mean {by_folded[matches[0]]!r}?" if matches else None


def misspelt(absent: Iterable[str], written: Iterable[str], known: Iterable[str]) -> str | None:
    """``'Nex' is no field; did you mean 'Next'?`` when an unknown field looks like one that is missing."""
    unknown = [field for field in written if field not in set(known)]
    for name in absent:
        for field in unknown:
            if nearest(field, [name]):
                return f"{field!r} is no field; did you mean {name!r}?"
    return None
