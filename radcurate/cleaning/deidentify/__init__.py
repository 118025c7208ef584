"""De-identification: rules that put a mark in the place of whatever could lead to a person.

Web addresses, places of care, names, numbers, postal addresses and telephones, dates, ages over 89: `marks.py` holds
the marks. `RULES` are in the order in which the bundled recipes run them: what has a form of its own goes before what
needs words around it. `docs/deidentification.md` tells what stays, and what is not caught.
"""

from radcurate.cleaning.deidentify import (
    addresses,
    ages,
    dates,
    field_names,
    led_names,
    lone_names,
    numbers,
    phones,
    places,
    shifts,
    titled_names,
    web,
)
from radcurate.cleaning.rules import KeyedRule, TextRule

RULES: tuple[TextRule | KeyedRule, ...] = (
    *web.RULES,
    *places.RULES,
    *titled_names.RULES,
    *field_names.RULES,
    *led_names.RULES,
    *lone_names.RULES,
    *numbers.RULES,
    *addresses.RULES,
    *phones.RULES,
    *dates.RULES,
    *shifts.RULES,
    *ages.RULES,
)
