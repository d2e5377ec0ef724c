#!/usr/bin/env python3
"""Fits the chances that the geocoder prints (import/geocode_score.def) by isotonic regression, class by class.

    geocode.py MAPD WORK SHAPE WHAT --calibrate ROWS.tsv     once for each gazetteer; appends
    calibrate.py ROWS.tsv DATE > import/geocode_score.def

Pool adjacent violators: the chance never falls when the score rises. Steps of fewer than 200 rows join their neighbour, and no
chance is said to be more than 99.9: the rows are too few for more.
"""
import collections, sys

LEAST = 200
MEANING = {"A": "at most 50 m off", "B": "at most 50 m off", "C": "at most the accuracy given or 150 m off", "D": "on this street",
           "R": "a question: the proposed street is the right one"}


def pool(points):
    """[(score, right, rows)] by score, merged until the share of right ones rises."""
    out = []
    for point in points:
        out.append(list(point))
        while len(out) > 1 and (out[-2][1] / out[-2][2] >= out[-1][1] / out[-1][2] or out[-2][2] < LEAST or
                                (point is points[-1] and out[-1][2] < LEAST)):
            _, right, rows = out.pop()
            out[-1][1] += right
            out[-1][2] += rows
    return out


def main():
    counts = collections.defaultdict(lambda: collections.defaultdict(lambda: [0, 0]))
    for text in open(sys.argv[1], encoding="utf-8"):
        c, score, right = text.split("\t")
        counts[c][float(score)][0] += int(right)
        counts[c][float(score)][1] += 1
    total = sum(n for scores in counts.values() for _, n in scores.values())
    print(f"""/* SCORE(class, from this score on, percent): the chance that an answer is right, by class and score. Fitted by
 * tests/bench/calibrate.py on {sys.argv[2]} from {total} rows of the bench's generator over invented and real gazetteers; the
 * figures of the bench are of other rows. 'R' is a question. Ascending within a class. */""")
    for c in sorted(counts):
        print(f"/* {c}: {MEANING[c]} */")
        steps = pool([(s, r, n) for s, (r, n) in sorted(counts[c].items())])
        said = None
        for i, (score, right, rows) in enumerate(steps):
            percent = f"{min(99.9, 100 * right / rows):.1f}"
            if percent != said:
                print(f"SCORE('{c}', {score if i else 0:g}, {percent})")
            said = percent


if __name__ == "__main__":
    main()
