"""A nested execution, a saga that cancels, and a bug that shows only when branches run in another order."""

from interpreter.testing import first_failure, load_machine


def test_both_are_booked(state_machine):
    trip, bookings = state_machine("trip.asl.json"), state_machine("bookings.asl.json")
    trip.mock("Book", runs=bookings)
    bookings.mock("Hotel", returns={"room": 12}, after=30)
    bookings.mock("Flight", returns={"seat": "2A"})
    run = trip.run({"to": "Rome"})
    assert run.output == [{"room": 12}, {"seat": "2A"}] and run.duration.total_seconds() == 30


def test_both_are_cancelled_when_one_fails(state_machine):
    trip, bookings = state_machine("trip.asl.json"), state_machine("bookings.asl.json")
    trip.mock("Book", runs=bookings)
    bookings.mock("Hotel", returns={"room": 12})
    bookings.mock("Flight", raises="Flight.Full")
    cancel = trip.mock("Cancel", returns="cancelled")
    run = trip.run({"to": "Rome"})
    assert run.output == "cancelled" and "Flight.Full" in cancel.inputs[0]["Cause"]


def book(schedule=None):
    """The flight is booked for the name that the hotel wrote down: right only while the hotel is first."""
    bookings = load_machine(__file__.replace("test_trip.py", "bookings.asl.json"), schedule=schedule)
    names = []
    bookings.mock("Hotel", by=lambda trip: names.append(trip["name"]) or "room")
    bookings.mock("Flight", by=lambda _trip: f"seat for {names[0] if names else 'nobody'}")
    assert bookings.run({"name": "Ada"}).output == ["room", "seat for Ada"]


def test_the_race_is_found():
    book()
    found = first_failure(book)
    assert found is not None and len(found.notes) == 1
    assert "'Flight' [1] went before 'Hotel' [0]" in found.notes.values()
