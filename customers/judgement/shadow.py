"""Lets the alerts run over the past as if they had run every day, and counts what they would have been worth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from customers.judgement.alerts import deadlines, lapse_after, learnt, looks
from customers.judgement.purchases import Purchases
from customers.judgement.silences import Silences, silences
from customers.timelines import FOREVER, Flags, Floats, Ints

# Days after which the rule is learnt anew: what it rests on moves with the months, not with the days.
EVERY = 14


class Shadow(NamedTuple):
    """The alerts that would have been posted, by day and then by customer; each array is (alerts,)."""

    since: int  # ordinals: the first day on which it ran, and the last
    until: int
    horizon: int
    silences: Silences  # of each alert
    day: Ints
    p_lapse: Floats
    closed: Flags  # whether the outcome of every alert like this is known by the last day
    lapsed: Flags  # and whether it was precise
    lapses: Silences  # the true lapses that began since the first day and whose outcome is known
    alerted: Ints  # (lapses,): the ordinal of the alert that each of them got, FOREVER for those unseen

    @property
    def bought(self) -> Ints:
        """When each customer bought again after the alert; FOREVER where they did not."""
        return self.silences.ended

    @property
    def unseen(self) -> int:
        """How many lapses got no alert."""
        return int(np.sum(self.alerted == FOREVER))

    @property
    def stated(self) -> float | None:
        """The mean of p_lapse over the alerts whose outcome is known; None without any."""
        return float(self.p_lapse[self.closed].mean()) if self.closed.any() else None

    @property
    def reached(self) -> float | None:
        """The share of the alerts whose outcome is known that were precise; None without any."""
        return float(self.lapsed[self.closed].mean()) if self.closed.any() else None

    def recall(self, gaps: float = 3.0) -> float | None:
        """The share of the lapses that were alerted within so many own gaps (14 days to H); None without any."""
        if not len(self.alerted):
            return None
        due = self.lapses.begin + deadlines(self.lapses.usual, self.horizon, gaps)
        return float(np.mean(self.alerted <= due))

    def within(self, first: int, last: int) -> Shadow:
        """Only the alerts of some days, and the lapses that began on them."""
        kept = (self.day >= first) & (self.day <= last)
        began = (self.lapses.begin >= first) & (self.lapses.begin <= last)
        return self._replace(
            since=max(self.since, first),
            until=min(self.until, last),
            silences=self.silences.where(kept),
            day=self.day[kept],
            p_lapse=self.p_lapse[kept],
            closed=self.closed[kept],
            lapsed=self.lapsed[kept],
            lapses=self.lapses.where(began),
            alerted=self.alerted[began],
        )


def shadow(
    purchases: Purchases,
    since: int,
    horizon: int,
    precision: float | None = None,
    until: int | None = None,
    shipped: Floats | None = None,
) -> Shadow:
    """Run the alerts on every day from `since` to `until` (the last purchase's day where None), each knowing its past.

    `since` and `until` are ordinals, `horizon` is in days; `precision` and `shipped` are handed on to
    `alerts.learnt`. A silence that was past its deadline when alerts began to run is only looked at later.
    """
    everything = silences(purchases)
    if until is None:
        until = max(since, int(purchases.day.max(initial=since)))
    seen = everything.known(until)
    told = np.full(len(seen.who), FOREVER)
    chance = np.zeros(len(seen.who))
    planned = seen.begin + looks(seen, horizon)
    for today in range(since, until + 1, EVERY):
        if not np.any((planned >= today) & (planned < today + EVERY)):
            continue  # a single date far in the future must not cost a rule for each fortnight until then
        rule = learnt(seen, today - 1, horizon, precision, shipped)
        for when in planned:
            due = (when >= today) & (when < today + EVERY) & (when <= until) & (when < seen.ended) & (when < told)
            places = np.flatnonzero(due)
            said = rule.judge(seen.where(places), when[places])
            spoken = places[said.speak]
            told[spoken] = when[spoken]
            chance[spoken] = said.p_lapse[said.speak]
    return _counted(seen, told, chance, since, until, horizon)


def _counted(seen: Silences, told: Ints, chance: Floats, since: int, until: int, horizon: int) -> Shadow:
    """What became of the alerts, and which lapses there were."""
    lapse = seen.begin + lapse_after(seen, horizon)
    places = np.flatnonzero(told < FOREVER)
    places = places[np.lexsort((seen.who[places], told[places]))]
    begun = seen.begin >= since
    lapsed = np.flatnonzero(begun & (lapse <= until) & (seen.ended > lapse))
    alerted = seen.where(places)
    needed = np.maximum(lapse[places], told[places] + horizon)
    return Shadow(
        since=since,
        until=until,
        horizon=horizon,
        silences=alerted,
        day=told[places],
        p_lapse=chance[places],
        closed=needed <= until,
        lapsed=(needed <= until) & (alerted.ended > needed),
        lapses=seen.where(lapsed),
        alerted=told[lapsed],
    )
