"""The pages' processes: what is approved goes out with no command running, whatever dies on the way; who may listen where; an orderly end."""
import json
import os
import re
import signal
import sqlite3
import subprocess
import time
import unittest

from imapd import Imapd
from sink import Sink
from smtp import Mailing
from story import HANDBACK, PASSPHRASE, tell

PATIENCE = 60


class Serving(Mailing):
    def start(self, verb="ui", *args, key=True, data=None):
        """`handback ui`, until its link is told."""
        call = [HANDBACK, "--data", data or self.data, "--json"] + (["--passphrase-file", self.passphrase_file] if key else []) + [verb, *args]
        env = {k: v for k, v in os.environ.items() if not k.startswith("HANDBACK_") and k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        run = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, start_new_session=True)
        self.addCleanup(self.end, run)
        line = run.stdout.readline()
        self.assertTrue(line, run.stderr.read() if run.poll() is not None else "")
        run.link = json.loads(line)["link"]
        return run

    def end(self, run):
        if run.poll() is None:
            run.send_signal(signal.SIGTERM)
            run.wait(PATIENCE)
        run.stdout.close()
        run.stderr.close()

    def children(self, run):
        """Its processes by role."""
        out = {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as f:
                    parent = int(f.read().rsplit(")", 1)[1].split()[1])
                with open(f"/proc/{pid}/cmdline") as f:
                    words = f.read().split("\0")
            except OSError:
                continue
            if parent == run.pid and len(words) > 2 and words[1] == "--role":
                out[words[2]] = int(pid)
        return out

    def of_process(self, pid, name):
        with open(f"/proc/{pid}/{name}") as f:
            return f.read()

    def used(self, pid):
        """Processor time in hundredths of a second."""
        return sum(map(int, self.of_process(pid, "stat").rsplit(")", 1)[1].split()[11:13]))

    def until(self, what, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), end, "it did not come to that")
            time.sleep(0.1)

    def sql(self, statement):
        db = sqlite3.connect(os.path.join(self.data, "handback.db"), timeout=30)
        try:
            rows = db.execute(statement).fetchall()
            db.commit()
            return rows
        finally:
            db.close()

    def says(self):
        rows = self.sql("SELECT value FROM setting WHERE name = 'courier.says'")
        return rows[0][0] if rows else ""

    def states(self):
        return dict(self.sql("SELECT c.ref, n.state FROM notice n JOIN customer c ON c.id = n.customer"))

    def lies_ready(self, mails):
        """What was approved lies in the outbox, whole, and nothing is told as amiss."""
        self.until(lambda: set(self.states().values()) <= {SENT, PRINTED} or self.says())
        self.assertEqual(self.says(), "")
        self.assertEqual(set(self.states().values()), {SENT, PRINTED})
        names = os.listdir(os.path.join(self.data, "outbox", "1.1"))
        self.assertEqual({name[:-4] for name in names if name.endswith(".eml")}, mails)
        self.assertEqual({name for name in names if not name.endswith(".eml")}, {"letters.csv", "letters-001.pdf"})


QUEUED, HANDED, SENT, IN_DOUBT, PRINTED = 2, 3, 4, 5, 8


