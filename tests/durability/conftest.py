"""The tests of the API have the helpers that start servers."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "interpreter" / "api"))
