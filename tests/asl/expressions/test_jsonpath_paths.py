"""What paths select and in which words they fail."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from asl.errors import ExpressionSyntaxError, PathError
from asl.expressions.jsonpath import IndexBeyondEndError, compile_path

BOOKS = [
    {"title": "A", "price": 8, "kind": "novel", "isbn": "1"},
    {"title": "B", "price": 12, "kind": "essay"},
    {"title": "C", "price": 22, "kind": "novel", "isbn": None},
]
DOCUMENT = {
    "store": {"books": BOOKS, "bike": {"price": 19}},
    "limit": 10,
    "a:b": 1,
    "1st": 2,
    "été": 3,
    "漢字": 4,
    "😀": 5,
    "where": 6,
    "$ref": 7,
    "a/b": 8,
    "@type": 9,
    "a-b": {"c d": 10, "it's": 11, "b\\s": 12, 'Test\\""Name"': 13},
    "text": "some",
    "nothing": None,
    "words": ["abc", "ABC", 5],
}
SCOPE = SimpleNamespace(context={"Execution": {"Name": "run"}}, variables={"total": {"items": [1, 2]}, "é": 5})


def evaluate(path, document=DOCUMENT):
    return compile_path(path).evaluate(document, SCOPE)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$.limit", 10),
        ("$.store.bike", {"price": 19}),
        ("$.store.bike.price", 19),
        ("$.store.books[1].title", "B"),
        ("$.store.books[-1].title", "C"),
        ("$.store.books[(@.length-1)].title", "C"),
        ("$.store.books.[0].title", "A"),
        ("$.store.books[ 0 ].title", "A"),
        ("$['store']['bike']", {"price": 19}),
        ('$["limit"]', 10),
        ("$.a:b", 1),
        ("$.1st", 2),
        ("$.été", 3),
        ("$.漢字", 4),
        ("$.😀", 5),
        ("$.where", 6),
        ("$.$ref", 7),
        ("$.a/b", 8),
        ("$.@type", 9),
        ("$.a-b['c d']", 10),
        ("$['a-b']['it\\'s']", 11),
        ("$['a-b']['b\\s']", 12),
        ("$['a-b']['Test\\\"\"Name\"']", 13),
        ("$.nothing", None),
        ("$['limit','where']", {"limit": 10, "where": 6}),
        ("$['limit','absent']", {"limit": 10}),
    ],
)
def test_a_definite_path_gives_one_value(path, value):
    assert compile_path(path).definite
    assert evaluate(path) == value


def test_the_root_is_the_document_itself_and_not_a_copy():
    assert evaluate("$") is DOCUMENT
    assert evaluate("$.store.books") is BOOKS


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("$.store.books[*].title", ["A", "B", "C"]),
        ("$.store.books.*.title", ["A", "B", "C"]),
        ("$.store.bike[*]", [19]),
        ("$.store.books[0,2].title", ["A", "C"]),
        ("$.store.books[1:].title", ["B", "C"]),
        ("$.store.books[:1].title", ["A"]),
        ("$.store.books[1:2].title", ["B"]),
        ("$.store.books[::2].title", ["A", "C"]),
        ("$.store.books[ -3 : 1 ].title", ["A"]),
        ("$.store.books[ 0 , 2 ].title", ["A", "C"]),
        ("$.store.books[-2:].title", ["B", "C"]),
        ("$.store.books[:2]['title','price']", [{"title": "A", "price": 8}, {"title": "B", "price": 12}]),
        ("$.store['bike','books'][*].price", [8, 12, 22]),
        ("$..price", [8, 12, 22, 19]),
        ("$.store..price", [8, 12, 22, 19]),
        ("$..books[0].title", ["A"]),
        ("$..books..title", ["A", "B", "C"]),
        ("$.text[*]", []),
        ("$.absent[*]", []),
        ("$.absent.deeper[1:].more", []),
        ("$.nothing[*]", []),
        ("$.store.books[*].isbn", ["1", None]),
        ("$.store.books[*].title.absent", []),
        ("$.store.books[*][0]", []),
    ],
)
def test_an_indefinite_path_gives_a_list_and_passes_over_what_does_not_fit(path, values):
    assert not compile_path(path).definite
    assert evaluate(path) == values


def test_descendants_come_before_what_they_hold():
    assert evaluate("$..*", {"a": {"b": [1]}, "c": 2}) == [{"b": [1]}, 2, [1], 1]


@pytest.mark.parametrize(
    ("path", "titles"),
    [
        ("$.store.books[?(@.price < 10)].title", ["A"]),
        ("$.store.books[?(@.price<=8)].title", ["A"]),
        ("$.store.books[?(@.price > $.limit)].title", ["B", "C"]),
        ("$.store.books[?(10 < @.price)].title", ["B", "C"]),
        ("$.store.books[?(@['price'] >= 12)].title", ["B", "C"]),
        ("$.store.books[?@.price == 12].title", ["B"]),
        ("$.store.books[?(@.isbn)].title", ["A", "C"]),
        ("$.store.books[?(!@.isbn)].title", ["B"]),
        ("$.store.books[?(@.isbn == null)].title", ["C"]),
        ("$.store.books[?(@.isbn != 'x')].title", ["A", "C"]),
        ("$.store.books[?(@.kind == 'novel')].title", ["A", "C"]),
        ('$.store.books[?(@.kind == "novel")].title', ["A", "C"]),
        ("$.store.books[?(@.kind==novel)].title", ["A", "C"]),
        ("$.store.books[?(@.kind == 'novel' && @.price > 10)].title", ["C"]),
        ("$.store.books[?(@.price < 10 || @.price > 20)].title", ["A", "C"]),
        ("$.store.books[?(@.isbn && (@.price == 8 || @.price == 12))].title", ["A"]),
        ("$.store.books[?(@.title =~ /a|b/i)].title", ["A", "B"]),
        ("$.store.books[?(@.title =~ /a/)].title", []),
        ("$.store.books[?(@.title =~ 'A')].title", []),
        ("$.store.books[?(@.price =~ /8/)].title", []),
        ("$.store.books[?(@.kind == 'essay' || @.kind == 'novel' && @.price > 10)].title", ["B", "C"]),
        ("$.store.books[?(@.tags[*] == 1)].title", []),
        ("$.store.[?(@.bike)].bike.price", [19]),
        ("$..[?(@.price > 15)].title", ["C"]),
    ],
)
def test_a_filter_keeps_the_nodes_for_which_it_holds(path, titles):
    assert evaluate(path) == titles


@pytest.mark.parametrize("literal", ["'8'", "true", "null"])
def test_a_number_equals_nothing_of_another_type(literal):
    assert evaluate(f"$.store.books[?(@.price == {literal})]") == []
    assert evaluate(f"$.store.books[?(@.price < {literal})]") == []


def test_a_bare_word_is_text_even_where_it_looks_like_a_constant():
    assert evaluate("$[?(@.a == NaN)]", [{"a": "NaN"}, {"a": 1}]) == [{"a": "NaN"}]


def test_a_filter_can_look_at_the_elements_themselves():
    assert evaluate("$.words[?(@ =~ /abc/i)]") == ["abc", "ABC"]
    assert evaluate("$.words[?(@ == 5)]") == [5]


def test_true_is_not_the_number_one():
    assert evaluate("$[?(@.a == 1)]", [{"a": True}, {"a": 1}, {"a": 1.0}]) == [{"a": 1}, {"a": 1.0}]


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("$.absent", "No results for path: $['absent']"),
        ("$.store.absent", "No results for path: $['store']['absent']"),
        ("$.a-b.b.c.d", "Missing property in path $['a-b']['b']"),
        ("$.absent.deeper", "Missing property in path $['absent']"),
        ("$.text.length", "Property ['length'] not found in path $['text']"),
        ("$.store.books.title", "Property ['title'] not found in path $['store']['books']"),
        ("$.nothing.x", "Property ['x'] not found in path $['nothing']"),
        ("$.text['a','b']", "Property ['a','b'] not found in path $['text']"),
        ("$.words[5]", "Index out of bounds when evaluating path $['words'][5]"),
        ("$.words[-4]", "Index out of bounds when evaluating path $['words'][-4]"),
        ("$.words[5].x", "Index out of bounds when evaluating path $['words'][5]"),
        ("$.store.bike[0]", "Filter: [0] can only be applied to arrays. Current context is: {price=19}"),
        ("$.text[0]", "Filter: [0] can only be applied to arrays. Current context is: some"),
        ("$.nothing[0]", "The path $['nothing'] is null"),
        ("$.store.books[0].absent", "No results for path: $['store']['books'][0]['absent']"),
        ("$$.Absent", "No results for path: $['Absent']"),
        ("$total.absent", "No results for path: $['absent']"),
        ("$unknown", "No results for path: $['unknown']"),
        ("$unknown.a", "No results for path: $['unknown']"),
    ],
)
def test_a_definite_path_that_finds_nothing_fails_in_the_words_of_aws(path, detail):
    with pytest.raises(PathError) as failure:
        evaluate(path)
    assert failure.value.detail == detail


def test_only_a_last_index_past_the_end_reads_as_null_in_templates():
    assert compile_path("$.words[9]").evaluate_or_null(DOCUMENT, SCOPE) is None
    assert compile_path("$.words[1]").evaluate_or_null(DOCUMENT, SCOPE) == "ABC"
    with pytest.raises(IndexBeyondEndError):
        evaluate("$.words[9]")
    for path in ("$.words[9].x", "$.text[0]", "$.absent[0]"):
        with pytest.raises(PathError):
            compile_path(path).evaluate_or_null(DOCUMENT, SCOPE)


@pytest.mark.parametrize(
    ("path", "value", "roots"),
    [
        ("$$", SCOPE.context, {"$$"}),
        ("$$.Execution.Name", "run", {"$$"}),
        ("$total", {"items": [1, 2]}, {"total"}),
        ("$total.items[1]", 2, {"total"}),
        ("$total.items[*]", [1, 2], {"total"}),
        ("$é", 5, {"é"}),
        ("$.limit", 10, {"$"}),
    ],
)
def test_a_path_starts_from_the_input_the_context_or_a_variable(path, value, roots):
    assert evaluate(path) == value
    assert compile_path(path).roots == roots
    assert compile_path(path).variables == roots - {"$", "$$"}


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ("", 0),
        ("a.b", 0),
        ("@.a", 0),
        ("$x-y", 0),
        ("${name}", 0),
        ("$.", 2),
        ("$..", 3),
        ("$.a b", 3),
        ("$[", 2),
        ("$.a[", 4),
        ("$['a", 2),
        ("$['a'", 5),
        ("$[a]", 2),
        ("$.a[1", 4),
        ("$.a.length()", 10),
        ("$.a[::0]", 4),
        ("$.a[1234567890]", 4),
        ("$" + "[?(@" * 2000, 1),
        ("$" + ".a" * 2000 + "[*]", 1),
        ("$.a[?(@.b in [1])]", 13),
        ("$.a[?(@.b", 9),
        ("$.a[?(@.b =~ /(/)]", 13),
        ("$.a[?(@.b =~ /x/q)]", 13),
        ("$.a[?(@.b <)]", 0),
        ("$.a[?]", 0),
    ],
)
def test_what_is_no_path_is_refused_with_its_place(path, position):
    with pytest.raises(ExpressionSyntaxError) as refusal:
        compile_path(path)
    assert refusal.value.position == position


def test_a_plain_path_does_not_load_the_general_parser():
    program = (
        "import sys; from asl.expressions.jsonpath import compile_path as c\n"
        "c('$.a[0].b'); c('$$.x'); c(\"$['a b']\")\n"
        "assert not any('extended' in module or 'jsonpath_ng' in module for module in sys.modules)\n"
        "c('$.a[*]'); assert 'jsonpath_ng' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=30)
