"""Times the hunt in mailhunt and its peers; benches/compare makes the files and calls it.

Each peer has the form that a careful engineer would write: one pass over the file, only the four
columns needed, as many threads as mailhunt. Its process is new for each run, as is mailhunt's; of the
peers only the query is timed, of mailhunt the whole process. Memory is the peak of the whole process.
"""

import csv
import os
import platform
import statistics
import subprocess
import sys
import time

KINDS = ["csv", "jsonl", "parquet", "repeats.parquet", "csv.gz"]
PEERS = ["duckdb", "polars"]
THREADS = os.cpu_count()
COLUMNS = ["EmailDirection", "SenderFromDomain", "RecipientEmailAddress", "ThreatTypes"]


def duckdb_source(path):
    types = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS) + "}"
    if path.endswith(".parquet"):
        return f"read_parquet('{path}')"
    if path.endswith(".jsonl"):
        return f"read_json('{path}', format='newline_delimited', columns={types})"
    return f"read_csv('{path}', header=true, all_varchar=true)"


def run_duckdb(path):
    import duckdb

    connection = duckdb.connect(config={"threads": THREADS})
    query = f"""
        SELECT domain, sum(sent)::BIGINT AS sent, sum(threats)::BIGINT AS threats FROM (
            SELECT
                CASE WHEN EmailDirection = 'Outbound'
                    THEN coalesce(split_part(RecipientEmailAddress, '@', 2), '')
                    ELSE coalesce(SenderFromDomain, '') END AS domain,
                (EmailDirection = 'Outbound')::INTEGER AS sent,
                (EmailDirection = 'Inbound' AND coalesce(ThreatTypes, '') <> '')::INTEGER AS threats
            FROM {duckdb_source(path)}
            WHERE EmailDirection = 'Outbound'
                OR (EmailDirection = 'Inbound' AND coalesce(ThreatTypes, '') <> ''))
        GROUP BY domain HAVING sum(sent) > 0 AND sum(threats) > 0"""
    begun = time.perf_counter()
    rows = connection.execute(query).fetchall()
    return time.perf_counter() - begun, rows


def run_polars(path):
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    import polars as pl

    def source():
        if path.endswith(".parquet"):
            return pl.scan_parquet(path)
        if path.endswith(".jsonl"):
            # It leaves out keys that are not in the schema.
            return pl.scan_ndjson(path, schema={name: pl.String for name in COLUMNS})
        return pl.scan_csv(path, infer_schema=False)

    begun = time.perf_counter()
    is_sent = pl.col("EmailDirection") == "Outbound"
    is_threat = (pl.col("EmailDirection") == "Inbound") & (pl.col("ThreatTypes").fill_null("") != "")
    recipient = pl.col("RecipientEmailAddress").str.splitn("@", 3).struct.field("field_1")
    table = (
        source()
        .select(COLUMNS)
        .filter(is_sent | is_threat)
        .select(
            pl.when(is_sent).then(recipient).otherwise(pl.col("SenderFromDomain")).fill_null("").alias("domain"),
            is_sent.alias("sent"),
        )
        .group_by("domain")
        .agg(pl.col("sent").sum(), (~pl.col("sent")).sum().alias("threats"))
        .filter((pl.col("sent") > 0) & (pl.col("threats") > 0))
        .collect(engine="streaming")
    )
    rows = table.rows()
    return time.perf_counter() - begun, rows


# One row in so many stands twice in the file that has repeats: there are some in each row group.
ONE_REPEATS_IN = 1000


def make_parquet(base):
    import duckdb

    rows = "SELECT * REPLACE (Timestamp::TIMESTAMP AS Timestamp)"
    rows += f" FROM read_csv('{base}.csv', header=true, all_varchar=true)"
    numbered = f"SELECT *, row_number() OVER () AS number FROM ({rows})"
    repeated = f"SELECT * EXCLUDE (number, copy) FROM ({numbered}) CROSS JOIN (VALUES (0), (1)) AS copies (copy)"
    repeated += f" WHERE copy = 0 OR number % {ONE_REPEATS_IN} = 0 ORDER BY number"
    for path, rows in [(f"{base}.parquet", rows), (f"{base}.repeats.parquet", repeated)]:
        if not os.path.exists(path):
            part = f"{base}.part"
            duckdb.execute(f"COPY ({rows}) TO '{part}' (FORMAT parquet, COMPRESSION snappy)")
            os.rename(part, path)


