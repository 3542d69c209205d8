"""Opens large files in mailhunt and prints what that takes; benches/large makes the files and calls it.

`rank` runs as a whole process. The interface runs in a pseudo-terminal: its first frame, how often its screen
changes while it loads, how long a key takes to be answered meanwhile, how long it loads, and how long a key that
switches an exclusion takes until the first and until the last byte of the new screen. Memory is the peak of the
whole process.
"""

import fcntl
import os
import platform
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

ROWS, COLUMNS = 40, 140
# A frame is over when nothing more came for so long.
QUIET = 0.02
TOGGLES = 20


class Screen:
    """A program in a pseudo-terminal."""

    def __init__(self, arguments):
        self.begun = time.perf_counter()
        environment = dict(os.environ, TERM="xterm-256color", XDG_CONFIG_HOME="/nonexistent")
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execve(arguments[0], arguments, environment)

    def read(self, seconds):
        """What comes within so many seconds, with the moment at which it came."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return b"", time.perf_counter()
        try:
            text = os.read(self.terminal, 1 << 16)
        except OSError:
            text = b""
        return text, time.perf_counter()

    def press(self, key):
        """How long it takes until the first and until the last byte of the answer."""
        while self.read(0.05)[0]:
            pass
        begun = time.perf_counter()
        os.write(self.terminal, key)
        text, first = self.read(10)
        last = first
        while text:
            text, now = self.read(QUIET)
            if text:
                last = now
        return first - begun, last - begun

    def peak(self):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:
            lines = dict(line.split(":", 1) for line in status)
        return int(lines["VmHWM"].split()[0]) * 1024

    def seconds_of_cpu(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        os.write(self.terminal, b"q")
        time.sleep(0.2)
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def rank(program, path):
    begun = time.perf_counter()
    child = subprocess.Popen(
        [program, "rank", path, "--format", "csv"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"rank ended with {child.returncode} on {path}")
    return time.perf_counter() - begun, usage.ru_maxrss * 1024


def interface(program, path):
    screen = Screen([program, path])
    # Asked by the terminal library at its start.
    text, first_frame = b"", None
    answers, frames = [], 0
    next_key = screen.begun + 1
    key = b"j"
    before, checked, loaded = 0, screen.begun, 0
    while True:
        portion, moment = screen.read(0.5)
        if portion:
            text = (text + portion)[-(1 << 16) :]
            frames += 1
            if first_frame is None and b"mailhunt" in text:
                first_frame = moment - screen.begun
        if moment >= next_key:
            begun = time.perf_counter()
            os.write(screen.terminal, key)
            portion, now = screen.read(2)
            if portion:
                answers.append(now - begun)
            key = b"k" if key == b"j" else b"j"
            next_key = now + 0.25
        # At rest it uses next to no processor, also where a key moves the cursor now and then.
        if moment - checked >= 1:
            used = screen.seconds_of_cpu()
            if used - before < 0.1:
                break
            before, checked, loaded = used, moment, moment - screen.begun
    toggles = [screen.press(b"1") for _ in range(TOGGLES)]
    peak = screen.peak()
    screen.end()
    return {
        "first frame": first_frame,
        "loaded": loaded,
        "frames": frames,
        "answers": answers,
        "toggle": toggles,
        "peak": peak,
    }


def warm(path):
    """Brings a file into the page cache, if it fits."""
    if os.path.getsize(path) > os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2:
        return
    with open(path, "rb") as file:
        while file.read(1 << 24):
            pass


def main():
    program, *files = sys.argv[1:]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"{platform.platform()}, {os.cpu_count()} CPUs, {memory:.0f} GiB\n")
    print(
        "| Events | rank | its memory | first frame | loaded | key while loading, worst | switch: first byte | last byte "
        "| memory | a event |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for file in files:
        events, path = file.split("=", 1)
        warm(path)
        seconds, peak = rank(program, path)
        shown = interface(program, path)
        worst = max(shown["answers"], default=0)
        first = statistics.median(toggle[0] for toggle in shown["toggle"])
        last = statistics.median(toggle[1] for toggle in shown["toggle"])
        print(
            f"| {int(events):,}, {os.path.getsize(path) / 1e9:.1f} GB | {seconds:.1f} s | {peak / 1e6:,.0f} MB "
            f"| {shown['first frame'] * 1e3:.0f} ms | {shown['loaded']:.1f} s | {worst * 1e3:.0f} ms "
            f"| {first * 1e3:.1f} ms | {last * 1e3:.1f} ms | {shown['peak'] / 1e6:,.0f} MB "
            f"| {shown['peak'] / int(events):.0f} bytes |",
            flush=True,
        )


if __name__ == "__main__":
    main()
