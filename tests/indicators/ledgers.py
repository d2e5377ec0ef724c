"""What a ward's office and its service would have written down in a year, invented: duties, verifications, notices, checks, probes,
accounts, labels, uses. The plan is made first, from a seed, as plain tables; a copy of the sample ward is then filled with it.

recount.py counts from the plan alone and never opens the copy.
"""
import datetime
import hashlib
import os
import random
import shutil
import sqlite3

UTC7 = datetime.timedelta(hours=7)
FIRST, LAST = datetime.date(2026, 1, 5), datetime.date(2026, 12, 20)


def day(r, first=FIRST, last=LAST):
    return (first + datetime.timedelta(days=r.randrange((last - first).days + 1))).isoformat()


def stamp(r, on):
    """A moment of that day in Vietnam, in UTC."""
    local = datetime.datetime.fromisoformat(on) + datetime.timedelta(minutes=r.randrange(1440))
    return (local - UTC7).strftime("%Y-%m-%dT%H:%M:%SZ")


def later(on, days):
    return (datetime.date.fromisoformat(on) + datetime.timedelta(days=days)).isoformat()


def notice(r, number):
    on = day(r)
    took = r.choice((0, 2, 4, 5, 6, 7, 8, 9, 13, 14, 15, 25, None))
    state = "open" if took is None else r.choice(("done", "done", "done", "rejected"))
    return {"id": number, "kind": "tamper" if r.random() < 0.2 else "wrong", "received_on": on, "received_at": stamp(r, on), "due_on": later(on, 14),
            "decided_at": None if took is None else stamp(r, later(on, took)), "state": state}


def checks(r):
    """Runs of the service's own trials: kind, moment, items with whether each passed."""
    plan = []
    for kind, size, good in (("search", 6, 0.8), ("search_sample", 60, 0.9), ("codes", 80, 0.95), ("codes_ceased", 12, 0.7), ("dashboard", 9, 0.8),
                             ("restore", 3, 0.9), ("backup", 1, 0.8)):
        for on in ("2026-03-02", "2026-06-29", "2026-08-11", "2026-10-31", "2026-12-02"):
            count = 40 if kind == "search_sample" and on == "2026-03-02" else size
            plan += [{"kind": kind, "at": stamp(r, on), "items": [(f"{kind} {k}", int(r.random() < good)) for k in range(count)]}]
    plan.append({"kind": "search_sample", "at": stamp(r, "2026-10-15"), "items": [(f"ít {k}", 1) for k in range(49)]})
    return [run for run in plan if not (run["kind"] == "search_sample" and run["at"] > "2026-10-30")]


def probes(r):
    """Six an hour since the first of September, with bad hours, holes, and a bad week."""
    plan, at = [], datetime.datetime(2026, 9, 1)
    while at < datetime.datetime(2026, 12, 20):
        bad = 0.5 if datetime.datetime(2026, 10, 5) <= at < datetime.datetime(2026, 10, 12) else 0.01
        failed = r.randrange(1, 7) if r.random() < bad else 0
        if r.random() >= 0.003:
            plan.append({"hour": at.strftime("%Y-%m-%dT%H"), "ok": 6 - failed + (r.random() < 0.05), "failed": failed})
        at += datetime.timedelta(hours=1)
    return plan


def labels(r, refs):
    plan = []
    for ref in refs:
        on = day(r, datetime.date(2026, 2, 1), datetime.date(2026, 11, 20))
        for state in ("issued", "posted") + (("retired",) if r.random() < 0.1 else ()):
            taken = later(on, -r.choice((0, 0, 3, 350))) if state == "posted" and r.random() < 0.9 else None
            plan.append({"ref": ref, "state": state, "at": stamp(r, on), "taken_on": taken})
            on = later(on, r.randrange(1, 60))
    return sorted(plan, key=lambda step: step["at"])


def make_plan(refs, seed=8):
    """`refs`: numbers of places in the registers; the plan speaks of some of them."""
    r = random.Random(seed)
    layers = ("residential-groups", "streets", "establishments", "stalls", "food-safety")
    return {
        "duties": [{"layer": name, "owner": "cán bộ mẫu", "frequency": "hằng tháng", "source": "danh sách mẫu",
                    "procedure": "" if name == "streets" else "QT-01/mẫu"} for name in layers],
        "verified": [{"ref": ref, "on": day(r)} for ref in r.sample(refs, 900)],
        "holidays": ["2026-02-17", "2026-04-30", "2026-05-01", "2026-06-15", "2026-09-02", "2026-10-20"],
        "notices": [notice(r, n) for n in range(1, 401)],
        "checks": checks(r), "probes": probes(r),
        "pauses": [{"from": "2026-10-06T01", "to": "2026-10-06T06", "announced": "2026-10-03"}, {"from": "2026-10-20T00", "to": "2026-10-20T04", "announced": "2026-10-20"},
                   {"from": "2026-10-27T22", "to": "2026-10-28T04", "announced": "2026-10-25"}],
        "accounts": [{"created": stamp(r, day(r, last=datetime.date(2026, 9, 1))), "seen": stamp(r, day(r)) if r.random() < 0.9 else None,
                      "disabled": int(r.random() < 0.15)} for _ in range(24)],
        "labels": labels(r, r.sample(refs, 400)),
        "exempt": [{"ref": ref, "from": day(r), "to": None if r.random() < 0.5 else "2026-11-30"} for ref in r.sample(refs, 60)],
        "uses": [{"day": on, "kind": kind, "count": r.randrange(1, 5)} for kind, on in (
            ("report", "2026-04-02"), ("dashboard", "2026-06-30"), ("export_food_safety", "2026-03-31"), ("report", "2026-10-01"),
            ("inspection_plan", "2026-10-31"), ("export_food_safety", "2026-11-01"), ("dashboard", "2026-10-09"), ("other", "2026-10-09"))],
        "groups": [{"name": "food-safety", "papers": ["1/mẫu", "2/mẫu", "3/mẫu"]}, {"name": "business", "papers": ["4/mẫu", "", "5/mẫu"]}],
        "changes": [stamp(r, "2026-05-31"), stamp(r, "2026-09-30")],
        "invoices": [{"ref": ref, "in_scope": int(r.random() < 0.6), "connected": int(r.random() < 0.5)} for ref in r.sample(refs, 700)],
    }


