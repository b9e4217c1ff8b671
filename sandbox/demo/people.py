"""The people of the demo: the reps who own its customers, and those whom one can act as."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.demo.reading import Row, rows


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo's workspace; a guest has no rep entry."""

    name: str
    real_name: str
    email: str
    locale: str
    tz: str
    guest: bool = False


PEOPLE = (
    DemoPerson("nancy", "Nancy Davolio", "nancy.davolio@example.com", "en-US", "America/Los_Angeles"),
    DemoPerson("lina", "李娜", "li.na@example.com", "zh-CN", "Asia/Shanghai"),
    DemoPerson("andrew", "Andrew Fuller", "andrew.fuller@example.com", "en-US", "America/Los_Angeles"),
    DemoPerson("steven", "Steven Buchanan", "steven.buchanan@example.com", "en-GB", "Europe/London"),
    DemoPerson("sam", "Sam Porter", "sam.porter@agency.example.com", "en-US", "America/New_York", guest=True),
)
"""Two reps of different teams, the manager of both, a second manager for what needs four eyes, and a guest."""

HEAD = "2"
"""Northwind's employee to whom everybody reports."""

# The one who tries the demo as a manager should be able to try everything.
_ROLES = {HEAD: "manager,operator,privacy", "5": "rep,manager"}
_CHINESE_TEAM = (("李娜", "li.na"), ("解文涛", "xie.wentao"))


def employee_email(first: str, last: str) -> str:
    """Return the invented address of one of Northwind's employees."""
    return f"{first}.{last}@example.com".lower()


def reps() -> list[Row]:
    """Return Northwind's sales people and the Chinese team, as `reps.csv` has them."""
    employees = rows("northwind/employees.csv")
    emails = {each["EmployeeID"]: employee_email(each["FirstName"], each["LastName"]) for each in employees}
    northwind = [
        {
            "name": f"{each['FirstName']} {each['LastName']}",
            "email": emails[each["EmployeeID"]],
            "role": _ROLES.get(each["EmployeeID"], "rep"),
            # The head stands above the teams, so that no team's customers are the head's own.
            "team": "" if each["EmployeeID"] == HEAD else "London" if each["Country"] == "UK" else "Seattle",
            "manager": emails.get(each["ReportsTo"], ""),
            "country": "GB" if each["Country"] == "UK" else "US",
            "time_zone": "Europe/London" if each["Country"] == "UK" else "America/Los_Angeles",
        }
        for each in employees
    ]
    chinese = [
        {
            "name": name,
            "email": f"{address}@example.com",
            "role": "rep",
            "team": "上海",
            "manager": emails[HEAD],
            "country": "CN",
            "time_zone": "Asia/Shanghai",
        }
        for name, address in _CHINESE_TEAM
    ]
    return northwind + chinese
