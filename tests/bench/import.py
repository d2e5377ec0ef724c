"""Importing a register with every check, encryption and provenance on, against ogr2ogr of the same file in the same run.

By the clock (what the target asks, on a quiet machine with two processors) and by processor time (what other work nearby disturbs less).
"""
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
            ours, peer = [], []
            for i in range(ROUNDS):
                ward, other = os.path.join(at, f"w{i}.db"), os.path.join(at, f"o{i}.db")
                assert cost(program, "init", ward, "--ward", "1", "--name", "Phường Đo")[2] == 0
                ours.append(cost(program, "import", ward, source, "--as", "establishments"))
                assert ours[-1][2] in (0, 3), ours[-1]
                peer.append(cost("ogr2ogr", "-f", "SQLite", "-dsco", "SPATIALITE=YES", "-oo", "X_POSSIBLE_NAMES=Kinh độ",
                                 "-oo", "Y_POSSIBLE_NAMES=Vĩ độ", "-a_srs", "EPSG:4326", other, source))
                assert peer[-1][2] == 0, peer[-1]
                os.unlink(ward)
                os.unlink(other)
            (wall, cpu), (their_wall, their_cpu) = ([median([r[k] for r in runs]) for k in (0, 3)] for runs in (ours, peer))
            print(f"{rows:>9} rows: clock mapd {wall:.2f} s, ogr2ogr {their_wall:.2f} s, ratio {their_wall / wall:.2f} (target 2.5); "
                  f"processor mapd {cpu:.2f} s, ogr2ogr {their_cpu:.2f} s, ratio {their_cpu / cpu:.2f}; "
                  f"peak {max(r[1] for r in ours):.0f} MB (target 150)", flush=True)


main()
