"""How clerks write an address down: the mess of the bench of the geocoder, after the rules of address practice (docs), not after the
program. Each function notes the kinds of mess it made."""
import unicodedata

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
    is_bare = sum(c.isalpha() for c in street) <= 2 and "/" not in street  # "D2", "601": nobody leaves the word out
    word = rng.choice(["", "", "", "đường ", "Đường ", "Đ. ", "đ."]) if number and not is_bare else "đường "
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


