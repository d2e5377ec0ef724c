#!/usr/bin/env python3
"""Counts every indicator of the sample ward again, in another language, from plans alone, and compares.

    recompute.py SAMPLE_DIR REPORT.json...      reports of `mapd indicators --json` on a copy of the ward with the ledgers
    recompute.py SAMPLE_DIR --run MAPD WARD.db  makes the copy and the reports of three days itself, and prints every code

Reads the generator's truth/*.tsv and base/industries.csv and the plan of ledgers.py, never a table, a view or an export of the
program. 0 when everything agrees, else one line per difference and 1. Where the truth leaves a verdict open (a row that may be taken
or asked about, a position that may be reached from a spoiled address) the figure must stand between the least and the most.
"""
import csv
import datetime
import json
import os
import subprocess
import sys
import tempfile

import ledgers
import recount_ledgers

POLICIES = ("STRICT", "STANDARD", "LENIENT")
WINDOW_DAYS = {"E1": 365, "E2": 365, "E3": 90}
REMOVED_DAYS, PLATFORM_DAYS = 90, 365
TARGETS = {"KPI-GD": {2026: 60, 2028: 80, 2030: 100}, "KPI-NTS": {2026: 50, 2028: 70, 2030: 85}, "KPI-TK": {2026: 100}, "KPI-K100": {2026: 100}}
MARKET_PILOTS = {"MH01": "CHO01", "MH03": "CHO02"}  # the third model of the plan, MH02, is a street
MARKET_FILES = {"office/quay_sap_cho_mau.xlsx": "CHO01", "office/quay_sap_cho_hoa_mau.xlsx": "CHO02"}


LIST_DAY = datetime.date(2026, 10, 31)  # "Số liệu đến ngày 31/10/2026" of the lists with a letterhead
REFERENCE = ("establishments", "stalls", "food-safety")
FACILITIES = {"VIII.3.3": ("86",), "VIII.3.4": ("85",), "VIII.3.5": ("4711", "4719", "551", "561")}
TRUSTED = ("gps", "stall_plan", "house_number")
ADDRESS_KEPT = {"", "yes_no_spelling", "phone_spelling", "phone_as_number", "id_as_number", "date_spelling", "status_synonym", "kind_synonym", "name_all_caps",
                "merged_cell", "hidden_row", "name_spaces", "name_nfd", "coordinates_comma", "coordinates_dms", "stall_in_register"}


class Between:
    """What the truth leaves open: any count from `least` to `most`."""

    def __init__(self, least, most):
        self.least, self.most = least, most

    def __eq__(self, other):
        return isinstance(other, int) and self.least <= other <= self.most

    def __str__(self):
        return "%d..%d" % (self.least, self.most)

    __repr__ = __str__


def day(text):
    return datetime.date.fromisoformat(text) if text else None


