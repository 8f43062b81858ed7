"""Event-sourced entity-list compliance checking: screen names against official lists as of any day.

    from compliance import Compliance
    with Compliance.open() as c:
        answer = c.screen("SenseTime Group")

Names are loaded when first used, so that a command pays only for what it needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compliance.answers import Answer, Hit, Outcome
    from compliance.errors import ComplianceError
    from compliance.facade import Compliance
    from compliance.model import Entry
    from compliance.screening import Subject

__version__ = "0.1.0"
__all__ = ["Answer", "Compliance", "ComplianceError", "Entry", "Hit", "Outcome", "Subject", "__version__"]

_ELSEWHERE = {
    "Answer": "answers",
    "Compliance": "facade",
    "ComplianceError": "errors",
    "Entry": "model",
    "Hit": "answers",
    "Outcome": "answers",
    "Subject": "screening",
}


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        return getattr(import_module(f"compliance.{_ELSEWHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
