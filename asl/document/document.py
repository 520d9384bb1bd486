"""A definition as data, with the place of everything in the file that a person wrote.

Knows JSON and YAML text. What definitions are wrapped in (templates, Terraform, placeholders) is the concern of
:mod:`asl.sources`, which gives the same :class:`Document`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from asl.diagnostics import Diagnostic, Position, Severity
from asl.document.json_values import read_json
from asl.errors import DefinitionError
from asl.types import Json, Pointer, WorkflowType

if TYPE_CHECKING:
    from asl.document.json_places import JsonPlaces
    from asl.document.nodes import Node
    from asl.document.text import FileText

Syntax = Literal["json", "yaml"]

_YAML_SUFFIXES = (".yaml", ".yml")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class DuplicateKey(NamedTuple):
    """A key that an object has twice; the later value counts. ``position`` is that of the later key."""

    pointer: Pointer
    key: str
    position: Position


class Document:
    """A definition.

    ``value`` is plain JSON data, ``source`` the file's name and ``text`` its content. ``name`` and ``type`` are known
    when the definition was found in a template. ``warnings`` says what was read generously, ``assumed`` which values
    were made up for placeholders and references that nothing gives. Places are worked out when first asked for.
    """

    def __init__(
        self,
        value: Json,
        text: str,
        *,
        source: str = "definition",
        root: Node | None = None,
        has_duplicates: bool = True,
        embedded: bool = False,
        name: str | None = None,
        type: WorkflowType | None = None,
        warnings: Sequence[Diagnostic] = (),
        assumed: Mapping[str, Json] | None = None,
    ) -> None:
        self.value = value
        self.source = source
        self.text = text
        self.name = name
        self.type: WorkflowType | None = type
        self.warnings = tuple(warnings)
        self.assumed = dict(assumed or {})
        self._root = root
        self._has_duplicates = has_duplicates
        self._embedded = embedded

    @property
    def root(self) -> Node:
        """The positioned tree of the value."""
        if self._root is None:
            from asl.document.json_reader import JsonScanner

            self._root = JsonScanner(self._file).scan()
        return self._root

    @cached_property
    def duplicate_keys(self) -> tuple[DuplicateKey, ...]:
        """The keys that objects have more than once, in the order of the text."""
        if not self._has_duplicates:
            return ()
        from asl.document.nodes import walk

        found = [
            DuplicateKey((*pointer, key.value), key.value, key.locate()[1])
            for pointer, node in walk(self.root)
            for key in node.repeated
        ]
        return tuple(sorted(found, key=lambda duplicate: (duplicate.position.line, duplicate.position.column)))

    @cached_property
    def _file(self) -> FileText:
        from asl.document.text import FileText

        return FileText(self.source, self.text)

    @cached_property
    def _places(self) -> JsonPlaces:
        from asl.document.json_places import JsonPlaces

        return JsonPlaces(self.text)

    @cached_property
    def definition(self) -> str:
        """The definition alone as text: the file's own where it holds just that, otherwise indented JSON."""
        if self._embedded:
            return json.dumps(self.value, indent=2, ensure_ascii=False)
        return self.text

    def locate(self, pointer: Pointer, *, key: bool = False, offset: int | None = None) -> tuple[str, Position]:
        """The file and place of the value at ``pointer``, of its key, or of the character ``offset`` of a string.

        A pointer to nothing gives its nearest ancestor that exists.
        """
        from asl.document.nodes import find

        node, found = self._json_node(pointer, key) if self._root is None else find(self._root, pointer, key=key)
        if found and offset is not None and node.is_string:
            return node.characters().locate(offset)
        return node.locate()

    def _json_node(self, pointer: Pointer, key: bool) -> tuple[Node, bool]:
        from asl.document.nodes import Node

        (key_at, start, end), found = self._places.find(pointer)
        if found and key and key_at >= 0:
            start = key_at
        is_string = self.text.startswith('"', start)
        value = json.JSONDecoder().raw_decode(self.text, start)[0] if is_string else None
        return Node(value, self._file, start, end, "json"), found

    def position(self, pointer: Pointer, *, key: bool = False, offset: int | None = None) -> Position | None:
        """The place as :meth:`locate` gives it, without the file."""
        return self.locate(pointer, key=key, offset=offset)[1]

    def placed(
        self, diagnostic: Diagnostic, pointer: Pointer, *, key: bool = False, offset: int | None = None
    ) -> Diagnostic:
        """The finding, placed in the file where ``pointer`` stands."""
        return diagnostic.at(*self.locate(pointer, key=key, offset=offset))


