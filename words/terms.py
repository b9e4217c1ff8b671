"""The words for what can be said of a customer: value, loyalty, lifecycle, interactions, roles, channels, consent."""

from __future__ import annotations

from words.speech import Speech, message

# By the kind of word, then by the word as it is stored.
TERMS: dict[str, dict[str, str]] = {
    "value": {
        "high": message("high"),
        "mid": message("mid"),
        "low": message("low"),
        "none": message("none"),
    },
    "tier": {
        "high": message("high value"),
        "mid": message("mid value"),
        "low": message("low value"),
    },
    "loyalty": {
        "loyal": message("loyal"),
        "swing": message("swing"),
        "lost": message("lost"),
        "none": message("none"),
    },
    "stage": {
        "prospect": message("prospect"),
        "new": message("new"),
        "growing": message("growing"),
        "mature": message("mature"),
        "loyal": message("loyal"),
        "at_risk": message("at risk"),
        "lost": message("lost"),
        "won_back": message("won back"),
    },
    "interaction": {
        "call": message("call"),
        "visit": message("visit"),
        "email": message("e-mail"),
        "note": message("note"),
        "complaint": message("complaint"),
        "survey": message("survey answer"),
    },
    "outcome": {
        "reached": message("reached"),
        "no_answer": message("no answer"),
        "will_order": message("will order"),
        "lost": message("lost"),
    },
    "rule": {
        "visit": message("Time for a visit"),
        "complaint": message("A complaint waits for an answer"),
        "alert": message("Slipping away"),
    },
    "cause": {
        "price": message("price"),
        "quality": message("product quality"),
        "service": message("service"),
        "process": message("process too slow"),
        "competitor": message("competitor"),
        "contact_left": message("contact left"),
        "no_need": message("no more need"),
        "other": message("other"),
    },
    "role": {
        "rep": message("rep"),
        "manager": message("manager"),
        "operator": message("operator"),
        "privacy": message("privacy officer"),
    },
    "channel": {
        "online": message("online"),
        "offline": message("offline"),
        "email": message("e-mail"),
        "sms": message("text message"),
    },
    "purpose": {
        "service": message("service"),
        "marketing": message("marketing"),
    },
    "consent": {
        "email:service": message("e-mail about service"),
        "email:marketing": message("e-mail with offers"),
        "sms:service": message("text messages about service"),
        "sms:marketing": message("text messages with offers"),
    },
    "draft": {
        "proposed": message("waits for approval"),
        "approved": message("approved"),
        "held": message("about to leave"),
        "sent": message("sent"),
        "rejected": message("rejected"),
        "expired": message("expired"),
        "failed": message("not sent"),
        "withheld": message("control group"),
        "ambiguous": message("perhaps sent"),
    },
    "consent_how": {
        "import": message("by import"),
        "phone": message("on the phone"),
        "writing": message("in writing"),
        "in_person": message("in person"),
        "form": message("with a form"),
        "link": message("by the link in a message"),
        "link_undone": message("by the link, after a slip"),
        "text_message": message("by text message"),
        "event": message("by e-mail"),
        "taken_back": message("since an entry was taken back"),
    },
    "suppression": {
        "bounced": message("an earlier message came back"),
        "unsubscribed": message("its owner wants no messages"),
        "complained": message("its owner reported an earlier message as unwanted"),
        "invalid": message("it does not exist"),
        "erased": message("it was erased on request"),
    },
    "status": {
        "cancelled": message("cancelled"),
        "completed": message("completed"),
        "paid": message("paid"),
        "shipped": message("shipped"),
        "open": message("open"),
        "refunded": message("refunded"),
    },
    "kind": {
        "company": message("company"),
        "person": message("person"),
    },
}


def term(say: Speech, kind: str, word: str) -> str:
    """The reader's word for a stored one; a word that came from data and that nobody knows is said as it is."""
    known = TERMS[kind].get(word)
    return word if known is None else say(known)
