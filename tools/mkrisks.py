#!/usr/bin/python3
"""mkrisks RISKS.txt QUESTIONS.txt OUT.c: risky spots and what is taken back from who leaves (data/risky-spots.txt says how they are written) as C tables for
src/business/payment/risks.h and access.h.

What does not fit does not build: a question or an option that there is not, a number twice, a spot that nothing makes, words without their Spanish, a
missing source. Facts are names of C: the compiler refuses one that there is not.
"""
import re
import sys

WORDS = ("says", "fix", "changes", "better", "not")
SEVERITIES = {"stop": "RISK_STOP", "soon": "RISK_SOON", "good": "RISK_GOOD"}
DOES = {"end": "RISK_ENDS", "own": "RISK_OWN", "second": "RISK_SECOND", "emptied": "RISK_EMPTIES", "reader": "RISK_AT_READER", "service": "RISK_AT_SERVICE",
        "holder": "RISK_AT_HOLDER", "practice": "RISK_AT_PRACTICE"}
EACH = {"holder": ("EACH_HOLDER", "HOLDER_"), "sign_in": ("EACH_SIGN_IN", "SIGN_IN_"), "answers": ("EACH_WALK", None)}
SPECIAL = {"named", "none", "unknown"}


def c(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def questions(path):
    known, name = {}, None
    with open(path, encoding="utf-8") as f:
        for line in f:
            if m := re.match(r"question (\S+)", line):
                name = m[1]
                known[name] = set(SPECIAL)
            elif m := re.match(r"\toption (\S+)", line):
                known[name].add(m[1])
    return known


class Reader:
    def __init__(self, path, known):
        self.path, self.known, self.n = path, known, 0
        self.spots, self.leavings, self.thing, self.said = [], [], None, None
        with open(path, encoding="utf-8") as f:
            for self.n, line in enumerate(f, 1):
                if line.strip() and not line.startswith("#"):
                    self.line(line.rstrip("\n"))
        self.translated()
        for thing, needs in [(s, WORDS + ("source",)) for s in self.spots] + [(t, ("says", "source")) for t in self.leavings]:
            for word in needs:
                if word not in thing:
                    sys.exit(f"{path}: {thing['name']} lacks '{word}'")
        for s in self.spots:
            if not s["when"]:
                sys.exit(f"{path}: nothing makes spot {s['name']}")

    def die(self, what):
        sys.exit(f"{self.path}, line {self.n}: {what}")

    def translated(self):
        if self.said and self.said + ".es" not in self.thing:
            self.die(f"the '{self.said}' above has no Spanish")
        self.said = None

    def line(self, line):
        word, _, rest = line.strip().partition(" ")
        if word == "es":
            if not self.said or self.said + ".es" in self.thing:
                self.die("Spanish of nothing")
            self.thing[self.said + ".es"] = rest
            return
        self.translated()
        if not line.startswith("\t"):
            self.begin(word, rest.split())
        elif word in EACH:
            self.thing["when"].append(self.when(word, rest.split()))
        elif word == "does" and rest in DOES:
            self.thing["does"] = DOES[rest]
        elif word in WORDS + ("source",) and rest and word not in self.thing:
            self.thing[word] = rest
            self.said = word if word != "source" else None
        else:
            self.die(f"what is '{word} {rest}'?")

    def begin(self, word, rest):
        if word == "spot" and len(rest) == 4 and rest[1] in SEVERITIES and all(r.isdigit() for r in (rest[0], *rest[2:])):
            self.thing = {"name": rest[0], "severity": SEVERITIES[rest[1]], "minutes": rest[2], "cost": rest[3], "when": []}
            if rest[0] in (s["name"] for s in self.spots):
                self.die(f"spot {rest[0]} stands here twice")
            self.spots.append(self.thing)
        elif word == "leaving" and len(rest) == 2 and rest[1].isdigit():
            self.thing = {"name": rest[0], "days": rest[1]}
            self.leavings.append(self.thing)
        else:
            self.die(f"what is '{word}'?")

    def question(self, name):
        if name not in self.known:
            self.die(f"there is no question {name}")
        return name

    def when(self, each, terms):
        facts, nots, answers, at = [], [], [], None
        if "at" in terms:
            at = self.question(terms.pop())
            terms.pop()
        for t in terms:
            name, is_answer, options = t.partition("=")
            if is_answer:
                answers.append((self.question(name), options.split("|")))
                for o in options.split("|"):
                    if o not in self.known[name]:
                        self.die(f"{name} has no option {o}")
            elif not EACH[each][1] or not re.fullmatch(r"!?[A-Z_]+", t):
                self.die(f"'{t}' is no fact of {each}")
            else:
                (nots if t[0] == "!" else facts).append(EACH[each][1] + t.lstrip("!"))
        if not facts and not answers:
            self.die("this is always so")
        return EACH[each][0], facts, nots, answers, at


def main():
    data = Reader(sys.argv[1], questions(sys.argv[2]))
    out = ['/* Made by mkrisks. */\n#include "access.h"\n#include "risks.h"\n']
    rows = []
    for s in data.spots:
        n = s["name"]
        whens = []
        for i, (each, facts, nots, answers, at) in enumerate(s["when"]):
            for k, (q, options) in enumerate(answers):
                out.append(f"static const char *const options_{n}_{i}_{k}[] = {{ {', '.join(map(c, options))}, NULL }};")
            if answers:
                out.append(f"static const struct risk_answer answers_{n}_{i}[] = {{ " + ", ".join(f"{{ {c(q)}, options_{n}_{i}_{k} }}" for k, (q, _) in enumerate(answers)) + " };")
            whens.append(f"{{ {each}, {' | '.join(facts) or '0'}, {' | '.join(nots) or '0'}, {f'answers_{n}_{i}' if answers else 'NULL'}, {len(answers)}, {c(at) if at else 'NULL'} }}")
        out.append(f"static const struct risk_when when_{n}[] = {{ {', '.join(whens)} }};")
        words = ", ".join(f"{{ {c(s[w])}, {c(s[w + '.es'])} }}" for w in WORDS)
        rows.append(f"\t{{ {n}, {s['severity']}, {s['minutes']}, {s['cost']}, {s.get('does', 'RISK_NOTES')}, when_{n}, {len(whens)}, {words}, {c(s['source'])} }},")
    out += ["const struct risk_rule risk_rules[] = {", *rows, "};", f"const size_t risk_rules_n = {len(rows)};"]
    out += ["const struct leaving_thing leaving_things[] = {", *(f"\t{{ {c(t['name'])}, {t['days']}, {{ {c(t['says'])}, {c(t['says.es'])} }}, {c(t['source'])} }}," for t in data.leavings), "};",
            f"const size_t leaving_things_n = {len(data.leavings)};", ""]
    with open(sys.argv[3], "w", encoding="utf-8") as f:
        f.write("\n".join(out))


main()
