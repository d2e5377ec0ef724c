"""Importing a register with every check, encryption and provenance on, against ogr2ogr of the same file in the same run."""
import os
import sys

from common import cost, folder, register

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SIZES = [int(n) for n in os.environ.get("BENCH_ROWS", "10000,100000").split(",")]


def median(values):
    return sorted(values)[len(values) // 2]


def main():
    program = os.path.join(sys.argv[1], "mapd")
    for rows in SIZES:
        with folder() as at:
            source = os.path.join(at, "register.csv")
            register(source, rows)
            ours, peer, memory = [], [], 0
            for i in range(ROUNDS):
                ward, other = os.path.join(at, f"w{i}.db"), os.path.join(at, f"o{i}.db")
                assert cost(program, "init", ward, "--ward", "1", "--name", "Phường Đo")[2] == 0
                seconds, mb, status = cost(program, "import", ward, source, "--as", "establishments")
                assert status in (0, 3), status
                ours.append(seconds)
                memory = max(memory, mb)
                seconds, _, status = cost("ogr2ogr", "-f", "SQLite", "-dsco", "SPATIALITE=YES", "-oo", "X_POSSIBLE_NAMES=Kinh độ",
                                          "-oo", "Y_POSSIBLE_NAMES=Vĩ độ", "-a_srs", "EPSG:4326", other, source)
                assert status == 0, status
                peer.append(seconds)
            a, b = median(ours), median(peer)
            print(f"{rows:>9} rows: mapd {rows / a:>8.0f} rows/s, peak {memory:.0f} MB; ogr2ogr {rows / b:>8.0f} rows/s; "
                  f"ratio {b / a:.2f} (target 2.5)")


main()
