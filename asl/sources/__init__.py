"""Definitions as people have them: plain files with placeholders, and inside templates of every usual kind.

A file is recognised by what it holds, not by its name. Everything ends as a :class:`asl.document.Document` whose
places lead into the files that a person wrote. What a kind of file needs is imported when one is met.
"""

from __future__ import annotations

from asl.sources.found import FoundDefinition
from asl.sources.loading import list_definitions, load_definition

__all__ = ["FoundDefinition", "list_definitions", "load_definition"]
