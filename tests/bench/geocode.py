#!/usr/bin/env python3
"""Measures the geocoder from outside: invents addresses and writes them down the way clerks do.

    geocode.py MAPD WORKDIR sample SAMPLE_DIR     gazetteer: base/ of the sample ward
    geocode.py MAPD WORKDIR invented STREETS      gazetteer: a town of so many streets, made here
    geocode.py MAPD WORKDIR names STREETS         the same streets as a list of names without houses
    geocode.py MAPD WORKDIR hanoi CSV             real addresses of Hà Nội (OpenStreetMap): house numbers without lines of streets
    geocode.py MAPD WORKDIR danang JSON           every street name of Đà Nẵng, four in five of them told, no houses
    options: --rows N --seed N --names FILE (one street name a line) --show KIND --check --calibrate FILE

The generator (geocode_mess.py) follows the rules of address practice (docs), not the program: it calls nothing of import/. Every row
has the truth: position, the best honest class, and the kinds of mess in it. Printed: by kind and by class, auto-placed, within
25/50/100 m, false-confident, over-claimed; the confusion of classes; how far the printed chances are right (ECE); rows a second of
processor time. Then the same file again must give the same bytes, and shuffled the same answers. --calibrate writes class, score and
whether it was right for rows of another seed, which count in no figure (calibrate.py fits the table from them).
"""
import argparse, collections, csv, math, os, random, re, resource, subprocess, sys

from geocode_mess import ENCODINGS, compose, no_marks, number_text, street_text
from geocode_wards import danang, distance, hanoi, invented, key, sample


class Row:
    def __init__(self, text, at, best, kinds, answerable=True, street=""):
        self.text, self.at, self.best, self.kinds, self.answerable, self.street = text, at, best, kinds, answerable, street


def best_class(h, index):
    if h.known:
        return "A"
    side = index[(h.street, h.chain)]
    same = [k for k in side if k.known and (h.chain or k.number % 2 == h.number % 2)]
    low = max((k.number for k in same if k.number <= h.number), default=None)
    high = min((k.number for k in same if k.number >= h.number), default=None)
    if low is None or high is None:
        return "D"
    return "B" if high - low <= (6 if h.chain else 12) else "C"


def make_rows(houses, absent, wards, args, rng):
    index = collections.defaultdict(list)
    for h in houses:
        index[(h.street, h.chain)].append(h)
    largest = collections.Counter()
    for h in houses:
        if not h.chain:
            largest[h.street] = max(largest[h.street], h.number)
    rows = []
    for _ in range(args.rows):
        h, kinds = rng.choice(houses), []
        ward = rng.choice(wards)
        if rng.random() < .06:
            rows.append(negative(h, absent, largest, ward, rng))
            continue
        best, number = best_class(h, index), number_text(h, rng, kinds)
        if rng.random() < .02:
            kinds.append("relation")
            number, best = rng.choice(["Đối diện ", "đối diện số ", "Gần ", "Đ/d "]) + number, "C"
        text = compose(number, street_text(h.street, rng, kinds, args), ward, rng, kinds)
        if rng.random() < .3:
            e = rng.choice(list(ENCODINGS))
            kinds.append(e)
            text = ENCODINGS[e](text)
        rows.append(Row(text, h.at, best, kinds or ["plain"], street=h.street))
    if args.without_houses:  # the street is all an honest answer can say, and which numbers there are nobody can know
        rows = [r for r in rows if "number_outside" not in r.kinds]
        for r in rows:
            r.best = "D" if r.best else None
    return rows


def negative(h, absent, largest, ward, rng):
    kind = rng.randrange(6)
    if kind == 0:
        return Row(f"{h.number} {rng.choice(absent)}, {ward}", None, None, ["absent_street"], False)
    if kind == 1:
        return Row(f"{largest[h.street] * 2 + 301} {h.street}, {ward}", None, None, ["number_outside"], False)
    if kind == 2:
        return Row(f"{h.number} {h.street}, Phường {rng.choice(['An Hải', 'Hòa Xuân', 'Thanh Khê', 'Cẩm Lệ'])}", None, None, ["other_ward"], False)
    if kind == 3:
        return Row(rng.choice(["lưu động", "bán hàng rong", "nt", "-", "#N/A", "Bán online", "không có địa chỉ"]), None, None, ["nothing"], False)
    if kind == 4:
        return Row(f"Thửa đất số {rng.randint(1, 500)}, tờ bản đồ số {rng.randint(1, 90)}", None, None, ["cadastral"], False)
    return Row(f"{h.number} {no_marks(rng.choice(absent)).lower()}", None, None, ["absent_street"], False)


