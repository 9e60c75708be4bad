"""The tables of a PostgreSQL database, looked at by its address."""
import os
import re
import socket

from find_documents import Cards, four
from pdf import Pdf, text
from postgres import Server
from story import Story, tell


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Databases(Story):
    def setUp(self):
        super().setUp()
        self.cards = Cards(self.id())
        self.server = Server(self, free_port())
        self.sql("CREATE ROLE clerk LOGIN PASSWORD 'a secret word'; GRANT CREATE ON DATABASE postgres TO clerk")

    def sql(self, script):
        done = self.server.psql(script)
        self.assertEqual(done.returncode, 0, done.stderr)

    def address(self, user="clerk", password="a%20secret%20word", database="postgres", port=None):
        return f"postgresql://{user}{':' + password if password else ''}@127.0.0.1:{port or self.server.port}/{database}"

    def find(self, address, *more, status=None, env=None, key=False):
        said = self.json("find", "--database", address, *more, key=key, status=status, env=env)
        rows = said.rows
        return rows[:-1], rows[-1]["summary"]

    def test_every_sort_of_column(self):
        a, b, c, d, e, f, g = (self.cards.new() for _ in range(7))
        p = Pdf()
        p.page(text(72, 700, "Card number " + four(f)))
        self.sql(f"""CREATE SCHEMA "Shop, old" AUTHORIZATION clerk; SET ROLE clerk; SET search_path = "Shop, old"; CREATE DOMAIN file AS bytea;
            CREATE TABLE card(id int, line int, holder text, pan varchar(30), expiry text, PRIMARY KEY (line, id));
            INSERT INTO card VALUES (7, 3, 'June Marsh', '{four(a)}', '12/29');
            CREATE TABLE "odd 'names'"(card_numbers numeric[], "card 'json'" jsonb, body bytea, attached file, "card number" bigint, nothing text);
            INSERT INTO "odd 'names'" VALUES ('{{{b}}}', '{{"card": "{c}"}}', 'Visa card {d}', decode('{p.bytes().hex()}', 'hex'), {e}, NULL);
            CREATE TABLE empty(); CREATE VIEW seen AS SELECT pan FROM card; CREATE TABLE parts(pan text) PARTITION BY HASH (pan);
            CREATE TABLE part_0 PARTITION OF parts FOR VALUES WITH (MODULUS 1, REMAINDER 0); INSERT INTO parts VALUES ('Visa card {g}')""")
        hits, said = self.find(self.address(), status=1)
        base = f"postgresql://127.0.0.1:{self.server.port}/postgres/Shop, old."
        places = {h["last4"]: (h["path"], h["member"], h["where"]) for h in hits}
        self.assertEqual(len(hits), 7, hits)
        self.assertEqual(places[a[-4:]], (base + "card", "", "row 7, 3, column pan"))
        self.assertEqual(places[f[-4:]], (base + "odd 'names'", "row (0,1), column attached", "page 1"))
        self.assertEqual({places[n[-4:]][2] for n in (b, c, d, e)},
                         {"row (0,1), column card_numbers", "row (0,1), column card 'json'", "row (0,1), column body", "row (0,1), column card number"})
        self.assertEqual(places[g[-4:]][0], base + "part_0")
        self.assertEqual(said["skipped"], [])
        self.assertNotIn("secret", str(hits) + str(said))

    def test_what_may_not_be_read_is_told(self):
        number = self.cards.new()
        self.sql(f"""CREATE TABLE ours(pan text); INSERT INTO ours VALUES ('Visa card {number}');
            CREATE TABLE filtered(pan text); GRANT SELECT ON filtered TO clerk; ALTER TABLE filtered ENABLE ROW LEVEL SECURITY;
            CREATE TABLE open(pan text); GRANT SELECT ON open TO clerk; INSERT INTO open VALUES ('Visa card {number}')""")
        hits, said = self.find(self.address(), status=1)
        self.assertEqual([h["path"].rpartition("/")[2] for h in hits], ["public.open"])
        self.assertEqual({s["path"].rpartition("/")[2] for s in said["skipped"]}, {"public.ours", "public.filtered"})
        self.assertIn("permission", str(said["skipped"]))

    def test_a_table_that_is_locked_or_long_does_not_end_the_rest(self):
        number = self.cards.new()
        self.sql(f"""CREATE SCHEMA a AUTHORIZATION clerk; SET ROLE clerk; CREATE TABLE a.large(id serial PRIMARY KEY, note text, pan text);
            INSERT INTO a.large(note) SELECT repeat('words and more words ', 50) FROM generate_series(1, 40000);
            INSERT INTO a.large(pan) VALUES ('Visa card {number}'); CREATE TABLE a.wide(v text); INSERT INTO a.wide VALUES (repeat('x', 20000000) || 'Visa card {number}')""")
        hits, said = self.find(self.address(), status=1)
        self.assertEqual([h["where"] for h in hits], ["row 40001, column pan"])
        self.assertRegex(hits[0]["path"], r"/a\.large \(part \d\)$")
        self.assertEqual([s["path"].rpartition("/")[2] for s in said["skipped"]], ["a.wide"])
        self.assertEqual(said["files"], 2)

    def test_it_is_only_read(self):
        self.sql("""CREATE TABLE kept(id serial PRIMARY KEY, v text); GRANT SELECT, INSERT ON kept TO clerk; INSERT INTO kept(v) VALUES ('x');
            CREATE FUNCTION bad(text, int) RETURNS text LANGUAGE sql AS $$ INSERT INTO kept(v) VALUES ('changed'); SELECT 'y' $$;
            CREATE VIEW trap AS SELECT bad(v, 1) FROM kept; GRANT SELECT ON trap TO clerk""")
        self.find(self.address(), status=0)
        self.assertEqual(self.server.psql("SELECT string_agg(v, ',') FROM kept").stdout.split()[2], "x")

    def test_a_wrong_address_or_password_gets_one_clear_sentence(self):
        for address, words, status in (
                (self.address(password="another%20secret"), "user name or password is wrong", None), (self.address(password=""), "asks for a password", None),
                (self.address(database="nothing"), "no such database", None), (self.address(port=1), "nothing answers there", 3),
                (self.address().replace("127.0.0.1", "nowhere.invalid"), "no such host", 3), ("postgresql://x:a secret@h/b?c=d e", "no address of a database", 2),
                ("mysql://x:secret@h/b", "no address of a database", 2)):
            said = self.run_handback("find", "--database", address, key=False, status=status)
            self.assertIn(words, said.err)
            self.assertNotIn("secret", said.err + said.out)
            self.assertEqual(len([line for line in said.err.splitlines() if line.startswith("handback:")]), 1, said.err)
            self.assertNotEqual(said.status, 0)
        self.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk")
        self.find(self.address(password=""), env={"PGPASSWORD": "a secret word"}, status=0)

    def test_findings_go_on_the_map(self):
        number = self.cards.new()
        self.init()
        self.sql(f"SET ROLE postgres; CREATE TABLE card(pan text); INSERT INTO card VALUES ('Visa card {number}'); GRANT ALL ON card TO clerk")
        self.find(self.address(), "--holder", "computer:Shop server", status=1, key=True)
        listed = self.run_handback("find", "list").out
        self.assertRegex(listed, r"Shop server(.|\n)*public\.card")
        self.sql("DELETE FROM card; INSERT INTO card VALUES ('nothing')")
        self.find(self.address(), "--holder", "computer:Shop server", status=0, key=True)
        self.assertNotIn("public.card", self.run_handback("find", "list").out)
        for folder, _, names in os.walk(self.data):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    self.assertNotRegex(f.read(), re.compile(rb"secret word|" + number.encode()))


if __name__ == "__main__":
    tell()
