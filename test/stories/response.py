"""The work of an incident: the worklist, the letter to the provider and its answers, what to say on the phone, the cost, the updates, the record."""
import glob
import os
import re
import subprocess

from browser import DeskStory
from story import SOURCE, tell

CUSTOMERS = """customer_ref,name,email,region,country,address1,city,postal_code
A,Ann Ames,ann@example.com,NY,US,,,
B,Bea Boyd,,CA,US,12 Mill St,Oakland,94601
C,Cal Cole,cal@example.com,NJ,US,,,
"""
TOUCHES = "touched_at,customer_ref,service,reader,data_kinds\n" + "".join(f"2026-11-{day}T10:00:00-05:00,{who},Squarely,R-1,card_number|name\n" for day, who in (("01", "A"), ("02", "B"), ("20", "C")))
NOW = {"HANDBACK_NOW": "2026-11-28T12:00:00Z"}


def at(day):
    return {"HANDBACK_NOW": f"{day}T12:00:00Z"}


class Response(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        self.run_handback("incident", "open", "--title", "Squarely was broken into", "--holder", "service:Squarely", "--from", "2026-11-01", "--to", "2026-11-10", "--discovered", "2026-11-27", "--only", "passing", env=NOW)

    def tasks(self, env=NOW, status=0):
        return {r["task"]: r for r in self.json("incident", "tasks", "1", env=env, status=status).rows}

    def pdf(self, path):
        return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout

    def test_the_worklist_starts_filled_stays_short_and_follows_what_is_known(self):
        tasks = self.tasks()
        self.assertEqual([t for t in tasks if tasks[t]["state"] == "now"], ["stop_sign_in", "call_payment", "ask_provider"])
        self.assertIn("Call Squarely", tasks["ask_provider"]["what"])
        self.assertEqual((tasks["notice"]["due"], tasks["notice"]["state"]), ("2026-12-03T04:59:59Z", "later"))
        for never in ("stop_reader", "ask_again", "unnamed"):
            self.assertNotIn(never, tasks)
        # the law's clocks: the strictest one's day, moved by facts, a hold, and what is met
        self.assertEqual((tasks["tell_authorities"]["due"], tasks["tell_authorities"]["clock"], tasks["notice"]["clock"]), ("2026-12-28T04:59:59Z", "New York, December 27, 2026", "New York, December 27, 2026"))
        self.run_handback("import", self.file("germany.csv", CUSTOMERS.splitlines()[0] + "\n"), self.file("b.csv", "touched_at,customer_ref,service,data_kinds\n2026-11-03T10:00:00-05:00,DE-1,Squarely,name|card_number\n"))
        self.run_handback("customer", "correct", "DE-1", "--country", "DE", env=NOW)
        strict = self.tasks(env=at("2026-12-05"), status=1)["tell_authorities"]
        self.assertEqual((strict["due"], strict["late"]), ("2026-11-30T05:00:00Z", True))            # Europe's 72 hours
        self.run_handback("filing", "sent", "1", "--to", "regulator", "--code", "EU", "--on", "2026-11-29", env=at("2026-12-01"))
        self.assertEqual(self.tasks()["tell_authorities"]["clock"], "New York, December 27, 2026")
        self.run_handback("incident", "fact", "1", "--hold-since", "2026-11-28", "--hold-until", "unknown", "--hold-by", "the police", env=NOW)
        held = self.tasks()
        self.assertEqual((held["tell_authorities"]["due"], held["notice"]["due"]), ("2026-12-28T04:59:59Z", "2026-12-03T04:59:59Z"))     # it stops letters, not offices
        self.assertNotIn("New York", held["notice"]["clock"])
        self.run_handback("incident", "fact", "1", "--hold-since", "unknown", "--hold-by", "unknown", env=NOW)
        # what is decided, by whom, why
        self.assertIn("why it is left away", self.run_handback("incident", "task", "1", "call_insurer", "--skip", status=2, env=NOW).err)
        row = self.json("incident", "task", "1", "call_insurer", "--skip", "--reason", "no policy", env=NOW).row
        self.assertEqual((row["state"], row["reason"], row["by"], row["at"]), ("skipped", "no policy", "Owner", "2026-11-28T12:00:00Z"))
        row = self.json("incident", "task", "1", "--what", "Ring the accountant", "--who", "Ben", "--by", "2026-11-28", env=NOW).row
        self.assertEqual((row["task"], row["who"], row["due"], row["late"]), ("own-1", "Ben", "2026-11-29T04:59:59Z", False))
        self.json("incident", "task", "1", "ask_provider", "--done", "--on", "2026-11-28", "--reason", "sent by e-mail", env=NOW)
        self.json("incident", "task", "1", "call_payment", "--who", "Cleo", env=NOW)
        tasks = self.tasks(env=at("2026-12-05"), status=1)
        self.assertEqual((tasks["call_payment"]["who"], tasks["call_payment"]["late"], tasks["own-1"]["late"]), ("Cleo", True, True))
        self.assertIn("has not answered", tasks["ask_again"]["what"])          # asked, and no answer
        self.assertEqual(self.json("incident", "task", "1", "call_insurer", "--again", env=NOW).row["state"], "later")
        for wrong, status in ((("feed_cat", "--done"), 3), (("notice", "--what", "Do not"), 2), (("notice", "--done", "--skip", "--reason", "x"), 2), (("notice", "--done", "--on", "2027-01-01"), 2), ((), 2)):
            self.run_handback("incident", "task", "1", *wrong, status=status, env=NOW)
        # what happened did so on a day that has been; what is still to come may be
        for call, name in ((("filing", "sent", "1", "--to", "regulator", "--code", "EU"), "on"), (("incident", "answer", "1", "--who", "Ben", "--said", "x"), "on"),
                           (("incident", "told", "--service", "Squarely"), "received"), (("notice", "fits", "1"), "day"), (("holder", "emptied", "service:Squarely"), "at"),
                           (("incident", "task", "1", "notice", "--done"), "on"), (("reader", "inspect", "R-1"), "at"),
                           (("service", "evidence", "Squarely", "aoc"), "seen"), (("service", "leave", "Squarely"), "asked"), (("incident", "fact", "1"), "determined"), (("incident", "fact", "1"), "vendor-told"),
                           (("incident", "fact", "1"), "hold-since"),
                           (("incident", "open", "--title", "t", "--holder", "service:Squarely", "--from", "unknown", "--to", "unknown"), "discovered")):
            with self.subTest(call=call, name=name):
                said = self.json(*call, f"--{name}", "2027-02-01", status=2, env=NOW).err
                self.assertIn("That day has not come yet.", said)
                self.assertIn("That is no day.", self.run_handback(*call, f"--{name}", "soon", status=2, env=NOW).err)
        self.json("incident", "fact", "1", "--hold-since", "2026-11-28", "--hold-until", "2027-02-01", env=NOW)
        self.json("incident", "fact", "1", "--hold-since", "unknown", env=NOW)
        # a reader is concerned, too: other things are to be done
        self.run_handback("incident", "suspect", "1", "--holder", "reader:R-1", "--from", "unknown", "--to", "unknown", env=NOW)
        self.assertEqual(self.tasks()["stop_reader"]["state"], "now")
        self.assertIn("Put R-1 away", self.tasks()["stop_reader"]["what"])

    def test_the_provider_is_asked_and_its_answer_moves_the_window(self):
        path = os.path.join(self.tmp, "questions.pdf")
        self.run_handback("set", "business.address", "12 Mill St, Millbrook, NY 12545")
        said = self.run_handback("incident", "ask", "1", "--pdf", path, env=NOW).out
        for words in ("2 of our customers are concerned, with names, card numbers", "from November 1, 2026 to November 10, 2026", "by December 1, 2026", "N.Y. Gen. Bus. Law 899-aa", "PCI forensic investigator"):
            self.assertIn(words, said)
        self.assertNotIn("Ann", said)
        self.assertIn("Questions about the incident at Squarely", self.pdf(path))
        self.assertIn("Millbrook, NY 12545", self.pdf(path))                                          # the sender as on the letters to customers
        self.assertIn("Preguntas sobre el incidente en Squarely", self.run_handback("incident", "ask", "1", "--language", "es", env=NOW).out)
        row = self.json("incident", "answer", "1", "--who", "Ana at Squarely", "--said", "It went on until the 25th", "--from", "2026-11-02", "--to", "2026-11-25", "--only", "passing", env=NOW, status=1).row
        self.assertEqual((row["adds"], row["drops"], row["differs"]), (1, 1, True))
        self.assertEqual(self.tasks()["ask_provider"]["state"], "done")        # it was answered: nobody has to say so
        said = self.run_handback("incident", "answers", "1", env=NOW, status=1).out
        step = next(line for line in said.splitlines() if "incident suspect" in line)
        self.assertEqual(step.split()[1:4], ["incident", "suspect", "1"])
        row = self.json(*[w.strip("'") for w in step.split()[1:]], env=NOW).row
        self.assertEqual((row["adds"], row["drops"]), (1, 1))
        self.assertFalse(self.json("incident", "answers", "1", env=NOW).row["differs"])
        self.assertIn("from November 2, 2026 to November 25, 2026", self.run_handback("incident", "say", "1", env=NOW).out)
        self.run_handback("incident", "answer", "1", "--who", "x", "--said", "y", "--from", "2026-11-02", status=2, env=NOW)
        self.run_handback("incident", "answer", "1", "--who", "x", "--said", "y", "--from", "soon", "--to", "2026-11-02", status=2, env=NOW)

    def test_what_is_said_on_the_phone_follows_the_exposure(self):
        said = self.run_handback("incident", "say", "1", env=NOW).out
        for words in ("2 of our customers are", "your name, your card number", "By December 27, 2026 at the latest", "Never ask for a card number"):
            self.assertIn(words, said)
        self.run_handback("incident", "suspect", "1", "--holder", "service:Squarely", "--from", "2020-01-01", "--to", "2020-01-02", "--only", "passing", env=NOW)
        said = self.run_handback("incident", "say", "1", env=NOW).out
        self.assertIn("So far we know of nobody", said)
        self.assertNotIn("your card number", said)
        self.assertIn("¿Qué pasó?", self.run_handback("incident", "say", "1", "--language", "es", env=NOW).out)

    def test_the_cost_is_told_with_its_assumptions(self):
        rows = self.json("incident", "cost", "1", env=NOW).rows
        lines = {r["line"]: r for r in rows if "line" in r}
        self.assertEqual((lines["letters"]["count"], lines["letters"]["cents"]), (1, 150))
        self.assertEqual(lines["all"]["with_hours_cents"], lines["all"]["cents"] + lines["all"]["minutes"] * 3000 // 60)
        self.run_handback("incident", "assume", "calls-percent", "100", env=NOW)
        self.run_handback("set", "letter.cost", "200", env=NOW)
        rows = self.json("incident", "cost", "1", env=NOW).rows
        lines = {r["line"]: r for r in rows if "line" in r}
        self.assertEqual((lines["calls"]["count"], lines["calls"]["minutes"], lines["letters"]["cents"]), (2, 16, 200))
        self.assertEqual({r["assumption"] for r in rows if r.get("own")}, {"calls-percent", "letter-cents"})
        self.assertIn("from 0 to 100", self.run_handback("incident", "assume", "calls-percent", "101", status=2, env=NOW).err)
        self.run_handback("incident", "assume", "calls-percent", env=NOW)
        self.assertEqual({r["line"]: r for r in self.json("incident", "cost", "1", env=NOW).rows if "line" in r}["calls"]["count"], 1)
        self.run_handback("incident", "assume", "weather", "1", status=3, env=NOW)

    def test_customers_hear_again_until_the_last_word_and_all_is_on_record(self):
        self.assertIn("the first notice comes first", self.run_handback("incident", "update", "1", "--draft", status=3, env=NOW).err.lower())
        self.run_handback("set", "mail.from", "shop@example.com")
        self.run_handback("notice", "draft", "1", env=NOW)
        self.run_handback("notice", "approve", "1", env=NOW)
        said = self.run_handback("incident", "update", "1", "--draft", env=NOW, status=3).err      # approved, and nothing sent
        self.assertIn("Nobody was told of this yet: no notice has gone out.", said)
        self.run_handback("notice", "send", "1", env=NOW, status=None)
        self.run_handback("notice", "posted", "1", env=NOW, status=None)
        row = self.json("incident", "updates", "1", env=NOW).row
        self.assertEqual((row["every"], row["due"], row["late"]), (7, "2026-12-06T04:59:59Z", False))
        self.assertEqual(self.tasks()["notice"]["state"], "done")
        self.assertTrue(self.json("incident", "updates", env=at("2026-12-07"), status=1).row["late"])
        self.json("incident", "update", "1", "--every", "14", env=NOW)
        self.assertEqual(self.json("incident", "updates", "1", env=NOW).row["due"], "2026-12-13T04:59:59Z")
        self.run_handback("incident", "update", "1", "--every", "0", status=2, env=NOW)
        text = self.json("incident", "update", "1", env=at("2026-12-10")).rows[1]["text"]
        self.assertIn("nothing new so far", text)
        self.assertIn("We write again by December 26, 2026", text)
        self.desk()
        page = self.browser.go("/incident/1/updates")
        self.assertIn("The next word is due by December 12, 2026", page.text)
        page = self.browser.send("/incident/1/updates", news="The reader is exchanged.", do="draft")
        self.assertTrue(page.url.endswith("/incident/1/round/2"), page.url)
        shown = self.run_handback("notice", "preview", "1.2", env=at("2026-12-10")).out
        self.assertIn("The reader is exchanged.", shown)
        said = self.run_handback("notice", "draft", "1", env=at("2026-12-10"), status=3).err
        self.assertIn("Round 1.2, a further word to those who were told, is drafted and waits.", said)
        self.assertIn("write to those newly at risk", said)
        self.assertIn("your card number", shown)
        self.run_handback("notice", "approve", "1.2", env=at("2026-12-10"))
        self.run_handback("incident", "close", "1", env=at("2026-12-11"), status=None)
        self.assertTrue(self.json("incident", "updates", env=at("2026-12-11")).row["closing"])
        closing = self.json("incident", "update", "1", "--closing", env=at("2026-12-12")).rows[1]["text"]
        for words in ("{{ doing }}", "What We Did", "Qué hicimos"):                              # nobody has said what was done
            self.assertNotIn(words, closing)
        # who reads Spanish gets no news in English: it is asked for
        self.run_handback("import", self.file("spanish.csv", CUSTOMERS.splitlines()[0] + ",language\nB,Bea Boyd,,CA,US,12 Mill St,Oakland,94601,es\n"))
        self.assertIn("so many read Spanish: 1", self.run_handback("incident", "update", "1", "--news", "It is over.", "--closing", "--draft", env=at("2026-12-12"), status=2).err)
        self.run_handback("incident", "update", "1", "--news", "It is over.", "--news-es", "Nadie sufrió daños.", "--closing", "--draft", env=at("2026-12-12"), status=None)
        self.assertIn("Nadie sufrió daños", self.run_handback("notice", "approve", "1.3", env=at("2026-12-12"), status=None).err)
        self.run_handback("notice", "undo", "1.3", env=at("2026-12-12"))
        self.run_handback("incident", "update", "1", "--news", "It is over.", "--news-es", "Nobody was harmed.", "--closing", "--draft", env=at("2026-12-12"), status=None)
        self.assertIn("Nobody was harmed", self.run_handback("notice", "approve", "1.4", env=at("2026-12-12"), status=None).err)
        self.run_handback("notice", "undo", "1.4", env=at("2026-12-12"))
        self.json("incident", "update", "1", "--closing", "--draft", env=at("2026-12-12"))
        self.assertIn("This is our last letter", self.run_handback("notice", "preview", "1.5", env=at("2026-12-12")).out)
        self.run_handback("notice", "approve", "1.5", env=at("2026-12-12"))
        row = self.json("incident", "updates", "1", env=at("2027-03-12")).row
        self.assertEqual((row["ended"], row["due"]), (True, None))
        # the record, with what offices were told when and how
        self.run_handback("filing", "sent", "1", "--to", "cards", "--code", "acquirer", "--on", "2026-11-29", "--how", "phone", "--reference", "CB-77", env=at("2026-12-01"))
        for source in glob.glob(f"{SOURCE}/src/**/*.c", recursive=True):                            # what names an incident in the log stands there in words
            with open(source, encoding="utf-8") as f:
                for what in re.findall(r'log(?:ged)?_add\([^;"]*"([a-z]+\.[a-z_.]+)", ABOUT\([^;]*\{ "incident",', f.read()):
                    with open(f"{SOURCE}/src/business/response/timeline.c", encoding="utf-8") as own:
                        self.assertIn(f'"{what}"', own.read(), source)
        path = os.path.join(self.tmp, "timeline.pdf")
        self.run_handback("notice", "reached", "1.1", "--customer", "A", "--by", "in-person", env=at("2026-12-12"))
        self.run_handback("measure", "add", "--incident", "1", "--what", "Turn on the second step", "--cause", "service:Squarely", env=at("2026-12-12"))
        self.run_handback("measure", "keep", "1", env=at("2026-12-12"))
        self.run_handback("measure", "drop", "1", env=at("2026-12-12"))
        rows = self.json("incident", "timeline", "1", "--pdf", path, env=at("2026-12-12")).rows
        self.assertEqual([r["say"] for r in rows if r.get("what", "").startswith("measure.")], [f"A measure {what}: Turn on the second step" for what in ("was taken", "goes on", "was dropped")])
        self.assertFalse([r for r in rows if r.get("what") == "filing.sent"])                       # it is told once, by what is kept of it
        said = self.run_handback("incident", "timeline", "1", env=at("2026-12-12")).out
        for words in ("\nWhom to tell\n", "\nMUST: the people in New York", ": New York: Attorney General, Department of State", "First notice approved on November 28, 2026."):
            self.assertIn(words, said)
        self.assertEqual([r["met"] for r in rows if r.get("whom", "").startswith("the people in New York")], ["First notice approved on November 28, 2026."])
        self.assertTrue(any("reached them in person: 1" in r.get("say", "") for r in rows), rows)
        self.assertEqual([r["what"] for r in rows if r.get("what") in ("discovered", "incident.opened", "round.approved", "incident.rhythm", "incident.closed")],
                         ["discovered", "incident.opened", "round.approved", "incident.rhythm", "round.approved", "incident.closed", "round.approved"])
        head = rows[-1]
        self.assertEqual((len(head["log_tree_head"]), head["cut"]), (64, False))
        paper = self.pdf(path)
        for whole in (head["log_checkpoint"].strip().splitlines()[-1], head["log_key"]):            # the signature and the key stay each a line
            self.assertIn(whole, [line.strip() for line in paper.splitlines()])
        filed = next(r for r in rows if r.get("what") == "filing")
        self.assertIn(str(filed["entry"]), self.run_handback("incident", "timeline", "1", env=at("2026-12-12")).out)
        self.assertEqual((filed["at"], filed["say"]), ("2026-11-29T05:00:00Z", "Sent to the payment company or a card brand (acquirer): phone, their number: CB-77"))
        for words in ("Sent on November 29, 2026, phone, their number: CB-77.", "2026-11-29 00:00 Sent to the payment company", "Timeline of incident 1", "At risk as known now: 2 customers", head["log_tree_head"][:20], "Squarely, from November 1, 2026 to", "the people in New York,", "New York: Attorney General, Department of State, Division of State Police,", "First notice approved", head["log_key"][:20], f"[{next(r['entry'] for r in rows if r['what'] == 'incident.closed')}]"):
            self.assertIn(words, " ".join(paper.split()).replace("\n", ""))
        paper = self.run_handback("incident", "timeline", "1", "--language", "es", "--pdf", path + "2", env=NOW).out + self.pdf(path + "2")
        for words in ("Cronología", "CONVIENE: Su aseguradora", "OBLIGATORIO: las personas en New York"):
            self.assertIn(words, paper)

    def test_the_words_of_a_letter_stand_in_the_record(self):
        self.run_handback("incident", "told", "--service", "Squarely", "--received", "2026-11-28", "--said", "Names were read by strangers.", env=NOW)
        self.run_handback("incident", "confirm", "1", env=NOW, status=None)
        said = self.run_handback("incident", "timeline", "2", env=NOW).out
        self.assertIn('A draft became this incident: Squarely, November 28, 2026: "Names were read by strangers."', said)

    def test_the_pages(self):
        # this clock stands still only for the command line: the desk's own is the machine's
        self.desk()
        b = self.browser
        page = b.go("/incident/1")
        for words in ("Next: Change our password at Squarely", "When customers ring, say this", "2 of our customers are", "hours of your own people"):
            self.assertIn(words, page.text)
        page = b.follow("What to do")
        self.assertIn("Call Squarely, then send our questions", page.text)
        page = b.send("/incident/1/work/stop_sign_in", do="done")
        self.assertIn("Done Change our password", page.text)
        b.go("/incident/1/work/call_insurer")
        page = b.send("/incident/1/work/call_insurer", do="skip", reason="")
        self.assertIn("Say why it is left away", page.text)
        page = b.send("/incident/1/work/call_insurer", do="skip", reason="no policy")
        page = b.send("/incident/1/work", what="Ring the accountant", who="Ben")
        self.assertIn("Ring the accountant", page.text)
        self.assertIn("no policy", page.text)
        self.assertEqual({t: r["state"] for t, r in self.tasks(env=None, status=None).items() if t in ("stop_sign_in", "call_insurer")}, {"stop_sign_in": "done", "call_insurer": "skipped"})
        # the provider
        page = b.go("/incident/1/provider")
        self.assertIn("Which of our records were reached", page.text)
        self.assertEqual(b.file("/incident/1/provider.pdf?holder=service:Squarely&language=es")[1][:4], b"%PDF")
        page = b.send("/incident/1/provider", holder="service:Squarely", who="", said="x")
        self.assertIn("Say who said it", page.text)
        page = b.send("/incident/1/provider", holder="service:Squarely", who="Ana", said="Until the 25th", from_month="11", from_day="1", from_year="2026", to_month="11", to_day="25", to_year="2026")
        self.assertIn("that adds 1 customer and drops 0 customers", page.text)
        page = b.follow("See whom, and take it over")
        self.assertIn("Added 1 customer", page.text)
        # the phone, the cost, the updates, the record
        self.assertIn("Never ask for a card number", b.go("/incident/1/phone").text)
        b.go("/incident/1/cost")
        page = b.send("/incident/1/cost", calls_percent="101")
        self.assertIn("from 0 to 100", page.text)
        page = b.send("/incident/1/cost", calls_percent="50", hour_cents="4000")
        self.assertIn("Your own figure", page.text)
        self.assertIn("Nobody was told yet", b.go("/incident/1/updates").text)
        page = b.send("/incident/1/updates", do="every", every="10")
        self.assertIn("every 10 days", page.text)
        page = b.go("/incident/1/timeline")
        self.assertIn("Until the 25th", page.text)
        self.assertEqual(b.file("/incident/1/timeline.pdf")[1][:4], b"%PDF")
        b.send("/language", language="es")
        for path, words in (("work", "Qué hacer"), ("provider", "Preguntar al proveedor"), ("phone", "¿Qué pasó?"), ("cost", "Lo que va a costar"), ("updates", "Cuándo vuelven a saber los clientes"), ("timeline", "Cronología")):
            self.assertIn(words, b.go(f"/incident/1/{path}").text)


if __name__ == "__main__":
    tell()
