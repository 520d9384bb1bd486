"""Laws of paths: the quick closures and jsonpath-ng's tree agree on every document."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from asl.errors import PathError
from asl.expressions.jsonpath import compile_path
from asl.expressions.jsonpath.extended import parse_extended
from asl.expressions.jsonpath.general import read_any, read_many
from asl.expressions.jsonpath.plain import follow, location, parse_plain

SCOPE = SimpleNamespace(context={}, variables={})
NAMES = st.sampled_from(["a", "b", "c", "where", "null", "1", "a b", "é", "$x", "it's", "@k", "a-b"])
SEGMENTS = st.lists(NAMES | st.integers(0, 3), max_size=5)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "a", "text"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=30,
)


def written(segments):
    return "".join(
        f"[{part}]" if isinstance(part, int) else "['" + part.replace("'", "\\'") + "']" for part in segments
    )


def outcome(read, document):
    try:
        return "found", read(document)
    except PathError as miss:
        return "missed", miss.detail


@given(SEGMENTS.filter(lambda parts: "it's" not in parts))
def test_both_parsers_read_the_same_segments(segments):
    text = written(segments)
    assert parse_plain(text) == tuple(segments)
    assert parse_extended("$" + text, 1) == tuple(segments)


@given(SEGMENTS, DOCUMENTS)
def test_the_specialised_closures_agree_with_the_walk_in_values_and_in_words(segments, document):
    path = tuple(segments)
    quick = read_any(parse_extended("$" + written(segments), 1))
    assert outcome(quick, document) == outcome(lambda root: follow(root, path), document)


@given(SEGMENTS, DOCUMENTS)
def test_an_indefinite_reading_of_a_definite_path_finds_the_same_node_or_none(segments, document):
    path = tuple(segments)
    kind, value = outcome(read_any(path), document)
    assert read_many(path)(document) == ([value] if kind == "found" else [])


@given(SEGMENTS, DOCUMENTS)
def test_evaluating_never_changes_the_document(segments, document):
    before = repr(document)
    for tail in ("", "[*]", "..*", "[?(@.a)]", "['a','b']", "[0:2]"):
        path = compile_path("$" + written(segments) + tail)
        outcome(lambda root, path=path: path.evaluate(root, SCOPE), document)
    assert repr(document) == before


@given(DOCUMENTS)
def test_every_descendant_is_found_by_its_own_definite_path(document):
    def walk(node, path):
        children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, child in children:
            yield child, (*path, key)
            yield from walk(child, (*path, key))

    nodes = list(walk(document, ()))
    found = compile_path("$..*").evaluate(document, SCOPE)
    assert sorted(map(repr, found)) == sorted(repr(child) for child, _ in nodes)
    assert all(follow(document, path) is child for child, path in nodes)
    assert all(location(path).count("[") >= len(path) for _, path in nodes)
