"""What names one contact is found, and what names somebody or something else is left."""

import pytest

from care.contact_names import PLACE, Naming


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("jo.anna@example.com, anna@example.com.", f"jo.anna@example.com, {PLACE}."),
        ("Johanna Apfel, ANNA\nAPFEL", f"Johanna Apfel, {PLACE}"),
        ("+49307654321 130765432199", f"{PLACE} 130765432199"),
        ("王芳 and Anna", "王芳 and Anna"),
    ],
)
def test_only_whole_names_and_addresses_are_found(text, left):
    naming = Naming("Anna Apfel", ("Anna@example.com",), ("+49 30 7654321", "+49307654321"), doubtful=False)
    assert naming.without(text) == left


def test_in_a_message_about_several_only_what_is_about_the_company_changes():
    naming = Naming("May", (), (), doubtful=True, company=("Acme",))
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "To call in May"}},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Acme*\nask May, they may order"}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "May said yes"}]},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Other*\ndelivery in May\nlike Acme's for May"}},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "May"}}]},
    ]
    told = naming.out_of_message({"text": "2 due in May", "blocks": blocks}, "(x)")
    said = [block["text"]["text"] for block in told["blocks"] if "text" in block]
    assert said == [
        "To call in May",
        "*Acme*\nask (x), they may order",
        "*Other*\ndelivery in May\nlike Acme's for (x)",
    ]
    assert told["blocks"][2]["elements"][0]["text"] == "(x) said yes"
    assert (told["blocks"][4], told["text"]) == (blocks[4], "2 due in May")
    assert naming.out_of_message({"text": "2 due in May", "blocks": blocks[3:4]}, "(x)") is not None
    assert naming.out_of_message({"text": "2 due in May", "blocks": blocks[:1]}, "(x)") is None
