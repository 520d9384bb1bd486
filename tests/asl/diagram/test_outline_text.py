"""The outline on a terminal."""

from asl.diagram import Overlay, StateOverlay, to_text
from asl.graph import StateGraph


def test_the_order_workflow_as_an_outline(order):
    assert (
        to_text(StateGraph(order))
        == """\
■ Validate order  Task · Lambda invoke · validate · retry ×4
    catch Order.Invalid → Rejected
◆ Is it big?  Choice
    $.total > 10000 → Prepare
    default → Cool off
║ Prepare  Parallel
  branch 1
  │ □ Reserve  Pass
  │     → end
  branch 2
  │ ≡ Ship lines  Map · INLINE · max 5 at once
  │   │ □ Pick  Pass
  │   │     → end
  │     → end
    catch Stock.Empty, Card.Declined → Rejected
✓ Done  Succeed
✗ Rejected  Fail · Order.Rejected
◷ Cool off  Wait · 10 min
    → Prepare
"""
    )


def test_a_state_that_nothing_leads_to_is_listed_last(order):
    order["States"] = {"Island": {"Type": "Pass", "End": True}, **order["States"]}
    assert "□ Island" in to_text(StateGraph(order)).splitlines()[-2]


def test_colours_appear_only_where_asked_for(order):
    graph = StateGraph(order)
    assert "\x1b[" not in to_text(graph)
    assert "\x1b[31mcatch Order.Invalid → Rejected\x1b[0m" in to_text(graph, colour=True)


def test_an_overlay_adds_status_and_counts(order):
    state = StateOverlay("retried", visits=1, attempts=3, duration=1.5)
    text = to_text(StateGraph(order), overlay=Overlay({"Validate order": state}, heading="succeeded"))
    assert text.startswith(
        "succeeded\n■ Validate order  Task · Lambda invoke · validate · retry ×4 · 3 attempts · took 1.5 s · retried"
    )
    assert "✓ Done  Succeed · not reached" in text


def test_an_arrow_that_a_picture_tells_in_words_is_listed_once():
    names = [f"Step {number}" for number in range(20)]
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Bad"}]
    states = {name: {"Type": "Task", "Resource": "x", "Catch": catch, "End": True} for name in names}
    text = to_text(StateGraph({"StartAt": "Step 0", "States": {**states, "Bad": {"Type": "Fail"}}}))
    assert text.count("→ Bad") == 20
