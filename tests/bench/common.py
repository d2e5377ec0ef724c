"""What the benchmarks share: a synthetic register and the cost of a command."""
import csv
import os
import random
import resource
import subprocess
import tempfile
import time

HEADINGS = ["Mã điểm", "Tên cơ sở", "Chủ hộ", "Loại hình", "MST", "Địa chỉ", "Tổ dân phố", "Phường", "Ngành nghề", "Mã ngành",
            "Tình trạng", "Điện thoại", "Ngày cấp", "Kinh độ", "Vĩ độ", "QR", "POS", "Chuyển khoản", "Nền tảng số",
            "Kinh doanh tại nhà", "Ghi chú 1", "Ghi chú 2", "Ghi chú 3", "Ghi chú 4", "Ghi chú 5"]


def register(path, rows, coordinates=True):
    """A CSV of `rows` establishments in 25 columns along 120 synthetic streets; the same for the same arguments."""
    r = random.Random(rows)
    streets = [(f"Đường Mẫu {i}", r.uniform(108.19, 108.24), r.uniform(16.02, 16.07)) for i in range(120)]
    with open(path, "w", newline="", encoding="utf-8") as f:
        w = csv.writer(f)
        w.writerow(HEADINGS)
        for i in range(rows):
            name, lon, lat = streets[i % len(streets)]
            at = (f"{lon + i % 977 * 1e-5:.7f}", f"{lat + i % 911 * 1e-5:.7f}") if coordinates else ("", "")
            w.writerow([f"B{i:07d}", f"Quán số {i}", f"Nguyễn Văn {i % 9973}", "Hộ kinh doanh", f"{800000000000 + i:012d}"[-12:],
                        f"{i // 120 + 1} {name}", f"Tổ {i % 60 + 1}", "Phường Mẫu", "Bán lẻ", "4711", "Đang hoạt động",
                        f"0900{i % 1000000:06d}", "15/06/2024", *at, "Có", "Không", "x", "", "Không", "a", "b", "c", "d", "e"])


def cost(*command):
    """(seconds by the clock, peak MB, exit status, processor seconds) of one command."""
    before = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return time.monotonic() - before, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        parts = f.read().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def folder():
    return tempfile.TemporaryDirectory(prefix="mapd-bench-")
