#!/usr/bin/env python3
"""Measures the geocoder from outside: invents addresses and writes them down the way clerks do.

    geocode.py MAPD WORKDIR sample SAMPLE_DIR     gazetteer: base/ of the sample ward
    geocode.py MAPD WORKDIR invented STREETS      gazetteer: a town of so many streets, made here
    geocode.py MAPD WORKDIR names STREETS         the same streets as a list of names without houses
    options: --rows N --seed N --names FILE (one street name a line) --show KIND

The generator follows the rules of address practice (docs), not the program: it calls nothing of import/. Every row has the
truth: position, the best honest class, and the kinds of mess in it. Printed: by kind and by class, auto-placed,
within 25/50/100 m, false-confident, over-claimed, rows a second; then the same file shuffled must answer alike.
"""
import argparse, collections, csv, json, math, os, random, subprocess, sys, time, unicodedata

KX, KY = 106_960.0, 110_574.0  # metres a degree at 16 N


def distance(a, b):
    return math.hypot((a[0] - b[0]) * KX, (a[1] - b[1]) * KY)


# ---- the truth: a gazetteer and houses, some of which it does not hold ----

class House:
    def __init__(self, street, chain, number, suffix, at, known=True):
        self.street, self.chain, self.number, self.suffix, self.at, self.known = street, chain, number, suffix, at, known


FAMILY = "Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Tô Cao".split()
MIDDLE = "Văn Hữu Thị Đình Công Bá Quang Xuân Đức Trọng Thanh Minh Ngọc Kim Tấn Viết Duy Thế".split()
GIVEN = ("Linh Thọ Trỗi Cừ Thụ Thái Hưng Đạo Bình Lai Lợi Sơn Hà Châu Trinh Bội Khiêm Diệu Toản Trãi Du Khuyến Siêu Quát Huệ "
         "Nhạc Tuấn Phương Đường Tri Thành Trực Nghị Tông Tổ Hộc Vĩnh Thiện Kế Bích Hiền Mai Lan Cúc Trác Hùng Vương Kiệt Định Tân "
         "Khải Khoan Cảnh Giản Thông Nghĩa Quế Hiến").split()


def invent_names(n, rng):
    names = ["2 Tháng 9", "30 Tháng 4", "3 Tháng 2", "Cách Mạng Tháng Tám", "Hải Phòng", "Xô Viết Nghệ Tĩnh", "Lê Đại", "Lê Đại Hành"]
    names += [f"Bình An {i}" for i in range(1, 8)] + ["Tiên Sơn"] + [f"Tiên Sơn {i}" for i in range(1, 12)]
    seen = {fold(x) for x in names}
    while len(names) < n:
        words = [rng.choice(FAMILY)] + ([rng.choice(MIDDLE)] if rng.random() < .6 else []) + [rng.choice(GIVEN)]
        if rng.random() < .1 or (n > 1500 and rng.random() < .3):
            words.insert(-1, rng.choice(GIVEN))
        name = " ".join(words)
        if fold(name) not in seen:
            seen.add(fold(name))
            names.append(name)
    return names[:n]


def fold(text):
    text = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in text if not unicodedata.combining(c))


def key(name):
    name = fold(name).replace("y", "i")
    return name[6:] if name.startswith("duong ") else name


