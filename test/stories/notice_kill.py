"""A send that is killed at any moment: nobody is lost, nobody gets it twice but by a person's decision, and what may have been sent is
said, one by one."""
import os
import random
import signal
import subprocess
import time
import unittest
from collections import Counter

from smtp import Mailing
from story import HANDBACK, tell

CUSTOMERS, BATCH, KILLS = 600, 20, 9


class NoticeKill(Mailing):
    def test_killed_at_random_moments(self):
        self.customers({f"C{i}": f"ok.{i}@example.com" for i in range(CUSTOMERS)})
        self.settle(self.serve("--delay", "0.01").port, batch=BATCH, connections=4)
        dice = random.Random(11)
        doubt, kills, listed = set(), 0, []
        for _ in range(KILLS):
            run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "notice", "send", "1.1"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(dice.uniform(0.05, 0.6))
            kills += run.poll() is None
            try:
                os.killpg(run.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            run.wait()
            handed = {ref for ref, row in self.status().items() if row["state"] == "handed"}
            self.assertLessEqual(len(handed), BATCH)
            listed.append(len(handed))
            doubt |= handed
        self.assertGreaterEqual(kills, 5, "the send was too quick to be killed")
        said = self.send(status=1 if doubt else 0)
        by = self.status()
        self.assertEqual(len(by), CUSTOMERS)
        in_doubt = {ref for ref, row in by.items() if row["state"] == "in_doubt"}
        self.assertEqual(in_doubt, doubt)
        self.assertEqual({row["state"] for ref, row in by.items() if ref not in doubt}, {"sent"})
        self.assertEqual({r["customer_ref"] for r in self.json("notice", "status", "1.1", "--state", "in_doubt", status=None).rows}, doubt)
        if doubt:
            self.assertIn("in doubt", said.out + said.err)
        taken = Counter(row["to"].split("@")[0].replace("ok.", "C") for row in self.accepted)
        self.assertEqual([ref for ref, n in taken.items() if n > 1], [])
        self.assertLessEqual(set(by) - doubt, set(taken))
        # a person decides on two of them; nobody else is sent anything
        for ref in sorted(doubt)[:2]:
            self.run_handback("notice", "retry", "1.1", "--customer", ref)
        self.send(status=None)
        again = Counter(row["to"].split("@")[0].replace("ok.", "C") for row in self.accepted)
        self.assertEqual(again - taken, Counter(sorted(doubt)[:2]))
        ids = Counter(row["id"] for row in self.accepted)
        self.assertEqual(len(ids), len(again))
        self.run_handback("log", "verify")
        self.run_handback("check")
        print(f"# {kills} kills left {listed} in doubt", flush=True)


if __name__ == "__main__":
    tell()
