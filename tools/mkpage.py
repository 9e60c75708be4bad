#!/usr/bin/python3
"""mkpage PAGE.html OUT.c        compiles a page to a C function
   mkpage --header OUT.h PAGE... declares the functions of all pages
   mkpage --missing PO [--notes] FILE... lists the messages of pages and C files, and their reasons of failures, that have no words in PO (a .po or a folder of them),
    as a .po takes them, with --notes the remarks of what C files do, too;
    fails when there is one

The first line is the function's signature: {# page_x(struct html *o, const struct x_view *v) #}
Then HTML, in which
  {{ expr }}     puts a value, escaped by its type (src/craft/http/html.h); in the address of a link percent-encoded as well
  {% code %}     is C as it stands: {% for (size_t i = 0; i < v->n; i++) { %} ... {% } %}
  {# ... #}      is left out, and so are HTML comments
A run of text between two tags is a message: its words are looked up in the reader's language, its values are places {0}, {1} ... in it. So are
the texts of alt, title, aria-label and data-l. Every form that posts gets its hidden field against forgery.

Refused, with the line: scripts and styles inside a page, event attributes, unquoted attributes, an address that begins with a value which is no struct path or struct site, tags that are not closed, names of tags or attributes made of values.
"""
import html
import os
import re
import sys

VOID = set("area base br col embed hr img input link meta source track wbr".split())
URL = {"href", "src", "action", "formaction"}
WORDY = {"alt", "title", "aria-label", "data-l"}
OPENED = re.compile(r"\{\{|\{%|\{#|<")
ADDRESS = re.compile(r"(/(?!/)|#|\?|\./|tel:|mailto:|sms:|https://|http://localhost:)")


MACROS = {"STR_FMT": "%.*s", "PRId64": "ld", "PRIu64": "lu", "PRIu32": "u"}


class Refused(Exception):
    pass


