#!/usr/bin/python3
"""wapiti over the pages of residents and of staff: every module that needs nothing from the Internet. What it finds must be among
what docs/asvs.md answers.

usage: scan.py MAPD [SECONDS]      SECONDS: for each module, 60 unless told; skips when wapiti is not installed
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import ward

MODULES = ["backup", "blindsql", "brute_login_form", "buster", "cookieflags", "crlf", "csp", "csrf", "exec", "file", "htaccess", "http_headers", "methods", "permanentxss",
           "redirect", "shellshock", "sql", "ssrf", "xss", "xxe"]  # nikto and wapp fetch their lists from the Internet
ANSWERED = [("HTTP Secure Headers", "X-Frame-Options"), ("HTTP Secure Headers", "X-XSS-Protection"), ("HTTP Secure Headers", "Strict-Transport-Security"),
            ("Secure Flag cookie", "Secure flag")]
OF_A_PROGRAM = [("Cross Site Request Forgery", "Lack of anti CSRF token")]  # no other site can make a browser send its header


def scan(name, s, folder, seconds, start, *more):
    answered = ANSWERED + (OF_A_PROGRAM if more else [])
    report = os.path.join(folder, name + ".json")
    words = ["wapiti", "-u", s.base + start, "--scope", "domain", "-m", ",".join(MODULES), "--flush-session", "--max-scan-time", str(2 * seconds), "--max-attack-time", str(seconds),
             "--max-links-per-page", "20", "--max-files-per-dir", "20", "-f", "json", "-o", report, "--store-session", folder, *more]
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, timeout=60 * seconds)
    found = json.load(open(report, encoding="utf-8"))
    print(name)
    for kind in ("vulnerabilities", "anomalies"):
        for category, ones in found[kind].items():
            open_ones = [one for one in ones if not any(category == c and part in one["info"] for c, part in answered)]
            if ones:
                print(f"  {category}: {len(ones)}", sorted({one["info"][:100] for one in ones})[:3])
            serve.check(f"{name}: {category}", not open_ones, [(one["method"], one["path"][:80], one.get("parameter"), one["info"][:160]) for one in open_ones[:3]])


def main(program, seconds="60"):
    if not shutil.which("wapiti"):
        print("wapiti: skipped, it is not installed")
        return 77
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    s = serve.Server(program, path)
    # a program's token needs no token of a form and cannot be signed out by pressing what it finds: the scan comes further
    made = subprocess.run([program, "token", "add", path, "scan", "--role", "entry"], capture_output=True, text=True, check=True)
    bearer = "Bearer " + made.stdout.strip()
    scan("residents", s, folder, int(seconds), "/")
    scan("staff", s, folder, int(seconds), "/staff", "-H", f"Authorization: {bearer}")
    serve.check("the server lives", serve.ask(s, "/health").status == 200 and serve.ask(s, "/staff", Authorization=bearer).status == 200)
    serve.check("ends well", s.stop() == 0)
    done = subprocess.run([program, "check", path], capture_output=True, text=True)
    serve.check("the file is whole", "nguyên vẹn" in done.stdout or not [line for line in done.stdout.splitlines()[:-1] if not line.startswith("accuracy")], done.stdout[-300:])
    shutil.rmtree(folder)
    print(f"{sum(serve.RESULTS)} passed, {len(serve.RESULTS) - sum(serve.RESULTS)} failed")
    return 0 if all(serve.RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
