#!/usr/bin/python3
"""The server behind the reverse proxies whose files we ship, run as they are but for names, ports and certificates: redirect to HTTPS,
secure cookies, links with the public name, a measure for each real client, uploads. And the same server over IPv6.

usage: proxies.py MAPD      skips what is not installed (Debian packages nginx-light and caddy); ends with "N passed, N failed"
"""
import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import serve
import ward

check = serve.check
PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../mapd/package")
NAME = "bando.phuong.example"


def free_ports(count):
    """Ports that nobody has just now; a proxy that cannot have them says so and we ask again (start)."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def certificate(folder):
    key, chain = os.path.join(folder, "key.pem"), os.path.join(folder, "chain.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", chain, "-days", "2", "-subj", f"/CN={NAME}",
                    "-addext", f"subjectAltName=DNS:{NAME}"], check=True, capture_output=True)
    return chain, key


def replaced(name, pairs):
    """Our file with other ports and places; each pair must be there, so that the test knows when the file has changed."""
    text = open(os.path.join(PACKAGE, name), encoding="utf-8").read()
    for old, new in pairs:
        check(f"{name} has {old}", old in text)
        text = text.replace(old, new)
    return text


def nginx_files(folder, back, plain, secure):
    chain, key = certificate(folder)
    site = replaced("nginx.conf", [("listen 80;", f"listen 127.0.0.1:{plain};"), ("listen [::]:80;", ""), ("listen 443 ssl http2;", f"listen 127.0.0.1:{secure} ssl http2;"),
                                   ("listen [::]:443 ssl http2;", ""), ("/etc/ssl/mapd/chain.pem", chain), ("/etc/ssl/mapd/key.pem", key), ("127.0.0.1:8080", f"127.0.0.1:{back}")])
    path = os.path.join(folder, "nginx.conf")
    temp = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"user root;\ndaemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{temp}{site}}}\n")
    return ["nginx", "-p", folder, "-e", f"{folder}/error.log", "-c", path], chain


def caddy_files(folder, back, plain, secure):
    chain, key = certificate(folder)
    site = replaced("Caddyfile", [(f"{NAME} {{", f"{NAME} {{\n\ttls {chain} {key}"), ("127.0.0.1:8080", f"127.0.0.1:{back}"), ("/var/log/caddy/mapd.log", f"{folder}/access.log")])
    path = os.path.join(folder, "Caddyfile")
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {secure}\n\tdefault_bind 127.0.0.1\n}}\n{site}")
    return ["caddy", "run", "--config", path, "--adapter", "caddyfile"], chain


class Through:
    """Asks as a browser does that believes NAME to be this machine."""

    def __init__(self, secure, chain):
        self.port, self.context = secure, ssl.create_default_context(cafile=chain)

    def ask(self, target, method="GET", body=None, source="127.0.0.1", **headers):
        with contextlib.closing(http.client.HTTPSConnection(NAME, self.port, timeout=20, context=self.context)) as connection:
            plain = socket.create_connection(("127.0.0.1", self.port), timeout=20, source_address=(source, 0))
            connection.sock = self.context.wrap_socket(plain, server_hostname=NAME)
            connection.request(method, target, body, {"Host": NAME} | {n.replace("_", "-"): v for n, v in headers.items()})
            answer = connection.getresponse()
            return serve.Answer(answer, answer.read())


def started(words, folder, port):
    """The proxy's process when it takes connections; None and its words when it does not."""
    log = open(os.path.join(folder, "said"), "wb")
    process = subprocess.Popen(words, stdout=log, stderr=log, env=dict(os.environ, HOME=folder, XDG_DATA_HOME=folder))
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return process
        time.sleep(0.05)
    process.kill()
    process.wait()
    return None


def behind(name, files, program, path):
    if not shutil.which(name):
        print(f"{name}: skipped, it is not installed")
        return
    s = serve.Server(program, path, "--base-url", f"https://{NAME}")
    proxy = None
    for _ in range(3):
        folder = tempfile.mkdtemp()
        os.chmod(folder, 0o755)
        plain, secure = free_ports(2)
        words, chain = files(folder, s.port, plain, secure)
        if proxy := started(words, folder, secure):
            break
        said = open(os.path.join(folder, "said"), encoding="utf-8", errors="replace").read()[-400:]
        shutil.rmtree(folder)
    check(f"{name} runs our file", proxy, "" if proxy else said)
    if not proxy:
        s.stop()
        return
    try:
        asked(name, Through(secure, chain), plain, s)
    finally:
        proxy.terminate()
        proxy.wait(20)
        check(f"{name}: mapd ends well", s.stop() == 0)
        shutil.rmtree(folder, ignore_errors=True)