class Truth:
    def __init__(self, folder, import_day):
        def read(name):
            with open(os.path.join(folder, "truth", name + ".tsv"), encoding="utf-8") as file:
                return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

        self.rows, self.import_day = read("rows"), import_day
        self.value = {(v["file"], v["row"], v["field"]): v["value"] for v in read("values")}
        self.letterheads = {trap["file"] for trap in read("files") if trap["trap"] == "letterhead"}
        with open(os.path.join(folder, "base", "industries.csv"), encoding="utf-8") as file:
            self.classes = {(c["version"], c["code"]): c for c in csv.DictReader(file)}
        self.row_of = {}
        for row in self.rows:
            if row["kind"] in ("establishments", "stalls") and row["ref"] and row["verdict"] in ("added", "review"):
                self.row_of.setdefault(row["ref"], row)
        dated = {row["list"]: day(row["dated_on"]) or import_day for row in read("lists")}
        linked = {row["ref"] for row in self.rows if "stall_in_register" in row["defects"]}
        self.places = {}
        for row in read("places"):
            stall = row["list"] == "stalls"
            listed_by = dated["households"] if stall and row["ref"] in linked else dated[row["list"]]
            shows_platform = row["list"] in ("households", "enterprises", "survey") or (stall and row["ref"] in linked)
            shows_account = shows_platform or stall
            self.places[row["place"]] = {
                "ref": row["ref"], "key": row["ref"] or "plan " + row["place"], "list": row["list"], "kind": row["kind"], "status": row["status"], "stall": stall, "market": row["market"],
                "stored": row["stored"] == "1" and row["elsewhere"] == "0", "trader": row["trader"],
                "platform_on": listed_by if shows_platform and row["platform"] == "1" else None,
                "account": shows_account and row["account"] == "1", "evidence": [],
            }
        self.add_unplanned()
        self.add_twins()
        for row in read("evidence"):
            if row["state"] == "verified":
                self.places[row["place"]]["proven"] = True
            if row["passed"] == "1":
                self.places[row["place"]]["evidence"].append((row["class"], day(row["day"]), row["state"]))
        self.members = [(row["pilot"], row["place"], day(row["joined"]), day(row["left"])) for row in read("members")]

    def add_unplanned(self):
        """Stalls squeezed in between, known from their rows only; nobody asked them about accounts."""
        for row in self.rows:
            if "stall_not_in_plan" in row["defects"].split(","):
                self.places["row %s %s" % (row["file"], row["row"])] = {
                    "ref": "", "key": "row %s %s" % (row["file"], row["row"]), "list": "stalls", "kind": "household", "status": "active", "stall": True, "market": MARKET_FILES[row["file"]],
                    "stored": True, "trader": row["name"], "platform_on": None, "account": False, "evidence": []}

    def add_twins(self):
        """A register row under a new number that waits as a duplicate is a record of its own until somebody decides."""
        by_ref = {place["ref"]: place for place in self.places.values() if place["ref"]}
        for row in self.rows:
            if "duplicate_place" in row["defects"].split(",") and row["verdict"] == "review" and row["ref"]:
                self.places["twin " + row["ref"]] = dict(by_ref[row["ref"][:-1]], key=row["ref"], evidence=[], twin=True)

    def refs_for_ledgers(self):
        """Numbers that stand once in one register, so that the plan of the ledgers can speak of them."""
        linked = {row["ref"] for row in self.rows if "stall_in_register" in row["defects"]}
        return sorted(p["ref"] for p in self.places.values() if p["ref"] and p["stored"] and not p.get("twin") and p["ref"] not in linked
                      and p["list"] in ("households", "enterprises", "stalls"))

    def cell(self, place, field):
        row = self.row_of.get(place["ref"])
        return self.value.get((row["file"], row["row"], field), "") if row and not place["stall"] else ""

    def version(self, code):
        """The newest classification that has the code."""
        return next((v for v in ("2025", "2018") if (v, code) in self.classes), None)

    def dated(self, file):
        return LIST_DAY if file in self.letterheads else self.import_day

    def active(self):
        return [place for place in self.places.values() if place["stored"] and place["status"] == "active"]


def last_day(place, kind, as_of, states):
    """The last day of a class of evidence inside its window, or None."""
    days = [when for (what, when, state) in place["evidence"]
            if what == kind and state in states and 0 <= (as_of - when).days <= WINDOW_DAYS[kind]]
    return max(days) if days else None


def accepts(place, as_of, policy, states=("verified",)):
    minutes = last_day(place, "E1", as_of, states) is not None
    picture = last_day(place, "E2", as_of, states) is not None
    return {"STRICT": minutes and picture, "STANDARD": minutes, "LENIENT": minutes or picture}[policy]


def trades(place, joined, as_of, states=("verified",)):
    when = last_day(place, "E3", as_of, states)
    return when is not None and when >= joined


def share(flags):
    flags = list(flags)
    return (sum(flags), len(flags))


