"""One exception per exit code of the command."""

from typing import Dict, Type


class MgitError(Exception):
    """The command failed. str() is its sentence and, if it gave one, its hint."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message}\nhint: {hint}" if hint else message)
        self.message = message
        self.hint = hint


class UsageError(MgitError):
    """A name, revision or option that does not exist or does not fit."""

    exit_code = 2


class DiffersError(MgitError):
    """Something differs from what it should be, or is stale."""

    exit_code = 3


class GateError(MgitError):
    """A test or a hook refused the version."""

    exit_code = 4


class ConflictError(MgitError):
    """Another command is at work, or both sides changed the same thing."""

    exit_code = 5


class IntegrityError(MgitError):
    """Stored or checked-out bytes are not what they were."""

    exit_code = 6


class RemoteError(MgitError):
    """A remote cannot be reached or refused."""

    exit_code = 7


TYPES: Dict[int, Type[MgitError]] = {
    kind.exit_code: kind
    for kind in (UsageError, DiffersError, GateError, ConflictError, IntegrityError, RemoteError)
}


def error(exit_code: int, stderr: str) -> MgitError:
    """From what the command wrote to stderr: notes, 'error: SENTENCE' and 'hint: SENTENCE'."""
    message, hint = "", ""
    for line in stderr.splitlines():
        if line.startswith("error: "):
            message = line[len("error: ") :]
        elif line.startswith("hint: "):
            hint = line[len("hint: ") :]
    return TYPES.get(exit_code, MgitError)(message or stderr.strip() or f"mgit exited with {exit_code}", hint)
