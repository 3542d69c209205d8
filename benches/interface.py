"""Times the interface from its start until it has nothing left to do, and its peers reading all columns of the same
file into memory; benches/compare calls it.

What the interface does is seen from outside: its processor time in /proc, where only Linux has it. Memory is the peak of
the whole process.
"""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time

from files import KINDS, read_whole

PEERS = ["duckdb", "polars"]
THREADS = os.cpu_count()
SCREEN = (40, 140)

# It has nothing left to do once it took no processor time for so long, in seconds.
QUIET = 0.6
# No file takes longer, in seconds.
LONGEST = 300


def processor_time(process):
    """In ticks of the system; nothing once it has ended."""
    try:
        with open(f"/proc/{process}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return int(fields[11]) + int(fields[12])


def peak(process):
    """The most memory that it held, in bytes."""
    with open(f"/proc/{process}/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def measure_mailhunt(program, path):
    begun = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execv(program, [program, path])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *SCREEN, 0, 0))
    last, worked = begun, None
    while (now := time.perf_counter()) - last < QUIET:
        if now - begun > LONGEST:
            sys.exit(f"mailhunt was not done with {path} after {LONGEST} s")
        if select.select([terminal], [], [], 0.01)[0]:
            try:
                os.read(terminal, 1 << 16)
            except OSError:
                sys.exit(f"mailhunt ended while it loaded {path}")
        so_far = processor_time(process)
        if so_far != worked:
            worked, last = so_far, time.perf_counter()
    held = peak(process)
    os.kill(process, signal.SIGTERM)
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        pass
    os.waitpid(process, 0)
    os.close(terminal)
    return last - begun, held


def read_by_peer(peer, path):
    """Reads all columns as text, Parquet as it is."""
    files = f"{path}/*.csv" if os.path.isdir(path) else path
    if peer == "duckdb":
        import duckdb

        connection = duckdb.connect(config={"threads": THREADS})
        if path.endswith(".parquet"):
            source = f"read_parquet('{path}')"
        elif path.endswith(".jsonl"):
            source = f"read_json('{path}', format='newline_delimited')"
        else:
            source = f"read_csv('{files}', header=true, all_varchar=true)"
        begun = time.perf_counter()
        connection.execute(f"CREATE TABLE events AS SELECT * FROM {source}")
    else:
        os.environ["POLARS_MAX_THREADS"] = str(THREADS)
        import polars

        begun = time.perf_counter()
        if path.endswith(".parquet"):
            polars.read_parquet(path)
        elif path.endswith(".jsonl"):
            polars.read_ndjson(path)
        else:
            polars.read_csv(files, infer_schema=False)
    return time.perf_counter() - begun, peak("self")


def measure_peer(peer, path):
    told = subprocess.run([sys.executable, __file__, peer, path], stdout=subprocess.PIPE, text=True, check=True).stdout
    seconds, held = told.split()
    return float(seconds), int(held)


def compare(program, base, rounds):
    print("| interface loaded | mailhunt | DuckDB | Polars | to the faster | memory: mailhunt | DuckDB | Polars | to the faster |")
    print("|---|---|---|---|---|---|---|---|---|")
    for kind, name in KINDS.items():
        path = f"{base}.{kind}"
        read_whole(path)
        runs = {who: [] for who in ["mailhunt", *PEERS]}
        for _ in range(rounds):
            for who in runs:
                run = measure_mailhunt(program, path) if who == "mailhunt" else measure_peer(who, path)
                runs[who].append(run)
        seconds = {who: statistics.median(run[0] for run in of) for who, of in runs.items()}
        peaks = {who: max(run[1] for run in of) for who, of in runs.items()}
        faster = min(PEERS, key=lambda peer: seconds[peer])
        times = " | ".join(f"{seconds[who]:.2f} s" for who in runs)
        memory = " | ".join(f"{peaks[who] / 1e6:,.0f} MB" for who in runs)
        ratio = seconds["mailhunt"] / seconds[faster]
        print(f"| {name} | {times} | {ratio:.2f} | {memory} | {peaks['mailhunt'] / peaks[faster]:.2f} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1] in PEERS:
        print(*read_by_peer(*sys.argv[1:]))
    else:
        compare(sys.argv[1], sys.argv[2], int(sys.argv[3]))