def invented(args, rng, with_houses=True):
    """Streets on a loose grid, numbered odd left and even right, every fifth with alleys; one house in six is not known."""
    names = [x.strip() for x in open(args.names, encoding="utf-8") if x.strip()] if args.names else None
    count = int(args.what)
    if names:
        rng.shuffle(names)
        names, absent = names[:count], names[count:]
    else:
        names = invent_names(count + count // 4 + 40, rng)
        head, tail = names[:27], names[27:]
        rng.shuffle(tail)
        names, absent = head + tail[:count - 27], tail[count - 27:]
    side = math.ceil(math.sqrt(len(names)))
    streets, houses = {}, []
    for i, name in enumerate(names):
        x, y = (i % side) * 900.0, (i // side) * 700.0
        heading, line = rng.uniform(-.5, .5), [(x, y)]
        for _ in range(rng.randint(5, 16)):
            heading += rng.uniform(-.12, .12)
            x, y = x + 50 * math.cos(heading), y + 50 * math.sin(heading)
            line.append((x, y))
        streets[name] = [lonlat(p) for p in line]
        houses += number_street(name, line, rng, i % 3 == 0)
    base = os.path.join(args.work, "base")
    os.makedirs(base, exist_ok=True)
    features = [{"type": "Feature", "properties": {"name": n}, "geometry": {"type": "LineString", "coordinates": p}}
                for n, p in streets.items()]
    box = [-500, -3000, side * 900 + 900, side * 700 + 3000]
    ring = [lonlat((box[i], box[j])) for i, j in ((0, 1), (2, 1), (2, 3), (0, 3), (0, 1))]
    wards = [{"type": "Feature", "properties": {"code": "90001", "name": "Phường Thử", "aliases": "Thử Bắc; Thử Nam"},
              "geometry": {"type": "Polygon", "coordinates": [ring]}}]
    for n, f in (("streets", features), ("wards", wards)):
        json.dump({"type": "FeatureCollection", "features": f}, open(f"{base}/{n}.geojson", "w"))
    with open(f"{base}/streets.csv", "w", encoding="utf-8") as f:
        f.write("name\n" + "".join(f"{n}\n" for n in names))
    with open(f"{base}/addresses.csv", "w", encoding="utf-8") as f:
        f.write("street,number,alley_chain,lon,lat\n")
        for h in houses:
            if h.known:
                f.write(f"{h.street},{h.number}{h.suffix},{h.chain},{h.at[0]:.7f},{h.at[1]:.7f}\n")
    files = [("wards", "wards.geojson"), ("streets", "streets.geojson"), ("addresses", "addresses.csv")]
    if not with_houses:
        files = [("wards", "wards.geojson"), ("streets", "streets.geojson")]
    make_ward(args, "90001", "Phường Thử", [(k, f"{base}/{n}") for k, n in files])
    have = {key(n) for n in names}
    absent = [n for n in absent if key(n) not in have]
    return houses, absent, ["Thử", "Phường Thử", "P. Thử", "phường thử", "Phường Thử Bắc"]


def lonlat(p):
    return (108.2 + p[0] / KX, 16.0 + p[1] / KY)


def number_street(name, line, rng, has_alleys):
    out, number = [], {0: 2, 1: 1}
    length = 50.0 * (len(line) - 1)
    for parity in (0, 1):
        s, n = rng.uniform(3, 9), number[parity]
        while s < length - 2:
            out.append(House(name, "", n, "", along(line, s, 9 if parity else -9), rng.random() > 1 / 6))
            if rng.random() < .03:
                out.append(House(name, "", n, "A", along(line, s + 3, 9 if parity else -9), rng.random() > 1 / 6))
            s += rng.uniform(4, 9)
            n += 2
    for h in rng.sample(out, 2) if has_alleys else []:
        x, y = (h.at[0] - 108.2) * KX, (h.at[1] - 16) * KY
        sign = 1 if h.number % 2 else -1
        for k in range(1, rng.randint(6, 25)):
            out.append(House(name, str(h.number), k, "", lonlat((x + rng.uniform(-2, 2), y + sign * 5 * k)), rng.random() > 1 / 6))
    return out


def along(line, s, offset):
    i = min(int(s // 50), len(line) - 2)
    (x1, y1), (x2, y2) = line[i], line[i + 1]
    t, d = (s - 50 * i) / 50, math.hypot(x2 - x1, y2 - y1)
    return lonlat((x1 + t * (x2 - x1) - offset * (y2 - y1) / d, y1 + t * (y2 - y1) + offset * (x2 - x1) / d))


def sample(args, rng):
    base = f"{args.what}/base"
    lines = [x.split("\t") for x in open(f"{args.what}/manifest.tsv", encoding="utf-8").read().splitlines()]
    files = [(x[0], f"{args.what}/{x[1]}") for x in lines if x[0] in ("wards", "residential-groups", "streets", "addresses")]
    make_ward(args, "99001", "Phường Mẫu", files)
    houses = []
    for r in csv.DictReader(open(f"{base}/addresses.csv", encoding="utf-8-sig")):
        digits = "".join(c for c in r["number"] if c.isdigit())
        houses.append(House(r["street"], r["alley_chain"].replace("K", "").replace("H", ""), int(digits), r["number"][len(digits):],
                            (float(r["lon"]), float(r["lat"]))))
    have = {h.street for h in houses}
    absent = [n for n in invent_names(300, rng) if fold(n) not in {fold(x) for x in have} and not n.startswith(("Tiên", "Bình"))]
    return houses, absent, ["Phường Mẫu", "P. Mẫu", "phường mẫu", "Phường Mẫu Đông", "P.Mẫu"]


def make_ward(args, code, name, files):
    args.db = os.path.join(args.work, "ward.db")
    for end in ("", ".key", "-wal", "-shm"):
        if os.path.exists(args.db + end):
            os.remove(args.db + end)
    subprocess.run([args.mapd, "init", args.db, "--ward", code, "--name", name], check=True, capture_output=True)
    for kind, path in files:
        done = subprocess.run([args.mapd, "import", args.db, path, "--as", kind, "--json"], capture_output=True, text=True)
        if done.returncode not in (0, 3):
            sys.exit(f"import {kind} {path}: {done.stderr}")


# ---- mess ----

TONES = "\u0301\u0300\u0309\u0303\u0323"
TCVN3 = dict(zip("ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
                 "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"))
VNI_TONE = {"": dict(zip(TONES, "ùøûõï")), "\u0302": dict(zip(TONES, "áàåãä")), "\u0306": dict(zip(TONES, "éèúüë"))}


def to_tcvn3(s):
    lower = "".join(c if c in "ĂÂÊÔƠƯĐ" else c.lower() if c not in TCVN3 and ord(c) > 127 else c for c in unicodedata.normalize("NFC", s))
    return "".join(TCVN3.get(c, c) for c in lower)


def to_vni(s):
    whole = {"í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "đ": "ñ", "ơ": "ô", "ư": "ö"}
    out = []
    for c in unicodedata.normalize("NFC", s):
        low = c.lower()
        if low in whole:
            r = whole[low]
        else:
            d = unicodedata.normalize("NFD", low)
            hat = next((m for m in d if m in "\u0302\u0306\u031b"), "")
            tone = next((m for m in d if m in TONES), "")
            letter = {"\u031b": {"o": "ô", "u": "ö"}}.get(hat, {}).get(d[0], d[0])
            hat = "" if hat == "\u031b" else hat
            r = letter + (VNI_TONE[hat][tone] if tone else {"\u0302": "â", "\u0306": "ê"}.get(hat, ""))
        out.append(r.upper() if c != low else r)
    return "".join(out)


def to_keys(s, vni):
    telex = dict(zip(TONES, "sfrxj"))
    digits = dict(zip(TONES, "12345"))
    out = []
    for word in s.split(" "):
        tone, w = "", ""
        for c in unicodedata.normalize("NFD", word):
            if c in TONES:
                tone = (digits if vni else telex)[c]
            elif c in "\u0302\u0306\u031b":
                w += {"\u0302": "6" if vni else w[-1].lower(), "\u0306": "8" if vni else "w", "\u031b": "7" if vni else "w"}[c]
            elif c in "đĐ":
                w += ("d" if c == "đ" else "D") + ("9" if vni else "d")
            else:
                w += c
        end = len(w.rstrip(",."))
        out.append(w[:end] + tone + w[end:])
    return " ".join(out)


def mojibake(s):
    return "".join(bytes([b]).decode("cp1252") if b not in (0x81, 0x8d, 0x8f, 0x90, 0x9d) else chr(b) for b in s.encode("utf-8"))


def no_marks(s):
    return "".join(c for c in unicodedata.normalize("NFD", s.replace("đ", "d").replace("Đ", "D")) if not unicodedata.combining(c))


def cp1258(s):
    out = ""
    for c in unicodedata.normalize("NFC", s):
        d = unicodedata.normalize("NFD", c)
        tones = [m for m in d if m in TONES]
        out += unicodedata.normalize("NFC", "".join(m for m in d if m not in TONES)) + "".join(tones)
    return out


ENCODINGS = {
    "nfd": lambda s: unicodedata.normalize("NFD", s),
    "cp1258": cp1258,
    "tcvn3": to_tcvn3,
    "vni": to_vni,
    "mojibake": mojibake,
    "lost": lambda s: unicodedata.normalize("NFC", s).encode("cp1252", "replace").decode("cp1252"),
    "telex": lambda s: to_keys(s, False),
    "vni_keys": lambda s: to_keys(s, True),
    "no_marks": no_marks,
    "capitals": str.upper,
    "eth": lambda s: s.replace("Đ", "Ð"),
    "invisible": lambda s: s.replace(" ", "\u00a0", 1).replace("i", "i\u200b", 1),
}


def typo(name, rng):
    """One slip in a name of at least six letters, two where it has more than twelve; digits are left alone."""
    letters = [i for i, c in enumerate(name) if c.isalpha()]
    if len(letters) < 6:
        return None
    for _ in range(2 if len(letters) > 12 and rng.random() < .2 else 1):
        i = rng.choice([k for k, c in enumerate(name) if c.isalpha()])
        kind = rng.randrange(5)
        if kind == 0:
            name = name[:i] + name[i + 1:]
        elif kind == 1:
            name = name[:i] + name[i] + name[i:]
        elif kind == 2 and i + 1 < len(name) and name[i + 1].isalpha():
            name = name[:i] + name[i + 1] + name[i] + name[i + 2:]
        elif kind == 3:
            name = name[:i] + rng.choice("qwrtypsdghjklzxcvbnm") + name[i + 1:]
        else:
            for a, b in (("s", "x"), ("tr", "ch"), ("ng", "n"), ("t", "c"), ("y", "i"), ("x", "s"), ("ch", "tr")):
                if a in name.lower():
                    k = name.lower().index(a)
                    name = name[:k] + b + name[k + len(a):]
                    break
    return name


def number_text(h, rng, kinds):
    n = f"{h.number}{h.suffix}"
    if not h.chain:
        r = rng.random()
        if r < .08:
            kinds.append("range")
            return f"{n}-{h.number + 2}"
        if r < .1 and h.number < 10:
            kinds.append("zero")
            return f"0{n}"
        if r < .13:
            kinds.append("lot")
            return f"Lô {rng.choice('ABCD')}{rng.randint(1, 30)} - {n}" if h.number > 60 else n
        return f"Số {n}" if r < .25 else n
    levels = h.chain.split("/")
    kinds.append("alley")
    form = rng.randrange(7 if len(levels) == 1 else 3)
    if len(levels) == 1:
        k = levels[0]
        return [f"K{k}/{n}", f"k{k}/{n}", f"K.{k}/{n}", f"Kiệt {k}/{n}", f"kiệt {k} số {n}", f"{n} kiệt {k}", f"{k}/{n}"][form]
    k, m = levels[0], levels[1]
    return [f"K{k}/H{m}/{n}", f"{k}/{m}/{n}", f"H{m}/{n} K{k}"][form]


def street_text(name, rng, kinds, args):
    r = rng.random()
    letters = sum(c.isalpha() for c in name)
    if " Tháng " in name and name[0].isdigit() and r < .6:
        d, m = name.split(" Tháng ")
        kinds.append("date")
        return rng.choice([f"{d}/{m}", f"{d}-{m}", f"0{d}/0{m}" if len(d + m) == 2 else f"{d}/{m}", f"{d}T{m}", f"{d}.{m}"])
    if args.typos and r < .09 and letters >= 6:
        t = typo(name, rng)
        if t and t != name:
            kinds.append("typo")
            return t
    if r < .11:
        kinds.append("joined")
        return name.replace(" ", "", 1) if not name[-1].isdigit() else name
    if r < .13 and len(name.split()) >= 3 and not any(c.isdigit() for c in name):
        kinds.append("abbreviated")
        w = name.split()
        return " ".join(w[:-2] + [w[-2][0] + "."] + w[-1:]) if rng.random() < .5 else " ".join([w[0][0] + "."] + w[1:])
    if r < .16:
        kinds.append("placement")
        return name.replace("òa", "oà").replace("úy", "uý").replace("ủy", "uỷ").replace("Lý", "Lí").replace("Thúy", "Thuý")
    return name


def compose(number, street, ward, rng, kinds):
    word = rng.choice(["", "", "", "đường ", "Đường ", "Đ. ", "đ."]) if number else "đường "
    tails = ["", f", {ward}", f", {ward}, Q. Hải Châu, Đà Nẵng" if not kinds_has(kinds, "plain") else "", f", {ward}, TP. Đà Nẵng",
             f" - {ward}", f" {ward}", f", Tổ 15, {ward}, thành phố Đà Nẵng, Việt Nam"]
    text = f"{number} {word}{street}".strip()
    r = rng.random()
    if number and r < .05 and number[0].isdigit() | (number[0] in "Kk"):
        kinds.append("street_first")
        text = f"{word}{street} {rng.choice(['', 'số ', '- ', ', số '])}{number}"
    elif number and r < .08 and "iện" not in number and "ần" not in number and "/d" not in number:
        kinds.append("unit")
        text = rng.choice(["Tầng 2, ", "Ki ốt 3, ", "Tầng Trệt, Co.opMart, ", "Kiosk 05 - ", "P.301, ", "ĐC: ", "Quán Cô Ba, "]) + text
    elif number and r < .1:
        kinds.append("note")
        text += rng.choice([" (gần chợ)", ", ĐT 0905123456", " (mặt tiền)", "; 0236.3812345"])
    return text + rng.choice(tails)


def kinds_has(kinds, k):
    return k in kinds


class Row:
    def __init__(self, text, at, best, kinds, answerable=True, parts=None):
        self.text, self.at, self.best, self.kinds, self.answerable, self.parts = text, at, best, kinds, answerable, parts


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
        rows.append(Row(text, h.at, best, kinds or ["plain"]))
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
    source, target = os.path.join(args.work, name + ".csv"), os.path.join(args.work, name + ".out.csv")
    with open(source, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f)
        w.writerow(["id", "dia_chi"])
        for i, r in enumerate(rows):
            w.writerow([i, r.text])
    start = time.time()
    subprocess.run([args.mapd, "geocode", args.db, "--csv", source, target], check=True, capture_output=True)
    answers = {int(r["id"]): r for r in csv.DictReader(open(target, encoding="utf-8"))}
    return answers, time.time() - start


ORDER = "ABCDE"


class Tally:
    def __init__(self):
        self.n = self.answerable = self.auto = self.sharp = self.false = self.over = self.wrong_auto = 0
        self.within = collections.Counter()


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
    d = distance((float(a["lon"]), float(a["lat"])), r.at)
    limit = {"A": 50, "B": 50}.get(a["class"], max(150, float(a["accuracy_m"])))
    if a["class"] in "AB":
        t.sharp += 1
        for m in (25, 50, 100):
            t.within[m] += d <= m
    verdict = None
    if ORDER.index(a["class"]) < ORDER.index(r.best):
        t.over += 1
        verdict = "over"
    if d > limit:
        t.false += 1
        verdict = "false"
    return verdict


def line(name, t):
    p = lambda x, n: f"{100 * x / n:7.2f}" if n else "      -"
    print(f"{name:16}{t.n:7}{p(t.auto, t.answerable)}{p(t.within[25], t.sharp)}{p(t.within[50], t.sharp)}{p(t.within[100], t.sharp)}"
          f"{p(t.false, t.n)}{p(t.over, t.n)}{p(t.wrong_auto, t.n - t.answerable)}")


def report(rows, answers, seconds, args):
    everything, by_kind = Tally(), collections.defaultdict(Tally)
    matrix, shown = collections.Counter(), collections.Counter()
    for i, r in enumerate(rows):
        a = answers[i]
        verdict = judge(r, a, everything)
        matrix[(r.best or "-", a["class"] or a["status"])] += 1
        for k in r.kinds:
            judge(r, a, by_kind[k])
        if verdict and (args.show in ("all", verdict) or args.show in r.kinds) and shown[verdict] < args.most:
            shown[verdict] += 1
            print(f"  {verdict:10} {r.text!r} best {r.best} got {a['status']} {a['class']} {a['street']} {a['number']} | {a['why']}")
    print(f"{'kind':16}{'rows':>7}{'auto':>7}{'<=25':>7}{'<=50':>7}{'<=100':>7}{'false':>7}{'over':>7}{'wrong':>7}")
    for k in sorted(by_kind):
        line(k, by_kind[k])
    line("ALL", everything)
    print("best \\ answered: " + ", ".join(f"{b}->{c} {n}" for (b, c), n in sorted(matrix.items())))
    print(f"{len(rows)} rows in {seconds:.2f} s with reading the gazetteer: {len(rows) / seconds:.0f} rows/s")
    return everything


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("mapd")
    p.add_argument("work")
    p.add_argument("shape", choices=["sample", "invented", "names"])
    p.add_argument("what")
    p.add_argument("--rows", type=int, default=20000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--names")
    p.add_argument("--show", default="")
    p.add_argument("--most", type=int, default=15)
    p.add_argument("--no-typos", dest="typos", action="store_false")
    p.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    args = p.parse_args()
    rng = random.Random(args.seed)
    os.makedirs(args.work, exist_ok=True)
    made = sample(args, rng) if args.shape == "sample" else invented(args, rng, args.shape == "invented")
    rows = make_rows(*made, args, rng)
    if args.shape == "names":  # without houses the street is all an honest answer can say
        rows = [r for r in rows if "number_outside" not in r.kinds]  # nobody can know
        for r in rows:
            r.best = "D" if r.best else None
    answers, seconds = ask(args, rows, "rows")
    t = report(rows, answers, seconds, args)
    order = list(range(len(rows)))
    rng.shuffle(order)
    again, _ = ask(args, [rows[i] for i in order], "shuffled")
    differ = sum({k: v for k, v in again[j].items() if k != "id"} != {k: v for k, v in answers[i].items() if k != "id"}
                 for j, i in enumerate(order))
    print(f"shuffled input: {differ} rows answer otherwise")
    bad = differ or t.auto < .97 * t.answerable or t.within[50] < .995 * t.sharp or t.false > .003 * t.n or t.over > .003 * t.n
    return 1 if args.check and bad else 0


if __name__ == "__main__":
    sys.exit(main())
