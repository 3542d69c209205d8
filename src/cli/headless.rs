//! The commands that answer without a screen: load, say what is wrong with the input, write.

use super::arguments::{EmailsArguments, InputArguments, RankArguments};
use super::ending::{Ending, Failure};
use super::exclusions::active_ones;
use super::inputs::request;
use super::loading::{ending, refuse_if_useless, tell_troubles};
use super::output::write;
use super::standard_error::say;
use crate::events::input::Input;
use crate::events::load::CancelToken;
use crate::events::recipient_domains::RecipientDomains;
use crate::events::repeats::Repeats;
use crate::events::request::{COUNTED_BY, LoadRequest, TallyOf, Wanted};
use crate::export::email_columns::EmailColumn;
use crate::export::ranking::RankingColumn;
use crate::export::{emails as emails_sheet, ranking};
use crate::hunt::arranged_emails::Arrangement;
use crate::hunt::builder::{self, columns_of_facets};
use crate::hunt::disagreements;
use crate::hunt::exclusion::{Exclusion, ExclusionSet};
use crate::hunt::query::Shown;
use crate::hunt::remarks::Remark;
use crate::hunt::tally;
use crate::hunt::{DomainMatching, Hunt, Query, View};
use crate::pipeline::{self, LoadState};
use crate::quantities;
use std::path::PathBuf;
use std::sync::Arc;

/// What a headless command works on.
struct Answer {
    load: LoadState,
    hunt: Hunt,
    query: Query,
    /// The files it is made from.
    files: Vec<PathBuf>,
}

/// Loads the inputs and tells of trouble. An error when no events could be read at all.
fn answer(arguments: &InputArguments) -> Result<Answer, Failure> {
    let question = Question::of(arguments)?;
    let (load, hunt) = question.load(&Wanted::default());
    question.answer(load, hunt)
}

/// Loads the inputs where only counts are asked for: only the columns are read that make a difference to them. Without
/// exclusions no event is kept, unless that turns out not to be enough: then all are loaded once more.
fn counts(arguments: &InputArguments, columns: &[RankingColumn]) -> Result<Answer, Failure> {
    let question = Question::of(arguments)?;
    if let Some(wanted) = question.wanted_counts(columns) {
        let (load, hunt) = question.load(&wanted);
        if !hunt.store.needs_kept_events() {
            return question.answer(load, hunt);
        }
    }
    let columns = builder::columns_looked_at(&question.exclusions);
    let (load, hunt) = question.load(&Wanted::of_columns(columns));
    question.answer(load, hunt)
}

/// What is asked of which files.
struct Question {
    request: LoadRequest,
    exclusions: Arc<[Exclusion]>,
    query: Query,
}

impl Question {
    fn of(arguments: &InputArguments) -> Result<Self, Failure> {
        let request = request(&arguments.sources)?;
        // Only those that are on make a difference to what is asked.
        let exclusions = active_ones(&arguments.exclusions)?;
        let active = ExclusionSet::first(exclusions.len());
        let query = arguments.query(active)?;
        Ok(Question {
            request,
            exclusions,
            query,
        })
    }

    /// Counts events as they come, where that may be enough. A time range depends on the order of dates, which is known when
    /// all is read.
    fn wanted_counts(&self, columns: &[RankingColumn]) -> Option<Wanted> {
        let LoadRequest { inputs, options } = &self.request;
        let by_address = options.recipient_domains == RecipientDomains::Address;
        let has_several = inputs.len() > 1;
        if !by_address
            || !self.exclusions.is_empty()
            || self.query.hours.is_some()
            || !inputs.iter().all(Input::can_be_read_again)
        {
            return None;
        }
        let mut names = COUNTED_BY.map(str::to_owned).to_vec();
        let mut tally = TallyOf::by(tally::by_domain);
        if columns.iter().any(|column| column.needs_summary()) {
            names.extend(columns_of_facets());
            tally = TallyOf::by(tally::by_domain_and_facets);
        }
        if has_several {
            tally = tally.comparing_files();
        }
        Some(Wanted::Counts {
            columns: names,
            tally,
        })
    }

    fn load(&self, wanted: &Wanted) -> (LoadState, Hunt) {
        let mut request = self.request.clone();
        request.options.wanted = wanted.clone();
        let exclusions = Arc::clone(&self.exclusions);
        pipeline::run(
            request,
            exclusions,
            &CancelToken::default(),
            pipeline::Nobody,
        )
    }

