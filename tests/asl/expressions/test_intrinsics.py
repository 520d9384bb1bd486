"""The 18 intrinsic functions: what they give, what they refuse and in which words."""

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asl.errors import ExpressionSyntaxError, StateError
from asl.expressions.intrinsics import compile_intrinsic
from asl.expressions.intrinsics.java import JavaRandom
from asl.expressions.payload_template import compile_template

RECORDED = Path(__file__).parents[4] / "shared" / "conformance" / "cases" / "intrinsic_functions"


class CountingEntropy:
    """Draws that can be told apart."""

    def __init__(self):
        self.uuids = 0
        self.number = 0.5

    def uuid(self):
        self.uuids += 1
        return f"uuid-{self.uuids}"

    def random(self):
        return self.number


def scope():
    return SimpleNamespace(
        context={"Execution": {"Name": "run"}}, variables={"n": 5, "user": {"name": "Ada"}}, entropy=CountingEntropy()
    )


def evaluate(text, value=None):
    return compile_intrinsic(text).evaluate(value, scope())


def cause_of(text, value=None):
    with pytest.raises(StateError) as failure:
        evaluate(text, value)
    assert failure.value.error == "States.Runtime"
    assert failure.value.located
    return failure.value.cause


def invalid(text):
    name = text.partition("(")[0]
    return f"There was an error while evaluating the intrinsic function: {text}. Invalid arguments in {name}"


def test_a_call_of_each_function_gives_what_aws_gives():
    value = {
        "list": [1, 2, 3, 4, 5, 6, 7, 8, 9],
        "a": {"a": {"a1": 1}, "b": 2, "d": 3},
        "b": {"a": {"a3": 1}, "c": 3, "d": 4},
        "nested": [[1, 2, 3], 2, {"1": 2, "2": []}],
    }
    expected = {
        "States.Format('{} of {}', 'a', 2)": "a of 2",
        "States.StringToJson('[1, \"x\"]')": [1, "x"],
        "States.JsonToString($.nested)": '[[1,2,3],2,{"1":2,"2":[]}]',
        "States.Array(1, 'x', null, $.b.c)": [1, "x", None, 3],
        "States.ArrayPartition($.list, 4)": [[1, 2, 3, 4], [5, 6, 7, 8], [9]],
        "States.ArrayContains($.nested, $.nested[2])": True,
        "States.ArrayRange(1, 9, 2)": [1, 3, 5, 7, 9],
        "States.ArrayGetItem($.list, 5)": 6,
        "States.ArrayLength($.list)": 9,
        "States.ArrayUnique(States.Array(1,2,2,1))": [1, 2],
        "States.Base64Encode('Data to encode')": "RGF0YSB0byBlbmNvZGU=",
        "States.Base64Decode('RGF0YSB0byBlbmNvZGU=')": "Data to encode",
        "States.Hash('input data', 'SHA-1')": "aaff4a450a104cd177d28d18d74485e8cae074b7",
        "States.JsonMerge($.a, $.b, false)": {"a": {"a3": 1}, "b": 2, "d": 4, "c": 3},
        "States.MathRandom(1, 3)": 2,
        "States.MathAdd(111, -1)": 110,
        "States.StringSplit('1,2,3', ',')": ["1", "2", "3"],
        "States.UUID()": "uuid-1",
    }
    assert len(expected) == 18
    assert {text: evaluate(text, value) for text in expected} == expected


# Format


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ("s", "s"),
        (1, "1"),
        (1.0, "1.0"),
        (1.5, "1.5"),
        (True, "true"),
        (None, "null"),
        ([], "[]"),
        ([1, "a", None, False], "[1, a, null, false]"),
        ({"Arg1": 1, "Arg2": []}, "{Arg1=1, Arg2=[]}"),
        ({"a": {"b": [True, 1.5]}}, "{a={b=[true, 1.5]}}"),
        ("{}", "{}"),
    ],
)
def test_format_prints_arguments_as_java_does(argument, text):
    assert evaluate("States.Format('<{}>', $.x)", {"x": argument}) == f"<{text}>"


def test_format_takes_escapes_out_of_its_template():
    assert evaluate(r"States.Format('\{{}\} it\'s \\ {}', 1, 2)") == r"{1} it's \ 2"
    assert evaluate(r"States.Format('no \{ placeholders')") == "no { placeholders"


