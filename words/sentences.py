"""Makes a sentence of a judgement and its numbers, in the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from words.reasons import Number, Reason
from words.speech import Speech, message

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
}


def sentence(say: Speech, reason: Reason, currency: str) -> str:
    """Say a reason; its amounts are in `currency` (ISO 4217). Raises KeyError for a code without a sentence."""
    filled = {name: _filled(say, name, value, currency) for name, value in reason.numbers.items()}
    return say(SENTENCES[reason.code], **filled)


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
            return say.percent(value)
        if name == "purchases":
            return say.count("{n} purchase", "{n} purchases", int(value))
        if name == "orders":
            return say.count("{n} order", "{n} orders", int(value))
        # Tenths matter for "2.3 times the usual"; a gap in days is an average anyway.
        return say.number(value, digits=1 if name == "times" else 0)
    return say.value(value)
