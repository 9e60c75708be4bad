#!/usr/bin/python3
"""send_bench.py HANDBACK FOLDER [CUSTOMERS] [--curl CURL_BENCH] [--postfix UNPACKED] [--paper PAPER_BENCH]: how many e-mails `notice send` delivers a second, each
with its durable records, beside peers that keep none: Postfix's smtp-source and bare libcurl multi, against the same server, in one run. Then the memory of a
thousand and of all, and letters beside LibreOffice. What is not there is skipped, and said. Ends with 1 when a goal is missed."""
import argparse
import os
import re
import resource
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time

given = argparse.ArgumentParser()
given.add_argument("handback")
given.add_argument("folder")
given.add_argument("customers", nargs="?", type=int, default=20_000)
for name in ("curl", "postfix", "paper"):
    given.add_argument("--" + name, default="")
given = given.parse_args()
CONNECTIONS, ROUNDS, LETTERS, FEW = 4, 3, 5_000, 1_000
FIRST = "Maria James Ana Wei Thomas Olga Pedro Lucia Aisha Liam Noah Emma Sofia Mateo Elena Hiro Yuki Omar".split()
LAST = "Garcia Smith Okafor Nguyen Lindqvist Kowalski Dubois Silva Haddad Tanaka Rossi Novak Marsh".split()
OF_CURL, LETTERS_A_CORE, MORE_MB = 0.6, 5_000, 24                # goals; the last: what all may take beyond a thousand, most of it the database's cache


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


def postfix(name):
    """How to start one of its programs; None: it is not there."""
    path = f"{given.postfix}/usr/sbin/{name}"
    return ["env", f"LD_LIBRARY_PATH={given.postfix}/usr/lib/postfix", path] if given.postfix and os.path.exists(path) else None


