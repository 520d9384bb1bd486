"""What answers the tasks of the killed servers."""

import random


def flaky(value):
    """Fails every other time, so that it is retried."""
    if random.random() < 0.5:
        raise RuntimeError("not this time")
    return {"flaky": value["n"]}
