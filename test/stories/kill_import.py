"""An import that is killed at any moment leaves complete days; run again it finishes, and the end is as if nothing had happened."""
import os
import random
import shutil
import signal
import subprocess
import time
import unittest

from story import HANDBACK, Story, tell


class KillImport(Story):
    def digest(self):
        """What matters of the ledger, by the program's own words."""
        check = [r["how"] for r in self.json("check").rows if r["check"] == "ledger"]
        self.json("incident", "open", "--title", "all", "--holder", "reader:*", "--from", "unknown", "--to", "unknown", "--only", "passing")
        return check, self.json("incident", "exposed", "1").out, self.json("incident", "exposed", "1", "--count").row

    def test_killed_at_random_moments(self):
        self.init()
        exports = os.path.join(self.tmp, "exports")
        self.run_handback("sample", exports, "--touches", "60000", "--customers", "5000", "--readers", "40")
        touches = f"{exports}/touches.csv"
        empty = os.path.join(self.tmp, "empty")
        shutil.copytree(self.data, empty)
        begun = time.monotonic()
        self.run_handback("import", touches)
        whole = time.monotonic() - begun
        expected = self.digest()
        dice = random.Random(7)
        for trial in range(12):
            shutil.rmtree(self.data)
            shutil.copytree(empty, self.data)
            kills = 0
            for _ in range(1 + trial % 3):
                run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "import", touches],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
                time.sleep(dice.uniform(0, whole))
                kills += run.poll() is None
                try:
                    os.killpg(run.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass                                           # it was quicker
                run.wait()
                self.run_handback("check", key=False)              # sound at every moment
            self.run_handback("import", touches)
            self.assertEqual(self.digest(), expected, f"trial {trial}, {kills} kills")

    def test_the_list_tells_one_at_work_from_one_that_was_stopped(self):
        self.init()
        exports = os.path.join(self.tmp, "exports")
        self.run_handback("sample", exports, "--touches", "400000", "--customers", "5000", "--readers", "40")
        run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "import", f"{exports}/touches.csv"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        rows = []
        while not rows and run.poll() is None:
            rows = self.json("import", "list", key=False).rows
        said = self.run_handback("import", "list", key=False).out
        if run.poll() is not None:
            self.skipTest("it was quicker than we looked")
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        self.assertEqual([(r["complete"], r["at_work"]) for r in rows], [(False, True)])
        self.assertIn("being imported now", said)
        self.assertEqual([(r["complete"], r["at_work"]) for r in self.json("import", "list", key=False).rows], [(False, False)])
        self.assertIn("stopped: run it again", self.run_handback("import", "list", key=False).out)

    def test_ctrl_c_ends_after_a_whole_day_and_says_so(self):
        self.init()
        exports = os.path.join(self.tmp, "exports")
        self.run_handback("sample", exports, "--touches", "400000", "--customers", "5000", "--readers", "40")
        run = subprocess.Popen([HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, "import", f"{exports}/touches.csv"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        time.sleep(0.15)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=60)
        if run.returncode == 0:
            self.skipTest("it was quicker than the interrupt")
        self.assertIn("again", out + err)
        self.run_handback("check", key=False)
        row = self.json("import", f"{exports}/touches.csv").row
        self.assertEqual(row["rows"], 400000)


if __name__ == "__main__":
    tell()