def test_format_takes_its_template_from_the_input_too():
    assert evaluate("States.Format($.t, 1)", {"t": r"\{{}\} 100% \n"}) == r"{1} 100% \n"


@pytest.mark.parametrize(
    ("call", "detail"),
    [
        ("States.Format('{', 1)", "Invalid template in States.Format: matching '}' not found for '{'."),
        ("States.Format('{{}}', 1)", "Invalid template in States.Format: matching '}' not found for '{'."),
        ("States.Format('}')", "Invalid template in States.Format: matching '{' not found for '}'."),
        (
            "States.Format('{} {}', 1)",
            "Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.",
        ),
        (
            "States.Format('{}', 1, 2)",
            "Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.",
        ),
        ("States.Format()", "Invalid arguments in States.Format"),
    ],
)
def test_a_template_that_does_not_fit_is_told_in_the_words_of_aws(call, detail):
    assert cause_of(call) == f"There was an error while evaluating the intrinsic function: {call}. {detail}"


# JSON and text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (" \n", None),
        ("-0", 0),
        ("1.1", 1.1),
        ("true", True),
        (' {"a":1} ', {"a": 1}),
        ('{"a":1,"a":2}', {"a": 2}),
        ('"it\'s"', "it's"),
    ],
)
def test_string_to_json_parses_text(text, value):
    assert evaluate("States.StringToJson($)", text) == value


@pytest.mark.parametrize("text", ["{bad}", '{"a":1', "undefined", "NaN", "Infinity", "[1] 2", 5, None, [], {}, True])
def test_string_to_json_refuses_what_is_no_json_text(text):
    assert cause_of("States.StringToJson($)", text) == invalid("States.StringToJson($)")


def test_string_to_json_refuses_what_is_nested_too_deep():
    assert cause_of("States.StringToJson($)", "[" * 100_000) == invalid("States.StringToJson($)")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_json_to_string_and_back_is_the_same(value):
    assert evaluate("States.StringToJson(States.JsonToString($))", value) == value


def test_json_to_string_is_compact_and_keeps_other_alphabets():
    assert evaluate("States.JsonToString($)", {"é": [1, 2.0, None]}) == '{"é":[1,2.0,null]}'


@pytest.mark.parametrize(
    ("text", "delimiters", "pieces"),
    [
        ("This.is+a,test=string", ".+,=", ["This", "is", "a", "test", "string"]),
        ("", ",", []),
        (",,,,", ",", []),
        (" , ", ",", [" ", " "]),
        ("split on T and \nnew line", "T\n", ["split on ", " and ", "new line"]),
        ("1a2b3ab4", "ab", ["1", "2", "3", "4"]),
        ("abc", "", ["abc"]),
        ("abc", ",", ["abc"]),
        ("a-b^c]d", "]^-", ["a", "b", "c", "d"]),
    ],
)
def test_string_split_splits_at_each_of_its_characters_and_drops_empty_pieces(text, delimiters, pieces):
    assert evaluate("States.StringSplit($.t, $.d)", {"t": text, "d": delimiters}) == pieces


@pytest.mark.parametrize(
    ("text", "decoded"),
    [("aGVsbG8=", "hello"), ("aGVsbG8", "hello"), ("aG Vs\r\nbG*8=", "hello"), ("", ""), ("4pyT", "✓")],
)
def test_base64_decode_is_lenient(text, decoded):
    assert evaluate("States.Base64Decode($)", text) == decoded


def test_base64_decode_refuses_a_lone_last_digit():
    assert cause_of("States.Base64Decode('aGVsb')") == invalid("States.Base64Decode('aGVsb')")


@pytest.mark.parametrize(("text", "delimiters"), [(5, ","), (None, ","), ("a", 5), ("a", None), ("a,b", [","])])
def test_string_split_takes_strings_alone(text, delimiters):
    call = "States.StringSplit($[0], $[1])"
    assert cause_of(call, [text, delimiters]) == invalid(call)


