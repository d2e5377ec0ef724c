#!/usr/bin/python3
"""What one address may do, and what a crowd may not: rates, connections, lines. A real process on loopback.

usage: limits.py MAPD [--long]      --long adds what takes a minute (./dev soak); ends with "N passed, N failed"
"""
import concurrent.futures
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import ward


def rates(s):
    """Each address has its own measure; a proxy on this machine says who asks; the machine itself is not counted."""
    def many(target, count, method="GET", **headers):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda _: serve.ask(s, target, method, **headers), range(count)))

    page = f"/c/{ward.code(20)}"
    first = many(page, 140, X_Forwarded_For="198.51.100.9")
    codes = [one.status for one in first]
    refused = [one for one in first if one.status == 429]
    serve.check("look-ups of one address end", 110 <= codes.count(200) <= 135 and set(codes) == {200, 429}, (codes.count(200), set(codes)))
    serve.check("told when to come again", refused and int(refused[0].headers.get("retry-after", 0)) >= 1 and refused[0].json()["status"] == 429)
    serve.check("another address goes on", serve.ask(s, page, X_Forwarded_For="198.51.100.10").status == 200)
    serve.check("what it says of itself is not believed", serve.ask(s, page, X_Forwarded_For="203.0.113.1, 198.51.100.9").status == 429)
    serve.check("an escaped path is counted too", serve.ask(s, page.replace("c", "%63", 1), X_Forwarded_For="198.51.100.9").status == 429)
    serve.check("other things it may still ask", serve.ask(s, "/health", X_Forwarded_For="198.51.100.9").status == 200)
    codes = [one.status for one in many("/staff/sign-in", 14, "POST", X_Forwarded_For="2001:db8::77")]
    serve.check("sign-ins end after ten", codes.count(429) == 4, codes)
    serve.check("so for its whole household", serve.ask(s, "/staff/sign-in", "POST", X_Forwarded_For="2001:db8::78").status == 429)
    serve.check("nobody counts the operator", {one.status for one in many(page, 200)} == {200})
    serve.check("counted for the operator", 'mapd_rate_limited_total{limit="LOOKUP"}' in serve.ask(s, "/metrics").text())


