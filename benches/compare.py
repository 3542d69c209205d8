"""Times the hunt in mailhunt and its peers; benches/compare calls it.

Each peer has the form that a careful engineer would write: one pass over the file, only the four
columns needed, as many threads as mailhunt. Its process is new for each run, as is mailhunt's; of the
peers only the query is timed, of mailhunt the whole process. Memory is the peak of the whole process.
"""

import csv
import os
import statistics
import subprocess
import sys
import time

from files import KINDS, read_whole

PEERS = ["duckdb", "polars"]
THREADS = os.cpu_count()
COLUMNS = ["EmailDirection", "SenderFromDomain", "RecipientEmailAddress", "ThreatTypes"]


def duckdb_source(path):
    types = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS) + "}"
    if path.endswith(".parquet"):
        return f"read_parquet('{path}')"
    if path.endswith(".jsonl"):
        return f"read_json('{path}', format='newline_delimited', columns={types})"
    files = f"{path}/*.csv" if os.path.isdir(path) else path
    return f"read_csv('{files}', header=true, all_varchar=true)"


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
        return pl.scan_csv(f"{path}/*.csv" if os.path.isdir(path) else path, infer_schema=False)

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


def run_mailhunt(program, path, *arguments):
    begun = time.perf_counter()
    command = [program, "rank", path, "--format", "csv", *arguments]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    text = child.stdout.read()
    peak = peak_of(child)
    seconds = time.perf_counter() - begun
    if child.returncode != 0:
        sys.exit(f"mailhunt ended with {child.returncode} on {path}")
    return seconds, peak, text


def measure_mailhunt(program, path, *arguments):
    # By a small process: the peak of a child is never less than what who started it holds.
    runner = [sys.executable, "-S", "-E", __file__, "mailhunt", program, path, *arguments]
    told = subprocess.run(runner, stdout=subprocess.PIPE, text=True, check=True).stdout
    first, text = told.split("\n", 1)
    seconds, peak = first.split()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    ranking = {tuple(row) for row in list(csv.reader(lines))[1:]}
    return float(seconds), int(peak), ranking


def compare(program, base, rounds):
    """The query in mailhunt and in its peers, whose answers must be the same."""
    print("| `rank`, no exclusion | mailhunt | DuckDB | Polars | to the faster | memory: mailhunt | DuckDB | Polars |")
    print("|---|---|---|---|---|---|---|---|")
    for kind, name in KINDS.items():
        path = f"{base}.{kind}"
        size = read_whole(path)
        runs = {name: [] for name in ["mailhunt", *PEERS]}
        for _ in range(rounds):
            for who in runs:
                run = measure_mailhunt(program, path) if who == "mailhunt" else measure_peer(who, path)
                runs[who].append(run)
        rankings = {frozenset(run[2]) for all_runs in runs.values() for run in all_runs}
        if len(rankings) != 1:
            sys.exit(f"the rankings of {path} differ")
        seconds = {who: statistics.median(run[0] for run in all_runs) for who, all_runs in runs.items()}
        peaks = {who: max(run[1] for run in all_runs) for who, all_runs in runs.items()}
        ratio = seconds["mailhunt"] / min(seconds[peer] for peer in PEERS)
        times = " | ".join(f"{seconds[who]:.2f} s" for who in runs)
        memory = " | ".join(f"{peaks[who] / 1e6:,.0f} MB" for who in runs)
        print(f"| {name}, {size / 1e6:,.0f} MB | {times} | {ratio:.2f} | {memory} |", flush=True)


# What is asked beyond the bare ranking. The time range is longer than all events: it leaves none out.
QUESTIONS = {
    "no exclusion": [],
    "`--exclude all`": ["--exclude", "all"],
    "`--from … --to …`": ["--from", "2000-01-01", "--to", "2099-12-31"],
}


def compare_questions(program, base, rounds):
    """mailhunt with more to do, to the bare ranking of the same file."""
    print("| `rank` | " + " | ".join(f"{question} | memory" for question in QUESTIONS) + " |")
    print("|---" * (2 * len(QUESTIONS) + 1) + "|")
    for kind, name in KINDS.items():
        path = f"{base}.{kind}"
        read_whole(path)
        runs = {question: [] for question in QUESTIONS}
        for _ in range(rounds):
            for question, arguments in QUESTIONS.items():
                runs[question].append(measure_mailhunt(program, path, *arguments))
        seconds = {question: statistics.median(run[0] for run in runs[question]) for question in QUESTIONS}
        bare = seconds["no exclusion"]
        cells = []
        for question in QUESTIONS:
            peak = max(run[1] for run in runs[question]) / 1e6
            ratio = "" if question == "no exclusion" else f" ({seconds[question] / bare:.1f})"
            cells.append(f"{seconds[question]:.2f} s{ratio} | {peak:,.0f} MB")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


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
    else:
        program, base, rounds = sys.argv[1:]
        compare(program, base, int(rounds))
        print()
        compare_questions(program, base, int(rounds))


if __name__ == "__main__":
    main()
