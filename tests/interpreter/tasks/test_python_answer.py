from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from interpreter.errors import TaskTargetError
from interpreter.tasks.port import PENDING, After, TaskError, TaskRequest
from interpreter.tasks.python import python_answer
from interpreter.tasks.threads import SerialThreads

Build = Callable[..., TaskRequest]
INVOKE = "arn:aws:states:::lambda:invoke"


class Card:
    class DeclinedError(Exception):
        pass


def decline(event: Any) -> None:
    raise Card.DeclinedError(f"no funds for {event['id']}")


def test_a_function_of_the_input_gets_the_input(request_for: Build) -> None:
    assert python_answer(lambda task_input: task_input["a"] + 1)(request_for({"a": 1})) == 2


def test_a_function_without_parameters_is_called_without(request_for: Build) -> None:
    assert python_answer(lambda: {"ok": True})(request_for({"a": 1})) == {"ok": True}


def test_an_optional_second_parameter_does_not_make_a_handler(request_for: Build) -> None:
    assert python_answer(lambda event, retries=3: retries)(request_for({})) == 3


def test_a_handler_gets_the_event_and_lambdas_context(request_for: Build) -> None:
    def handler(event: Any, context: Any) -> Any:
        return [event, context.function_name, context.invoked_function_arn, context.memory_limit_in_mb]

    name, arn = "ship", "arn:aws:lambda:us-east-1:123456789012:function:ship"
    assert python_answer(handler)(request_for({"a": 1})) == [{"a": 1}, name, arn, "128"]


def test_the_context_counts_down_to_the_tasks_time_limit(request_for: Build) -> None:
    left = python_answer(lambda event, context: context.get_remaining_time_in_millis())
    assert 4000 < left(request_for({}, timeout_seconds=5.0)) <= 5000  # type: ignore[operator]


def test_a_handler_that_can_not_be_called_as_a_task_is_refused() -> None:
    with pytest.raises(TaskTargetError, match="needs a, b, c"):
        python_answer(lambda a, b, c: None)


def test_a_coroutine_function_is_awaited(request_for: Build) -> None:
    async def handler(event: Any, context: Any) -> Any:
        await asyncio.sleep(0)
        return context.function_name

    assert asyncio.run(_finish(python_answer(handler), request_for({}))) == "ship"


def test_an_exception_is_the_error_that_lambda_reports(request_for: Build) -> None:
    with pytest.raises(TaskError) as failed:
        python_answer(decline)(request_for({"id": 7}))
    assert failed.value.error == "DeclinedError"
    cause = failed.value.cause or ""
    assert cause.startswith('{"errorMessage": "no funds for 7", "errorType": "DeclinedError", "requestId": "')
    trace = json.loads(cause)["stackTrace"]
    assert len(trace) == 1
    assert trace[0].endswith("raise Card.DeclinedError(f\"no funds for {event['id']}\")\n")
    assert ", in decline\n" in trace[0]


def test_the_cause_is_compact_for_lambda_invoke(request_for: Build) -> None:
    with pytest.raises(TaskError) as failed:
        python_answer(decline)(request_for({"FunctionName": "pay", "Payload": {"id": 7}}, INVOKE))
    assert (failed.value.cause or "").startswith('{"errorMessage":"no funds for 7","errorType":"DeclinedError",')


def test_an_exception_of_a_coroutine_is_reported_the_same(request_for: Build) -> None:
    async def handler(event: Any) -> Any:
        decline(event)

    with pytest.raises(TaskError) as failed:
        asyncio.run(_finish(python_answer(handler), request_for({"id": 7})))
    assert failed.value.error == "DeclinedError"


def test_a_task_error_passes_through(request_for: Build) -> None:
    def handler(event: Any) -> None:
        raise TaskError("Stock.Busy", "later")

    with pytest.raises(TaskError) as failed:
        python_answer(handler)(request_for({}))
    assert (failed.value.error, failed.value.cause) == ("Stock.Busy", "later")


def test_a_function_that_exits_fails_its_task_only(request_for: Build) -> None:
    with pytest.raises(TaskError) as failed:
        python_answer(lambda: sys.exit(3))(request_for({}))
    assert failed.value.error == "Runtime.ExitError"


