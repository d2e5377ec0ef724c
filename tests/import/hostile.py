#!/usr/bin/python3
"""Hostile lists through the real program with little memory and little time: each ends with a sentence, not with a signal.

    hostile.py MAPD FIXTURES FOLDER

Beside the fixtures (XLSX, ODS, XLS) some are written here, because they are large or many: a row of a million columns as CSV and as a
web page, a web page of spans, an .xls whose sectors or records lead astray.
"""
import glob
import os
import resource
import shutil
import struct
import subprocess
import sys

MEMORY, SECONDS = 1 << 30, 20


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def wide_lists(folder):
    with open(os.path.join(folder, 'wide.csv'), 'w', encoding='utf-8') as f:
        f.write('Tên cơ sở,Địa chỉ' + ',x' * 1000000 + '\n')
    head = '<html><meta charset="utf-8"><table><tr><td>Tên cơ sở<td>Địa chỉ</tr>'
    pages = {'wide': '<tr>' + '<td>x' * 1000000,
             'spans': '<tr><td colspan=10000 rowspan=10000>x<td colspan=99999999>y</tr>' * 20000,
             'deep': '<table><tr><td>' * 300000,
             'open': '<td>' * 1000 + '<' * 2000000,
             'entities': '<tr><td>' + '&#x41;&amp;&bogus;' * 200000}
    for name, body in pages.items():
        with open(os.path.join(folder, f'page_{name}.xls'), 'w', encoding='utf-8') as f:
            f.write(head + body)


def astray_xls(fixtures, folder):
    """Sector chains that bite their tail, a directory past the end, records longer than the file, shared strings without end."""
    with open(os.path.join(fixtures, 'clerk_2009.xls'), 'rb') as f:
        whole = f.read()
    sectors = (len(whole) - 512) // 512
    table = struct.unpack_from('<I', whole, 76)[0]
    changes = {'cut': whole[:len(whole) // 2],
               'head': whole[:512],
               'loop': whole[:512 + table * 512] + struct.pack('<128I', *([0] * 128)) + whole[512 + (table + 1) * 512:],
               'directory': whole[:48] + struct.pack('<I', sectors + 9) + whole[52:],
               'huge': whole[:44] + struct.pack('<I', 0x7FFFFFFF) + whole[48:68] + struct.pack('<2I', 0, 0x7FFFFFFF) + whole[76:]}
    at = whole.find(b'\xfc\x00')  # the shared strings: a count no file holds
    changes['strings'] = whole[:at + 4] + struct.pack('<2I', 0x7FFFFFFF, 0x7FFFFFFF) + whole[at + 12:]
    changes['records'] = whole[:512] + b'\x09\x08\xff\xff' * ((len(whole) - 512) // 4)
    for name, content in changes.items():
        with open(os.path.join(folder, f'astray_{name}.xls'), 'wb') as f:
            f.write(content)


def main():
    mapd, fixtures, folder = sys.argv[1:4]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    ward = os.path.join(folder, 'ward.db')
    subprocess.run([mapd, 'init', ward, '--ward', '99001', '--name', 'Phường Mẫu'], check=True, stdout=subprocess.DEVNULL)
    wide_lists(folder)
    astray_xls(fixtures, folder)
    files = sorted(glob.glob(os.path.join(fixtures, 'hostile_*')) + glob.glob(os.path.join(folder, '*.xls')) + [os.path.join(folder, 'wide.csv')])
    assert len(files) >= 24, files
    for path in files:
        vetted = subprocess.run([mapd, 'vet', path], timeout=60, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert vetted.returncode in (0, 1) or vetted.returncode < 0, (path, vetted.returncode)
        done = subprocess.run([mapd, 'import', ward, path, '--as', 'establishments'], preexec_fn=bounded, timeout=60, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = (done.stderr + done.stdout).decode().strip().split('\n')[0]
        print(f'{os.path.basename(path)}: sandbox {vetted.returncode}, import {done.returncode} {said[-130:]}')
        assert done.returncode in (0, 1, 3) and said, (path, done.returncode)


if __name__ == '__main__':
    main()
