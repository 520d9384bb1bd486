"""Measurements take minutes: they run only when ``-m`` asks for them."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("-m"):
        return
    measurements = [item for item in items if item.get_closest_marker("benchmark")]
    if measurements:
        config.hook.pytest_deselected(items=measurements)
        items[:] = [item for item in items if item not in measurements]
