#!/usr/bin/python3
"""mkquestions IN.txt OUT.c: the walk-through's questions (data/questions.txt says how they are written) as C tables for src/business/payment/questions.h.

What does not fit does not build: a condition on a later question or on an option that is not there, a name twice, a line without its Spanish, an unknown
sort, manner, form or kind of data (those are names of C, so the compiler refuses them).
"""
import re
import sys

SPECIAL = {"named": "ANSWER_NAMED", "none": "ANSWER_NONE", "unknown": "ANSWER_UNKNOWN"}
FORMS = {"A": "FORM_A", "P2PE": "FORM_P2PE", "B": "FORM_B", "SPoC": "FORM_SPOC", "B-IP": "FORM_B_IP", "C-VT": "FORM_C_VT", "C": "FORM_C", "A-EP": "FORM_A_EP",
         "PROVIDER": "FORM_PROVIDER", "D": "FORM_D"}
MANNERS = {"hands-on": "HANDS_ON", "copies": "COPIES", "sees": "SEES"}
KINDS = {"one": "ONE", "several": "SEVERAL", "names": "NAMES", "phone": "PHONE"}
UNITS = {"d": 86400, "y": 365 * 86400}
OPTIONS_MAX = 24


def c(text):
    return "NULL" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Reader:
    def __init__(self, path):
        self.path, self.n = path, 0
        self.parts, self.holders, self.questions, self.maps, self.keeps, self.forms = [], [], [], [], [], []
        self.thing = self.option = self.said = None
        with open(path, encoding="utf-8") as f:
            for self.n, line in enumerate(f, 1):
                line = line.rstrip("\n")
                if line.strip() and not line.startswith("#"):
                    self.line(line)
        self.complete()

    def die(self, what):
        sys.exit(f"{self.path}, line {self.n}: {what}")

    def line(self, line):
        word, _, rest = line.strip().partition(" ")
        if word == "es":
            if not self.said or self.said[0].get(self.said[1] + ".es"):
                self.die("Spanish of nothing")
            self.said[0][self.said[1] + ".es"] = rest
            return
        self.translated()
        if not line.startswith("\t"):
            getattr(self, "at_" + word, lambda r: self.die(f"what is {word}?"))(rest)
        elif word == "option":
            self.option = {"name": rest}
            self.thing.setdefault("options", []).append(self.option)
        elif word in ("label", "change", "drop", "alone"):
            self.say(self.option, word, rest or True)
        elif word == "then" and self.option and "drop" in self.option:
            self.option["then"] = (self.n, rest)             # of later questions, so read at the end
        elif word in ("ask", "help", "prefill", "title", "name", "because", "source"):
            self.say(self.thing, word, rest)
        elif word == "when":
            self.thing["when"] = self.condition(rest)
        elif word == "instead":
            self.thing["instead"] = self.holder(rest)
        else:
            self.die(f"what is {word}?")

    def say(self, where, word, text):
        if where is None or word in where:
            self.die(f"{word} stands nowhere, or twice")
        where[word] = text
        self.said = (where, word) if word not in ("alone", "source") else None

    def translated(self):
        if self.said and self.said[1] + ".es" not in self.said[0]:
            self.die(f"the line above it has no Spanish ({self.said[0][self.said[1]]})")
        self.said = None

    def begin(self, thing):
        self.thing, self.option = thing, None

    def at_part(self, name):
        self.begin({"name": name, "first": len(self.questions), "form": len(self.forms), "ways": -1})
        self.parts.append(self.thing)

    def at_holder(self, rest):
        name, sort = rest.split()
        self.begin({"id": name, "sort": sort})
        self.holders.append(self.thing)

    def at_question(self, rest):
        name, kind, *sort = rest.split()
        if name in (q["name"] for q in self.questions) or kind not in KINDS or (kind == "names") != bool(sort):
            self.die(f"{rest} is no question")
        self.begin({"name": name, "kind": kind, "sort": sort[0] if sort else None, "part": len(self.parts) - 1})
        self.questions.append(self.thing)

    def at_ways(self, name):
        self.parts[-1]["ways"] = self.question(name)

    def at_map(self, rest):
        rest, _, when = rest.partition(" when ")
        source, target, manner, *kinds = rest.split()
        self.begin({"from": self.place(source), "to": self.place(target), "manner": MANNERS.get(manner) or self.die("which manner?"), "kinds": kinds,
                    "when": self.condition(when), "part": len(self.parts) - 1})
        self.maps.append(self.thing)

    def at_keep(self, rest):
        rest, _, when = rest.partition(" when ")
        holder, *kinds, long = rest.split()
        m = re.fullmatch(r"(\d+)([dy])", long)
        seconds = "FAR_OFF" if long == "deleted" else "0" if long == "none" else str(int(m[1]) * UNITS[m[2]]) if m else self.die("how long?")
        self.begin({"holder": self.place(holder), "kinds": kinds, "keeps": seconds, "when": self.condition(when), "part": len(self.parts) - 1})
        self.keeps.append(self.thing)

    def at_form(self, rest):
        form, _, when = rest.partition(" when ")
        self.begin({"form": FORMS.get(form.strip()) or self.die("which form?"), "when": self.condition(when), "part": len(self.parts) - 1})
        self.forms.append(self.thing)

    def question(self, name):
        for i, q in enumerate(self.questions):
            if q["name"] == name:
                return i
        return self.die(f"there is no question {name} above")

    def holder(self, name):
        for i, h in enumerate(self.holders):
            if h["id"] == name:
                return i
        return self.die(f"there is no holder {name}")

    def place(self, name):
        for i, q in enumerate(self.questions):
            if q["name"] == name:
                if q["kind"] != "names":
                    self.die(f"{name} names nobody")
                return f"{{ true, {i} }}"
        return f"{{ false, {self.holder(name)} }}"

    def condition(self, text):
        out = []
        for clause in text.split():
            name, _, options = clause.partition("=")
            i = self.question(name)
            if self.thing is self.questions[i]:
                self.die("a question can't depend on itself")
            known = [o["name"] for o in self.questions[i].get("options", [])]
            bits = []
            for option in options.split("|"):
                if option in SPECIAL:
                    bits.append(SPECIAL[option])
                elif option in known:
                    bits.append(f"1u << {known.index(option)}")
                else:
                    self.die(f"{name} has no option {option}")
            out.append((i, " | ".join(bits)))
        return out

    def complete(self):
        self.translated()
        for q in self.questions:
            options = q.get("options", [])
            if "ask" not in q or "source" not in q or (q["kind"] in ("one", "several")) != bool(options) or len(options) > OPTIONS_MAX:
                sys.exit(f"{self.path}: {q['name']} lacks its words, its source or its options")
            if len(q["ask"].split()) > 15:
                sys.exit(f"{self.path}: {q['name']} asks in more than 15 words")
            for o in options:
                if "label" not in o or o["name"] in SPECIAL:
                    sys.exit(f"{self.path}: {q['name']} has an option without words, or with a reserved name")
                if "then" in o:
                    self.n, text = o["then"]
                    o["then"] = self.condition(text)
        if [o["name"] for o in self.questions[0]["options"]] != [p["name"] for p in self.parts[1:]]:
            sys.exit(f"{self.path}: the options of the first question are the parts, in their order")
        for f in self.forms:
            if "because" not in f:
                sys.exit(f"{self.path}: a form without a because")


