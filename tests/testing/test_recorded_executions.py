"""Recorded executions as mocks, tests and replays; histories that can't be used."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from replay import compare, load_cases, needs_recordings
from small_workflows import machine, task

from asl.state_machine import StateMachine
from interpreter.tasks.mock_config import MockConfig
from interpreter.testing import MachineUnderTest, TaskError
from interpreter.testing.case_files import CaseFile
from interpreter.testing.history_file import HistoryError, RecordedHistory
from interpreter.testing.mock_config_cases import put_on
from interpreter.testing.mocks_from_history import case_file_text, mock_config, pytest_file
from interpreter.testing.observing import Observer
from interpreter.testing.recording import Recording
from interpreter.testing.replaying import replay
from interpreter.testing.session import Session

RESULT_DROPPED = "what a distributed Map's children answered is neither in their parent's history nor in its output"
EXCEPTIONS = {
    "map_distributed/map_state_nested_config_distributed_no_max_max_concurrency": RESULT_DROPPED,
}
_PAYLOADS = ("input", "output", "parameters", "cause")


def as_printed(event: dict[str, Any]) -> dict[str, Any]:
    """A recorded event as the AWS CLI prints it: payloads as JSON text again."""
    printed = json.loads(json.dumps(event))
    for key, details in printed.items():
        if key.endswith("EventDetails"):
            texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in details.items()}
            printed[key] = {**details, **{name: texts[name] for name in _PAYLOADS if name in details}}
    return printed


_OF_ONE_ATTEMPT = ("TaskScheduled", "TaskStarted", "TaskFailed")


def in_order(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The recorder sorted the events of the one Task inside of a Parallel and masked their ids: put them back."""
    lost = [event for event in events if isinstance(event["id"], list)]
    if not lost:
        return events
    first = events.index(lost[0])
    attempts = zip(*([event for event in lost if event["type"] == kind] for kind in _OF_ONE_ATTEMPT), strict=True)
    entered = [event for event in lost if event["type"] == "TaskStateEntered"]
    inner = [*entered, *(event for attempt in attempts for event in attempt)]
    others = [event for event in lost if event not in inner]
    ordered = [*events[:first], *inner, *others, *events[first + len(lost) :]]
    return [{**event, "id": number, "previousEventId": number - 1} for number, event in enumerate(ordered, 1)]


def recorded_cases():
    for case in load_cases("execution"):
        if case.get("task_responses") and case["expect"].get("history"):
            gap = EXCEPTIONS.get(case["id"])
            marks = [pytest.mark.xfail(reason=gap, strict=True)] if gap else []
            yield pytest.param(case, id=case["id"], marks=marks)


def as_recorded(case: dict[str, Any], run: Any) -> bool:
    """Whether a run came to the recorded end; JSON texts inside of it are compared as data."""
    expected = case["expect"]
    ended: dict[str, Any] = {"status": str(run.status), "error": run.error, "cause": run.cause}
    ended = {key: value for key, value in ended.items() if value is not None}
    if run.succeeded:
        ended["output"] = run.output
    wanted = {key: expected[key] for key in ("status", "output", "error", "cause") if key in expected}
    if decoded(ended) == decoded(wanted):
        return True
    without_history = {key: value for key, value in expected.items() if key != "history"}
    return bool(compare({**case, "expect": without_history}, ended).ok)


