//! What can be asked on the command line.

use super::ending::Failure;
use crate::events::given_header::{GivenHeader, UnusableHeader};
use crate::events::recipient_domains::{RecipientDomains, UnknownSource};
use crate::export::hunting_query::QueryFormat;
use crate::export::ranking::{RankingColumn, UnknownColumn};
use crate::export::{Format, UnknownFormat};
use crate::hunt::Query;
use crate::hunt::domain_matching::{DomainMatching, UnknownMatching};
use crate::hunt::exclusion::ExclusionSet;
use crate::hunt::query::{RangeScope, Shown, UnknownScope};
use crate::hunt::time_range::{self, Bound, UnusableBound};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Which of the domains you write to send threats back at you?
///
/// Reads exports of Microsoft's `EmailEvents` table and its companion tables (CSV, JSON or Parquet, optionally
/// compressed with gzip or zstd) and ranks those domains as Microsoft's hunting query does. Without a command, it
/// opens the terminal interface; if standard output is not a terminal, or an output option is given, it does what
/// `rank` does.
#[derive(Debug, Parser)]
#[command(
    name = "mailhunt",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Exit status: 0 success, 1 failure, 2 invalid arguments, 3 completed, but some input was damaged or \
                  rejected."
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) rank: RankArguments,
    /// Do not capture the mouse
    #[arg(long)]
    pub(super) no_mouse: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Print the ranking
    Rank(RankArguments),
    /// Print one domain's threat emails that are not hidden or, with --hidden, those that are
    Emails(EmailsArguments),
    /// List the exclusions and, if files are given, what each one hides
    Exclusions(ExclusionsArguments),
    /// Print the hunt, with the active exclusions, as a KQL query for Sentinel or Advanced Hunting
    ///
    /// There, the query returns the rows that `rank` prints here. No exports are needed; if you give some, the
    /// query also covers their own columns and the organisations of their domains.
    Kql(KqlArguments),
    /// Report what was and was not read, and what in the data could mislead
    Check(CheckArguments),
}

#[derive(Debug, Args)]
pub(super) struct SourceArguments {
    /// Exports of `EmailEvents` and its companion tables (`EmailUrlInfo`, `UrlClickEvents`, …); directories are
    /// searched for exports, `-` is standard input
    #[arg(value_name = "FILE", conflicts_with = "demo")]
    pub(super) files: Vec<PathBuf>,
    /// Use the bundled synthetic export
    #[arg(long)]
    pub(super) demo: bool,
    /// The columns of CSV files without a header line: `emailevents` for Microsoft's documented order, or
    /// comma-separated names
    #[arg(long, value_name = "COLUMNS", value_parser = parse_header)]
    pub(super) header: Option<GivenHeader>,
    /// Where to take recipient domains from: `address` (`RecipientEmailAddress`, as in the query) or `column`
    /// (`RecipientDomain`, for exports with redacted addresses). Also applies to the field `RecipientDomain` in
    /// exclusions
    #[arg(long, value_name = "FROM", default_value_t, value_parser = parse_recipient_domains, hide_default_value = true)]
    pub(super) recipient_domain: RecipientDomains,
    /// Count a row each time it appears in another file, instead of once. In an export joined with another table,
    /// an email spanning several rows still counts once: those rows are not duplicates
    #[arg(long)]
    pub(super) keep_duplicates: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExclusionArguments {
    /// Exclusions to switch on, besides those enabled by definition: comma-separated ids, `all` or `none`
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(super) exclude: Vec<String>,
    #[command(flatten)]
    pub(super) files: ExclusionFileArguments,
}

#[derive(Debug, Args)]
pub(super) struct ExclusionFileArguments {
    /// A TOML file of exclusions, added to the built-in ones and those in your own file; an exclusion with the same
    /// id replaces the earlier one. Can be given several times
    #[arg(long, value_name = "PATH")]
    pub(super) exclusions: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct MatchingArguments {
    /// How domains are grouped: `exact` (identical only, as in the query), `folded` (ignoring case, a trailing dot
    /// and the spelling of internationalised names) or `registrable` (by organisation, using the public suffix
    /// list)
    #[arg(long, value_name = "HOW", default_value_t, value_parser = parse_matching, hide_default_value = true)]
    pub(super) domains: DomainMatching,
    /// Only count emails from this time on: a day in UTC (2026-11-03), included whole, or a full hour
    /// (2026-11-03T14:00Z, 2026-11-03T16:00+02:00)
    #[arg(long, value_name = "TIME", value_parser = parse_bound)]
    pub(super) from: Option<Bound>,
    /// Only count emails up to this time: a day, included whole, or a full hour, at which the range ends. Emails
    /// without a time are outside every range
    #[arg(long, value_name = "TIME", value_parser = parse_bound)]
    pub(super) to: Option<Bound>,
    /// What --from and --to apply to: `both` (threats and sent mail, as in the query with a time filter) or
    /// `threats` (threats only: sent mail counts at all times)
    #[arg(long, value_name = "EMAILS", default_value = "both", value_parser = parse_scope, hide_default_value = true)]
    pub(super) range: RangeScope,
}

impl MatchingArguments {
    /// The query that these ask for.
    pub(super) fn query(&self) -> Result<Query, Failure> {
        if self.range == RangeScope::Threats && self.from.is_none() && self.to.is_none() {
            return Err(Failure::wrong_arguments(
                "--range threats says which emails --from and --to limit: it needs one of them",
            ));
        }
        self.query_of_interface()
    }