def sink():
    """The port of a server that takes everything, and what ends it."""
    program = postfix("smtp-sink")
    if not program:
        print("no Postfix here: a server of our own takes the mails, which is slower than Postfix's", flush=True)
        server = Server(("127.0.0.1", 0), Talk)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1], server.shutdown
    with Server(("127.0.0.1", 0), Talk) as free:
        port = free.server_address[1]
    as_root = ["-u", "nobody"] if os.geteuid() == 0 else []
    run = subprocess.Popen([*program, *as_root, "-c", f"127.0.0.1:{port}", "2000"], stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    return port, run.terminate


class Business:
    def __init__(self, folder, customers, mail=True):
        self.folder, self.customers = folder, customers
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        with open(f"{folder}/passphrase", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
            f.write("four plain words here\n")
        with open(f"{folder}/customers.csv", "w") as c, open(f"{folder}/touches.csv", "w") as t:
            c.write("customer_ref,name,email,phone,address1,city,region,postal_code,country,language\n")
            t.write("touched_at,customer_ref,reader,service,staff,place,data_kinds,source_ref\n")
            for n in range(customers):
                name = f"{FIRST[n % len(FIRST)]} {chr(65 + n // 7 % 26)}. {LAST[n // 3 % len(LAST)]}-{LAST[n // 40 % len(LAST)]}"
                c.write(f"A-{n},{name},{f'june.{n}@example.com' if mail else ''},,{n} Mill St,Millbrook,US-NY,12545,US,en\n")
                t.write(f"2026-03-01T{10 + n % 10:02d}:{n % 60:02d}:00Z,A-{n},Van 2 reader,Square,,,card_number|name,T-{n}\n")
        self.run("init", "--name", "Bench", "--timezone", "UTC", "--kdf-memory", "46", "--kdf-passes", "1")
        self.run("import", f"{folder}/customers.csv", f"{folder}/touches.csv")
        self.run("set", "business.phone", "(202) 555-0100")
        self.run("set", "mail.from", "office@fernwood.example.com")
        self.run("set", "mail.connections", str(CONNECTIONS))
        self.run("incident", "open", "--title", "A skimmer", "--holder", "reader:Van 2 reader", "--from", "2026-02-28", "--to", "2026-03-02", "--only", "passing")
        self.run("notice", "draft", "1")
        self.run("notice", "approve", "1.1")

    def call(self, *args, data="data"):
        return [given.handback, "--data", f"{self.folder}/{data}", "--passphrase-file", f"{self.folder}/passphrase", *args]

    def run(self, *args, data="data"):
        done = subprocess.run(self.call(*args, data=data), capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{args}: {done.stdout} {done.stderr}")
        return done.stdout

    def send(self, port=None):
        """Sends all of a copy: seconds, processor seconds, and the most memory of its own (kB)."""
        shutil.rmtree(f"{self.folder}/copy", ignore_errors=True)
        shutil.copytree(f"{self.folder}/data", f"{self.folder}/copy")
        if port:
            self.run("set", "mail.server", f"smtp://127.0.0.1:{port}", data="copy")
        before, begun, most = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0
        run = subprocess.Popen(self.call("notice", "send", "1.1", data="copy"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while run.poll() is None:
            try:
                with open(f"/proc/{run.pid}/status") as f:
                    most = max(most, int((re.search(r"RssAnon:\s+(\d+)", f.read()) or [0, 0])[1]))
            except OSError:
                pass
            time.sleep(0.01)
        wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode:
            sys.exit(run.stderr.read())
        run.stderr.close()
        return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most


def peer(call):
    begun = time.monotonic()
    done = subprocess.run(call, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{call}: {done.stderr}")
    return time.monotonic() - begun


def median(values):
    return sorted(values)[len(values) // 2]


def mails():
    n, missed = given.customers, False
    many = Business(f"{given.folder}/many", n)
    wall, cpu, _ = many.send()
    print(f"outbox    handback      {n / wall:8,.0f} mails/s   (processor {cpu / n * 1e6:,.0f} us a mail)", flush=True)
    mail = f"{given.folder}/mail"
    with open(mail, "w") as f:
        f.write("Subject: x\r\n\r\n" + ("x" * 70 + "\r\n") * 55)
    port, end = sink()
    source = postfix("smtp-source")
    peers = {"libcurl multi": given.curl and [given.curl, str(port), str(n), str(CONNECTIONS), mail],
             "smtp-source": source and [*source, "-d", "-s", str(CONNECTIONS), "-l", "4000", "-m", str(n), f"127.0.0.1:{port}"]}
    took = {"handback": [], **{name: [] for name, call in peers.items() if call}}
    for _ in range(ROUNDS):                                  # turn about, so that what else the machine does meets all alike
        wall, cpu, most = many.send(port)
        took["handback"].append(wall)
        for name, call in peers.items():
            if call:
                took[name].append(peer(call))
    ours = median(took["handback"])
    print(f"smtp      handback      {n / ours:8,.0f} mails/s   (processor {cpu / n * 1e6:,.0f} us a mail; start, sign-in and both records of each included)", flush=True)
    for name, call in peers.items():
        if not call:
            print(f"          {name:13} not there: skipped", flush=True)
            continue
        ratio = median(took[name]) / ours
        print(f"          {name:13} {n / median(took[name]):8,.0f} mails/s   no records   ratio {ratio:.2f}", flush=True)
        missed |= name == "libcurl multi" and ratio < OF_CURL
    _, _, few = Business(f"{given.folder}/few", FEW).send(port)
    end()
    print(f"memory    of {FEW:,} notices {few / 1024:.1f} MB, of {n:,} {most / 1024:.1f} MB", flush=True)
    return missed or most > few + MORE_MB * 1024


def letters():
    if not given.paper:
        print("letters   paper_bench is not named: skipped", flush=True)
        return False
    some = Business(f"{given.folder}/paper", LETTERS, mail=False)
    _, cpu, _ = some.send()
    print(f"letters   handback      {LETTERS / cpu:8,.0f} letters/s of a core, two pages each: start, sign-in, contacts opened, both records, and the list", flush=True)
    out = subprocess.run([given.paper, str(LETTERS), f"{given.folder}/letters.pdf"], capture_output=True, text=True, check=True).stdout
    ours = float(re.search(r'"pages_per_second":(\d+)', out)[1])
    core, size = (float(re.search(rf'"{key}":(\d+)', out)[1]) for key in ("pages_per_cpu_second", "bytes_per_page"))
    print(f"          drawn alone   {ours:8,.0f} pages/s   {core:,.0f} a second of a core, {size:,.0f} bytes a page", flush=True)
    if not shutil.which("soffice"):
        print("          LibreOffice   not there: skipped", flush=True)
        return core < LETTERS_A_CORE
    many = 300
    with open(f"{given.folder}/letters.html", "w") as f:
        f.write("<html><body>")
        for n in range(many):
            words = "We closed the account on the same day and had all passwords changed. We have told the police and the authorities. " * 9
            f.write(f'<div style="page-break-after: always"><p>June Marsh<br>{n} Mill St<br>Millbrook, NY 12545</p><h1>Notice of data breach</h1><p>{words}</p></div>')
        f.write("</body></html>")
    theirs = many / peer(["soffice", f"-env:UserInstallation=file://{os.path.abspath(given.folder)}/office", "--headless", "--convert-to", "pdf:writer_web_pdf_Export",
                          "--outdir", given.folder, f"{given.folder}/letters.html"])
    print(f"          LibreOffice   {theirs:8,.0f} pages/s   {many} letters, merged before it began   ratio {ours / theirs:.0f}", flush=True)
    return core < LETTERS_A_CORE


def main():
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    bad = [mails(), letters()]
    for name in ("many", "few", "paper", "office"):
        shutil.rmtree(f"{given.folder}/{name}", ignore_errors=True)
    sys.exit(any(bad))


main()
