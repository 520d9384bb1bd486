"""The colours of a drawing: one table for light paper, one for dark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from asl.diagram.overlay import Status

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Paint:
    """How one thing is painted: its inside, its outline and its text, as ``#rrggbb``."""

    fill: str
    line: str
    text: str


@dataclass(frozen=True, slots=True)
class Theme:
    """``kinds`` paints states by ``Type``, ``statuses`` by status (which wins), ``tones`` colours small text."""

    background: str
    text: str
    arrow: str
    label: str
    catch: str
    faint: str
    panel: Paint
    kinds: Mapping[str, Paint]
    statuses: Mapping[Status, Paint]
    tones: Mapping[str, str]


LIGHT = Theme(
    background="#ffffff",
    text="#1f2937",
    arrow="#475569",
    label="#334155",
    catch="#dc2626",
    faint="#94a3b8",
    panel=Paint("#ffffff", "#e2e8f0", "#64748b"),
    kinds={
        "Task": Paint("#ffffff", "#2563eb", "#1f2937"),
        "Pass": Paint("#f8fafc", "#64748b", "#1f2937"),
        "Choice": Paint("#fffbeb", "#d97706", "#1f2937"),
        "Wait": Paint("#ecfeff", "#0891b2", "#1f2937"),
        "Succeed": Paint("#dcfce7", "#16a34a", "#14532d"),
        "Fail": Paint("#fee2e2", "#dc2626", "#7f1d1d"),
        "Parallel": Paint("#eef2ff", "#818cf8", "#1f2937"),
        "Map": Paint("#faf0fd", "#c084fc", "#1f2937"),
        "Missing": Paint("#ffffff", "#dc2626", "#dc2626"),
        "": Paint("#ffffff", "#94a3b8", "#1f2937"),
    },
    statuses={
        "succeeded": Paint("#d1fadf", "#16a34a", "#14532d"),
        "running": Paint("#dbeafe", "#2563eb", "#1e3a8a"),
        "retried": Paint("#fef3c7", "#d9a406", "#713f12"),
        "caught": Paint("#ffe1c7", "#ea7317", "#7c2d12"),
        "failed": Paint("#fecaca", "#dc2626", "#7f1d1d"),
        "aborted": Paint("#e5e7eb", "#6b7280", "#374151"),
        "not reached": Paint("#ffffff", "#cbd5e1", "#94a3b8"),
        "added": Paint("#d1fadf", "#16a34a", "#14532d"),
        "removed": Paint("#fff1f1", "#dc2626", "#991b1b"),
        "changed": Paint("#fef3c7", "#d9a406", "#713f12"),
        "same": Paint("#ffffff", "#94a3b8", "#475569"),
    },
    tones={
        "plain": "#64748b",
        "mark": "#64748b",
        "error": "#dc2626",
        "catch": "#dc2626",
        "link": "#2563eb",
        "count": "#334155",
    },
)

DARK = Theme(
    background="#0f172a",
    text="#e5e7eb",
    arrow="#94a3b8",
    label="#cbd5e1",
    catch="#f87171",
    faint="#64748b",
    panel=Paint("#0f172a", "#334155", "#94a3b8"),
    kinds={
        "Task": Paint("#1e293b", "#60a5fa", "#f1f5f9"),
        "Pass": Paint("#1e293b", "#94a3b8", "#f1f5f9"),
        "Choice": Paint("#2b2413", "#fbbf24", "#fef3c7"),
        "Wait": Paint("#0d2b33", "#22d3ee", "#e0fbff"),
        "Succeed": Paint("#0f2e1c", "#4ade80", "#dcfce7"),
        "Fail": Paint("#3a1518", "#f87171", "#fee2e2"),
        "Parallel": Paint("#1c2145", "#818cf8", "#e5e7eb"),
        "Map": Paint("#2a1a38", "#c084fc", "#e5e7eb"),
        "Missing": Paint("#0f172a", "#f87171", "#f87171"),
        "": Paint("#1e293b", "#64748b", "#e5e7eb"),
    },
    statuses={
        "succeeded": Paint("#14532d", "#4ade80", "#dcfce7"),
        "running": Paint("#1e3a8a", "#60a5fa", "#dbeafe"),
        "retried": Paint("#5c4508", "#facc15", "#fef9c3"),
        "caught": Paint("#6b3410", "#fb923c", "#ffedd5"),
        "failed": Paint("#7f1d1d", "#f87171", "#fee2e2"),
        "aborted": Paint("#374151", "#9ca3af", "#e5e7eb"),
        "not reached": Paint("#0f172a", "#334155", "#64748b"),
        "added": Paint("#14532d", "#4ade80", "#dcfce7"),
        "removed": Paint("#2a1114", "#f87171", "#fecaca"),
        "changed": Paint("#5c4508", "#facc15", "#fef9c3"),
        "same": Paint("#1e293b", "#64748b", "#cbd5e1"),
    },
    tones={
        "plain": "#94a3b8",
        "mark": "#94a3b8",
        "error": "#fca5a5",
        "catch": "#f87171",
        "link": "#60a5fa",
        "count": "#cbd5e1",
    },
)

THEMES: Mapping[ThemeName, Theme] = {"light": LIGHT, "dark": DARK}


def mixed(colour: str, other: str) -> str:
    """The colour half way between two, such as a paler one on the way to the background."""
    channels = ((int(colour[at : at + 2], 16) + int(other[at : at + 2], 16)) // 2 for at in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in channels)
