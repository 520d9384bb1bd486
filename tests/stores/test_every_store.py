"""What the contract promises, checked against every store."""

import asyncio

import pytest

from interpreter.store import open_store
from interpreter.store.port import ExecutionChange, ExecutionFilter, ExecutionRecord, RecordChange, Running

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"


@pytest.fixture(params=["memory:", "sqlite"])
def store(request, tmp_path):
    url = request.param if request.param == "memory:" else f"sqlite:///{tmp_path}/asl.db"
    opened = open_store(url)
    yield opened
    opened.close()


def record(name, **more):
    values = {"machine_arn": MACHINE, "name": name, "status": "RUNNING", "started": 1.5, **more}
    return ExecutionRecord(arn=f"arn:{name}", **values)


def begun(name, **more):
    return ExecutionChange(f"arn:{name}", record(name, **more), Running({"n": 1}), {1: {"a": 1}}, [["e1"], ["e2"]])


def commit(store, *executions, records=()):
    asyncio.run(store.commit(executions, records))


def test_a_record_is_found_by_kind_in_the_order_of_keys(store):
    commit(store, records=[RecordChange("m", "b", {"x": 1}), RecordChange("m", "a", [2]), RecordChange("v", "a", 3)])
    assert list(store.records("m")) == [("a", [2]), ("b", {"x": 1})]
    assert list(store.records("v")) == [("a", 3)]


def test_a_record_is_replaced_and_removed(store):
    commit(store, records=[RecordChange("m", "a", 1), RecordChange("m", "b", 1)])
    commit(store, records=[RecordChange("m", "a", 2), RecordChange("m", "b", None)])
    assert list(store.records("m")) == [("a", 2)]


def test_an_execution_shows_the_face_of_its_last_commit(store):
    first = record("e", version_arn="v", alias_arn="al", map_run_arn="mr", details={"input": "{}"})
    commit(store, ExecutionChange("arn:e", first, Running({})))
    assert store.execution("arn:e") == first
    last = record("e", status="FAILED", stopped=3.0, version_arn="v", alias_arn="al", map_run_arn="mr", redrive_count=1)
    commit(store, ExecutionChange("arn:e", last))
    assert store.execution("arn:e") == last
    assert store.execution("arn:unknown") is None


def test_a_change_without_a_face_keeps_the_face(store):
    commit(store, begun("e"))
    commit(store, ExecutionChange("arn:e", None, Running({"n": 2}, 9.0, True)))
    assert store.execution("arn:e") == record("e")
    assert store.running("arn:e") == Running({"n": 2}, 9.0, True)


def test_a_change_of_an_unknown_execution_needs_its_face(store):
    with pytest.raises(ValueError, match="arn:e is unknown"):
        commit(store, ExecutionChange("arn:e", None, Running({})))


def test_touched_frames_are_replaced_and_gone_ones_removed(store):
    commit(store, ExecutionChange("arn:e", record("e"), Running({}), {1: "a", 2: "b", 3: "c"}))
    commit(store, ExecutionChange("arn:e", None, Running({}), {2: None, 3: "d"}))
    assert store.frames("arn:e") == {1: "a", 3: "d"}
    assert store.frames("arn:unknown") == {}


def test_a_closed_execution_is_not_open_and_keeps_the_frames_that_were_left(store):
    commit(store, begun("e"), begun("f"))
    commit(store, ExecutionChange("arn:e", record("e", status="FAILED", stopped=2.0)))
    assert [found.record.name for found in store.open_executions()] == ["f"]
    assert store.running("arn:e") is None
    assert store.frames("arn:e") == {1: {"a": 1}}


def test_a_closed_execution_can_be_opened_again(store):
    commit(store, begun("e"), begun("f"))
    commit(store, ExecutionChange("arn:e", record("e", status="FAILED", stopped=2.0)))
    commit(store, ExecutionChange("arn:e", record("e", redrive_count=1), Running({"n": 5}), {}, [["e3"]], 3))
    assert [found.record.name for found in store.open_executions()] == ["e", "f"]
    assert store.history("arn:e", 10) == [["e1"], ["e2"], ["e3"]]


