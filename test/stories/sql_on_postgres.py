"""The schema and every statement are words that PostgreSQL takes, too: a real one prepares them all."""
import glob
import os
import shutil
import subprocess
import tempfile
import unittest

from story import SOURCE, tell

BIN = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1:]


def as_postgres(*call):
    """PostgreSQL refuses to run as root; its package made a user for it."""
    return (["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []) + list(call)


class SqlOnPostgres(unittest.TestCase):
    def test_schema_and_statements_prepare(self):
        self.assertTrue(BIN, "PostgreSQL is not installed: make deps")
        folder = tempfile.mkdtemp(prefix="handback-pg-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        data = os.path.join(folder, "data")
        run = lambda *call, **kw: subprocess.run(as_postgres(*call), check=True, capture_output=True, text=True, cwd="/", **kw)
        run(f"{BIN[0]}/initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--no-sync")
        run(f"{BIN[0]}/pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", f"-c listen_addresses='' -c fsync=off -k {folder}", "start")
        self.addCleanup(run, f"{BIN[0]}/pg_ctl", "-D", data, "-m", "immediate", "stop")
        sql = sorted(glob.glob(f"{SOURCE}/src/**/*.sql", recursive=True))
        sql = [p for p in sql if not p.endswith(("/op/schema.sql", "_test.sql"))]
        script = subprocess.run(["/usr/bin/python3", f"{SOURCE}/tools/mksql.py", "--schema", f"{SOURCE}/src/op/schema.sql", "--postgres", *sql],
                                check=True, capture_output=True, text=True).stdout
        done = subprocess.run(as_postgres("psql", "-X", "-q", "-h", folder, "-d", "postgres"), input=script, capture_output=True, text=True, cwd="/")
        self.assertEqual(done.returncode, 0, done.stdout[-300:] + done.stderr)
        self.assertGreater(script.count("PREPARE p_"), 20)


if __name__ == "__main__":
    tell()
