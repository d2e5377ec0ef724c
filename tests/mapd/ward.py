"""A small invented ward, made by `mapd init` and plain SQL: what the server's tests need, each case by name.

The check character of a code is computed here a second time (Luhn mod 32 over Crockford's alphabet), so that the
program's own rule is tested and not repeated.
"""
import sqlite3
import subprocess

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ESTABLISHMENTS = 137  # not a multiple of any page size used
UNPLACED = 13
STALLS = 40
STAMP = "2026-11-01T03:00:00Z"


def code(number):
    body = ""
    n = (number * 7919 + 12345) * 1103515245 % 32**10
    for _ in range(10):
        body = ALPHABET[n % 32] + body
        n //= 32
    total, factor = 0, 2
    for character in reversed(body):
        addend = factor * ALPHABET.index(character)
        total += addend // 32 + addend % 32
        factor = 3 - factor
    return body + ALPHABET[-total % 32]


NAMES = ["Bánh mì Cô Ba", "Cà phê Sông Hàn", "Tạp hoá Thu Hà", "Sửa xe Minh Đức", "Phở Bắc 36", 'Quán "Ớt & Tỏi" <ngon>']
CEASED, SUSPENDED, HOSTILE, FOOD, EXPIRED, UNINSPECTED = 5, 7, 11, 1, 2, 3


def connect(path):
    db = sqlite3.connect(path)
    db.enable_load_extension(True)
    db.load_extension("mod_spatialite")
    return db


def add_establishment(db, i):
    located = i > UNPLACED
    status = "ceased" if i == CEASED else "suspended" if i == SUSPENDED else "active"
    name = NAMES[5] if i == HOSTILE else f"{NAMES[i % 5]} {i}"
    lon, lat = (108.20 + i % 20 * 0.0011, 16.05 + i // 20 * 0.0013) if located else (None, None)
    db.execute(
        "INSERT INTO place (id, code, type, ref, name, public_name, name_fold, status, valid_from, valid_to, industry_group,"
        " residential_group_id, ward_id, position, accuracy_m, verified_on, recorded_at, updated_at, geom)"
        " VALUES (?,?,'establishment',?,?,?,?,?,?,?,?,1,1,?,?,?,?,?, MakePoint(?,?,4326))",
        (i, code(i), f"REF{i}", name, name, name.lower(), status, "2025-01-01", "2026-06-30" if i == CEASED else None,
         "Ăn uống" if i % 2 else "Bán lẻ", "house_number" if located else "none", 8.0 if located else None,
         "2026-10-02" if i % 3 == 0 else None, STAMP, STAMP, lon, lat))
    db.execute("INSERT INTO establishment (place_id, kind, address, public_address) VALUES (?,?,?,?)",
               (i, "enterprise" if i % 10 == 0 else "household", f"SECRET {i}", f"{i} Nguyễn Văn Linh, Phường Mẫu"))
    db.execute("INSERT INTO acceptance_listed VALUES (?, 'QR', ?, '2026-09-01')", (i, int(i % 2)))


def add_stall(db, n):
    i = 1000 + n
    db.execute(
        "INSERT INTO place (id, code, type, name, public_name, name_fold, status, position, recorded_at, updated_at, geom)"
        " VALUES (?,?,'stall','','','',?,'stall_plan',?,?,MakePoint(?,?,4326))",
        (i, code(i), "vacant" if n == 4 else "active", STAMP, STAMP, 108.215 + n * 0.00003, 16.06))
    db.execute("INSERT INTO stall (place_id, market_id, zone_id, kind, number, number_norm, goods) VALUES (?,1,1,'stand',?,?,?)",
               (i, f"A{n}", f"A{n}", "Rau củ quả"))


def add_food(db, i, regime, kind, expires, result):
    db.execute("INSERT INTO fs_place (place_id, business_kind, regime, updated_at) VALUES (?,'Dịch vụ ăn uống',?,?)", (i, regime, STAMP))
    db.execute("INSERT INTO fs_document (place_id, type, number, issuer, issued_on, expires_on, expires_source)"
               " VALUES (?,?,?,'Phòng Kinh tế, Hạ tầng và Đô thị Phường Mẫu','2024-12-01',?,'printed')", (i, kind, f"{i}/2024/ATTP", expires))
    if result:
        db.execute("INSERT INTO fs_inspection (place_id, inspected_on, result) VALUES (?,?,?)", (i, *result))


def make(program, path):
    subprocess.run([program, "init", path, "--ward", "99001", "--name", "Phường Mẫu", "--sample"], check=True, stdout=subprocess.DEVNULL)
    db = connect(path)
    # A groove: its bounds cover places it does not.
    square = "MULTIPOLYGON(((108.19 16.04, 108.23 16.04, 108.23 16.07, 108.19 16.07, 108.19 16.04)))"
    hook = "MULTIPOLYGON(((108.19 16.04, 108.23 16.04, 108.23 16.041, 108.191 16.041, 108.191 16.07, 108.19 16.07, 108.19 16.04)))"
    db.execute("INSERT OR REPLACE INTO ward (id, code, name, fold, updated_at, geom) VALUES (1,'99001','Phường Mẫu','phuong mau',?,GeomFromText(?,4326))", (STAMP, square))
    db.execute("UPDATE place SET ward_id = 1")
    db.execute("INSERT INTO residential_group (id, code, ward_id, name, fold, updated_at, geom) VALUES (1,'TDP01',1,'Tổ 1','to 1',?,GeomFromText(?,4326))", (STAMP, hook))
    db.execute("INSERT INTO street (id, code, name, fold, updated_at, geom) VALUES (1,'D001','Nguyễn Văn Linh','nguyen van linh',?,"
               "GeomFromText('MULTILINESTRING((108.19 16.04, 108.23 16.04, 108.23 16.07))',4326))", (STAMP,))
    db.execute("INSERT INTO market (id, code, name, fold, class, updated_at, geom) VALUES (1,'CHO1','Chợ Mẫu','cho mau',2,?,MakePoint(108.215,16.06,4326))", (STAMP,))
    db.execute("INSERT INTO zone VALUES (1,1,'Khu A','khu a')")
    db.execute("INSERT INTO policy (key, value, valid_from, decision_ref) VALUES ('fs.publish_results','1','2026-01-01','QĐ mẫu')")
    for i in range(1, ESTABLISHMENTS + 1):
        add_establishment(db, i)
    for n in range(1, STALLS + 1):
        add_stall(db, n)
    add_food(db, FOOD, "certificate", "certificate", "2027-12-01", ("2026-08-28", "pass"))
    add_food(db, EXPIRED, "certificate", "certificate", "2026-01-31", ("2025-06-01", "fail"))
    add_food(db, UNINSPECTED, "commitment", "commitment", "2027-11-30", None)
    db.execute("UPDATE revision SET value = value + 1")
    db.commit()
    db.close()