@pytest.mark.parametrize("function", ["Base64Encode", "Base64Decode"])
def test_base64_takes_ten_thousand_characters_and_no_more(function):
    call = f"States.{function}($)"
    assert evaluate(call, "A" * 10_000)
    assert cause_of(call, "A" * 10_001) == invalid(call)
    assert cause_of(call, 5) == invalid(call)


@pytest.mark.parametrize(
    ("algorithm", "name"),
    [("MD5", "md5"), ("SHA-1", "sha1"), ("SHA-256", "sha256"), ("SHA-384", "sha384"), ("SHA-512", "sha512")],
)
def test_hash_knows_five_algorithms(algorithm, name):
    digest = evaluate("States.Hash($.s, $.a)", {"s": "こんにちは", "a": algorithm})
    assert digest == hashlib.new(name, "こんにちは".encode()).hexdigest()


@pytest.mark.parametrize("algorithm", ["sha-256", "SHA256", "MD-5", "", 5, None])
def test_hash_refuses_other_names_of_algorithms(algorithm):
    assert cause_of("States.Hash('x', $)", algorithm) == invalid("States.Hash('x', $)")


def test_hash_takes_numbers_and_objects_as_their_json_but_no_null():
    assert evaluate("States.Hash(123, 'MD5')") == hashlib.md5(b"123").hexdigest()
    assert evaluate("States.Hash($, 'MD5')", {"a": [1]}) == hashlib.md5(b'{"a":[1]}').hexdigest()
    assert cause_of("States.Hash(null, 'MD5')") == invalid("States.Hash(null, 'MD5')")
    assert evaluate("States.Hash($, 'MD5')", "a" * 10_000)
    assert cause_of("States.Hash($, 'MD5')", "a" * 10_001) == invalid("States.Hash($, 'MD5')")


# Arrays


@pytest.mark.parametrize(
    ("array", "size", "chunks"),
    [([], 3, []), ([0, 1], 1, [[0], [1]]), ([0, 1], 5, [[0, 1]]), ([1, 2, 3], 2.9, [[1, 2], [3]])],
)
def test_array_partition_cuts_an_array(array, size, chunks):
    assert evaluate("States.ArrayPartition($.a, $.n)", {"a": array, "n": size}) == chunks


@pytest.mark.parametrize(
    ("array", "size"), [([1], 0), ([1], 0.6), ([1], -1), ([1], "1"), ([1], None), ({}, 1), ("a", 1)]
)
def test_array_partition_refuses_other_arguments(array, size):
    call = "States.ArrayPartition($.a, $.n)"
    assert cause_of(call, {"a": array, "n": size}) == invalid(call)


@pytest.mark.parametrize(
    ("array", "value", "found"),
    [
        ([], None, False),
        ([], [], False),
        ([1, None], None, True),
        ([[1, 2, 3], 2], [1, 2, 3], True),
        ([{"1": 2, "2": []}], {"1": 2, "2": []}, True),
        ([{"1": 2, "2": []}], {"2": [], "1": 2}, False),
        ([{"1": 2}], [], False),
        ([1], 1.0, True),
        ([0, 1], False, False),
        (["true"], True, True),
        (["9007199254740991"], 9007199254740991, True),
        (["a"], "A", False),
    ],
)
def test_array_contains_compares_texts(array, value, found):
    assert evaluate("States.ArrayContains($.a, $.v)", {"a": array, "v": value}) is found


def test_array_contains_needs_an_array():
    assert cause_of("States.ArrayContains('abc', 'a')") == invalid("States.ArrayContains('abc', 'a')")


@pytest.mark.parametrize(
    ("first", "last", "step", "numbers"),
    [
        (0, 9, 3, [0, 3, 6, 9]),
        (0, 10, 3, [0, 3, 6, 9]),
        (9, 1, -2, [9, 7, 5, 3, 1]),
        (1, 9, -1, []),
        (9, 1, 1, []),
        (1, 9, 9, [1]),
        (1.6, 1.4, 1, [1]),
        (5.4, -0.6, -2.4, [5, 3, 1]),
    ],
)
def test_array_range_counts_from_first_to_last(first, last, step, numbers):
    assert evaluate("States.ArrayRange($[0], $[1], $[2])", [first, last, step]) == numbers


