"""The seeded-error table: mistakes that volunteers and programs make, whether a check tells, and good translations.

    .venv/bin/python -m benchmarks.seeded

The cases are those of devtools/cases/seeded.toml, the ones that need understanding included; the good public
translations are those of benchmarks/real_translations.py. The last line is JSON:

seeded_found          share of the seeded errors of which any check tells
seeded_blocking       share of those whose rule must stop an approval that do
false_alarms, good    right translations of which a check tells something, and how many there are
real_blocked_wrongly  share of good public translations that are stopped; each counts as wrong, though most of what is
                      left is right: a port, a link or a sign that differs
"""

from __future__ import annotations

import json

from benchmarks import real_translations
from devtools.seeded import BAD, BLOCKING, GOOD, pair, told
from mailer.translation.checks import findings


def main() -> None:
    found = 0
    for seed in BAD:
        rules = sorted(set(told(seed)))
        found += bool(rules)
        print(f"{'found ' if rules else 'MISSED':8}{seed['locale']:4}{seed['name']:52}{', '.join(rules)}")
    must = [seed for seed in BAD if seed["rule"] in BLOCKING]
    stopped = [
        seed
        for seed in must
        if any(one.is_blocking for one in findings(pair(seed["source"], seed["target"], seed["locale"])))
    ]
    for seed in must:
        if seed not in stopped:
            print(f"NOT STOPPED  {seed['name']}")
    alarms = [seed["target"] for seed in GOOD if told(seed)]
    for target in alarms:
        print(f"ALARM   {target}")
    figures = {
        "seeded_found": round(found / len(BAD), 3),
        "seeded_blocking": round(len(stopped) / len(must), 3),
        "seeded": len(BAD),
        "must_block": len(must),
        "false_alarms": len(alarms),
        "good": len(GOOD),
    }
    print(json.dumps(figures | real_translations.figures()))


if __name__ == "__main__":
    main()
