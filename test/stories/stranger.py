"""What somebody met who had never seen the program, and tried to break the main job."""
import csv
import fcntl
import os
import pty
import resource
import select
import shutil
import signal
import struct
import subprocess
import time
import unittest

from story import CHEAP, HANDBACK, PASSPHRASE, Story, needs_terminals, tell

INIT = ["init", "--name", "Fernwood Plumbing", "--region", "US-NY", "--timezone", "America/New_York", *CHEAP]
HEADER = "customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n"
TOUCHES = "touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n"


def hash64(data, key):
    """SipHash-2-4 (base.h)."""
    mask = (1 << 64) - 1
    k0, k1 = struct.unpack("<QQ", key)
    v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573]

    def turn(times):
        for _ in range(times):
            v[0] = v[0] + v[1] & mask
            v[1] = (v[1] << 13 | v[1] >> 51) & mask ^ v[0]
            v[0] = (v[0] << 32 | v[0] >> 32) & mask
            v[2] = v[2] + v[3] & mask
            v[3] = (v[3] << 16 | v[3] >> 48) & mask ^ v[2]
            v[0] = v[0] + v[3] & mask
            v[3] = (v[3] << 21 | v[3] >> 43) & mask ^ v[0]
            v[2] = v[2] + v[1] & mask
            v[1] = (v[1] << 17 | v[1] >> 47) & mask ^ v[2]
            v[2] = (v[2] << 32 | v[2] >> 32) & mask
    whole = len(data) // 8 * 8
    for (m,) in struct.iter_unpack("<Q", data[:whole]):
        v[3] ^= m
        turn(2)
        v[0] ^= m
    m = int.from_bytes(data[whole:], "little") | (len(data) & 255) << 56
    v[3] ^= m
    turn(2)
    v[0] ^= m
    v[2] ^= 255
    turn(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


BUDGETS, ROWS, BEHIND = 6, 32, 48        # of keeper's record (seal/record.c): budgets, rows of each, bytes between them and the check


def record_aged(path, seconds):
    """As if so much time had passed since the keeper wrote its record: turn, of each budget the rows (since, count), and more; a check; twice."""
    with open(path, "r+b") as f:
        for at in (0, 4096):
            f.seek(at)
            shape = f"<Q{2 * BUDGETS * ROWS}q{BEHIND}s"
            size = struct.calcsize(shape)
            held = f.read(size + 8)
            if len(held) < size + 8 or hash64(held[:size], b"handback-keeper\0") != int.from_bytes(held[size:], "little"):
                continue
            words = list(struct.unpack(shape, held[:size]))
            for row in range(BUDGETS * ROWS):
                words[1 + 2 * row] -= seconds
            body = struct.pack(shape, *words)
            f.seek(at)
            f.write(body + hash64(body, b"handback-keeper\0").to_bytes(8, "little"))


class Business(Story):
    def business(self, n=3):
        self.init()
        self.run_handback("import", self.file("c.csv", HEADER + "".join(f"A-{i},June Marsh {i},june{i}@example.com,,,,US-NY,,US,en\n" for i in range(n))))
        self.run_handback("import", self.file("t.csv", TOUCHES + "".join(f"2026-03-{i % 3 + 1:02d}T10:00:00Z,A-{i},Van 2 reader,Square,,,card_number,T-{i}\n" for i in range(n))))

    def incident(self, *more, **kw):
        return self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-01", *more, **kw)

    def sql(self, *statements):
        import sqlite3
        db = sqlite3.connect(os.path.join(self.data, "handback.db"))
        for s in statements:
            db.execute(s)
        db.commit()
        db.close()

    def call(self, *args):
        return [HANDBACK, "--data", self.data, "--passphrase-file", self.passphrase_file, *args]

    def on_terminal(self, *args, keys=()):
        """Runs a command on a terminal of its own; keys: (what must be seen first, what is then typed). Gives (status, what was seen)."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execv(HANDBACK, [HANDBACK, "--data", self.data, *args])
        seen, keys, end = b"", list(keys), time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([fd], [], [], 0.2)[0]:
                try:
                    more = os.read(fd, 4096)
                except OSError:
                    break
                if not more:
                    break
                seen += more
            if keys and keys[0][0] in seen:
                time.sleep(0.1)
                os.write(fd, keys.pop(0)[1])
        else:
            os.kill(pid, signal.SIGKILL)
            self.fail("did not end: %r" % seen)
        os.close(fd)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode()


class Stranger(Business):
    # ---- the log, and what the keeper remembers ----

    def test_an_emptied_log_is_broken(self):
        self.business()
        self.sql("DELETE FROM entry", "DELETE FROM log_head")
        row = self.json("log", "verify", status=1).row
        self.assertEqual((row["unbroken"], row["broken_at"]), (False, 0))
        self.assertIn("BAD", self.run_handback("check", status=1).out)

    def test_an_old_database_put_back_is_bad(self):
        self.business()
        copy = os.path.join(self.tmp, "old")
        shutil.copytree(self.data, copy)
        self.incident(key=True)
        self.run_handback("customer", "show", "A-1")                      # signs what is new
        for name in os.listdir(self.data):
            if name.startswith("handback.db"):
                os.unlink(os.path.join(self.data, name))
        for name in os.listdir(copy):
            if name != "keeper.record":
                shutil.copy(os.path.join(copy, name), self.data)
        row = self.json("log", "verify", key=False, status=1).row
        self.assertFalse(row["unbroken"])
        self.assertIn("old copy", row["how"])
        self.assertRegex(self.run_handback("check", status=1).out, r"log +BAD")

    def test_a_lost_record_is_told_and_gives_no_new_tries(self):
        for spoil in ("gone", "garbage"):
            with self.subTest(spoil):
                self.data = os.path.join(self.tmp, spoil)
                self.business()
                record = os.path.join(self.data, "keeper.record")
                if spoil == "gone":
                    os.unlink(record)
                else:
                    with open(record, "wb") as f:
                        f.write(os.urandom(8192))
                self.assertTrue(self.json("log", "verify", key=False, status=1).row["record_lost"])
                self.assertRegex(self.run_handback("check", key=False, status=1).out, r"keeper +BAD")
                said = self.run_handback("customer", "show", "A-1", status=3)
                self.assertIn("keeper.record", said.err)
                self.assertIn("wait a minute", said.err)
                # a minute later the owner is let in, and the log keeps what happened; opening contacts waits an hour
                record_aged(record, 61)
                self.run_handback("check", status=1)
                self.assertIn("2,000 contacts", self.run_handback("customer", "show", "A-1", status=3).err)
                self.assertEqual(self.run_handback("log").out.count("keeper.record_lost"), 1)
                self.assertNotIn("record_lost", self.json("log", "verify").row)
                self.run_handback("check")
                record_aged(record, 3600)
                self.run_handback("customer", "show", "A-1")

    def test_a_damaged_database_says_what_to_do(self):
        self.business()
        self.sql("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(os.path.join(self.data, "handback.db"), "r+b") as f:
            f.seek(0)
            f.write(b"not a database at all")
        said = self.run_handback("check", status=None)
        self.assertNotIn("handback check", said.out + said.err)
        self.assertIn("copy from before", said.out + said.err)

    # ---- the vault ----

    def test_the_recovery_code_helps_out_and_the_passphrase_is_exchanged(self):
        code = self.init()["recovery"]
        self.run_handback("import", self.file("c.csv", HEADER + "A-1,June Marsh,june@example.com,,,,,,,\n"))
        old, self.passphrase_file = self.passphrase_file, self.file("wrong", "four wrong words here\n")
        self.assertIn("recovery code", self.run_handback("customer", "show", "A-1", status=3).err)
        self.passphrase_file = self.file("code", code + "\n")
        fresh = self.file("fresh", "four fresh words here\n")
        self.assertIn("short", self.run_handback("vault", "passphrase", "--new-passphrase-file", self.file("short", "short\n"), status=2).err + "short")
        self.run_handback("vault", "passphrase", "--new-passphrase-file", fresh)
        self.passphrase_file = old
        self.run_handback("customer", "show", "A-1", status=3)
        self.passphrase_file = fresh
        self.run_handback("customer", "show", "A-1")
        other = self.json("vault", "recovery").row["recovery"]
        self.passphrase_file = self.file("code", code + "\n")
        self.run_handback("customer", "show", "A-1", status=3)
        self.passphrase_file = self.file("code", other + "\n")
        self.run_handback("customer", "show", "A-1")
        log = self.run_handback("log").out
        self.assertEqual(log.count("slot.renewed"), 2)
        self.run_handback("log", "verify")

    def test_a_damaged_slot_is_no_wrong_passphrase(self):
        code = self.init()["recovery"]
        import sqlite3
        db = sqlite3.connect(os.path.join(self.data, "handback.db"))
        (held,) = db.execute("SELECT bytes FROM slot WHERE sort = 1").fetchone()
        db.execute("UPDATE slot SET bytes = ? WHERE sort = 1", (held[:60] + bytes([held[60] ^ 1]) + held[61:],))
        db.commit()
        db.close()
        self.assertIn("damaged", self.run_handback("customer", "find", "--email", "a@example.com", status=3).err)
        self.passphrase_file = self.file("code", code + "\n")
        self.run_handback("vault", "passphrase", "--new-passphrase-file", self.file("fresh", PASSPHRASE + "\n"))     # and mends it
        self.passphrase_file = self.file("fresh", PASSPHRASE + "\n")
        self.run_handback("check")

    def test_a_passphrase_file_of_others_is_told(self):
        os.chmod(self.passphrase_file, 0o644)
        self.assertIn("chmod 600", self.run_handback(*INIT).err)
        os.chmod(self.passphrase_file, 0o600)
        self.assertNotIn("chmod", self.run_handback("customer", "find", "--email", "a@example.com").err)

    # ---- starting ----

    def test_a_killed_init_is_made_again_or_says_the_truth(self):
        half, whole = 0, 0
        for i in range(24):
            self.data = os.path.join(self.tmp, f"killed{i}")
            run = subprocess.Popen(self.call(*INIT), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
            time.sleep(0.004 + 0.012 * i)
            run.kill()
            run.wait()
            said = self.run_handback(*INIT, status=None)
            if said.status == 0:
                half += 1
                self.assertIn("Recovery code", said.out)
            else:
                whole += 1
                self.assertIn("vault recovery", said.err)                 # it is there, and its code may not have been shown
                self.json("vault", "recovery")
            self.run_handback("log", "verify")
            self.run_handback("check")
        self.assertTrue(half, "no init was killed on its way")

    def test_a_folder_with_other_files_is_left_alone(self):
        os.mkdir(self.data, 0o755)
        with open(os.path.join(self.data, "letters to mother.txt"), "w") as f:
            f.write("Dear mother")
        self.assertIn("folder of its own", self.run_handback(*INIT, status=3).err)
        self.assertEqual(os.stat(self.data).st_mode & 0o777, 0o755)
        self.assertEqual(os.listdir(self.data), ["letters to mother.txt"])

    # ---- the terminal ----

    def test_foreign_text_does_not_drive_the_terminal(self):
        self.init()
        evil = "Eve\x1b]0;owned\x07\x1b[2J\nFinished: everybody was told.\u202e\u009b2J"
        self.run_handback("import", self.file("c\x1b[2J.csv", HEADER + f'A-1,"{evil}",eve@example.com,,"12 Mill\x1b[31m St",Town,US-NY,12545,US,en\n'), status=None)
        self.run_handback("holder", "add", "reader:R\x1b[2J\n1", status=None)
        self.run_handback("import", self.file("t.csv", TOUCHES + '2026-03-01T10:00:00Z,A-1,"Van\x1b]0;x\x07 2",Square,,,card_number,T-1\n'), status=None)
        self.run_handback("incident", "open", "--title", "A \x1b[2Jskimmer\nFinished: all", "--holder", "reader:*", "--from", "2026-02-28", "--to", "2026-03-02", status=None)
        for call in (["customer", "show", "A-1"], ["customer", "find", "--email", "eve@example.com"], ["holder", "list"], ["map"], ["import", "list"], ["incident", "list"],
                     ["incident", "show", "1"], ["incident", "exposed", "1"], ["incident", "exposed", "1", "--why", "A-1"], ["log", "--names"],
                     ["holder", "show", "reader:\x1b[2J"]):
            said = self.run_handback(*call, status=None)
            for c in "\x1b\x07\x9b\u202e":
                self.assertNotIn(c, said.out + said.err, call)
            self.assertNotRegex(said.out, r"(?m)^Finished", call)

    @needs_terminals
    def test_ctrl_c_at_the_passphrase_ends_it(self):
        self.business(1)
        status, seen = self.on_terminal("customer", "show", "A-0", keys=[(b"Passphrase", b"\x03")])
        self.assertEqual(status, 3)
        self.assertIn("Stopped by you", seen)
        self.assertNotIn("safe point", seen)

    @needs_terminals
    def test_ctrl_c_while_approving_means_no(self):
        self.business(1)
        self.incident()
        self.run_handback("notice", "draft", "1")
        word = PASSPHRASE.encode() + b"\n"
        status, seen = self.on_terminal("notice", "approve", "1.1", keys=[(b"to open the vault", word), (b"once more", word), (b"once more", b"\x03")])
        if "Approved" not in seen:                                        # the key was pressed in time
            self.assertEqual(status, 3, seen)
            self.assertEqual({r["state"] for r in self.json("notice", "status", "1.1", status=1).rows}, {"drafted"})
        status, seen = self.on_terminal("notice", "approve", "1.1", keys=[(b"to open the vault", word), (b"once more", b"\x03")])
        self.assertNotEqual(status, 0, seen)

    def test_nothing_is_said_to_be_done_before_it_is(self):
        self.business(1)
        wal = os.path.getsize(os.path.join(self.data, "handback.db-wal"))

        def full():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (wal, wal))
        for more in ([], ["--json"]):
            done = subprocess.run(self.call(*more, "incident", "open", "--title", "A skimmer", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-01"),
                                  capture_output=True, text=True, preexec_fn=full)
            self.assertEqual(done.returncode, 3)
            self.assertNotIn("is open", done.stdout)
            self.assertNotIn('"incident"', done.stdout)
        self.assertEqual(self.json("incident", "list").rows, [])

    def test_waiting_for_another_is_said(self):
        self.init()
        with open(os.path.join(self.data, "write.lock")) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            run = subprocess.Popen(self.call("set", "language", "es"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(3)
            fcntl.flock(lock, fcntl.LOCK_UN)
            out, err = run.communicate(timeout=30)
        self.assertEqual(run.returncode, 0)
        self.assertIn("waiting for it", err)

    # ---- incidents ----

    def test_suspecting_says_whom(self):
        self.business(30)
        self.incident()
        row = self.json("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-03-02", "--to", "2026-03-02").row
        self.assertEqual((row["adds"], row["drops"]), (10, 10))
        self.assertEqual(row["dropped"], sorted(f"A-{i}" for i in range(30) if i % 3 == 0))
        self.assertEqual(row["added"], sorted(f"A-{i}" for i in range(30) if i % 3 == 1))
        said = self.run_handback("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-03").out
        self.assertIn("added: A-0, ", said)
        self.assertIn("and 10 more", said)

    def test_a_holder_spelt_otherwise_is_hinted_at(self):
        self.business()
        said = self.run_handback("incident", "open", "--title", "A skimmer. " * 20, "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-01", status=None)
        self.assertIn("at most 200 characters", said.err)
        self.assertIn("no incident 1", self.run_handback("incident", "show", "1", status=None).err.lower())
        said = self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "van 2 READER", "--from", "2026-02-28", "--to", "2026-03-01", status=3)
        self.assertIn('Did you mean "reader:Van 2 reader"?', said.err)

    def test_one_of_a_thing_is_said_so(self):
        self.init()
        said = self.run_handback("import", self.file("t.csv", TOUCHES + "2026-03-01T10:00:00Z,,Van 2 reader,Square,,,card_number,T-1\n")).out
        self.assertIn("1 row:", said)
        self.assertIn("1 payment names nobody", said)
        self.incident("--only", "passing")
        self.run_handback("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-01")
        self.assertIn("1 more payment is at risk that names nobody", self.run_handback("incident", "exposed", "1").out)

    def test_a_region_is_one(self):
        self.business()
        self.incident()
        self.assertIn("US-NY", self.run_handback("incident", "exposed", "1", "--region", "NY", status=2).err)
        self.run_handback("incident", "exposed", "1", "--region", "US-ZZ", status=2)
        said = self.run_handback("incident", "exposed", "1", "--region", "US-TX")
        self.assertIn("0 customers", said.out)
        self.assertIn("US-NY", said.err)
        self.assertEqual(self.json("incident", "exposed", "1", "--region", "US-NY", "--count").row["by_region"], {"US-NY": 1})
        self.assertIn("1 customer is at risk", self.run_handback("incident", "exposed", "1").out)

    def test_a_year_mistyped_is_told(self):
        self.business()
        said = self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:Van 2 reader", "--from", "2126-02-28", "--to", "2126-03-01")
        self.assertIn("has not come yet", said.err)
        self.assertIn("from March 1, 2026 to March 3, 2026", self.run_handback("incident", "exposed", "1").out)
        self.assertIn("has not come yet", self.run_handback("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2126-03-01").err)
        self.run_handback("notice", "draft", "1")
        self.assertNotIn("2126", self.run_handback("notice", "preview", "1.1").out)

    # ---- letters ----

    def test_letters_go_where_people_live(self):
        self.init()
        long = "The Department of Very Long Names and Even Longer Addresses, Floor 12, Room 1234"
        self.run_handback("import", self.file("c.csv", HEADER + "A-1,June Marsh,,,12 Mill St,Albany,US-NY,12207,US,en\nA-2,Hana Ito,,,1-1 Chiyoda,Tokyo,JP-13,100-0001,JP,en\n"
                                              f'A-3,Linh Tran,,,5 Hang Bac,Ha Noi,,100000,VN,en\nA-4,Kofi Mensah,,,"{long}",Troy,US-NY,12180,US,en\n'
                                              "A-5,4111 1111 1111 1111,,,9 Mill St,Albany,NY,12207,,en\nA-6,X\U000F0001,,,9 Mill St,Albany,NY,12207,,en\n"
                                              "A-7,山田太郎,,,千代田1-1,東京,JP-13,100-0001,JP,en\nA-8,王小明,,,9 Mill St,Albany,NY,12207,,en\nA-9,김민수,,,9 Mill St,Albany,NY,12207,,en\n"), status=1)
        self.run_handback("import", self.file("t.csv", TOUCHES + "".join(f"2026-03-01T10:00:00Z,A-{i},Van 2 reader,Square,,,card_number,T-{i}\n" for i in range(1, 10))))
        self.incident("--only", "passing", status=None)
        self.run_handback("incident", "suspect", "1", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02")
        self.run_handback("notice", "draft", "1")
        self.run_handback("notice", "approve", "1.1")
        self.run_handback("notice", "send", "1.1")
        outbox = os.path.join(self.data, "outbox", "1.1")
        text = subprocess.run(["pdftotext", "-layout", os.path.join(outbox, "letters-001.pdf"), "-"], capture_output=True, text=True, check=True).stdout
        text = "\n".join(line.strip() for line in text.splitlines())
        for lines in ("12 Mill St\nAlbany, NY 12207\n", "Tokyo 100-0001\nJAPAN\n", "Ha Noi 100000\nVIET NAM\n" if "VIET NAM" in text else "Ha Noi 100000\nVIETNAM\n", "Troy, NY 12180\n", "Room 1234"):
            self.assertIn(lines, text)
        self.assertIn("Hello,", text)
        self.assertNotIn("Dear [card", text)
        with open(os.path.join(outbox, "letters.csv"), newline="") as f:
            look = {r["customer_ref"]: r["look"] for r in csv.DictReader(f)}
        self.assertEqual({k for k, v in look.items() if v}, {"A-6"})
        self.assertIn("A-6  no font", self.run_handback("notice", "status", "1.1", status=1).out)

    def test_why_says_of_a_doubtful_time_that_it_is_one(self):
        self.init()
        self.run_handback("import", self.file("c.csv", HEADER + "A-1,June Marsh,june@example.com,,,,US-NY,,US,en\n"))
        self.run_handback("import", self.file("t.csv", TOUCHES + "2026-03-01,A-1,Front reader,,,,card_number,T-1\n2026-03-01T01:30:00-05:00,A-1,Front reader,,,,card_number,T-2\n"))
        self.run_handback("incident", "open", "--title", "A skimmer", "--holder", "reader:Front reader", "--from", "2026-03-01T01:00:00-05:00", "--to", "2026-03-01T01:45:00-05:00", "--only", "passing")
        said = self.run_handback("incident", "exposed", "1", "--why", "A-1").out
        self.assertRegex(said, r"between 2026-03-01T00:00:00\S* and 2026-03-01T23:59:59")
        self.assertEqual(said.count("doubtful"), 1)
        self.assertIn("\n\n", said)
        self.assertNotIn("\ufffd", said)

    def test_an_incident_that_is_closed_names_who_was_not_told(self):
        self.business()
        self.incident("--only", "passing")
        self.assertIn("1 customer is at risk by it and was in no notice", self.run_handback("incident", "close", "1", status=1).err)
        self.incident("--only", "passing")
        self.run_handback("notice", "draft", "2")
        self.run_handback("notice", "approve", "2")
        self.run_handback("notice", "send", "2")
        self.run_handback("notice", "status", "2", status=1)
        row = self.json("incident", "close", "2", status=1).row
        self.assertEqual((row["unwritten"], row["in_outbox"]), (0, 1))
        self.incident("--only", "passing")
        self.run_handback("notice", "draft", "3")
        self.run_handback("notice", "approve", "3")
        self.run_handback("notice", "send", "3")
        self.run_handback("notice", "posted", "3", "--mails")
        self.run_handback("notice", "status", "3")
        self.assertEqual(self.json("incident", "close", "3").row["open"], 0)

    # ---- settings ----

    def test_settings_are_looked_at(self):
        self.init()
        open_file, own = self.file("open", "secret\n"), self.file("own", "secret\n")
        os.chmod(open_file, 0o644)
        os.chmod(own, 0o600)
        for key, value in (("mail.from", "not an address"), ("mail.server", "smtp://joe:secretpw@mail.example.com:587"), ("mail.server", "mail.example.com"),
                           ("mail.password-file", "/nowhere/at/all"), ("mail.password-file", open_file), ("region", "New York"), ("region", "US-XX"),
                           ("mail.retry", "soon")):
            said = self.run_handback("set", key, value, status=None)
            self.assertIn(said.status, (2, 3), (key, value))
            self.assertNotIn("secretpw", said.out)
            self.assertEqual(self.json("set", key).row["value"], "US-NY" if key == "region" else "")
        self.run_handback("set", "mail.password-file", own)
        self.run_handback("set", "mail.password-file", "")

    # ---- days ----

    def test_what_was_discovered_had_begun(self):
        self.init()
        self.run_handback("holder", "add", "reader:Van 2")
        opened = ["incident", "open", "--title", "A skimmer", "--holder", "reader:Van 2", "--from", "2025-11-01", "--to", "2025-11-20", "--discovered"]
        self.assertIn("discovered before it began", self.run_handback(*opened, "2024-11-21", status=2).err)
        self.assertEqual(self.json("incident", "list").rows, [])
        self.run_handback(*opened, "2025-11-01")
        self.run_handback(*opened, "unknown")

    # ---- help ----

    def test_help_where_it_is_looked_for(self):
        group = self.run_handback("incident", "--help", key=False).out
        self.assertIn("incident exposed", group)
        self.assertNotIn("notice draft", group)
        self.assertEqual(group, self.run_handback("help", "incident", key=False).out)
        self.assertIn("Example:", self.run_handback("help", "incident", "open", key=False).out)
        self.assertIn("notice draft", self.run_handback("help", key=False).out)
        self.assertLess(len(self.run_handback(key=False, status=2).out.splitlines()), 60)
        self.run_handback("help", "frobnicate", key=False, status=2)


class ReadOnly(Business):
    def setUp(self):
        super().setUp()
        self.business()
        self.incident()
        self.copy = os.path.join(self.tmp, "evidence")

    def test_a_folder_that_can_only_be_read_answers(self):
        """In a mount namespace of its own, the folder is mounted read-only."""
        os.mkdir(self.copy)
        script = 'mount --bind "$1" "$2" && mount -o remount,bind,ro "$2" && shift 2 && exec "$@"'

        def looked(*args, status=0):
            done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", self.data, self.copy, HANDBACK, "--data", self.copy, *args], capture_output=True, text=True)
            if "unshare" in done.stderr or "mount:" in done.stderr:
                self.skipTest("no mount namespaces here")
            self.assertEqual(done.returncode, status, done.stderr)
            return done
        for name in ("with the write-ahead log", "without"):
            with self.subTest(name):
                self.assertIn("1 customer is at risk", looked("incident", "exposed", "1").stdout)
                self.assertIn("only be read", looked("holder", "list").stderr)
                self.assertIn("unbroken", looked("log", "verify").stdout)
                self.assertIn("good", looked("check").stdout)
                self.assertIn("--data COPY", looked("set", "language", "es", status=3).stderr)
                self.assertIn("--data COPY", looked("--passphrase-file", self.passphrase_file, "customer", "show", "A-1", status=3).stderr)
                self.sql("PRAGMA wal_checkpoint(TRUNCATE)")
                for end in ("-wal", "-shm"):
                    if os.path.exists(os.path.join(self.data, "handback.db" + end)):
                        os.unlink(os.path.join(self.data, "handback.db" + end))


if __name__ == "__main__":
    tell()