def quote(text):
    """A C string literal."""
    out = []
    for byte in text.encode():
        c = chr(byte)
        out.append({"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\", "?": "\\?"}.get(c) or (c if 32 <= byte < 127 else f"\\{byte:03o}"))
    return '"' + "".join(out) + '"'


class Page:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        first = re.match(r"\{#\s*(\w+)\s*\((.*?)\)\s*#\}\n", self.text)
        if not first or not first[2].startswith("struct html *o"):
            self.at = 0
            self.refuse("the first line is the signature, like {# page_x(struct html *o, const struct x_view *v) #}")
        self.name, self.args = first[1], first[2]
        self.at = first.end()
        self.out, self.raw, self.run, self.open, self.messages = [], "", [], [], []

    def line(self, at=None):
        return self.text.count("\n", 0, self.at if at is None else at) + 1

    def refuse(self, why, at=None):
        raise Refused(f"{self.path}:{self.line(at)}: {why}")

    # ---- what goes out ----

    def code(self, c, at):
        self.flush_raw()
        self.out.append(f'#line {self.line(at)} "{self.path}"\n{c}')

    def flush_raw(self):
        if self.raw:
            self.out.append(f"html_raw(o, {quote(self.raw)});")
        self.raw = ""

    def message(self, parts, at):
        """parts: texts and (expression, place in the file)."""
        values = [p for p in parts if isinstance(p, tuple)]
        text, n = "", 0
        for p in parts:
            if isinstance(p, tuple):
                text += f"{{{n}}}"
                n += 1
            else:
                if re.search(r"\{\d\}", p):
                    self.refuse("{0} and the like can't stand in a page's own words", at)
                text += html.unescape(re.sub(r"\s+", " ", p))
        before, after = re.match(r" *", text)[0], re.search(r" *$", text)[0]
        text = text.strip(" ")
        if before and text:
            self.raw += " "
        if not re.search(r"[^\W\d_]", re.sub(r"\{\d\}", "", text)):            # no word in it: nothing to translate
            for piece in re.split(r"(\{\d\})", text):
                if re.fullmatch(r"\{\d\}", piece):
                    self.put("html_put", *values[int(piece[1])])
                else:
                    self.raw += html.escape(piece)
        elif not values:
            self.messages.append((text,))
            self.code(f"html_said(o, say({quote(text)}));", at)
        else:
            if n > 10:
                self.refuse("more than ten values in one run of text", at)
            self.messages.append((text,))
            self.code(f"for (struct saying w_ = words_begin(o, {quote(text)}); words_next(o, &w_);) switch (w_.place) {{", at)
            for i, (expression, where) in enumerate(values):
                self.code(f"case {i}: html_put(o, {expression}); break;", where)
            self.out.append("}")
        if after and (text or not before):
            self.raw += " "

    def put(self, how, expression, at):
        self.code(f"{how}(o, {expression});", at)

    def flush_run(self):
        run, self.run = self.run, []
        if not run:
            return
        if all(isinstance(p, str) and not p.strip() for p in run):
            self.raw += "\n" if "\n" in "".join(run) else " "
        else:
            self.message(run, self.run_at)

    # ---- reading ----

    def until(self, end, what):
        stop = self.text.find(end, self.at)
        if stop < 0:
            self.refuse(f"{what} is not closed by {end}")
        inside = self.text[self.at:stop]
        self.at = stop + len(end)
        return inside

    def braces(self):
        """At {{, {% or {#: (sort, what stands inside, where)."""
        where, sort = self.at, self.text[self.at:self.at + 2]
        self.at += 2
        inside = self.until({"{{": "}}", "{%": "%}", "{#": "#}"}[sort], sort)
        return sort, inside.strip(), where

    def page(self):
        while self.at < len(self.text):
            found = OPENED.search(self.text, self.at)
            stop = found.start() if found else len(self.text)
            if stop > self.at:
                self.run_start(self.at)
                self.run.append(self.text[self.at:stop])
                self.at = stop
            elif found[0] == "<":
                if not self.text.startswith("<!--", self.at):
                    self.flush_run()
                self.tag()
            else:
                where = self.at
                sort, inside, at = self.braces()
                if sort == "{{":
                    self.run_start(where)
                    self.run.append((inside, at))
                elif sort == "{%":
                    self.flush_run()
                    self.code(inside, at)
        self.flush_run()
        self.flush_raw()
        if self.open:
            self.refuse(f"<{self.open[-1][0]}> is not closed", self.open[-1][1])

    def run_start(self, at):
        if not self.run:
            self.run_at = at

    def tag(self):
        where = self.at
        if self.text.startswith("<!--", self.at):
            self.until("-->", "a comment")
            return
        m = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*|!doctype)", re.I).match(self.text, self.at)
        if not m:
            self.refuse("< begins no tag: write &lt; for the sign itself")
        closing, name = m[1], m[2].lower()
        self.at = m.end()
        self.raw += "<" + closing + ("!DOCTYPE" if name == "!doctype" else name)
        if name == "style":
            self.refuse("a page holds no styles: they belong in look/")
        attributes = self.attributes(name)
        if closing:
            if not self.open or self.open[-1][0] != name:
                self.refuse(f"</{name}> closes " + (f"<{self.open[-1][0]}> of line {self.line(self.open[-1][1])}" if self.open else "nothing"), where)
            self.open.pop()
        elif name not in VOID and name != "!doctype":
            self.open.append((name, where))
        if name == "script" and not closing:
            if "src" not in attributes or not re.compile(r"\s*</script>").match(self.text, self.at):
                self.refuse("a page holds no scripts: <script src=...></script> alone", where)
        if name == "form" and not closing and attributes.get("method", "").lower() == "post":
            self.code("html_csrf(o);", where)

    def attributes(self, tag):
        """To the tag's end. Attributes may stand between {% if (...) { %} and {% } %}; {{ }} only in quotes."""
        seen = {}
        while True:
            space = re.compile(r"\s*").match(self.text, self.at)
            self.at = space.end()
            if self.text.startswith(("/>", ">"), self.at):
                self.at += 1 if self.text[self.at] == ">" else 2
                self.raw += ">"
                return seen
            if self.text.startswith("{%", self.at):
                _, inside, at = self.braces()
                self.code(inside, at)
                continue
            if self.text.startswith("{#", self.at):
                self.braces()
                continue
            m = re.compile(r"[A-Za-z][\w:.-]*").match(self.text, self.at)
            if not m:
                self.refuse(f"this can't stand in <{tag}>: {self.text[self.at:self.at + 20].split(chr(10))[0]}")
            name = m[0].lower()
            self.at = m.end()
            self.raw += " " + name
            seen[name] = ""
            if name.startswith("on"):
                self.refuse(f"{name}: a page holds no scripts")
            if name in ("style", "srcdoc"):
                self.refuse(f"{name}: a page holds no styles and no pages" )
            if not self.text.startswith("=", self.at):
                continue
            self.at += 1
            if self.text[self.at:self.at + 1] not in ("'", '"'):
                self.refuse(f"{name}: its value stands in quotes")
            seen[name] = self.value(name)

    def value(self, name):
        end, where = self.text[self.at], self.at
        self.at += 1
        parts, literal = [], ""
        self.raw += '="'
        while True:
            if self.at >= len(self.text):
                self.refuse(f"{name}: its value is not closed", where)
            c = self.text[self.at]
            if c == end:
                self.at += 1
                break
            if self.text.startswith(("{{", "{%", "{#"), self.at):
                parts.append(self.braces())
                continue
            literal += c
            if parts and isinstance(parts[-1], str):
                parts[-1] += c
            else:
                parts.append(c)
            self.at += 1
        if name in URL and parts and isinstance(parts[0], str) and not ADDRESS.match(literal):
            self.refuse(f"{name}: an address begins with /, #, ?, https://, http://localhost:, mailto:, tel: or sms:, or is a struct path or site", where)
        if name in WORDY and not any(isinstance(p, tuple) and p[0] == "{%" for p in parts):
            self.message([p if isinstance(p, str) else (p[1], p[2]) for p in parts if isinstance(p, str) or p[0] == "{{"], where)
        else:
            for i, p in enumerate(parts):
                if isinstance(p, str):
                    self.raw += html.escape(html.unescape(p), quote=True)
                elif p[0] == "{{":
                    self.put("html_put" if name not in URL else "html_url" if i else "html_address", p[1], p[2])
                elif p[0] == "{%":
                    self.code(p[1], p[2])
        self.raw += '"'
        return literal

    def c(self):
        self.page()
        body = "\n".join(self.out)
        return f'/* Made by mkpage from {os.path.basename(self.path)}. */\n#include "pages.h"\n\nvoid {self.name}({self.args})\n{{\n{body}\n}}\n'


C_STRING = r'"((?:[^"\\]|\\.)*)"'
STRING = re.compile(C_STRING)
WORDS = re.compile(r"\bvisit_words\(((?:[^()\"]|" + C_STRING.replace("((?:", "(?:(?:") + r"|\([^()]*\))*)\)")
SAY = re.compile(r"\b(?:say|N_)\(" + C_STRING + r"\)")
PLURAL = re.compile(r"\bplural\((?:[^()\"]|\([^()]*\))*?,\s*" + C_STRING + r",\s*" + C_STRING + r"\)")


def arguments(text, at):
    """The arguments of a call, from behind its opening bracket on, each as it is written."""
    args, depth = [""], 1
    for m in re.compile(r'"(?:[^"\\]|\\.)*"|.', re.S).finditer(text, at):
        depth += (m[0] in "([{") - (m[0] in ")]}") if len(m[0]) == 1 else 0
        if not depth:
            break
        if m[0] == "," and depth == 1:
            args.append("")
        else:
            args[-1] += m[0]
    return args


def sentences(text, notes=False):
    """What a C file gives as the reason of a failure, or as a remark, as forms with printf's places: the reader's own words are found by them (words_fit)."""
    for m in re.finditer(r"\b(?:(err_set)|(err_errno)|(says" + ("|answer_note" if notes else "") + r"))\(", text):
        args = arguments(text, m.end())
        told = args[3 if m[1] else 1] if len(args) > (3 if m[1] else 1) else ""
        for run in re.findall(r'(?:(?:STR_FMT|PRI[du](?:64|32)|"(?:[^"\\]|\\.)*")\s*)+', told):
            form = "".join(MACROS.get(piece) or piece[1:-1] for piece in re.findall(r'STR_FMT|PRI[du](?:64|32)|"(?:[^"\\]|\\.)*"', run))
            if re.search(r"[A-Za-z]{3}", re.sub(r"%[-0-9.*]*[lz]*[a-z]", "", form)):
                yield (form + (": %s." if m[2] else ""),)


def messages(path, notes=False):
    """What a page or C file says: (text,) or, of a plural, (one, many), each as a C string holds it."""
    found = []
    if path.endswith(".html"):
        page = Page(path)
        page.page()
        found = [tuple(quote(t)[1:-1] for t in m) for m in page.messages]
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for m in WORDS.finditer(text):
        found += [(t,) for t in STRING.findall(m[1])]
    return [tuple(t.replace("\\?", "?") for t in m) for m in found] + [m.groups() for m in SAY.finditer(text)] + [m.groups() for m in PLURAL.finditer(text)] + list(sentences(text, notes))


def po_entries(path):
    """{msgid: [msgstr, ...]} of a .po, each as it stands in quotes."""
    entries, entry, at = [], None, None
    with open(path, encoding="utf-8") as f:
        for line in f:
            m = re.match(r'(msgid_plural|msgid|msgstr(?:\[\d\])?)? ?"(.*)"$', line.strip())
            if not m:
                continue
            if m[1] == "msgid":
                entry, at = {"msgid": ""}, "msgid"
                entries.append(entry)
            elif m[1]:
                at = m[1]
                entry[at] = ""
            entry[at] += m[2]
    return {e["msgid"]: [v for k, v in e.items() if k.startswith("msgstr")] for e in entries}


def po_all(path):
    """The entries of a .po, or of each .po in a folder."""
    files = [os.path.join(path, n) for n in sorted(os.listdir(path)) if n.endswith(".po")] if os.path.isdir(path) else [path]
    return {k: v for f in files for k, v in po_entries(f).items()}


def places(text):
    """The values in a text: {0} by its number, printf's in their order."""
    return sorted(set(re.findall(r"\{\w\}", text))), [m[-1] for m in re.findall(r"%[-0-9.*]*[lz]*[sducfx]", text)]


def missing(po, paths, notes=False):
    known, wrong = po_all(po), {}
    for path in paths:
        for m in messages(path, notes):
            told = known.get(m[0], [])
            if len(told) != len(m) or not all(told) or any(places(t) != places(m[-1]) for t in told):
                wrong.setdefault(m, path)
    for m, path in wrong.items():
        print(f'#: {path}\nmsgid "{m[0]}"')
        print(f'msgid_plural "{m[1]}"\nmsgstr[0] ""\nmsgstr[1] ""\n' if len(m) > 1 else 'msgstr ""\n')
    if wrong:
        sys.exit(f"{len(wrong)} messages have no words in {po}, or words with other places than theirs")


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def main(args):
    try:
        if args[:1] == ["--header"]:
            pages = [Page(p) for p in sorted(args[2:])]
            write(args[1], "/* Made by mkpage. */\n#ifndef PAGES_H\n#define PAGES_H\n#include \"views.h\"\n\n" +
                  "".join(f"void {p.name}({p.args});\n" for p in pages) + "\n#endif\n")
        elif args[:1] == ["--missing"] and len(args) > 2:
            missing(args[1], [a for a in args[2:] if a != "--notes"], "--notes" in args)
        elif len(args) == 2:
            write(args[1], Page(args[0]).c())
        else:
            sys.exit(__doc__)
    except Refused as why:
        sys.exit(str(why))


main(sys.argv[1:])
