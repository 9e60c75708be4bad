"""The schema and every statement are words that PostgreSQL takes, too: a real one prepares them all."""
import glob
import subprocess
import unittest

from postgres import Server
from story import SOURCE, tell


class SqlOnPostgres(unittest.TestCase):
    def test_schema_and_statements_prepare(self):
        server = Server(self)
        sql = sorted(glob.glob(f"{SOURCE}/src/**/*.sql", recursive=True))
        sql = [p for p in sql if not p.endswith(("/op/schema.sql", "_test.sql"))]
        script = subprocess.run(["/usr/bin/python3", f"{SOURCE}/tools/mksql.py", "--schema", f"{SOURCE}/src/op/schema.sql", "--postgres", *sql],
                                check=True, capture_output=True, text=True).stdout
        done = server.psql(script)
        self.assertEqual(done.returncode, 0, done.stdout[-300:] + done.stderr)
        self.assertGreater(script.count("PREPARE p_"), 20)


if __name__ == "__main__":
    tell()