@pytest.mark.parametrize(
    "arguments",
    [[1, 9, 0], [1, 9, 0.5], [0, 1000, 1], [0, -1000, -1], ["a", 5, 1], [1, None, 1], [1, 2, True]],
)
def test_array_range_refuses_other_arguments_and_more_than_a_thousand(arguments):
    call = "States.ArrayRange($[0], $[1], $[2])"
    assert cause_of(call, arguments) == invalid(call)
    assert len(evaluate("States.ArrayRange(1, 1000, 1)")) == 1000


@pytest.mark.parametrize(("array", "index", "item"), [([1, 2], 0, 1), ([1, 2], 1.9, 2), ([], 7, None), ([], -1, None)])
def test_array_get_item_gives_an_element(array, index, item):
    assert evaluate("States.ArrayGetItem($.a, $.i)", {"a": array, "i": index}) == item


@pytest.mark.parametrize(
    ("array", "index"), [([1], 1), ([1], -1), ([1], "0"), ([1], None), ([1], True), ("a", 0), ({}, 0)]
)
def test_array_get_item_refuses_other_arguments(array, index):
    call = "States.ArrayGetItem($.a, $.i)"
    assert cause_of(call, {"a": array, "i": index}) == invalid(call)


@pytest.mark.parametrize("value", ["text", {}, None, 5])
@pytest.mark.parametrize("function", ["ArrayLength", "ArrayUnique"])
def test_what_is_no_array_has_no_length_and_no_unique_values(function, value):
    assert cause_of(f"States.{function}($)", value) == invalid(f"States.{function}($)")


@pytest.mark.parametrize(
    ("array", "unique"),
    [
        ([], []),
        ([1, 2, 3, 3, 3, 4], [1, 2, 3, 4]),
        ([None, None, 1, None], [None, 1]),
        ([1, "1", 1.0, "01"], [1, "1", "01"]),
        ([True, False, True], [False, True]),
        ([[1, 2], [1, 2], [2, 1]], [[2, 1], [1, 2]]),
        ([{"a": 1, "b": 2}, {"b": 2, "a": 1}], [{"a": 1, "b": 2}]),
        (["a", "b", "a", "c"], ["a", "b", "c"]),
        ([1, True], [True, 1][::-1]),
    ],
)
def test_array_unique_gives_distinct_values_in_the_order_of_a_java_hash_set(array, unique):
    result = evaluate("States.ArrayUnique($)", array)
    assert json.dumps(result) == json.dumps(unique)


@given(
    st.lists(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=2), max_size=40)
)
def test_array_unique_keeps_each_value_once_and_loses_none(array):
    unique = evaluate("States.ArrayUnique($)", array)
    tagged = {(isinstance(item, bool), item) for item in array}
    assert len(unique) == len(tagged)
    assert {(isinstance(item, bool), item) for item in unique} == tagged


# Objects and numbers


@pytest.mark.parametrize("deep", [False, "false", None, 0])
def test_json_merge_is_shallow(deep):
    value = {"a": {"x": {"p": 1}, "y": 1}, "b": {"x": {"q": 2}}, "deep": deep}
    assert evaluate("States.JsonMerge($.a, $.b, $.deep)", value) == {"x": {"q": 2}, "y": 1}
    assert value["a"] == {"x": {"p": 1}, "y": 1}


@pytest.mark.parametrize(
    ("first", "second", "deep"), [({}, {}, True), (None, {}, False), ({}, [], False), ("a", {}, False)]
)
def test_json_merge_refuses_deep_merges_and_what_is_no_object(first, second, deep):
    call = "States.JsonMerge($[0], $[1], $[2])"
    assert cause_of(call, [first, second, deep]) == invalid(call)


@pytest.mark.parametrize(
    ("first", "second", "total"),
    [
        (1.49, 1.5, 3),
        (1.5, 1.51, 4),
        (-1.49, -1.5, -2),
        (-1.5, -1.51, -3),
        (-1.51, 0, -2),
        (0.5, 0, 1),
        (-0.5, 0.5, 1),
        (-2.5, 0, -2),
        (2.5, 0, 3),
        (1.6, 2.7, 5),
        (0.49999999999999994, 0, 0),
        (2147483646, 1, 2147483647),
        (-2147483648, 0, -2147483648),
    ],
)
def test_math_add_rounds_each_operand_half_up(first, second, total):
    assert evaluate("States.MathAdd($[0], $[1])", [first, second]) == total