def staff_beside_numbers(s):
    """A full line of heavy public requests does not hold up a page of staff."""
    heavy = serve.ITEMS + "?filter=" + urllib.parse.quote("name LIKE '%a%' AND updated_at > TIMESTAMP('2020-01-01T00:00:00Z')")
    with concurrent.futures.ThreadPoolExecutor(48) as pool:
        asked = [pool.submit(serve.ask, s, heavy if i % 2 else "/indicators.json") for i in range(96)]
        waits = []
        while not all(one.done() for one in asked):
            began = time.time()
            answer = serve.ask(s, "/staff/sign-in")
            waits.append(time.time() - began if answer.status == 200 else 99)
    serve.check("staff pages have a line of their own", waits and sorted(waits)[len(waits) // 2] < 0.5 and max(waits) < 90, sorted(waits)[-3:])


def many_connections(program, path):
    """An address that is no proxy of ours holds at most 200 connections; others still come in. Seen from this machine's own
    address, not from loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: asks which address we would use
            own = probe.getsockname()[0]
        except OSError:
            own = "127.0.0.1"
    if own.startswith("127."):
        print("connections of one address: skipped, this machine has no address but loopback")
        return
    s = serve.Server(program, path, "--listen", "0.0.0.0:0")
    held = []
    try:
        for _ in range(260):
            held.append(socket.create_connection((own, s.port), timeout=5))
        time.sleep(0.3)
        dead = 0
        for one in held:
            one.setblocking(False)
            try:
                dead += one.recv(1) == b""
            except BlockingIOError:
                pass
            except OSError:
                dead += 1
        serve.check("connections of one address", 55 <= dead <= 65, dead)
        serve.check("others come in", serve.ask(s, "/health").status == 200)
        for one in held:
            one.close()
        time.sleep(0.5)
        with socket.create_connection((own, s.port), timeout=5) as again:
            again.sendall(f"GET /c/{ward.code(20)} HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n".encode())
            reply = b""
            while piece := again.recv(65536):
                reply += piece
        serve.check("and it again when it let go", reply.startswith(b"HTTP/1.1 200"), reply[:40])
        serve.check("a stranger does not say what the scheme is", b"https://a" not in reply)
    finally:
        for one in held:
            one.close()
        s.stop()


def a_body_that_drips(s):
    """Sixty seconds for a body, however it drips: libmicrohttpd's own clock starts anew with each byte."""
    began = time.time()
    with socket.create_connection(("127.0.0.1", s.port)) as connection:
        connection.sendall(b"POST /staff/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n")
        connection.settimeout(0.5)
        while time.time() - began < 90:
            try:
                connection.sendall(b"a")
                if not connection.recv(4096):
                    break
            except socket.timeout:
                pass
            except OSError:
                break
    serve.check("a body that drips is cut off at 60 s", 55 < time.time() - began < 65, time.time() - began)


def flood(s):
    """Hundreds of connections that say nothing or half a line: others are answered meanwhile, all are gone after ten seconds."""
    held = [socket.create_connection(("127.0.0.1", s.port)) for _ in range(600)]
    for i, one in enumerate(held):
        if i % 2:
            one.sendall(b"GET /hea")
    worst = 0
    for _ in range(20):
        began = time.time()
        serve.check("answered beside the flood", serve.ask(s, "/health").status == 200)
        worst = max(worst, time.time() - began)
    serve.check("and soon", worst < 2, worst)
    time.sleep(11)
    gone = 0
    for one in held:
        one.setblocking(False)
        try:
            gone += one.recv(1) == b""
        except BlockingIOError:
            pass
        except OSError:
            gone += 1
        one.close()
    serve.check("the silent are gone after their ten seconds", gone == 600, gone)


def encrypted(program, path, folder):
    """TLS by the program itself: 1.2 and 1.3, nothing older; links and cookies know it."""
    key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "chain.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    for wrong in (("--tls-cert", certificate), ("--tls-cert", key, "--tls-key", certificate), ("--tls-cert", certificate, "--tls-key", folder + "/none")):
        done = subprocess.run([program, "serve", path, "--listen", "127.0.0.1:0", *wrong], capture_output=True, text=True, timeout=20)
        serve.check("wrong certificate: a sentence", done.returncode in (1, 2) and "mapd: " in done.stderr, (done.returncode, done.stderr))
    s = serve.Server(program, path, "--tls-cert", certificate, "--tls-key", key)
    serve.check("says https", s.first_line.startswith("listening on https://"), s.first_line)

    def ask(target, version):
        context = ssl.create_default_context(cafile=certificate)
        context.minimum_version = context.maximum_version = version
        connection = http.client.HTTPSConnection("127.0.0.1", s.port, timeout=10, context=context)
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer, answer.read()

    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        answer, body = ask("/ogc?f=json", version)
        serve.check(f"{version.name}", answer.status == 200 and b"https://127.0.0.1" in body and answer.headers["Strict-Transport-Security"], answer.status)
    serve.check("the cookie is for https alone", "; Secure" in ask("/staff/sign-in", version)[0].headers["Set-Cookie"])
    try:
        ask("/health", ssl.TLSVersion.TLSv1_1)
        serve.check("nothing older", False)
    except (ssl.SSLError, OSError, ValueError):
        serve.check("nothing older", True)
    serve.check("plain text is no answer", not serve.raw(s, b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n", timeout=3).startswith(b"HTTP/1.1 200"))
    serve.check("ends well", s.stop() == 0)


def main(program, *options):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    s = serve.Server(program, path)
    slow = threading.Thread(target=a_body_that_drips, args=(s,))
    try:
        if "--long" in options:
            slow.start()
        for part in (rates, staff_beside_numbers, flood):
            part(s)
        if slow.ident:
            slow.join()
        serve.check("stops cleanly", s.stop() == 0)
        many_connections(program, path)
        encrypted(program, path, folder)
    finally:
        s.process.kill()
        shutil.rmtree(folder)
    print(f"{sum(serve.RESULTS)} passed, {len(serve.RESULTS) - sum(serve.RESULTS)} failed")
    return 0 if all(serve.RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