    /// The query that these ask for where a time range can be chosen later.
    fn query_of_interface(&self) -> Result<Query, Failure> {
        let hours = time_range::between(self.from, self.to)
            .map_err(|error| Failure::wrong_arguments(format!("--from and --to: {error}")))?;
        Ok(Query {
            hours,
            range: self.range,
            domains: self.domains,
            ..Query::default()
        })
    }
}

#[derive(Debug, Args)]
pub(super) struct InputArguments {
    #[command(flatten)]
    pub(super) sources: SourceArguments,
    #[command(flatten)]
    pub(super) exclusions: ExclusionArguments,
    #[command(flatten)]
    pub(super) matching: MatchingArguments,
    /// Show only what the active exclusions remove from the ranking, ranked the same way
    #[arg(long)]
    pub(super) hidden: bool,
}

impl InputArguments {
    /// The query that these ask for, with these exclusions on.
    pub(super) fn query(&self, active: ExclusionSet) -> Result<Query, Failure> {
        Ok(self.with_shown(active, self.matching.query()?))
    }

    /// The query with which the interface begins.
    pub(super) fn query_of_interface(&self, active: ExclusionSet) -> Result<Query, Failure> {
        Ok(self.with_shown(active, self.matching.query_of_interface()?))
    }

    fn with_shown(&self, active: ExclusionSet, query: Query) -> Query {
        Query {
            active,
            shown: if self.hidden {
                Shown::Hidden
            } else {
                Shown::Visible
            },
            ..query
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct FileArguments {
    /// Write to a file, completely or not at all; `-` is standard output
    #[arg(long, value_name = "PATH")]
    pub(super) output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    pub(super) overwrite: bool,
}

impl FileArguments {
    /// The file to write; `None` for standard output, which is also called `-`.
    pub(super) fn path(&self) -> Option<&Path> {
        let is_standard_output = |path: &&Path| *path == Path::new("-");
        self.output
            .as_deref()
            .filter(|path| !is_standard_output(path))
    }
}

#[derive(Debug, Args)]
pub(super) struct OutputArguments {
    /// Output format: table, csv, json, jsonl or markdown; default: the extension of --output, else table on a
    /// terminal and csv elsewhere
    #[arg(long, value_parser = parse_format)]
    pub(super) format: Option<Format>,
    #[command(flatten)]
    pub(super) file: FileArguments,
    /// Do not guard CSV cells: a spreadsheet may run them as formulas
    #[arg(long)]
    pub(super) raw: bool,
}

#[derive(Debug, Args)]
pub(super) struct RankArguments {
    #[command(flatten)]
    pub(super) input: InputArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    /// Comma-separated columns, instead of the query's three
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = parse_column)]
    pub(super) columns: Vec<RankingColumn>,
}

impl RankArguments {
    /// Whether any argument says how to print: then nobody waits for a screen.
    pub(super) fn asks_for_output(&self) -> bool {
        let OutputArguments {
            format,
            file:
                FileArguments {
                    output,
                    overwrite: _,
                },
            raw,
        } = &self.output;
        format.is_some() || output.is_some() || *raw || !self.columns.is_empty()
    }
}

#[derive(Debug, Args)]
pub(super) struct EmailsArguments {
    /// The domain as in `SenderFromDomain`, matched exactly unless --domains says otherwise; "" for the empty
    /// domain
    #[arg(value_name = "DOMAIN")]
    pub(super) domain: OsString,
    #[command(flatten)]
    pub(super) input: InputArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    /// Comma-separated columns, instead of all columns of `EmailEvents` (`*`); also columns of companion tables,
    /// such as `Url`, `FileName` or `UrlClickEvents.ThreatTypes`, and `Clicked`, the number of clicks that reached
    /// the page
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(super) columns: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct ExclusionsArguments {
    #[command(flatten)]
    pub(super) sources: SourceArguments,
    #[command(flatten)]
    pub(super) exclusions: ExclusionArguments,
    #[command(flatten)]
    pub(super) matching: MatchingArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

#[derive(Debug, Args)]
pub(super) struct KqlArguments {
    #[command(flatten)]
    pub(super) sources: SourceArguments,
    #[command(flatten)]
    pub(super) exclusions: ExclusionArguments,
    #[command(flatten)]
    pub(super) matching: MatchingArguments,
    /// Output format; default: the extension of --output, else kql
    #[arg(long, value_enum)]
    pub(super) format: Option<QueryFormat>,
    /// The id of the YAML hunting query; default: the id in the replaced file, else one derived from the file name
    #[arg(long, value_name = "GUID", value_parser = parse_guid)]
    pub(super) id: Option<Uuid>,
    #[command(flatten)]
    pub(super) file: FileArguments,
}

/// How `check` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ReportFormat {
    /// A report for people
    Table,
    /// One JSON object with stable keys
    Json,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) sources: SourceArguments,
    #[command(flatten)]
    pub(super) exclusions: ExclusionFileArguments,
    /// Output format; default: json if --output ends in .json, else table
    #[arg(long, value_enum)]
    pub(super) format: Option<ReportFormat>,
    #[command(flatten)]
    pub(super) file: FileArguments,
}

fn parse_bound(text: &str) -> Result<Bound, UnusableBound> {
    text.parse()
}

fn parse_scope(name: &str) -> Result<RangeScope, UnknownScope> {
    name.parse()
}

fn parse_matching(name: &str) -> Result<DomainMatching, UnknownMatching> {
    name.parse()
}

fn parse_recipient_domains(name: &str) -> Result<RecipientDomains, UnknownSource> {
    name.parse()
}

fn parse_header(text: &str) -> Result<GivenHeader, UnusableHeader> {
    text.parse()
}

fn parse_guid(text: &str) -> Result<Uuid, String> {
    Uuid::try_parse(text).map_err(|_| {
        "a GUID has 32 hexadecimal digits, such as 00000000-0000-4000-8000-000000000000".to_owned()
    })
}

fn parse_format(name: &str) -> Result<Format, UnknownFormat> {
    name.parse()
}

fn parse_column(name: &str) -> Result<RankingColumn, UnknownColumn> {
    name.parse()
}