def both(thing, word):
    return f"{{ {c(thing.get(word))}, {c(thing.get(word + '.es'))} }}"


def kinds(words):
    return " | ".join(f"KIND({w.upper()})" for w in words)


class Writer:
    def __init__(self, out):
        self.out, self.conditions = out, 0

    def put(self, text=""):
        self.out.write(text + "\n")

    def condition(self, clauses):
        if not clauses:
            return "{ NULL, 0 }"
        self.conditions += 1
        self.put(f"static const struct clause when_{self.conditions}[] = {{ " + ", ".join(f"{{ {q}, {bits} }}" for q, bits in clauses) + " };")
        return f"{{ when_{self.conditions}, {len(clauses)} }}"

    def table(self, type_name, name, rows):
        self.put(f"const {type_name} {name}[] = {{")
        for row in rows:
            self.put(f"\t{{ {row} }},")
        self.put("};")
        self.put(f"const size_t {name}_n = {len(rows)};")


def main():
    data = Reader(sys.argv[1])
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        w = Writer(f)
        w.put('/* Made by mkquestions. */\n#include "questions.h"\n')
        rows = []
        for i, q in enumerate(data.questions):
            options = q.get("options", [])
            then = [w.condition(o.get("then", [])) for o in options]
            if options:
                w.put(f"static const struct option options_{i}[] = {{")
                for o, answers in zip(options, then):
                    w.put(f"\t{{ {c(o['name'])}, {both(o, 'label')}, {both(o, 'change')}, {both(o, 'drop')}, {answers}, {'true' if 'alone' in o else 'false'} }},")
                w.put("};")
            rows.append(f"{c(q['name'])}, {q['part']}, ANSWER_{KINDS[q['kind']]}, {(q['sort'] or '0').upper()}, {both(q, 'ask')}, {both(q, 'help')}, {both(q, 'prefill')}, "
                        f"{c(q['source'])}, {w.condition(q.get('when', []))}, {f'options_{i}' if options else 'NULL'}, {len(options)}, {q.get('instead', -1)}")
        w.table("struct question", "questions", rows)
        ends = [p["first"] for p in data.parts[1:]] + [len(data.questions)]
        form_ends = [p["form"] for p in data.parts[1:]] + [len(data.forms)]
        w.table("struct part", "walk_parts", [f"{c(p['name'])}, {both(p, 'title')}, {p['first']}, {end - p['first']}, {p['form']}, {form_end - p['form']}, {p['ways']}"
                                         for p, end, form_end in zip(data.parts, ends, form_ends)])
        w.table("struct stand_in", "stand_ins", [f"{h['sort'].upper()}, {both(h, 'name')}" for h in data.holders])
        w.table("struct map_rule", "map_rules", [f"{m['part']}, {m['from']}, {m['to']}, {m['manner']}, {kinds(m['kinds'])}, {w.condition(m['when'])}" for m in data.maps])
        w.table("struct keep_rule", "keep_rules", [f"{k['part']}, {k['holder']}, {kinds(k['kinds'])}, {k['keeps']}, {w.condition(k['when'])}" for k in data.keeps])
        w.table("struct form_rule", "form_rules", [f"{r['form']}, {both(r, 'because')}, {w.condition(r['when'])}" for r in data.forms])


main()
