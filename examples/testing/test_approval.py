"""A callback with heartbeats and an activity, in virtual time."""

from datetime import timedelta


def test_an_approver_who_shows_up_in_time(state_machine):
    run = state_machine("approval.asl.yaml").start({"orderId": 7})
    token = run.token("Approve")
    assert token.input["MessageBody"]["order"] == 7
    for _ in range(3):
        run.advance(timedelta(minutes=9))
        token.heartbeat()
    token.succeed({"by": "Ada"})

    task = run.activity("pack", worker="Grace")
    assert task.input == {"by": "Ada"}
    task.succeed({"parcel": 1})
    assert run.output == {"parcel": 1} and run.duration == timedelta(minutes=27)


def test_an_approver_who_falls_asleep(state_machine):
    run = state_machine("approval.asl.yaml").start({"orderId": 7})
    token = run.token("Approve")
    run.advance(timedelta(minutes=9))
    token.heartbeat()
    assert run.error == "NobodyApproved" and run.duration == timedelta(minutes=19)


def test_a_packer_who_fails(state_machine):
    run = state_machine("approval.asl.yaml").start({"orderId": 7})
    run.token("Approve").succeed({})
    run.activity("pack").fail("OutOfBoxes", "no box of this size")
    assert run.failed and (run.error, run.cause) == ("OutOfBoxes", "no box of this size")