    /// Tells of trouble. An error when no events could be read at all.
    fn answer(self, load: LoadState, hunt: Hunt) -> Result<Answer, Failure> {
        let Question { request, query, .. } = self;
        let active = query.active;
        let files = request.files();
        tell_troubles(&load, hunt.store.recipient_domains);
        tell_of_repeats(&load, &hunt);
        if let Some(disagreeing) = &hunt.disagreeing_domains {
            say(&disagreeing.sentence());
        }
        let without_domain = hunt.without_recipient_domain;
        if let Some(sentence) = disagreements::sentence_without_domain(without_domain) {
            say(&sentence);
        }
        refuse_if_useless(&load)?;
        if !active.is_empty() {
            let view = hunt.view(&query);
            for index in active.iter() {
                tell_of_lacks(&hunt, &view, index);
            }
        }
        if query.shown == Shown::Hidden && active.is_empty() {
            say(
                "--hidden shows what exclusions hide, but none is on (switch some on with --exclude)",
            );
        }
        let left_out = hunt.without_time(&query);
        if left_out > 0 {
            let left_out = quantities::count(left_out, "email");
            say(&format!(
                "not counted because of a missing or unreadable time, outside every time range: {left_out}"
            ));
        }
        Ok(Answer {
            load,
            hunt,
            query,
            files,
        })
    }
}

/// Says what an exclusion that is on lacks in what is loaded, or cannot read there, and what comes of that.
fn tell_of_lacks(hunt: &Hunt, view: &View, index: usize) {
    let Some(exclusion) = hunt.exclusions.get(index) else {
        return;
    };
    let id = &exclusion.id;
    let lacks = [
        ("hides nothing", &hunt.inert),
        ("hides everything in its scope", &hunt.hides_everything),
    ];
    for (effect, lacks) in lacks {
        if let Some(reason) = lacks.get(index).and_then(Option::as_ref) {
            say(&format!("{id} {effect}: {reason}"));
            return;
        }
    }
    if let Some(reason) = hunt.powerless_guards.get(index).and_then(Option::as_ref) {
        say(&format!("{id} has a guard that can never hold: {reason}"));
    }
    let needs = [&hunt.guard_needs, &hunt.match_needs];
    for need in needs
        .into_iter()
        .filter_map(|needs| needs.get(index)?.as_ref())
    {
        say(&format!("{id} {}", need.words()));
    }
    let kept_unread = view.exclusions.get(index).map(|effect| effect.kept_unread);
    if let Some(emails) = kept_unread.filter(|emails| *emails > 0) {
        say(&format!(
            "{id}: {}",
            Remark::UnreadableGuard(emails).words()
        ));
    }
}

impl Answer {
    fn ending(&self) -> Ending {
        ending(&self.load)
    }
}

/// Says in one line that rows repeat within files, as they make numbers larger.
fn tell_of_repeats(load: &LoadState, hunt: &Hunt) {
    let repeats = Repeats::of(&hunt.store, &hunt.overlaps, hunt.keeps_duplicates);
    if let Some(line) = repeats.summary(|file| load.files[file].name.clone()) {
        say(&line);
    }
}

pub(super) fn rank(arguments: &RankArguments) -> Result<Ending, Failure> {
    let mut columns = arguments.columns.clone();
    let is_of_the_query = columns.is_empty();
    if is_of_the_query {
        columns.extend(RankingColumn::OF_THE_QUERY);
    }
    let answer = counts(&arguments.input, &columns)?;
    if is_of_the_query && answer.query.shown == Shown::Hidden {
        // Nobody may take it for the ranking.
        columns.push(RankingColumn::Shown);
    }
    let view = answer.hunt.view(&answer.query);
    let sheet = ranking::sheet(&answer.hunt, &answer.query, &view, &columns);
    write(sheet, &arguments.output, &answer.files)?;
    Ok(answer.ending())
}

pub(super) fn emails(arguments: &EmailsArguments) -> Result<Ending, Failure> {
    let answer = answer(&arguments.input)?;
    let Answer { hunt, query, .. } = &answer;
    let domain = query.domains.group_of(arguments.domain.as_encoded_bytes());
    let columns = if arguments.columns.is_empty() {
        let mut columns = EmailColumn::all_of_events(hunt);
        if query.shown == Shown::Hidden {
            columns.push(EmailColumn::hidden_by());
        }
        columns
    } else {
        EmailColumn::named(&arguments.columns, hunt)
            .map_err(|error| Failure::wrong_arguments(error.to_string()))?
    };
    if hunt.listed_emails(&domain, query).is_empty() {
        let all = hunt.all_emails(&domain, query.domains).len();
        let name = String::from_utf8_lossy(&domain);
        say(&match (all, query.shown) {
            (0, _) => no_emails_from(&name, query.domains),
            (_, Shown::Visible) => {
                format!(
                    "all {all} threat emails from \"{name}\" are hidden by the active exclusions"
                )
            }
            (_, Shown::Hidden) => {
                format!(
                    "none of the {all} threat emails from \"{name}\" is hidden by the active exclusions"
                )
            }
        });
    }
    let arrangement = Arrangement::default();
    let sheet = emails_sheet::sheet(hunt, query, &domain, &arrangement, columns);
    write(sheet, &arguments.output, &answer.files)?;
    Ok(answer.ending())
}

fn no_emails_from(name: &str, domains: DomainMatching) -> String {
    let nothing = format!("there are no threat emails from \"{name}\"");
    if domains == DomainMatching::Exact {
        return format!("{nothing} (matching is case-sensitive; --domains folded ignores case)");
    }
    nothing
}
