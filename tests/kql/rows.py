"""Runs each query on its events with duckdb-kql and compares the rows, in their order, with those of mailhunt.

The engine lacks a few functions. `column_ifexists` is replaced by what it means for the table at hand, and
`regex_quote` by quoting dots. It takes a key of JSON as a literal only: the query's own `JsonKey` is written out where
it is called, as Kusto does itself. Queries that need another function are left out, counted and named.

Its regular expressions are RE2's, to which letters, digits and edges of words are those of ASCII; to Kusto they are
those of Unicode. Queries by such patterns are answered here, by the patterns of Python, which are Unicode's too."""

import collections
import json
import multiprocessing
import pathlib
import re
import sys

import duckdb_kql

CASES = pathlib.Path(sys.argv[1])
EVENTS = [
    "Timestamp", "NetworkMessageId", "EmailDirection", "SenderFromDomain", "SenderFromAddress",
    "RecipientEmailAddress", "ThreatTypes", "DeliveryAction", "AuthenticationDetails", "AdditionalFields", "Subject",
    "ForwardingInformation", "UrlCount", "DetectionMethods", "OrgLevelPolicy", "UserLevelPolicy",
]
LINKS = ["NetworkMessageId", "Url", "UrlDomain"]
# What the engine says it cannot do; any other failure is one of the query.
LACKING = {
    f"function:{version}_is_in_{ranges}range" for version in ["ipv4", "ipv6"] for ranges in ["", "any_"]
}
# So many queries must have been compared, and so many of them with rows.
LEAST_COMPARED, LEAST_WITH_ROWS = 200, 60
# And so many by patterns of Unicode.
LEAST_ANSWERED = 8


def create(connection, case, name, columns, rows):
    columns = list(dict.fromkeys(columns + [column for row in rows for column in row]))
    path = CASES / f"{case}-{name}.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows) or "{}\n")
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in columns)

    def cell(column):
        if column == "Timestamp":
            return f"try_cast(nullif({column}, '') as timestamptz)::timestamp as {column}"
        return f'coalesce("{column}", \'\') as "{column}"'

    cells = ", ".join(cell(column) for column in columns)
    connection.execute(
        f"create or replace table {name} as select {cells} from read_json('{path}', format = 'newline_delimited', "
        f"columns = {{{types}}}) where {bool(rows)}"
    )
    return columns


def spelled_out(kql, columns):
    def column(found):
        name, default = found.groups()
        return f'["{name}"]' if name in columns else default

    kql = re.sub(r'column_ifexists\("((?:[^"\\]|\\.)*)", ("[^"]*")\)', column, kql)
    kql = re.sub(r'column_ifexists\("(\w+)", (datetime\(null\))\)', column, kql)
    kql = with_json_keys(kql)
    return kql.replace("regex_quote(OwnDomain)", r'replace_string(OwnDomain, ".", "\\.")')


JSON_KEY = re.compile(
    r"let JsonKey = \(text: string, key: string\) \{\n *let json = (.*);\n *(.*)\n\};\n"
)


def with_json_keys(kql):
    """The query with the body of its function in place of each call."""
    defined = JSON_KEY.search(kql)
    if not defined:
        return kql
    json_of, value_of = defined.groups()

    def body(found):
        text, key = found.groups()
        json = re.sub(r"\bkey\b", lambda _: key, re.sub(r"\btext\b", lambda _: text, json_of))
        return "(" + re.sub(r"\bkey\b", lambda _: key, re.sub(r"\bjson\b", lambda _: json, value_of)) + ")"

    calls = r'JsonKey\(((?:[^()"]|\((?:[^()]|\([^()]*\))*\))+), ("[^"]*")\)'
    return re.sub(calls, body, kql.replace(defined.group(0), ""))


def rows_of(answer):
    names = ["SenderFromDomain", "OutboundEmails", "IncomingEmailsWithThreats"]
    assert list(answer.columns) == names, answer.columns
    return [dict(zip(names, row)) for row in answer.fetchall()]


