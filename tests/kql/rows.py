"""Runs each query on its events with duckdb-kql and compares the rows, in their order, with those of mailhunt.

The engine lacks a few functions. `column_ifexists` is replaced by what it means for the table at hand, and
`regex_quote` by quoting dots; `bag_has_key` and `json[key]` with a key that the row gives are lent to it. Queries that
need another function are left out, counted and named.

The query reads keys in JSON only, mailhunt in other texts too: of the partners that a case names in `may_stay` the query
may show an email that mailhunt hides, never the other way round.

Its regular expressions are RE2's, to which letters, digits and edges of words are those of ASCII; to Kusto they are
those of Unicode. Queries by such patterns are answered here, by the patterns of Python, which are Unicode's too."""

import collections
import json
import multiprocessing
import pathlib
import re
import sys

import duckdb_kql
from duckdb_kql import ir, translate
from duckdb_kql.translate import functions

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
LEAST_COMPARED, LEAST_WITH_ROWS = 290, 150
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
    return kql.replace("regex_quote(OwnDomain)", r'replace_string(OwnDomain, ".", "\\.")')


def lend_what_the_engine_lacks():
    """Lends the engine `bag_has_key`, and `json[key]` with a key that is no literal: such a one it takes for a place in an
    array."""
    of_bag = "coalesce(list_contains(json_keys({0}), {1}), false)"
    functions.SCALAR_FUNCTIONS["bag_has_key"] = functions.FunctionSpec("bag_has_key", "template", of_bag, (2,))
    by_literal = translate.render_path

    def render_path(node):
        [step] = node.steps
        if step.index is None or isinstance(step.index, ir.Literal):
            return by_literal(node)
        json, key = translate.render_expr(node.base), translate.render_expr(step.index)
        return f"json_extract({json}, '/' || replace(replace({key}, '~', '~0'), '/', '~1'))"

    translate.render_path = render_path


lend_what_the_engine_lacks()


def rows_of(answer):
    names = ["SenderFromDomain", "OutboundEmails", "IncomingEmailsWithThreats"]
    assert list(answer.columns) == names, answer.columns
    return [dict(zip(names, row)) for row in answer.fetchall()]


def agree(rows, of_mailhunt, may_stay):
    """Whether the rows are those of mailhunt; of some domains there may be one where mailhunt has none."""
    def others(rows):
        return [row for row in rows if row["SenderFromDomain"] not in may_stay]

    return others(rows) == others(of_mailhunt) and all(row in rows for row in of_mailhunt)


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
        if not agree(rows, query["rows"], case.get("may_stay", [])):
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