def decoded(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return decoded(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, dict):
        return {key: decoded(item) for key, item in value.items()}
    return [decoded(item) for item in value] if isinstance(value, list) else value


@needs_recordings
@pytest.mark.parametrize("case", list(recorded_cases()))
def test_mocks_from_a_recorded_history_run_to_the_recorded_end(case, tmp_path):
    loaded = StateMachine.parse(case["definition"], name="Recorded", type=case.get("type", "STANDARD"))
    recording = Recording.of(
        RecordedHistory.of([as_printed(event) for event in in_order(case["expect"]["history"])]), loaded.graph
    )

    mocked = MachineUnderTest(loaded, mode="NONE")
    config = MockConfig.parse(json.dumps(mock_config(recording, "Recorded")))
    put_on(mocked, config.mocks("Recorded#recorded"))
    assert as_recorded(case, mocked.run(case["input"]))

    (tmp_path / "recorded.asl.json").write_text(json.dumps(case["definition"]))
    written = tmp_path / "recorded.asl-test.json"
    written.write_text(case_file_text(recording, "recorded.asl.json", ".json"))
    run, _ = next(iter(CaseFile(written, Session()).cases())).runner(None)
    assert as_recorded(case, run)


@needs_recordings
def test_being_watched_for_coverage_changes_no_history_and_sees_every_state_that_was_entered(tmp_path):
    path = tmp_path / "watched.asl.json"
    for case in load_cases("execution"):
        if not case.get("task_responses") or not case["expect"].get("history") or case["id"] in EXCEPTIONS:
            continue
        path.write_text(json.dumps(case["definition"], indent=1))
        loaded = StateMachine.load(path, type=case.get("type", "STANDARD"))
        events = [as_printed(event) for event in in_order(case["expect"]["history"])]
        recording = Recording.of(RecordedHistory.of(events), loaded.graph)
        observer = Observer()
        runs = []
        for mocked in (MachineUnderTest(loaded, mode="NONE"), MachineUnderTest(loaded, mode="NONE", observer=observer)):
            put_on(mocked, MockConfig.parse(json.dumps(mock_config(recording, "R"))).mocks("recorded"))
            runs.append(mocked.run(case["input"]))
        plain, watched = runs
        assert watched.history == plain.history, case["id"]
        assert watched.explanation == plain.explanation, case["id"]
        hits = observer.hits[str(path), "watched"].hits
        entered = {node.name for node in loaded.graph.states() if ("entered", node.pointer) in hits}
        assert entered == {visit.state for visit in plain.visits}, case["id"]


@needs_recordings
def test_of_a_hundred_recorded_cases_ninety_eight_can_be_repeated():
    cases = list(recorded_cases())
    assert len(EXCEPTIONS) / len(cases) <= 0.02


def history_of_a_distributed_map(**fields: Any) -> Recording:
    inner = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Ship"}
    each = {"Type": "Map", "ItemProcessor": {**inner, "States": {"Ship": task("ship")}}, "End": True, **fields}
    tested = machine({"Each": each})
    tested.mock("Ship", by=lambda item: {"shipped": item})
    run = tested.run(["a", "b"])
    assert run.succeeded
    events = json.loads(json.dumps(run.history, default=str))
    return Recording.of(RecordedHistory.of(events), tested.machine.graph)


def test_what_tasks_in_children_of_a_distributed_map_answered_is_read_from_the_maps_output():
    recording = history_of_a_distributed_map(ResultPath="$[0]")
    assert [call.output for call in recording.calls["Ship"]] == [{"shipped": "a"}, {"shipped": "b"}]


@pytest.mark.parametrize("field", [{"ResultPath": None}, {"ResultSelector": {"all.$": "$"}}, {"OutputPath": "$[0]"}])
def test_nothing_is_made_up_of_children_whose_results_a_distributed_map_drops_or_changes(field):
    assert history_of_a_distributed_map(**field).calls == {}


# What is written


def recorded_order() -> tuple[MachineUnderTest, dict[str, Any]]:
    retry = [{"ErrorEquals": ["Card.Declined"], "IntervalSeconds": 1, "MaxAttempts": 2}]
    inner = {"StartAt": "Ship", "States": {"Ship": task("ship")}}
    states = {
        "Charge": task("charge", Retry=retry, Next="Each"),
        "Each": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inner, "End": True},
    }
    order = machine(states)
    order.mock("Charge", raises=TaskError("Card.Declined", "no funds"), times=1).then(
        returns={"items": [1, 2, 3]}, after=0.5
    )
    order.mock("Ship", by=lambda item: item * 10)
    return order, _printed(order.run({"id": 7}))


def _printed(run: Any) -> dict[str, Any]:
    return {"events": [{**event, "timestamp": event["timestamp"].isoformat()} for event in run.history]}


@pytest.fixture
def folder(tmp_path):
    order, history = recorded_order()
    (tmp_path / "order.asl.json").write_text(json.dumps(order.machine.definition, indent=2))
    (tmp_path / "h.json").write_text(json.dumps(history, indent=4))
    return tmp_path


