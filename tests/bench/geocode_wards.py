"""The gazetteers of the bench of the geocoder: which streets and houses there are, and what of them the program is told."""
import csv, json, math, os, random, subprocess, sys, unicodedata

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
    write_ward(base, ring)
    json.dump({"type": "FeatureCollection", "features": features}, open(f"{base}/streets.geojson", "w"))
    write_houses(base, houses)
    files = [("wards", "wards.geojson"), ("streets", "streets.geojson"), ("addresses", "addresses.csv")]
    if not with_houses:
        files = [("wards", "wards.geojson"), ("streets", "streets.geojson")]
    make_ward(args, "90001", "Phường Thử", [(k, f"{base}/{n}") for k, n in files])
    have = {key(n) for n in names}
    absent = [n for n in absent if key(n) not in have]
    return houses, absent, WARDS


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


def hanoi(args, rng):
    """Real addresses of points of interest: streets and houses come in through the list of house numbers alone, no line is known."""
    houses, seen = [], set()
    for r in csv.DictReader(open(args.what, encoding="utf-8")):
        street, number = r["street"].split(",")[0].strip(), r["housenumber"].strip()
        for head in ("Phố ", "Đường ", "phố ", "đường "):
            street = street[len(head):] if street.startswith(head) else street
        digits = number.rstrip("ABCDEabcde")
        if not street or not digits.isdigit() or len(number) - len(digits) > 1 or not 0 < int(digits) < 2000 or street[0].isdigit():
            continue
        key_ = (key(street), number.upper())
        if key_ in seen:  # the same address twice: which pin is right nobody can say
            continue
        seen.add(key_)
        houses.append(House(street, "", int(digits), number[len(digits):].upper(), (float(r["lon"]), float(r["lat"])), rng.random() > 1 / 6))
    spelled = {}
    for h in houses:
        h.street = spelled.setdefault(key(h.street), h.street)
    box = [105.0, 20.4, 106.4, 21.6]
    ring = [[box[i], box[j]] for i, j in ((0, 1), (2, 1), (2, 3), (0, 3), (0, 1))]
    base = os.path.join(args.work, "base")
    os.makedirs(base, exist_ok=True)
    write_ward(base, ring)
    write_houses(base, houses)
    make_ward(args, "90001", "Phường Thử", [("wards", f"{base}/wards.geojson"), ("addresses", f"{base}/addresses.csv")])
    told = {h.street for h in houses if h.known}
    have = {key(n) for n in told}
    absent = [n for n in invent_names(300, rng) if key(n) not in have and not n[0].isdigit()]
    return [h for h in houses if h.street in told], absent, WARDS


def danang(args, rng):
    """Every street name of a city, four in five of them told; lines are drawn here, houses are not known."""
    city = json.load(open(args.what, encoding="utf-8"))
    names = sorted({n.strip() for d in city["district"] for n in d["street"]})
    one = {key(n): n for n in names}
    args.names = os.path.join(args.work, "names.txt")
    open(args.names, "w", encoding="utf-8").write("\n".join(sorted(one.values())))
    args.what = str(len(one) * 4 // 5)
    return invented(args, rng, with_houses=False)


WARDS = ["Thử", "Phường Thử", "P. Thử", "phường thử", "Phường Thử Bắc"]


def write_ward(base, ring):
    wards = [{"type": "Feature", "properties": {"code": "90001", "name": "Phường Thử", "aliases": "Thử Bắc; Thử Nam"},
              "geometry": {"type": "Polygon", "coordinates": [ring]}}]
    json.dump({"type": "FeatureCollection", "features": wards}, open(f"{base}/wards.geojson", "w"))


def write_houses(base, houses):
    with open(f"{base}/addresses.csv", "w", encoding="utf-8") as f:
        f.write("street,number,alley_chain,lon,lat\n")
        for h in houses:
            if h.known:
                f.write(f"{h.street},{h.number}{h.suffix},{h.chain},{h.at[0]:.7f},{h.at[1]:.7f}\n")


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


