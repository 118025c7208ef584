"""De-identification: rules that put a mark in the place of whatever could lead to a person.

Web addresses, places of care, names, numbers, postal addresses and telephones, dates, ages over 89: `marks.py` holds
the marks. `RULES` are in the order in which the bundled recipes run them: what has a form of its own goes before what
needs words around it. `docs/deidentification.md` tells what stays, and what is not caught.
"""

from radcurate.cleaning.deidentify import ages, addresses, dates, names, numbers, phones, places, shifts, web
from radcurate.cleaning.rules import KeyedRule, TextRule

RULES: tuple[TextRule | KeyedRule, ...] = (
    *web.RULES,
    *places.RULES,
    *names.RULES,
    *numbers.RULES,
    *addresses.RULES,
    *phones.RULES,
    *dates.RULES,
    *shifts.RULES,
    *ages.RULES,
)
