"""Makes the files that benches/compare reads, in the formats and by the writers that analysts have."""

import csv
import gzip
import os
import shutil
import subprocess
import sys

# One row in so many stands twice in the file that has repeats: there are some in each row group.
ONE_REPEATS_IN = 1000

# The daily exports of a month.
FILES_OF_FOLDER = 30

# What each is called, and what it is; all have the same events, but for the one with repeats.
KINDS = {
    "csv": "CSV",
    "jsonl": "JSON lines",
    "csv.gz": "CSV in gzip",
    "duckdb.parquet": "Parquet of DuckDB",
    "repeats.parquet": "Parquet of DuckDB, rows repeat",
    "polars.parquet": "Parquet of Polars",
    "pyarrow.parquet": "Parquet of pyarrow",
    "plain.parquet": "Parquet of pyarrow, no dictionaries",
    "delta.parquet": "Parquet of delta-rs",
    "folder": f"folder of {FILES_OF_FOLDER} CSV files",
}


def table(base):
    """The events as an Arrow table, with times as times."""
    import pyarrow.compute
    import pyarrow.csv

    names = next(csv.reader(open(f"{base}.csv", newline="")))
    options = pyarrow.csv.ConvertOptions(column_types={name: pyarrow.string() for name in names})
    events = pyarrow.csv.read_csv(f"{base}.csv", convert_options=options)
    times = pyarrow.compute.assume_timezone(
        pyarrow.compute.strptime(
            pyarrow.compute.utf8_slice_codeunits(events["Timestamp"], 0, 19), "%Y-%m-%dT%H:%M:%S", "us"
        ),
        "UTC",
    )
    return events.set_column(names.index("Timestamp"), "Timestamp", times)


def duckdb_rows(base):
    rows = "SELECT * REPLACE (Timestamp::TIMESTAMP AS Timestamp)"
    return f"{rows} FROM read_csv('{base}.csv', header=true, all_varchar=true)"


def write_by_duckdb(base, part, rows=None):
    import duckdb

    duckdb.execute(f"COPY ({rows or duckdb_rows(base)}) TO '{part}' (FORMAT parquet, COMPRESSION snappy)")


def write_with_repeats(base, part):
    numbered = f"SELECT *, row_number() OVER () AS number FROM ({duckdb_rows(base)})"
    rows = f"SELECT * EXCLUDE (number, copy) FROM ({numbered}) CROSS JOIN (VALUES (0), (1)) AS copies (copy)"
    write_by_duckdb(base, part, f"{rows} WHERE copy = 0 OR number % {ONE_REPEATS_IN} = 0 ORDER BY number")


def write_by_polars(base, part):
    import polars

    polars.from_arrow(table(base)).write_parquet(part)


def write_by_pyarrow(base, part, **options):
    import pyarrow.parquet

    pyarrow.parquet.write_table(table(base), part, **options)


def write_without_dictionaries(base, part):
    write_by_pyarrow(base, part, use_dictionary=False)


def write_by_delta(base, part):
    import deltalake

    folder = f"{part}.table"
    shutil.rmtree(folder, ignore_errors=True)
    deltalake.write_deltalake(folder, table(base), target_file_size=1 << 40)
    files = [name for name in os.listdir(folder) if name.endswith(".parquet")]
    if len(files) != 1:
        sys.exit(f"delta-rs wrote {len(files)} files instead of one")
    os.rename(os.path.join(folder, files[0]), part)
    shutil.rmtree(folder)


def write_folder(base, part):
    """The same lines in files of as many records each."""
    shutil.rmtree(part, ignore_errors=True)
    os.mkdir(part)
    with open(f"{base}.csv", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        count = sum(1 for _ in rows)
    with open(f"{base}.csv", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for number in range(FILES_OF_FOLDER):
            of_file = count * (number + 1) // FILES_OF_FOLDER - count * number // FILES_OF_FOLDER
            with open(os.path.join(part, f"EmailEvents-{number:02}.csv"), "w", newline="") as target:
                writer = csv.writer(target)
                writer.writerow(header)
                for _ in range(of_file):
                    writer.writerow(next(rows))


def write_gzip(base, part):
    with open(f"{base}.csv", "rb") as source, gzip.open(part, "wb", compresslevel=6) as target:
        shutil.copyfileobj(source, target, 1 << 20)


WRITERS = {
    "csv.gz": write_gzip,
    "duckdb.parquet": write_by_duckdb,
    "repeats.parquet": write_with_repeats,
    "polars.parquet": write_by_polars,
    "pyarrow.parquet": write_by_pyarrow,
    "plain.parquet": write_without_dictionaries,
    "delta.parquet": write_by_delta,
    "folder": write_folder,
}


def make_all(base):
    """Makes what is not there yet of one base, of which the CSV and the JSON lines are there.

    Each file by a process of its own, as what a writer holds must not count for the next one.
    """
    for kind in WRITERS:
        if not os.path.exists(f"{base}.{kind}"):
            subprocess.run([sys.executable, __file__, base, kind], check=True)


def read_whole(path):
    """Reads a file, or those of a folder, so that they are in the page cache; gives their size in bytes."""
    paths = [path]
    if os.path.isdir(path):
        paths = [os.path.join(path, name) for name in sorted(os.listdir(path))]
    size = 0
    for name in paths:
        with open(name, "rb") as file:
            while read := len(file.read(1 << 24)):
                size += read
    return size


if __name__ == "__main__":
    base, kind = sys.argv[1:]
    WRITERS[kind](base, f"{base}.part")
    os.rename(f"{base}.part", f"{base}.{kind}")
