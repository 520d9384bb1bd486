"""Files that a template names: beside it, or where a build left what it would upload."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from asl.document import Document, load_document
from asl.document.nodes import Node
from asl.sources.found import wrong

_SUFFIXES = ("", ".json", ".yaml", ".yml")


def load_beside(template: str, location: str, node: Node) -> Document:
    """The JSON or YAML file at ``location``, a path relative to the template or an S3 address of an uploaded copy.

    Raises DefinitionError at ``node``, saying where it was looked for, when there is no such file.
    """
    folder = Path(template).parent
    candidates = list(_candidates(folder, location))
    path = next((candidate for candidate in candidates if candidate.is_file()), None)
    if path is None:
        message = f"The definition file {location!r} is not there"
        shown = ", ".join(dict.fromkeys(str(candidate) for candidate in candidates[:3]))
        raise wrong(template, message, f"Looked for {shown}; put the file there or correct the path", node=node)
    return load_document(path, placeholders=True)


def _candidates(folder: Path, location: str) -> Iterable[Path]:
    """As it stands; for an S3 address, the ends of its key beside the template, and CDK's ``asset.`` names."""
    if not location.startswith(("s3://", "https://")):
        yield folder / location
    bare = location.split("://", 1)[-1]
    key = PurePosixPath(bare.split("/", 1)[-1] if bare != location else location)
    tails = ["/".join(key.parts[at:]) for at in range(len(key.parts))]
    for name in dict.fromkeys((*tails, f"asset.{key.name}", f"asset.{key.stem}/{key.name}")):
        yield from (folder / f"{name}{suffix}" for suffix in (_SUFFIXES if not key.suffix else _SUFFIXES[:1]))
