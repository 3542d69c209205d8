//! What the names mean that a person gives: files, the files below directories, standard input.

use super::directory;
use super::input::{Identity, Input, STANDARD_INPUT, identity};
use hashbrown::HashSet;
use std::path::PathBuf;

/// What these names mean: files, the files below directories, standard input.
pub fn expand(paths: &[PathBuf]) -> Vec<Input> {
    let mut seen: HashSet<Identity> = paths.iter().filter_map(|path| identity(path)).collect();
    let mut inputs = Vec::new();
    for path in paths {
        if path.as_os_str() == STANDARD_INPUT {
            inputs.push(Input::StandardInput);
        } else if path.is_dir() {
            inputs.extend(directory::files(path, &mut seen));
        } else {
            inputs.push(Input::File(path.clone()));
        }
    }
    inputs
}
