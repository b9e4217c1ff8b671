"""Lets the alerts run over the past as if they had run every day, and counts what they would have been worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from customers.judgement.alert_learning import Teachers
from customers.judgement.alerts import Rule, deadlines, lapse_after, looks
from customers.judgement.purchases import Purchases
from customers.judgement.silences import Silences, silences
from customers.timelines import FOREVER, Flags, Floats, Ints

# Days after which the rule is learnt anew: what it rests on moves with the months, not with the days.
EVERY = 14
# Rules that are learnt at once: more at once go through the silences less often, but take more memory.
AT_ONCE = 5


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
    if until is None:
        until = max(since, int(purchases.day.max(initial=since)))
    return shadow_of([silences(purchases).known(until)], since, until, horizon, precision, shipped)


def shadow_of(
    portions: Iterable[Silences],
    since: int,
    until: int,
    horizon: int,
    precision: float | None = None,
    shipped: Floats | None = None,
) -> Shadow:
    """The same of silences as they are known on the day `until`, some after others.

    `portions` are gone through several times and must be the same each time: other customers in each, ascending. How
    they are parted changes nothing.
    """
    days = _days(portions, since, until, horizon)
    rules = dict(_rules(portions, days, horizon, precision, shipped))
    parts = [_ran(some, rules, since, until, horizon) for some in portions]
    alerted = Silences.joined([part.silences for part in parts])
    day = np.concatenate([part.day for part in parts])
    order = np.lexsort((alerted.who, day))
    return Shadow(
        since=since,
        until=until,
        horizon=horizon,
        silences=alerted.where(order),
        day=day[order],
        p_lapse=np.concatenate([part.p_lapse for part in parts])[order],
        closed=np.concatenate([part.closed for part in parts])[order],
        lapsed=np.concatenate([part.lapsed for part in parts])[order],
        lapses=Silences.joined([part.lapses for part in parts]),
        alerted=np.concatenate([part.alerted for part in parts]),
    )


def _days(portions: Iterable[Silences], since: int, until: int, horizon: int) -> list[int]:
    """On which days the rule is learnt anew: every fortnight in which any silence is to be looked at.

    A single date far in the future must not cost a rule for each fortnight until then.
    """
    found: set[int] = set()
    for seen in portions:
        planned = seen.begin + looks(seen, horizon)
        found.update(np.unique((planned[(planned >= since) & (planned <= until)] - since) // EVERY).tolist())
    return [since + number * EVERY for number in sorted(found)]


def _rules(
    portions: Iterable[Silences], days: Sequence[int], horizon: int, precision: float | None, shipped: Floats | None
) -> Iterator[tuple[int, Rule]]:
    """The rule for each of the days, from what was known the day before."""
    teachers = [Teachers(day - 1, horizon) for day in days]
    for seen in portions:
        for teacher in teachers:
            teacher.count(seen)
    for start in range(0, len(days), AT_ONCE):
        some = teachers[start : start + AT_ONCE]
        for seen in portions:
            for teacher in some:
                teacher.listen(seen)
        for day, teacher in zip(days[start:], some, strict=False):
            yield day, teacher.rule(precision, shipped)


def _ran(seen: Silences, rules: Mapping[int, Rule], since: int, until: int, horizon: int) -> Shadow:
    """What the rules, each for a fortnight from its day on, would have said of these silences."""
    told = np.full(len(seen.who), FOREVER)
    chance = np.zeros(len(seen.who))
    planned = seen.begin + looks(seen, horizon)
    for today, rule in rules.items():
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
