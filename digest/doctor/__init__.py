"""The doctor: looks at a whole installation, says what is wrong and what to do, and changes nothing.

A check takes the `Case` and yields findings. What asks the network has an end to its patience. The test
mail is the only thing that leaves, and only when asked for. Everything but the quick look before a run
is imported on first use.
"""

from typing import TYPE_CHECKING, Final

from digest.doctor.before import before_run
from digest.doctor.findings import Area, Examined, Finding, Report, Verdict
from digest.later import later

if TYPE_CHECKING:
    from digest.doctor.case import COUNTED_DOMAINS, LATELY, Case
    from digest.doctor.examine import examine_case
    from digest.doctor.letter import send_test_mail
    from digest.doctor.names import Names

__all__ = [
    "COUNTED_DOMAINS",
    "LATELY",
    "Area",
    "Case",
    "Examined",
    "Finding",
    "Names",
    "Report",
    "Verdict",
    "before_run",
    "examine_case",
    "send_test_mail",
]

_LATER: Final = {
    "COUNTED_DOMAINS": "case",
    "LATELY": "case",
    "Case": "case",
    "Names": "names",
    "examine_case": "examine",
    "send_test_mail": "letter",
}

__getattr__ = later(__name__, _LATER)
