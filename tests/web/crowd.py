"""Fills a ward up to so many establishments with copies of its own, for the browser's budgets: crowd.py WARD.db COUNT"""
import random
import sqlite3
import sys

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code(rng):
    body = "".join(rng.choice(ALPHABET) for _ in range(10))
    total, factor = 0, 2
    for character in reversed(body):
        addend = factor * ALPHABET.index(character)
        total += addend // 32 + addend % 32
        factor = 3 - factor
    return body + ALPHABET[-total % 32]


def columns(db, table, without):
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] not in without]


def main(path, wanted):
    rng = random.Random(7)
    db = sqlite3.connect(path)
    db.enable_load_extension(True)
    db.load_extension("mod_spatialite")
    ids = [row[0] for row in db.execute("SELECT id FROM place WHERE type = 'establishment' AND geom IS NOT NULL")]
    have = db.execute("SELECT count(*) FROM place WHERE type = 'establishment'").fetchone()[0]
    place = columns(db, "place", ("id", "code", "ref", "geom"))
    shop = columns(db, "establishment", ("place_id", "match_key", "stall_place_id"))
    for _ in range(max(0, wanted - have)):
        source = rng.choice(ids)
        new = db.execute(
            f"INSERT INTO place (code, geom, {', '.join(place)}) SELECT ?, ST_Translate(geom, ?, ?, 0), {', '.join(place)} FROM place WHERE id = ?",
            (code(rng), rng.uniform(-4e-4, 4e-4), rng.uniform(-4e-4, 4e-4), source)).lastrowid
        db.execute(f"INSERT INTO establishment (place_id, {', '.join(shop)}) SELECT ?, {', '.join(shop)} FROM establishment WHERE place_id = ?", (new, source))
    db.execute("UPDATE revision SET value = value + 1")
    db.commit()
    print(db.execute("SELECT count(*) FROM place WHERE type = 'establishment'").fetchone()[0], "establishments")


main(sys.argv[1], int(sys.argv[2]))
