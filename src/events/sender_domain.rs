//! `SenderFromDomain` where an export has only `SenderFromAddress`: what follows the last `@` of the address, as
//! it is written. Exports whose columns were chosen by hand are like that.

use super::batch::Batch;
use super::column::ColumnBuilder;
use super::schema::names;

/// The batch, with the domains of its senders where it has their addresses only.
pub(super) fn complete(batch: Batch) -> Batch {
    if batch.column(names::SENDER_FROM_DOMAIN).is_some() {
        return batch;
    }
    let Some(addresses) = batch.column(names::SENDER_FROM_ADDRESS) else {
        return batch;
    };
    let mut domains = ColumnBuilder::starting_with_empty(0);
    for row in 0..batch.rows() {
        domains.push(domain(addresses.get(row)));
    }
    let domains = domains.finish();
    batch.with_derived_domains(domains)
}

fn domain(address: &[u8]) -> &[u8] {
    memchr::memrchr(b'@', address).map_or(b"", |at| &address[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::batch::builder::BatchBuilder;
    use rstest::rstest;

    #[rstest]
    #[case("a@B.example", "B.example")]
    #[case("\"a@b\"@c.example", "c.example")]
    #[case("a@", "")]
    #[case("nobody", "")]
    #[case("", "")]
    fn the_domain_follows_the_last_at(#[case] address: &str, #[case] wanted: &str) {
        assert_eq!(domain(address.as_bytes()), wanted.as_bytes());
    }

    #[test]
    fn a_domain_that_is_there_is_left_as_it_is() {
        let columns = ["SenderFromAddress", "SenderFromDomain"].map(str::to_owned);
        for (columns, wanted) in [(&columns[..1], "b.example"), (&columns[..], "own")] {
            let mut builder = BatchBuilder::new(columns.to_vec());
            builder.push_row([b"a@b.example".as_slice(), b"own"].into_iter());
            let batch = complete(builder.take().expect("a row"));
            let derived = batch.has_derived_domains();
            assert_eq!(batch.cell("SenderFromDomain", 0), wanted.as_bytes());
            assert_eq!(derived, columns.len() == 1);
        }
    }
}
