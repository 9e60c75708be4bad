#!/usr/bin/python3
"""send_bench.py HANDBACK FOLDER [CUSTOMERS]: how many e-mails `notice send` delivers a second, each with its durable record: into the
outbox, and over SMTP to a server here that takes everything at once and keeps nothing."""
import os
import resource
import shutil
import socketserver
import subprocess
import sys
import threading
import time

HANDBACK, FOLDER = sys.argv[1], sys.argv[2]
CUSTOMERS = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        say = self.wfile.write
        say(b"220 sink.example ESMTP\r\n")
        while word := self.rfile.readline()[:4].upper():
            if word == b"DATA":
                say(b"354 Go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
            say(b"250 Ok\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


def business(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    paths = {name: f"{folder}/{name}" for name in ("passphrase", "customers.csv", "touches.csv")}
    with open(paths["passphrase"], "w") as f:
        f.write("four plain words here\n")
    with open(paths["customers.csv"], "w") as c, open(paths["touches.csv"], "w") as t:
        c.write("customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n")
        t.write("touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n")
        for n in range(CUSTOMERS):
            c.write(f"A-{n},June Marsh,june.{n}@example.com,,{n} Mill St,Millbrook,US-NY,12545,US,en\n")
            t.write(f"2026-03-01T{10 + n % 10:02d}:{n % 60:02d}:00Z,A-{n},Van 2 reader,Square,,,card_number|name,T-{n}\n")
    call = [HANDBACK, "--data", f"{folder}/data", "--passphrase-file", paths["passphrase"]]

    def run(*args, status=(0,)):
        done = subprocess.run([*call, *args], capture_output=True, text=True)
        if done.returncode not in status:
            sys.exit(f"{args}: {done.stdout} {done.stderr}")
        return done.stdout

    run("init", "--name", "Bench", "--timezone", "UTC", "--kdf-memory", "46", "--kdf-passes", "1")
    run("import", paths["customers.csv"], paths["touches.csv"])
    run("set", "business.phone", "(202) 555-0100")
    run("incident", "open", "--title", "A skimmer", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02", "--only", "passing")
    return run


def measure(what, run):
    run("notice", "draft", "1")
    run("notice", "approve", "1.1")
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    run("notice", "send", "1.1")
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{what:8} {CUSTOMERS:,} e-mails in {wall:.2f} s: {CUSTOMERS / wall:,.0f} a second (cpu {cpu:.2f} s)", flush=True)


def main():
    measure("outbox", business(f"{FOLDER}/outbox"))
    server = Server(("127.0.0.1", 0), Talk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    run = business(f"{FOLDER}/smtp")
    run("set", "mail.server", f"smtp://127.0.0.1:{server.server_address[1]}")
    run("set", "mail.from", "office@fernwood.example.com")
    measure("smtp", run)


main()
