// Gives each query to Microsoft's language service with the schemas of the tables, and fails where it has
// anything to say. Of hostile texts it looks at whether they stand in a literal as they were.

const fs = require("fs");
const path = require("path");
require("@kusto/language-service-next/bridge.js");
require("@kusto/language-service-next");

const { KustoCode, GlobalState, KustoFacts } = Kusto.Language;
const { TableSymbol, DatabaseSymbol, ClusterSymbol, ColumnSymbol, ScalarTypes } = Kusto.Language.Symbols;

const STRINGS = `NetworkMessageId InternetMessageId SenderMailFromAddress SenderMailFromDomain SenderFromAddress
  SenderFromDomain SenderDisplayName SenderObjectId SenderIPv4 SenderIPv6 RecipientEmailAddress RecipientObjectId
  RecipientDomain Subject EmailDirection DeliveryAction DeliveryLocation LatestDeliveryLocation LatestDeliveryAction
  ThreatTypes ThreatNames DetectionMethods ConfidenceLevel EmailAction EmailActionPolicy EmailActionPolicyGuid
  AuthenticationDetails EmailLanguage Connectors OrgLevelAction OrgLevelPolicy UserLevelAction UserLevelPolicy ReportId
  AdditionalFields DistributionList ExchangeTransportRule Context ThreatClassification ForwardingInformation To Cc`;

// Where the table lives makes a difference: Defender XDR has Timestamp, Log Analytics TimeGenerated.
const EVENTS = (time) => ({
  string: STRINGS,
  datetime: time,
  int: "BulkComplaintLevel AttachmentCount UrlCount IsFirstContact",
  long: "EmailClusterId EmailSize",
});
const LINKS = { datetime: "Timestamp", string: "NetworkMessageId Url UrlDomain UrlLocation UrlChainId ReportId", int: "UrlChainPosition" };
const FILES = {
  datetime: "Timestamp",
  string: "NetworkMessageId SenderFromAddress RecipientEmailAddress FileName FileType FileExtension SHA256 ThreatTypes ReportId",
  long: "FileSize",
};

function table(name, columns) {
  const symbols = Object.entries(columns).flatMap(([type, names]) =>
    names.trim().split(/\s+/).map((column) => new ColumnSymbol(column, ScalarTypes.GetSymbol(type))));
  return new TableSymbol.$ctor4(name, symbols);
}

function globals(time) {
  const tables = [table("EmailEvents", EVENTS(time)), table("EmailUrlInfo", LINKS), table("EmailAttachmentInfo", FILES)];
  return GlobalState.Default.WithDatabase(new DatabaseSymbol.ctor("db", tables));
}

const places = [globals("Timestamp"), globals("TimeGenerated")];

function literals(code) {
  const values = new Set();
  for (const token of Bridge.toArray(code.GetLexicalTokens ? code.GetLexicalTokens() : code.LexerTokens)) {
    if (token.Kind === Kusto.Language.Syntax.SyntaxKind.StringLiteralToken) {
      values.add(KustoFacts.GetStringLiteralValue(token.Text));
    }
  }
  return values;
}

const folder = process.argv[2];
let read = 0;
let texts = 0;
const wrong = [];
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const found = JSON.parse(fs.readFileSync(path.join(folder, file), "utf8"));
  for (const query of found.queries || [found]) {
    for (const place of places) {
      const code = KustoCode.ParseAndAnalyze(query.kql, place);
      const diagnostics = Bridge.toArray(code.GetDiagnostics());
      for (const one of diagnostics) {
        wrong.push(`${file}: ${one.Message} at: ${query.kql.substr(one.Start, 80)}`);
      }
      if (query.texts && place === places[0]) {
        const known = literals(code);
        for (const text of query.texts) {
          texts += 1;
          if (!known.has(text)) wrong.push(`${file}: ${JSON.stringify(text)} is in no literal`);
        }
      }
    }
    read += 1;
  }
}
console.log(`Microsoft's language service: ${read} queries read, ${texts} texts found in literals, ${wrong.length} complaints`);
wrong.slice(0, 20).forEach((line) => console.log(line));
process.exit(wrong.length === 0 && read > 500 && texts > 100 ? 0 : 1);
