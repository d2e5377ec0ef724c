"""Counts every indicator that stands on what the office and its service wrote down, from the plan of ledgers.py alone: each function
gives (numerator, denominator) on a day; (0, 0) is na. `today` is the day of the report's run: figures of a day still to come look
no further than yesterday."""
import datetime

DAY = datetime.timedelta(days=1)
USES = ("report", "dashboard", "export_food_safety", "inspection_plan")


def date(text):
    return datetime.date.fromisoformat(text)


def local(moment):
    return (datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")) + datetime.timedelta(hours=7)).date()


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def share(flags):
    flags = list(flags)
    return (sum(map(bool, flags)), len(flags))


def last_run(plan, kind, as_of):
    runs = [run for run in plan["checks"] if run["kind"] == kind and local(run["at"]) <= as_of]
    return max(runs, key=lambda run: run["at"]) if runs else None


def passed(plan, kind, as_of, least=1):
    run = last_run(plan, kind, as_of)
    return share(ok for _, ok in run["items"]) if run and len(run["items"]) >= least else (0, 0)


def late_from(received, plan):
    """The first day on which five working days after that of receipt are over."""
    on, left = received, 6
    while left:
        on += DAY
        left -= on.weekday() < 5 and on.isoformat() not in plan["holidays"]
    return on


def s1_3c(plan, as_of):
    flags = []
    for one in plan["notices"]:
        received = date(one["received_on"])
        if one["kind"] != "wrong" or one["state"] == "rejected" or not as_of - 90 * DAY <= received <= as_of:
            continue
        late, done = late_from(received, plan), local(one["decided_at"]) if one["decided_at"] else None
        if done and done <= as_of:
            flags.append(done < late)
        elif late <= as_of:
            flags.append(False)
    return share(flags)


def s1_5a(plan, as_of, today):
    if not any(date(p["hour"][:10]) <= as_of for p in plan["probes"]):
        return (0, 0)
    last, good = min(as_of, today - DAY), {}
    for p in plan["probes"]:
        on = date(p["hour"][:10])
        good[on] = good.get(on, 0) + min(p["ok"], 6)
    return share(good.get(last - k * DAY, 0) >= 0.95 * 24 * 6 for k in range(30))


def s2_6a(plan, as_of, today):
    if not any(date(p["hour"][:10]) <= as_of for p in plan["probes"]):
        return (0, 0)
    last = min(as_of, today - DAY)
    hours = ["%sT%02d" % (last - k * DAY, h) for k in range(89, -1, -1) for h in range(24)]
    paused = [h for h in hours if any(p["from"] <= h < p["to"] and p["announced"] < p["from"][:10] for p in plan["pauses"])][:8]
    well = {p["hour"] for p in plan["probes"] if p["ok"] > 0 and p["failed"] == 0}
    return share(h in well for h in hours if h not in paused)


def s1_5b(plan, as_of):
    issued = [a for a in plan["accounts"] if not a["disabled"] and local(a["created"]) <= as_of]
    return share(a["seen"] and as_of - 30 * DAY <= local(a["seen"]) <= as_of for a in issued)


def alive_on(plan, as_of, import_day):
    days = [on for on in [local(at) for at in plan["changes"]] + [import_day] if on <= as_of]
    return max(days) if days else None


def s2_3a(plan, active, as_of):
    """`active`: a key for each place of E, the register's number where it has one."""
    if not any(step["state"] == "posted" for step in plan["labels"]):
        return (0, 0)
    exempt = {x["ref"] for x in plan["exempt"] if date(x["from"]) <= as_of and (x["to"] is None or as_of <= date(x["to"]))}
    posted = {}
    for step in plan["labels"]:
        if step["state"] != "issued" and local(step["at"]) <= as_of:
            posted[step["ref"]] = min(local(step["at"]), date(step["taken_on"])) if step["state"] == "posted" and step["taken_on"] else None
    return share(posted.get(key) is not None and as_of - 365 * DAY <= posted[key] for key in active if key not in exempt)


def s2_4(plan, as_of):
    if not any(u["kind"] in USES and date(u["day"]) <= as_of for u in plan["uses"]):
        return (0, 0)
    first = datetime.date(as_of.year, (as_of.month - 1) // 3 * 3 + 1, 1)
    return share(any(u["kind"] == use and first <= date(u["day"]) <= as_of for u in plan["uses"]) for use in USES)


def s2_5(plan, as_of):
    return share(n["decided_at"] is not None and local(n["decided_at"]) <= date(n["due_on"]) for n in plan["notices"]
                 if n["kind"] == "wrong" and as_of - 90 * DAY <= date(n["due_on"]) <= as_of)


def s2_6b(plan, as_of):
    run = last_run(plan, "restore", as_of)
    return (int(all(ok for _, ok in run["items"]) and local(run["at"]) >= as_of - 90 * DAY), 1) if run else (0, 0)


def s2_6c(plan, as_of, now):
    good = [run for run in plan["checks"] if run["kind"] == "backup" and local(run["at"]) <= as_of and all(ok for _, ok in run["items"])]
    end = datetime.datetime(as_of.year, as_of.month, as_of.day, 17, tzinfo=datetime.timezone.utc)
    return (int(max(moment(run["at"]) for run in good) >= min(end, now) - DAY), 1) if good else (0, 0)


def recount(plan, active, listed, as_of, now, import_day):
    """`active`: keys of E; `listed`: those of them that stand in a register of businesses."""
    today = (now + datetime.timedelta(hours=7)).date()
    verified = {v["ref"]: date(v["on"]) for v in plan["verified"]}
    invoices = {i["ref"]: i for i in plan["invoices"]}
    last_on = alive_on(plan, as_of, import_day)
    alive = int(last_on is not None and last_on >= as_of - 30 * DAY)
    return {
        "S1.3a": share(d["owner"] and d["frequency"] and d["source"] and d["procedure"] for d in plan["duties"]),
        "S1.3b": share(key in verified and as_of - 90 * DAY <= verified[key] <= as_of for key in active),
        "S1.3c": s1_3c(plan, as_of),
        "S1.4a": passed(plan, "search", as_of), "S1.4b": passed(plan, "search_sample", as_of, least=50),
        "S1.5a": s1_5a(plan, as_of, today), "S1.5b": s1_5b(plan, as_of), "S1.5c": (alive, 1) if last_on else (0, 0),
        "S2.3a": s2_3a(plan, active, as_of), "S2.3b": passed(plan, "codes", as_of), "S2.3c": passed(plan, "codes_ceased", as_of),
        "S2.4": s2_4(plan, as_of), "S2.5": s2_5(plan, as_of),
        "S2.6a": s2_6a(plan, as_of, today), "S2.6b": s2_6b(plan, as_of), "S2.6c": s2_6c(plan, as_of, now),
        "S2.7": share(all(g["papers"]) for g in plan["groups"]), "S2.8": passed(plan, "dashboard", as_of),
        "KPI-HDDT": share(invoices[key]["connected"] for key in listed if key in invoices and invoices[key]["in_scope"]),
        "S0 VIII.2.1": (int(not alive), 1) if last_on else (0, 0),
    }
