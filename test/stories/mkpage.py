"""mkpage: pages become C, what could be dangerous is refused with its line, and a mistake is shown where it stands in the .html file."""
import os
import re
import subprocess

from story import SOURCE, Story, tell

HEAD = "{# page_x(struct html *o, const struct x_view *v) #}\n"
NOT_READ = {"api.c"}                       # answers programs, in English
# Reasons of failures that no page can meet: what the command line alone does, and what keeps a process from starting
NO_PAGE = {f"src/business/{name}" for name in ("find/show.c", "find/fresh.c", "find/redact.c", "find/tables.c", "keep/restore_verb.c", "sample/sample.c", "exposure/brute.c")}
# What pages do as jobs
JOBS = ["business/ledger/import.c", "business/ledger/undo.c", "business/keep/backup.c", "business/keep/undo.c", "business/keep/rotate.c", "op/verb.c"]
NO_PAGE_SAYS = {"HANDBACK_PROGRAM does not name the program whose helper processes are to be started.", "There is no home folder to keep verdicts in. Set HOME.",
                "Could not read a limit: %s.", "Could not set a limit: %s.", "Could not look at a file that is needed: %s.", "Could not give up the file system: %s.",
                "Could not limit what this process may ask of the system: %s.", "Could not prepare what a helper process may ask of the system.", "Could not give up privileges: %s.",
                "Could not learn this process's size from /proc; mount it.", "A box is started by the program itself."}
COMMAND = re.compile(r"handback [a-z]|--[a-z%]")
MACHINES = re.compile(r"handback (check( --rebuild)?|restore|export (FOLDER|CARPETA)|set (find\.folders|bounces\.box)|import FILE|import ARCHIVO)\b")          # what only whoever looks after the computer can do
VIEWS = '#ifndef VIEWS_H\n#define VIEWS_H\n#include "html.h"\nstruct x_view { struct str name; int n; struct path to; double odd; };\n#endif\n'


