#!/usr/bin/env bash
# pySigma-backend-kusto 1.0.1 (with pySigma 1.5.1): a wildcard inside a Sigma value changes what the value means.
#
# In Sigma, `Subject: 'In*oice'` is compared without regard to letter case and with the whole value, as `Subject: Invoice`
# is. The backend writes the plain value with `=~`, which does both. For the value with a wildcard inside it writes
# `matches regex "In.*oice"`: that minds letter case, and it is found anywhere in the text. So the rule misses what the
# plain value would have found, and finds longer texts that it should not.
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
title: An invoice
status: test
logsource:
    product: m365
    category: email
detection:
    selection:
        Subject: '{}'
    condition: selection
"""
SEEN = {
    "Invoice": 'EmailEvents\n| where Subject =~ "Invoice"',
    "In*oice": 'EmailEvents\n| where Subject matches regex "In.*oice"',
    "In?oice": 'EmailEvents\n| where Subject matches regex "In.oice"',
}
for value, seen in SEEN.items():
    backend = KustoBackend(processing_pipeline=microsoft_xdr_pipeline(query_table="EmailEvents"))
    [query] = backend.convert(SigmaCollection.from_yaml(RULE.format(value)))
    print(f"{value}: {query!r}")
    assert query == seen, f"it was {seen!r}"
PYTHON