def kpi_gd(truth, as_of):
    now, with_removed = [], []
    for pilot, number, joined, left in truth.members:
        place = truth.places[number]
        if joined > as_of or not place["stored"] or place["status"] != "active":
            continue
        if left is None or left > as_of:
            now.append((pilot, place, joined))
        elif (as_of - left).days > REMOVED_DAYS:
            continue
        with_removed.append((pilot, place, joined))

    def counted(members, policy, states=("verified",)):
        return share(accepts(p, as_of, policy, states) and trades(p, joined, as_of, states) for _, p, joined in members)

    out = {("KPI-GD", ""): counted(now, "STANDARD")}
    for pilot in sorted({pilot for pilot, _, _ in now}):
        out["KPI-GD", pilot] = counted([m for m in now if m[0] == pilot], "STANDARD")
    for policy in POLICIES:
        out["KPI-GD", policy] = counted(now, policy)
    out["KPI-GD", "with_disputed"] = counted(now, "STANDARD", ("verified", "disputed"))
    out["KPI-GD", "with_removed"] = counted(with_removed, "STANDARD")
    return out


def kpi_k100(truth, as_of):
    started = {pilot for pilot, _, joined, _ in truth.members if joined <= as_of}
    stalls = {pilot: [p for p in truth.active() if p["stall"] and p["market"] == market]
              for pilot, market in MARKET_PILOTS.items() if pilot in started}
    everyone = [p for pilot in stalls for p in stalls[pilot]]
    out = {("KPI-K100", ""): share(accepts(p, as_of, "STANDARD") for p in everyone)}
    for pilot, places in stalls.items():
        out["KPI-K100", pilot] = share(accepts(p, as_of, "STANDARD") for p in places)
    for policy in POLICIES:
        out["KPI-K100", policy] = share(accepts(p, as_of, policy) for p in everyone)
    out["KPI-K100", "with_disputed"] = share(accepts(p, as_of, "STANDARD", ("verified", "disputed")) for p in everyone)
    return out


def platform_counts(place, as_of):
    when = place["platform_on"]
    return when is not None and (as_of - when).days <= PLATFORM_DAYS  # a younger list counts: as_of is not known_at


def coded(truth, place):
    """S2.1: a class of level 4 of the newest classification, with a group of the ward."""
    one = truth.classes.get(("2025", truth.cell(place, "industry_code")))
    return one is not None and one["level"] == "4" and one["group"] != ""


def positions(truth, active):
    """S1.1b: at most the places whose best honest position is one to trust; at least those of them with a whole address."""
    def row(place):
        return truth.row_of.get(place["ref"]) if place["ref"] else None

    best = [p for p in active if not row(p) or row(p)["class"] in TRUSTED]
    sure = [p for p in best if row(p) and not row(p)["verdict_also"] and set(row(p)["defects"].split(",")) <= ADDRESS_KEPT]
    return Between(len(sure), len(best))


def core_fields(truth, active):
    """S1.1c: at most the places with a class anybody knows; at least those of them whose house stands in a known group."""
    full = [p for p in active if truth.version(truth.cell(p, "industry_code"))]
    sure = [p for p in full if truth.row_of[p["ref"]]["class"] not in ("none", "street", "area") and not truth.row_of[p["ref"]]["verdict_also"]]
    return Between(len(sure), len(full))


def unmatched(truth, as_of):
    """S1.1a: rows of reference lists that became no place: all that nobody can read, at most those that wait for a decision too (a
    list that came in twice brings those as known). None where no list is that old."""
    rows = [r for r in truth.rows if r["kind"] in REFERENCE and truth.dated(r["file"]) <= as_of]
    if not rows or any(max((truth.dated(r["file"]) for r in rows if r["kind"] == kind), default=as_of) < as_of - datetime.timedelta(days=180)
                       for kind in REFERENCE):
        return None
    return Between(sum(r["verdict"] == "rejected" for r in rows),
                   sum(r["verdict"] in ("rejected", "review") or r["verdict_also"] != "" for r in rows))


