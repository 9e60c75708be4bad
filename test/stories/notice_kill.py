"""Sending that is killed at any moment: nobody is forgotten, nobody gets it twice, at most one batch is in doubt and each of it is named."""
import collections
import glob
import os
import random
import re
import shutil
import signal
import subprocess
import time
import unittest

from sink import Sink
from story import HANDBACK, Story, tell

CUSTOMERS, BATCH, KILLS = int(os.environ.get("KILL_CUSTOMERS", "600")), 20, int(os.environ.get("KILLS", "20"))


class Kill(Story):
    def setUp(self):
        super().setUp()
        self.init()
        self.dice = random.Random(int(os.environ.get("SEED", "11")))

    def business(self, customers, by_mail):
        """Every tenth has no e-mail and gets a letter; or the other way round."""
        people = ["customer_ref,name,email,phone,address1,city,region,postal_code,country,language"]
        touches = ["touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref"]
        for n in range(1, customers + 1):
            mail = f"june{n}@example.com" if (n % 10 != 0) == by_mail else ""
            people.append(f"A-{n},June {n},{mail},,{n} Mill St,Millbrook,US-NY,12545,US,{'es' if n % 7 == 0 else 'en'}")
            touches.append(f"2026-03-01T{10 + n % 10:02d}:{n % 60:02d}:00Z,A-{n},Van 2 reader,Square,,,card_number|name,T-{n}")
        self.run_handback("import", self.file("c.csv", "\n".join(people) + "\n"), self.file("t.csv", "\n".join(touches) + "\n"))
        self.run_handback("set", "mail.batch", BATCH)
        self.run_handback("set", "mail.retry", "0,0,0")
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:Van 2 reader", "--from", "2026-03-01", "--to", "2026-03-02", "--only", "passing")
        self.run_handback("notice", "draft", "1")
        self.run_handback("notice", "approve", "1.1")

    def killed_run(self, within):
        """One run of `notice send`, killed within so many seconds; what it said if it was quicker."""
        run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "notice", "send", "1.1"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, start_new_session=True)
        time.sleep(self.dice.uniform(0, within))
        killed = run.poll() is None
        try:
            os.killpg(run.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        said = run.communicate()[1]
        if self.waited(run.returncode, said):
            return False
        self.assertIn(run.returncode, (0, 1, -signal.SIGKILL), said)
        return killed

    def waited(self, status, said):
        """A run that is killed while its passphrase is looked at has used up a try: five in a minute, and the next one waits."""
        if status != 3 or "Wait a minute" not in said:
            return False
        time.sleep(61)
        return True

    def whole_run(self):
        said = self.run_handback("notice", "send", "1.1", status=None)
        if self.waited(said.status, said.err):
            said = self.run_handback("notice", "send", "1.1", status=None)
        self.assertIn(said.status, (0, 1), said.err)
        return said

    def rows(self):
        return self.json("notice", "status", "1.1", status=None).rows

    def by_state(self):
        out = {}
        for r in self.rows():
            out.setdefault(r["state"], set()).add(r["customer_ref"])
        return out

    def test_a_server(self):
        self.business(CUSTOMERS, by_mail=True)
        sink = Sink(delay=0.008)
        self.addCleanup(sink.close)
        self.run_handback("set", "mail.server", f"smtp://127.0.0.1:{sink.port}")
        self.run_handback("set", "mail.from", "office@fernwood.example.com")
        kills = in_the_middle = 0
        doubtful = set()
        while kills < KILLS and self.by_state().get("queued"):
            kills += self.killed_run(within=0.7)
            left = self.by_state()
            self.assertLessEqual(len(left.get("handed", ())), BATCH)
            self.assertEqual(left.get("in_doubt", set()) - doubtful, set())                # only the next run says so
            handed = left.get("handed", set())
            in_the_middle += bool(handed)
            doubtful |= handed
            self.assertLessEqual(max((len(v) for v in sink.taken.values()), default=0), 1)
            self.run_handback("check", key=False)
            if self.dice.random() < 0.3:
                continue                                                                  # the next one is killed, too, before it can say anything
        said = self.whole_run()
        states = self.by_state()
        taken = {name.split("@")[0].replace("june", "A-") for name, ids in sink.taken.items() if ids}
        print(f"# {kills} kills, {in_the_middle} within a batch; {len(taken)} mails taken, {len(states.get('in_doubt', ()))} in doubt", flush=True)
        self.assertEqual(set(states) - {"sent", "in_doubt", "printed"}, set())
        self.assertEqual(states.get("in_doubt", set()), doubtful)
        self.assertEqual(len(states["sent"]) + len(states.get("in_doubt", ())) + len(states["printed"]), CUSTOMERS)
        self.assertEqual([n for n, ids in sink.taken.items() if len(ids) > 1], [])        # nobody twice
        self.assertEqual(states["sent"] - taken, set())                                    # nobody is said to have it who has not
        self.assertEqual(taken - states["sent"] - states.get("in_doubt", set()), set())
        self.assertGreater(in_the_middle, 0)
        if states.get("in_doubt"):
            self.assertEqual(said.status, 1)
        self.run_handback("check")

    def outbox_is_whole(self):
        outbox = os.path.join(self.data, "outbox", "1.1")
        states = self.by_state()
        self.assertEqual(set(states), {"sent", "printed"})
        self.assertEqual({os.path.basename(p)[:-4] for p in glob.glob(f"{outbox}/*.eml")}, states["sent"])
        with open(f"{outbox}/letters.csv") as f:
            listed = [line.split(",") for line in f.read().split("\n")[1:] if line]
        self.assertEqual(sorted(r[1] for r in listed), sorted(states["printed"]))
        self.assertEqual({r[2] for r in listed}, {os.path.basename(p) for p in glob.glob(f"{outbox}/letters-*.pdf")})
        for name in {r[2] for r in listed}:                                                # each letter stands on the page that the list names, once
            text = subprocess.run(["pdftotext", "-layout", f"{outbox}/{name}", "-"], capture_output=True, text=True, check=True).stdout.split("\f")
            told = collections.Counter(n for p in text for n in set(re.findall(r" (\d+) Mill St", " " + " ".join(p.split()))))
            for _, ref, _, page, _ in (r for r in listed if r[2] == name):
                self.assertIn(f"1.1 {ref}", text[int(page) - 1])
                self.assertEqual(told[ref[2:]], 1)

    def test_the_outbox(self):
        """Mails into a folder, and letters: killed runs leave whole files, one for each customer."""
        self.business(CUSTOMERS // 4, by_mail=False)
        approved = os.path.join(self.tmp, "approved")
        shutil.copytree(self.data, approved)
        begun = time.monotonic()
        self.run_handback("notice", "send", "1.1")
        whole = time.monotonic() - begun
        self.outbox_is_whole()
        kills = trials = 0
        while kills < KILLS // 2 and trials < 2 * KILLS:
            trials += 1
            shutil.rmtree(self.data)
            shutil.copytree(approved, self.data)
            for _ in range(1 + trials % 3):
                kills += self.killed_run(within=whole)
                states = self.by_state()
                for name in states.get("sent", ()):
                    self.assertTrue(os.path.getsize(os.path.join(self.data, "outbox", "1.1", f"{name}.eml")))
                self.assertLessEqual(set(states), {"queued", "sent", "printed"})
            self.whole_run()
            self.outbox_is_whole()
        print(f"# {kills} kills in {trials} trials", flush=True)
        self.assertGreater(kills, KILLS // 4)


if __name__ == "__main__":
    tell()