def compare(path):
    """How many queries of a case were compared, how many of them had rows, which could not be run, what is wrong."""
    connection = duckdb_kql.connect()
    case = json.loads(path.read_text())
    columns = create(connection, path.stem, "EmailEvents", EVENTS, case["events"])
    create(connection, path.stem, "EmailUrlInfo", LINKS, case["links"])
    compared = with_rows = 0
    skipped, wrong = collections.Counter(), []
    for number, query in enumerate(case["queries"]):
        place = f"{path.name}, query {number}"
        try:
            rows = rows_of(duckdb_kql.query(connection, spelled_out(query["kql"], columns)))
        except Exception as error:
            lacking = re.search(r"'(function:\w+)'", str(error))
            if isinstance(error, duckdb_kql.KqlUnsupportedError) and lacking and lacking.group(1) in LACKING:
                skipped[lacking.group(1)] += 1
            else:
                wrong.append(f"{place}: {error}\n{query['kql']}")
            continue
        compared += 1
        with_rows += bool(rows)
        if rows != query["rows"]:
            wrong.append(f"{place}: {rows} are not {query['rows']}\n{query['kql']}")
    return compared, with_rows, skipped, wrong


LITERAL = r'''@"[^"]*"|@'[^']*'|"(?:[^"\\]|\\.)*"'''
BY_PATTERN = re.compile(rf"\n\| where not\(Subject matches regex ({LITERAL})\)\n")


def text_of(literal):
    return literal[2:-1] if literal.startswith("@") else json.loads(literal)


def compare_patterns(path):
    """How many queries with one pattern were answered, how many of them the engine answers otherwise, what is wrong."""
    case = json.loads(path.read_text())
    connection = duckdb_kql.connect()
    columns = create(connection, path.stem, "EmailEvents", EVENTS, case["events"])
    answered = of_engine = 0
    wrong = []
    for number, query in enumerate(case["queries"]):
        patterns = BY_PATTERN.findall(query["kql"])
        if len(patterns) != 1:
            continue
        answered += 1
        pattern = re.compile(text_of(patterns[0]))
        shown = [event for event in case["events"] if not (event["Subject"] and pattern.search(event["Subject"]))]
        sent = collections.Counter(
            event["RecipientEmailAddress"].split("@")[1] for event in shown if event["EmailDirection"] == "Outbound"
        )
        threats = collections.Counter(
            event["SenderFromDomain"] for event in shown if event["EmailDirection"] == "Inbound" and event["ThreatTypes"]
        )
        names = ["SenderFromDomain", "OutboundEmails", "IncomingEmailsWithThreats"]
        both = [(domain, sent[domain], threats[domain]) for domain in sent.keys() & threats.keys()]
        both.sort(key=lambda row: (-row[1], -row[2], row[0]))
        if [dict(zip(names, row)) for row in both] != query["rows"]:
            wrong.append(f"{path.name}, query {number}: {both} are not {query['rows']}\n{query['kql']}")
        of_engine += rows_of(duckdb_kql.query(connection, spelled_out(query["kql"], columns))) != query["rows"]
    return answered, of_engine, wrong


def main():
    compared = with_rows = 0
    skipped, wrong = collections.Counter(), []
    with multiprocessing.Pool() as pool:
        for some in pool.imap_unordered(compare, sorted(CASES.glob("run-*.json"))):
            compared += some[0]
            with_rows += some[1]
            skipped.update(some[2])
            wrong.extend(some[3])
    lacking = ", ".join(f"{count} for {name}" for name, count in sorted(skipped.items())) or "none"
    print(
        f"duckdb-kql: {compared} queries compared, {with_rows} of them with rows; {len(wrong)} differ or fail; "
        f"left out as the engine lacks what they need: {sum(skipped.values())} ({lacking})"
    )
    answered, of_engine, by_patterns = compare_patterns(CASES / "unicode.json")
    print(
        f"patterns of Unicode: {answered} queries answered with Python's patterns, {len(by_patterns)} differ; duckdb-kql, "
        f"whose classes are ASCII, answers {of_engine} of them otherwise"
    )
    wrong.extend(by_patterns)
    for text in wrong[:5]:
        print(text)
    enough = compared >= LEAST_COMPARED and with_rows >= LEAST_WITH_ROWS and answered >= LEAST_ANSWERED
    if not enough:
        print(f"too few: {LEAST_COMPARED}, {LEAST_WITH_ROWS} and {LEAST_ANSWERED} are asked for")
    return 0 if enough and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
