"""Measures: what is meant to be done has a cause, a cost and a day to look again; what is known not to help is questioned first."""
from browser import DeskStory
from desk_incident import CUSTOMERS, TOUCHES
from story import tell


class Measures(DeskStory):
    def setUp(self):
        super().setUp()
        self.init()
        self.run_handback("import", self.file("customers.csv", CUSTOMERS), self.file("touches.csv", TOUCHES))
        self.run_handback("incident", "open", "--title", "A skimmer on R-1", "--holder", "reader:R-1", "--from", "2025-12-01", "--to", "2025-12-02")

    def test_one_that_is_known_not_to_help_is_questioned(self):
        said = self.json("measure", "add", "--incident", "1", "--what", "Everybody changes the password every 30 days", "--staff-minutes", "40", status=1).row
        self.assertIn("NIST", said["doubt"] + said["source"])
        self.assertIn("second step", said["instead"])
        self.assertEqual(self.json("incident", "measures").rows, [])
        kept = self.json("measure", "add", "--incident", "1", "--what", "Everybody changes the password every 30 days", "--staff-minutes", "40", "--reason", "our insurer asks for it").row
        self.assertEqual((kept["measure"], kept["reason"]), (1, "our insurer asks for it"))

    def test_one_without_a_cause_is_questioned_and_one_with_it_is_not(self):
        said = self.run_handback("measure", "add", "--what", "Move the till off the guests' Wi-Fi", status=1)
        self.assertIn("No cause is named", said.out)
        said = self.run_handback("measure", "add", "--what", "Move the till off the guests' Wi-Fi", "--incident", "1", "--cause", "reader:R-2", status=1)      # not what this incident suspects
        self.assertIn("not where this incident happened", said.out)
        self.assertIn("neither a holder", self.run_handback("measure", "add", "--what", "x", "--cause", "reader:R-9", status=2).err)
        row = self.json("measure", "add", "--what", "Look at each reader every morning", "--incident", "1", "--cause", "reader:R-1", "--staff-minutes", "10", "--customer-minutes", "0", "--again", "2027-02-01",
                        env={"HANDBACK_NOW": "2026-12-01T12:00:00Z"}).row
        self.assertEqual((row["cause"], row["again"]), ("reader:R-1", "2027-02-01T05:00:00Z"))
        self.assertEqual(self.json("measure", "add", "--what", "Turn on the second step everywhere", "--staff-minutes", "5").row["cause"], "")

    def test_the_minutes_add_up_and_on_the_day_it_asks(self):
        now = {"HANDBACK_NOW": "2026-12-01T12:00:00Z"}
        for minutes in ("10", "25"):
            self.run_handback("measure", "add", "--incident", "1", "--what", "Look at the reader", "--cause", "reader:R-1", "--staff-minutes", minutes, "--customer-minutes", "2", "--again", "2027-01-01", env=now)
        said = self.run_handback("incident", "measures", "1", env=now).out
        self.assertIn("Together: 35 minutes a week for staff, 4 for customers", said)
        later = {"HANDBACK_NOW": "2027-01-02T12:00:00Z"}
        self.assertIn("Keep, or drop?", self.run_handback("incident", "measures", "1", env=later, status=1).out)
        self.run_handback("measure", "keep", "1", "--again", "2027-03-01", env=later)
        self.run_handback("measure", "drop", "2", env=later)
        said = self.run_handback("incident", "measures", "1", env=later).out
        self.assertIn("Together: 10 minutes a week", said)
        self.assertEqual(len(self.json("incident", "measures", "1", "--all", env=later).rows), 2)
        self.assertIn("was dropped", self.run_handback("measure", "keep", "2", status=3, env=later).err)
        self.assertIn("measure.dropped", self.run_handback("log").out)

    def test_the_page_asks_back_before_it_keeps(self):
        self.desk()
        b = self.browser
        b.go("/incident/1")
        page = b.follow("What we do about it")
        page = b.send("/incident/1/measures", what="Cash only from now on", staff_minutes="0", customer_minutes="120")
        self.assertIn("Think it over", page.text)
        self.assertIn("Put away the one reader", page.text)
        self.assertEqual(self.json("incident", "measures").rows, [])
        page = b.send("/incident/1/measures", reason="only this week")
        self.assertIn("120 minutes a week for customers", page.text)
        self.assertEqual(self.json("incident", "measures").row["reason"], "only this week")
        page = b.send("/incident/1/measures", what="Move the till off the guests' Wi-Fi", cause="reader:R-2")
        self.assertIn("not where this incident happened", page.text)
        spot = self.json("risk", "list").rows[0]                          # a risky spot is a cause, too, and is offered
        page = b.go("/incident/1/measures")
        self.assertIn(f'value="{spot["spot"]}"', page.source)
        self.assertIn(spot["says"], page.text)
        page = b.send("/measure/1", do="drop")
        self.assertIn("No measure is in force", page.text)


if __name__ == "__main__":
    tell()
