#!/usr/bin/python3
"""Hostile lists through the real program with little memory and little time: each ends with a sentence, not with a signal.

    hostile.py MAPD FIXTURES FOLDER
"""
import glob
import os
import resource
import shutil
import subprocess
import sys

MEMORY, SECONDS = 1 << 30, 20


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main():
    mapd, fixtures, folder = sys.argv[1:4]
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    ward = os.path.join(folder, 'ward.db')
    subprocess.run([mapd, 'init', ward, '--ward', '99001', '--name', 'Phường Mẫu'], check=True, stdout=subprocess.DEVNULL)
    wide = os.path.join(folder, 'wide.csv')
    with open(wide, 'w', encoding='utf-8') as f:
        f.write('Tên cơ sở,Địa chỉ' + ',x' * 1000000 + '\n')
    files = sorted(glob.glob(os.path.join(fixtures, 'hostile_*.xlsx'))) + [wide]
    assert len(files) >= 4, files
    for path in files:
        vetted = subprocess.run([mapd, 'vet', path], timeout=60, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert vetted.returncode in (0, 1) or vetted.returncode < 0, (path, vetted.returncode)
        print(f'  in the sandbox: {vetted.returncode} {vetted.stderr.decode().strip()[:100]}')
        done = subprocess.run([mapd, 'import', ward, path, '--as', 'establishments'], preexec_fn=bounded, timeout=60, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        said = (done.stderr + done.stdout).decode().strip().split('\n')[0]
        print(f'{os.path.basename(path)}: {done.returncode} {said[:150]}')
        assert done.returncode in (0, 1, 3) and said, (path, done.returncode)


if __name__ == '__main__':
    main()