def layers(truth, active, as_of):
    """S2.2: of seven layers of management those filled for 95 of 100 records they apply to."""
    listed = [p for p in active if not p["stall"]]
    firms = [p for p in active if p["kind"] in ("enterprise", "branch", "household")]
    food = [r for r in truth.rows if r["kind"] == "food-safety" and r["verdict"] == "added"]

    def cell(row, field):
        return truth.value.get((row["file"], row["row"], field), "")

    shares = [share(bool(truth.cell(p, "issued_on")) for p in listed),
              share(bool(cell(r, "certificate") or cell(r, "committed_on")) for r in food),
              share(bool(cell(r, "inspections")) for r in food), (0, 0),
              share(bool(truth.cell(p, "qr")) or p["stall"] or bool(p.get("proven")) for p in active),
              share(p["platform_on"] is not None for p in firms), (0, 0)]
    return (sum(below > 0 and 100 * above >= 95 * below for above, below in shares), 7)


def facilities(truth, active, as_of):
    out = {}
    for row, prefixes in FACILITIES.items():
        group = [p for p in active if (row == "VIII.3.5" and p["stall"])
                 or (truth.version(truth.cell(p, "industry_code")) and truth.cell(p, "industry_code").startswith(prefixes))]
        for sheet in ("S1-huyen", "S1-xa"):
            out[sheet + " " + row, "score"] = share(accepts(p, as_of, "STANDARD") for p in group)
    return out


def asked_rows(truth, as_of):
    """S1.3c counts rows that wait for a decision too, from the day their list came in until they are decided: none ever is."""
    days = recount_ledgers.late_from(truth.import_day, {"holidays": truth.plan["holidays"]})
    if not (as_of - datetime.timedelta(days=90) <= truth.import_day and days <= as_of):
        return Between(0, 0)
    return Between(sum(r["verdict"] == "review" and not r["verdict_also"] for r in truth.rows),
                   sum(r["verdict"] == "review" or "review" in r["verdict_also"] for r in truth.rows))


def written_down(truth, active, as_of, now):
    """What the office and its service wrote down."""
    keys = [p["key"] for p in active]
    listed = [p["key"] for p in active if not p["stall"]]
    counts = recount_ledgers.recount(truth.plan, keys, listed, as_of, now, truth.import_day)
    above, below = counts["S1.3c"]
    more = asked_rows(truth, as_of)
    if more.most:
        counts["S1.3c"] = (above, Between(below + more.least, below + more.most))
    return {(code, "score" if " " in code else ""): pair for code, pair in counts.items()}


def recount(truth, as_of, now):
    out = kpi_gd(truth, as_of)
    out.update(kpi_k100(truth, as_of))
    active = truth.active()
    firms_and_households = [p for p in active if p["kind"] in ("enterprise", "branch", "household")]
    households = [p for p in active if p["kind"] == "household"]
    out["KPI-NTS", ""] = share(platform_counts(p, as_of) for p in firms_and_households)
    out["KPI-TK", ""] = share(p["account"] for p in households)
    out["S1.1a", "unmatched"] = unmatched(truth, as_of)
    out["S1.1b", ""] = (positions(truth, active), len(active))
    out["S1.1c", ""] = (core_fields(truth, active), len(active))
    out["S1.1d", ""] = share(p.get("twin", False) for p in active)
    out["S2.1", ""] = share(coded(truth, p) for p in active)
    out["S2.2", ""] = layers(truth, active, as_of)
    out["S1.2", ""] = (5, 5)
    out.update(facilities(truth, active, as_of))
    out.update(written_down(truth, active, as_of, now))
    # market 1 of the plan is deployed and is Chợ 4.0, market 2 is neither; both are the ward's
    out["S0 VII.6", "score"] = (1, 2)
    traders = {}
    for place in active:
        if place["stall"] and place["market"] == "CHO01":
            traders[place["trader"]] = traders.get(place["trader"], False) or place["account"]
    for sheet in ("S1-huyen", "S1-xa"):
        out[sheet + " VIII.3.6", "score"] = share(traders.values())
    return out


def target_of(code, year):
    milestones = TARGETS[code]
    later = [at for at in sorted(milestones) if year <= at]
    return milestones[later[0] if later else max(milestones)]


