-- The whole database on one page. `business` leads every key, so that one database can serve many. Times are seconds UTC;
-- minus infinity and plus infinity are LONG_AGO and FAR_OFF of base/when.h. I64 and BYTES stand for each database's own words.
-- Sealed: opened only by the keeper (seal.h). Tables are truth unless marked rebuildable. Nothing is NULL.
-- Marked `answers`: who is at risk is computed from it; `notices`: how far notices are. Whoever writes there moves the counter of that name, in the
-- same transaction (mksql, op_end): what is rebuildable and was made when the counter stood where it stands is right.

CREATE TABLE business (
	business   I64  NOT NULL,   -- 1 in a folder of its own
	name       TEXT NOT NULL,   -- as customers know it
	region     TEXT NOT NULL,   -- ISO 3166-2, "US-CA"; empty: not told
	timezone   TEXT NOT NULL,   -- IANA name
	created    I64  NOT NULL,   -- when init was run
	public_key BYTES NOT NULL,  -- Ed25519: checks signatures of the log's head
	PRIMARY KEY (business)
) STRICT;

CREATE TABLE setting (
	business I64  NOT NULL,     -- whose
	name     TEXT NOT NULL,     -- "mail.server"
	value    TEXT NOT NULL,     -- never a secret: passwords stay in files of the owner's
	PRIMARY KEY (business, name)
) STRICT;

CREATE TABLE counter (
	business I64  NOT NULL,     -- whose
	name     TEXT NOT NULL,     -- "customer", "holder", ...: which numbers
	value    I64  NOT NULL,     -- the last one given
	PRIMARY KEY (business, name)
) STRICT;

CREATE TABLE slot (
	business I64   NOT NULL,    -- whose vault
	id       I64   NOT NULL,    -- within the vault
	sort     I64   NOT NULL CHECK (sort BETWEEN 1 AND 4),   -- enum slot_sort of seal.h: 1 owner's passphrase, 2 recovery code, 3 another's passphrase, 4 older keys
	person   I64   NOT NULL,    -- whose; 0: nobody's
	bytes    BYTES NOT NULL,    -- cost, salt and the master key, wrapped (seal.h); older keys, wrapped with the master key
	made     I64   NOT NULL,    -- when its secret was chosen
	PRIMARY KEY (business, id)
) STRICT;

-- ---- persons: who may use it ----

CREATE TABLE person (
	business I64  NOT NULL,     -- whose
	id       I64  NOT NULL,     -- 1 founded it
	name     TEXT NOT NULL,     -- as they sign in
	role     I64  NOT NULL CHECK (role IN (1, 2, 4, 8)),   -- enum role of op.h: owner, manager, staff, helper
	since    I64  NOT NULL,     -- when they were added
	ended    I64  NOT NULL,     -- when they were taken out; 0: they are here
	language TEXT NOT NULL,     -- in which they read pages, as they chose it: en or es; empty: as their browser says
	PRIMARY KEY (business, id)
) STRICT;

-- A browser that somebody signed in with. The number in its cookie stands here only as a hash.
CREATE TABLE session (
	business I64   NOT NULL,    -- whose
	hash     BYTES NOT NULL,    -- SHA-256 of the number
	person   I64   NOT NULL,    -- who
	stage    I64   NOT NULL CHECK (stage IN (1, 2)),       -- 1 the second factor is still to come, 2 signed in
	began    I64   NOT NULL,    -- when
	seen     I64   NOT NULL,    -- last use, to the minute
	again    I64   NOT NULL,    -- what needs signing in again may be done until then
	agent    TEXT  NOT NULL,    -- the browser, as it calls itself, cut
	PRIMARY KEY (business, hash)
) STRICT, WITHOUT ROWID;

-- One-time links and tokens for programs: what is in a person's hands stands here only as a hash.
CREATE TABLE token (
	business I64   NOT NULL,    -- whose
	id       I64   NOT NULL,    -- its number
	hash     BYTES NOT NULL,    -- SHA-256 of it
	sort     I64   NOT NULL CHECK (sort IN (1, 2)),        -- 1 one-time link, 2 token for programs
	person   I64   NOT NULL,    -- whose role it has
	name     TEXT  NOT NULL,    -- what it is for
	made     I64   NOT NULL,    -- when
	ends     I64   NOT NULL,    -- when it counts no more
	seen     I64   NOT NULL,    -- last use, to the minute; 0: never
	PRIMARY KEY (business, id)
) STRICT;
CREATE UNIQUE INDEX token_hash ON token (business, hash);

-- A second factor: the key of an app that shows codes.
CREATE TABLE totp (
	business I64   NOT NULL,    -- whose
	person   I64   NOT NULL,    -- whose app
	sealed   BYTES NOT NULL,    -- its key, sealed
	step     I64   NOT NULL,    -- the newest step that a code was used of: none counts twice
	proved   I64   NOT NULL,    -- when the first code was right; 0: not yet, and it is not asked for
	PRIMARY KEY (business, person)
) STRICT;

-- A second factor: a passkey, in a telephone, a browser or a key on a ring.
CREATE TABLE passkey (
	business   I64   NOT NULL,  -- whose
	id         I64   NOT NULL,  -- its number
	person     I64   NOT NULL,  -- whose
	name       TEXT  NOT NULL,  -- what they call it
	credential BYTES NOT NULL,  -- its id, as it made it
	algorithm  I64   NOT NULL,  -- COSE: -7 ES256, -8 EdDSA, -257 RS256
	public_key BYTES NOT NULL,  -- as libfido2 writes it
	counter    I64   NOT NULL,  -- how often it signed, as it says; 0: it does not count
	made       I64   NOT NULL,  -- when
	seen       I64   NOT NULL,  -- last use; 0: never
	PRIMARY KEY (business, id)
) STRICT;
CREATE UNIQUE INDEX passkey_credential ON passkey (business, credential);

-- Ten codes on paper, for who has lost the second factor. Each counts once.
CREATE TABLE recovery_code (
	business I64   NOT NULL,    -- whose
	person   I64   NOT NULL,    -- whose
	hash     BYTES NOT NULL,    -- SHA-256 of it
	PRIMARY KEY (business, person, hash)
) STRICT, WITHOUT ROWID;

-- ---- the map: who holds what, when ----

CREATE TABLE holder (
	business I64  NOT NULL,     -- whose map
	id       I64  NOT NULL,     -- small and dense: segments store it
	sort     I64  NOT NULL CHECK (sort BETWEEN 1 AND 9),   -- enum holder_sort of map.h
	name     TEXT NOT NULL,     -- "Van 2 reader"
	since    I64  NOT NULL,     -- in use since
	until    I64  NOT NULL,     -- in use until
	place    I64  NOT NULL,     -- the holder (a place) where it stands; 0: not told
	import   I64  NOT NULL,     -- the import that first named it; 0: by hand
	PRIMARY KEY (business, id)
) STRICT, WITHOUT ROWID; -- answers
CREATE UNIQUE INDEX holder_name ON holder (business, sort, name);

-- Two names of persons that are alike: are they one?
CREATE TABLE person_told (
	business I64 NOT NULL,      -- whose map
	a        I64 NOT NULL,      -- a person
	b        I64 NOT NULL,      -- another
	one      I64 NOT NULL CHECK (one IN (0, 1)),           -- 1: a is b, and b goes on; 0: they are two
	at       I64 NOT NULL,      -- when somebody said so
	PRIMARY KEY (business, a, b)
) STRICT;

