#!/usr/bin/env bash
# pySigma-backend-kusto 1.0.1 (with pySigma 1.5.1): `ThreatTypes: null` becomes a condition that never holds.
#
# Sigma's `null` asks for a field without a value. The backend writes `isnull(ThreatTypes)` also for columns of the type
# string. Kusto's strings have no null ("null values" in its documentation: use isempty for strings), so `isnull` of a
# string is always false; and `not (ThreatTypes: null)`, by which rules ask for emails with a verdict, holds for all.
# For `exists: false`, which means the same for such a column, the backend writes `isempty`, which is right.
#
# Seen on 2026-11-30 with Python 3.11. Fails if the queries change.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pysigma==1.5.1 pysigma-backend-kusto==1.0.1
"$folder/venv/bin/python" - <<'PYTHON'
from sigma.backends.kusto import KustoBackend
from sigma.collection import SigmaCollection
from sigma.pipelines.microsoftxdr import microsoft_xdr_pipeline

RULE = """
title: Email without a verdict
status: test
logsource:
    product: m365
    category: email
detection:
    selection:
        {}
    condition: {}
"""
SEEN = {
    ("ThreatTypes: null", "selection"): "EmailEvents\n| where isnull(ThreatTypes)",
    ("ThreatTypes: null", "not selection"): "EmailEvents\n| where not(isnull(ThreatTypes))",
    ("ThreatTypes|exists: false", "selection"): "EmailEvents\n| where isempty(ThreatTypes)",
}
for (condition, of_selection), seen in SEEN.items():
    backend = KustoBackend(processing_pipeline=microsoft_xdr_pipeline(query_table="EmailEvents"))
    [query] = backend.convert(SigmaCollection.from_yaml(RULE.format(condition, of_selection)))
    print(f"{condition}, {of_selection}: {query!r}")
    assert query == seen, f"it was {seen!r}"
PYTHON
