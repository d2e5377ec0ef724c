#!/usr/bin/env python3
"""Counts the indicators of the sample ward again, in another language, from the generator's plan alone, and compares.

    recompute.py [--import-day YYYY-MM-DD] SAMPLE_DIR REPORT.json...      reports of `mapd indicators --json`
    recompute.py [--import-day YYYY-MM-DD] SAMPLE_DIR --run MAPD WARD.db  makes the reports of three days itself

Reads truth/*.tsv, never a table, a view or an export of the program. Silent and 0 when everything agrees, else one line
per difference and 1. What the plan cannot know (positions the geocoder reaches, addresses of one's own) is not compared.
"""
import csv
import datetime
import json
import os
import subprocess
import sys

POLICIES = ("STRICT", "STANDARD", "LENIENT")
WINDOW_DAYS = {"E1": 365, "E2": 365, "E3": 90}
REMOVED_DAYS, PLATFORM_DAYS = 90, 365
TARGETS = {"KPI-GD": {2026: 60, 2028: 80, 2030: 100}, "KPI-NTS": {2026: 50, 2028: 70, 2030: 85}, "KPI-TK": {2026: 100}, "KPI-K100": {2026: 100}}
MARKET_PILOTS = {"MH01": "CHO01", "MH03": "CHO02"}  # the third model of the plan, MH02, is a street
MARKET_FILES = {"office/quay_sap_cho_mau.xlsx": "CHO01", "office/quay_sap_cho_hoa_mau.xlsx": "CHO02"}


def day(text):
    return datetime.date.fromisoformat(text) if text else None


class Truth:
    def __init__(self, folder, import_day):
        def read(name):
            with open(os.path.join(folder, "truth", name + ".tsv"), encoding="utf-8") as file:
                return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

        self.rows = read("rows")
        dated = {row["list"]: day(row["dated_on"]) or import_day for row in read("lists")}
        linked = {row["ref"] for row in self.rows if "stall_in_register" in row["defects"]}
        self.places = {}
        for row in read("places"):
            stall = row["list"] == "stalls"
            listed_by = dated["households"] if stall and row["ref"] in linked else dated[row["list"]]
            shows_platform = row["list"] in ("households", "enterprises", "survey") or (stall and row["ref"] in linked)
            shows_account = shows_platform or stall
            self.places[row["place"]] = {
                "ref": row["ref"], "kind": row["kind"], "status": row["status"], "stall": stall, "market": row["market"],
                "stored": row["stored"] == "1" and row["elsewhere"] == "0", "trader": row["trader"],
                "platform_on": listed_by if shows_platform and row["platform"] == "1" else None,
                "account": shows_account and row["account"] == "1", "evidence": [],
            }
        self.add_unplanned()
        self.add_twins()
        for row in read("evidence"):
            if row["passed"] == "1":
                self.places[row["place"]]["evidence"].append((row["class"], day(row["day"]), row["state"]))
        self.members = [(row["pilot"], row["place"], day(row["joined"]), day(row["left"])) for row in read("members")]

    def add_unplanned(self):
        """Stalls squeezed in between, known from their rows only; nobody asked them about accounts."""
        for row in self.rows:
            if "stall_not_in_plan" in row["defects"].split(","):
                self.places["row %s %s" % (row["file"], row["row"])] = {
                    "ref": "", "kind": "household", "status": "active", "stall": True, "market": MARKET_FILES[row["file"]],
                    "stored": True, "trader": row["name"], "platform_on": None, "account": False, "evidence": []}

    def add_twins(self):
        """A register row under a new number that waits as a duplicate is a record of its own until somebody decides."""
        by_ref = {place["ref"]: place for place in self.places.values() if place["ref"]}
        for row in self.rows:
            if "duplicate_place" in row["defects"].split(",") and row["verdict"] == "review" and row["ref"]:
                self.places["twin " + row["ref"]] = dict(by_ref[row["ref"][:-1]], evidence=[], twin=True)

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


def recount(truth, as_of):
    out = kpi_gd(truth, as_of)
    out.update(kpi_k100(truth, as_of))
    active = truth.active()
    firms_and_households = [p for p in active if p["kind"] in ("enterprise", "branch", "household")]
    households = [p for p in active if p["kind"] == "household"]
    out["KPI-NTS", ""] = share(platform_counts(p, as_of) for p in firms_and_households)
    out["KPI-TK", ""] = share(p["account"] for p in households)
    out["S1.1d", ""] = share(p.get("twin", False) for p in active)
    for code in ("S1.1b", "S1.1c", "S2.1"):
        out[code, "denominator"] = (None, len(active))
    out["S1.2", ""] = (5, 5)
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
        out[one["code"], "denominator"] = (None, pair[1])
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


def reports_of(arguments):
    if arguments[:1] == ["--run"]:
        for as_of in DAYS:
            yield json.loads(subprocess.run([arguments[1], "indicators", arguments[2], "--as-of", as_of, "--json"],
                                            check=True, stdout=subprocess.PIPE).stdout)
    for path in arguments if arguments[:1] != ["--run"] else ():
        with open(path, encoding="utf-8") as file:
            yield json.load(file)


def main(arguments):
    import_day = datetime.date(2026, 11, 22)
    if "--import-day" in arguments:
        at = arguments.index("--import-day")
        import_day = day(arguments[at + 1])
        del arguments[at:at + 2]
    truth = Truth(arguments[0], import_day)
    differences = 0
    for report in reports_of(arguments[1:]):
        as_of = day(report["as_of"])
        expected, found = recount(truth, as_of), flatten(report)
        lines = ["%s %s: %s, expected %s" % (*key, found.get(key), pair) for key, pair in expected.items() if found.get(key) != pair]
        lines += list(judge(report, as_of, expected))
        for line in lines:
            print("%s %s" % (as_of, line))
        differences += len(lines)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