CREATE TABLE holder_keeps (
	business I64 NOT NULL,      -- whose map
	holder   I64 NOT NULL,      -- who keeps
	kind     I64 NOT NULL CHECK (kind BETWEEN 0 AND 63),   -- which kind of data
	keeps    I64 NOT NULL CHECK (keeps >= 0),              -- seconds; FAR_OFF: until deleted
	told     I64 NOT NULL,      -- when somebody said so last
	PRIMARY KEY (business, holder, kind)
) STRICT; -- answers

CREATE TABLE holder_emptied (
	business I64 NOT NULL,      -- whose map
	holder   I64 NOT NULL,      -- where everything was deleted
	at       I64 NOT NULL,      -- confirmed for this moment; each counts
	PRIMARY KEY (business, holder, at)
) STRICT; -- answers

CREATE TABLE flow (
	business I64 NOT NULL,      -- whose map
	id       I64 NOT NULL,      -- its number
	source   I64 NOT NULL,      -- from this holder
	target   I64 NOT NULL,      -- to this one
	manner   I64 NOT NULL CHECK (manner IN (1, 2, 3)),     -- 1 hands on, 2 copies, 3 sees
	kinds    I64 NOT NULL,      -- set of kinds it passes
	keeps    I64 NOT NULL CHECK (keeps >= -1),             -- what the target keeps of it: seconds; FAR_OFF until deleted; -1 not told
	since    I64 NOT NULL,      -- in use [since, until)
	until    I64 NOT NULL,      -- its end
	told     I64 NOT NULL,      -- when somebody said so, or an import did
	PRIMARY KEY (business, id)
) STRICT; -- answers

-- What else is known of a holder that is a card reader (PCI DSS 9.5.1.1).
CREATE TABLE reader (
	business I64  NOT NULL,     -- whose
	holder   I64  NOT NULL,     -- the reader on the map; where it stands is told there
	make     TEXT NOT NULL,     -- who built it; empty: not told, likewise below
	model    TEXT NOT NULL,     -- what they call it
	serial   TEXT NOT NULL,     -- as printed on it
	person   I64  NOT NULL,     -- the holder (a person) who has it; 0: not told
	every    I64  NOT NULL CHECK (every >= 0),      -- seconds between two looks; 0: not told, a week
	PRIMARY KEY (business, holder)
) STRICT;

-- A look at a card reader (PCI DSS 9.5.1.2): the last clean one begins the window of what may have happened to it since.
CREATE TABLE inspection (
	business I64  NOT NULL,     -- whose
	id       I64  NOT NULL,     -- its number
	holder   I64  NOT NULL,     -- the reader
	at       I64  NOT NULL,     -- when it was looked at
	person   I64  NOT NULL,     -- who wrote it down here
	looked_by TEXT NOT NULL,    -- who looked
	entered  I64  NOT NULL,     -- when it was written down: later than `at`, an owner or a manager entered an earlier look
	odd      I64  NOT NULL,     -- set of what was not right: bits of data/reader-checks.csv; 0: all was
	note     TEXT NOT NULL,     -- in their words, masked
	settled  I64  NOT NULL,     -- when somebody had looked into what was not right; 0: nobody has. Until then no later look is a clean one
	why      TEXT NOT NULL,     -- what came out, masked
	PRIMARY KEY (business, id)
) STRICT;
CREATE INDEX inspection_of ON inspection (business, holder, at);

-- A photo of it, in pieces.
CREATE TABLE inspection_photo (
	business   I64   NOT NULL,  -- whose
	id         I64   NOT NULL,  -- its number, of each piece
	inspection I64   NOT NULL,  -- of which look
	sealed     BYTES NOT NULL,  -- a piece of the photo, sealed
	PRIMARY KEY (business, id)
) STRICT;
CREATE INDEX inspection_photo_of ON inspection_photo (business, inspection, id);

-- What else is known of a holder that is a service (PCI DSS 12.8.1): what it holds follows from the map.
CREATE TABLE service (
	business I64  NOT NULL,     -- whose
	holder   I64  NOT NULL,     -- the service on the map
	domain   TEXT NOT NULL,     -- of its website; empty: as data/services.txt knows it
	contact  TEXT NOT NULL,     -- whom to reach there when something happened; empty: not told, likewise below
	clause   TEXT NOT NULL,     -- where the contract says that they tell us
	account  TEXT NOT NULL,     -- our number there
	hours    I64  NOT NULL,     -- within how many hours they tell us; 0: it promises nothing; -1: not told
	card     I64  NOT NULL CHECK (card BETWEEN 0 AND 2),       -- takes part in card payments or can affect their security: 0 as data/services.txt says, 1 yes, 2 no
	page     I64  NOT NULL CHECK (page BETWEEN 0 AND 2),       -- can change the page on which customers pay, likewise
	used     I64  NOT NULL,     -- when somebody last said that it is still used; 0: never
	ends     I64  NOT NULL,     -- the contract's day for giving notice; FAR_OFF: none
	asked    I64  NOT NULL,     -- when, after leaving it, deletion was asked for; 0: not. When it was confirmed: `holder_emptied`
	PRIMARY KEY (business, holder)
) STRICT;

-- What shows that a statement about a holder is true: a document, a promise, a check. Documents themselves are not kept.
CREATE TABLE evidence (
	business I64  NOT NULL,     -- whose
	id       I64  NOT NULL,     -- its number
	holder   I64  NOT NULL,     -- of which it says something
	sort     TEXT NOT NULL,     -- its name in data/evidence.txt
	result   I64  NOT NULL CHECK (result BETWEEN 0 AND 3),     -- of a check: 0 none, 1 as it should be, 2 not so, 3 could not be looked at
	seen     I64  NOT NULL,     -- the day that stands on it, or when it was measured
	until    I64  NOT NULL,     -- how long it counts; FAR_OFF: no end
	note     TEXT NOT NULL,     -- what it says, masked
	link     TEXT NOT NULL,     -- where it lies, or can be seen, masked
	made     I64  NOT NULL,     -- when it was noted
	ended    I64  NOT NULL,     -- when it was taken back or overtaken; 0: it counts
	PRIMARY KEY (business, id)
) STRICT;
CREATE INDEX evidence_holder ON evidence (business, holder, ended, sort);

-- Rebuildable: what a service holds of whom now, as last counted (services/holding.c).
CREATE TABLE holding (
	business  I64  NOT NULL,    -- whose
	holder    I64  NOT NULL,    -- the service
	program   TEXT NOT NULL,    -- the version that counted
	moves     I64  NOT NULL,    -- where the counter `answers` stood when counting began
	at        I64  NOT NULL,    -- when that was
	customers I64  NOT NULL,    -- of whom something is there
	unnamed   I64  NOT NULL,    -- touches whose information is there, and that name nobody
	found     I64  NOT NULL,    -- numbers in files there that stand in nobody's record
	PRIMARY KEY (business, holder)
) STRICT;

-- Rebuildable: the same by kind.
CREATE TABLE holding_part (
	business I64  NOT NULL,     -- whose
	holder   I64  NOT NULL,     -- the service
	kind     I64  NOT NULL CHECK (kind BETWEEN 0 AND 63),      -- which kind of data
	n        I64  NOT NULL,     -- customers
	PRIMARY KEY (business, holder, kind)
) STRICT;

-- The page for staff on one way of being paid: another set of duties is another version.
CREATE TABLE practice (
	business I64  NOT NULL,     -- whose
	channel  TEXT NOT NULL,     -- of data/questions.txt
	version  I64  NOT NULL,     -- from 1
	duties   TEXT NOT NULL,     -- their names in data/practice.txt, in their order
	since    I64  NOT NULL,     -- when they came into force
	PRIMARY KEY (business, channel, version)
) STRICT;

