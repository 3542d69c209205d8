#!/usr/bin/env bash
# duckdb-kql 1.1.2 (with duckdb 2.0.1): parse_json() of a text that is no JSON is null, where Kusto keeps the text.
#
# Kusto's documentation of parse_json(): of a string that is not properly formatted JSON the result is a dynamic value
# that holds the original string. So `gettype(parse_json("SPF=fail"))` is "string" there, and `tostring` gives the text
# back; here they are "null" and empty. Whoever uses the engine to try a query that tells "cannot be read" from "is
# empty", as a guard on AuthenticationDetails has to, must not do so by `isnull(parse_json(...))`: here it holds, there it
# does not. `gettype(...) !in ("dictionary", "array")` says the same in both.
#
# Seen on 2026-11-30 with Python 3.11. Fails if the answers change.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet duckdb==2.0.1 duckdb-kql==1.1.2
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
import duckdb_kql

SEEN = {
    'print Type = gettype(parse_json("SPF=fail")), Text = tostring(parse_json("SPF=fail"))': ("null", ""),
    'print IsNull = isnull(parse_json("SPF=fail"))': (True,),
    'print Unreadable = gettype(parse_json("SPF=fail")) !in ("dictionary", "array")': (True,),
    'print Type = gettype(parse_json(\'{"SPF":"fail"}\'))': ("dictionary",),
}
connection = duckdb.connect()
for query, seen in SEEN.items():
    [row] = duckdb_kql.kql(connection, query).fetchall()
    print(f"{query}: {row}")
    assert row == seen, f"it was {seen}"
PYTHON
