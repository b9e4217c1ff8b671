"""Makes a sentence of a judgement and its numbers, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from words.check_sentences import CHECKS
from words.reasons import Number, Reason
from words.speech import Speech, message

HALF_A_PERCENT = 0.005

# By the code of the reason. Blanks are filled by their names, see `_filled`.
SENTENCES = {
    "rhythm.none": message("No purchase yet."),
    "rhythm.single": message("One purchase so far, {silence_days} ago."),
    "rhythm.single_today": message("The first purchase was today."),
    "rhythm.single_lost": message("One purchase on {day}, and none in the {silence_days} since."),
    "rhythm.two": message("Two purchases so far, {gap_days} apart; the second was {silence_days} ago."),
    "rhythm.two_today": message("Two purchases so far, {gap_days} apart; the second was today."),
    "rhythm.two_silent": message(
        "Two purchases so far, {gap_days} apart; silent for {silence_days}, {times} times that gap."
    ),
    "rhythm.two_lost": message(
        "Two purchases, {gap_days} apart; silent for {silence_days}, {times} times that gap; lost since {since}."
    ),
    "rhythm.usual": message("Buys every {gap} ± {spread} days; last bought {silence_days} ago."),
    "rhythm.usual_today": message("Buys every {gap} ± {spread} days; bought today."),
    "rhythm.usual_silent": message(
        "Buys every {gap} ± {spread} days; silent for {silence_days}, {times} times the usual."
    ),
    "rhythm.usual_lost": message(
        "Bought every {gap} ± {spread} days; silent for {silence_days}, {times} times the usual; lost since {since}."
    ),
    "value.high": message("High value: {profit} of profit in the last {window_days}; {high} or more is high."),
    "value.mid": message(
        "Mid value: {profit} of profit in the last {window_days}; high begins at {high}, low is below {low}."
    ),
    "value.mid_alone": message(
        "Mid value: {profit} of profit in the last {window_days}; too few customers differ to tell high from low."
    ),
    "value.low": message("Low value: {profit} of profit in the last {window_days}; less than {low} is low."),
    "value.high_expected": message(
        "High value: {profit} of profit in the last {window_days}, and {expected} to be expected in the "
        "{horizon_days} from {day} on; {high} or more together is high."
    ),
    "value.mid_expected": message(
        "Mid value: {profit} of profit in the last {window_days}, and {expected} to be expected in the "
        "{horizon_days} from {day} on; together high begins at {high}, low is below {low}."
    ),
    "value.mid_alone_expected": message(
        "Mid value: {profit} of profit in the last {window_days}, and {expected} to be expected in the "
        "{horizon_days} from {day} on; too few customers differ to tell high from low."
    ),
    "value.low_expected": message(
        "Low value: {profit} of profit in the last {window_days}, and {expected} to be expected in the "
        "{horizon_days} from {day} on; less than {low} together is low."
    ),
    "value.none": message("No value tier: no purchase in the last {window_days}."),
    "value.brings": message("All high-value customers together bring {brings_share} of the spend."),
    "loyalty.none": message("No loyalty to judge: no purchase yet."),
    "loyalty.single_loyal": message(
        "Loyal so far: one purchase has no rhythm yet; {lost_days} after it without a second one, the customer is lost."
    ),
    "loyalty.single_swing": message("Swing since {since}: one purchase, {silence_days} ago."),
    "loyalty.single_lost": message(
        "Lost since {since}: no second purchase within {lost_days} of the only one; silent for {silence_days}."
    ),
    "loyalty.loyal": message(
        "Loyal: silent for {silence_days}; beyond {swing_days} this customer would be swing, beyond {lost_days} lost."
    ),
    "loyalty.swing": message(
        "Swing since {since}: silent for {silence_days}, more than {swing_days}; beyond {lost_days} lost."
    ),
    "loyalty.lost": message("Lost since {since}: silent for {silence_days}, more than {lost_days}."),
    # The chances are those of staying away for the horizon, as the lines were learnt from this tenant's customers.
    "loyalty.learnt_loyal": message(
        "Loyal: silent for {silence_days}; after more than {swing_days} about {swing_share} of customers like this "
        "stay away for {horizon_days} more (swing), after more than {lost_days} about {lost_share} (lost)."
    ),
    "loyalty.learnt_swing": message(
        "Swing since {since}: silent for {silence_days}, more than the {swing_days} after which about {swing_share} of "
        "customers like this stay away for {horizon_days} more; beyond {lost_days}, with about {lost_share}, lost."
    ),
    "loyalty.learnt_lost": message(
        "Lost since {since}: silent for {silence_days}, more than the {lost_days} after which about {lost_share} of "
        "customers like this stay away for {horizon_days} more."
    ),
    "outlook.chance": message("{again_share} of customers like this bought again within {horizon_days}."),
    "outlook.chance_little": message(
        "{again_share} of customers like this bought again within {horizon_days} (a rough figure: little is known yet)."
    ),
    "outlook.past": message("As of {day}, {again_share} of customers like this bought again within {horizon_days}."),
    "outlook.past_little": message(
        "As of {day}, {again_share} of customers like this bought again within {horizon_days} "
        "(a rough figure: little is known yet)."
    ),
    "outlook.none": message("Too little history to say who buys again."),
    "weighed.silence_in_gaps": message("Silent for {silence_days}, {times} times the usual: {speaks}."),
    "weighed.silence_in_gaps_usual": message("Silent for {silence_days}, usual are {gap_days}: {speaks}."),
    "weighed.silence_in_gaps_single": message("Silent for {silence_days} after a single purchase: {speaks}."),
    "weighed.spend": message("Spends {average} an order, {spend} in all: {speaks}."),
    "weighed.usual_gap": message("Buys every {gap_days} on average: {speaks}."),
    "weighed.number_of_purchases": message("{purchases} so far: {speaks}."),
    "weighed.known_for": message("First bought {known_days} ago: {speaks}."),
    "weighed.recent_purchases": message(
        "Purchases in the last {window_days}: {recent}, where an even pace would have brought {even}: {speaks}."
    ),
    "weighed.last_gap": message("The last gap was {last_days}, usual are {gap_days}: {speaks}."),
    "weighed.regularity": message("Gaps vary by {spread_days} around {gap_days}: {speaks}."),
    "weighed.regularity_unknown": message("A single gap so far, of {gap_days}: {speaks}."),
    "stage.prospect": message("Prospect: no purchase yet."),
    "stage.new": message(
        "New since {since}: fewer than {enough} purchases, the first within {window_days}, on {first}."
    ),
    "stage.growing": message(
        "Growing since {since}: {half} in the last {window_days}, after {half_before} in as many days before."
    ),
    "stage.mature": message("Mature since {since}: {purchases}, neither new nor growing."),
    "stage.loyal": message("Loyal customer since {since}: {purchases} since {first}, over two years."),
    "stage.at_risk": message("At risk since {since}: the silence is longer than this customer's rhythm allows."),
    "stage.lost": message("The lifecycle is lost as well, since {since}."),
    "stage.won_back": message("Won back since {since}: was lost, and has bought fewer than {enough} times since."),
    "rfm": message(
        "RFM: recency {recency}, frequency {frequency}, spend {monetary}; 5 is the best fifth of all customers, "
        "1 the last."
    ),
    "price_only": message(
        "Buys only at a discount: at least {spend_share} of the spend in {purchases} was {discount_share} off or more."
    ),
    "trend.up": message("Up by {change_share}: {half} in the last {window_days}, after {half_before}."),
    "trend.down": message("Down by {change_share}: {half} in the last {window_days}, after {half_before}."),
    "trend.steady": message("Steady: {half} in the last {window_days}, after {half_before}."),
    "trend.begun": message("Sales of {half} in the last {window_days}, and none in as many days before."),
    "money.unpriced": message("{orders} in {currencies} without an exchange rate, left out of all sums."),
} | CHECKS


def sentence(say: Speech, reason: Reason, currency: str) -> str:
    """Say a reason; its amounts are in `currency` (ISO 4217). Raises KeyError for a code without a sentence."""
    filled = {name: _filled(say, name, value, currency) for name, value in reason.numbers.items()}
    return say(SENTENCES[reason.code], **filled)


def joined(say: Speech, reasons: Sequence[Reason], currency: str) -> str:
    """Say reasons in one sentence, of which the later ones continue the first."""
    first, *others = (sentence(say, reason, currency) for reason in reasons)
    for other in others:
        continued = other[:1].lower() + other[1:]
        first = say("{first}; {other}", first=first.rstrip(".。"), other=continued)
    return first


def _filled(say: Speech, name: str, value: Number, currency: str) -> str:
    """A number as its name asks for: `..._days` a span, `..._share` a percentage; amounts are Decimals."""
    if isinstance(value, Decimal):
        return say.money(value, currency)
    if isinstance(value, date):
        return say.date(value)
    if isinstance(value, int | float):
        if name.endswith("_days"):
            return say.days(round(value))
        if name.endswith("_share"):
            return _percent(say, value)
        if name == "purchases":
            return say.count("{n} purchase", "{n} purchases", int(value))
        if name == "orders":
            return say.count("{n} order", "{n} orders", int(value))
        # Tenths matter for "2.3 times the usual"; a gap in days is an average anyway.
        return say.number(value, digits=1 if name in ("times", "even") else 0)
    return say(value) if name == "speaks" and isinstance(value, str) else say.value(value)


def _percent(say: Speech, share: float) -> str:
    """A share in whole percent; what is neither nothing nor all is not rounded to it."""
    if 0 < share < HALF_A_PERCENT:
        return "<1%"
    return ">99%" if 1 - HALF_A_PERCENT < share < 1 else say.percent(share)
