"""QGIS Server and PostGIS over the same places, for serve.py. Both are left out with a line when Debian's packages are not there."""
import os
import re
import shutil
import signal
import subprocess
import sys
import time


QGIS = "/usr/lib/cgi-bin/qgis_mapserv.fcgi"
POSTGRES = "/usr/lib/postgresql/15/bin/"
PROCESSES = 4

PROJECT = """
import sys
from qgis.core import QgsApplication, QgsProject, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
data, out = sys.argv[1:]
layer = QgsVectorLayer(f"dbname='{data}' table=\\"establishments\\" (GEOMETRY)", "establishments", "spatialite")
assert layer.isValid(), "layer"
project = QgsProject.instance()
project.addMapLayer(layer)
project.writeEntry("WFSLayers", "/", [layer.id()])
assert project.write(out), "project"
sys.stdout.flush()
import os
os._exit(0)
"""

NGINX = """daemon off; worker_processes 1; pid {at}/qnginx.pid; error_log {at}/qnginx.log;
events {{ worker_connections 256; }}
http {{ access_log off; client_body_temp_path {at}/q1; proxy_temp_path {at}/q2; fastcgi_temp_path {at}/q3; uwsgi_temp_path {at}/q4;
  scgi_temp_path {at}/q5; fastcgi_buffers 64 64k;
  server {{ listen 127.0.0.1:{port}; location / {{ fastcgi_pass unix:{at}/qgis.sock;
    fastcgi_param PATH_INFO $uri; fastcgi_param REQUEST_URI $request_uri; fastcgi_param HTTP_HOST $http_host; fastcgi_param SERVER_NAME 127.0.0.1;
    fastcgi_param SERVER_PORT {port}; fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD GET; fastcgi_param SCRIPT_NAME ""; }} }} }}
"""


class QgisServer:
    """Its OGC API - Features, four FastCGI processes; CPU of nginx is left out."""

    @staticmethod
    def is_there():
        return os.path.exists(QGIS) and shutil.which("spawn-fcgi") and shutil.which("nginx")

    def __init__(self, data, at, port):
        project = os.path.join(at, "bench.qgs")
        env = dict(os.environ, QT_QPA_PLATFORM="offscreen", QGIS_PROJECT_FILE=project, QGIS_SERVER_LOG_LEVEL="2", HOME=at, XDG_RUNTIME_DIR=at)
        subprocess.run([sys.executable if "usr/bin" in sys.executable else "/usr/bin/python3", "-c", PROJECT, data, project], env=env, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        with open(f"{at}/qnginx.conf", "w", encoding="ascii") as f:
            f.write(NGINX.format(at=at, port=port))
        subprocess.run(["spawn-fcgi", "-s", f"{at}/qgis.sock", "-M", "0666", "-F", str(PROCESSES), "-P", f"{at}/qgis.pid", "--", QGIS], env=env, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(f"{at}/qgis.pid", encoding="ascii") as f:
            self.pids = [int(p) for p in f.read().split()]
        self.base = f"http://127.0.0.1:{port}"
        self.nginx = subprocess.Popen(["nginx", "-c", f"{at}/qnginx.conf", "-e", f"{at}/qnginx.log"], stderr=subprocess.DEVNULL)
        time.sleep(4)

    @staticmethod
    def items(count):
        return f"/wfs3/collections/establishments/items.json?limit={count}"

    def stop(self):
        self.nginx.terminate()
        for pid in self.pids:
            os.kill(pid, signal.SIGKILL)
        self.nginx.wait(20)


def cpu_with_children(pid):
    """Of a process and of those of its children that have ended."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        parts = f.read().rsplit(")", 1)[1].split()
    return sum(int(p) for p in parts[11:15]) / os.sysconf("SC_CLK_TCK")


LEAN = "code, name, status, kind"
ITEMS = """SELECT json_build_object('type', 'FeatureCollection', 'features', json_agg(ST_AsGeoJSON(t.*)::json))
 FROM (SELECT {columns}, geom FROM establishments ORDER BY ogc_fid LIMIT {count}) t"""
TILE = """SELECT ST_AsMVT(t.*, 'establishments', 4096, 'geom') FROM (SELECT {columns},
 ST_AsMVTGeom(metres, ST_TileEnvelope({z}, {x}, {y}), 4096, 0, false) AS geom FROM establishments WHERE metres && ST_TileEnvelope({z}, {x}, {y})) t"""


class PostGis:
    """Only the SQL that makes an answer, prepared, by pgbench over a local socket: no HTTP, no counting, in its favour."""

    @staticmethod
    def is_there():
        return os.path.exists(POSTGRES + "pgbench") and shutil.which("runuser") and os.geteuid() == 0

    def __init__(self, source, at):
        self.at, self.data = at, os.path.join(at, "pg")
        os.makedirs(self.data)
        shutil.chown(self.data, "postgres")
        self.run("initdb", "-D", self.data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-c listen_addresses='' -c unix_socket_directories={self.data} -c shared_buffers=512MB -c fsync=off -c jit=off -c max_wal_size=4GB"
        self.run("pg_ctl", "-D", self.data, "-w", "-o", options, "-l", os.path.join(self.data, "log"), "start")
        with open(os.path.join(self.data, "postmaster.pid"), encoding="ascii") as f:
            self.pid = int(f.readline())
        self.sql("CREATE EXTENSION postgis")
        subprocess.run(["ogr2ogr", "-f", "PostgreSQL", f"PG:host={self.data} user=postgres dbname=postgres", source, "-nln", "establishments",
                        "-lco", "GEOMETRY_NAME=geom", "-lco", "FID=ogc_fid"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.sql("ALTER TABLE establishments ADD metres geometry(Point, 3857); UPDATE establishments SET metres = ST_Transform(geom, 3857)")
        self.sql("CREATE INDEX ON establishments USING gist (metres)")
        self.sql("CLUSTER establishments USING establishments_metres_idx")
        self.sql("VACUUM ANALYZE establishments")
        self.all = self.sql("SELECT string_agg(quote_ident(column_name), ',') FROM information_schema.columns WHERE table_name = 'establishments'"
                            " AND column_name NOT IN ('ogc_fid', 'geom', 'metres')").strip()

    def run(self, program, *arguments):
        done = subprocess.run(["runuser", "-u", "postgres", "--", POSTGRES + program, *arguments], cwd="/", capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, (program, done.stderr[-400:])
        return done.stdout

    def sql(self, text):
        return self.run("psql", "-h", self.data, "-q", "-t", "-A", "-c", text)

    def microseconds(self, query, seconds):
        """CPU of all its processes for one answer."""
        path = os.path.join(self.data, "query.sql")
        with open(path, "w", encoding="utf-8") as f:
            f.write(" ".join(query.split()) + ";\n")
        os.chmod(path, 0o644)
        before = cpu_with_children(self.pid)
        said = self.run("pgbench", "-h", self.data, "-n", "-M", "prepared", "-c", "4", "-j", "1", "-T", str(seconds), "-f", path, "postgres")
        time.sleep(0.2)  # until the last of them has been counted
        return (cpu_with_children(self.pid) - before) / int(re.search(r"actually processed: (\d+)", said).group(1)) * 1e6

    def items(self, count):
        return ITEMS.format(columns=self.all, count=count)

    def tile(self, kind, z, x, y):
        return TILE.format(columns=LEAN if kind == "lean" else self.all, z=z, x=x, y=y)

    def stop(self):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
