"""What the tests with other people's clients share: a ward file of their own, and our server over it."""
import os
import re
import shutil
import sqlite3
import subprocess


def copy_of(ward, folder):
    """A ward of its own: other tests write into theirs, and QGIS does not wait for a writer."""
    own = os.path.join(folder, "ward.db")
    with sqlite3.connect(ward) as theirs, sqlite3.connect(own) as ours:
        theirs.backup(ours)
    shutil.copy(f"{ward}.key", f"{own}.key")
    return own


class Server:
    """base: "http://127.0.0.1:PORT"."""

    def __init__(self, program, ward):
        self.process = subprocess.Popen([program, "serve", ward, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.base = re.search(r"(http://\S+?)/$", self.process.stdout.readline().strip()).group(1)

    def stop(self):
        """Its exit status."""
        self.process.terminate()
        return self.process.wait(20)