-- Who read it and signed (PCI DSS 12.6.3, 9.5.1.3).
CREATE TABLE practice_signed (
	business I64  NOT NULL,     -- whose
	channel  TEXT NOT NULL,     -- which page
	name     TEXT NOT NULL,     -- who signed
	version  I64  NOT NULL,     -- of the page
	person   I64  NOT NULL,     -- who wrote it down here
	at       I64  NOT NULL,     -- when last
	PRIMARY KEY (business, channel, name, version)
) STRICT;

-- What was practised on a copy, and how long each step took (PCI DSS 12.10.2).
CREATE TABLE drill (
	business  I64  NOT NULL,    -- whose
	id        I64  NOT NULL,    -- its number
	story     TEXT NOT NULL,    -- of data/drills.txt
	holder    TEXT NOT NULL,    -- the name of what it was about
	begins    I64  NOT NULL,    -- window [begins, ends) that the case told
	ends      I64  NOT NULL,    -- its end
	told      I64  NOT NULL,    -- when it began
	opened    I64  NOT NULL,    -- when the incident was opened
	seen      I64  NOT NULL,    -- when it was seen who is at risk
	drafted   I64  NOT NULL,    -- when the first notice was drafted
	approved  I64  NOT NULL,    -- when the last was approved, and everybody at risk stood in one
	customers I64  NOT NULL,    -- who would have been told
	person    I64  NOT NULL,    -- who practised
	PRIMARY KEY (business, id)
) STRICT;

-- ---- the ledger: whose information went where ----

CREATE TABLE customer (
	business I64   NOT NULL,    -- whose customer
	id       I64   NOT NULL,    -- small and dense from 1: segments and sets store it
	ref      TEXT  NOT NULL,    -- customer_ref: ours or C-000123; never a name
	region   TEXT  NOT NULL,    -- ISO 3166-2 where told, "US-NY"
	country  TEXT  NOT NULL,    -- ISO 3166-1, "US"
	language TEXT  NOT NULL,    -- "en"
	ways     I64   NOT NULL,    -- which ways of reaching: bit 0 e-mail, 1 phone, 2 postal address
	names    BYTES NOT NULL,    -- blind 16-bit marks of the words of each name, for joins (ledger)
	same_as  I64   NOT NULL,    -- proved to be this customer; 0: a person of its own
	import   I64   NOT NULL,    -- that first brought it
	sealed   BYTES NOT NULL,    -- names, e-mails, phones, addresses, each with source and date; empty: no contact
	PRIMARY KEY (business, id)
) STRICT, WITHOUT ROWID; -- answers
CREATE UNIQUE INDEX customer_ref ON customer (business, ref);
CREATE INDEX customer_region ON customer (business, region) WHERE region <> '';
CREATE INDEX customer_same_as ON customer (business, same_as) WHERE same_as <> 0;

CREATE TABLE customer_index (
	business I64 NOT NULL,      -- whose
	sort     I64 NOT NULL,      -- enum index_sort of seal.h: e-mail, phone
	key      I64 NOT NULL,      -- blind index, 64 bits
	customer I64 NOT NULL,      -- has it; several customers may share one
	PRIMARY KEY (business, sort, key, customer)
) STRICT, WITHOUT ROWID;

CREATE TABLE foreign_key (
	business I64  NOT NULL,     -- whose
	service  I64  NOT NULL,     -- the holder whose key it is
	key      TEXT NOT NULL,     -- its own id of the customer, opaque; a key that is a name stands as its blind index in hex
	customer I64  NOT NULL,     -- ours
	PRIMARY KEY (business, service, key)
) STRICT, WITHOUT ROWID;

-- Who is forgotten at their wish: the number stays in customer, nothing else does.
CREATE TABLE forgotten (
	business I64   NOT NULL,    -- whose
	customer I64   NOT NULL,    -- the number
	at       I64   NOT NULL,    -- when
	reason   BYTES NOT NULL,    -- sealed: as it was told
	names    BYTES NOT NULL,    -- the blind marks of their names, as in customer: another with the same phone is somebody else
	PRIMARY KEY (business, customer)
) STRICT; -- answers

-- So that an import does not bring them back.
CREATE TABLE forgotten_key (
	business I64 NOT NULL,      -- whose
	sort     I64 NOT NULL,      -- enum index_sort of seal.h: e-mail, phone, a service's key
	key      I64 NOT NULL,      -- blind index, 64 bits
	customer I64 NOT NULL,      -- who had it
	PRIMARY KEY (business, sort, key, customer)
) STRICT, WITHOUT ROWID;

CREATE TABLE doubt (
	business I64  NOT NULL,     -- whose
	a        I64  NOT NULL,     -- customer
	b        I64  NOT NULL,     -- another who may be the same person: a < b
	shares   I64  NOT NULL,     -- 1 an e-mail, 2 a phone; the names contradict
	import   I64  NOT NULL,     -- that showed it
	apart    I64  NOT NULL,     -- when a person said that they are two; 0: nobody has yet
	PRIMARY KEY (business, a, b)
) STRICT;

CREATE TABLE import (
	business  I64   NOT NULL,   -- whose
	id        I64   NOT NULL,   -- its number
	file      TEXT  NOT NULL,   -- its name, masked
	digest    BYTES NOT NULL,   -- BLAKE2b-256 of the file: b2sum -l 256; empty until it was read
	format    TEXT  NOT NULL,   -- "square-transactions"
	at        I64   NOT NULL,   -- when it began
	done      I64   NOT NULL,   -- when it was complete; 0: stopped on the way, run it again
	n_rows    I64   NOT NULL,   -- rows = fresh + changed + known + folded + refused
	fresh     I64   NOT NULL,   -- new to us
	changed   I64   NOT NULL,   -- known, but with something different
	known     I64   NOT NULL,   -- nothing new
	folded    I64   NOT NULL,   -- only adds to another row; titles, footers
	refused   I64   NOT NULL,   -- could not be understood
	named     I64   NOT NULL,   -- touches with a customer
	unnamed   I64   NOT NULL,   -- touches without
	masked    I64   NOT NULL,   -- cells with a card number in them
	first_day I64   NOT NULL,   -- UTC days of its touches; 0 and -1: none
	last_day  I64   NOT NULL,   -- the last of them
	undo      I64   NOT NULL,   -- when taking it back began; from then on it counts no more; 0: it counts
	undone    I64   NOT NULL,   -- when that was complete; 0: it is not
	PRIMARY KEY (business, id)
) STRICT;

CREATE TABLE flavour (
	business      I64 NOT NULL, -- whose
	code          I64 NOT NULL, -- small, from 1: segments store it
	spread        I64 NOT NULL, -- seconds of doubt behind the moment
	entry_kinds   I64 NOT NULL, -- which kinds came in at the holder that took it in
	service_kinds I64 NOT NULL, -- at the service
	person_kinds  I64 NOT NULL, -- at the person
	place_kinds   I64 NOT NULL, -- at the place
	checksum      I64 NOT NULL, -- of all the above
	PRIMARY KEY (business, code)
) STRICT; -- answers

CREATE TABLE day (
	business   I64   NOT NULL,  -- whose
	day        I64   NOT NULL,  -- UTC, days since 1970
	n          I64   NOT NULL,  -- touches
	digest     BYTES NOT NULL,  -- BLAKE2b-256 of its entry segments in order
	PRIMARY KEY (business, day)
) STRICT; -- answers

