#!/usr/bin/python3
"""The feed of changes, read by a plain client: everything once, then only what changed, tombstones, tokens that end.

usage: feed.py MAPD      ends with "N passed, N failed"
"""
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import ward

results = []


def check(name, ok, detail=""):
    results.append(bool(ok))
    print(f"{'ok  ' if ok else 'FAIL'} {name} {detail if not ok else ''}")


def get(base, token, target):
    request = urllib.request.Request(base + target, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as e:
        return e.code, None


def follow(base, token, cursor=0, limit=50):
    """Every item since the cursor, page by page, and the next cursor."""
    items = []
    while True:
        status, page = get(base, token, f"staff/feed/establishments?cursor={cursor}&limit={limit}")
        assert status == 200, status
        items += page["items"]
        cursor = page["cursor"]
        if not page["more"]:
            return items, cursor, page


def edit(path, *statements):
    db = ward.connect(path)
    for s in statements:
        db.execute(s)
    db.execute("UPDATE revision SET value = value + 1")
    db.commit()
    db.close()
    time.sleep(0.8)  # published within half a second


def new_token(program, path, name, days="90"):
    done = subprocess.run([program, "token", "add", path, name, "--role", "observer", "--days", days], capture_output=True, text=True)
    return re.search(r"[0-9a-f]{64}", done.stdout).group(0)


def changes(base, token, path):
    items, cursor, page = follow(base, token)
    document = json.load(open(os.path.join(os.path.dirname(__file__), "../../docs/feed.openapi.json"), encoding="utf-8"))
    schema = document["paths"]["/staff/feed/{collection}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    check("a page has what its document requires", set(schema["required"]) == set(page) and page["version"] == 1 and page["agency_code"] == "99001", list(page))
    wanted = set(schema["properties"]["items"]["items"]["required"])
    check("items too", all(wanted <= set(i) for i in items))
    check("the first time everything comes once", len(items) == ward.ESTABLISHMENTS == len({i["code"] for i in items}), len(items))
    check("in growing sequence", [i["sequence"] for i in items] == sorted({i["sequence"] for i in items}))
    again, same, _ = follow(base, token, cursor)
    check("then nothing", again == [] and same == cursor, (len(again), same, cursor))
    edit(path, "UPDATE place SET public_name = 'Tên mới' WHERE id = 20", "UPDATE establishment SET address = 'private' WHERE place_id = 21")
    some, cursor, _ = follow(base, token, cursor)
    check("a change comes, a private one does not", [i["code"] for i in some] == [ward.code(20)] and some[0]["feature"]["properties"]["name"] == "Tên mới", some)
    edit(path, "DELETE FROM fs_place WHERE place_id = 30", "DELETE FROM acceptance_listed WHERE place_id = 30", "DELETE FROM establishment WHERE place_id = 30")
    some, cursor, _ = follow(base, token, cursor)
    check("what is gone leaves a tombstone", [(i["code"], i["deleted"], "feature" in i) for i in some] == [(ward.code(30), True, False)], some)
    items, _, _ = follow(base, token)
    check("who comes late sees the tombstone too", sum(i["deleted"] for i in items) == 1 and len(items) == ward.ESTABLISHMENTS)
    text = json.dumps(items, ensure_ascii=False)
    check("nothing private", "SECRET" not in text and "private" not in text)


def tokens(program, base, path):
    check("without a token: refused", get(base, None, "staff/feed/establishments")[0] in (401, 403))
    check("with a wrong one: refused", get(base, "0" * 64, "staff/feed/establishments")[0] in (401, 403))
    token = new_token(program, path, "ended")
    check("a fresh one is taken", get(base, token, "staff/feed/markets")[0] == 200)
    db = sqlite3.connect(path)
    db.execute("UPDATE api_token SET expires_at = 1 WHERE name = 'ended'")
    db.commit()
    db.close()
    check("past its last day: refused", get(base, token, "staff/feed/markets")[0] in (401, 403))
    token = new_token(program, path, "revoked")
    subprocess.run([program, "token", "revoke", path, "revoked"], check=True, capture_output=True)
    check("revoked: refused", get(base, token, "staff/feed/markets")[0] in (401, 403))
    check("an unknown layer is 404", get(base, new_token(program, path, "third"), "staff/feed/nothing")[0] == 404)


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ward.db")
        ward.make(program, path)
        token = new_token(program, path, "city")
        server = subprocess.Popen([program, "serve", path, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            base = re.search(r"http://\S+", server.stdout.readline()).group(0)
            changes(base, token, path)
            tokens(program, base, path)
        finally:
            server.terminate()
            check("the server stops cleanly", server.wait(20) == 0)
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(0 if all(results) else 1)


main()