def test_a_test_file_has_the_input_the_answers_and_the_end(folder):
    recording = Recording.load(folder / "h.json")
    path = folder / "order.asl-test.yaml"
    path.write_text(case_file_text(recording, "order.asl.json", ".yaml"))
    result = next(iter(CaseFile(path, Session()).cases())).run()
    assert result.problems == []
    text = path.read_text()
    assert "Error: Card.Declined" in text
    assert "When: 3" in text


def test_a_pytest_file_passes(folder, pytester):
    recording = Recording.load(folder / "h.json")
    source = pytest_file(recording, str(folder / "order.asl.json"), "order")
    pytester.makepyfile(source)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert "order.mock('Charge', raises=TaskError('Card.Declined', 'no funds'), times=1).then(returns=" in source


def test_a_mock_config_file_counts_equal_answers_in_a_row(folder):
    written = mock_config(Recording.load(folder / "h.json"), "order")
    assert written["MockedResponses"]["Recorded Charge"] == {
        "0": {"Throw": {"Error": "Card.Declined", "Cause": "no funds"}},
        "1": {"Return": {"items": [1, 2, 3]}},
    }
    assert written["MockedResponses"]["Recorded Ship"]["2"] == {"Return": 30}


def test_what_was_aborted_and_what_timed_out_stays_without_an_answer(tmp_path):
    branch = {"StartAt": "Slow", "States": {"Slow": task("slow")}}
    other = {"StartAt": "Bad", "States": {"Bad": task("bad", TimeoutSeconds=5)}}
    order = machine({"P": {"Type": "Parallel", "Branches": [branch, other], "End": True}})
    order.mock("Slow", pending=True)
    order.mock("Bad", pending=True)
    path = tmp_path / "h.json"
    path.write_text(json.dumps(_printed(order.run())))
    recording = Recording.load(path)
    assert [recording.calls[name][0].outcome for name in ("Slow", "Bad")] == ["aborted", "timed out"]
    assert '"Pending": true' in case_file_text(recording, "x", ".json")
    assert replay(order.machine, recording).divergence() is None


# Replays


def changed(order: MachineUnderTest, change: Any) -> StateMachine:
    definition = json.loads(json.dumps(order.machine.definition))
    change(definition["States"])
    return StateMachine.parse(definition, name="Order")


@pytest.mark.parametrize(
    ("change", "state", "words"),
    [
        (lambda states: None, None, None),
        (lambda states: states["Charge"].update(Retry=[]), "Charge", "is tried 1 times; recorded were 2"),
        (lambda states: states["Charge"].update(ResultPath="$.paid"), "Charge", "its output differs: $.items"),
        (lambda states: states["Charge"].update(Parameters={"n": 1}), "Charge", "what call 1 is made with differs"),
        (lambda states: states["Each"].update(ItemSelector={"v": 1}), "Ship", "its input differs"),
        (lambda states: states["Each"].update(ResultSelector={"n.$": "$"}), "Each", "its output differs"),
        (
            lambda states: (states["Charge"].update(Next="New"), states.update(New={"Type": "Pass", "Next": "Each"})),
            "New",
            "after 'Charge' it enters 'New'; recorded was 'Each'",
        ),
        (
            lambda states: (
                states["Each"].update(Next="More"),
                states["Each"].pop("End"),
                states.update(More=task("more")),
            ),
            "More",
            "after 'Each' it enters 'More'; recorded was the end",
        ),
    ],
)
def test_a_changed_definition_is_found_where_it_first_goes_another_way(folder, change, state, words):
    order, _ = recorded_order()
    divergence = replay(changed(order, change), Recording.load(folder / "h.json")).divergence()
    if words is None:
        assert divergence is None
    else:
        assert divergence is not None
        assert words in divergence.text
        assert divergence.state == state or state is None


def test_a_recorded_stop_is_repeated_at_its_instant(tmp_path):
    order = machine({"W": {"Type": "Wait", "Seconds": 60, "End": True}})
    run = order.start()
    run.advance(20)
    path = tmp_path / "h.json"
    path.write_text(json.dumps(_printed(run.stop("Enough", "late"))))
    assert replay(order.machine, Recording.load(path)).divergence() is None
    quicker = machine({"W": {"Type": "Wait", "Seconds": 10, "End": True}})
    divergence = replay(quicker.machine, Recording.load(path)).divergence()
    assert divergence is not None
    assert divergence.text.startswith("'W' succeeded")


