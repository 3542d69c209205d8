//! How the program ends, well or not.

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All is well.
    Fine,
    /// It could not be done.
    Failed,
    /// The arguments were wrong.
    WrongArguments,
    /// It was done, but some input was damaged or rejected.
    SomeInputLost,
}

impl Ending {
    /// The exit status of the process.
    pub fn code(self) -> u8 {
        match self {
            Ending::Fine => 0,
            Ending::Failed => 1,
            Ending::WrongArguments => 2,
            Ending::SomeInputLost => 3,
        }
    }
}

/// Why a command could not be done.
pub(super) struct Failure {
    pub(super) sentence: String,
    pub(super) ending: Ending,
}

impl Failure {
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Failure {
            sentence: sentence.into(),
            ending: Ending::Failed,
        }
    }

    pub(super) fn wrong_arguments(sentence: impl Into<String>) -> Self {
        Failure {
            sentence: sentence.into(),
            ending: Ending::WrongArguments,
        }
    }
}
