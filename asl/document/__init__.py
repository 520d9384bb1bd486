"""JSON and YAML definitions with the place of every value and key, duplicate keys noticed, bad text clearly refused."""

from asl.document.document import Document, DuplicateKey, load_document, parse_document

__all__ = ["Document", "DuplicateKey", "load_document", "parse_document"]
