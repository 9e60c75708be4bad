"""Notices through a real mail server: Debian's Exim, with a configuration, a spool and a Maildir of its own in the test's folder."""
import getpass
import glob
import os
import pwd
import socket
import subprocess
import time
import unittest
from collections import Counter
from email import message_from_binary_file
from email.policy import default

from smtp import Mailing
from story import tell

EXIM = "/usr/sbin/exim4"
CONFIGURATION = """
exim_user = {user}
exim_group = {group}
spool_directory = {box}/spool
log_file_path = {box}/log/%slog
pid_file_path = {box}/pid
primary_hostname = mail.example.com
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
host_lookup =
rfc1413_hosts =
deliver_drop_privilege = {drop}
never_users =
message_size_limit = 5M
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny local_parts = ^unknown\\\\.
       message = 5.1.1 No such user here
  defer local_parts = ^full\\\\.
       message = 4.2.2 Mailbox full
  accept domains = example.com
  deny message = 5.7.1 Relaying denied
data:
  deny !verify = header_syntax
       message = 5.6.0 Headers: $acl_verify_message
  accept
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = {box}/mail
  maildir_format
  create_directory
  user = {user}
  group = {group}
  envelope_to_add
begin retry
* * F,1h,1s
"""


class Exim(Mailing):
    def exim(self):
        user = pwd.getpwnam("Debian-exim") if os.geteuid() == 0 else pwd.getpwnam(getpass.getuser())
        os.chmod(self.tmp, 0o711)
        self.box = os.path.join(self.tmp, "box")
        for name in ("", "spool", "log", "mail"):
            os.mkdir(os.path.join(self.box, name))
            os.chown(os.path.join(self.box, name), user.pw_uid, user.pw_gid)
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        configuration = self.file("exim.conf", CONFIGURATION.format(user=user.pw_name, group=user.pw_gid, box=self.box, port=port,
                                                                     drop="false" if os.geteuid() == 0 else "true"))
        os.chmod(configuration, 0o644)
        run = subprocess.Popen([EXIM, "-C", configuration, "-bdf", "-q1s"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(lambda: (run.terminate(), run.communicate(timeout=10)))
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return port
            except OSError:
                self.assertIsNone(run.poll(), run.poll() is not None and run.stdout.read())
                time.sleep(0.1)
        self.fail("exim does not listen")

    def mails(self, n):
        """The delivered ones, by the recipient of their envelope."""
        for _ in range(100):
            paths = glob.glob(f"{self.box}/mail/new/*")
            if len(paths) >= n:
                break
            time.sleep(0.1)
        found = []
        for path in paths:
            with open(path, "rb") as f:
                mail = message_from_binary_file(f, policy=default)
            found.append((mail["Envelope-to"].split("@")[0], mail))
        return found

    def test_what_it_delivers_is_what_we_recorded(self):
        port = self.exim()
        emails = {f"C{i}": f"ok.{i}@example.com" for i in range(60)}
        emails |= {f"U{i}": f"unknown.{i}@example.com" for i in range(5)} | {f"F{i}": f"full.{i}@example.com" for i in range(4)}
        emails |= {f"X{i}": f"ok.x{i}@example.net" for i in range(2)}
        self.customers(emails, postal=[f"U{i}" for i in range(5)])
        self.settle(port)
        self.send(status=1)
        states = {"C": "sent", "U": "printed", "F": "queued", "X": "unreachable"}
        errors = {"C": "", "U": "550 5.1.1", "F": "451 4.2.2", "X": "550 5.7.1"}
        for ref, row in self.status().items():
            self.assertEqual(row["state"], states[ref[0]], row)
            self.assertEqual(row["last_error"], errors[ref[0]], row)
        mails = self.mails(60)
        self.assertEqual(Counter(box for box, _ in mails), Counter(emails[f"C{i}"].split("@")[0] for i in range(60)))
        self.assertEqual(len({mail["Message-ID"] for _, mail in mails}), 60)
        for box, mail in mails:
            self.assertEqual(mail.defects, [])
            self.assertEqual(mail["To"].addresses[0].addr_spec, box + "@example.com")
            self.assertEqual(mail["To"].addresses[0].display_name, "Ana C" + box.split(".")[1])
            self.assertEqual(mail["From"].addresses[0].addr_spec, "care@fernwood.example.com")
            self.assertIn("what happened", mail.get_body(("plain",)).get_content().lower())
            self.assertIn("<html", mail.get_body(("html",)).get_content().lower())
        self.send(status=1)
        self.assertEqual(len(self.mails(61)), 60)


if __name__ == "__main__":
    tell()
