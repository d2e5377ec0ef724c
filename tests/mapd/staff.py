#!/usr/bin/python3
"""The pages behind the sign-in, from outside: a real process on loopback, forms as a browser sends them.

usage: staff.py MAPD      prints one line per failure, ends with "N passed, N failed"
"""
import base64
import hmac
import html
import io
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../import"))
import round_trip
import serve
import ward

RESULTS = serve.RESULTS
check = serve.check
ROLES = ["entry", "food_safety", "verifier", "leader", "observer", "admin"]
FIRST, LATER = "mua thu ha noi 54", "gio len roi cang buom"
CANARY = "Canary Nguyễn Thị Bí Mật"
CANARY_PHONE = "0905987654"


class Browser:
    """Keeps the cookie of /staff; sends forms with the token of the page they stand on."""

    def __init__(self, server):
        self.server, self.cookie, self.last = server, None, None

    def ask(self, target, method="GET", body=None, **headers):
        if self.cookie:
            headers["Cookie"] = f"mapd={self.cookie}; other=1"
        answer = serve.ask(self.server, target, method, body, **headers)
        self.last = answer
        found = re.match(r"mapd=([0-9a-f]{64});", answer.headers.get("set-cookie", ""))
        if found:
            self.cookie = found.group(1)
        elif answer.headers.get("set-cookie", "").startswith("mapd=;"):
            self.cookie = None
        return answer

    def token(self, page):
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.ask(page).text())
        return found.group(1) if found else ""

    def post(self, target, fields, page=None, **headers):
        fields = dict(fields)
        fields.setdefault("csrf", self.token(page or target))
        return self.ask(target, "POST", urllib.parse.urlencode(fields), Content_Type="application/x-www-form-urlencoded", **headers)

    def upload(self, kind, name, data, page="/staff/import", **fields):
        fields = {"csrf": self.token(page), "kind": kind} | fields
        mark = "----mapdtest7MA4YWxk"
        body = b""
        for field, value in fields.items():
            body += f'--{mark}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        body += f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
        body += data + f"\r\n--{mark}--\r\n".encode()
        return self.ask("/staff/import", "POST", body, Content_Type=f"multipart/form-data; boundary={mark}")

    def bring(self, target, picture, page, **fields):
        """A form with a photo, as a phone sends it."""
        parts = [("csrf", self.token(page))] + list(fields.items())
        body = b"".join(f'--X\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in parts)
        body += b'--X\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' + picture + b"\r\n--X--\r\n"
        return self.ask(target, "POST", body, Content_Type="multipart/form-data; boundary=X")

    def sign_in(self, name, password):
        return self.post("/staff/sign-in", {"name": name, "password": password})

    def change_password(self, current, new):
        return self.post("/staff/password", {"current": current, "new": new, "again": new})


def user(program, path, *words, password=None):
    return subprocess.run([program, "user", *words], input=(password or "") + "\n", text=True, capture_output=True)


def make_users(program, path):
    for role in ROLES:
        done = user(program, path, "add", path, role.replace("_", "."), "--role", role, password=FIRST)
        check(f"user add {role}", done.returncode == 0, done.stderr)


def signed_in(server, role):
    b = Browser(server)
    b.sign_in(role.replace("_", "."), LATER)
    return b


# --- signing in ---

def sign_in_and_out(s):
    b = Browser(s)
    answer = b.ask("/staff")
    check("401 without a session", answer.status == 401 and "đăng nhập" in answer.text().lower(), answer.status)
    check("not cached", answer.headers.get("cache-control") == "no-store", answer.headers)
    check("no foreign reader", "access-control-allow-origin" not in answer.headers)
    page = b.ask("/staff/sign-in")
    check("sign-in page", page.status == 200 and 'type="password"' in page.text())
    cookie = Browser(s).ask("/staff/sign-in").headers.get("set-cookie", "")
    check("cookie is kept to itself", all(part in cookie for part in ("HttpOnly", "SameSite=Strict", "Path=/staff")), cookie)
    before = b.cookie
    check("wrong password", b.sign_in("entry", "x" * 20).status == 401)
    check("unknown name says the same", "không đúng" in b.sign_in("nobody", "x" * 20).text())
    answer = b.sign_in("entry", FIRST)
    check("no timing for a stranger", "server-timing" not in page.headers, page.headers)
    check("signed in", answer.status == 303 and answer.headers.get("location") == "/staff", answer.status)
    check("the token is another one", b.cookie != before)
    timing = b.ask("/staff").headers.get("server-timing", "")
    check("timing for staff", timing.startswith("app;dur=") and 0 <= float(timing[8:]) < 60000, timing)
    first = b.ask("/staff")
    check("first password must be changed", first.status == 303 and first.headers.get("location") == "/staff/password", first.status)
    check("and nothing else is open", b.ask("/staff/import").status == 303)
    check("too short", b.change_password(FIRST, "short").status == 400)
    check("the same", b.change_password(FIRST, FIRST).status == 400)
    check("wrong current", b.change_password("no no no no no no", LATER).status == 400)
    old = b.cookie
    check("changed", b.change_password(FIRST, LATER).status == 303, b.last.status)
    check("rotated again", b.cookie != old)
    check("home", b.ask("/staff").status == 200)
    thief = Browser(s)
    thief.cookie = old
    check("the old session is over", thief.ask("/staff").status == 401)
    kept = b.cookie
    check("signed out", b.post("/staff/sign-out", {}, "/staff").status == 303)
    thief.cookie = kept
    check("and out for good", thief.ask("/staff").status == 401)
    for junk in ("", "x", "0" * 63, "0" * 64, "0" * 65, "Z" * 64, "'; DROP TABLE session;--"):
        thief.cookie = junk
        check(f"junk cookie {junk[:9]}", thief.ask("/staff").status == 401)


def lockout(s, program, path):
    user(program, path, "add", path, "locked", "--role", "entry", password=FIRST)
    for name in ("locked", "never.was"):
        b = Browser(s)
        seen = [b.sign_in(name, f"wrong wrong {i}").status for i in range(6)]
        check(f"five failures lock {name}", seen == [401] * 5 + [429], seen)
        check("even the right one", b.sign_in(name, FIRST).status == 429)
    check("unlocked by a new password", user(program, path, "password", path, "locked", password="another long one 7").returncode == 0)
    check("in again", Browser(s).sign_in("locked", "another long one 7").status == 303)
    user(program, path, "disable", path, "locked")
    check("disabled", Browser(s).sign_in("locked", "another long one 7").status == 401)


def forged_forms(s):
    b = signed_in(s, "entry")
    good = b.token("/staff")
    check("no token", b.post("/staff/sign-out", {"csrf": ""}).status == 403)
    check("another's token", b.post("/staff/sign-out", {"csrf": signed_in(s, "verifier").token("/staff")}).status == 403)
    check("token in the address", b.ask("/staff/sign-out?csrf=" + good, "POST", "", Content_Type="application/x-www-form-urlencoded").status in (400, 403))
    check("another site", b.post("/staff/sign-out", {"csrf": good}, Origin="https://evil.example").status == 403)
    check("no origin at all", b.post("/staff/sign-out", {"csrf": good}, Origin="null").status == 403)
    check("plain text form", b.ask("/staff/sign-out", "POST", "csrf=" + good, Content_Type="text/plain").status == 400)
    check("sign-in needs one too", Browser(s).post("/staff/sign-in", {"csrf": "", "name": "entry", "password": LATER}).status == 403)
    check("GET changes nothing", b.ask("/staff/sign-out").status == 405)
    check("still in", b.ask("/staff").status == 200)


# --- the second factor ---

def shown(secret, at=None):
    """What an authenticator app with this secret shows (RFC 6238), reckoned without our program."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time() if at is None else at) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start:start + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


def typed(browser, code, page="/staff/sign-in/code", **more):
    return browser.post(page, {"code": code} | more)


def second_factor(s, program, path):
    def policy(key, value):
        return subprocess.run([program, "policy", path, key, value, "--decision", "mẫu"], capture_output=True, text=True)

    def audited(action):
        return count(path, "SELECT count(*) FROM audit WHERE action = ? AND subject = 'user hai.lop'", action)

    user(program, path, "add", path, "hai.lop", "--role", "leader", password=FIRST)
    b = Browser(s)
    b.sign_in("hai.lop", FIRST)
    b.change_password(FIRST, LATER)
    check("not asked of this role", b.ask("/staff").status == 200 and "lớp xác thực thứ hai" not in b.last.text())
    admin = signed_in(s, "admin")
    check("an administrator is told the day", "lớp xác thực thứ hai trước ngày" in admin.ask("/staff").text())
    check("a role written wrong is refused", policy("staff.second_factor", "admin leeder").returncode != 0)
    check("the policy names roles", policy("staff.second_factor", "observer leader").returncode == 0 and policy("staff.second_factor_days", "0").returncode == 0)
    check("then it comes first", b.ask("/staff").headers.get("location") == "/staff/factor" and b.ask("/staff/batches").status == 303)
    check("the page says so", "phải có lớp xác thực thứ hai" in b.ask("/staff/factor").text())
    check("nothing to confirm yet", typed(b, "123456", "/staff/factor", do="confirm").status == 400)
    check("begun", b.post("/staff/factor", {"do": "start"}).status == 303)
    page = b.ask("/staff/factor").text()
    secret = "".join(re.search(r'<code class="once">([A-Z2-7 ]{39,41})</code>', page).group(1).split())
    check("a code to scan, inside the page", page.count("<svg") == 1 and len(secret) == 32, page[-900:])
    raw = base64.b32decode(secret)
    held = b"".join(open(path + end, "rb").read() for end in ("", "-wal") if os.path.exists(path + end))
    check("the file holds no secret", raw not in held and secret.encode() not in held)
    check("a wrong code pairs nothing", typed(b, "000000" if shown(secret) != "000000" else "000001", "/staff/factor", do="confirm").status == 400)
    old, first = b.cookie, shown(secret, time.time() - 30)
    check("half a minute late still pairs", typed(b, first, "/staff/factor", do="confirm").status == 200, b.last.text()[-400:])
    codes = re.findall(r"<li><code>([0-9A-Z-]{21})</code>", b.last.text())
    check("ten recovery codes", len(set(codes)) == 10 and b.cookie != old and b.ask("/staff").status == 200, codes)
    check("shown once, and the secret no more", codes[0] not in b.ask("/staff/factor").text() and "Còn 10 mã" in b.last.text() and secret[:4] not in b.last.text())

    def half_in():
        other = Browser(s)
        check("the password alone", other.sign_in("hai.lop", LATER).status == 303)
        return other

    b = half_in()
    check("opens nothing but the code", b.ask("/staff").headers.get("location") == "/staff/sign-in/code" and b.ask("/staff/batches").status == 303)
    check("nor the password's page", b.ask("/staff/password").status == 303 and b.ask("/staff/factor").status == 303)
    check("nor an import", b.ask("/staff/me").status == 303)
    check("the same code again is refused", typed(b, first).status == 401)
    second = shown(secret)
    before = b.cookie
    check("the next one is taken", typed(b, second).status == 303 and b.ask("/staff").status == 200, b.last.status)
    check("and the session is another", b.cookie != before)
    thief = Browser(s)
    thief.cookie = before
    check("the half session is over", thief.ask("/staff").status == 401)
    check("seen by nobody twice", typed(half_in(), second).status == 401)
    b = half_in()
    check("a recovery code, from paper", typed(b, codes[2].lower().replace("-", " ")).status == 303 and b.ask("/staff").status == 200)
    check("one is gone", "Còn 9 mã" in b.ask("/staff/factor").text())
    check("and once only", typed(half_in(), codes[2]).status == 401)
    check("new ones need a code", b.post("/staff/factor", {"do": "codes", "code": "1"}).status == 400)
    check("and end the old ones", b.post("/staff/factor", {"do": "codes", "code": codes[3]}).status == 200 and typed(half_in(), codes[4]).status == 401)
    newer = re.findall(r"<li><code>([0-9A-Z-]{21})</code>", b.last.text())
    seen = []
    for i in range(5):
        other = Browser(s)
        seen.append((other.sign_in("hai.lop", LATER).status, typed(other, f"99999{i}").status if other.cookie else 0))
    check("wrong codes lock, the right password between them or not", seen[-1][0] == 429 or seen[-1][1] == 429 or Browser(s).sign_in("hai.lop", LATER).status == 429, seen)
    page = admin.post("/staff/users/change", {"name": "hai.lop", "do": "unpair"}, "/staff/users").text()
    check("the administrator takes it off", "Đã ghi cho hai.lop" in page and "hai lớp" not in page.split("hai.lop")[1].split("</tr>")[0])
    b = half_in()
    check("pairs again at the next sign-in", b.ask("/staff").headers.get("location") == "/staff/factor")
    b.post("/staff/factor", {"do": "start"})
    secret = "".join(re.search(r'<code class="once">([A-Z2-7 ]{39,41})</code>', b.ask("/staff/factor").text()).group(1).split())
    check("paired anew", typed(b, shown(secret), "/staff/factor", do="confirm").status == 200)
    other = re.findall(r"<li><code>([0-9A-Z-]{21})</code>", b.last.text())
    check("another telephone", typed(b, other[0], "/staff/factor", do="leave").status == 303 and b.ask("/staff").headers.get("location") == "/staff/factor")
    for action in ("factor.pair", "factor.refused", "factor.codes", "factor.leave", "sign_in.code", "sign_in.recovery", "user.factor_drop"):
        check(f"written down: {action}", audited(action) >= 1)
    check("never a code", count(path, "SELECT count(*) FROM audit WHERE detail LIKE ? OR subject LIKE ?", f"%{codes[0]}%", f"%{secret}%") == 0)
    check("from the command line too", user(program, path, "unpair", path, "hai.lop").returncode == 0)
    policy("staff.second_factor_days", "7")
    policy("staff.second_factor", "admin")


# --- who may what: the table of the program against a table of our own ---

ALL = set(ROLES)
TAKE_IN = {"entry", "food_safety", "admin"}
ASK = {"entry", "food_safety", "verifier", "leader"}
DECIDE = {"entry", "food_safety", "verifier"}
MATRIX = {
    "GET /staff": ALL, "GET /staff/sign-in/code": ALL, "POST /staff/sign-in/code": ALL, "GET /staff/factor": ALL, "POST /staff/factor": ALL,
    "GET /staff/password": ALL, "POST /staff/password": ALL, "POST /staff/sign-out": ALL,
    "GET /staff/audit": {"admin"}, "POST /staff/audit": {"admin"}, "POST /staff/audit.csv": {"admin"},
    "GET /staff/users": {"admin"}, "POST /staff/users": {"admin"}, "POST /staff/users/change": {"admin"},
    "GET /staff/import": TAKE_IN, "POST /staff/import": TAKE_IN, "GET /staff/import/{job}": TAKE_IN,
    "POST /staff/import/{job}/mapping": TAKE_IN, "POST /staff/import/{job}/run": TAKE_IN, "GET /staff/import/{job}/report.csv": TAKE_IN,
    "GET /staff/import/{job}/report.xlsx": TAKE_IN, "POST /staff/review/export.xlsx": DECIDE, "POST /staff/decisions/{decision}/undo": DECIDE,
    "GET /staff/batches": ALL - {"observer"}, "POST /staff/batches/{batch}/undo": TAKE_IN,
    "GET /staff/review": ASK, "GET /staff/review/{review}": ASK, "POST /staff/review/{review}": DECIDE, "POST /staff/review/{review}/row": DECIDE,
    "GET /staff/export": ASK - {"entry"}, "POST /staff/export": ASK - {"entry"},
    "POST /staff/find": ALL - {"observer"}, "GET /staff/c/{code}": ALL - {"observer"}, "POST /staff/c/{code}/private": ASK,
    "GET /staff/me": ALL, "GET /staff/help": ALL, "GET /staff/places": ALL - {"observer"}, "GET /staff/c/{code}/edit": DECIDE, "POST /staff/c/{code}/edit": DECIDE,
    "POST /staff/c/{code}/position": DECIDE, "POST /staff/c/{code}/undo": DECIDE,
    "GET /staff/labels": ASK, "POST /staff/labels/sheet": {"entry", "food_safety"}, "POST /staff/labels/printed": {"entry", "food_safety"},
    "POST /staff/c/{code}/label": {"entry", "food_safety"}, "GET /staff/labels/{label}/photo": DECIDE,
    "POST /staff/c/{code}/photos": DECIDE, "GET /staff/c/{code}/photos/{photo}": ASK, "POST /staff/c/{code}/photos/{photo}": DECIDE,
    "GET /staff/notices": ASK, "GET /staff/notices/{notice}": ASK, "POST /staff/notices/{notice}": DECIDE,
    "GET /staff/evidence": {"entry", "verifier", "leader", "observer"}, "GET /staff/evidence/{code}": {"entry", "verifier", "leader", "observer"},
    "POST /staff/evidence/{code}": {"entry", "verifier"}, "POST /staff/evidence/{code}/decide": {"verifier", "leader"},
    "GET /staff/food": ASK, "POST /staff/food": {"entry", "food_safety"}, "POST /staff/food/publish": {"food_safety", "leader"}, "GET /staff/food/plan": ASK,
    "GET /staff/food/{code}": ASK, "POST /staff/food/{code}": {"entry", "food_safety"}, "POST /staff/food/{code}/publish": {"food_safety", "leader"},
    "GET /staff/evidence/{code}/photos/{photo}": {"entry", "verifier", "leader"},
    "GET /staff/service": {"verifier", "leader", "admin"}, "POST /staff/service": {"verifier", "leader", "admin"},
    "POST /staff/service/check": {"verifier", "leader", "admin"},
    "GET /staff/policy": {"verifier", "leader", "observer", "admin"}, "POST /staff/policy": {"leader"},
    "GET /staff/indicators.json": ALL, "GET /staff/feed/{collection}": ALL,
}


def role_matrix(s, root):
    text = open(os.path.join(root, "mapd/staff.def"), encoding="utf-8").read()
    rows = re.findall(r'^STAFF\(\w+, "((?:GET|POST) [^"]+)"', text, re.M)
    known = set(MATRIX) | {"GET /staff/sign-in", "POST /staff/sign-in"}
    check("every staff route is in the test's table", set(rows) == known, set(rows) ^ known)
    filled = {route: re.sub(r"{\w+}", "999999", route.split(" ")[1].replace("{code}", ward.code(20)).replace("{collection}", "stalls")) for route in rows}
    for role in ROLES:
        b = signed_in(s, role)
        token = b.token("/staff")
        for route, allowed in MATRIX.items():
            method = route.split(" ")[0]
            if route == "POST /staff/sign-out":
                continue  # would end the session of this walk
            body = urllib.parse.urlencode({"csrf": token}) if method == "POST" else None
            answer = b.ask(filled[route], method, body, Content_Type="application/x-www-form-urlencoded")
            check(f"{role} {route}", (answer.status == 403) == (role not in allowed) and answer.status not in (401, 500), answer.status)
    stranger = Browser(s)
    token = stranger.token("/staff/sign-in")
    for route in MATRIX:
        method = route.split(" ")[0]
        body = urllib.parse.urlencode({"csrf": token}) if method == "POST" else None
        answer = stranger.ask(filled[route], method, body, Content_Type="application/x-www-form-urlencoded")
        check(f"nobody {route}", answer.status == 401, answer.status)
        check(f"{route} is not cached", answer.headers.get("cache-control") == "no-store")
    odd = stranger.ask("/%73taff")
    check("an escaped path is the same path", odd.status == 401 and odd.headers.get("cache-control") == "no-store", odd.status)


def tokens(s, program, path):
    made = subprocess.run([program, "token", "add", path, "bao cao", "--role", "leader"], capture_output=True, text=True)
    bearer = "Bearer " + made.stdout.strip()
    answer = serve.ask(s, "/staff/batches", Authorization=bearer)
    check("a token reads what its role may", answer.status == 200 and "set-cookie" not in answer.headers, answer.status)
    check("and no more", serve.ask(s, "/staff/import", Authorization=bearer).status == 403)
    check("junk token", serve.ask(s, "/staff/batches", Authorization="Bearer " + "0" * 64).status == 401)
    subprocess.run([program, "token", "revoke", path, "bao cao"], check=True, capture_output=True)
    check("revoked", serve.ask(s, "/staff/batches", Authorization=bearer).status == 401)


# --- accounts and the record, in the administrator's browser ---

def once(page):
    found = re.search(r'<code class="once">([0-9A-Z-]{21})</code>', page)
    return found.group(1) if found else ""


def accounts(s, path):
    admin = signed_in(s, "admin")
    page = admin.post("/staff/users", {"name": "moi.den", "role": "entry"}).text()
    first = once(page)
    check("a new account, its first password shown once", first and first not in admin.ask("/staff/users").text(), page[:300])
    check("the name is taken", admin.post("/staff/users", {"name": "moi.den", "role": "entry"}).status == 409)
    check("an odd name", admin.post("/staff/users", {"name": "Mới <b>", "role": "entry"}).status == 400)
    check("no such role", admin.post("/staff/users", {"name": "khac", "role": "king"}).status == 400)
    fresh = Browser(s)
    check("signs in with it", fresh.sign_in("moi.den", first).status == 303)
    check("and must change it", fresh.ask("/staff").headers.get("location") == "/staff/password")
    check("changed", fresh.change_password(first, LATER).status == 303)

    def change(name, what, **more):
        return admin.post("/staff/users/change", {"name": name, "do": what} | more, "/staff/users")

    check("another role", change("moi.den", "role", role="leader").status == 200)
    check("ends the session", fresh.ask("/staff").status == 401)
    fresh.sign_in("moi.den", LATER)
    check("in the new role", fresh.ask("/staff/import").status == 403 and fresh.ask("/staff/batches").status == 200)
    check("disabled", change("moi.den", "disable").status == 200 and fresh.ask("/staff").status == 401)
    check("stays out", fresh.sign_in("moi.den", LATER).status == 401)
    again = once(change("moi.den", "password").text())
    check("a new password opens it", fresh.sign_in("moi.den", again).status == 303)
    check("nobody changes himself", change("admin", "disable").status == 400 and admin.ask("/staff/users").status == 200)
    check("no such person", change("khong.co", "disable").status == 404)
    check("no such change", change("moi.den", "promote").status == 400)
    found = admin.post("/staff/audit", {"who": "admin", "action": "user.", "subject": "moi.den"}, "/staff/users").text()
    check("found in the record", "user.add" in found and "user.password" in found and "sign_in" not in re.sub(r"<option.*?>", "", found))
    check("not that day", "Không có mục nào" in admin.post("/staff/audit", {"from": "2001-01-01", "to": "2001-01-02"}, "/staff/users").text())
    check("not a day", admin.post("/staff/audit", {"from": "hôm qua"}, "/staff/users").status == 400)
    exports = "SELECT count(*) FROM audit WHERE action = 'audit.export' AND who = 'admin'"
    before = count(path, exports)
    export = admin.post("/staff/audit.csv", {}, "/staff/users")
    check("taken away as a file", export.headers.get("content-type", "").startswith("text/csv") and export.body.startswith(b"\xef\xbb\xbfid,at,who"), export.headers)
    check("all of it", export.text().count("\r\n") == 1 + count(path, "SELECT count(*) FROM audit"))
    check("that is an entry too", count(path, exports) == before + 1)
    with sqlite3.connect(path) as db:
        old = int(time.time()) - 46 * 86400
        db.execute("UPDATE user SET last_seen_at = ?, disabled = 0 WHERE name = 'moi.den'", (old,))
    check("unused for 46 days: at rest", Browser(s).sign_in("moi.den", again).status == 401 and count(path, "SELECT disabled FROM user WHERE name = 'moi.den'") == 1)


# --- a list through the browser ---

MESSY = ("DANH SÁCH CƠ SỞ KINH DOANH,,,,,,,\n,,,,,,,\n"
         "STT,Tên cơ sở,Chủ hộ,Điện thoại,Địa chỉ,Kinh độ,Vĩ độ,Buôn bán\n"
         f"1,Quán <b>Ngon</b>,{CANARY},{CANARY_PHONE},12 Nguyễn Văn Linh,108.2005,16.0505,Ăn uống\n"
         "2,,Trần Văn Không Tên,,,108.2006,16.0506,Bán lẻ\n"
         "3,Tạp hoá Cây Đa,,,999 Nguyễn Văn Lin,,,Bán lẻ\n"
         "4,Sửa xe Ba,,,lưu động,,,Dịch vụ\n"
         "5,Cắt tóc Tư,,,,abc,16.05,Dịch vụ\n"
         "Tổng cộng,5,,,,,,\n").encode()


def wait_done(b, target):
    for _ in range(100):
        answer = b.ask(target)
        if "refresh" not in answer.headers:
            return answer
        time.sleep(0.1)
    return answer


def count(path, sql, *values):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        return db.execute(sql, values).fetchone()[0]


def import_csv(s, path):
    b = signed_in(s, "entry")
    check("what kind?", b.upload("", "a.csv", MESSY).status == 400)
    check("empty file", b.upload("establishments", "a.csv", b"").status == 400)
    places = count(path, "SELECT count(*) FROM place")
    answer = b.upload("establishments", "C:\\Users\\lan\\Danh sách & <cơ sở>.csv", MESSY)
    check("uploaded", answer.status == 303, (answer.status, answer.text()[-400:]))
    job = answer.headers.get("location", "/")
    page = b.ask(job).text()
    check("the file's own name", "Danh sách &amp; " in page and "Users" not in page)
    check("columns with samples", "Tên cơ sở" in page and "Quán &lt;b&gt;Ngon&lt;/b&gt;" in page and '<option value="name" selected>' in page)
    check("nothing hostile", "<b>Ngon" not in page)
    check("preview of every row", page.count('<tr class="') == 5, re.findall(r'<tr class="(\w+)"', page))
    check("preview rejects the nameless", '<tr class="rejected"' in page)
    check("nothing written", count(path, "SELECT count(*) FROM place") == places and count(path, "SELECT count(*) FROM import_batch") == 0)
    check("an unknown heading is not used", re.search(r'value="Buôn bán"><select name="c7"[^>]*><option value="" selected>', page), page[page.find("Buôn"):][:300])
    fields = {name: html.unescape(value) for name, value in re.findall(r'name="(h\d+)" value="([^"]*)"', page)}
    for number, options in re.findall(r'<select name="c(\d+)"[^>]*>(.*?)</select>', page):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields["c" + number] = chosen.group(1) if chosen else ""
    fields["c7"] = "industry"
    check("correction saved", b.post(job + "/mapping", fields, job).status == 303, b.last.text()[-300:])
    page = b.ask(job).text()
    check("correction seen", '<option value="industry" selected>' in page and "bảng ghép" in page)
    other = signed_in(s, "food_safety")
    check("another's desk", other.ask(job).status == 404)
    check("started", b.post(job + "/run", {}, job).status == 303)
    done = wait_done(b, job)
    page = done.text()
    check("done", done.status == 200 and "Đã nhập xong" in page, page[-600:])
    check("counts", re.search(r"Dòng dữ liệu</dt><dd>5<", page) and re.search(r"Bị loại \(không ghi\)</dt><dd>[1-9]", page), page[-1500:])
    check("sentence and suggestion", "<tr class=\"rejected\"" in page)
    report = b.ask(job + "/report.csv")
    check("report", report.headers.get("content-disposition", "").startswith("attachment") and report.body.startswith(b"\xef\xbb\xbf"))
    check("published", str(count(path, "SELECT count(*) FROM place")) and count(path, "SELECT count(*) FROM place") > places)
    check("by whom", count(path, "SELECT imported_by FROM import_batch WHERE id = 1") == "entry")
    check("its industry", count(path, "SELECT count(*) FROM place WHERE batch_id = 1 AND industry_group <> ''") >= 0)
    return places


def import_again_and_undo(s, path, places):
    b = signed_in(s, "entry")
    again = b.upload("establishments", "lại.csv", MESSY).headers.get("location", "/")
    page = b.ask(again).text()
    check("the correction is remembered", "được dùng lại" in page and '<option value="industry" selected>' in page)
    page = b.ask("/staff/batches").text()
    check("listed", "Rút lại" in page and "Danh sách &amp;" in page)
    verifier = signed_in(s, "verifier")
    check("the verifier may not", verifier.post("/staff/batches/1/undo", {}, "/staff").status == 403)
    answer = b.post("/staff/batches/1/undo", {}, "/staff/batches")
    check("taken back", answer.status == 200 and "Đã rút lại lần nhập 1" in answer.text(), answer.text()[-400:])
    check("exactly", count(path, "SELECT count(*) FROM place") == places)
    check("once only", b.post("/staff/batches/1/undo", {}, "/staff/batches").status == 404)


def workbook(rows):
    cells = "".join("<row>" + "".join(f'<c t="inlineStr"><is><t>{html.escape(v)}</t></is></c>' for v in row) + "</row>" for row in rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
                   '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                   '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
                   '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>')
        z.writestr("_rels/.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                   '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        z.writestr("xl/workbook.xml", '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
                   'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Minh chứng" sheetId="1" r:id="r1"/></sheets></workbook>')
        z.writestr("xl/_rels/workbook.xml.rels", '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                   '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        z.writestr("xl/worksheets/sheet1.xml", f'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>')
    return out.getvalue()


def evidence_waits(s, path):
    """What comes through the browser as verified is not: somebody else verifies."""
    b = signed_in(s, "food_safety")
    data = workbook([["Mã điểm", "Loại minh chứng", "Phương thức", "Ngày", "Kết quả", "Số biên bản", "Cán bộ", "Trạng thái"],
                     ["REF20", "biên bản", "QR", "01/11/2026", "Đạt", "BB-1", "Lê Văn Cán", "đã xác minh"]])
    job = b.upload("payments", "minh chứng.xlsx", data).headers.get("location", "/")
    b.post(job + "/run", {}, job)
    page = wait_done(b, job).text()
    check("evidence taken in", "Đã nhập xong" in page, page[-500:])
    check("but submitted", count(path, "SELECT group_concat(state) FROM evidence") == "submitted", count(path, "SELECT group_concat(state) FROM evidence"))


def large_and_broken(s):
    b = signed_in(s, "entry")
    b.ask("/staff")
    big = b.upload("establishments", "lớn.csv", b"T\xc3\xaan c\xc6\xa1 s\xe1\xbb\x9f\n" + b"Qu\xc3\xa1n,\n" * 200000)
    check("two megabytes are taken", big.status == 303, big.status)
    stranger = Browser(s)
    stranger.ask("/staff/sign-in")
    try:
        check("from strangers not", stranger.ask("/staff/import", "POST", b"x" * 200000, Content_Type="multipart/form-data; boundary=x").status == 413)
    except (ConnectionError, BrokenPipeError):
        check("from strangers not", True)
    for name, body in {"no boundary": b"x", "unfinished": b"--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc", "nothing": b"--x--",
                       "no name": b"--x\r\nA: b\r\n\r\nabc\r\n--x--"}.items():
        status = b.ask("/staff/import", "POST", body, Content_Type="multipart/form-data; boundary=x").status
        check(f"broken form: {name}", status in (400, 403), status)
    bad = b.upload("establishments", "a.xlsx", b"PK\x03\x04 not a workbook")
    page = b.ask(bad.headers.get("location", "/"))
    check("a damaged file says so", page.status == 400 and "Tệp" in page.text(), page.status)
    check("and not where it lies", "uploads" not in page.text() and "mapd-" not in page.text())
    check("the server lives", serve.ask(s, "/health").status == 200)


# --- the queue and the record ---

def review_queue(s, path, program):
    b = signed_in(s, "verifier")
    text = ("Tên cơ sở,Chủ hộ,Điện thoại,Địa chỉ\n"
            f"Tạp hoá Cây Đa,{CANARY},{CANARY_PHONE},Nguyễn Văn Lin Linh\n").encode()
    with tempfile.NamedTemporaryFile(suffix=".csv") as f:
        f.write(text)
        f.flush()
        subprocess.run([program, "import", path, f.name, "--as", "establishments"], capture_output=True)
    db = ward.connect(path)
    place = db.execute("SELECT p.id, p.code FROM place p WHERE name LIKE 'Tạp hoá Cây Đa%'").fetchone()
    batch = db.execute("SELECT max(id) FROM import_batch").fetchone()[0]
    candidates = '[{"street":"Nguyễn Văn Linh","lon":108.2,"lat":16.04,"position":"street","accuracy_m":120,"score":71,"why":"<i>typo:1</i>"},{"street":"Khác","lon":108.21,"lat":16.05,"position":"interpolated","accuracy_m":40,"score":60}]'
    for reason in ("Tên đường gần giống", "Câu hỏi khác về cùng nơi"):
        db.execute("INSERT INTO review (batch_id, row, place_id, reason, fault_group, candidates, opened_at) VALUES (?, 2, ?, ?, 'typo|linh', ?, '2026-11-22T00:00:00Z')",
                   (batch, place[0], reason, candidates))
    db.execute("INSERT INTO review (batch_id, row, reason, fault_group, candidates, opened_at) VALUES (?, 3, 'Có thể trùng', 'duplicate', ?, '2026-11-22T00:00:00Z')",
               (batch, f'["{ward.code(20)}"]',))
    db.execute("UPDATE revision SET value = value + 1")
    db.commit()
    page = b.ask("/staff/review").text()
    check("grouped", "Có thể trùng" in page and '<td class="n">2</td><td>Câu hỏi khác' in page and page.count("Xem từng dòng") >= 2, page[-800:])
    review = db.execute("SELECT max(id) FROM review WHERE fault_group = 'typo|linh'").fetchone()[0]
    target = f"/staff/review/{review}"
    page = b.ask(target).text()
    check("candidates with their why", "Nguyễn Văn Linh" in page and "&lt;i&gt;typo:1" in page and page.count("Chọn vị trí này") == 2)
    check("the address by its parts", '<p class="parts">' in page and "Vì sao:" in page, page[-3000:])
    check("the row itself stays closed", CANARY not in page and CANARY_PHONE not in page)
    check("no such candidate", b.post(target, {"decision": "accept", "candidate": "7"}).status == 400)
    check("nonsense", b.post(target, {"decision": "accept", "candidate": "x"}).status == 400)
    check("coordinates the wrong way round", b.post(target, {"decision": "pin", "lat": "108,2", "lon": "16,05"}).status == 400)
    leader = signed_in(s, "leader")
    check("the leader looks and leaves", leader.ask(target).status == 200 and leader.post(target, {"decision": "leave"}, "/staff").status == 403)
    opened = b.post(target + "/row", {}, target)
    check("the row on demand", CANARY in opened.text(), opened.text()[-400:])
    check("accepted", b.post(target, {"decision": "accept", "candidate": "0"}).status == 303, b.last.text()[-300:])
    row = db.execute("SELECT position, accuracy_m, X(geom), Y(geom), needs_review FROM place WHERE id = ?", place[:1]).fetchone()
    check("the place stands there", row[:2] == ("street", 120) and abs(row[2] - 108.2) < 1e-6 and row[4] == 0, row)
    closed = db.execute("SELECT count(*), group_concat(DISTINCT closed_by), group_concat(DISTINCT decision) FROM review WHERE place_id = ? AND closed_at IS NOT NULL", place[:1]).fetchone()
    check("all its questions are closed, by whom", closed[0] >= 2 and closed[1] == "verifier" and closed[2] == "accept", closed)
    decision = db.execute("SELECT max(id) FROM decision").fetchone()[0]
    check("what was decided, and the way back", f"/staff/decisions/{decision}/undo" in b.ask("/staff/review").text())
    check("taken back", b.post(f"/staff/decisions/{decision}/undo", {}, "/staff/review").status == 303, b.last.text()[-300:])
    back = db.execute("SELECT position, needs_review, (SELECT count(*) FROM review WHERE place_id = p.id AND closed_at IS NULL), (SELECT count(*) FROM address_memory) FROM place p WHERE id = ?", place[:1]).fetchone()
    check("as if nothing was", back[0] != "street" and back[2] >= 2 and back[3] == 0, back)
    check("once", b.post(f"/staff/decisions/{decision}/undo", {}, "/staff/review").status == 400)
    check("accepted again", b.post(target, {"decision": "accept", "candidate": "0"}).status == 303, b.last.text()[-300:])
    memory = db.execute("SELECT confirmed_by, lon, place_id FROM address_memory").fetchone()
    check("remembered", memory and memory[0] == "verifier" and abs(memory[1] - 108.2) < 1e-6 and memory[2] == place[0], memory)
    check("decided once", b.post(target, {"decision": "leave"}, "/staff").status == 400, b.last.status)
    time.sleep(1)
    public = serve.ask(s, f"/ogc/collections/establishments/items/{place[1]}")
    check("published", public.json()["properties"]["position"] == "street", public.body[:300])
    twin = db.execute("SELECT max(id) FROM review WHERE fault_group = 'duplicate'").fetchone()[0]
    page = b.ask(f"/staff/review/{twin}").text()
    check("a double links to the other", f"/staff/c/{ward.code(20)}" in page and "Đặt ở đây" not in page)
    check("left", b.post(f"/staff/review/{twin}", {"decision": "leave"}).status == 303)
    db.close()
    return place[1]


def left_over(s, path, program):
    """What is left as a file: filled in, imported again, and no longer asked."""
    b = signed_in(s, "entry")
    text = f"Tên cơ sở,Chủ hộ,Địa chỉ\n{CANARY} quán,{CANARY},9999 đường không đâu cả\n".encode()
    with tempfile.TemporaryDirectory() as folder:
        name, book, filled = (os.path.join(folder, n) for n in ("a.csv", "left.xlsx", "filled.xlsx"))
        open(name, "wb").write(text)
        subprocess.run([program, "import", path, name, "--as", "establishments"], capture_output=True)
        before = count(path, "SELECT count(*) FROM audit WHERE action = 'private.read' AND subject = 'review queue'")
        answer = b.post("/staff/review/export.xlsx", {}, "/staff/review")
        check("a workbook", answer.status == 200 and answer.body[:2] == b"PK" and "hang-cho.xlsx" in answer.headers["content-disposition"], answer.status)
        check("written down first", count(path, "SELECT count(*) FROM audit WHERE action = 'private.read' AND subject = 'review queue'") == before + 1)
        open(book, "wb").write(answer.body)
        rows = round_trip.read_book(book)
        head = {name: i for i, name in enumerate(rows[0])}
        mine = [r for r in rows[1:] if CANARY in r[head["Tên cơ sở"]]]
        check("the row with its own name, reason and advice", len(mine) == 1 and "đường" in mine[0][head["Vấn đề khi nhập"]] and mine[0][head["Cần làm gì"]], mine)
        mine[0][head["Kinh độ"]], mine[0][head["Vĩ độ"]] = "108.2205", "16.0421"
        round_trip.write_book(filled, [rows[0], *mine])
        done = subprocess.run([program, "import", path, filled, "--as", "establishments", "--json"], capture_output=True)
        check("it comes back as an update", b'"updated":1' in done.stdout and done.returncode == 0, done.stdout + done.stderr)
        code = mine[0][head["Mã điểm"]]
        row = sqlite3.connect(path).execute("SELECT p.position, p.public_name, (SELECT count(*) FROM review WHERE place_id = p.id AND closed_at IS NULL),"
                                            " (SELECT count(*) FROM restricted WHERE owner = 'place' AND owner_id = p.id AND field = 'name') FROM place p WHERE code = ?", (code,)).fetchone()
        check("it stands, nothing is asked, and the owner is hidden still", row[0] == "gps" and row[2:] == (0, 1) and CANARY not in row[1], row)


def taken_away(s, path):
    """A layer with what is restricted, for a purpose that is written down first."""
    told = "SELECT count(*) FROM audit WHERE action = 'export.staff' AND who = 'verifier'"
    before = count(path, told)
    b = signed_in(s, "verifier")
    wanted = {"part": "establishments", "area": "", "as": "csv", "crs": "", "purpose": "đối chiếu thuế (dữ liệu mẫu)"}
    check("without a purpose nothing is read", b.post("/staff/export", wanted | {"purpose": "  "}).status == 400 and count(path, told) == before)
    check("no such part", b.post("/staff/export", wanted | {"part": "wards"}).status == 400)
    answer = b.post("/staff/export", wanted)
    check("the owners are in it", answer.status == 200 and CANARY in answer.text() and answer.headers.get("cache-control") == "no-store"
          and "establishments-" in answer.headers["content-disposition"], answer.status)
    check("its length is known", int(answer.headers["content-length"]) == len(answer.body))
    check("written down with its purpose", count(path, told + " AND detail LIKE '%đối chiếu thuế%'") == before + 1)
    book = b.post("/staff/export", wanted | {"part": "expired", "as": "xlsx", "crs": "EPSG:5899"})
    check("a list as a workbook", book.status == 200 and book.body[:2] == b"PK" and "food-safety-" in book.headers["content-disposition"], book.status)


def record_page(s, path, code):
    b = signed_in(s, "entry")
    before = count(path, "SELECT count(*) FROM audit WHERE action = 'private.read'")
    page = b.ask(f"/staff/c/{code}").text()
    check("the record", "Tạp hoá Cây Đa" in page and "Chủ cơ sở" in page and "••••" in page)
    check("without what is restricted", CANARY not in page and CANARY_PHONE not in page)
    check("and without a trace", count(path, "SELECT count(*) FROM audit WHERE action = 'private.read'") == before)
    page = b.post(f"/staff/c/{code}/private", {}, f"/staff/c/{code}").text()
    check("restricted on demand", CANARY in page and CANARY_PHONE in page)
    check("written down", count(path, "SELECT count(*) FROM audit WHERE action = 'private.read' AND who = 'entry' AND subject = ?", f"place {code}") == 1)
    check("never a value", count(path, "SELECT count(*) FROM audit WHERE detail LIKE '%Canary%' OR subject LIKE '%Canary%' OR detail LIKE '%" + CANARY_PHONE + "%'") == 0)
    admin = signed_in(s, "admin")
    check("the administrator keeps accounts, not secrets", admin.ask(f"/staff/c/{code}").status == 200 and "Xem dữ liệu riêng" not in admin.last.text())
    audit = admin.ask("/staff/audit").text()
    check("the audit shows it", "private.read" in audit and code in audit and CANARY not in audit)
    check("found by its number", b.post("/staff/find", {"what": " ref20 "}, "/staff").headers.get("location") == f"/staff/c/{ward.code(20)}", b.last.status)
    check("found by its code", b.post("/staff/find", {"what": code.lower()}, "/staff").headers.get("location") == f"/staff/c/{code}")
    check("unknown code", b.ask("/staff/c/0000000000").status == 404)


def nothing_public(s, code):
    targets = ["/", f"/c/{code}", "/ogc/collections/establishments/items?limit=1000", "/export/establishments.csv", "/export/establishments.geojson",
               "/search?q=canary", f"/ogc/collections/establishments/items/{code}", "/indicators.json", "/indicators", "/data", "/metrics", "/health", "/ogc/api"]
    for target in targets:
        answer = serve.ask(s, target, Cookie="mapd=" + "0" * 64)
        check(f"no secret in {target}", CANARY.encode() not in answer.body and CANARY_PHONE.encode() not in answer.body)
        check(f"no cookie from {target}", "set-cookie" not in answer.headers)
        check(f"no staff in {target}", b"/staff/" not in answer.body or target == "/metrics", target)


def without_key(program, path):
    os.rename(path + ".key", path + ".hidden")
    s = serve.Server(program, path)
    b = signed_in(s, "entry")
    page = b.ask(f"/staff/c/{CODE[0]}")
    check("cần khoá", page.status == 200 and "cần khoá" in page.text() and CANARY not in page.text(), page.status)
    check("said on the first page", "không có khoá" in b.ask("/staff").text())
    s.stop()
    os.rename(path + ".hidden", path + ".key")


CODE = []


def main(program):
    folder = tempfile.mkdtemp()
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    path = os.path.join(folder, "ward.db")
    uploads = os.path.join(folder, "uploads")
    os.mkdir(uploads)
    os.environ["TMPDIR"] = uploads
    ward.make(program, path)
    make_users(program, path)
    s = serve.Server(program, path)
    sign_in_and_out(s)
    for role in ROLES[1:]:
        b = Browser(s)
        b.sign_in(role.replace("_", "."), FIRST)
        check(f"{role} chose a password", b.change_password(FIRST, LATER).status == 303)
    forged_forms(s)
    lockout(s, program, path)
    second_factor(s, program, path)
    role_matrix(s, root)
    tokens(s, program, path)
    accounts(s, path)
    places = import_csv(s, path)
    import_again_and_undo(s, path, places)
    evidence_waits(s, path)
    large_and_broken(s)
    CODE.append(review_queue(s, path, program))
    left_over(s, path, program)
    taken_away(s, path)
    record_page(s, path, CODE[0])
    nothing_public(s, CODE[0])
    log = s.log_text()
    check("no secret in the log", CANARY not in log and CANARY_PHONE not in log and CODE[0] not in log)
    check("stops cleanly", s.stop() == 0)
    without_key(program, path)
    checked = subprocess.run([program, "check", path], capture_output=True, text=True)
    findings = [line for line in checked.stdout.splitlines()[:-1] if not line.startswith("accuracy")]  # the small ward's stalls have none
    check("the file is whole and the chain too", not findings and not checked.stderr, findings)
    with sqlite3.connect(path) as db:
        check("an import is an entry", db.execute("SELECT count(*) FROM audit WHERE action = 'import' AND who = 'entry'").fetchone()[0] == 1)
        check("its undo too", db.execute("SELECT count(*) FROM audit WHERE action = 'import.undo'").fetchone()[0] == 1)
        db.execute("UPDATE import_row SET verdict = 'added' WHERE batch_id = 1 AND verdict = 'rejected'")
    checked = subprocess.run([program, "check", path], capture_output=True, text=True)
    check("a changed row of an import is found", "lần nhập 1 không còn" in checked.stdout, checked.stdout)
    check("no upload is left behind", not os.listdir(uploads), os.listdir(uploads))
    shutil.rmtree(folder)
    print(f"{sum(RESULTS)} passed, {len(RESULTS) - sum(RESULTS)} failed")
    return 0 if all(RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