def test_lambda_invoke_wraps_and_unwraps_the_payload(request_for: Build) -> None:
    answer = python_answer(lambda event, context: {"got": event, "by": context.function_name})
    result: Any = answer(request_for({"FunctionName": "arn:aws:lambda:us-east-1:1:function:pay", "Payload": 5}, INVOKE))
    assert result["Payload"] == {"got": 5, "by": "pay"}
    assert (result["StatusCode"], result["ExecutedVersion"]) == (200, "$LATEST")
    assert result["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert result["SdkResponseMetadata"]["RequestId"] == result["SdkHttpMetadata"]["HttpHeaders"]["x-amzn-RequestId"]


def test_the_answer_to_a_callback_is_not_wrapped(request_for: Build) -> None:
    answer = python_answer(lambda event: {"approved": event})
    request = request_for({"FunctionName": "ask", "Payload": "x"}, INVOKE + ".waitForTaskToken")
    assert answer(request) == {"approved": "x"}


def test_an_sdk_invoke_has_text_payloads(request_for: Build) -> None:
    answer = python_answer(lambda event: {"twice": event["n"] * 2})
    request = request_for({"FunctionName": "f", "Payload": '{"n": 2}'}, "arn:aws:states:::aws-sdk:lambda:invoke")
    assert answer(request)["Payload"] == '{"twice":4}'  # type: ignore[index]


def test_requests_are_repeatable(request_for: Build) -> None:
    ids = [python_answer(lambda e, context: context.aws_request_id)(request_for({})) for _ in range(2)]
    assert ids[0] == ids[1]
    answer = python_answer(lambda e, context: context.aws_request_id)
    assert answer(request_for({})) != answer(request_for({}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [((1, 2), [1, 2]), ({1: None}, {"1": None}), ({None: 1}, {"null": 1}), (Decimal("2.50"), 2.5), (Decimal("4.0"), 4)],
)
def test_what_json_has_a_form_for_is_taken_in_that_form(request_for: Build, value: Any, expected: Any) -> None:
    result = python_answer(lambda: value)(request_for({}))
    assert json.dumps(result) == json.dumps(expected)


def _endless() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"items": [{"when": datetime(2026, 1, 1)}]}, "Object of type datetime at $.items[0].when is not JSON"),
        ({1, 2}, "Object of type set at $ is not JSON"),
        ({"ratio": float("nan")}, "nan at $.ratio is not a JSON number"),
        ([float("inf")], "inf at $[0] is not a JSON number"),
        ({(1, 2): 3}, "the key (1, 2) at $ is not a string"),
        (_endless(), "nested too deeply or contains itself"),
    ],
)
def test_a_result_that_is_no_json_fails_the_task_with_type_and_place(
    request_for: Build, value: Any, message: str
) -> None:
    with pytest.raises(TaskError) as failed:
        python_answer(lambda: value)(request_for({}))
    assert failed.value.error == "Runtime.MarshalError"
    assert message in json.loads(failed.value.cause or "")["errorMessage"]


def test_a_function_that_changes_its_event_changes_nothing_else(request_for: Build) -> None:
    given = {"lines": [{"qty": 1}]}

    def double(event: Any) -> Any:
        event["lines"][0]["qty"] *= 2
        event["lines"].append("more")
        return event

    assert python_answer(double)(request_for(given)) == {"lines": [{"qty": 2}, "more"]}
    assert given == {"lines": [{"qty": 1}]}


def test_a_function_that_goes_on_changing_its_result_does_not_change_what_it_gave(request_for: Build) -> None:
    kept: dict[str, Any] = {"a": [1, 2.5, None, True, {"b": "c"}]}
    answered = python_answer(lambda: kept)(request_for({}))
    kept["a"][4]["b"] = "d"
    kept["a"].append("e")
    assert answered == {"a": [1, 2.5, None, True, {"b": "c"}]}


def test_an_answer_may_come_later_or_never(request_for: Build) -> None:
    later = python_answer(lambda: After(5.0, {"ok": (1,)}))(request_for({}))
    assert later == After(5.0, {"ok": [1]})
    assert python_answer(lambda: PENDING)(request_for({})) is PENDING


def test_a_function_is_imported_from_the_current_directory(
    request_for: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop_handlers.py").write_text("class Ship:\n    @staticmethod\n    def run(event): return event\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert python_answer("shop_handlers:Ship.run")(request_for(5)) == 5


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nothing", "not of the form module:function"),
        ("no_such_module_here:f", "there is no module 'no_such_module_here'"),
        ("json:lodas", "there is no 'lodas' in it\ndid you mean 'loads'?"),
        ("json:__name__", "is a str, not a function"),
        ("broken_task_module:f", "importing broken_task_module failed: ValueError: at import"),
    ],
)
def test_a_target_that_can_not_be_used_is_told(
    target: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_task_module.py").write_text("raise ValueError('at import')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(TaskTargetError) as refused:
        python_answer(target)
    assert message in str(refused.value)


def test_threads_keep_the_loop_alive_and_can_be_given_up(request_for: Build) -> None:
    import threading

    release = threading.Event()

    def hang(event: Any) -> Any:
        release.wait(10 if event == "hang" else 0)
        return event

    async def scenario() -> Any:
        threads = SerialThreads()
        answer = python_answer(hang, threads=threads)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_finish(answer, request_for("hang")), 0.05)
        return await _finish(answer, request_for("next"))

    assert asyncio.run(scenario()) == "next"
    release.set()


def test_threads_pass_failures_on(request_for: Build) -> None:
    with pytest.raises(TaskError) as failed:
        asyncio.run(_finish(python_answer(decline, threads=SerialThreads()), request_for({"id": 7})))
    assert failed.value.error == "DeclinedError"


async def _finish(answer: Any, request: TaskRequest) -> Any:
    result = answer(request)
    return await result if asyncio.iscoroutine(result) else result
