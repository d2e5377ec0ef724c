"""All indicators of a register of 20,000 places with 200,000 items of evidence (target: 200 ms; BENCH_PLACES=300000: 5 s): the
report as a whole, each query alone in processor time, and the plan of the slowest."""
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import time

from common import cost, folder

PLACES = int(os.environ.get("BENCH_PLACES", "20000"))
EVIDENCE = int(os.environ.get("BENCH_EVIDENCE", "200000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
STAMP, AS_OF = "2026-01-10T02:00:00Z", "2026-11-22"
QUERIES = pathlib.Path(__file__).resolve().parents[2] / "layers" / "indicators"
BOUND = {"as_of": AS_OF, "known_at": None, "policy": "STANDARD", "vsic": "VSIC", "market_needs_point": "0", "group": "retail",
         "e1_from": "2025-11-22", "e2_from": "2025-11-22", "e3_from": "2026-08-24", "removed_from": "2026-08-24",
         "platform_from": "2025-11-22", "fresh_from": "2026-08-24", "alive_from": "2026-10-23",
         "list_from": "2026-05-26", "period_from": "2026-08-24", "posted_from": "2025-11-22", "change_days": "5"}


def connect(path):
    db = sqlite3.connect(path)
    db.enable_load_extension(True)
    db.load_extension("mod_spatialite")
    return db


def ring(r):
    """A ward's outline of 400 points, as real ones have."""
    import math
    points = [(108.25 + 0.05 * math.cos(i * math.tau / 400) * r.uniform(0.97, 1), 16.05 + 0.05 * math.sin(i * math.tau / 400) * r.uniform(0.97, 1))
              for i in range(400)]
    return "MULTIPOLYGON(((%s)))" % ", ".join(f"{x:.6f} {y:.6f}" for x, y in points + points[:1])


def fill(db):
    r = random.Random(1)
    stalls = PLACES * 3 // 20
    db.execute("UPDATE ward SET geom = GeomFromText(?, 4326) WHERE is_home = 1", (ring(r),))
    db.execute("INSERT INTO import_batch (id, kind, file_name, file_hash, source_date, imported_at, imported_by, added)"
               " VALUES (1, 'establishments', 'a', x'00', '2026-01-05', ?, 'cli', 1)", (STAMP,))
    db.execute("INSERT INTO residential_group (id, code, ward_id, name, fold, updated_at) VALUES (1, 'T1', 1, 'Tổ 1', 'to 1', ?)", (STAMP,))
    db.executemany("INSERT INTO industry VALUES ('VSIC', ?, 4, 'x', 'Nhóm')", [(str(c),) for c in range(4700, 4800)])
    for i in range(1, 4):
        db.execute("INSERT INTO market (id, code, name, fold, ward_managed, market_40, updated_at) VALUES (?, 'CHO' || ?1, 'c', 'c', 1, 1, ?)", (i, STAMP))
        db.execute("INSERT INTO pilot (id, code, name, type, updated_at) VALUES (?, 'CHO' || ?1, 'm', 'market', ?)", (i, STAMP))
    db.execute("INSERT INTO pilot (id, code, name, type, updated_at) VALUES (4, 'PHO1', 'm', 'street', ?)", (STAMP,))
    order = list(range(1, PLACES + 1))
    r.shuffle(order)  # public codes are random: no order of theirs is the order of the file
    for i in range(1, PLACES + 1):
        stall = i <= stalls
        db.execute("INSERT INTO place (id, code, type, name, public_name, name_fold, status, residential_group_id, ward_id, position, recorded_at,"
                   " updated_at, industry_version, industry_code, industry_group, verified_on, batch_id, geom)"
                   " VALUES (?,?,?,'Quán','Quán số ' || ?1,'quan',?,1,1,?,?,?,'VSIC',?,'Nhóm',?,1,MakePoint(?,?,4326))",
                   (i, f"{order[i - 1]:011d}", "stall" if stall else "establishment", "active" if i % 20 else "ceased", "stall_plan" if stall else "house_number",
                    STAMP, STAMP, str(4700 + i % 100), "2026-10-01" if i % 3 else None, r.uniform(108.2, 108.3), r.uniform(16, 16.1)))
        if stall:
            db.execute("INSERT INTO stall (place_id, market_id, kind, number, number_norm) VALUES (?, ?, 'stand', ?1, ?1)", (i, 1 + i % 3))
            db.execute("INSERT INTO trader (id, market_id, identity) VALUES (?, ?, CAST(?1 AS BLOB))", (i, 1 + i % 3))
            db.execute("INSERT INTO occupancy (place_id, trader_id, has_account, batch_id) VALUES (?, ?1, ?, 1)", (i, i % 2))
            db.execute("INSERT INTO pilot_member (pilot_id, place_id, joined_on) VALUES (?, ?, '2026-01-01')", (1 + i % 3, i))
        else:
            db.execute("INSERT INTO establishment (place_id, kind, address, address_key, match_key, has_account) VALUES (?, ?, '1 A', ?1, randomblob(32), 1)",
                       (i, "household" if i % 5 else "enterprise"))
            if i % 10 == 0:
                db.execute("INSERT INTO pilot_member (pilot_id, place_id, joined_on) VALUES (4, ?, '2026-01-01')", (i,))
        db.execute("INSERT INTO platform_use VALUES (?, 'x', '2026-09-01')", (i,))
        if i % 4 == 0:
            db.execute("INSERT INTO fs_place (place_id, regime, updated_at) VALUES (?, 'certificate', ?)", (i, STAMP))
            db.execute("INSERT INTO fs_document (place_id, type, issued_on) VALUES (?, 'certificate', '2025-01-01')", (i,))
    for k in range(EVIDENCE):
        day = f"{2026 - k % 3 // 2}-{1 + r.randrange(12):02d}-{1 + r.randrange(28):02d}"
        db.execute("INSERT INTO evidence (place_id, class, method, happened_on, passed, minutes_number, state, created_by, created_at)"
                   " VALUES (?, ?, 'QR', ?, ?, ?, ?, 'x', ?)",
                   (1 + k % PLACES, f"E{1 + r.randrange(3)}", day, int(r.random() < 0.95), k, "verified" if r.random() < 0.9 else "disputed", STAMP))
    db.commit()


def prepared(db):
    """What a report materialises once (query.c), and the head of each query."""
    first = QUERIES / "population.sql"
    if first.exists():
        for statement in re.split(r"\n-- then\n", first.read_text(encoding="utf-8")):
            db.execute(statement, {k: v for k, v in BOUND.items() if re.search(rf":{k}\b", statement)})
    return (QUERIES / "common.sql").read_text(encoding="utf-8")


def each_query(db):
    db.execute("PRAGMA cache_size = -32000")
    db.execute("PRAGMA temp_store = MEMORY")
    db.create_function("point_in_area", 2, lambda area, point: 1)  # the program's own, in C
    start = time.process_time()
    head = prepared(db)
    times = [("(chung)", time.process_time() - start, "SELECT 1")]
    for file in sorted(QUERIES.glob("*.sql")):
        if file.stem in ("common", "population", "period_evidence"):
            continue
        sql = head + "\n" + file.read_text(encoding="utf-8")
        used = {k: v for k, v in BOUND.items() if re.search(rf":{k}\b", sql)}
        sql = f"SELECT sum(in_denominator), sum(in_numerator) FROM ({sql})"  # as query.c counts: no reasons, no order
        start = time.process_time()
        below, above = db.execute(sql, used).fetchone()
        times.append((f"{file.stem} ({above}/{below})", time.process_time() - start, (sql, used)))
    return times


def processor(*command):
    """Seconds of processor one command takes: what a busy machine does not stretch as much as the clock."""
    best = float("inf")
    for _ in range(ROUNDS):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, status
        best = min(best, usage.ru_utime + usage.ru_stime)
    return best


def main():
    program = os.path.join(sys.argv[1], "mapd")
    with folder() as at:
        ward = os.path.join(at, "ward.db")
        assert cost(program, "init", ward, "--ward", "1", "--name", "Phường Đo")[2] == 0
        db = connect(ward)
        fill(db)
        empty = min(cost(program, "policy", ward)[0] for _ in range(ROUNDS))
        runs = sorted(cost(program, "indicators", ward, "--as-of", AS_OF, "--json")[0] for _ in range(ROUNDS))
        known = sorted(cost(program, "indicators", ward, "--as-of", AS_OF, "--known-at", AS_OF, "--json")[0] for _ in range(ROUNDS))
        print(f"{PLACES} places, {EVIDENCE} items: report {1000 * (runs[len(runs) // 2] - empty):.0f} ms, "
              f"as known on a day {1000 * (known[len(known) // 2] - empty):.0f} ms (target {200 if PLACES <= 20000 else 5000} ms); starting the program {1000 * empty:.0f} ms")
        spent = processor(program, "indicators", ward, "--as-of", AS_OF, "--json") - processor(program, "policy", ward)
        print(f"  processor time of the report: {1000 * spent:.0f} ms")
        times = sorted(each_query(db), key=lambda t: -t[1])
        for name, seconds, _ in times:
            print(f"  {1000 * seconds:7.1f} ms  {name}")
        slowest = next(t for t in times if t[2] != "SELECT 1")
        print(f"plan of {slowest[0]}:")
        for row in db.execute("EXPLAIN QUERY PLAN " + slowest[2][0], slowest[2][1]):
            print("   ", row[3])


main()
