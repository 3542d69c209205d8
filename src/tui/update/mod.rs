//! What changes the state of the screen: [`App::update`] is the only way in.
//!
//! What must be done outside (files, the terminal) is returned as effects.

mod actions;
mod definition;
mod email_list;
mod exclude_dialog;
mod exclusion_list;
mod export_dialog;
mod input;
mod matching;
mod notice;
mod palette;
mod query_overlay;
mod question;
mod recipients;
mod redefinition;
mod save_dialog;
mod saving;
mod timeline;
mod undo;

use crate::events::schema::names;
use crate::hunt::DomainMatching;
use crate::tui::app::App;
use crate::tui::message::{Effect, Job, Msg};
use crate::tui::pane::Pane;
use crate::tui::panes::{email, files};
use std::sync::Arc;

impl App {
    /// Takes news and says what is to be done outside.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let effects = self.take(msg);
        self.remember();
        effects
    }

    fn take(&mut self, msg: Msg) -> Vec<Effect> {
        let mut effects = Vec::new();
        match msg {
            Msg::Terminal(event) => return self.on_terminal_event(&event),
            Msg::Loading(update) => {
                self.load = update.load;
                match update.hunt {
                    Some(hunt) => effects = self.take_hunt(Arc::new(hunt)),
                    None => self.lay_out_files(),
                }
            }
            Msg::Loaded(load, hunt) => {
                self.load = load;
                let hunt = Arc::new(hunt);
                let examine = Effect::Examine(Arc::clone(&hunt));
                effects = self.take_hunt(hunt);
                effects.push(examine);
            }
            Msg::Examined(hunt, examined) => {
                // Of what is no longer shown nobody wants to hear.
                if Arc::ptr_eq(&hunt, self.newest_hunt()) {
                    self.examined = Some(examined);
                    self.lay_out_files();
                }
            }
            Msg::Matched => effects = self.domains_matched(),
            Msg::JobFailed(job) => effects = self.job_failed(job),
            Msg::Exported(result) => self.exported(result),
            Msg::Recounted(recounted) => effects = self.recounted(*recounted),
            Msg::Defined(defined) => effects = self.defined(*defined),
            Msg::Redefined(hunt) => effects = self.redefined(hunt),
            Msg::ExclusionsSaved(result) => effects = self.exclusions_saved(result),
            Msg::Terminate => return self.leave(),
        }
        if self.leaves_now() {
            return vec![Effect::Quit];
        }
        effects
    }

    /// Whether leaving waited only for an export that is written now.
    fn leaves_now(&self) -> bool {
        self.leaves_after_export && !self.exporting
    }

    fn job_failed(&mut self, job: Job) -> Vec<Effect> {
        let mut effects = Vec::new();
        match job {
            Job::Loading => {
                self.load.finished = true;
                self.load.failed = true;
            }
            Job::Examination | Job::Saving | Job::Recounting => {}
            Job::Matching => self.show_exactly(),
            Job::Export => self.exporting = false,
            Job::Definition => effects = self.definition_failed(),
            Job::Redefinition => self.redefinition_failed(),
        }
        self.notify_error(format!("Internal error {}. Please report this", job.name()));
        effects
    }

    /// Answers the query anew and brings everything on screen in line with the answer.
    pub(in crate::tui) fn refresh(&mut self) {
        self.answer();
        self.settle();
        // It says what hides it.
        self.lay_out_email();
    }

    /// Answers the query of the hunt that is on screen.
    pub(in crate::tui) fn answer(&mut self) {
        self.view = self.hunt.view(&self.query);
        self.timeline.answer(&self.hunt, &self.query);
    }

    /// Brings cursors, the list of emails and the open email in line with the view and the size.
    pub(in crate::tui) fn settle(&mut self) {
        let page = self.page(Pane::Ranking);
        let mut ranking = std::mem::take(&mut self.ranking);
        ranking.settle(self.view.rows.len(), page, |wanted| self.row_of(wanted));
        self.ranking = ranking;
        self.settle_exclusions();
        self.settle_emails();
        self.settle_email();
        self.clamp_scrolls();
    }

    /// The events are others, or the terminal has another size.
    pub(in crate::tui) fn settle_and_lay_out(&mut self) {
        self.settle();
        self.lay_out_email();
        self.lay_out_files();
    }

    /// Lays the files pane out: for a new width, or when loading has got further.
    pub(in crate::tui) fn lay_out_files(&mut self) {
        if self.focus == Pane::Files {
            self.files.lines = files::lines(self, self.text_width(Pane::Files));
            self.clamp_scrolls();
        }
    }

    /// Lays the open email out, for a new width or with new events.
    pub(in crate::tui) fn lay_out_email(&mut self) {
        if self.focus != Pane::Email {
            return;
        }
        let width = self.text_width(Pane::Email);
        let email = self.email.email.map(|email| {
            let domain = self.hunt.store.cell(email.id, names::SENDER_FROM_DOMAIN);
            let known = self.hunt.all_emails(domain, DomainMatching::Exact);
            known.find(&email).unwrap_or(email)
        });
        self.email.email = email;
        self.email.lines = email.map_or_else(Vec::new, |email| {
            email::lines(&self.hunt, &self.query, &email, width, &self.theme)
        });
        self.clamp_scrolls();
    }

    pub(in crate::tui) fn clamp_scrolls(&mut self) {
        let page = self.page(Pane::Email);
        let last = self.email.lines.len().saturating_sub(page);
        self.email.scroll = self.email.scroll.min(last);
        let page = self.page(Pane::Files);
        let last = self.files.lines.len().saturating_sub(page);
        self.files.scroll = self.files.scroll.min(last);
    }
}
