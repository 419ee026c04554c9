"""The front desk: the part of digest that stays while `digest serve` waits.

It opens what readers bring (an unsubscribe link) and knows when the next run is wanted. It knows
neither listings nor ranking nor mail, and loads nothing of them: what stays must be small. Runs are
processes of their own; see `docs/decisions/0020-runs-of-their-own.md`.
"""

from digest.frontdesk.desk import FrontDesk

__all__ = ["FrontDesk"]
