#!/usr/bin/python3
"""load_bench.py HANDBACK FOLDER [CUSTOMERS TOUCHES]: the desk under load. wrk asks for home, an incident's page and a customer's page, 50 times a second each,
while a file is being imported; as many customers as there are (a million) are at risk, and a notice to them is drafted. The business is made once by the
program's own generator and stays in FOLDER for the next run. Ends with 1 when a goal is missed."""
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

HANDBACK, FOLDER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
CUSTOMERS, TOUCHES = (int(n) for n in sys.argv[3:5]) if len(sys.argv) > 4 else (1_000_000, 10_000_000)
P99_MS, A_SECOND, SECONDS, CONNECTIONS, READERS = 250.0, 50, 8, 10, 300
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
PACE = f"""
local step = {CONNECTIONS} * 900 / {A_SECOND}     -- a tenth less: each waits for its answer, too
function delay() return step end
function done(summary, latency, requests)
  io.write(string.format("P99 %.1f P50 %.1f MAX %.1f N %d BAD %d\\n", latency:percentile(99) / 1000, latency:percentile(50) / 1000, latency.max / 1000, summary.requests,
    summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.connect))
end
"""


def run(*call, data="data"):
    return subprocess.run([HANDBACK, "--data", f"{FOLDER}/{data}", "--passphrase-file", f"{FOLDER}/passphrase", "--json", *map(str, call)], check=True, capture_output=True, text=True).stdout


def business():
    """Made anew when it was made in another size or by a program with other tables."""
    with open(f"{SOURCE}/src/op/schema.sql", "rb") as f:
        stamp = f"{CUSTOMERS} {TOUCHES} {hashlib.sha256(f.read()).hexdigest()}"
    if os.path.exists(f"{FOLDER}/stamp") and open(f"{FOLDER}/stamp").read() == stamp:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    with open(f"{FOLDER}/passphrase", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
        f.write("four plain words here\n")
    run("init", "--name", "Bench", "--timezone", "UTC", "--kdf-memory", "46", "--kdf-passes", "1")
    run("sample", FOLDER, "--touches", TOUCHES, "--customers", CUSTOMERS, "--readers", READERS)
    run("import", f"{FOLDER}/touches.csv")
    os.unlink(f"{FOLDER}/touches.csv")
    run("incident", "open", "--title", "All readers", "--holder", "reader:*", "--from", "2025-01-01", "--to", "2025-12-31")
    run("notice", "draft", "1")
    with open(f"{FOLDER}/stamp", "w") as f:
        f.write(stamp)


def signed_in(link):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None
    try:
        urllib.request.build_opener(Stay).open(link)
    except urllib.error.HTTPError as e:
        return e.headers["Set-Cookie"].split(";")[0]


def looked_at(base, cookie):
    """Somebody has had the pages open before the import began: what they show was counted once."""
    for _ in range(100):
        pages = [urllib.request.urlopen(urllib.request.Request(base + path, headers={"Cookie": cookie})).read() for path in ("/", "/incident/1")]
        if not any(b"being counted" in page for page in pages):
            return
        time.sleep(0.3)
    sys.exit("the counts did not come")


def load(base, cookie, path):
    call = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", f"{FOLDER}/pace.lua", "-H", f"Cookie: {cookie}", base + path]
    return {k: float(v) for k, v in re.findall(r"(P99|P50|MAX|N|BAD) ([\d.]+)", subprocess.run(call, check=True, capture_output=True, text=True).stdout)}


def main():
    business()
    with open(f"{FOLDER}/pace.lua", "w") as f:
        f.write(PACE)
    shutil.rmtree(f"{FOLDER}/run", ignore_errors=True)
    shutil.copytree(f"{FOLDER}/data", f"{FOLDER}/run")
    desk = subprocess.Popen([HANDBACK, "--data", f"{FOLDER}/run", "--json", "ui"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    missed = False
    try:
        link = json.loads(desk.stdout.readline())["link"]
        base, cookie = "http://%s:%s" % (urlsplit(link).hostname, urlsplit(link).port), signed_in(link)
        looked_at(base, cookie)
        for seed, path in enumerate(("/", "/incident/1", f"/customer/C-{CUSTOMERS // 2:08}"), 2):
            run("sample", FOLDER, "--seed", seed, "--touches", TOUCHES // 2, "--customers", CUSTOMERS, "--readers", READERS)
            importing = subprocess.Popen([HANDBACK, "--data", f"{FOLDER}/run", "--passphrase-file", f"{FOLDER}/passphrase", "import", f"{FOLDER}/touches.csv"],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            got = load(base, cookie, path)
            whole = importing.poll() is None
            importing.send_signal(signal.SIGINT)
            importing.wait()
            print(f"{path:22} while importing{'' if whole else ' (over before the end)'}: p50 {got['P50']:6.1f} ms, p99 {got['P99']:6.1f} ms, most {got['MAX']:6.1f} ms; "
                  f"{got['N'] / SECONDS:.0f} a second, {got['BAD']:.0f} failed", flush=True)
            missed |= got["P99"] > P99_MS or got["BAD"] > 0
    finally:
        desk.send_signal(signal.SIGINT)
        desk.wait()
        desk.stdout.close()
        for name in ("run", "touches.csv"):
            path = f"{FOLDER}/{name}"
            shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.unlink(path)
    sys.exit(missed)


main()