def peak_of(process):
    """Waits for a child; the most memory it held, in bytes."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * 1024


def measure_peer(peer, path):
    child = subprocess.Popen([sys.executable, __file__, peer, path], stdout=subprocess.PIPE, text=True)
    seconds, *rows = child.stdout.read().splitlines()
    peak = peak_of(child)
    ranking = {tuple(row.split("\t")) for row in rows}
    return float(seconds), peak, ranking


def run_mailhunt(program, path):
    begun = time.perf_counter()
    child = subprocess.Popen(
        [program, "rank", path, "--format", "csv"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    text = child.stdout.read()
    peak = peak_of(child)
    seconds = time.perf_counter() - begun
    if child.returncode != 0:
        sys.exit(f"mailhunt ended with {child.returncode} on {path}")
    return seconds, peak, text


def measure_mailhunt(program, path):
    # By a small process: the peak of a child is never less than what who started it holds.
    runner = [sys.executable, "-S", "-E", __file__, "mailhunt", program, path]
    told = subprocess.run(runner, stdout=subprocess.PIPE, text=True, check=True).stdout
    first, text = told.split("\n", 1)
    seconds, peak = first.split()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    ranking = {tuple(row) for row in list(csv.reader(lines))[1:]}
    return float(seconds), int(peak), ranking


def compare(program, base, rounds):
    # In a process of its own: a child's peak cannot be told apart from that of a parent which was larger.
    subprocess.run([sys.executable, __file__, "parquet", base], check=True)
    size = os.path.getsize(f"{base}.csv")
    print(f"{platform.platform()}, {THREADS} CPUs; {rounds} rounds, medians\n")
    print("| | mailhunt | DuckDB | Polars | to the faster | memory: mailhunt | DuckDB | Polars |")
    print("|---|---|---|---|---|---|---|---|")
    for kind in KINDS:
        path = f"{base}.{kind}"
        with open(path, "rb") as file:
            while file.read(1 << 24):
                pass
        runs = {name: [] for name in ["mailhunt", *PEERS]}
        for _ in range(rounds):
            for name in runs:
                run = measure_mailhunt(program, path) if name == "mailhunt" else measure_peer(name, path)
                runs[name].append(run)
        rankings = {frozenset(run[2]) for all_runs in runs.values() for run in all_runs}
        if len(rankings) != 1:
            sys.exit(f"the rankings of {path} differ")
        seconds = {name: statistics.median(run[0] for run in all_runs) for name, all_runs in runs.items()}
        peaks = {name: max(run[1] for run in all_runs) for name, all_runs in runs.items()}
        ratio = seconds["mailhunt"] / min(seconds[peer] for peer in PEERS)
        times = " | ".join(f"{seconds[name]:.2f} s" for name in runs)
        memory = " | ".join(f"{peaks[name] / 1e6:,.0f} MB" for name in runs)
        label = f"{kind}, {os.path.getsize(path) / 1e6:,.0f} MB"
        print(f"| {label} | {times} | {ratio:.2f} | {memory} |", flush=True)
    print(f"\nThe CSV has {size:,} bytes.")


def main():
    if sys.argv[1] in PEERS:
        seconds, rows = {"duckdb": run_duckdb, "polars": run_polars}[sys.argv[1]](sys.argv[2])
        print(seconds)
        for domain, sent, threats in rows:
            print(f"{domain}\t{sent}\t{threats}")
    elif sys.argv[1] == "mailhunt":
        seconds, peak, text = run_mailhunt(*sys.argv[2:])
        print(seconds, peak)
        print(text, end="")
    elif sys.argv[1] == "parquet":
        make_parquet(sys.argv[2])
    else:
        program, base, rounds = sys.argv[1:]
        compare(program, base, int(rounds))


if __name__ == "__main__":
    main()