class Courier(Serving):
    def test_what_is_approved_goes_out_and_what_is_put_off_is_tried_again(self):
        server = self.serve()
        self.scripts(["ok", "grey", "rcpt450", "rcpt550", "dot452"], postal=True)
        self.settle(server.port)
        run = self.start()
        self.until(lambda: self.states().get("ok") == SENT)
        self.until(lambda: set(self.states().values()) == {QUEUED, SENT, PRINTED})
        states = self.states()
        self.assertEqual((states["grey"], states["rcpt450"], states["rcpt550"], states["dot452"]), (SENT, QUEUED, PRINTED, QUEUED))
        self.assertEqual((self.tries("rcpt450"), self.tries("ok")), (4, 1))
        self.assertTrue(any(name.endswith(".pdf") for name in os.listdir(os.path.join(self.data, "outbox", "1.1"))))
        # its next time has come
        self.sql("UPDATE notice SET due = 1 WHERE state = 2 AND customer = (SELECT id FROM customer WHERE ref = 'rcpt450')")
        self.until(lambda: self.tries("rcpt450") == 8 and self.states()["rcpt450"] == QUEUED)      # the server knows of a try before its outcome is kept
        # two days of it are enough
        self.sql("UPDATE attempt SET begun = begun - 49 * 3600")
        self.sql("UPDATE notice SET due = 1 WHERE state = 2")
        self.until(lambda: self.states()["rcpt450"] == self.states()["dot452"] == PRINTED)
        self.assertEqual(self.tries("ok"), 1)
        self.assertEqual(self.says(), "")
        # the last one comes back after all: seen within seconds, and a letter is made
        (mark,) = {row["id"][1:].split("@")[0] for row in self.accepted if row["to"].startswith("ok.")}
        back = os.path.join(self.tmp, "back")
        for part in ("", "new", "cur", "tmp"):
            os.mkdir(os.path.join(back, part))
        self.run_handback("set", "bounces.box", back)
        self.until(lambda: "courier" in self.children(run))
        with open(os.path.join(back, "new", "1.mx"), "w") as f:
            f.write(f"From: MAILER-DAEMON@mx.example\nTo: care+{mark}@fernwood.example.com\nSubject: failure notice\n\n<ok@example.com>:\n550 5.1.1 user unknown\n")
        self.until(lambda: self.states()["ok"] == PRINTED or self.says(), 20)
        self.assertEqual(self.says(), "")
        self.assertEqual(self.sql("SELECT class, knew, moved FROM bounce"), [(1, 1, 1)])
        self.assertEqual(self.says(), "")
        # within a second of lying there: each came just after a look, so one of them waited no longer than a look is away
        took = []
        for n in range(2, 6):
            begun = time.monotonic()
            with open(os.path.join(back, "new", f"{n}.mx"), "w") as f:
                f.write(f"From: ok@example.com\nTo: care+{mark}@fernwood.example.com\nSubject: Away {n}\nAuto-Submitted: auto-replied\n\nI am away.\n")
            while self.sql("SELECT count(*) FROM bounce") != [(n,)]:
                self.assertLess(time.monotonic() - begun, PATIENCE)
                time.sleep(0.01)
            took.append(time.monotonic() - begun)
        self.assertLess(min(took), 0.8)
        # a mailbox elsewhere is looked at, too, from within its walls
        imap = Imapd(self.tmp, "a secret")
        self.addCleanup(imap.close)
        imap.mails = {4: b"From: somebody@example.com\r\nSubject: Lunch?\r\n\r\nAt one?\r\n"}
        secret = self.file("imap-password", "a secret\n")
        os.chmod(secret, 0o600)
        for key, value in (("mail.ca-file", imap.cert), ("bounces.password-file", secret), ("bounces.imap", f"imaps://office@localhost:{imap.port}/INBOX")):
            self.run_handback("set", key, value)
        self.until(lambda: any("FETCH 4" in w for w in imap.asked) or self.says())
        self.assertEqual(self.says(), "")
        self.end(run)
        self.run_handback("check")

    def test_without_a_mail_server_mails_and_letters_are_put_into_the_outbox(self):
        mails = {f"A-{n}" for n in range(1, 151)}            # more than one batch
        self.customers({ref: f"{ref.lower()}@example.com" for ref in mails} | {"L-1": "", "L-2": ""}, {"L-1", "L-2"})
        self.run_handback("set", "mail.from", "care@fernwood.example.com")
        run = self.start()
        self.lies_ready(mails)
        self.end(run)
        self.run_handback("check")

    def test_it_waits_for_the_vault_and_an_approval_with_a_wait_can_be_taken_back(self):
        server = self.serve()
        self.scripts(["ok"])
        self.settle(server.port)
        run = self.start(key=False)
        self.until(lambda: self.says().startswith("Locked: sign in to go on"))
        self.assertEqual(self.states(), {"ok": QUEUED})
        self.end(run)
        self.run_handback("notice", "undo", "1.1")
        self.run_handback("notice", "draft", "1")
        self.run_handback("notice", "approve", "1.2", "--wait", "99999", status=2)
        self.run_handback("notice", "approve", "1.2", "--wait", "10")
        run = self.start()
        self.until(lambda: "courier" in self.children(run))
        time.sleep(3)
        self.assertEqual(self.tries("ok"), 0)
        self.assertRegex(self.run_handback("notice", "send", "1.2", status=1).err, "1 e-mail waits")
        self.assertEqual(self.json("notice", "undo", "1.2").row["undone"], 1)
        time.sleep(2)
        self.assertEqual((self.tries("ok"), self.says()), (0, ""))

    def test_a_systemd_credential_opens_the_vault_at_boot_and_the_risk_is_said(self):
        server = self.serve()
        self.scripts(["ok"])
        self.settle(server.port)
        credentials = os.path.join(self.tmp, "credentials")
        os.mkdir(credentials)
        with open(os.path.join(credentials, "handback-passphrase"), "w") as f:
            f.write(PASSPHRASE + "\n")
        os.chmod(f.name, 0o400)
        env = {k: v for k, v in os.environ.items() if not k.startswith("HANDBACK_")} | {"CREDENTIALS_DIRECTORY": credentials}
        run = subprocess.Popen([HANDBACK, "--data", self.data, "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, start_new_session=True)
        self.addCleanup(self.end, run)
        self.until(lambda: self.states() == {"ok": SENT} or run.poll() is not None)
        run.send_signal(signal.SIGTERM)
        said = run.communicate(timeout=PATIENCE)[1]
        self.assertEqual(self.states(), {"ok": SENT}, said)
        self.assertIn("whoever has this machine and its disk can open it", said)

    def test_killed_in_the_middle_nobody_is_forgotten_and_nobody_gets_it_twice(self):
        self.customers({f"A-{n}": f"june{n}@example.com" for n in range(1, 301)})
        sink = Sink(delay=0.02)
        self.addCleanup(sink.close)
        self.settle(sink.port, batch="20", connections="2", retry="0,0,0")
        run = self.start()
        for kills in range(3):
            before = len(sink.taken)
            self.until(lambda: len(sink.taken) > before + 30 or QUEUED not in self.states().values())
            os.kill(self.children(run)["courier"], signal.SIGKILL)
            self.assertLessEqual(sum(s == HANDED for s in self.states().values()), 20)
        self.until(lambda: not {QUEUED, HANDED} & set(self.states().values()))
        states = self.states()
        self.assertEqual(len(states), 300)
        self.assertEqual(set(states.values()) - {SENT, IN_DOUBT}, set())
        self.assertLessEqual(sum(s == IN_DOUBT for s in states.values()), 60)
        self.assertEqual(max(len(ids) for ids in sink.taken.values()), 1)
        taken = {name.split("@")[0].replace("june", "A-") for name, ids in sink.taken.items() if ids}
        self.assertEqual({ref for ref, s in states.items() if s == SENT} - taken, set())
        self.assertEqual(taken - {ref for ref, s in states.items() if s in (SENT, IN_DOUBT)}, set())

    def test_a_keeper_that_died_is_opened_anew_where_a_passphrase_file_is_named(self):
        server = self.serve()
        self.scripts(["ok"])
        self.settle(server.port)
        run = self.start()
        self.until(lambda: self.states() == {"ok": SENT})
        before = self.children(run)
        os.kill(before["keeper"], signal.SIGKILL)
        self.run_handback("notice", "draft", "1", "--for", "all")
        self.run_handback("notice", "approve", "1.2")
        self.until(lambda: self.tries("ok") == 2)
        self.until(lambda: {"keeper", "desk", "courier"} <= set(self.children(run)))
        self.assertFalse(set(before.values()) & set(self.children(run).values()))

    def test_there_is_one_sender_and_one_parent(self):
        self.customers({f"A-{n}": f"june{n}@example.com" for n in range(1, 201)})
        sink = Sink(delay=0.05)
        self.addCleanup(sink.close)
        back = os.path.join(self.tmp, "back")
        for part in ("", "new", "cur", "tmp"):
            os.mkdir(os.path.join(back, part))
        self.run_handback("set", "bounces.box", back)
        self.settle(sink.port, batch="20", connections="1")
        run = self.start()
        self.until(lambda: len(sink.taken) > 25)
        self.assertIn("Another handback is sending just now", self.send(status=3).err)
        second = self.run_handback("ui", status=3, timeout=30)
        self.assertIn(run.link.split("/open/")[0], second.err)
        # a mail that came back is read while the others still go out
        (to, ids), before = next((to, ids) for to, ids in list(sink.taken.items()) if self.states()[to.split("@")[0].replace("june", "A-")] == SENT), len(sink.taken)
        with open(os.path.join(back, "new", "1.mx"), "w") as f:
            f.write(f"From: MAILER-DAEMON@mx.example\nTo: care+{ids[0][1:].split('@')[0]}@fernwood.example.com\nSubject: failure notice\n\n<{to}>:\n550 5.1.1 user unknown\n")
        self.until(lambda: self.sql("SELECT moved FROM bounce"))
        gone = to.split("@")[0].replace("june", "A-")
        self.assertIn(QUEUED, self.states().values())
        self.until(lambda: len(sink.taken) > before + 40)
        self.assertIn(QUEUED, self.states().values())
        # told to end in the middle: the batch is noted, and none is in doubt
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(PATIENCE), 0)
        states = self.states()
        self.assertNotIn(states.pop(gone), (QUEUED, HANDED, SENT))
        self.assertEqual(set(states.values()), {QUEUED, SENT})
        self.assertEqual(sum(s == SENT for s in states.values()), len(sink.taken) - 1)

    def test_a_server_that_cannot_be_used_is_told_and_not_hammered(self):
        self.scripts(["ok"])
        self.settle(1)
        run = self.start()
        self.until(lambda: self.says().startswith("The mail server could not be used"))
        self.assertRegex(self.says(), r"Trying again at \d\d:\d\d\.$")
        pid = self.children(run)["courier"]
        before = self.used(pid)
        time.sleep(4)
        self.assertLessEqual(self.used(pid) - before, 20)    # it sleeps
        self.assertEqual(self.states(), {"ok": QUEUED})


class Processes(Serving):
    def test_what_dies_is_started_anew_and_all_end_together(self):
        self.init()
        run = self.start()
        self.until(lambda: {"keeper", "desk", "courier"} <= set(self.children(run)))
        first = self.children(run)
        self.assertEqual(os.stat(self.data).st_mode & 0o777, 0o700)
        for role in ("desk", "courier", "keeper"):
            self.until(lambda: "Seccomp:\t2\n" in self.of_process(first[role], "status"))
            self.assertIn("NoNewPrivs:\t1\n", self.of_process(first[role], "status"))
        os.kill(first["desk"], signal.SIGKILL)
        os.kill(first["courier"], signal.SIGTERM)            # it ends in order, with status 0, and nobody had wanted that
        link = json.loads(run.stdout.readline())["link"]     # the old one is forgotten
        self.assertNotEqual(link, run.link)
        self.assertEqual(link.split("/open/")[0], run.link.split("/open/")[0])
        self.until(lambda: {"keeper", "desk", "courier"} <= set(self.children(run)))
        again = self.children(run)
        run.send_signal(signal.SIGTERM)
        self.assertEqual(run.wait(PATIENCE), 0)
        for pid in again.values():
            self.assertFalse(os.path.exists(f"/proc/{pid}"))
        said = run.stderr.read()
        self.assertIn("what shows the pages has ended (signal 9); it is started anew in 1 second.", said)
        self.assertIn("what sends notices has ended (status 0); it is started anew in 1 second.", said)
        self.assertEqual(said.count("has ended"), 2)         # that all end together at the end is nothing to tell

    def test_the_demo_is_a_folder_of_its_own_that_says_so(self):
        env = {"XDG_DATA_HOME": os.path.join(self.tmp, "home")}
        os.mkdir(self.data)                                  # one that is named and empty will do
        began = time.monotonic()
        self.run_handback("demo", "--no-pages", key=False, env=env)
        print(f"# made in {time.monotonic() - began:.1f} s", flush=True)
        self.assertFalse(os.path.exists(env["XDG_DATA_HOME"]))
        self.assertEqual(self.sql("SELECT value FROM setting WHERE name = 'demo'"), [("yes",)])
        self.assertGreater(self.json("incident", "exposed", "1", "--count").row["customers"], 20)
        self.sql("UPDATE setting SET value = 'tried out' WHERE name = 'business.phone'")
        self.run_handback("demo", "--no-pages", key=False, env=env)
        self.assertEqual(self.sql("SELECT value FROM setting WHERE name = 'business.phone'"), [("tried out",)])
        self.run_handback("demo", "--no-pages", "--reset", key=False, env=env)
        self.assertNotEqual(self.sql("SELECT value FROM setting WHERE name = 'business.phone'"), [("tried out",)])
        # what is approved in it goes into its outbox
        self.run_handback("notice", "draft", "1")
        self.run_handback("notice", "approve", "1.1")
        run = self.start("demo", key=False)
        self.lies_ready({ref for ref, in self.sql("SELECT c.ref FROM notice n JOIN customer c ON c.id = n.customer WHERE n.channel = 1")})
        self.end(run)
        # another's folder is left alone
        self.sql("DELETE FROM setting WHERE name = 'demo'")
        self.run_handback("demo", "--no-pages", key=False, env=env, status=3)
        self.run_handback("demo", "--reset", key=False, env=env, status=3)
        self.assertTrue(os.path.exists(os.path.join(self.data, "handback.db")))

    def test_listening_for_others_needs_tls(self):
        self.init()
        refused = self.run_handback("serve", "--listen", "0.0.0.0:8080", status=3, timeout=30)
        self.assertRegex(refused.err, r"--tls-cert F --tls-key F .*--proxy")
        self.run_handback("serve", "--listen", "0.0.0.0:8080", "--tls-cert", "/etc/hostname", status=2, timeout=30)
        self.run_handback("serve", "--listen", "0.0.0.0:8080", "--proxy", "--url", "https://x.example.com", status=3, timeout=30)
        self.run_handback("serve", "--listen", "here", status=2, timeout=30)
        self.run_handback("serve", "--listen", "127.0.0.1:8080", "--proxy", status=2, timeout=30)
        self.run_handback("serve", "--listen", "127.0.0.1:0", status=2, timeout=30)
        port = 20000 + os.getpid() % 20000
        run = self.start("serve", "--listen", f"127.0.0.1:{port}")
        self.assertTrue(re.match(rf"http://localhost:{port}/open/[0-9A-Za-z_-]+$", run.link))


if __name__ == "__main__":
    tell()
