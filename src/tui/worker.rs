//! What takes time, in threads of its own: loading, matching domains in another way, and writing
//! exports. Their news go into the loop's channel; a panic in one of them becomes a message.

use super::app::{Job, Msg};
use super::definition::DefinitionJob;
use super::export_job::ExportJob;
use super::recipients::RecountJob;
use super::redefinition::RedefinitionJob;
use super::saving::SaveJob;
use crate::account::Examined;
use crate::events::load::CancelToken;
use crate::events::request::LoadRequest;
use crate::hunt::exclusion::Exclusion;
use crate::hunt::{DomainMatching, Hunt};
use crate::pipeline::{self, Listener, Update};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Starts background work and can stop loading.
#[derive(Debug)]
pub struct Worker {
    messages: Sender<Msg>,
    cancel: CancelToken,
    news_wait: Arc<AtomicBool>,
    domains: SharedMatching,
    /// Held by who writes the analyst's own file.
    own_file: Arc<Mutex<()>>,
}

/// The way of matching domains that was asked for last: hunts that are still being loaded come ready
/// for it.
#[derive(Clone, Debug, Default)]
struct SharedMatching(Arc<Mutex<DomainMatching>>);

impl SharedMatching {
    fn get(&self) -> DomainMatching {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, domains: DomainMatching) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = domains;
    }
}

/// Tells the loop how loading goes on, but never more than it can look at: while a terminal stalls,
/// news would pile up, and each holds a whole hunt.
struct News {
    messages: Sender<Msg>,
    wait: Arc<AtomicBool>,
    domains: SharedMatching,
}

impl Listener for News {
    fn is_ready(&self) -> bool {
        !self.wait.load(Ordering::Acquire)
    }

    fn domains(&self) -> DomainMatching {
        self.domains.get()
    }

    fn publish(&mut self, update: Update) {
        self.wait.store(true, Ordering::Release);
        // When the screen is gone loading ends with the process.
        let _ = self.messages.send(Msg::Loading(update));
    }
}

impl Worker {
    /// A worker whose news go to `messages`.
    pub fn new(messages: Sender<Msg>) -> Self {
        Worker {
            messages,
            cancel: CancelToken::default(),
            news_wait: Arc::default(),
            domains: SharedMatching::default(),
            own_file: Arc::default(),
        }
    }

    /// News of loading were taken: there may be more.
    pub fn news_taken(&self) {
        self.news_wait.store(false, Ordering::Release);
    }

    /// Starts to load, for a screen that matches domains so.
    pub fn load(
        &self,
        request: LoadRequest,
        exclusions: Arc<[Exclusion]>,
        domains: DomainMatching,
    ) {
        self.domains.set(domains);
        let cancel = self.cancel.clone();
        let news = News {
            messages: self.messages.clone(),
            wait: Arc::clone(&self.news_wait),
            domains: self.domains.clone(),
        };
        self.spawn(Job::Loading, move || {
            let (load, hunt) = pipeline::run(request, exclusions, &cancel, news);
            Msg::Loaded(load, hunt)
        });
    }

    /// Looks through the events for what would mislead.
    pub fn examine(&self, hunt: Arc<Hunt>) {
        self.spawn(Job::Examination, move || {
            let examined = Examined::of(&hunt);
            Msg::Examined(hunt, examined)
        });
    }

    /// Makes a hunt ready for another way of matching domains.
    pub fn match_domains(&self, hunt: Arc<Hunt>, domains: DomainMatching) {
        self.domains.set(domains);
        self.spawn(Job::Matching, move || {
            hunt.match_domains(domains);
            Msg::Matched
        });
    }

    /// Asks loading to stop.
    pub fn stop_loading(&self) {
        self.cancel.cancel();
    }

    /// Writes an export.
    pub fn export(&self, job: ExportJob) {
        self.spawn(Job::Export, move || Msg::Exported(job.run()));
    }

    /// Counts a hunt with the domains of recipients from elsewhere.
    pub fn recount(&self, job: RecountJob) {
        self.spawn(Job::Recounting, move || Msg::Recounted(Box::new(job.run())));
    }

    /// Counts a hunt with an exclusion put in.
    pub fn define(&self, job: DefinitionJob) {
        self.spawn(Job::Definition, move || Msg::Defined(Box::new(job.run())));
    }

    /// Counts a hunt with other exclusions.
    pub fn redefine(&self, job: RedefinitionJob) {
        self.spawn(Job::Redefinition, move || Msg::Redefined(job.run()));
    }

    /// Saves exclusions. One job at a time: each reads the file and writes it anew.
    pub fn save_exclusions(&self, job: SaveJob) {
        let file = Arc::clone(&self.own_file);
        self.spawn(Job::Saving, move || {
            let _only_one = file.lock().unwrap_or_else(PoisonError::into_inner);
            Msg::ExclusionsSaved(job.run())
        });
    }

    /// Lets go of a hunt that is not shown any more: of very many events its memory takes longer to give back than a
    /// key may wait.
    pub fn let_go(hunt: Arc<Hunt>) {
        // Where the system has no thread to give, it is let go here.
        let _ = thread::Builder::new().spawn(move || drop(hunt));
    }

    fn spawn(&self, job: Job, work: impl FnOnce() -> Msg + Send + 'static) {
        let messages = self.messages.clone();
        thread::spawn(move || {
            let result = panic::catch_unwind(AssertUnwindSafe(work));
            let msg = result.unwrap_or(Msg::JobFailed(job));
            // When nobody listens any more, the screen is gone and with it the need to tell.
            let _ = messages.send(msg);
        });
    }
}
