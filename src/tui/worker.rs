//! What takes time, in threads of its own: loading, and writing exports. Their news go into the
//! loop's channel; a panic in one of them becomes a message.

use super::app::Msg;
use super::export_dialog::ExportJob;
use crate::events::load::{CancelToken, Input};
use crate::hunt::exclusion::Exclusion;
use crate::pipeline;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread;

/// Starts background work and can stop loading.
#[derive(Debug)]
pub struct Worker {
    messages: Sender<Msg>,
    cancel: CancelToken,
}

impl Worker {
    /// A worker whose news go to `messages`.
    pub fn new(messages: Sender<Msg>) -> Self {
        Worker {
            messages,
            cancel: CancelToken::default(),
        }
    }

    /// Starts to load.
    pub fn load(&self, inputs: Vec<Input>, exclusions: Arc<[Exclusion]>) {
        let cancel = self.cancel.clone();
        let messages = self.messages.clone();
        self.spawn("loading", move || {
            let (load, hunt) = pipeline::run(inputs, exclusions, &cancel, |update| {
                // When the screen is gone loading ends with the process.
                let _ = messages.send(Msg::Loading(update));
            });
            Msg::Loaded(load, hunt)
        });
    }

    /// Asks loading to stop.
    pub fn stop_loading(&self) {
        self.cancel.cancel();
    }

    /// Writes an export.
    pub fn export(&self, job: ExportJob) {
        self.spawn("the export", move || Msg::Exported(job.run()));
    }

    fn spawn(&self, what: &'static str, work: impl FnOnce() -> Msg + Send + 'static) {
        let messages = self.messages.clone();
        thread::spawn(move || {
            let msg = panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
                Msg::JobFailed(format!(
                    "mailhunt failed in {what}: what is shown may be incomplete; please report this"
                ))
            });
            // When nobody listens any more, the screen is gone and with it the need to tell.
            let _ = messages.send(msg);
        });
    }
}