def flatten(report):
    out = {}
    for one in report["indicators"]:
        pair = (one["numerator"], one["denominator"])
        out[one["code"], ""] = pair
        if one["code"] == "S1.1a":
            out["S1.1a", "unmatched"] = pair[1] - pair[0] if pair[1] else None
        for model in one["by_model"]:
            out[one["code"], model["code"]] = (model["numerator"], model["denominator"])
        for variant in one["variants"]:
            out[one["code"], variant["name"]] = (variant["numerator"], variant["denominator"])
    for one in report["scores"]:
        out[one["sheet"] + " " + one["row"], "score"] = (one["numerator"], one["denominator"])
    return out


def judge(report, as_of, expected):
    """Targets, `met` and the percentages follow from the counts."""
    for one in report["indicators"]:
        if one["code"] not in TARGETS:
            continue
        numerator, denominator = expected[one["code"], ""]
        target = target_of(one["code"], as_of.year)
        met = 100 * numerator >= target * denominator if denominator else None
        if one["target"] != target or one["met"] != met:
            yield "%s: target %s met %s, expected %s %s" % (one["code"], one["target"], one["met"], target, met)


DAYS = ("2026-06-30", "2026-10-31", "2026-12-31")


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc)


def report_of(program, ward, as_of):
    """The report and the moment of it; asked again should midnight of Vietnam pass meanwhile."""
    while True:
        before = utc_now()
        text = subprocess.run([program, "indicators", ward, "--as-of", as_of, "--json"], check=True, stdout=subprocess.PIPE).stdout
        if (before + datetime.timedelta(hours=7)).date() == (utc_now() + datetime.timedelta(hours=7)).date():
            return json.loads(text), before


def reports_of(arguments, plan):
    if arguments[:1] == ["--run"]:
        with tempfile.TemporaryDirectory() as folder:
            copy = ledgers.copy_of(arguments[2], folder, plan)
            yield from [report_of(arguments[1], copy, as_of) for as_of in DAYS]
    for path in arguments if arguments[:1] != ["--run"] else ():
        with open(path, encoding="utf-8") as file:
            yield json.load(file), utc_now()


def truth_of(folder):
    """The lists went in on the day the generator wrote them."""
    written = datetime.datetime.fromtimestamp(os.path.getmtime(os.path.join(folder, "truth", "totals.tsv")), datetime.timezone.utc)
    truth = Truth(folder, (written + datetime.timedelta(hours=7)).date())
    truth.plan = ledgers.make_plan(truth.refs_for_ledgers())
    return truth


def compare(report, now, truth):
    as_of = day(report["as_of"])
    expected, found = recount(truth, as_of, now), flatten(report)
    lines = ["%s %s: %s, expected %s" % (*key, found.get(key), pair) for key, pair in expected.items() if found.get(key) != pair]
    lines += ["%s is not counted again" % one["code"] for one in report["indicators"]
              if (one["code"], "") not in expected and one["code"] != "S1.1a"]
    for line in lines + list(judge(report, as_of, expected)):
        yield "%s %s" % (as_of, line)


def shown(pair):
    if pair is None or pair == (0, 0):
        return "na"
    return "%s/%s" % pair if isinstance(pair, tuple) else "unmatched %s" % pair


def main(arguments):
    truth, differences, asked = truth_of(arguments[0]), [], []
    for report, now in reports_of(arguments[1:], truth.plan):
        differences += compare(report, now, truth)
        asked.append((report["as_of"], recount(truth, day(report["as_of"]), now)))
    if arguments[1] == "--run":
        print("%-18s" % "counted again" + "".join("%-20s" % as_of for as_of, _ in asked))
        for key in sorted(key for key in asked[0][1] if key[1] in ("", "score", "unmatched")):
            print("%-18s" % key[0] + "".join("%-20s" % shown(counts[key]) for _, counts in asked))
    print("\n".join(differences) or "every figure agrees")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
