//! Takes the domains of recipients from elsewhere, in the background.

use crate::events::recipient_domains::RecipientDomains;
use crate::events::schema::names;
use crate::tui::app::{App, Effect};
use crate::tui::recipients::{RecountJob, Recounted};
use std::sync::Arc;

impl App {
    /// Takes the domains of recipients from the other source.
    pub(in crate::tui) fn switch_recipient_domains(&mut self) -> Vec<Effect> {
        if !self.load.finished {
            self.notify("The source of recipient domains can be changed once loading has finished");
            return Vec::new();
        }
        let hunt = self.newest_hunt();
        let lacks = [names::RECIPIENT_DOMAIN, names::RECIPIENT_EMAIL_ADDRESS]
            .into_iter()
            .find(|name| !hunt.store.has_column(name));
        if let Some(name) = lacks {
            self.notify(format!("No file has {name}: there is nothing to choose"));
            return Vec::new();
        }
        let from = hunt.store.recipient_domains.other();
        self.notify("Recounting by recipient domain…");
        self.recount(from)
    }

    fn recount(&self, from: RecipientDomains) -> Vec<Effect> {
        let (base, domains) = self.asked_for();
        let job = RecountJob {
            base,
            from,
            domains,
        };
        vec![Effect::Recount(Box::new(job))]
    }

    /// A worker has counted.
    pub(in crate::tui) fn recounted(&mut self, recounted: Recounted) -> Vec<Effect> {
        let Recounted { base, hunt } = recounted;
        let from = hunt.store.recipient_domains;
        if self.newest_hunt().store.recipient_domains == from {
            return Vec::new();
        }
        if !Arc::ptr_eq(&base, self.newest_hunt()) {
            // An exclusion was defined meanwhile.
            return self.recount(from);
        }
        self.notify(match from {
            RecipientDomains::Address => "Recipient domains: from the addresses, as in the query",
            RecipientDomains::Column => "Recipient domains: from the column RecipientDomain",
        });
        let mut effects = self.take_hunt(Arc::clone(&hunt));
        if self.examined.is_none() {
            effects.push(Effect::Examine(hunt));
        }
        effects
    }
}
