-- The ward file. SQLite with SpatiaLite 5; every geometry is EPSG:4326 (longitude, latitude).
--
-- A line "-- migration N" starts what brings a file from version N-1 to N (PRAGMA user_version); a landed
-- migration is never edited. The part after "-- views" is replaced whole whenever its text changes: the public
-- views are the allow-list behind every public byte, and nothing else is read for the public.

-- CHECKs of three values or more are written with OR: for IN (…) SQLite would fill a temporary table with the values
-- once for every row it stores.

-- migration 1

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- value: +1 for every committed change; readers build their entity tags and their copy from it. quiet: +1 for a commit that
-- touched no register table (a sign-in, an entry of the audit), which need not be published.
CREATE TABLE revision (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL, quiet INTEGER NOT NULL);
INSERT INTO revision VALUES (1, 0, 0);

-- where a reference layer came from, and under what terms
CREATE TABLE source (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, dated_on TEXT, licence TEXT, note TEXT);

---- import: what came in, when, from which file, and what became of every row

CREATE TABLE import_batch (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, file_name TEXT NOT NULL, file_hash BLOB NOT NULL, sheet TEXT, heading_signature TEXT,
  source_date TEXT,                    -- the list's own date, null when it does not say
  imported_at TEXT NOT NULL, imported_by TEXT NOT NULL,
  row_count INTEGER NOT NULL DEFAULT 0, added INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0, review INTEGER NOT NULL DEFAULT 0,
  after_rows BLOB,                     -- what changed after the last row, as import_row.before
  undone_at TEXT, undone_by TEXT);

-- one line per data row; `raw` is the row as typed and `before` the records it replaced (journal.c), both sealed
CREATE TABLE import_row (
  batch_id INTEGER NOT NULL REFERENCES import_batch (id), row INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict = 'added' OR verdict = 'updated' OR verdict = 'unchanged'
    OR verdict = 'rejected' OR verdict = 'review'),
  entity TEXT, entity_id INTEGER, faults TEXT, raw BLOB, before BLOB,
  PRIMARY KEY (batch_id, row)) WITHOUT ROWID;
CREATE INDEX import_row_entity ON import_row (entity, entity_id);

-- the latest row of a list under its identity: the same row again is `unchanged`
CREATE TABLE source_row (
  kind TEXT NOT NULL, key BLOB NOT NULL, hash BLOB NOT NULL, entity_id INTEGER, waiting INTEGER NOT NULL DEFAULT 0,
  batch_id INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;

-- what a person must decide
CREATE TABLE review (
  id INTEGER PRIMARY KEY, batch_id INTEGER, row INTEGER, place_id INTEGER,
  reason TEXT NOT NULL, fault_group TEXT, candidates TEXT, opened_at TEXT NOT NULL,
  closed_at TEXT, closed_by TEXT, decision TEXT);
CREATE INDEX review_open ON review (closed_at, fault_group);
CREATE INDEX review_place ON review (place_id);

-- a column mapping that worked, by the signature of the headings it was made for
CREATE TABLE import_mapping (
  kind TEXT NOT NULL, heading_signature TEXT NOT NULL, mapping TEXT NOT NULL, saved_at TEXT NOT NULL,
  PRIMARY KEY (kind, heading_signature)) WITHOUT ROWID;

---- gazetteer: what the geocoder asks

CREATE TABLE ward (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, fold TEXT NOT NULL,
  is_home INTEGER NOT NULL DEFAULT 0, valid_from TEXT, valid_to TEXT, source_id INTEGER REFERENCES source (id),
  updated_at TEXT NOT NULL);
SELECT AddGeometryColumn('ward', 'geom', 4326, 'MULTIPOLYGON', 'XY');

-- names a ward had before, and the former wards merged into it
CREATE TABLE ward_name (
  id INTEGER PRIMARY KEY, ward_id INTEGER REFERENCES ward (id), old_code TEXT, name TEXT NOT NULL, fold TEXT NOT NULL,
  district TEXT, valid_from TEXT, valid_to TEXT, part TEXT NOT NULL DEFAULT 'full' CHECK (part IN ('full', 'part')),
  UNIQUE (ward_id, fold, district, valid_to));
CREATE INDEX ward_name_fold ON ward_name (fold);

CREATE TABLE residential_group (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, ref TEXT, ward_id INTEGER REFERENCES ward (id),
  name TEXT NOT NULL, fold TEXT NOT NULL, number INTEGER, source_id INTEGER REFERENCES source (id),
  updated_at TEXT NOT NULL, UNIQUE (ward_id, fold));
SELECT AddGeometryColumn('residential_group', 'geom', 4326, 'MULTIPOLYGON', 'XY');

CREATE TABLE street (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, ref TEXT, name TEXT NOT NULL, fold TEXT NOT NULL, ward TEXT,
  source_id INTEGER REFERENCES source (id), updated_at TEXT NOT NULL, UNIQUE (fold, name));
SELECT AddGeometryColumn('street', 'geom', 4326, 'MULTILINESTRING', 'XY');

CREATE TABLE street_alias (
  id INTEGER PRIMARY KEY, street_id INTEGER NOT NULL REFERENCES street (id) ON DELETE CASCADE,
  name TEXT NOT NULL, fold TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'strong' OR kind = 'weak' OR kind = 'old_name' OR kind = 'proposed'), votes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (street_id, fold, name));

-- the alley tree: chain "45" hangs on the street, "45/12" on chain "45"; outermost first, upper case
CREATE TABLE alley (
  id INTEGER PRIMARY KEY, street_id INTEGER NOT NULL REFERENCES street (id) ON DELETE CASCADE, chain TEXT NOT NULL,
  source_id INTEGER REFERENCES source (id), UNIQUE (street_id, chain));
SELECT AddGeometryColumn('alley', 'geom', 4326, 'MULTILINESTRING', 'XY');

-- a known house: chain '' is the street itself. Never filled from an automatic result.
CREATE TABLE address_point (
  id INTEGER PRIMARY KEY, street_id INTEGER NOT NULL REFERENCES street (id) ON DELETE CASCADE,
  chain TEXT NOT NULL DEFAULT '', number INTEGER NOT NULL, suffix TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '', updated_at TEXT NOT NULL, UNIQUE (street_id, chain, number, suffix));
SELECT AddGeometryColumn('address_point', 'geom', 4326, 'POINT', 'XY');

-- an address text a member of staff has confirmed: skeleton key, position, who and when
CREATE TABLE address_memory (
  key TEXT PRIMARY KEY, lon REAL NOT NULL, lat REAL NOT NULL, confirmed_by TEXT NOT NULL, confirmed_at TEXT NOT NULL,
  place_id INTEGER) WITHOUT ROWID;

-- the map's own face: water, green, roads
CREATE TABLE base_feature (
  id INTEGER PRIMARY KEY, layer TEXT NOT NULL CHECK (layer = 'water' OR layer = 'green' OR layer = 'roads'), name TEXT NOT NULL DEFAULT '',
  class TEXT NOT NULL DEFAULT '', source_id INTEGER REFERENCES source (id), source_key TEXT, UNIQUE (layer, source_key));
SELECT AddGeometryColumn('base_feature', 'geom', 4326, 'GEOMETRY', 'XY');

CREATE TABLE industry (
  version TEXT NOT NULL, code TEXT NOT NULL, level INTEGER NOT NULL, name TEXT NOT NULL, group_name TEXT,
  PRIMARY KEY (version, code)) WITHOUT ROWID;

---- places: an establishment, or a stall whether occupied or vacant. The code is for ever.

CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,           -- public: 10 random Crockford characters and one to check them
  type TEXT NOT NULL CHECK (type IN ('establishment', 'stall')),
  ref TEXT UNIQUE,                     -- Mã điểm: the office's own number, upper case
  name TEXT NOT NULL,                  -- for staff; the public name where the list's own holds a person's (that one is sealed)
  public_name TEXT NOT NULL,           -- what anybody may read (design.md section 8)
  name_fold TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status = 'active' OR status = 'suspended' OR status = 'ceased' OR status = 'vacant'), status_raw TEXT,
  valid_from TEXT, valid_to TEXT,      -- true from, true until; null is open
  industry_version TEXT, industry_code TEXT, industry_group TEXT,
  residential_group_id INTEGER REFERENCES residential_group (id), ward_id INTEGER REFERENCES ward (id),
  position TEXT NOT NULL DEFAULT 'none' CHECK (position = 'gps' OR position = 'stall_plan' OR position = 'house_number'
    OR position = 'interpolated' OR position = 'street' OR position = 'residential_group'
    OR position = 'area' OR position = 'none'),
  accuracy_m REAL, geocode TEXT,       -- the geocoder's explanation, JSON without private text
  needs_review INTEGER NOT NULL DEFAULT 0,
  source_date TEXT, verified_on TEXT, recorded_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  batch_id INTEGER REFERENCES import_batch (id));
