//! The languages in which our partners write.

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// `en`
    #[default]
    English,
    /// `de`
    German,
    /// `fr`
    French,
    /// `es`
    Spanish,
    /// `ja`
    Japanese,
    /// `ar`
    Arabic,
}

impl Language {
    /// What `EmailLanguage` says.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Japanese => "ja",
            Self::Arabic => "ar",
        }
    }

    /// What its mail programs put before the subject of a reply.
    pub const fn reply_prefix(self) -> &'static str {
        match self {
            Self::German => "AW: ",
            Self::French => "RE : ",
            Self::English | Self::Spanish | Self::Japanese | Self::Arabic => "RE: ",
        }
    }
}
