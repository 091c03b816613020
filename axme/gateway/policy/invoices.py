"""What a month costs, by the terms of its plan (contract 3.24). Numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from axme.contract.metering import DAY, BillingCycle
from axme.gateway.policy.periods import month_days

DUE_DAYS = 30
_YEAR = 12


class Charge(NamedTuple):
    """What is charged for a month."""

    commit_minor: int
    overage_units: int
    overage_minor: int

    @property
    def total_minor(self) -> int:
        """The sum."""
        return self.commit_minor + self.overage_minor


def terms_of(versions: Sequence[Mapping[str, Any]], month: int) -> Mapping[str, Any]:
    """The version of a plan that was in force at the end of ``month``; versions come the oldest first."""
    end = month_days(month)[1] * DAY
    return next(version for version in reversed(versions) if version["updated_at"] < end)


def charge(terms: Mapping[str, Any], month: int, overage_units: int) -> Charge:
    """The commitment, monthly or for a year in the first month of each year, and what went beyond the limits."""
    months = 1
    if terms["billing_cycle"] == BillingCycle.ANNUAL:
        months = _YEAR if (month - terms["cycle_month"]) % _YEAR == 0 else 0
    overage_minor = overage_units * terms["overage_unit_price_minor"]
    return Charge(months * terms["monthly_commit_minor"], overage_units, overage_minor)