SELECT AddGeometryColumn('place', 'geom', 4326, 'POINT', 'XY');
CREATE INDEX place_name ON place (name_fold);

CREATE TABLE establishment (
  place_id INTEGER PRIMARY KEY REFERENCES place (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind = 'enterprise' OR kind = 'branch' OR kind = 'household' OR kind = 'cooperative'
    OR kind = 'other'), kind_raw TEXT,
  address TEXT NOT NULL DEFAULT '',    -- as typed: for staff
  public_address TEXT NOT NULL DEFAULT '',
  address_key TEXT NOT NULL DEFAULT '', -- skeleton: same address, same key
  match_key BLOB,                      -- keyed hash of folded name and address_key: the same business in another list
  street_id INTEGER REFERENCES street (id), number TEXT, chain TEXT,
  at_home INTEGER NOT NULL DEFAULT 0, has_account INTEGER, einvoice_in_scope INTEGER, einvoice_connected INTEGER,
  licensed_on TEXT,
  stall_place_id INTEGER REFERENCES place (id)); -- set when this row and a stall are one business
CREATE INDEX establishment_match ON establishment (match_key);
CREATE INDEX establishment_stall ON establishment (stall_place_id) WHERE stall_place_id IS NOT NULL;

CREATE TABLE market (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL, fold TEXT NOT NULL, class INTEGER,
  address TEXT NOT NULL DEFAULT '', ward_managed INTEGER, cashless_deployed INTEGER, market_40 INTEGER, evidence_note TEXT,
  position TEXT NOT NULL DEFAULT 'none', accuracy_m REAL, source_date TEXT, updated_at TEXT NOT NULL,
  batch_id INTEGER REFERENCES import_batch (id));
SELECT AddGeometryColumn('market', 'geom', 4326, 'POINT', 'XY');

CREATE TABLE zone (
  id INTEGER PRIMARY KEY, market_id INTEGER NOT NULL REFERENCES market (id), name TEXT NOT NULL, fold TEXT NOT NULL,
  UNIQUE (market_id, fold));

-- the drawn floor plan: where a stall stands, known before or after the list names the stall
CREATE TABLE stall_plan (
  id INTEGER PRIMARY KEY, market_id INTEGER NOT NULL REFERENCES market (id), zone_fold TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT '', number_norm TEXT NOT NULL, UNIQUE (market_id, zone_fold, kind, number_norm));
SELECT AddGeometryColumn('stall_plan', 'geom', 4326, 'GEOMETRY', 'XY');
CREATE INDEX stall_plan_number ON stall_plan (market_id, number_norm);

CREATE TABLE stall (
  place_id INTEGER PRIMARY KEY REFERENCES place (id) ON DELETE CASCADE,
  market_id INTEGER NOT NULL REFERENCES market (id), zone_id INTEGER REFERENCES zone (id),
  kind TEXT NOT NULL CHECK (kind = 'counter' OR kind = 'stand' OR kind = 'kiosk' OR kind = 'shop' OR kind = 'lot'),
  number TEXT NOT NULL, number_norm TEXT NOT NULL, area_m2 REAL, goods TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX stall_identity ON stall (market_id, coalesce(zone_id, 0), kind, number_norm);
CREATE INDEX stall_number ON stall (market_id, number_norm);

-- tiểu thương; who it is stands in `restricted`. `identity` is the keyed hash that makes two rows one trader.
CREATE TABLE trader (id INTEGER PRIMARY KEY, market_id INTEGER REFERENCES market (id), identity BLOB NOT NULL UNIQUE);

CREATE TABLE occupancy (
  id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL REFERENCES place (id) ON DELETE CASCADE,
  trader_id INTEGER NOT NULL REFERENCES trader (id), valid_from TEXT, valid_to TEXT, has_account INTEGER,
  batch_id INTEGER REFERENCES import_batch (id));
CREATE INDEX occupancy_place ON occupancy (place_id, valid_to);
CREATE INDEX occupancy_trader ON occupancy (trader_id);

-- everything that names or reaches a person: sealed text and keyed hash (for exact look-up). Owners: place, trader.
CREATE TABLE restricted (
  owner TEXT NOT NULL CHECK (owner = 'place' OR owner = 'trader' OR owner = 'evidence' OR owner = 'inspection'), owner_id INTEGER NOT NULL,
  field TEXT NOT NULL, sealed BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (owner, owner_id, field)) WITHOUT ROWID;
CREATE INDEX restricted_hash ON restricted (field, hash);

-- what a list says about cashless methods; evidence stands apart
CREATE TABLE acceptance_listed (
  place_id INTEGER NOT NULL REFERENCES place (id) ON DELETE CASCADE, method TEXT NOT NULL CHECK (method = 'QR' OR method = 'POS' OR method = 'CK'),
  accepts INTEGER NOT NULL, listed_on TEXT NOT NULL, PRIMARY KEY (place_id, method)) WITHOUT ROWID;

CREATE TABLE platform_use (
  place_id INTEGER NOT NULL REFERENCES place (id) ON DELETE CASCADE, category TEXT NOT NULL, source_date TEXT,
  PRIMARY KEY (place_id, category)) WITHOUT ROWID;

---- food safety

CREATE TABLE fs_place (
  place_id INTEGER PRIMARY KEY REFERENCES place (id) ON DELETE CASCADE,
  business_kind TEXT NOT NULL DEFAULT '',
  regime TEXT NOT NULL CHECK (regime = 'certificate' OR regime = 'commitment' OR regime = 'exempt_cert_holder'
    OR regime = 'exempt_other' OR regime = 'none_required' OR regime = 'unknown'),
  authority TEXT, health_checked_on TEXT, trained_on TEXT, status_raw TEXT, updated_at TEXT NOT NULL,
  batch_id INTEGER REFERENCES import_batch (id));

CREATE TABLE fs_document (
  id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL REFERENCES fs_place (place_id) ON DELETE CASCADE,
  type TEXT NOT NULL CHECK (type = 'certificate' OR type = 'commitment' OR type = 'self_declaration'
    OR type = 'international'),
  number TEXT NOT NULL DEFAULT '', issuer TEXT NOT NULL DEFAULT '', issued_on TEXT, expires_on TEXT,
  expires_source TEXT CHECK (expires_source IN ('printed', 'computed')), revoked_on TEXT,
  batch_id INTEGER REFERENCES import_batch (id), UNIQUE (place_id, type, number, issued_on));
CREATE INDEX fs_document_number ON fs_document (number);

-- findings and penalties name what a person did: they stand in `restricted`
CREATE TABLE fs_inspection (
  id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL REFERENCES fs_place (place_id) ON DELETE CASCADE,
  kind TEXT NOT NULL DEFAULT '', round INTEGER, inspected_on TEXT NOT NULL,
  result TEXT CHECK (result IN ('pass', 'fail')), result_raw TEXT NOT NULL DEFAULT '',
  vocabulary TEXT NOT NULL DEFAULT 'DAT_KHONGDAT' CHECK (vocabulary IN ('DAT_KHONGDAT', 'ABC_2018')),
  publish_state TEXT NOT NULL DEFAULT 'internal' CHECK (publish_state = 'internal' OR publish_state = 'notified' OR publish_state = 'public'
    OR publish_state = 'superseded'),
  batch_id INTEGER REFERENCES import_batch (id), UNIQUE (place_id, inspected_on, result_raw));

---- pilots and evidence

CREATE TABLE pilot (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('market', 'street')), decision TEXT, valid_from TEXT, valid_to TEXT,
  updated_at TEXT NOT NULL, batch_id INTEGER REFERENCES import_batch (id));

CREATE TABLE pilot_member (
  id INTEGER PRIMARY KEY, pilot_id INTEGER NOT NULL REFERENCES pilot (id), place_id INTEGER NOT NULL REFERENCES place (id),
  joined_on TEXT NOT NULL, left_on TEXT, batch_id INTEGER REFERENCES import_batch (id),
  UNIQUE (pilot_id, place_id, joined_on));
CREATE INDEX pilot_member_place ON pilot_member (place_id);

CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL REFERENCES place (id),
  class TEXT NOT NULL CHECK (class = 'E1' OR class = 'E2' OR class = 'E3'),
  method TEXT NOT NULL DEFAULT '' CHECK (method = '' OR method = 'QR' OR method = 'POS' OR method = 'CK'),
  happened_on TEXT NOT NULL, passed INTEGER NOT NULL, minutes_number TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state = 'draft' OR state = 'submitted' OR state = 'verified' OR state = 'disputed'
    OR state = 'rejected' OR state = 'withdrawn'),
  created_by TEXT NOT NULL, created_at TEXT NOT NULL, verified_by TEXT, verified_at TEXT, consumed_by TEXT,
  batch_id INTEGER REFERENCES import_batch (id),
  UNIQUE (place_id, class, happened_on, method, minutes_number));
CREATE INDEX evidence_place ON evidence (place_id, passed, class, happened_on, state); -- whole for the indicators: they read nothing else

CREATE TABLE evidence_event (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL REFERENCES evidence (id) ON DELETE CASCADE,
  from_state TEXT, to_state TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, reason TEXT);
CREATE INDEX evidence_event_evidence ON evidence_event (evidence_id, at);

---- rules, people, the record of what was done

-- nothing legal is hard-coded: each threshold and window has its dates and its decision
CREATE TABLE policy (
  key TEXT NOT NULL, value TEXT NOT NULL, valid_from TEXT NOT NULL DEFAULT '0001-01-01', valid_to TEXT, decision_ref TEXT,
  PRIMARY KEY (key, valid_from)) WITHOUT ROWID;
INSERT INTO policy (key, value, decision_ref) VALUES
  ('evidence.policy', 'STANDARD', NULL),       -- STRICT, STANDARD or LENIENT: domain.md B.3
  ('evidence.e1_days', '365', NULL), ('evidence.e2_days', '365', NULL), ('evidence.e3_days', '90', NULL),
  ('fs.expiring_days', '180', NULL), ('fs.certificate_years', '3', NULL), ('fs.commitment_years', '3', NULL),
  ('fs.publish_results', '1', NULL),           -- takes effect only with a decision_ref
  ('fs.public_months', '24', NULL),
  ('small_cell', '5', NULL),
  ('platform.days', '365', NULL),
  ('pilot.removed_days', '90', NULL),          -- how long a removal stays in the figure "nếu vẫn tính"
  ('fresh.days', '90', NULL), ('alive.days', '30', NULL),
  ('industry.version', '', NULL),              -- the classification in force; empty: the newest loaded
  ('market.needs_point', '0', NULL),           -- 1: a market counts as deployed only with a verified accepting point
  ('stage1.accepted', '', NULL), ('stage2.accepted', '', NULL); -- 1 with the signed record as decision_ref
-- an indicator's target in percent, and 1 where a decision says that it does not apply; empty: as in indicators.def
INSERT INTO policy (key, value)
  SELECT k.key || c.code, '' FROM (SELECT 'target.' AS key UNION ALL SELECT 'not_applicable.') k, 
    (SELECT value AS code FROM json_each('["S1.1a","S1.1b","S1.1c","S1.1d","S1.2","S1.3a","S1.3b","S1.3c","S1.4a","S1.4b","S1.5a","S1.5b","S1.5c","S2.1","S2.2","S2.3a","S2.3b","S2.3c","S2.4","S2.5","S2.6a","S2.6b","S2.6c","S2.7","S2.8"]')) c;

-- A period's figures as they were given out. Nothing of a closing ever changes: what is learnt later is the next version.
-- policies and sources: JSON of the rules in force and of the imports known then; report: the whole report as JSON.
CREATE TABLE closing (
  id INTEGER PRIMARY KEY, period TEXT NOT NULL, version INTEGER NOT NULL, as_of TEXT NOT NULL, known_at TEXT NOT NULL,
  provisional INTEGER NOT NULL,        -- closed before its last day was over
  closed_by TEXT NOT NULL, reason TEXT, revision INTEGER NOT NULL, evidence_policy TEXT NOT NULL,
  policies TEXT NOT NULL, sources TEXT NOT NULL, evidence_count INTEGER NOT NULL, evidence_hash BLOB NOT NULL,
  report TEXT NOT NULL, UNIQUE (period, version));
-- rows: every row behind the figure, packed (layers/indicators/period.c), so that it can be counted again
CREATE TABLE closing_figure (
  closing_id INTEGER NOT NULL REFERENCES closing (id), code TEXT NOT NULL, numerator INTEGER NOT NULL, denominator INTEGER NOT NULL,
  state TEXT NOT NULL, target INTEGER, met INTEGER, rows_size INTEGER NOT NULL, rows BLOB NOT NULL,
  PRIMARY KEY (closing_id, code)) WITHOUT ROWID;
CREATE TRIGGER closing_keeps BEFORE UPDATE ON closing BEGIN SELECT RAISE(ABORT, 'a closing never changes'); END;
CREATE TRIGGER closing_stays BEFORE DELETE ON closing BEGIN SELECT RAISE(ABORT, 'a closing never changes'); END;
CREATE TRIGGER closing_figure_keeps BEFORE UPDATE ON closing_figure BEGIN SELECT RAISE(ABORT, 'a closing never changes'); END;
CREATE TRIGGER closing_figure_stays BEFORE DELETE ON closing_figure BEGIN SELECT RAISE(ABORT, 'a closing never changes'); END;

-- each layer's owner and how it is kept up to date (indicators S1.2, S1.3a)
CREATE TABLE layer_registry (
  layer TEXT PRIMARY KEY, owner TEXT, frequency TEXT, source TEXT, procedure_ref TEXT, required INTEGER NOT NULL DEFAULT 0)
  WITHOUT ROWID;
INSERT INTO layer_registry (layer, required) VALUES
  ('residential-groups', 1), ('streets', 1), ('establishments', 1), ('stalls', 1), ('food-safety', 1);

-- members of staff. `password` is an Argon2id hash; times are seconds since 1970
CREATE TABLE user (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role = 'entry' OR role = 'food_safety' OR role = 'verifier' OR role = 'leader'
    OR role = 'observer' OR role = 'admin'), password TEXT NOT NULL,
  must_change INTEGER NOT NULL DEFAULT 1, disabled INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL, last_seen_at INTEGER);

