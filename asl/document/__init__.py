"""JSON and YAML definitions with the place of every value and key, duplicate keys noticed, bad text clearly refused."""

from asl.document.document import Document, DuplicateKey, embedded_document, load_document, parse_document

__all__ = ["Document", "DuplicateKey", "embedded_document", "load_document", "parse_document"]
