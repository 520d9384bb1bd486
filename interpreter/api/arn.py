"""Names and ARNs of state machines, their versions and aliases, executions, map runs and activities."""

from __future__ import annotations

import re
from dataclasses import dataclass

from interpreter.api.errors import ApiError, invalid_arn, invalid_name

NAME_LIMIT = 80
_FORBIDDEN_IN_NAMES = re.compile(r"""[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ud800-\udfff]""")
_NO_CHARACTERS = re.compile("[\ud800-\udfff]")
_ROLE = re.compile(r"arn:[\w-]+:iam::\d*:role/[^\ud800-\udfff]+")
_KINDS = {"stateMachine": 1, "execution": 2, "express": 3, "mapRun": 2, "activity": 1}


@dataclass(frozen=True, slots=True)
class Arn:
    """An ARN of this service taken apart.

    ``name`` is the state machine's or activity's name (with ``/label`` for a Map's own machine), ``qualifier`` what
    follows it: the version or alias, the execution's name, or the map run's id.
    """

    text: str
    partition: str
    region: str
    account: str
    kind: str
    name: str
    qualifier: str | None = None

    @property
    def unqualified(self) -> str:
        """The ARN of the state machine or activity itself."""
        return self.text if self.qualifier is None else self.text[: -len(self.qualifier) - 1]

    @property
    def machine(self) -> str:
        """The ARN of the state machine that an execution or map run belongs to, without label, version or alias."""
        name = self.name.partition("/")[0]
        return f"arn:{self.partition}:states:{self.region}:{self.account}:stateMachine:{name}"


def parse_arn(text: str, *kinds: str) -> Arn:
    """The parts of ``text``, which must be an ARN of one of ``kinds``; otherwise InvalidArn in AWS's words."""
    parts = text.split(":", 6)
    if len(parts) < 7 or parts[0] != "arn" or parts[2] != "states" or _NO_CHARACTERS.search(text):
        raise invalid_arn(f"Invalid ARN prefix: {text}")
    kind, rest = parts[5], parts[6]
    if kind not in _KINDS or kind not in kinds:
        raise invalid_arn(f"Resource type not valid in this context: {kind}")
    name, _, qualifier = rest.partition(":")
    if not name or (not qualifier and (_KINDS[kind] > 1 or ":" in rest)):
        raise invalid_arn(f"Invalid ARN resource: {text}")
    return Arn(text, parts[1], parts[3], parts[4], kind, name, qualifier or None)


def check_role(arn: str) -> str:
    """``arn`` when it looks like a role's; otherwise InvalidArn."""
    if not _ROLE.fullmatch(arn):
        raise ApiError("InvalidArn", f"Invalid Role Arn: '{arn}'")
    return arn


def check_name(name: str) -> str:
    """``name`` when AWS would take it for a state machine, an execution or an activity; otherwise InvalidName."""
    if not name or len(name) > NAME_LIMIT or _FORBIDDEN_IN_NAMES.search(name):
        raise invalid_name(name)
    return name


@dataclass(frozen=True, slots=True)
class Names:
    """Makes the ARNs of one account in one region."""

    account: str = "123456789012"
    region: str = "us-east-1"
    partition: str = "aws"

    def _arn(self, resource: str) -> str:
        return f"arn:{self.partition}:states:{self.region}:{self.account}:{resource}"

    def state_machine(self, name: str) -> str:
        return self._arn(f"stateMachine:{name}")

    def activity(self, name: str) -> str:
        return self._arn(f"activity:{name}")

    def execution(self, machine: str, name: str) -> str:
        return self._arn(f"execution:{machine}:{name}")

    def express_execution(self, machine: str, name: str, run: str) -> str:
        return self._arn(f"express:{machine}:{name}:{run}")
