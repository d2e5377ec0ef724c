#!/usr/bin/python3
"""A load that a ward will never see: 200 connections of mixed reads beside 5 writers. No error, flat memory, the slowest said.

usage: crowd.py MAPD [SECONDS] [CONNECTIONS] [WRITERS]      30 s unless told; ./dev soak: 300
"""
import asyncio
import os
import re
import shutil
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kill
import serve
import staff
import ward

check = serve.check
TARGETS = ["/ogc/collections/establishments/items?limit=20", "/ogc/collections", "/tiles/establishments/16/52466/29854.mvt", f"/c/{ward.code(20)}", "/search?q=pho",
           f"/c/{ward.code(21)}.svg", "/health", f"/ogc/collections/establishments/items/{ward.code(30)}", "/", "/tiles/stalls.json"]


def memory_kb(s):
    return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{s.process.pid}/status").read()).group(1))


async def reader(port, number, end, waits, errors):
    into, out = await asyncio.open_connection("127.0.0.1", port)
    while time.time() < end:
        target = TARGETS[number % len(TARGETS)]
        number += 1
        began = time.perf_counter()
        out.write(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        head = await into.readuntil(b"\r\n\r\n")
        length = re.search(rb"[Cc]ontent-[Ll]ength: (\d+)", head)
        if length:
            await into.readexactly(int(length.group(1)))
        waits.append(time.perf_counter() - began)
        if head[9:12] not in (b"200", b"204"):
            errors.append((target, head[:60]))
    out.close()


async def crowd(s, connections, seconds, waits, errors, sizes):
    end = time.time() + seconds
    tasks = [asyncio.create_task(reader(s.port, n, end, waits, errors)) for n in range(connections)]
    while time.time() < end:
        await asyncio.sleep(min(5, seconds / 6))
        sizes.append(memory_kb(s))
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            errors.append(repr(result))


def main(program, seconds="30", connections="200", writers="5"):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "ward.db")
    ward.make(program, path)
    staff.user(program, path, "add", path, "entry", "--role", "entry", password=staff.FIRST)
    s = serve.Server(program, path)
    b = staff.Browser(s)
    b.sign_in("entry", staff.FIRST)
    b.change_password(staff.FIRST, staff.LATER)
    tally, stop, waits, errors, sizes = kill.Tally(), threading.Event(), [], [], []
    def notices():  # at a pace that stays under the twenty open notices that a place may have
        kill.notices(s, tally)
        time.sleep(float(seconds) / 250)

    works = [lambda: kill.private_reads(s, b.cookie, tally), notices]
    threads = [kill.until_dead(works[n % len(works)], stop) for n in range(int(writers))]
    asyncio.run(crowd(s, int(connections), float(seconds), waits, errors, sizes))
    stop.set()
    for thread in threads:
        thread.join()
    waits.sort()
    check("no error", not errors, errors[:3])
    check("readers were served", len(waits) > 1000, len(waits))
    check("writers were served", all(tally.done.get(what, 0) > 3 for what in ("notice", "private.read")), tally.done)
    check("every writing was acknowledged", sum(tally.begun.values()) - sum(tally.done.values()) <= int(writers), (tally.begun, tally.done))
    third = max(1, len(sizes) // 3)
    check("memory is flat", max(sizes[-third:]) < max(sizes[:third]) * 1.15 + 8000, sizes)
    check("nothing is lost", count_there(path) >= tally.done.get("notice", 0))
    check("ends well", s.stop() == 0)
    print(f"{connections} connections, {writers} writers, {seconds} s: {len(waits)} reads ({len(waits) / float(seconds):.0f}/s), {tally.done} writes; "
          f"p50 {waits[len(waits) // 2] * 1000:.1f} ms, p99 {waits[len(waits) * 99 // 100] * 1000:.1f} ms, max {waits[-1] * 1000:.0f} ms; memory {sizes[0] // 1024} to {sizes[-1] // 1024} MB")
    shutil.rmtree(folder)
    print(f"{sum(serve.RESULTS)} passed, {len(serve.RESULTS) - sum(serve.RESULTS)} failed")
    return 0 if all(serve.RESULTS) else 1


def count_there(path):
    return kill.count(path, "SELECT count(*) FROM notice")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
