#!/usr/bin/env bash
# pyarrow 26.0.1: of a list column, a row group of a single row is read back as no row, without an error, where the row is
# larger than the size wished for a page.
#
# The writer begins such a row group with a data page of no values and puts the row into a second page. Its own reader takes
# the empty page for the end of the column: `read_table` gives fewer rows than the metadata of the file says. DuckDB 2.0.1
# and Polars 2.1.0 read all rows of the same file. Exports with lists (`Topics`, recipients) that were written with small
# pages and small row groups lose rows in this way in a notebook, and nothing says so; comparing with
# `read_metadata(...).num_rows` shows it.
#
# Seen on 2026-12-01 with Python 3.11. Fails if the answers change.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyarrow==26.0.1 duckdb==2.0.1 polars==2.1.0
cd "$folder"
venv/bin/python - <<'PYTHON'
import duckdb
import polars
import pyarrow
import pyarrow.parquet

ROWS = [["phishing", "invoice"], ["travel"], ["salary"]]


def rows_read(**how):
    topics = pyarrow.array(ROWS, pyarrow.list_(pyarrow.string()))
    pyarrow.parquet.write_table(pyarrow.table({"Topics": topics}), "topics.parquet", row_group_size=2, **how)
    return {
        "metadata": pyarrow.parquet.read_metadata("topics.parquet").num_rows,
        "pyarrow": pyarrow.parquet.read_table("topics.parquet").num_rows,
        "duckdb": len(duckdb.sql("FROM 'topics.parquet'").fetchall()),
        "polars": polars.read_parquet("topics.parquet").height,
    }


ALL = {"metadata": 3, "pyarrow": 3, "duckdb": 3, "polars": 3}
for how, seen in [({}, ALL), ({"data_page_size": 1}, ALL | {"pyarrow": 2})]:
    found = rows_read(**how)
    print(how, found)
    assert found == seen, f"it was {seen}"
PYTHON