def embedded_document(
    root: Node,
    *,
    name: str | None = None,
    type: WorkflowType | None = None,
    warnings: Sequence[Diagnostic] = (),
    assumed: Mapping[str, Json] | None = None,
) -> Document:
    """A definition that is part of a file, or was put together from several; every node knows its own place."""
    from asl.document.nodes import plain

    file = root.text.file
    return Document(
        plain(root),
        file.content,
        source=file.source,
        root=root,
        embedded=True,
        name=name,
        type=type,
        warnings=warnings,
        assumed=assumed,
    )


def parse_document(
    text: str, *, source: str = "definition", syntax: Syntax | None = None, placeholders: bool = False
) -> Document:
    """Reads a JSON or YAML text; ``syntax`` decides which, else the extension of ``source``, else the content.

    With ``placeholders``, ``${Name}`` may stand where JSON wants a value. Raises DefinitionError with the place; its
    code and message are AWS's for JSON. Any JSON value is a document: that it is an object is for validation to say.
    """
    if not text.strip("\ufeff \t\r\n"):
        raise DefinitionError([_empty(source)])
    if (syntax or _syntax_of(source, text)) == "yaml":
        return _yaml_document(text, source)
    return _json_document(text, source, placeholders=placeholders)


def load_document(path: str | Path, *, placeholders: bool = False) -> Document:
    """Reads a JSON or YAML file. Raises DefinitionError when it can't be read, is no text, or is not JSON or YAML."""
    return parse_document(read_text(path), source=str(path), placeholders=placeholders)


def read_text(path: str | Path) -> str:
    """The text of a UTF-8 file. Raises DefinitionError, with the next step, for anything else."""
    try:
        content = Path(path).read_bytes()
    except IsADirectoryError:
        raise unreadable(path, "This is a directory, not a file", "Name the file with the definition") from None
    except FileNotFoundError:
        raise unreadable(path, "There is no such file", "Check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise unreadable(path, f"The file can't be read: {reason}", "Check its permissions") from None
    if b"\0" in content and not content.startswith(_UTF16_MARKS):
        raise unreadable(path, "This is a binary file, not text", "Give a JSON or YAML definition or template")
    try:
        return content.decode("utf-16" if content.startswith(_UTF16_MARKS) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"The file is not UTF-8 text (byte 0x{content[error.start]:02x})"
        raise unreadable(path, message, "Save it as UTF-8", Position(line, column)) from None


def unreadable(path: str | Path, message: str, hint: str, position: Position | None = None) -> DefinitionError:
    """The error for a file that gives no text."""
    finding = Diagnostic(Severity.ERROR, "INVALID_JSON_DESCRIPTION", message, None, str(path), position, hint)
    return DefinitionError([finding])


def _empty(source: str) -> Diagnostic:
    message, hint = "Definition must be a valid JSON object", "The text is empty; write at least StartAt and States"
    return Diagnostic(Severity.ERROR, "SCHEMA_VALIDATION_FAILED", message, None, source, Position(1, 1), hint)


def _syntax_of(source: str, text: str) -> Syntax:
    first = text.lstrip("\ufeff \t\r\n")[:1]
    if source.lower().endswith(_YAML_SUFFIXES):
        return "yaml"
    if source.lower().endswith(".json") or first in '{["':
        return "json"
    return "yaml" if _looks_like_yaml(text) else "json"


def _looks_like_yaml(text: str) -> bool:
    """Whether some line starts with a key and a colon, which JSON text that opens with a word never does."""
    return any(line[:1].isalpha() and (": " in line or line.rstrip().endswith(":")) for line in text.splitlines())


def _json_document(text: str, source: str, *, placeholders: bool) -> Document:
    read = read_json(text)
    if read is not None:
        value, has_duplicates = read
        return Document(value, text, source=source, has_duplicates=has_duplicates)
    from asl.document.json_reader import JsonScanner
    from asl.document.nodes import plain
    from asl.document.text import FileText

    file = FileText(source, text)
    scanner = JsonScanner(file, placeholders=placeholders)
    root = scanner.scan()
    rest = scanner.rest()
    warnings = () if rest is None else (_ignored(file, rest),)
    return Document(plain(root), text, source=source, root=root, warnings=warnings)


def _ignored(file: FileText, offset: int) -> Diagnostic:
    message, hint = "The text after the definition is not read", "Remove it"
    return Diagnostic(Severity.WARNING, "TRAILING_TEXT", message, None, *file.locate(offset), hint, aws=False)


def _yaml_document(text: str, source: str) -> Document:
    from asl.document.nodes import plain
    from asl.document.text import FileText
    from asl.document.yaml_reader import read_yaml

    if text.lstrip("\ufeff \t\r\n").startswith("{") and read_json(text) is not None:
        return _json_document(text, source, placeholders=False)
    root = read_yaml(FileText(source, text))
    return Document(plain(root), text, source=source, root=root)