-- Not WITHOUT ROWID: SQLite copies whole rows to compare their keys there. The key holds all that finding parts needs.
-- dim 1 (entry) is truth; 2 (person) and 3 (place) are rebuildable copies of days above one part.
CREATE TABLE segment (
	business I64   NOT NULL,    -- whose
	day      I64   NOT NULL,    -- UTC, days since 1970
	dim      I64   NOT NULL,    -- sorted by: 1 entry, 2 person, 3 place
	hi       I64   NOT NULL,    -- largest holder code in the part
	lo       I64   NOT NULL,    -- smallest holder code in the part
	part     I64   NOT NULL,    -- its number in the day
	n        I64   NOT NULL,    -- touches
	blob     BYTES NOT NULL,    -- the columns that questions read (doc/segments.md): format number first, checksum last
	rest     BYTES NOT NULL,    -- entry only, likewise: source hashes, imports, brand and last four
	PRIMARY KEY (business, day, dim, hi, lo, part)
) STRICT; -- answers

-- Contacts that a service's customer list shows to be there, touches or not.
CREATE TABLE listing (
	business I64   NOT NULL,    -- whose
	holder   I64   NOT NULL,    -- the service that listed them
	import   I64   NOT NULL,    -- by this file
	kinds    I64   NOT NULL,    -- set of kinds listed of these customers
	part     I64   NOT NULL,    -- its number
	came     I64   NOT NULL,    -- the day of the export, its end; there since nobody knows when
	n        I64   NOT NULL,    -- customers
	blob     BYTES NOT NULL,    -- their numbers, ascending, packed (doc/segments.md)
	PRIMARY KEY (business, holder, import, kinds, part)
) STRICT; -- answers

-- ---- findings ----

-- Personal data that the scanner met in a file on a holder. A new scan that shows something else there ends the row and begins another.
CREATE TABLE finding (
	business I64  NOT NULL,     -- whose
	id       I64  NOT NULL,     -- its number
	holder   I64  NOT NULL,     -- where the file lies
	path     TEXT NOT NULL,     -- the file, from the root, without card numbers and e-mail addresses
	kinds    I64  NOT NULL,     -- set of kinds in it
	numbers  I64  NOT NULL,     -- how many numbers were found, each as often as it stands there
	unnamed  I64  NOT NULL,     -- of them those in nobody's record
	unnamed_kinds I64 NOT NULL, -- set of their kinds
	sample   TEXT NOT NULL,     -- one of them: "Visa ending 1111, 12:30"
	began    I64  NOT NULL,     -- the earliest date that the file itself proves; LONG_AGO: none
	came     I64  NOT NULL,     -- when a scan first met it so: by then it had come
	seen     I64  NOT NULL,     -- when a scan last met it
	gone     I64  NOT NULL,     -- when a scan showed it gone; FAR_OFF: it is there
	looked   I64  NOT NULL CHECK (looked IN (0, 1)),       -- 1: whose it is was looked up with the key
	PRIMARY KEY (business, id)
) STRICT; -- answers
CREATE INDEX finding_path ON finding (business, holder, path);

-- Whom a finding names.
CREATE TABLE finding_customer (
	business I64  NOT NULL,     -- whose
	finding  I64  NOT NULL,     -- of
	customer I64  NOT NULL,     -- whose e-mail address or phone number stands there
	kinds    I64  NOT NULL,     -- set of kinds of theirs
	spot     TEXT NOT NULL,     -- where first: "line 12", "sheet Orders, row 7", "b.zip!c.csv, line 2"
	PRIMARY KEY (business, finding, customer)
) STRICT, WITHOUT ROWID; -- answers

-- What a person said of a finding. Names of files stand here without card numbers and e-mail addresses.
CREATE TABLE verdict (
	business I64  NOT NULL,     -- whose
	path     TEXT NOT NULL,     -- the file, from the root
	member   TEXT NOT NULL,     -- the way inside it; empty: the file itself
	spot     TEXT NOT NULL,     -- "12:30", line and column; or in words, "sheet Orders, cell B7"
	kind     TEXT NOT NULL,     -- what was recognised: "card_number"
	last4    TEXT NOT NULL,     -- of it; empty where there is none to show
	verdict  I64  NOT NULL CHECK (verdict IN (1, 2, 3)),   -- 1 test data, 2 cleaned up, 3 not a card
	at       I64  NOT NULL,     -- when
	PRIMARY KEY (business, path, member, spot, kind, last4)
) STRICT, WITHOUT ROWID;

-- When a computer, storage or mailbox was last searched to the end of what was to be looked at.
CREATE TABLE scan_done (
	business I64  NOT NULL,     -- whose
	sort     I64  NOT NULL,     -- enum holder_sort: where nothing is found it need not be on the map
	name     TEXT NOT NULL,     -- its name
	at       I64  NOT NULL,     -- when
	files    I64  NOT NULL,     -- how many were looked at
	PRIMARY KEY (business, sort, name)
) STRICT;

-- ---- what customers are told about how their information is treated ----

CREATE TABLE trust_chosen (
	business I64  NOT NULL,     -- whose
	claim    TEXT NOT NULL,     -- of data/trust.txt: said while it is true
	at       I64  NOT NULL,     -- since when
	person   I64  NOT NULL,     -- who chose it
	PRIMARY KEY (business, claim)
) STRICT;

CREATE TABLE trust_own (
	business I64  NOT NULL,     -- whose
	id       I64  NOT NULL,     -- its number
	en       TEXT NOT NULL,     -- the owner's own sentence
	es       TEXT NOT NULL,     -- in Spanish; empty: it is not said there
	at       I64  NOT NULL,     -- when
	person   I64  NOT NULL,     -- who said it
	PRIMARY KEY (business, id)
) STRICT;

-- What was said when.
CREATE TABLE trust_version (
	business I64  NOT NULL,     -- whose
	id       I64  NOT NULL,     -- its number
	at       I64  NOT NULL,     -- since when
	text     TEXT NOT NULL,     -- the sentences, a line each, in both languages
	rests    TEXT NOT NULL,     -- what each rested on
	PRIMARY KEY (business, id)
) STRICT;

-- Rebuildable: which files the last scans looked at, so that they need not be opened again (find/seen.c has its form).
CREATE TABLE seen (
	business I64   NOT NULL,    -- whose
	files    BYTES NOT NULL,    -- of each one number and a count, and of findings sort, place and last four: no path, no number
	PRIMARY KEY (business)
) STRICT;

-- ---- payment: how the business is paid, as its people told it ----

-- Going through the questions of data/questions.txt. The newest that is on the map is in force; one that is not is a draft.
CREATE TABLE walk (
	business I64  NOT NULL,     -- whose
	id       I64  NOT NULL,     -- its number
	began    I64  NOT NULL,     -- when
	changed  I64  NOT NULL,     -- when last answered
	applied  I64  NOT NULL,     -- when it was put on the map; 0: a draft
	PRIMARY KEY (business, id)
) STRICT;

CREATE TABLE walk_answer (
	business I64  NOT NULL,     -- whose
	walk     I64  NOT NULL,     -- of
	question TEXT NOT NULL,     -- its name in data/questions.txt
	answer   TEXT NOT NULL,     -- options or names, one a line; "?": nobody knows yet
	person   TEXT NOT NULL,     -- who finds it out; empty: it is known
	due      I64  NOT NULL,     -- by the end of that day; 0: it is known
	PRIMARY KEY (business, walk, question)
) STRICT;