-- somebody who has signed in; the cookie holds the token, the file only its SHA-256
CREATE TABLE session (
  token BLOB PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  started_at INTEGER NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX session_user ON session (user_id);

-- a key for a program: SHA-256 of what was shown once, the role it has, the day it ends
CREATE TABLE api_token (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, token BLOB NOT NULL UNIQUE, role TEXT NOT NULL,
  created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER);

-- failed sign-ins by SHA-256 of the name typed (somebody may have typed a password there)
CREATE TABLE sign_in_failure (
  name BLOB PRIMARY KEY, count INTEGER NOT NULL, last_at INTEGER NOT NULL, locked_until INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

-- append-only; hash = SHA-256 over the hash before it and the entry (audit.c)
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL,
  hash BLOB NOT NULL);
CREATE INDEX audit_subject ON audit (subject);
CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

SELECT CreateSpatialIndex('ward', 'geom');
SELECT CreateSpatialIndex('residential_group', 'geom');
SELECT CreateSpatialIndex('street', 'geom');
SELECT CreateSpatialIndex('alley', 'geom');
SELECT CreateSpatialIndex('address_point', 'geom');
SELECT CreateSpatialIndex('base_feature', 'geom');
SELECT CreateSpatialIndex('place', 'geom');
SELECT CreateSpatialIndex('market', 'geom');
SELECT CreateSpatialIndex('stall_plan', 'geom');

-- migration 2
-- What residents tell the office from the page behind a code: a wrong entry, or a code that was pasted over. `text` and `contact`
-- are sealed; `origin` is a keyed hash of the sender's address, kept until the notice is closed, so that two senders can be told apart.

CREATE TABLE notice (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL,                  -- public code of the place; '' when the code read was nobody's
  kind TEXT NOT NULL CHECK (kind = 'wrong' OR kind = 'tamper'), about TEXT NOT NULL,
  text BLOB, contact BLOB, origin BLOB,
  received_at TEXT NOT NULL, received_on TEXT NOT NULL, due_on TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'open' CHECK (state = 'open' OR state = 'confirmed' OR state = 'done' OR state = 'rejected'),
  decided_at TEXT, decided_by TEXT, answer TEXT NOT NULL DEFAULT '');
CREATE INDEX notice_state ON notice (state, due_on);
CREATE INDEX notice_code ON notice (code, kind);
INSERT INTO policy (key, value) VALUES
  ('notice.days', '10'),               -- working days to answer "thông tin sai"
  ('notice.tamper_days', '1');         -- days to look at a code said to be pasted over (domain.md B.3)

-- migration 3

-- what makes a group of facilities of the provincial sheets (S1:245-247): industry codes that begin so, the same digits in
-- VSIC 2018 and 2025. Retail: supermarkets and shopping centres, hotels, restaurants; traders at market stalls join by kind.
CREATE TABLE facility_group (name TEXT NOT NULL, prefix TEXT NOT NULL, PRIMARY KEY (name, prefix)) WITHOUT ROWID;
INSERT INTO facility_group VALUES
  ('health', '86'), ('education', '85'), ('retail', '4711'), ('retail', '4719'), ('retail', '551'), ('retail', '561');

-- migration 4
-- A record that a person found to be another place (merge.c). Its code may be printed on a wall, so it leads to the other for ever;
-- its number and its name at its address still find the other when a list brings them again.

CREATE TABLE retired_place (
  code TEXT PRIMARY KEY, place_id INTEGER NOT NULL REFERENCES place (id), ref TEXT, match_key BLOB, retired_at TEXT NOT NULL)
  WITHOUT ROWID;
CREATE INDEX retired_place_ref ON retired_place (ref) WHERE ref IS NOT NULL;
CREATE INDEX retired_place_match ON retired_place (match_key) WHERE match_key IS NOT NULL;
CREATE INDEX retired_place_place ON retired_place (place_id);

-- what a person decided in the review queue; before: what stood there (journal.c), sealed
CREATE TABLE decision (
  id INTEGER PRIMARY KEY, review_id INTEGER, at TEXT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
  before BLOB NOT NULL, undone_at TEXT, undone_by TEXT);
CREATE INDEX decision_review ON decision (review_id);

-- migration 5
-- What staff changed by hand, one row a saving: `changes` are lines of field, tab, before, tab, after (nothing restricted); `before` is
-- the journal of it, sealed, so that it can be taken back exactly. By public code: the code outlives what is taken back.

CREATE TABLE place_edit (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, changes TEXT NOT NULL, before BLOB NOT NULL,
  undone_at TEXT, undone_by TEXT);
CREATE INDEX place_edit_code ON place_edit (code);

-- migration 6
-- A remembered address says how well it is known: what was accepted is claimed again, and no more.

ALTER TABLE address_memory ADD COLUMN position TEXT NOT NULL DEFAULT 'gps';
ALTER TABLE address_memory ADD COLUMN accuracy_m REAL NOT NULL DEFAULT 10;

-- migration 7

---- what the service and its keepers write down about the service itself (indicators S1.1a, S1.3c, S1.4, S1.5a, S2.3 to S2.8); no personal data

-- a run of a check: 'search', 'search_sample', 'codes', 'codes_ceased', 'dashboard', 'backup', 'restore'; items: what it looked at
CREATE TABLE service_check (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, note TEXT NOT NULL DEFAULT '');
CREATE INDEX service_check_kind ON service_check (kind, at);
CREATE TABLE service_check_item (
  check_id INTEGER NOT NULL REFERENCES service_check (id) ON DELETE CASCADE, item TEXT NOT NULL, ok INTEGER NOT NULL,
  note TEXT NOT NULL DEFAULT '', PRIMARY KEY (check_id, item)) WITHOUT ROWID;
-- samples of the service's own health, six an hour; hour is local: 2026-11-22T14
CREATE TABLE service_probe (
  hour TEXT PRIMARY KEY, ok INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
-- how often, by local day: 'lookup', 'search', 'dashboard', 'report', 'export_food_safety', 'inspection_plan'
CREATE TABLE service_use (day TEXT NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (day, kind)) WITHOUT ROWID;
-- announced maintenance, local hours: excluded from S2.6a up to 8 hours
CREATE TABLE service_pause (
  id INTEGER PRIMARY KEY, from_hour TEXT NOT NULL, to_hour TEXT NOT NULL, announced_on TEXT NOT NULL, note TEXT NOT NULL);
-- a code that hangs where it belongs, seen by a member of staff on a picture
CREATE TABLE code_posting (
  place_id INTEGER PRIMARY KEY REFERENCES place (id) ON DELETE CASCADE, posted_on TEXT NOT NULL, photo BLOB, confirmed_by TEXT NOT NULL,
  recorded_at TEXT NOT NULL);
CREATE TABLE code_exemption (
  place_id INTEGER PRIMARY KEY REFERENCES place (id) ON DELETE CASCADE, decision_ref TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT);
CREATE TABLE holiday (day TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
-- exchange with the ward's data store (S3:1162): its three documents
CREATE TABLE data_group (
  name TEXT PRIMARY KEY, title TEXT NOT NULL, catalogue_ref TEXT NOT NULL DEFAULT '', procedure_ref TEXT NOT NULL DEFAULT '',
  permission_ref TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
INSERT INTO data_group (name, title) VALUES ('food-safety', 'An toàn thực phẩm'), ('business', 'Kinh doanh');
-- which indicators the ward wants on its dashboard
CREATE TABLE dashboard_request (code TEXT PRIMARY KEY, decision_ref TEXT NOT NULL, since TEXT NOT NULL) WITHOUT ROWID;

-- the files of evidence lie beside the ward file under their hash; what the picture said about day and place was read first, then stripped
CREATE TABLE evidence_file (
  id INTEGER PRIMARY KEY, evidence_id INTEGER NOT NULL REFERENCES evidence (id) ON DELETE CASCADE, hash BLOB NOT NULL,
  source_hash BLOB NOT NULL,           -- of the file as brought: the same picture twice is found by it
  media TEXT NOT NULL, bytes INTEGER NOT NULL, taken_on TEXT, distance_m REAL, masked_by TEXT NOT NULL, added_at TEXT NOT NULL,
  UNIQUE (evidence_id, hash));
CREATE INDEX evidence_file_source ON evidence_file (source_hash);

INSERT INTO policy (key, value) VALUES
  ('list.days', '180'),                -- how old a reference list may be (S1.1a)
  ('change.days', '5'),                -- working days to apply a change (S1.3c)
  ('period.days', '90'),               -- the period of S1.3c, S2.5, S2.6a, S2.6b
  ('posting.days', '365'),             -- how long a picture of a posted code counts (S2.3a)
  ('dispute.days', '10');              -- working days to decide a dispute (domain.md B.3)

-- migration 8
-- Every change of the register in the order it was made: imports, decisions, savings by hand, each by its own row; what takes one of
-- them back, and other edits, with what stood there before (journal.c), sealed. `history` walks it backwards.

CREATE TABLE change (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'batch' OR kind = 'decision' OR kind = 'saving' OR kind = 'undo' OR kind = 'edit'),
  ref INTEGER,                         -- of batch, decision, saving; of an undo: what it took back
  undone TEXT, who TEXT, what TEXT, before BLOB);  -- undone: the kind of what an undo took back
CREATE INDEX change_ref ON change (ref, undone);
INSERT INTO change (at, kind, ref)
  SELECT at, kind, ref FROM (
    SELECT imported_at AS at, 'batch' AS kind, id AS ref FROM import_batch
    UNION ALL SELECT at, 'decision', id FROM decision UNION ALL SELECT at, 'saving', id FROM place_edit) ORDER BY at, ref;
CREATE TRIGGER change_batch AFTER INSERT ON import_batch BEGIN
  INSERT INTO change (at, kind, ref) VALUES (new.imported_at, 'batch', new.id); END;
CREATE TRIGGER change_decision AFTER INSERT ON decision BEGIN
  INSERT INTO change (at, kind, ref) VALUES (new.at, 'decision', new.id); END;
CREATE TRIGGER change_saving AFTER INSERT ON place_edit BEGIN
  INSERT INTO change (at, kind, ref) VALUES (new.at, 'saving', new.id); END;

-- migration 9

-- rows of a long list that only made a place, many in one record (batch_pack.c): row first_row + i made place first_id + i.
-- keys: 64 bytes a row, the keyed hashes of its identity and of its content; a source_row of the same identity goes before. sealed: of each row what was typed and
-- what undo must know.
CREATE TABLE import_pack (
  id INTEGER PRIMARY KEY, batch_id INTEGER NOT NULL REFERENCES import_batch (id),
  first_row INTEGER NOT NULL, row_count INTEGER NOT NULL, first_id INTEGER NOT NULL, keys BLOB NOT NULL, sealed BLOB NOT NULL);
CREATE INDEX import_pack_row ON import_pack (batch_id, first_row);
CREATE INDEX import_pack_place ON import_pack (first_id);

-- migration 10
INSERT INTO policy (key, value) VALUES
  ('fs.soon_days', '30'),              -- the second, nearer window before an expiry
  ('fs.remedy_days', '30'),            -- to put right what an inspection found (TT 17/2024/TT-BNNPTNT)
  ('fs.reply_days', '10');             -- right of reply before a result is published

-- migration 11

-- rows of the scoring sheets that people count (scoring.def: "recorded"), by year, and what the appraising body gave
CREATE TABLE score_input (
  year INTEGER NOT NULL, sheet TEXT NOT NULL, row TEXT NOT NULL, deployed INTEGER, numerator INTEGER NOT NULL, denominator INTEGER NOT NULL,
  evidence TEXT NOT NULL, recorded_by TEXT NOT NULL, recorded_at TEXT NOT NULL, PRIMARY KEY (year, sheet, row)) WITHOUT ROWID;
CREATE TABLE score_appraisal (
  year INTEGER NOT NULL, sheet TEXT NOT NULL, row TEXT NOT NULL, appraised TEXT NOT NULL, granted TEXT NOT NULL, recorded_by TEXT NOT NULL,
  recorded_at TEXT NOT NULL, PRIMARY KEY (year, sheet, row)) WITHOUT ROWID;

-- migration 12
-- What became of printed codes, a row a step; the state of a code is its latest step. photo: sealed.

CREATE TABLE label (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'issued' OR state = 'printed' OR state = 'posted' OR state = 'retired'),
  at TEXT NOT NULL, by TEXT NOT NULL, photo BLOB);
CREATE INDEX label_code ON label (code, id);

-- migration 13
-- what the agency above was told of each public feature, and when (feed.c)
CREATE TABLE feed_item (
  collection TEXT NOT NULL, code TEXT NOT NULL, sequence INTEGER NOT NULL, updated_at TEXT NOT NULL, mark BLOB,
  is_gone INTEGER NOT NULL, PRIMARY KEY (collection, code)) WITHOUT ROWID;
CREATE INDEX feed_item_sequence ON feed_item (collection, sequence);

-- migration 14
-- The second factor of an account (second_factor.c). secret: sealed; confirmed_at: when its app first showed a right code; last_step: of
-- the last code taken, so that none is taken twice. Recovery codes by their SHA-256; one used is gone.
CREATE TABLE second_factor (
  user_id INTEGER PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE, secret BLOB NOT NULL, confirmed_at INTEGER,
  last_step INTEGER NOT NULL DEFAULT 0);
CREATE TABLE recovery_code (
  hash BLOB PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE) WITHOUT ROWID;
CREATE INDEX recovery_code_user ON recovery_code (user_id);
ALTER TABLE session ADD COLUMN proven INTEGER NOT NULL DEFAULT 0; -- 1: with the second factor too
INSERT INTO policy (key, value) VALUES
  ('staff.second_factor', 'admin'),    -- roles that must have one, words of roles.def
  ('staff.second_factor_days', '7');   -- days after the account was made

-- migration 15
-- pictures: the files lie beside the ward file (image.c). hash: of the JPEG kept; file: of the sealed bytes, its name on the disk; key: of
-- this file alone, sealed; lon, lat, taken_on: what the camera said

CREATE TABLE image (
  hash BLOB PRIMARY KEY, file BLOB NOT NULL, key BLOB NOT NULL, source_hash BLOB NOT NULL, bytes INTEGER NOT NULL, width INTEGER NOT NULL,
  height INTEGER NOT NULL, taken_on TEXT, lon REAL, lat REAL, added_at TEXT NOT NULL, added_by TEXT NOT NULL) WITHOUT ROWID;
-- photos of a place, for its office alone, by its code: a merge or an undo leaves them where they are. Taken away is a step, not an
-- erasure: it can be put back until the file goes
CREATE TABLE place_photo (
  id INTEGER PRIMARY KEY, code TEXT NOT NULL, image BLOB NOT NULL REFERENCES image (hash),
  caption TEXT NOT NULL DEFAULT '', added_at TEXT NOT NULL, added_by TEXT NOT NULL, removed_at TEXT, removed_by TEXT);
CREATE INDEX place_photo_code ON place_photo (code);
CREATE INDEX place_photo_image ON place_photo (image);
-- a label's photo is such a picture too
ALTER TABLE label DROP COLUMN photo;
ALTER TABLE label ADD COLUMN image BLOB REFERENCES image (hash);

-- migration 16
-- Food safety in full (food_entry.def says what staff enter). What an inspection found stands sealed, finding by finding.

-- who manages, issues and inspects, and from when to when: never an enumeration, bodies are reorganised
CREATE TABLE authority (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, parent TEXT, basis TEXT, valid_from TEXT NOT NULL, valid_to TEXT,
  UNIQUE (name, valid_from));

ALTER TABLE fs_place ADD COLUMN regime_reason TEXT;      -- why it is exempt
ALTER TABLE fs_inspection ADD COLUMN recheck_of INTEGER REFERENCES fs_inspection (id) ON DELETE SET NULL;
ALTER TABLE fs_inspection ADD COLUMN remedy_due TEXT;
ALTER TABLE fs_inspection ADD COLUMN entered_by TEXT;    -- null: a list brought it
ALTER TABLE fs_inspection ADD COLUMN notified_on TEXT;   -- from here the way to the public (policy fs.reply_days, fs.decide_days)
ALTER TABLE fs_inspection ADD COLUMN notified_by TEXT;
ALTER TABLE fs_inspection ADD COLUMN reply_due TEXT;
ALTER TABLE fs_inspection ADD COLUMN reply TEXT;         -- in the place's own words, without anybody's data; shown beside the result
ALTER TABLE fs_inspection ADD COLUMN replied_on TEXT;
ALTER TABLE fs_inspection ADD COLUMN published_on TEXT;
ALTER TABLE fs_inspection ADD COLUMN published_by TEXT;
ALTER TABLE fs_inspection ADD COLUMN basis TEXT;         -- the decision under which it was published, or taken back

CREATE TABLE fs_finding (
  id INTEGER PRIMARY KEY, inspection_id INTEGER NOT NULL REFERENCES fs_inspection (id) ON DELETE CASCADE,
  severity TEXT NOT NULL CHECK (severity IN ('major', 'minor')), text BLOB NOT NULL, remedied_on TEXT);
CREATE INDEX fs_finding_inspection ON fs_finding (inspection_id);

-- quick tests at the stall: hàn the, formol and others
CREATE TABLE fs_test (
  id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL REFERENCES fs_place (place_id) ON DELETE CASCADE,
  inspection_id INTEGER REFERENCES fs_inspection (id) ON DELETE SET NULL, tested_on TEXT NOT NULL, kind TEXT NOT NULL,
  sample TEXT NOT NULL, result TEXT NOT NULL CHECK (result = 'negative' OR result = 'positive' OR result = 'unclear'),
  entered_by TEXT, batch_id INTEGER REFERENCES import_batch (id), UNIQUE (place_id, tested_on, kind, sample));

-- warnings of the competent authority that the ward passes on; it makes none of its own
CREATE TABLE fs_alert (
  id INTEGER PRIMARY KEY, scope TEXT NOT NULL CHECK (scope = 'place' OR scope = 'product' OR scope = 'area'),
  place_id INTEGER REFERENCES place (id) ON DELETE CASCADE, subject TEXT,
  level TEXT NOT NULL CHECK (level = 'info' OR level = 'caution' OR level = 'danger'),
  issuer TEXT NOT NULL, document TEXT NOT NULL, issued_on TEXT NOT NULL, withdrawn_on TEXT, public_text TEXT NOT NULL,
  publish_state TEXT NOT NULL DEFAULT 'internal' CHECK (publish_state IN ('internal', 'public')),
  entered_by TEXT NOT NULL, published_by TEXT, published_on TEXT);
CREATE INDEX fs_alert_place ON fs_alert (place_id);

INSERT INTO policy (key, value) VALUES
  ('fs.abc_until', '2025-01-14'),      -- the last day on which A, B and C were given (TT 38/2018, ended by TT 17/2024/TT-BNNPTNT)
  ('fs.health_years', '1'), ('fs.training_years', '3'),
  ('fs.decide_days', '10'),            -- working days to decide on publishing, from the reply or the end of its time
  ('fs.publish_imported', '1');        -- 1: the decision of fs.publish_results covers what lists brought; 0: each goes its own way

-- migration 17
-- What each change touched, so that the read copy need be made anew only there (layers/touched.c). Triggers write it, so that QGIS and
-- ogr2ogr do so too. place_id 0: something that many places show, or a list too long to say; -1: a street
-- or a piece of the map's face. The last row always stays. Not noted: what only shows in lists that are read anew each time.
CREATE TABLE touched (id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL);
INSERT INTO touched VALUES (1, 0);
CREATE TRIGGER touched_place_insert AFTER INSERT ON place BEGIN INSERT INTO touched (place_id) VALUES (new.id); END;
CREATE TRIGGER touched_place_delete AFTER DELETE ON place BEGIN INSERT INTO touched (place_id) VALUES (old.id); END;
CREATE TRIGGER touched_place_update AFTER UPDATE ON place BEGIN INSERT INTO touched (place_id) VALUES (new.id); END;
CREATE TRIGGER touched_establishment_insert AFTER INSERT ON establishment BEGIN INSERT INTO touched (place_id) VALUES (new.place_id); END;
CREATE TRIGGER touched_establishment_delete AFTER DELETE ON establishment BEGIN INSERT INTO touched (place_id) VALUES (old.place_id); END;
CREATE TRIGGER touched_establishment_update AFTER UPDATE ON establishment BEGIN INSERT INTO touched (place_id) SELECT old.place_id UNION SELECT new.place_id; END;
CREATE TRIGGER touched_stall_insert AFTER INSERT ON stall BEGIN INSERT INTO touched (place_id) VALUES (new.place_id); END;
CREATE TRIGGER touched_stall_delete AFTER DELETE ON stall BEGIN INSERT INTO touched (place_id) VALUES (old.place_id); END;
CREATE TRIGGER touched_stall_update AFTER UPDATE ON stall BEGIN INSERT INTO touched (place_id) SELECT old.place_id UNION SELECT new.place_id; END;
CREATE TRIGGER touched_acceptance_listed_insert AFTER INSERT ON acceptance_listed BEGIN INSERT INTO touched (place_id) VALUES (new.place_id); END;
CREATE TRIGGER touched_acceptance_listed_delete AFTER DELETE ON acceptance_listed BEGIN INSERT INTO touched (place_id) VALUES (old.place_id); END;
CREATE TRIGGER touched_acceptance_listed_update AFTER UPDATE ON acceptance_listed BEGIN INSERT INTO touched (place_id) SELECT old.place_id UNION SELECT new.place_id; END;
CREATE TRIGGER touched_evidence_insert AFTER INSERT ON evidence BEGIN INSERT INTO touched (place_id) VALUES (new.place_id); END;
CREATE TRIGGER touched_evidence_delete AFTER DELETE ON evidence BEGIN INSERT INTO touched (place_id) VALUES (old.place_id); END;
CREATE TRIGGER touched_evidence_update AFTER UPDATE ON evidence BEGIN INSERT INTO touched (place_id) SELECT old.place_id UNION SELECT new.place_id; END;
CREATE TRIGGER touched_fs_place_insert AFTER INSERT ON fs_place BEGIN INSERT INTO touched (place_id) VALUES (new.place_id); END;
CREATE TRIGGER touched_fs_place_delete AFTER DELETE ON fs_place BEGIN INSERT INTO touched (place_id) VALUES (old.place_id); END;
CREATE TRIGGER touched_fs_place_update AFTER UPDATE ON fs_place BEGIN INSERT INTO touched (place_id) SELECT old.place_id UNION SELECT new.place_id; END;
CREATE TRIGGER touched_fs_document_insert AFTER INSERT ON fs_document BEGIN INSERT INTO touched (place_id) VALUES (new.place_id); END;
CREATE TRIGGER touched_fs_document_delete AFTER DELETE ON fs_document BEGIN INSERT INTO touched (place_id) VALUES (old.place_id); END;
CREATE TRIGGER touched_fs_document_update AFTER UPDATE ON fs_document BEGIN INSERT INTO touched (place_id) SELECT old.place_id UNION SELECT new.place_id; END;
CREATE TRIGGER touched_fs_inspection_insert AFTER INSERT ON fs_inspection BEGIN INSERT INTO touched (place_id) VALUES (new.place_id); END;
CREATE TRIGGER touched_fs_inspection_delete AFTER DELETE ON fs_inspection BEGIN INSERT INTO touched (place_id) VALUES (old.place_id); END;
CREATE TRIGGER touched_fs_inspection_update AFTER UPDATE ON fs_inspection BEGIN INSERT INTO touched (place_id) SELECT old.place_id UNION SELECT new.place_id; END;
CREATE TRIGGER touched_market_insert AFTER INSERT ON market BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_market_update AFTER UPDATE OF code, name ON market BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_market_delete AFTER DELETE ON market BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_zone_update AFTER UPDATE ON zone BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_zone_delete AFTER DELETE ON zone BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_residential_group_insert AFTER INSERT ON residential_group BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_residential_group_update AFTER UPDATE ON residential_group BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_residential_group_delete AFTER DELETE ON residential_group BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_ward_insert AFTER INSERT ON ward BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_ward_update AFTER UPDATE ON ward BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_ward_delete AFTER DELETE ON ward BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_industry_insert AFTER INSERT ON industry BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_industry_update AFTER UPDATE ON industry BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_industry_delete AFTER DELETE ON industry BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_policy_insert AFTER INSERT ON policy BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_policy_update AFTER UPDATE ON policy BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_policy_delete AFTER DELETE ON policy BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_street_insert AFTER INSERT ON street BEGIN INSERT INTO touched (place_id) VALUES (-1); END;
CREATE TRIGGER touched_street_update AFTER UPDATE ON street BEGIN INSERT INTO touched (place_id) VALUES (-1); END;
CREATE TRIGGER touched_street_delete AFTER DELETE ON street BEGIN INSERT INTO touched (place_id) VALUES (-1); END;
CREATE TRIGGER touched_street_alias_insert AFTER INSERT ON street_alias BEGIN INSERT INTO touched (place_id) VALUES (-1); END;
CREATE TRIGGER touched_street_alias_update AFTER UPDATE ON street_alias BEGIN INSERT INTO touched (place_id) VALUES (-1); END;
CREATE TRIGGER touched_street_alias_delete AFTER DELETE ON street_alias BEGIN INSERT INTO touched (place_id) VALUES (-1); END;
CREATE TRIGGER touched_base_feature_insert AFTER INSERT ON base_feature BEGIN INSERT INTO touched (place_id) VALUES (-1); END;
CREATE TRIGGER touched_base_feature_update AFTER UPDATE ON base_feature BEGIN INSERT INTO touched (place_id) VALUES (-1); END;
CREATE TRIGGER touched_base_feature_delete AFTER DELETE ON base_feature BEGIN INSERT INTO touched (place_id) VALUES (-1); END;
CREATE TRIGGER touched_meta_insert AFTER INSERT ON meta WHEN new.key = 'today' BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_meta_update AFTER UPDATE ON meta WHEN new.key = 'today' BEGIN INSERT INTO touched (place_id) VALUES (0); END;
CREATE TRIGGER touched_meta_delete AFTER DELETE ON meta WHEN old.key = 'today' BEGIN INSERT INTO touched (place_id) VALUES (0); END;

-- migration 18
-- Where reference data came from, when, and its licence; '' when nobody said. A list of another date is another source. Nothing was
-- ever written into the table as it was.
DROP TABLE source;
CREATE TABLE source (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, dated_on TEXT NOT NULL DEFAULT '', licence TEXT NOT NULL DEFAULT '',
  UNIQUE (name, dated_on, licence));
ALTER TABLE address_point ADD COLUMN source_id INTEGER REFERENCES source (id);
ALTER TABLE stall_plan ADD COLUMN source_id INTEGER REFERENCES source (id);

-- migration 19
-- a code hangs where the label's steps say so (label.c); how special cases of the scoring sheets are taken (score.c)
DROP TABLE code_posting;
INSERT INTO policy (key, value) VALUES
  ('score.no_market', 'undetermined'), -- S0 VII.6 without a market: undetermined, exclude_and_rescale, full or zero
  ('score.partial_count', '0'),        -- 1: fewer than the least count still earn their share
  ('score.own_software', '1');         -- 0: S0 VIII.2.1 does not speak of a tool the city did not pay for

-- migration 20
CREATE INDEX fs_inspection_reply ON fs_inspection (place_id) WHERE reply IS NOT NULL; -- few have one: pub_food_notes reads no other

-- views
-- Days are those of Asia/Ho_Chi_Minh. `day_today` is the one place where "today" enters the public views; the
-- program sets meta 'today' only under test.

CREATE VIEW day_today AS
  SELECT coalesce((SELECT value FROM meta WHERE key = 'today'), date('now', '+7 hours')) AS day;

CREATE VIEW policy_today AS
  SELECT p.key, p.value, p.decision_ref FROM policy p, day_today d
  WHERE p.valid_from <= d.day AND (p.valid_to IS NULL OR d.day <= p.valid_to)
    AND p.valid_from = (SELECT max(q.valid_from) FROM policy q WHERE q.key = p.key AND q.valid_from <= d.day
                          AND (q.valid_to IS NULL OR d.day <= q.valid_to));

-- proven acceptance: the newest verified evidence of a method
CREATE VIEW acceptance_proven AS
  SELECT place_id, method, max(happened_on) AS proven_on FROM evidence
  WHERE state = 'verified' AND passed = 1 AND method <> '' AND happened_on <= (SELECT day FROM day_today) GROUP BY place_id, method;

-- what a resident is told: the newer of the list's cell and verified evidence; null when neither speaks. One row a place
-- and a join for each list, not a question per place and method: publishing reads the whole register through it.
CREATE VIEW acceptance_today AS
  SELECT p.id AS place_id,
    CASE WHEN e.qr IS NOT NULL AND (q.listed_on IS NULL OR e.qr >= q.listed_on) THEN 1 ELSE q.accepts END AS accepts_qr,
    CASE WHEN e.card IS NOT NULL AND (c.listed_on IS NULL OR e.card >= c.listed_on) THEN 1 ELSE c.accepts END AS accepts_card,
    CASE WHEN e.transfer IS NOT NULL AND (t.listed_on IS NULL OR e.transfer >= t.listed_on) THEN 1 ELSE t.accepts END
      AS accepts_transfer
  FROM place p LEFT JOIN acceptance_listed q ON q.place_id = p.id AND q.method = 'QR'
  LEFT JOIN acceptance_listed c ON c.place_id = p.id AND c.method = 'POS'
  LEFT JOIN acceptance_listed t ON t.place_id = p.id AND t.method = 'CK'
  LEFT JOIN (SELECT place_id, max(proven_on) FILTER (WHERE method = 'QR') AS qr,
      max(proven_on) FILTER (WHERE method = 'POS') AS card, max(proven_on) FILTER (WHERE method = 'CK') AS transfer
    FROM acceptance_proven GROUP BY place_id) e ON e.place_id = p.id;

-- a place accepts provably: a passed, verified E1 inside its window
CREATE VIEW accepts_proven_today AS
  SELECT DISTINCT e.place_id FROM evidence e, day_today d
  WHERE e.class = 'E1' AND e.state = 'verified' AND e.passed = 1 AND e.happened_on <= d.day
    AND julianday(d.day) - julianday(e.happened_on) <= (SELECT value + 0 FROM policy_today WHERE key = 'evidence.e1_days');

-- the document that decides a place's state: that of its regime, the one that lasts longest
CREATE VIEW fs_governing AS
  SELECT place_id, id AS document_id FROM (
    SELECT d.id, d.place_id, row_number() OVER (PARTITION BY d.place_id ORDER BY
      (coalesce(d.revoked_on <= (SELECT day FROM day_today), 0)),
      (d.type = CASE f.regime WHEN 'certificate' THEN 'certificate' WHEN 'commitment' THEN 'commitment'
                              WHEN 'exempt_cert_holder' THEN 'international' ELSE '' END) DESC,
      d.expires_on DESC, d.issued_on DESC, d.id DESC) AS rank
    FROM fs_document d JOIN fs_place f ON f.place_id = d.place_id
    WHERE d.issued_on IS NULL OR d.issued_on <= (SELECT day FROM day_today)) WHERE rank = 1;

CREATE VIEW fs_state_today AS
  SELECT f.place_id, d.id AS document_id,
    CASE
      WHEN f.regime IN ('exempt_cert_holder', 'exempt_other', 'none_required') THEN 'exempt'
      WHEN d.id IS NULL THEN CASE f.regime WHEN 'unknown' THEN 'unknown' ELSE 'none' END
      WHEN d.revoked_on <= t.day THEN 'none'
      WHEN d.expires_on IS NULL THEN CASE WHEN d.type = 'commitment' THEN 'commitment' ELSE 'unknown' END
      WHEN d.expires_on < t.day THEN 'expired'
      WHEN d.type = 'commitment' THEN 'commitment'
      WHEN julianday(d.expires_on) - julianday(t.day) <= (SELECT value + 0 FROM policy_today WHERE key = 'fs.expiring_days')
        THEN 'expiring'
      ELSE 'valid' END AS state
  FROM fs_place f, day_today t LEFT JOIN fs_governing g ON g.place_id = f.place_id
  LEFT JOIN fs_document d ON d.id = g.document_id;

-- Results are public only under a decision (policy fs.publish_results), and only while young enough: each by its own way
-- through `notified` to `public`, or what lists brought where that decision covers them (fs.publish_imported).
CREATE VIEW fs_published AS
  SELECT i.id, i.place_id, i.inspected_on, i.result, i.publish_state, i.reply, i.replied_on
  FROM fs_inspection i, day_today t JOIN policy_today pol ON pol.key = 'fs.publish_results'
  LEFT JOIN policy_today lists ON lists.key = 'fs.publish_imported'
  WHERE pol.decision_ref IS NOT NULL AND pol.value = '1' AND i.result IS NOT NULL AND i.inspected_on <= t.day
    AND (i.publish_state = 'public' OR (i.publish_state = 'internal' AND i.entered_by IS NULL AND lists.value = '1'));

-- "chưa kiểm tra" is only said of a place that nobody inspected: not while a result waits for its publication
CREATE VIEW fs_public_inspection AS
  SELECT f.place_id, i.id AS inspection_id,
    CASE WHEN i.result IS NOT NULL THEN i.result WHEN pol.decision_ref IS NOT NULL AND pol.value = '1' AND NOT EXISTS
      (SELECT 1 FROM fs_inspection x WHERE x.place_id = f.place_id AND x.result IS NOT NULL AND x.inspected_on <= t.day)
      THEN 'not_inspected' END AS last_result,
    i.inspected_on AS last_inspected_on
  FROM fs_place f, day_today t
  LEFT JOIN policy_today pol ON pol.key = 'fs.publish_results'
  LEFT JOIN policy_today pub ON pub.key = 'fs.public_months'
  LEFT JOIN fs_published i ON i.id = (
    SELECT x.id FROM fs_published x WHERE x.place_id = f.place_id ORDER BY x.inspected_on DESC, x.id DESC LIMIT 1)
    AND i.inspected_on >= date(t.day, '-' || pub.value || ' months');

-- what became of every row of every list, the packed ones (512 at most in a pack) one by one again
CREATE VIEW import_verdict AS
  SELECT batch_id, row, verdict, entity, entity_id, faults FROM import_row UNION ALL
  SELECT batch_id, first_row + i, 'added', 'place', first_id + i, NULL FROM import_pack JOIN (
    WITH RECURSIVE step (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM step WHERE i < 511) SELECT i FROM step) ON i < row_count
  WHERE first_id > 0;

---- the allow-list. Columns: those of layers.def, and `geom`.

-- a business run at home stands on a 100 m grid (0.0009° of latitude, 0.000936° of longitude at 16° N)
CREATE VIEW pub_establishments AS
  SELECT p.id AS id, p.code AS code, p.public_name AS name, e.kind AS kind, CASE WHEN p.status = 'ceased' AND p.valid_to >= (SELECT day FROM day_today) THEN 'active' ELSE p.status END AS status,
    p.industry_code AS industry_code, i.name AS industry, p.industry_group AS "group", e.public_address AS address,
    g.name AS residential_group, w.name AS ward,
    a.accepts_qr AS accepts_qr, a.accepts_card AS accepts_card, a.accepts_transfer AS accepts_transfer,
    s.state AS food_safety,
    CASE WHEN e.at_home AND p.geom IS NOT NULL THEN 'area' ELSE p.position END AS position,
    CASE WHEN e.at_home AND p.geom IS NOT NULL THEN max(100.0, p.accuracy_m) ELSE p.accuracy_m END AS accuracy_m,
    p.verified_on AS verified_on, p.updated_at AS updated_at, p.valid_from AS valid_from, p.valid_to AS valid_to,
    CASE WHEN e.at_home AND p.geom IS NOT NULL
      THEN MakePoint(round(ST_X(p.geom) / 0.000936) * 0.000936, round(ST_Y(p.geom) / 0.0009) * 0.0009, 4326)
      ELSE p.geom END AS geom
  FROM place p JOIN establishment e ON e.place_id = p.id JOIN acceptance_today a ON a.place_id = p.id
  LEFT JOIN fs_state_today s ON s.place_id = p.id LEFT JOIN residential_group g ON g.id = p.residential_group_id
  LEFT JOIN ward w ON w.id = p.ward_id LEFT JOIN industry i ON i.version = p.industry_version AND i.code = p.industry_code
  WHERE e.stall_place_id IS NULL;

-- printed codes of establishments that became one business with a stall, and of records that were found to be another place
CREATE VIEW pub_moved_codes AS
  SELECT p.code AS code, s.code AS moved_to
  FROM establishment e JOIN place p ON p.id = e.place_id JOIN place s ON s.id = e.stall_place_id
  UNION ALL SELECT r.code, coalesce(s.code, p.code) FROM retired_place r JOIN place p ON p.id = r.place_id
  LEFT JOIN establishment e ON e.place_id = p.id LEFT JOIN place s ON s.id = e.stall_place_id;

CREATE VIEW pub_stalls AS
  SELECT p.id AS id, p.code AS code, m.code AS market, m.name AS market_name, z.name AS zone, s.kind AS kind,
    s.number_norm AS number, s.goods AS goods, CASE WHEN p.status = 'ceased' AND p.valid_to >= (SELECT day FROM day_today) THEN 'active' ELSE p.status END AS status,
    a.accepts_qr AS accepts_qr, a.accepts_card AS accepts_card, a.accepts_transfer AS accepts_transfer,
    f.state AS food_safety,
    p.position AS position, p.updated_at AS updated_at, p.valid_from AS valid_from, p.valid_to AS valid_to, p.geom AS geom
  FROM place p JOIN stall s ON s.place_id = p.id JOIN market m ON m.id = s.market_id
  JOIN acceptance_today a ON a.place_id = p.id LEFT JOIN fs_state_today f ON f.place_id = p.id
  LEFT JOIN zone z ON z.id = s.zone_id;

CREATE VIEW pub_food_safety AS
  SELECT p.id AS id, p.code AS code, p.public_name AS name, f.business_kind AS business_kind, f.regime AS regime,
    d.type AS document, nullif(d.number, '') AS document_number, nullif(d.issuer, '') AS issuer, d.issued_on AS issued_on,
    d.expires_on AS expires_on, s.state AS state, i.last_inspected_on AS last_inspected_on, i.last_result AS last_result,
    p.valid_from AS valid_from, p.valid_to AS valid_to,
    CASE WHEN e.at_home AND p.geom IS NOT NULL
      THEN MakePoint(round(ST_X(p.geom) / 0.000936) * 0.000936, round(ST_Y(p.geom) / 0.0009) * 0.0009, 4326)
      ELSE p.geom END AS geom
  FROM fs_place f JOIN place p ON p.id = f.place_id JOIN fs_state_today s ON s.place_id = f.place_id
  JOIN fs_public_inspection i ON i.place_id = f.place_id
  LEFT JOIN fs_document d ON d.id = s.document_id LEFT JOIN establishment e ON e.place_id = p.id;

-- what stands beside a food-safety record: the place's own words about its published result, and warnings in force that were passed
-- on; code '': of a product, for every place
CREATE VIEW pub_food_notes AS
  SELECT p.code AS code, 'reply' AS kind, NULL AS level, NULL AS issuer, i.replied_on AS told_on, i.reply AS text
    FROM fs_published i JOIN place p ON p.id = i.place_id
    WHERE i.reply IS NOT NULL AND i.publish_state = 'public'
      AND i.id = (SELECT l.inspection_id FROM fs_public_inspection l WHERE l.place_id = i.place_id)
  UNION ALL SELECT coalesce(p.code, ''), a.scope, a.level, a.issuer || ', ' || a.document, a.issued_on, coalesce(a.subject || ': ', '') || a.public_text
    FROM fs_alert a, day_today t
    LEFT JOIN (SELECT a.id AS alert_id, f.place_id FROM fs_alert a, fs_place f
        LEFT JOIN place q ON q.id = f.place_id LEFT JOIN residential_group g ON g.id = q.residential_group_id
        LEFT JOIN stall s ON s.place_id = f.place_id LEFT JOIN market m ON m.id = s.market_id
      WHERE a.scope <> 'product' AND (f.place_id = a.place_id OR g.name = a.subject OR m.name = a.subject)) w ON w.alert_id = a.id
    LEFT JOIN place p ON p.id = w.place_id
    WHERE a.publish_state = 'public' AND a.issued_on <= t.day AND (a.withdrawn_on IS NULL OR a.withdrawn_on > t.day)
      AND (a.scope = 'product' OR p.id IS NOT NULL);

-- accepts_share: occupied stalls with proven acceptance, in percent; a small market's share would point at people
CREATE VIEW pub_markets AS
  SELECT m.id AS id, m.code AS code, m.name AS name, m.class AS class,
    (SELECT count(*) FROM stall s WHERE s.market_id = m.id) AS stalls,
    (SELECT count(DISTINCT o.trader_id) FROM occupancy o JOIN stall s ON s.place_id = o.place_id
      WHERE s.market_id = m.id AND (o.valid_from IS NULL OR o.valid_from <= (SELECT day FROM day_today))
        AND (o.valid_to IS NULL OR o.valid_to >= (SELECT day FROM day_today))) AS traders,
    (SELECT CASE WHEN count(*) >= (SELECT value + 0 FROM policy_today WHERE key = 'small_cell')
        THEN round(100.0 * count(a.place_id) / count(*), 2) END
      FROM stall s JOIN place p ON p.id = s.place_id AND p.status = 'active'
      LEFT JOIN accepts_proven_today a ON a.place_id = s.place_id WHERE s.market_id = m.id) AS accepts_share,
    m.updated_at AS updated_at, m.geom AS geom
  FROM market m;

CREATE VIEW pub_streets AS
  SELECT s.id AS id, s.code AS code, s.name AS name,
    (SELECT group_concat(a.name, '; ') FROM street_alias a WHERE a.street_id = s.id AND a.kind <> 'proposed' AND a.votes = 0) AS aliases,
    s.geom AS geom
  FROM street s;

CREATE VIEW pub_residential_groups AS
  SELECT g.id AS id, g.code AS code, g.name AS name, w.name AS ward, g.geom AS geom
  FROM residential_group g LEFT JOIN ward w ON w.id = g.ward_id;

CREATE VIEW pub_wards AS SELECT w.id AS id, w.code AS code, w.name AS name, w.geom AS geom FROM ward w;

CREATE VIEW pub_pilots AS
  SELECT q.id AS id, q.code AS code, q.name AS name, q.type AS type,
    (SELECT count(*) FROM pilot_member m, day_today d WHERE m.pilot_id = q.id AND m.joined_on <= d.day
      AND (m.left_on IS NULL OR m.left_on > d.day)) AS members,
    (SELECT CASE WHEN count(*) >= (SELECT value + 0 FROM policy_today WHERE key = 'small_cell')
        THEN round(100.0 * count(a.place_id) / count(*), 2) END
      FROM pilot_member m JOIN place p ON p.id = m.place_id AND p.status = 'active' JOIN day_today d
      LEFT JOIN accepts_proven_today a ON a.place_id = m.place_id
      WHERE m.pilot_id = q.id AND m.joined_on <= d.day AND (m.left_on IS NULL OR m.left_on > d.day)) AS accepts_share,
    (SELECT MakePoint(avg(ST_X(p.geom)), avg(ST_Y(p.geom)), 4326) FROM pilot_member m JOIN place p ON p.id = m.place_id
      WHERE m.pilot_id = q.id AND p.geom IS NOT NULL) AS geom
  FROM pilot q;

CREATE VIEW pub_water AS SELECT id, name, class, geom FROM base_feature WHERE layer = 'water';
CREATE VIEW pub_green AS SELECT id, name, class, geom FROM base_feature WHERE layer = 'green';
CREATE VIEW pub_roads AS SELECT id, name, class, geom FROM base_feature WHERE layer = 'roads';
