//! Threads that work for all readers of a load: one for each core. A reader cuts its file into blocks, the
//! workers take them apart.

use super::reader_threads;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

type Job = Box<dyn FnOnce() + Send>;

/// The threads. They end when nobody has a handle any more.
#[derive(Clone)]
pub(super) struct Workers {
    jobs: Sender<Job>,
    threads: usize,
}

/// What a job will give.
pub(super) struct Pending<T>(Receiver<thread::Result<T>>);

impl Workers {
    /// As many threads as the machine has cores.
    pub(super) fn start() -> Self {
        let (jobs, waiting) = channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = (0..cores)
            .filter(|_| {
                let waiting = Arc::clone(&waiting);
                reader_threads::spawn(move || work(&waiting))
            })
            .count();
        Workers { jobs, threads }
    }

    /// How many jobs can be worked on at once.
    pub(super) fn threads(&self) -> usize {
        self.threads
    }

    /// Lets a worker do a job.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Pending<T> {
        let (answer, pending) = channel();
        let job: Job = Box::new(move || {
            // Who gave the job may have gone away.
            let _ = answer.send(panic::catch_unwind(AssertUnwindSafe(job)));
        });
        if self.threads == 0 {
            job();
        } else if let Err(unsent) = self.jobs.send(job) {
            (unsent.0)();
        }
        Pending(pending)
    }
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let job = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

impl<T> Pending<T> {
    /// Waits for the job to be done. A panic in it goes on here.
    pub(super) fn wait(self) -> T {
        match self.0.recv() {
            Ok(Ok(done)) => done,
            Ok(Err(panic)) => panic::resume_unwind(panic),
            Err(_) => panic::resume_unwind(Box::new("a worker is gone")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_give_what_they_made_and_panics_come_back() {
        let workers = Workers::start();
        let pending: Vec<Pending<usize>> = (0..40).map(|n| workers.submit(move || n * n)).collect();
        let done: Vec<usize> = pending.into_iter().map(Pending::wait).collect();
        assert_eq!(done[39], 39 * 39);
        let panics = workers.submit(|| panic!("on purpose"));
        assert!(panic::catch_unwind(AssertUnwindSafe(|| panics.wait())).is_err());
        assert_eq!(workers.submit(|| 7).wait(), 7, "the worker lives on");
    }
}
