"""What the conformance programs share: a server over a small ward, and a list of requirements with pass or fail.

A requirement passes when all its assertions do and it made at least one. A class passes when all its requirements do; the
classes that pass must be the classes that /ogc/conformance declares.
"""
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mapd"))
import serve
import ward
from serve import ask

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"


class Run:
    def __init__(self, server):
        self.s, self.results, self.order = server, {}, []

    def get(self, target, **headers):
        """By path, or by a link of the server."""
        return ask(self.s, target[len(self.s.base):] if target.startswith(self.s.base) else target, **headers)

    def json(self, target):
        return self.get(target).json()

    def expect(self, requirement, ok, detail=""):
        if requirement not in self.results:
            self.results[requirement] = []
            self.order.append(requirement)
        self.results[requirement].append(None if ok else str(detail)[:200])

    def report(self, prefix, classes):
        """Prints the list; compares the classes with what the server declares under the prefixes."""
        failed_classes = set()
        for requirement in self.order:
            faults = [f for f in self.results[requirement] if f is not None]
            print(f"{'FAIL' if faults else 'pass'} {requirement}{': ' + faults[0] if faults else ''}", flush=True)
            if faults:
                failed_classes |= {uri for uri, names in classes.items() if requirement.split("/")[0] in names}
        declared = {uri for uri in self.json("/ogc/conformance")["conformsTo"] if uri.startswith(prefix)}
        passing = set(classes) - failed_classes
        tested = {name for names in classes.values() for name in names}
        assert tested == {r.split("/")[0] for r in self.order}, "a class without an assertion"
        same = declared == passing
        print(f"{'pass' if same else 'FAIL'} declared classes are the passing ones{'' if same else ': ' + str(declared ^ passing)}")
        failed = sum(any(f is not None for f in faults) for faults in self.results.values()) + (not same)
        print(f"{len(self.order) + 1 - failed} passed, {failed} failed")
        return 1 if failed else 0


def run(program, check, prefix, classes, prepare=None):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "ward.db")
        ward.make(program, path)
        if prepare:
            prepare(path)
        server = serve.Server(program, path)
        try:
            r = Run(server)
            check(r)
            return r.report(prefix, classes)
        finally:
            server.process.kill()


def media(answer):
    return answer.headers.get("content-type", "").split(";")[0]


def links_of(document, rel):
    return [link for link in document["links"] if link["rel"] == rel]


def numbers_in(coordinates):
    """Every position of a GeoJSON geometry."""
    if coordinates and isinstance(coordinates[0], (int, float)):
        yield coordinates
    else:
        for part in coordinates:
            yield from numbers_in(part)