@pytest.mark.parametrize(
    "operands",
    [
        [2147483647, 1],
        [-2147483648, -1],
        [3000000000, -1000000000],
        ["1", 2],
        [None, 1],
        [True, 1],
        [1, [1]],
        [1e300, 1],
    ],
)
def test_math_add_refuses_other_operands_and_results_beyond_32_bits(operands):
    call = "States.MathAdd($[0], $[1])"
    assert cause_of(call, operands) == invalid(call)


def test_math_random_stays_below_its_end_and_truncates():
    context = scope()
    for number, expected in ((0.0, 3), (0.999999, 6)):
        context.entropy.number = number
        assert compile_intrinsic("States.MathRandom(3.9, 7.9)").evaluate(None, context) == expected


def test_a_seeded_random_number_is_the_one_of_java():
    assert [evaluate(f"States.MathRandom(0, 100, {seed})") for seed in (5, 42, 0, -1)] == [
        JavaRandom(seed).next_int(100) for seed in (5, 42, 0, -1)
    ]
    assert evaluate("States.MathRandom(0, 100, 5)") == 87
    assert evaluate("States.MathRandom(10, 26, 42)") == 10 + JavaRandom(42).next_int(16)


def test_java_random_gives_the_numbers_of_java():
    assert JavaRandom(77).next_double() == 0.7240700207191966
    assert JavaRandom(42).next_double() == 0.7275636800328681
    first_31_bits = (-1170105035 & 0xFFFFFFFF) >> 1
    assert JavaRandom(42).next_int(1000) == first_31_bits % 1000
    assert JavaRandom(42).next_int(1024) == first_31_bits >> 21


@pytest.mark.parametrize(
    "arguments", ["5, 5", "5, 4", "1.4, 1.6", "'1', 5", "1, 5, null", "1, 5, 'x'", "1", "1, 2, 3, 4"]
)
def test_math_random_refuses_other_arguments(arguments):
    call = f"States.MathRandom({arguments})"
    assert cause_of(call) == invalid(call)


@given(st.integers(-(2**63), 2**63 - 1), st.integers(1, 2**31 - 1))
def test_java_random_stays_within_its_bound(seed, bound):
    assert 0 <= JavaRandom(seed).next_int(bound) < bound
    assert 0 <= JavaRandom(seed).next_int(2**30 + 1) <= 2**30


def test_each_uuid_is_drawn_anew_and_arguments_are_ignored():
    context = scope()
    call = compile_intrinsic("States.UUID('ignored')")
    assert [call.evaluate(None, context), call.evaluate(None, context)] == ["uuid-1", "uuid-2"]


# The language of calls


@pytest.mark.parametrize(
    "call",
    [
        "States.ArrayContains($)",
        "States.StringToJson()",
        "States.MathAdd(1, 2, 999)",
        "States.JsonMerge($, $)",
        "States.Hash('hello')",
        "States.ArrayLength($, 1)",
    ],
)
def test_a_wrong_number_of_arguments_fails_only_when_the_call_is_made(call):
    assert cause_of(call, []) == invalid(call)


def test_a_call_of_literals_that_fails_waits_until_it_is_made():
    compiled = compile_intrinsic("States.ArrayRange('a', 5, 1)")
    with pytest.raises(StateError):
        compiled.evaluate(None, scope())


def test_calls_nest_and_spaces_do_not_matter():
    split = "States.StringSplit( $.s,'-')"
    text = f"States.ArrayGetItem( {split} ,States.MathAdd(States.ArrayLength({split}), -1) )"
    assert evaluate(text, {"s": "a-b-c"}) == "c"


def test_a_failure_inside_echoes_the_inner_call():
    assert cause_of("States.Array(States.ArrayLength( $.s ))", {"s": 1}) == invalid("States.ArrayLength( $.s )")
    call = "States.ArrayLength(States.JsonToString($.items))"
    assert cause_of(call, {"items": [1]}) == invalid(call)


def nested(depth):
    return "States.Array(" * depth + ")" * depth