def test_a_call_that_was_not_recorded_is_the_divergence(folder):
    order, _ = recorded_order()
    again = changed(order, lambda states: states["Charge"]["Retry"].append({"ErrorEquals": ["X"], "MaxAttempts": 9}))
    recording = Recording.load(folder / "h.json")
    recording.calls["Charge"].pop()
    divergence = replay(again, recording).divergence()
    assert divergence is not None
    assert "'Charge' is called with {'id': 7}, which was recorded once only" in divergence.text


# Histories that can't be used


def page(events: list[Any], **more: Any) -> str:
    return json.dumps({"events": events, **more}, indent=4)


def history_events() -> list[Any]:
    return recorded_order()[1]["events"]


def test_pages_and_reverse_order_are_read_as_one_history():
    events = history_events()
    whole = RecordedHistory.parse(page(events)).rows
    assert RecordedHistory.parse(page(events[:5]) + "\n" + page(events[5:])).rows == whole
    assert RecordedHistory.parse(json.dumps([{"events": events[:5]}, {"events": events[5:]}])).rows == whole
    assert RecordedHistory.parse(page(events[::-1])).rows == whole
    assert RecordedHistory.parse(json.dumps(events)).rows == whole


def without(events: list[Any], number: int) -> list[Any]:
    return [event for event in events if event["id"] != number]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (lambda events: "", ":1: the file is empty"),
        (lambda events: page(events)[:-400], "this is not JSON"),
        (lambda events: "{}", ":1: expected the output of get-execution-history"),
        (lambda events: page([]), "there are no events in it"),
        (lambda events: page([{"type": "X"}]), "this is no event with an id and a type"),
        (lambda events: page(without(events, 3)), "the history is cut short: expected event 3, found 4"),
        (lambda events: page(events[:-1]), "the history ends with MapStateExited"),
        (lambda events: page(events, nextToken="more"), "its last page has a nextToken"),
        (lambda events: page(events[1:]), "expected event 1, found 2"),
        (lambda events: page([{**events[0], "id": True}]), "this is no event with an id and a type"),
        (lambda events: page([*events[:2], {**events[2], "type": 7}]), "this is no event with an id and a type"),
        (lambda events: page([*events[:2], {**events[2], "previousEventId": "x"}]), "can't follow the event 'x'"),
        (lambda events: page([*events[:2], {**events[2], "previousEventId": 3}]), "can't follow the event 3"),
        (lambda events: page([events[0], {**events[1], "stateEnteredEventDetails": {}}, *events[2:]]), "has no name"),
    ],
)
def test_a_history_that_is_not_whole_is_refused_with_its_line(text, words):
    with pytest.raises(HistoryError) as refused:
        RecordedHistory.parse(text(history_events()), "h.json")
    assert words in str(refused.value)
    assert re.match(r"h\.json:\d+: ", str(refused.value))


def test_a_history_without_data_or_with_cut_data_is_refused():
    events = history_events()
    entered = json.loads(json.dumps(events))
    entered[1]["stateEnteredEventDetails"].pop("input")
    with pytest.raises(HistoryError, match=r"h\.json:\d+: the event has no input\n.*--include-execution-data"):
        RecordedHistory.parse(page(entered), "h.json")
    entered = json.loads(json.dumps(events))
    entered[1]["stateEnteredEventDetails"]["inputDetails"]["truncated"] = True
    with pytest.raises(HistoryError, match=r"h\.json:\d+: the input was cut"):
        RecordedHistory.parse(page(entered), "h.json")


def test_a_history_of_another_machine_is_refused_with_the_nearest_state(folder):
    other = machine({"Charg": task("charge")})
    with pytest.raises(
        HistoryError, match=r"h\.json:\d+: .*another state machine: this one has no state 'Charge'\n.*'Charg'"
    ):
        Recording.load(folder / "h.json", other.machine.graph)


pytest_plugins = ["pytester"]
