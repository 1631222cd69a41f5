"""The seeded-error table: mistakes that volunteers and programs make, and whether a check tells.

    .venv/bin/python -m benchmarks.seeded

The cases are those of tests/translation/cases/seeded.toml, the ones that need understanding included. The last line is
JSON: found and seeded (errors), false_alarms and good (translations that are right).
"""

from __future__ import annotations

import json

from tests.translation.test_checks import BAD, GOOD, told


def main() -> None:
    found = 0
    for seed in BAD:
        rules = sorted(set(told(seed)))
        found += bool(rules)
        print(f"{'found ' if rules else 'MISSED':8}{seed['locale']:4}{seed['name']:52}{', '.join(rules)}")
    alarms = [seed["target"] for seed in GOOD if told(seed)]
    for target in alarms:
        print(f"ALARM   {target}")
    print(json.dumps({"found": found, "seeded": len(BAD), "false_alarms": len(alarms), "good": len(GOOD)}))


if __name__ == "__main__":
    main()