class Mkpage(Story):
    def page(self, text, head=HEAD):
        path = self.file("x.html", head + text)
        return subprocess.run(["/usr/bin/python3", f"{SOURCE}/tools/mkpage.py", path, f"{self.tmp}/x.c"], capture_output=True, text=True)

    def code(self, text):
        done = self.page(text)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(f"{self.tmp}/x.c", encoding="utf-8") as f:
            return f.read()

    def compile(self, text):
        """What the compiler says of a page, as of a real one."""
        self.code(text)
        self.file("views.h", VIEWS)
        subprocess.run(["/usr/bin/python3", f"{SOURCE}/tools/mkpage.py", "--header", f"{self.tmp}/pages.h", f"{self.tmp}/x.html"], check=True)
        return subprocess.run(["cc", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", f"-I{self.tmp}", f"-I{SOURCE}/src/base", f"-I{SOURCE}/src/craft/http", f"{self.tmp}/x.c"],
                              capture_output=True, text=True).stderr

    def test_what_is_dangerous_is_refused_with_its_line(self):
        for text, says in {
            "<p>\n<script>alert({{ v->n }})</script>": "no scripts",
            "<p>\n<script src=\"/a.js\">x</script>": "no scripts",
            "<p>\n<style>p { color: {{ v->name }} }</style>": "no styles",
            "<p>\n<a onclick=\"x({{ v->n }})\">": "onclick",
            "<p>\n<a onclick=\"x()\">": "onclick",
            "<p>\n<p style=\"color: red\">": "style",
            "<p>\n<p class={{ v->name }}>": "quotes",
            "<p>\n<p class=big>": "quotes",
            "<p>\n<a href=\"javascript:{{ v->name }}\">": "address",
            "<p>\n<a href=\"//{{ v->name }}\">": "address",
            "<p>\n<a href=\"data:text/html,x\">": "address",
            "<p>\n<p {{ v->name }}=\"1\">": "can't stand",
            "<p>\n<{{ v->name }}>": "begins no tag",
            "<p>\n<iframe srcdoc=\"x\">": "srcdoc",
            "<p>\n{{ v->name": "not closed",
            "<p>\n<b>{{ v->name }}": "not closed",
            "<p>\n</b>": "closes <p>",
            "<p>\n1 < 2": "begins no tag",
            "<p>\n<b>no {0} places</b>": "can't stand",
        }.items():
            with self.subTest(text):
                done = self.page(text)
                self.assertNotEqual(done.returncode, 0)
                self.assertRegex(done.stderr, rf"x\.html:3: .*{re.escape(says)}")
        self.assertIn("x.html:1: the first line is the signature", self.page("<p></p>", head="<h1></h1>\n").stderr)

    def test_a_mistake_is_shown_in_the_html(self):
        self.assertEqual(self.compile("<p>{{ v->name }} {{ v->n }}</p>\n<a href=\"{{ v->to }}\">on</a> <a href=\"/x/{{ v->name }}?n={{ v->n }}\">x</a>\n"), "")
        self.assertRegex(self.compile("<p>\n{{ v->nome }}</p>\n"), r"x\.html:3:.*nome")
        self.assertRegex(self.compile("<p>\n{% if (v->nome) { %}a{% } %}</p>\n"), r"x\.html:3:.*nome")
        self.assertRegex(self.compile("<p>\n<b title=\"{{ v->nome }}\"></b></p>\n"), r"x\.html:3:.*nome")
        self.assertIn("x.html:3", self.compile("<p>\n{{ v->odd }}</p>\n"))                     # a type that has no one way to be written
        self.assertIn("x.html:3", self.compile("<p>\n<a href=\"{{ v->name }}\">x</a></p>\n"))  # an address that is no struct path

    def test_runs_of_words_are_messages(self):
        code = self.code('<p>There are {{ v->n }} letters\n   for {{ v->name }}.</p>\n<b title="Your {{ v->name }}">&copy; {{ v->n }}</b> <i>12 - {{ v->n }}</i> <input value="as it is">')
        self.assertIn('words_begin(o, "There are {0} letters for {1}.")', code)
        self.assertIn('words_begin(o, "Your {0}")', code)
        self.assertEqual(code.count("words_begin"), 2)
        self.assertIn('html_raw(o, "</b> <i>12 - ', code)
        self.assertIn('value=\\"as it is\\"', code)
        self.assertIn('html_said(o, say("Isn\'t & can\'t"));', self.code("<p>Isn't &amp; can't</p>"))

    def test_only_forms_that_post_get_the_hidden_field(self):
        self.assertEqual(self.code('<form method="post" action="/x"></form><form method="POST"></form>').count("html_csrf(o);"), 2)
        self.assertNotIn("html_csrf", self.code('<form action="/x"></form><form method="get"></form>'))

    def test_code_and_remarks(self):
        code = self.code('<!-- seen by nobody {{ v->no }} --><ul>{# nor this #}{% for (int i = 0; i < v->n; i++) { %}<li>{{ i }}</li>{% } %}</ul><input {% if (v->n) { %}checked{% } %}>')
        self.assertNotIn("nobody", code)
        self.assertNotIn("nor this", code)
        self.assertIn("for (int i = 0; i < v->n; i++) {", code)
        self.assertEqual(self.compile("<ul>{% for (int i = 0; i < v->n; i++) { %}<li>{{ i }}</li>{% } %}</ul><input {% if (v->n) { %}checked{% } %}>"), "")

    def test_each_page_of_the_desk_compiles_from_its_file(self):
        folder = f"{SOURCE}/src/face/desk/pages"
        pages = [p for p in os.listdir(folder) if p.endswith(".html")]
        self.assertGreater(len(pages), 10)
        with open(f"{SOURCE}/src/face/desk/meson.build", encoding="utf-8") as f:
            built = f.read()
        for page in pages:
            self.assertIn(f"'{page[:-5]}'", built)

    def missing(self, *files, po=f"{SOURCE}/po/es"):
        return subprocess.run(["/usr/bin/python3", f"{SOURCE}/tools/mkpage.py", "--missing", po, *files], capture_output=True, text=True)

    def test_each_message_of_the_desk_has_its_spanish(self):
        desk = f"{SOURCE}/src/face/desk"
        files = [f"{at}/{name}" for at in (desk, f"{desk}/pages") for name in os.listdir(at) if name.endswith((".html", ".c")) and name not in NOT_READ]
        done = self.missing(*files)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertGreater(self.missing(*files, po=self.file("none.po", "")).stdout.count("msgid "), 500)        # it sees them

    def test_each_message_of_the_public_pages_has_its_spanish(self):
        """In their own catalogue: what answers the public knows no other."""
        files = [f"{at}/{name}" for folder in ("face/front", "craft/front", "business") for at, _, names in os.walk(f"{SOURCE}/src/{folder}") for name in names
                 if (folder != "business" and name.endswith(".c") and not name.endswith("_test.c") and name not in ("front.c", "lookup.c")) or name.endswith(".html")]
        self.assertGreater(len(files), 4)
        done = self.missing(*files, po=f"{SOURCE}/po/es/front.po")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def reasons(self, po):
        """The reasons of failures that pages can meet and that have no words in po."""
        files = [f"{at}/{name}" for room in ("base", "op", "business", "craft/seal", "craft/wire", "craft/box", "craft/store", "craft/paper", "craft/qr", "face/courier")
                 for at, _, names in os.walk(f"{SOURCE}/src/{room}") for name in names if name.endswith(".c") and not name.endswith("_test.c")]
        done = self.missing(*[name for name in files if os.path.relpath(name, SOURCE) not in NO_PAGE], po=po)
        return {m[2] for m in re.finditer(r'#: (.*)\nmsgid "(.*)"', done.stdout)} - NO_PAGE_SAYS

    def test_the_reasons_of_failures_that_pages_can_meet_have_their_spanish(self):
        self.assertGreater(len(self.reasons(self.file("none.po", ""))), 300)
        lacking = self.reasons(f"{SOURCE}/po/es")
        self.assertEqual(lacking, set(), "give new ones their words in po/es/errors.po:\n" + "\n".join(sorted(lacking)))

    def test_what_an_import_or_a_backup_remarks_has_its_spanish(self):
        """A page shows the remarks of what it began as a job, each by its form."""
        files = [f"{SOURCE}/src/{name}" for name in JOBS]
        self.assertGreater(self.missing("--notes", *files, po=self.file("none.po", "")).stdout.count("msgid "), 60)
        done = self.missing("--notes", *files)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(f"{SOURCE}/po/es/notes.po", encoding="utf-8") as f:
            self.assertIsNone(COMMAND.search("".join(re.findall(r'^msgstr.*"(.*)"$', f.read(), re.M))))

    def test_no_page_says_what_is_typed_at_the_command_line(self):
        """What tells of it has words of its own for pages, in English and in Spanish."""
        lacking = {m for m in self.reasons(f"{SOURCE}/po/en") if COMMAND.search(m)}
        self.assertEqual(lacking, set(), "give new ones their words in po/en/errors.po:\n" + "\n".join(sorted(lacking)))
        reasons, seen = self.reasons(self.file("none.po", "")), 0
        for at, _, names in os.walk(f"{SOURCE}/po"):
            for name in names:
                with open(f"{at}/{name}", encoding="utf-8") as f:
                    for reason, said in re.findall(r'^msgid "(.*)"\nmsgstr "(.*)"$', f.read(), re.M):
                        seen += reason in reasons
                        self.assertFalse(reason in reasons and COMMAND.search(MACHINES.sub("", said)), f"{name}: {said}")
        self.assertGreater(seen, 600)
        folder = f"{SOURCE}/src/face/desk/pages"
        for page in os.listdir(folder):
            with open(f"{folder}/{page}", encoding="utf-8") as f:
                for said in re.findall(r'say\("([^"]*)"', f.read()):
                    self.assertFalse(COMMAND.search(MACHINES.sub("", said)) or "handback set" in said, f"{page}: {said}")

    def test_what_has_no_spanish_is_listed(self):
        page = self.file("x.html", HEAD + '<p title="A title">Is it {{ v->n }} "of" them?</p>{{ plural(v->list[v->n], "{n} letter", "{n} letters") }}{% form(o, say("Say \\"so\\"")); %}')
        code = self.file("x.c", 'return visit_words(v, f(n) ? "First (one)" : "Second");')
        whole = ('msgid "A title"\nmsgstr "Un título"\n\nmsgid "Is it {0} \\"of\\" them?"\nmsgstr "¿Son {0}?"\n\nmsgid "{n} letter"\nmsgid_plural "{n} letters"\n'
                 'msgstr[0] "{n} carta"\nmsgstr[1] "{n} cartas"\n\nmsgid "Say \\"so\\""\nmsgstr "Diga"\n\nmsgid "First (one)"\nmsgstr ""\n"Primero"\n\nmsgid "Second"\nmsgstr "Segundo"\n')
        done = self.missing(page, code, po=self.file("x.po", whole))
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        for line, says in {"Un título": 'msgid "A title"', "¿Son {0}?": 'msgid "Is it {0} ', "{n} cartas": 'msgid_plural "{n} letters"', "Diga": 'msgid "Say ', "Primero": 'msgid "First (one)"',
                           "Segundo": 'msgid "Second"'}.items():
            with self.subTest(line):
                done = self.missing(page, code, po=self.file("x.po", whole.replace(f'"{line}"', '""')))
                self.assertEqual(done.returncode, 1)
                self.assertIn(says, done.stdout)
                self.assertIn("1 messages have no words", done.stderr)
        self.assertEqual(self.missing(page, code, po=self.file("x.po", whole.replace("¿Son {0}?", "¿Son {1}?"))).returncode, 1)          # another place
        self.assertEqual(self.missing(page, code, po=self.file("x.po", whole.replace('msgstr[1] "{n} cartas"\n', ""))).returncode, 1)     # one form only


if __name__ == "__main__":
    tell()