# ---- measuring ----

def ask(args, rows, name):
    """Answers by row, and the processor seconds of the run."""
    source, target = os.path.join(args.work, name + ".csv"), os.path.join(args.work, name + ".out.csv")
    with open(source, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f)
        w.writerow(["id", "dia_chi"])
        for i, r in enumerate(rows):
            w.writerow([i, r.text])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([args.mapd, "geocode", args.db, "--csv", source, target], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    data = open(target, "rb").read()
    answers = {int(r["id"]): r for r in csv.DictReader(data.decode("utf-8").splitlines())} if rows else {}
    return answers, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, data


ORDER = "ABCDE"


class Tally:
    def __init__(self):
        self.n = self.answerable = self.auto = self.sharp = self.false = self.over = self.wrong_auto = 0
        self.within = collections.Counter()


def is_right(r, a):
    """Whether an automatic answer lies where its class says; of a question, whether the proposed street is the right one."""
    if a["status"] != "auto":
        return r.answerable and key(a["street"]) == key(r.street)
    if not r.answerable:
        return False
    d = distance((float(a["lon"]), float(a["lat"])), r.at)
    return d <= (50 if a["class"] in "AB" else max(150, float(a["accuracy_m"])))


def judge(r, a, t):
    t.n += 1
    is_auto = a["status"] == "auto"
    if not r.answerable:
        t.wrong_auto += is_auto
        t.false += is_auto
        return "wrong_auto" if is_auto else None
    t.answerable += 1
    if not is_auto:
        return "missed"
    t.auto += 1
    if a["class"] in "AB":
        t.sharp += 1
        for m in (25, 50, 100):
            t.within[m] += distance((float(a["lon"]), float(a["lat"])), r.at) <= m
    verdict = None
    if ORDER.index(a["class"]) < ORDER.index(r.best):
        t.over += 1
        verdict = "over"
    if not is_right(r, a):
        t.false += 1
        verdict = "false"
    return verdict


def line(name, t):
    p = lambda x, n: f"{100 * x / n:7.2f}" if n else "      -"
    print(f"{name:16}{t.n:7}{p(t.auto, t.answerable)}{p(t.within[25], t.sharp)}{p(t.within[50], t.sharp)}{p(t.within[100], t.sharp)}"
          f"{p(t.false, t.n)}{p(t.over, t.n)}{p(t.wrong_auto, t.n - t.answerable)}")


def confusion(rows, answers):
    """Best honest class down, answered class across."""
    matrix = collections.Counter()
    for i, r in enumerate(rows):
        a = answers[i]
        matrix[(r.best or "-", a["class"] or a["status"])] += 1
    across = [c for c in "ABCDE"] + ["review", "none"]
    print("best \\ answer  " + "".join(f"{c:>8}" for c in across))
    for best in "ABCD-":
        if any(matrix[(best, c)] for c in across):
            print(f"{best:15}" + "".join(f"{matrix[(best, c)] or '.':>8}" for c in across))


def chances(path):
    """The table of import/geocode_score.def: class → [(from score, percent)]."""
    table = collections.defaultdict(list)
    for c, low, percent in re.findall(r"^SCORE\('(.)', ([\d.]+), ([\d.]+)\)", open(path, encoding="utf-8").read(), re.M):
        table[c].append((float(low), float(percent)))
    return table


def reliability(rows, answers, table):
    """Expected calibration error: how far the printed chance is from what came true, over classes and scores."""
    groups = collections.defaultdict(list)
    for i, r in enumerate(rows):
        a = answers[i]
        c = a["class"] or "R"
        if a["status"] == "none" or (c == "R" and not a["street"]) or c not in table:
            continue
        percent = [p for low, p in table[c] if float(a["score"]) >= low]
        groups[(c, percent[-1] if percent else 0)].append(is_right(r, a))
    n = sum(len(g) for g in groups.values())
    ece = sum(abs(100 * sum(g) / len(g) - p) * len(g) for (_, p), g in groups.items()) / max(1, n)
    print("said / came true, rows: " + ", ".join(f"{c} {p:g}/{100 * sum(g) / len(g):.1f} {len(g)}" for (c, p), g in sorted(groups.items())))
    print(f"expected calibration error {ece:.2f} of 100, on {n} rows that the table was not fitted on")


def report(rows, answers, args):
    everything, by_kind, by_class = Tally(), collections.defaultdict(Tally), collections.defaultdict(Tally)
    shown = collections.Counter()
    for i, r in enumerate(rows):
        a = answers[i]
        verdict = judge(r, a, everything)
        judge(r, a, by_class["class " + (a["class"] or a["status"])])
        for k in r.kinds:
            judge(r, a, by_kind[k])
            if k in ENCODINGS and "typo" not in r.kinds:
                judge(r, a, by_kind[k + " alone"])
        if verdict and (args.show in ("all", verdict) or args.show in r.kinds) and shown[verdict] < args.most:
            shown[verdict] += 1
            print(f"  {verdict:10} {r.text!r} best {r.best} got {a['status']} {a['class']} {a['street']} {a['number']} | {a['why']}")
    print(f"{'kind':16}{'rows':>7}{'auto':>7}{'<=25':>7}{'<=50':>7}{'<=100':>7}{'false':>7}{'over':>7}{'wrong':>7}")
    for tallies in (by_kind, by_class):
        for k in sorted(tallies):
            line(k, tallies[k])
    line("ALL", everything)
    confusion(rows, answers)
    return everything, by_kind


def write_calibration(path, made, args):
    """Rows of another seed: class, score, right or not; a question counts for whether its street is the right one."""
    rows = make_rows(*made, args, random.Random(args.seed + 7919))
    answers, _, _ = ask(args, rows, "calibration")
    with open(path, "a", encoding="utf-8") as f:
        for i, r in enumerate(rows):
            a = answers[i]
            if a["status"] == "auto" or a["street"]:
                f.write(f"{a['class'] or 'R'}\t{a['score']}\t{int(is_right(r, a))}\n")


def is_bad(t, by_kind, differ):
    """The goals of geocoding.md section 4. A slice of an encoding is its rows without a slip of the finger on top; few rows say nothing."""
    slices = {k + " alone": .85 if k == "lost" else .95 for k in ENCODINGS}
    weak = [k for k, least in slices.items() if by_kind[k].answerable >= 200 and by_kind[k].auto < least * by_kind[k].answerable]
    misses = [what for what, bad in (
        ("answers differ", differ), ("auto-placed", t.auto < .97 * t.answerable), ("within 50 m", t.within[50] < .995 * t.sharp),
        ("false-confident", t.false > .003 * t.n), ("over-claimed", t.over > .003 * t.n),
        ("wrongly accepted", t.wrong_auto > .005 * max(1, t.n - t.answerable))) if bad] + [f"slice {k}" for k in weak]
    print("goals missed: " + (", ".join(misses) or "none"))
    return bool(misses)


SHAPES = {"sample": sample, "invented": invented, "names": lambda a, r: invented(a, r, False), "hanoi": hanoi, "danang": danang}


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("mapd")
    p.add_argument("work")
    p.add_argument("shape", choices=SHAPES)
    p.add_argument("what")
    p.add_argument("--rows", type=int, default=20000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--names")
    p.add_argument("--show", default="")
    p.add_argument("--most", type=int, default=15)
    p.add_argument("--no-typos", dest="typos", action="store_false")
    p.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    p.add_argument("--calibrate", help="append rows for calibrate.py to this file, and measure nothing")
    return p.parse_args()


def main():
    args = arguments()
    args.without_houses = args.shape in ("names", "danang")
    rng = random.Random(args.seed)
    os.makedirs(args.work, exist_ok=True)
    made = SHAPES[args.shape](args, rng)
    if args.calibrate:
        return write_calibration(args.calibrate, made, args)
    rows = make_rows(*made, args, rng)
    answers, seconds, data = ask(args, rows, "rows")
    t, by_kind = report(rows, answers, args)
    reliability(rows, answers, chances(os.path.join(os.path.dirname(__file__), "../../import/geocode_score.def")))
    _, reading, _ = ask(args, [], "nothing")
    print(f"{len(rows)} rows in {seconds:.2f} s of one processor, {reading:.2f} s of it reading the gazetteer: "
          f"{len(rows) / max(.01, seconds - reading):.0f} rows/s")
    again, _, data_again = ask(args, rows, "rows")
    order = list(range(len(rows)))
    rng.shuffle(order)
    shuffled, _, _ = ask(args, [rows[i] for i in order], "shuffled")
    plain = lambda a: {k: v for k, v in a.items() if k != "id"}
    differ = sum(plain(shuffled[j]) != plain(answers[i]) for j, i in enumerate(order))
    print(f"second run: {'the same bytes' if data == data_again else 'OTHER BYTES'}; shuffled input: {differ} rows answer otherwise")
    bad = is_bad(t, by_kind, differ + (data != data_again))
    return 1 if args.check and bad else 0


if __name__ == "__main__":
    sys.exit(main())