def test_calls_nest_ten_deep_at_most():
    assert evaluate(nested(10)) == [[[[[[[[[[]]]]]]]]]]
    with pytest.raises(ExpressionSyntaxError, match="10 deep"):
        compile_intrinsic(nested(11))


def test_literals_are_json_numbers_words_and_strings():
    assert evaluate("States.Array(-1, 0.5, 1e2, true, false, null, '', 'a, (b)')") == [
        *[-1, 0.5, 100.0, True, False, None],
        *["", "a, (b)"],
    ]


def test_strings_know_four_escapes():
    assert evaluate(r"States.Array('it\'s', '\{\}', '\\')") == ["it's", "{}", "\\"]


def test_arguments_can_be_any_path():
    value = {"a b": [{"k": "x,)", "v": 1}, {"k": "y", "v": 2}]}
    assert evaluate("States.Array($['a b'][?(@.k == 'x,)')].v, $.none[*], $['a b'][(@.length-1)].v)", value) == [
        [1],
        [],
        2,
    ]
    assert evaluate("States.Format('{} {} {}', $n, $user.name, $$.Execution.Name)") == "5 Ada run"


def test_an_argument_with_an_index_past_the_end_is_null():
    assert evaluate("States.Array($.a[5])", {"a": []}) == [None]


@pytest.mark.parametrize(
    ("call", "path"),
    [
        ("States.Hash($.missing, 'SHA-256')", "$.missing"),
        ("States.Format('{}{}', $, $.a.b)", "$.a.b"),
        ("States.Format($.t)", "$.t"),
        ("States.Array($$.None)", "$$.None"),
        ("States.ArrayLength($undefined)", "$undefined"),
        ("States.MathRandom(0, $.end)", "$.end"),
        ("States.ArrayRange(0, 1, $.step)", "$.step"),
    ],
)
def test_an_argument_that_finds_nothing_is_told_in_the_words_of_aws(call, path):
    assert cause_of(call, {}) == (
        f"The function '{call}' had the following error: "
        f"The JsonPath argument for the field '{path}' could not be found in the input '{{}}'"
    )


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("States.Nope(1)", 0),
        ("states.Format('a')", 0),
        ("States.Format", 0),
        ("States.Format('a'", 17),
        ("States.Format('a)", 14),
        ("States.Format('a') x", 18),
        ("States.Array(1,)", 15),
        ("States.Array(,1)", 13),
        ("States.Array(1 2)", 13),
        ("States.Array(01)", 13),
        ("States.Array(abc)", 13),
        ("States.Array(" + "9" * 5000 + ")", 13),
        ('States.Array("abc")', 13),
        ("States.Array($.a[)", 18),
        ("States.Array($.a b)", 16),
        (r"States.Format('a\n')", 16),
        (r"States.StringToJson('{\"a\":1}')", 22),
        ("States.Array(States.Nope())", 13),
        ("", 0),
    ],
)
def test_a_call_that_aws_refuses_at_creation_is_refused_with_its_place(text, position):
    with pytest.raises(ExpressionSyntaxError) as refusal:
        compile_intrinsic(text)
    assert refusal.value.position == position


def test_a_call_knows_what_its_paths_start_from():
    compiled = compile_intrinsic("States.Array($.a, States.Array($user.name, $$.Execution.Id), 'x')")
    assert compiled.roots == {"$", "$$", "user"}
    assert compiled.variables == {"user"}


# Recorded on AWS


def recorded():
    for file in sorted(RECORDED.glob("*.json")):
        case = json.loads(file.read_text())
        definition = case["definition"]
        state = definition["States"][definition["StartAt"]]
        masked = "<" in json.dumps(case["expect"].get("output")) or "Generated" in json.dumps(case["expect"])
        if "JSONata" not in json.dumps(definition) and list(definition["States"]) == ["State_0"] and not masked:
            yield pytest.param(state["Parameters"], case["input"], case["expect"]["output"], id=file.stem)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded cases (../shared/conformance) are not here")
@pytest.mark.parametrize(("template", "value", "output"), list(recorded()))
def test_a_recorded_call_gives_what_aws_gave(template, value, output):
    given_scope = scope()
    given_scope.entropy.uuid = lambda: "generated-uuid"
    assert compile_template(template, "Parameters").evaluate(value, given_scope) == output
