#!/usr/bin/python3
"""make bench: ours beside its peer in one run, on the same file; prints seconds and ratios, decides nothing.

Import: `handback import` of a touches file (parsed in a box, masked, deduplicated, merged into day segments, durable) beside
`sqlite3 .import` of the same file into a bare table (text columns, no index, no check).
Exposure: everybody at risk by all readers over 19 days, with their kinds: `exposure_of` in process beside the best plain SQL that we know
on the same touches in SQLite, a covering index, warm, timed in process.
"""
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time

HANDBACK, BENCH, FOLDER = sys.argv[1], sys.argv[2], sys.argv[3]
ROWS = int(sys.argv[4]) if len(sys.argv) > 4 else 10_000_000
CUSTOMERS, READERS = max(ROWS // 4, 1), 10_000
WINDOW = ("2025-11-27T00:00:00Z", "2025-12-16T00:00:00Z")


def timed(*call):
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(call, capture_output=True, text=True)
    wall, after = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(f"{call}: {done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def median(values):
    return sorted(values)[len(values) // 2]


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    touches, data, bare = f"{FOLDER}/touches.csv", f"{FOLDER}/data", f"{FOLDER}/bare.db"
    with open(f"{FOLDER}/passphrase", "w") as f:
        f.write("four plain words here\n")
    us = [HANDBACK, "--data", data, "--passphrase-file", f"{FOLDER}/passphrase"]
    timed(HANDBACK, "sample", FOLDER, "--touches", str(ROWS), "--customers", str(CUSTOMERS), "--readers", str(READERS))
    size = os.path.getsize(touches)
    timed(*us, "init", "--name", "Bench", "--timezone", "UTC", "--kdf-memory", "46", "--kdf-passes", "1")
    print(f"{ROWS:,} touches, {CUSTOMERS:,} customers, {READERS:,} readers, {size / 1e6:,.0f} MB of CSV", flush=True)

    subprocess.run(["cat", touches], stdout=subprocess.DEVNULL)
    peer, peer_cpu, _ = timed("sqlite3", bare, ".mode csv", f".import {touches} touches")
    ours, ours_cpu, _ = timed(*us, "import", touches)
    print(f"import    handback {ours:8.2f} s {ROWS / ours:12,.0f} rows/s   (cpu {ours_cpu:.1f} s)", flush=True)
    print(f"          sqlite3  {peer:8.2f} s {ROWS / peer:12,.0f} rows/s   (cpu {peer_cpu:.1f} s)   ratio {peer / ours:.2f}", flush=True)
    again, _, _ = timed(*us, "import", touches)
    print(f"          the same file again: {again:.2f} s ({again / ours:.2f} of the first time)", flush=True)
    stored = os.path.getsize(f"{data}/handback.db") + os.path.getsize(f"{data}/handback.db-wal")
    print(f"          {stored / ROWS:.1f} bytes a touch on disk, customers included; sqlite3 {os.path.getsize(bare) / ROWS:.1f}", flush=True)

    db = sqlite3.connect(bare)
    db.executescript("""
        PRAGMA cache_size=-4000000; PRAGMA mmap_size=1099511627776; PRAGMA temp_store=MEMORY;
        CREATE TABLE touch (at INTEGER, reader INTEGER, customer INTEGER, kinds INTEGER);
        INSERT INTO touch SELECT unixepoch(touched_at), CAST(substr(reader, 3) AS INTEGER), CAST(substr(customer_ref, 3) AS INTEGER),
            CASE WHEN data_kinds LIKE 'name%' THEN 177 ELSE 560 END FROM touches WHERE customer_ref <> '';
        CREATE INDEX touch_at ON touch (at, customer, kinds);
        ANALYZE;""")
    low, high = (int(v) for v in db.execute("SELECT unixepoch(?), unixepoch(?)", WINDOW).fetchone())
    queries = {
        "max of each bit": "SELECT count(*), sum(k) FROM (SELECT customer, max(kinds & 1) + max(kinds & 16) + max(kinds & 32) + max(kinds & 128) + max(kinds & 512) AS k"
                           " FROM touch WHERE at >= ? AND at < ? GROUP BY customer)",
        "distinct pairs": "SELECT count(DISTINCT customer), count(*) FROM (SELECT DISTINCT customer, kinds FROM touch WHERE at >= ? AND at < ?)",
    }
    best, found = None, None
    for name, sql in queries.items():
        times = []
        for _ in range(4):
            begun = time.monotonic()
            found = db.execute(sql, (low, high)).fetchone()[0]
            times.append(time.monotonic() - begun)
        took = median(times[1:])
        print(f"exposure  sqlite3  {took * 1000:9.2f} ms   ({name}; {found:,} customers)", flush=True)
        best = took if best is None else min(best, took)
    answer = json.loads(timed(BENCH, data, *WINDOW, "41")[2])
    took = median(answer["seconds"])
    same = "the same customers" if answer["customers"] == found else f"NOT THE SAME: {answer['customers']:,}"
    print(f"          handback {took * 1000:9.2f} ms   ({answer['readers']:,} readers; {same})   ratio {best / took:,.0f}", flush=True)
    if answer["customers"] != found:
        sys.exit(1)


main()