-- Which flows a walk-through put on the map: what is told no more ends, and what came by hand or with an import stays.
CREATE TABLE walk_flow (
	business I64  NOT NULL,     -- whose
	flow     I64  NOT NULL,     -- its number
	channel  TEXT NOT NULL,     -- the payment channel that it belongs to; empty: all
	PRIMARY KEY (business, flow)
) STRICT;

-- Holders that nobody named and that a walk-through made, like "Our mailbox": they end when no answer leads there any more.
CREATE TABLE walk_holder (
	business I64  NOT NULL,     -- whose
	holder   I64  NOT NULL,     -- its number
	PRIMARY KEY (business, holder)
) STRICT;

-- What somebody is to find out or to do, by a day.
CREATE TABLE task (
	business I64  NOT NULL,     -- whose
	id       I64  NOT NULL,     -- its number
	question TEXT NOT NULL,     -- of the walk-through that it is to answer
	person   TEXT NOT NULL,     -- who
	due      I64  NOT NULL,     -- the end of the day
	made     I64  NOT NULL,     -- when
	done     I64  NOT NULL,     -- when; 0: it is open
	PRIMARY KEY (business, id)
) STRICT;

-- Of a sign-in (a flow by which a person sees what a holder has; its end is the flow's): what else is known.
CREATE TABLE sign_in (
	business I64  NOT NULL,     -- whose
	flow     I64  NOT NULL,     -- from the holder to the person
	account  I64  NOT NULL CHECK (account BETWEEN 0 AND 2),    -- 0 not told, 1 their own, 2 shared with others
	second   I64  NOT NULL CHECK (second BETWEEN 0 AND 2),     -- a second step at signing in: 0 not told, 1 yes, 2 no
	looked   I64  NOT NULL,     -- when somebody last said that it is right; 0: never
	wrong    I64  NOT NULL,     -- since when it is known that it should not be; 0: it should
	PRIMARY KEY (business, flow)
) STRICT;

-- Somebody leaves: what is closed and taken back.
CREATE TABLE leaving (
	business I64  NOT NULL,     -- whose
	person   I64  NOT NULL,     -- who leaves: the holder
	item     I64  NOT NULL,     -- a sign-in (its flow), or below 0 a thing of data/risky-spots.txt
	due      I64  NOT NULL,     -- by when
	done     I64  NOT NULL,     -- when; 0: it is open
	PRIMARY KEY (business, person, item)
) STRICT;

-- What was said of a risky spot: fixed, or accepted with a reason and a day to look again.
CREATE TABLE risk_said (
	business I64  NOT NULL,     -- whose
	spot     I64  NOT NULL,     -- its number in data/risky-spots.txt
	place    I64  NOT NULL,     -- the holder or sign-in; 0: the business
	fixed    I64  NOT NULL,     -- when; 0: it was not said
	accepted I64  NOT NULL,     -- when; 0: it was not said
	again    I64  NOT NULL,     -- accepted until then
	reason   TEXT NOT NULL,     -- why, masked
	person   I64  NOT NULL,     -- who said so
	PRIMARY KEY (business, spot, place)
) STRICT;

-- ---- incidents ----

CREATE TABLE incident (
	business   I64  NOT NULL,   -- whose
	id         I64  NOT NULL,   -- its number
	title      TEXT NOT NULL,   -- plain words
	title_es   TEXT NOT NULL,   -- the same in Spanish; empty: nobody wrote it
	opened     I64  NOT NULL,   -- here
	discovered I64  NOT NULL,   -- when the business learnt of it
	closed     I64  NOT NULL,   -- FAR_OFF: open
	unwritten  I64  NOT NULL,   -- when it was closed: customers at risk who were in no notice; 0 while it is open
	published  I64  NOT NULL,   -- since when everybody can read its page (table status_page); 0: nobody can
	PRIMARY KEY (business, id)
) STRICT;

CREATE TABLE suspect (
	business I64 NOT NULL,      -- whose
	incident I64 NOT NULL,      -- of
	holder   I64 NOT NULL,      -- something happened to it
	n        I64 NOT NULL,      -- its windows, from 1
	begins   I64 NOT NULL,      -- window [begins, ends)
	ends     I64 NOT NULL,      -- its end
	manner   I64 NOT NULL CHECK (manner IN (1, 2, 3)),   -- 1 passing, 2 kept, 3 both
	PRIMARY KEY (business, incident, holder, n)
) STRICT; -- answers

-- Rebuildable: how many an incident puts at risk, as last counted (incident/counts.c).
CREATE TABLE tally (
	business  I64  NOT NULL,    -- whose
	incident  I64  NOT NULL,    -- by which
	program   TEXT NOT NULL,    -- the version that counted: another may have another formula
	moves     I64  NOT NULL,    -- where the counter `answers` stood when counting began
	at        I64  NOT NULL,    -- when that was
	customers I64  NOT NULL,    -- at risk
	forgotten I64  NOT NULL,    -- of them forgotten at their wish
	unnamed   I64  NOT NULL,    -- touches at risk that name nobody
	found     I64  NOT NULL,    -- numbers in files that stand in nobody's record
	touched   I64  NOT NULL CHECK (touched IN (0, 1)),     -- 1: touches or listings answered
	dwelt     I64  NOT NULL CHECK (dwelt IN (0, 1)),       -- 1: findings answered
	letters   I64  NOT NULL,    -- of those at risk, with a postal address and no e-mail
	PRIMARY KEY (business, incident)
) STRICT;

-- Rebuildable: the same by kind and by region.
CREATE TABLE tally_part (
	business I64  NOT NULL,     -- whose
	incident I64  NOT NULL,     -- by which
	kind     I64  NOT NULL CHECK (kind BETWEEN -1 AND 63),     -- which kind of data; -1: any, in a region
	region   TEXT NOT NULL,     -- which region; empty: all, by kind
	n        I64  NOT NULL,     -- customers
	PRIMARY KEY (business, incident, kind, region)
) STRICT;

-- Rebuildable: the same by where they live and by all the kinds of each, as the law's clocks ask.
CREATE TABLE tally_home (
	business I64  NOT NULL,     -- whose
	incident I64  NOT NULL,     -- by which
	place    TEXT NOT NULL,     -- region, else country; empty: not known
	kinds    I64  NOT NULL,     -- just these kinds, as a set
	n        I64  NOT NULL,     -- customers
	PRIMARY KEY (business, incident, place, kinds)
) STRICT;

-- A table of breach laws that was imported; without it the one that came with the program counts.
CREATE TABLE law_table (
	business I64   NOT NULL,    -- whose
	csv      BYTES NOT NULL,    -- as it came, checked (laws.h)
	at       I64   NOT NULL,    -- when
	PRIMARY KEY (business)
) STRICT;

-- What is known of an incident that no kind of data tells, for the law's clocks.
CREATE TABLE incident_fact (
	business I64  NOT NULL,     -- whose
	incident I64  NOT NULL,     -- of
	name     TEXT NOT NULL,     -- "determined", "encrypted", ...: doc/laws.md
	value    TEXT NOT NULL,     -- a moment in seconds UTC, yes or no, or words
	at       I64  NOT NULL,     -- when it was told
	PRIMARY KEY (business, incident, name)
) STRICT;

-- What may become an incident when a person says so: out of a catalogue of breaches, or a provider's letter. Nothing is sent from it.
CREATE TABLE draft (
	business  I64  NOT NULL,    -- whose
	id        I64  NOT NULL,    -- its number
	holder    I64  NOT NULL,    -- the service it is about
	source    I64  NOT NULL CHECK (source IN (1, 2)),      -- 1 a catalogue, 2 a letter
	entry     TEXT NOT NULL,    -- the catalogue's key; empty: a letter
	title     TEXT NOT NULL,    -- in a few words
	said      TEXT NOT NULL,    -- what the entry or the letter says, plain text, masked
	classes   TEXT NOT NULL,    -- the sorts of data in its own words
	happened  I64  NOT NULL,    -- when, as it says; FAR_OFF: it does not
	added     I64  NOT NULL,    -- when the catalogue got it, or the letter came
	begins    I64  NOT NULL,    -- the window proposed: [begins, ends)
	ends      I64  NOT NULL,    -- its end
	named     I64  NOT NULL,    -- the kinds that they say were taken
	kinds     I64  NOT NULL,    -- of these what the formula said of ours was there then
	customers I64  NOT NULL,    -- whom the window would concern, when this was made
	made      I64  NOT NULL,    -- when
	state     I64  NOT NULL CHECK (state IN (1, 2, 3)),    -- 1 open, 2 confirmed, 3 discarded
	decided   I64  NOT NULL,    -- when; 0: not yet
	incident  I64  NOT NULL,    -- that it became; 0: none
	reason    TEXT NOT NULL,    -- why it was discarded, masked
	PRIMARY KEY (business, id)
) STRICT;

-- Entries of a catalogue that were looked at for a service, so that each is told once.
CREATE TABLE breach_seen (
	business I64  NOT NULL,     -- whose
	holder   I64  NOT NULL,     -- the service
	entry    TEXT NOT NULL,     -- the catalogue's key
	added    I64  NOT NULL,     -- when the catalogue got it: a later one is new
	at       I64  NOT NULL,     -- when it was looked at
	PRIMARY KEY (business, holder, entry)
) STRICT;

-- What a page asked to have looked at outside: the courier does it and takes the row away.
CREATE TABLE watch_ask (
	business I64 NOT NULL,      -- whose
	holder   I64 NOT NULL,      -- which service; 0: all; -1: the catalogue
	at       I64 NOT NULL,      -- when it was asked
	PRIMARY KEY (business, holder)
) STRICT;

-- What the business means to do in response, and what it costs.
CREATE TABLE measure (
	business  I64  NOT NULL,    -- whose
	id        I64  NOT NULL,    -- its number
	incident  I64  NOT NULL,    -- because of; 0: none
	what      TEXT NOT NULL,    -- in the owner's words, masked
	cause     TEXT NOT NULL,    -- what it removes: a holder by sort and name, or a risky spot; empty: none was named
	reason    TEXT NOT NULL,    -- why it is taken although it was questioned
	staff     I64  NOT NULL,    -- minutes a week for the staff
	customers I64  NOT NULL,    -- minutes a week for customers
	again     I64  NOT NULL,    -- when it is looked at again
	made      I64  NOT NULL,    -- when
	ended     I64  NOT NULL,    -- when it was dropped; 0: in force
	PRIMARY KEY (business, id)
) STRICT;

-- What was decided of a task of an incident's worklist, and those that were added by hand.
CREATE TABLE incident_task (
	business  I64  NOT NULL,    -- whose
	incident  I64  NOT NULL,    -- of
	name      TEXT NOT NULL,    -- of data/tasks.txt; "own-2": added by hand
	n         I64  NOT NULL,    -- its number, which the log names
	what      TEXT NOT NULL,    -- of one added by hand: what is to be done, masked
	person    TEXT NOT NULL,    -- who does it; empty: as the data say
	due       I64  NOT NULL,    -- by when; 0: as the data say
	state     I64  NOT NULL CHECK (state BETWEEN 0 AND 2),     -- 0 open, 1 done, 2 left away
	reason    TEXT NOT NULL,    -- why it was left away, or what came of it
	person_by I64  NOT NULL,    -- who decided
	at        I64  NOT NULL,    -- of what was decided: when it was done
	PRIMARY KEY (business, incident, name)
) STRICT;

-- What somebody at a provider said of an incident.
CREATE TABLE provider_answer (
	business  I64  NOT NULL,    -- whose
	incident  I64  NOT NULL,    -- of
	id        I64  NOT NULL,    -- its number
	holder    I64  NOT NULL,    -- the provider
	who       TEXT NOT NULL,    -- who said it
	what      TEXT NOT NULL,    -- what was said, masked
	begins    TEXT NOT NULL,    -- the window that it means, as it was typed; empty: it says nothing of the window
	ends      TEXT NOT NULL,    -- its end
	manner    TEXT NOT NULL,    -- "passing", "kept"; empty: both
	said      I64  NOT NULL,    -- when it was said
	kept      I64  NOT NULL,    -- when it was kept here
	person_by I64  NOT NULL,    -- who kept it
	PRIMARY KEY (business, incident, id)
) STRICT;

-- What the business says instead of an assumption of data/costs.txt.
CREATE TABLE cost_assumption (
	business I64  NOT NULL,     -- whose
	name     TEXT NOT NULL,     -- which
	value    I64  NOT NULL,     -- in the assumption's own unit
	at       I64  NOT NULL,     -- when
	PRIMARY KEY (business, name)
) STRICT;

-- How often customers hear of an incident; without a row as the program says.
CREATE TABLE update_plan (
	business I64  NOT NULL,     -- whose
	incident I64  NOT NULL,     -- of
	every    I64  NOT NULL,     -- days
	closing  I64  NOT NULL,     -- the round that is the last word; 0: none yet
	PRIMARY KEY (business, incident)
) STRICT;

-- What offices and partners were told of an incident (filings): an obligation that is met.
CREATE TABLE filing (
	business  I64  NOT NULL,    -- whose
	incident  I64  NOT NULL,    -- of
	party     I64  NOT NULL CHECK (party BETWEEN 2 AND 5),     -- enum obligee of laws.h: regulator, bureaus, cards, insurer
	code      TEXT NOT NULL,    -- of the law or contract: "US-NY", "visa"
	sent      I64  NOT NULL,    -- when
	how       TEXT NOT NULL,    -- "web form", masked
	reference TEXT NOT NULL,    -- their number for it, masked; empty: none
	kept      I64  NOT NULL,    -- when it was kept here
	person_by I64  NOT NULL,    -- who kept it
	PRIMARY KEY (business, incident, party, code)
) STRICT;

-- Who watches over the credit of those whom a law owes that for an incident, as the letters say it (enrol).
CREATE TABLE enrolment_offer (
	business I64  NOT NULL,     -- whose
	incident I64  NOT NULL,     -- of
	vendor   TEXT NOT NULL,     -- who does it
	page     TEXT NOT NULL,     -- where a code is typed: "example.com/enrol"
	phone    TEXT NOT NULL,     -- where it can be told; empty: nowhere
	until    I64  NOT NULL,     -- the last second in which a code is taken
	months   I64  NOT NULL,     -- how long they watch
	PRIMARY KEY (business, incident)
) STRICT;

-- The vendor's codes, one for each customer, sealed. Once given it stays that customer's.
CREATE TABLE enrolment (
	business I64   NOT NULL,    -- whose
	id       I64   NOT NULL,    -- its number
	incident I64   NOT NULL,    -- for
	mark     I64   NOT NULL,    -- a keyed hash of it, so that none is read twice
	customer I64   NOT NULL,    -- whose it is; 0: nobody's yet
	at       I64   NOT NULL,    -- when it was read, or given
	sealed   BYTES NOT NULL,    -- the code: at "pool", id; once given at "sealed", customer
	PRIMARY KEY (business, id)
) STRICT;
CREATE UNIQUE INDEX enrolment_mark ON enrolment (business, mark);
CREATE INDEX enrolment_of ON enrolment (business, incident, customer);

-- ---- notices ----

CREATE TABLE round (
	business I64   NOT NULL,    -- whose
	incident I64   NOT NULL,    -- of
	round    I64   NOT NULL,    -- 1, 2, ...
	audience I64   NOT NULL,    -- 1 new, 2 told, 3 all
	template TEXT  NOT NULL,    -- the text of the letter as drafted, with its places for what is personal
	what     TEXT  NOT NULL,    -- what happened, as the incident's title said it then
	what_es  TEXT  NOT NULL,    -- the same for letters in Spanish
	doing    TEXT  NOT NULL,    -- what is being done, as the setting said it then; empty: our words
	begins   I64   NOT NULL,    -- the incident's windows, all together, as they were then: [begins, until)
	until    I64   NOT NULL,    -- their end
	people   I64   NOT NULL,    -- how many customers it was drafted for: as many notices stay
	drafted  I64   NOT NULL,    -- when
	approved I64   NOT NULL,    -- when last; 0: not yet
	ends     I64   NOT NULL,    -- the approval's end, by this machine's clock
	leave    BYTES NOT NULL,    -- the keeper's leave to open just these customers; empty: not approved
	opens    BYTES NOT NULL,    -- those customers: a bit each, and everybody joined to one of them
	undone   I64   NOT NULL,    -- when it was taken back; 0: it was not
	PRIMARY KEY (business, incident, round)
) STRICT; -- notices

-- What each customer is told, as it was when drafted, and how far it has come. State is one of notice.h.
CREATE TABLE notice (
	business I64   NOT NULL,    -- whose
	incident I64   NOT NULL,    -- of
	round    I64   NOT NULL,    -- of
	customer I64   NOT NULL,    -- to whom
	kinds    I64   NOT NULL,    -- which kinds of theirs
	first_at I64   NOT NULL,    -- first touch that answered; FAR_OFF: none, a list or a copy
	last_at  I64   NOT NULL,    -- last touch that answered
	touches  I64   NOT NULL,    -- how many
	channel  I64   NOT NULL,    -- 1 e-mail, 2 letter, 3 SMS, 4 phone, 5 in person; 0: none is left
	state    I64   NOT NULL,    -- enum notice_state
	attempts I64   NOT NULL,    -- on this channel
	due      I64   NOT NULL,    -- when the next try may be made
	at       I64   NOT NULL,    -- of this state
	code     TEXT  NOT NULL,    -- class and status code of the last failure, "550 5.1.1"; empty: none
	PRIMARY KEY (business, incident, round, customer)
) STRICT, WITHOUT ROWID; -- notices
CREATE INDEX notice_state ON notice (business, incident, round, state, channel, due);

CREATE TABLE attempt (
	business I64   NOT NULL,    -- whose
	incident I64   NOT NULL,    -- of
	round    I64   NOT NULL,    -- of
	customer I64   NOT NULL,    -- to whom
	channel  I64   NOT NULL,    -- 1 e-mail, 2 letter, 3 SMS, 4 phone, 5 in person; 0: none
	attempt  I64   NOT NULL,    -- 1, 2, ...
	state    I64   NOT NULL,    -- what became of it
	begun    I64   NOT NULL,    -- when it was made
	at       I64   NOT NULL,    -- when it came to this state
	code     TEXT  NOT NULL,    -- "450 4.2.1"; of a letter where it stands: "001/17", file and page; "outbox"
	words    BYTES NOT NULL,    -- sealed: the server's own; empty: none
	entry    I64   NOT NULL,    -- the log's that says so, with a salted hash of what it was; -1: none has one
	salt     BYTES NOT NULL,    -- 16 bytes by chance; empty: nothing to prove, or forgotten
	said     BYTES NOT NULL,    -- SHA-256 of the text that went out; empty: none did
	PRIMARY KEY (business, incident, round, customer, channel, attempt)
) STRICT, WITHOUT ROWID; -- notices

-- Who came forward though no export names them, and which payment was theirs (notice/forward.c). Their contacts are the customer's.
CREATE TABLE forward (
	business I64  NOT NULL,     -- whose
	id       I64  NOT NULL,     -- its number
	incident I64  NOT NULL,     -- because of
	customer I64  NOT NULL,     -- who they are here
	at       I64  NOT NULL,     -- when they came
	person   I64  NOT NULL,     -- who wrote it down
	day      I64  NOT NULL,     -- on which day they paid: its first second; 0: they did not say
	holder   I64  NOT NULL,     -- where: a place or a reader; 0: they did not say
	last4    TEXT NOT NULL,     -- of their card; empty: they did not say
	moment   I64  NOT NULL,     -- of the payment that was found to be theirs; 0: none was
	service  I64  NOT NULL,     -- by which it came
	source   I64  NOT NULL,     -- the hash of its reference
	undone   I64  NOT NULL,     -- when it was taken back; 0: it was not
	PRIMARY KEY (business, id)
) STRICT;
CREATE INDEX forward_of ON forward (business, incident);

-- How a customer asked to be told (notice/channels.c).
CREATE TABLE wish (
	business I64 NOT NULL,      -- whose
	customer I64 NOT NULL,      -- who
	channel  I64 NOT NULL CHECK (channel BETWEEN 1 AND 4),     -- 1 e-mail, 2 letter, 3 SMS, 4 phone
	at       I64 NOT NULL,      -- when they said so
	own      I64 NOT NULL CHECK (own IN (0, 1)),               -- 1: from their own page; 0: to somebody here
	PRIMARY KEY (business, customer)
) STRICT, WITHOUT ROWID;

-- How many mails went out in the last day, for mail.limit, mail.day-limit and mail.domain-limit; what is older goes.
CREATE TABLE mail_pace (
	business I64  NOT NULL,     -- whose
	domain   I64  NOT NULL,     -- to which mail domain, a keyed hash of its name; negative: by which mail server, all of them
	at       I64  NOT NULL,     -- when the batch had its answers; while it is out: far off
	n        I64  NOT NULL,     -- how many
	PRIMARY KEY (business, domain, at)
) STRICT, WITHOUT ROWID;

-- A mail that came back, or that answers a notice by itself (notice/bounces.c).
CREATE TABLE bounce (
	business I64   NOT NULL,    -- whose
	id       I64   NOT NULL,    -- its number
	at       I64   NOT NULL,    -- when it was read
	class    I64   NOT NULL CHECK (class BETWEEN 1 AND 5),     -- enum bounce_class
	reason   I64   NOT NULL,    -- enum bounce_reason
	final    I64   NOT NULL CHECK (final IN (0, 1)),           -- 1: nobody tries it any more
	status   TEXT  NOT NULL,    -- "5.1.1" or "550"; empty: none was told
	incident I64   NOT NULL,    -- of the notice it is about; 0: that is not known
	round    I64   NOT NULL,    -- of it
	customer I64   NOT NULL,    -- whose it was
	knew     I64   NOT NULL CHECK (knew BETWEEN 0 AND 3),      -- by what: 0 nothing, 1 our mark, 2 the address, 3 a person
	moved    I64   NOT NULL CHECK (moved IN (0, 1)),           -- 1: that customer went on by it
	settled  I64   NOT NULL,    -- when nothing was left to decide; 0: it waits for a person
	digest   BYTES NOT NULL,    -- of the mail: it counts once
	mail     BYTES NOT NULL,    -- sealed: a line of the server's own words, then the mail, card numbers masked; empty: forgotten
	PRIMARY KEY (business, id)
) STRICT;
CREATE UNIQUE INDEX bounce_digest ON bounce (business, digest);

-- ---- the public side (doc/front.md) ----

-- Whose a page in pages/for is.
CREATE TABLE link (
	business I64  NOT NULL,     -- whose
	name     TEXT NOT NULL,     -- the file's: a hash of the secret in the customer's link
	customer I64  NOT NULL,     -- whose page it is
	put      I64  NOT NULL,     -- when last; 0: it is to be taken away
	seal     BYTES NOT NULL,    -- the public key that proofs for this page are sealed to
	proved   I64  NOT NULL,     -- the latest of the log's entries that the proofs beside it reach to; -1: there are none
	PRIMARY KEY (business, name)
) STRICT, WITHOUT ROWID;

-- The page of an incident that everybody can read: its words, a row each time that they or who may read them change. The latest of state 2 or 3 counts.
CREATE TABLE status_page (
	business I64  NOT NULL,     -- whose
	incident I64  NOT NULL,     -- of
	version  I64  NOT NULL,     -- from 1
	state    I64  NOT NULL CHECK (state IN (1, 2, 3)),       -- 1: words that wait; 2: public; 3: taken down
	at       I64  NOT NULL,     -- since when
	person   I64  NOT NULL,     -- who did it
	title_en TEXT NOT NULL,     -- in English
	text_en  TEXT NOT NULL,     -- a line a paragraph
	title_es TEXT NOT NULL,     -- in Spanish
	text_es  TEXT NOT NULL,     -- likewise
	PRIMARY KEY (business, incident, version)
) STRICT, WITHOUT ROWID;

-- Rebuildable: of what the files of such a page were made last, as a hash; 0: they are taken away.
CREATE TABLE status_file (
	business I64 NOT NULL,      -- whose
	incident I64 NOT NULL,      -- of
	mark     I64 NOT NULL,      -- see public/status.c
	at       I64 NOT NULL,      -- when
	PRIMARY KEY (business, incident)
) STRICT, WITHOUT ROWID;

-- What customers sent from their own pages, sealed on the way.
CREATE TABLE reply (
	business I64   NOT NULL,    -- whose
	id       I64   NOT NULL,    -- its number
	customer I64   NOT NULL,    -- whose page it came from
	came     I64   NOT NULL,    -- when
	sealed   BYTES NOT NULL,    -- to the vault's key for answers
	what     TEXT  NOT NULL,    -- "read", "call", ...; empty: nobody has opened it; "unreadable": it does not open, or the link was not its writer's
	done     I64   NOT NULL,    -- when somebody had seen to it; 0: not yet
	PRIMARY KEY (business, id)
) STRICT;
CREATE INDEX reply_from ON reply (business, customer, came);

-- Rebuildable: how far an incident's notices are, as last counted (notice/reach.c).
CREATE TABLE reach (
	business I64 NOT NULL,      -- whose
	incident I64 NOT NULL,      -- of
	moves    I64 NOT NULL,      -- where the counter `notices` stood when counting began
	at       I64 NOT NULL,      -- when that was
	told     I64 NOT NULL,      -- customers whom a notice of some round has reached
	PRIMARY KEY (business, incident)
) STRICT;

-- Rebuildable: the same by round and state.
CREATE TABLE reach_part (
	business I64 NOT NULL,      -- whose
	incident I64 NOT NULL,      -- of
	round    I64 NOT NULL,      -- of
	state    I64 NOT NULL CHECK (state BETWEEN 0 AND 13),      -- enum notice_state; 0: of the sent mails those that lie in the outbox
	n        I64 NOT NULL,      -- notices
	PRIMARY KEY (business, incident, round, state)
) STRICT;

-- Rebuildable: of whom a large round that waits for its approval is made, as last counted (notice/places.c).
CREATE TABLE round_places (
	business I64 NOT NULL,      -- whose
	incident I64 NOT NULL,      -- of
	round    I64 NOT NULL,      -- of
	notices  I64 NOT NULL,      -- where the counter `notices` stood when counting began
	answers  I64 NOT NULL,      -- where the counter `answers` stood then
	at       I64 NOT NULL,      -- when that was
	affected I64 NOT NULL,      -- customers written to in rounds up to this one
	PRIMARY KEY (business, incident, round)
) STRICT;
CREATE TABLE round_place (
	business I64  NOT NULL,     -- whose
	incident I64  NOT NULL,     -- of
	round    I64  NOT NULL,     -- of
	region   TEXT NOT NULL,     -- where they live; empty: not known
	country  TEXT NOT NULL,     -- likewise
	kinds    I64  NOT NULL,     -- which kinds of theirs
	language TEXT NOT NULL,     -- two letters, as they chose; empty: they did not
	channel  I64  NOT NULL,     -- how they are told
	n        I64  NOT NULL,     -- notices
	open     I64  NOT NULL,     -- of these those that are drafted or wait
	PRIMARY KEY (business, incident, round, region, country, kinds, language, channel)
) STRICT;

-- ---- long work ----

-- What is done beside the pages (job.h). A row that says "running" is so only while its process holds a lock.
CREATE TABLE job (
	business  I64  NOT NULL,    -- whose
	id        I64  NOT NULL,    -- its number
	what      TEXT NOT NULL,    -- the verb: "import"
	person    I64  NOT NULL,    -- who began it
	began     I64  NOT NULL,    -- when
	changed   I64  NOT NULL,    -- when last told
	done      I64  NOT NULL,    -- how much
	todo      I64  NOT NULL,    -- of how much; 0: not known
	state     I64  NOT NULL CHECK (state BETWEEN 1 AND 4),     -- 1 running, 2 done, 3 failed, 4 stopped
	stop      I64  NOT NULL CHECK (stop IN (0, 1)),            -- 1: somebody asked it to end
	attention I64  NOT NULL CHECK (attention IN (0, 1)),       -- 1: done, and its answer needs attention
	say       TEXT NOT NULL,    -- what it is at; once ended how, and its remarks
	answer    TEXT NOT NULL,    -- its answer's rows, JSON Lines
	PRIMARY KEY (business, id)
) STRICT;

-- ---- the log ----

CREATE TABLE entry (
	business I64   NOT NULL,    -- whose chain
	n        I64   NOT NULL,    -- 0, 1, ...
	text     TEXT  NOT NULL,    -- canonical: time, verb, numbers and salted hashes
	chain    BYTES NOT NULL,    -- SHA-256 of the last chain value and this leaf hash
	PRIMARY KEY (business, n)
) STRICT;

CREATE TABLE log_head (
	business  I64   NOT NULL,   -- whose
	size      I64   NOT NULL,   -- entries
	chain     BYTES NOT NULL,   -- of the last entry
	frontier  BYTES NOT NULL,   -- the complete subtrees' roots, largest first (RFC 6962): rebuildable
	signed_size I64 NOT NULL,   -- how many entries the signature covers; 0: none yet
	signed_frontier BYTES NOT NULL,  -- those entries' frontier: its Merkle tree hash is what is signed, and what grows from it extends it
	signature BYTES NOT NULL,   -- the keeper's
	origin    TEXT  NOT NULL,   -- the log's name in checkpoints: "handback/", 16 digits by chance, "/", its epoch from 1
	PRIMARY KEY (business)
) STRICT;