def fill(db, plan):
    def many(sql, rows):
        db.executemany(sql, rows)

    for table in ("service_probe", "service_check_item", "service_check", "service_use", "service_pause", "notice", "label", "code_exemption",
                  "holiday", "user"):
        db.execute("DELETE FROM " + table)  # what the ward's own server has noted meanwhile
    many("UPDATE layer_registry SET owner = :owner, frequency = :frequency, source = :source, procedure_ref = :procedure WHERE layer = :layer", plan["duties"])
    many("UPDATE place SET verified_on = :on WHERE ref = :ref", plan["verified"])
    many("INSERT INTO holiday VALUES (?, 'ngày nghỉ mẫu')", [(on,) for on in plan["holidays"]])
    many("INSERT INTO notice (id, code, kind, about, received_at, received_on, due_on, state, decided_at) VALUES"
         " (:id, '', :kind, 'mẫu', :received_at, :received_on, :due_on, :state, :decided_at)", plan["notices"])
    for number, run in enumerate(plan["checks"], 1001):
        db.execute("INSERT INTO service_check (id, kind, at, who) VALUES (?, ?, ?, 'mẫu')", (number, run["kind"], run["at"]))
        many("INSERT INTO service_check_item (check_id, item, ok) VALUES (?, ?, ?)", [(number, *item) for item in run["items"]])
    many("INSERT INTO service_probe VALUES (:hour, :ok, :failed)", plan["probes"])
    many("INSERT INTO service_pause (from_hour, to_hour, announced_on, note) VALUES (:from, :to, :announced, 'mẫu')", plan["pauses"])
    for number, one in enumerate(plan["accounts"]):
        db.execute("INSERT INTO user (name, role, password, disabled, created_at, last_seen_at) VALUES (?, 'observer', '', ?, unixepoch(?), unixepoch(?))",
                   (f"mau{number}", one["disabled"], one["created"], one["seen"]))
    for number, step in enumerate(plan["labels"]):
        picture = hashlib.sha256(b"%d" % number).digest() if step["taken_on"] else None
        if picture:
            db.execute("INSERT INTO image VALUES (?1, ?1, ?1, ?1, 1, 1, 1, ?2, NULL, NULL, ?3, 'mẫu')", (picture, step["taken_on"], step["at"]))
        db.execute("INSERT INTO label (code, state, at, by, image) SELECT code, ?, ?, 'mẫu', ? FROM place WHERE ref = ?",
                   (step["state"], step["at"], picture, step["ref"]))
    many("INSERT INTO code_exemption SELECT id, 'QĐ mẫu', :from, :to FROM place WHERE ref = :ref", plan["exempt"])
    many("INSERT INTO service_use VALUES (:day, :kind, :count)", plan["uses"])
    many("UPDATE data_group SET catalogue_ref = ?, procedure_ref = ?, permission_ref = ? WHERE name = ?", [(*g["papers"], g["name"]) for g in plan["groups"]])
    many("INSERT INTO evidence_event (evidence_id, to_state, at, by) SELECT min(id), 'verified', ?, 'mẫu' FROM evidence", [(at,) for at in plan["changes"]])
    many("UPDATE establishment SET einvoice_in_scope = :in_scope, einvoice_connected = :connected"
         " WHERE place_id = (SELECT id FROM place WHERE ref = :ref)", plan["invoices"])


def copy_of(ward, folder, plan):
    """A copy of the ward in `folder` that holds the plan; its path."""
    copy = os.path.join(folder, "ward.db")
    shutil.copy(ward + ".key", copy + ".key")
    source, db = sqlite3.connect(f"file:{ward}?mode=ro", uri=True), sqlite3.connect(copy)
    source.backup(db)
    source.close()
    db.enable_load_extension(True)
    db.load_extension("mod_spatialite")
    db.execute("PRAGMA journal_mode = DELETE")
    fill(db, plan)
    db.commit()
    db.close()
    return copy