def test_history_is_paged_forwards_and_backwards_over_the_borders_of_commits(store):
    commit(store, ExecutionChange("arn:e", record("e"), Running({}), {}, [1, 2, 3], 1))
    commit(store, ExecutionChange("arn:e", None, Running({}), {}, [4], 4))
    commit(store, ExecutionChange("arn:e", None, Running({}), {}, [5, 6], 5))
    assert store.history("arn:e", 10) == [1, 2, 3, 4, 5, 6]
    assert store.history("arn:e", 3, after=2) == [3, 4, 5]
    assert store.history("arn:e", 3, after=3) == [4, 5, 6]
    assert store.history("arn:e", 9, after=6) == []
    assert store.history("arn:e", 2, reverse=True) == [6, 5]
    assert store.history("arn:e", 3, after=5, reverse=True) == [4, 3, 2]
    assert store.history("arn:e", 9, after=1, reverse=True) == []
    assert store.history("arn:unknown", 9) == []


def test_lists_are_newest_first_and_go_on_where_the_page_ended(store):
    commit(store, *(begun(f"e{number}") for number in range(5)))
    names = []
    after = None
    while True:
        page, after = store.executions(ExecutionFilter(machine_arn=MACHINE), 2, after)
        names.append([found.name for found in page])
        if after is None:
            break
    assert names == [["e4", "e3"], ["e2", "e1"], ["e0"]]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (ExecutionFilter(machine_arn="other"), []),
        (ExecutionFilter(status="FAILED"), ["b"]),
        (ExecutionFilter(version_arn="v1"), ["c"]),
        (ExecutionFilter(alias_arn="al"), ["c"]),
        (ExecutionFilter(map_run_arn="mr"), ["d"]),
        (ExecutionFilter(redriven=True), ["d"]),
        (ExecutionFilter(redriven=False, machine_arn=MACHINE), ["c", "b", "a"]),
    ],
)
def test_a_list_shows_only_what_fits_every_criterion(store, wanted, names):
    commit(
        store,
        begun("a"),
        begun("b", status="FAILED"),
        begun("c", version_arn="v1", alias_arn="al"),
        begun("d", map_run_arn="mr", redrive_count=1),
    )
    assert [found.name for found in store.executions(wanted, 10)[0]] == names


def test_many_commits_at_once_all_last(store):
    async def many():
        await asyncio.gather(*(store.commit([begun(f"e{number}")]) for number in range(300)))

    asyncio.run(many())
    assert len(list(store.open_executions())) == 300
    assert store.backlog == 0


def test_what_was_closed_long_ago_is_forgotten_and_open_ones_are_kept(store):
    commit(store, begun("old"), begun("new"), begun("open"))
    commit(store, ExecutionChange("arn:old", record("old", status="FAILED", stopped=10.0)))
    commit(store, ExecutionChange("arn:new", record("new", status="FAILED", stopped=20.0)))
    assert asyncio.run(store.forget(15.0)) == 1
    assert store.execution("arn:old") is None
    assert store.history("arn:old", 5) == []
    assert [found.name for found in store.executions(ExecutionFilter(), 10)[0]] == ["open", "new"]


def test_names_that_look_like_sql_or_paths_are_only_names(store):
    name = "'; DROP TABLE executions; -- ../../etc/passwd"
    commit(store, begun(name), records=[RecordChange("m", name, name)])
    assert store.execution(f"arn:{name}") == record(name)
    assert list(store.records("m")) == [(name, name)]


def test_lone_surrogates_are_kept(store):
    commit(store, begun("e", details={"input": '"\ud800"'}), records=[RecordChange("m", "k", "\udfff")])
    assert store.execution("arn:e").details == {"input": '"\ud800"'}
    assert list(store.records("m")) == [("k", "\udfff")]
