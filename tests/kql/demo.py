"""Asks the program itself for the queries and rows of the demo: each built-in exclusion, none, all, every way of
matching domains. Checks the YAML on the way."""

import concurrent.futures
import csv
import gzip
import json
import os
import pathlib
import subprocess
import sys
import uuid

import yaml

CASES = pathlib.Path(sys.argv[1])
DEMO = pathlib.Path("assets/demo")
BUILT_IN = [
    "internal-forwarding", "scheduled-jobs", "siem-soar", "cloud-storage-links", "superseded", "own-domains",
    "phishing-simulation", "consumer-mail", "spam-only",
]


def mailhunt(*arguments):
    # An analyst's own exclusions must not get between.
    environment = {**os.environ, "HOME": str(CASES), "XDG_CONFIG_HOME": str(CASES)}
    command = ["target/debug/mailhunt", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout


def table(name):
    with gzip.open(DEMO / f"{name}.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def check_yaml(query, *arguments):
    text = mailhunt("kql", "--format", "yaml", *arguments)
    read = yaml.safe_load(text)
    assert read["query"] == query, "the query of the YAML is another"
    assert str(uuid.UUID(read["id"])) == read["id"]
    assert read["tactics"] == ["InitialAccess"] and read["relevantTechniques"] == ["T1566"]
    assert read["requiredDataConnectors"][0]["connectorId"] == "MicrosoftThreatProtection"
    assert read["version"] == "1.0.0" and 0 < len(read["name"]) <= 50
    assert read["description"].startswith("This query searches for ") and len(read["description"]) <= 255
    fields = [{"identifier": "DomainName", "columnName": "SenderFromDomain"}]
    assert read["entityMappings"] == [{"entityType": "DNS", "fieldMappings": fields}]


def asked(exclude, domains):
    arguments = ["--demo", "--exclude", exclude, "--domains", domains]
    query = mailhunt("kql", *arguments)
    if exclude == "all":
        check_yaml(query, *arguments)
    rows = mailhunt("rank", *arguments, "--format", "jsonl").splitlines()
    return {"kql": query, "rows": [json.loads(row) for row in rows]}


MATCHINGS = ["exact", "folded", "registrable"]
questions = [(exclude, domains) for exclude in ["none", "all"] for domains in MATCHINGS]
questions += [(exclude, "exact") for exclude in BUILT_IN]
with concurrent.futures.ThreadPoolExecutor() as pool:
    queries = list(pool.map(lambda question: asked(*question), questions))
case = {"events": table("EmailEvents"), "links": table("EmailUrlInfo"), "queries": queries}
(CASES / "run-demo.json").write_text(json.dumps(case))
