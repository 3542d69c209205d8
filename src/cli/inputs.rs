//! What the arguments say of what to load, and how.

use super::arguments::SourceArguments;
use super::ending::Failure;
use crate::demo;
use crate::events::discovery;
use crate::events::input::STANDARD_INPUT;
use crate::events::request::{LoadOptions, LoadRequest};
use std::path::PathBuf;

/// What to load, and how.
pub(super) fn request(arguments: &SourceArguments) -> Result<LoadRequest, Failure> {
    request_if_any(arguments)?.ok_or_else(|| {
        let sentence = "no input: give EmailEvents exports or --demo (see --help)";
        Failure::wrong_arguments(sentence)
    })
}

/// What to load, and how, where anything is named.
pub(super) fn request_if_any(arguments: &SourceArguments) -> Result<Option<LoadRequest>, Failure> {
    if arguments.files.is_empty() && !arguments.demo {
        return Ok(None);
    }
    let is_standard_input = |path: &&PathBuf| path.as_os_str() == STANDARD_INPUT;
    if arguments.files.iter().filter(is_standard_input).count() > 1 {
        let sentence = "standard input (-) is named twice but can be read only once";
        return Err(Failure::wrong_arguments(sentence));
    }
    let inputs = if arguments.demo {
        demo::inputs()
    } else {
        discovery::expand(&arguments.files)
    };
    let options = LoadOptions {
        keep_duplicates: arguments.keep_duplicates,
        recipient_domains: arguments.recipient_domain,
        header: arguments.header.clone(),
        ..LoadOptions::default()
    };
    Ok(Some(LoadRequest { inputs, options }))
}