def asked(name, through, plain, s):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", plain, timeout=20)) as connection:
        connection.request("GET", "/c/x", headers={"Host": NAME})
        answer = connection.getresponse()
        check(f"{name}: plain HTTP is sent to HTTPS", answer.status in (301, 308) and answer.headers["Location"].startswith(f"https://{NAME}"), (answer.status, answer.headers["Location"]))
    page = f"/c/{ward.code(20)}"
    first = through.ask(page)
    check(f"{name}: the page and its headers", first.status == 200 and "content-security-policy" in first.headers and first.headers["x-content-type-options"] == "nosniff", first.headers)
    check(f"{name}: HSTS once", first.headers.get("strict-transport-security") == "max-age=31536000", first.headers)
    check(f"{name}: links have the public name", f"https://{NAME}/ogc" in through.ask("/ogc?f=json").text())
    cookie = through.ask("/staff/sign-in").headers.get("set-cookie", "")
    check(f"{name}: the cookie is secure", all(part in cookie for part in ("; Secure", "HttpOnly", "SameSite=Strict")), cookie)
    compressed = through.ask("/ogc/collections/establishments/items?limit=100", Accept_Encoding="gzip")
    check(f"{name}: compression is left as it is", compressed.headers.get("content-encoding") == "gzip" and compressed.body[:2] == b"\x1f\x8b", compressed.headers)
    again = through.ask(page, If_None_Match=first.headers["etag"])
    check(f"{name}: and caching", again.status == 304, again.status)

    # each client its own measure: ten sign-ins of one address, whatever it writes about itself; two addresses of this machine stand for two
    def sign_ins(source, count, **headers):
        return [through.ask("/staff/sign-in", "POST", "", source=source, **headers).status for _ in range(count)]

    mine = sign_ins("127.0.0.2", 3)
    check(f"{name}: a client on this machine is the operator", 429 not in mine, mine)
    check(f"{name}: what a client says of itself is not believed", 429 not in sign_ins("127.0.0.2", 14, X_Forwarded_For="198.51.100.7"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            own = probe.getsockname()[0]
        except OSError:
            own = "127.0.0.1"
    check(f"{name}: nothing of it is counted yet", 'mapd_rate_limited_total{limit="SIGN_IN"} 0' in serve.ask(s, "/metrics").text())
    if own.startswith("127."):
        print(f"{name}: a stranger's measure: skipped, this machine has no address but loopback")
        return
    many = sign_ins(own, 14)
    check(f"{name}: a stranger's sign-ins end after ten", many.count(429) == 4, many)
    check(f"{name}: and he stays who he is", sign_ins(own, 1, X_Forwarded_For="198.51.100.8") == [429])
    check(f"{name}: others go on", 429 not in sign_ins("127.0.0.3", 2))
    # mapd hangs up on a body that it will not take; nginx, still sending, then says 502 of its own
    big = through.ask("/staff/import", "POST", b"x" * 3_000_000, Content_Type="application/octet-stream")
    check(f"{name}: an upload of a stranger is refused", big.status in (413, 502), big.status)


def over_ipv6(program, path):
    """[::] takes both families; the address in the first line, in links and in limits is written as it should be."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        print("IPv6: skipped, this machine has none")
        return

    def ask(port, target, host="::1", **headers):
        with contextlib.closing(http.client.HTTPConnection(host, port, timeout=10)) as connection:
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            return serve.Answer(answer, answer.read())

    for listen, hosts in (("[::1]:0", ["::1"]), ("[::]:0", ["::1", "127.0.0.1"])):
        process = subprocess.Popen([program, "serve", path, "--listen", listen], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = process.stdout.readline()
        found = re.match(r"listening on http://(\[[0-9a-f:]+\]|[\w.]+):(\d+)/$", line.strip())
        check(f"{listen}: the line is an address", found, line)
        port = int(found.group(2))
        for host in hosts:
            answer = ask(port, "/ogc?f=json", host)
            written = f"[{host}]" if ":" in host else host
            check(f"{listen}: answers {host}, its links too", answer.status == 200 and f"http://{written}:{port}/ogc" in answer.text(), answer.text()[:200])
            check(f"{listen}: {host} signs in", "mapd=" in ask(port, "/staff/sign-in", host).headers.get("set-cookie", ""))
        process.terminate()
        check(f"{listen}: ends well", process.wait(10) == 0)
        process.stdout.close()


def main(program):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    over_ipv6(program, path)
    behind("nginx", nginx_files, program, path)
    behind("caddy", caddy_files, program, path)
    shutil.rmtree(folder)
    print(f"{sum(serve.RESULTS)} passed, {len(serve.RESULTS) - sum(serve.RESULTS)} failed")
    return 0 if all(serve.RESULTS) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
