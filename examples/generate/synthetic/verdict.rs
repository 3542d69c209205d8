//! What Defender thought of a message and what it did with it, so that the columns about it agree.

use super::dice::Dice;
use super::event::{Event, Text};

/// Results of sender authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// The sender is who it says.
    Pass,
    /// SPF alone proves it.
    PassWithoutDkim,
    /// The domain has no policy, but would pass.
    BestGuess,
    /// The sender publishes nothing.
    None,
    /// Somebody else.
    Fail,
    /// Somebody else, of whom SPF is not certain.
    SoftFail,
    /// Forwarded: SPF breaks, the signature survives.
    Forwarded,
    /// Mail of our own servers.
    Internal,
}

impl Authentication {
    /// `AuthenticationDetails`.
    pub const fn details(self) -> &'static str {
        match self {
            Self::Pass => r#"{"SPF":"pass","DKIM":"pass","DMARC":"pass","CompAuth":"pass"}"#,
            Self::PassWithoutDkim => {
                r#"{"SPF":"pass","DKIM":"none","DMARC":"pass","CompAuth":"pass"}"#
            }
            Self::BestGuess => {
                r#"{"SPF":"pass","DKIM":"none","DMARC":"bestguesspass","CompAuth":"pass"}"#
            }
            Self::None => r#"{"SPF":"none","DKIM":"none","DMARC":"none","CompAuth":"softpass"}"#,
            Self::Fail => r#"{"SPF":"fail","DKIM":"none","DMARC":"fail","CompAuth":"fail"}"#,
            Self::SoftFail => {
                r#"{"SPF":"softfail","DKIM":"fail","DMARC":"fail","CompAuth":"fail"}"#
            }
            Self::Forwarded => {
                r#"{"SPF":"softfail","DKIM":"pass","DMARC":"pass","CompAuth":"pass"}"#
            }
            Self::Internal => r#"{"DKIM":"none","DMARC":"none"}"#,
        }
    }
}

/// Where a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// To the inbox.
    Inbox,
    /// To the junk folder.
    Junk,
    /// To quarantine, before anybody saw it.
    Quarantine,
    /// Nowhere.
    Dropped,
    /// To the inbox, and later by zero-hour auto purge to quarantine.
    ZappedToQuarantine,
    /// To the inbox, and later by zero-hour auto purge to the junk folder.
    ZappedToJunk,
}

impl Delivery {
    /// Fills the columns of delivery.
    pub fn write(self, event: &mut Event) {
        let (action, location) = match self {
            Self::Inbox | Self::ZappedToQuarantine | Self::ZappedToJunk => {
                ("Delivered", "Inbox/folder")
            }
            Self::Junk => ("Junked", "Junk folder"),
            Self::Quarantine => ("Blocked", "Quarantine"),
            Self::Dropped => ("Blocked", "Dropped"),
        };
        let (latest_action, latest_location) = match self {
            Self::ZappedToQuarantine => ("Blocked", "Quarantine"),
            Self::ZappedToJunk => ("Junked", "Junk folder"),
            _ => (action, location),
        };
        event.delivery_action = action.into();
        event.delivery_location = location.into();
        event.latest_delivery_action = latest_action.into();
        event.latest_delivery_location = latest_location.into();
        if event.threat_types.is_empty() {
            return;
        }
        event.email_action = match self {
            Self::Inbox | Self::ZappedToQuarantine | Self::ZappedToJunk => "No action taken",
            Self::Junk => "Move message to junk mail folder",
            Self::Quarantine => "Send to quarantine",
            Self::Dropped => "Delete message",
        }
        .into();
    }
}

/// What Defender thought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// `ThreatTypes`.
    pub threats: &'static str,
    /// `DetectionMethods`, JSON.
    pub methods: Text,
    /// `ConfidenceLevel`, JSON.
    pub confidence: &'static str,
    /// `EmailActionPolicy`.
    pub policy: &'static str,
    /// `ThreatNames`.
    pub names: &'static str,
}

/// The identifiers of our tenant's policies.
const POLICIES: [(&str, &str); 8] = [
    ("Antispam", "0f2d6c1e-7a34-4b58-8e02-1c9b5d7f3a61"),
    (
        "Antispam high-confidence",
        "0f2d6c1e-7a34-4b58-8e02-1c9b5d7f3a61",
    ),
    ("Antispam bulk mail", "0f2d6c1e-7a34-4b58-8e02-1c9b5d7f3a61"),
    ("Antispam phishing", "0f2d6c1e-7a34-4b58-8e02-1c9b5d7f3a61"),
    (
        "Anti-phishing spoof",
        "c4a97b20-51de-4f3c-b7a8-62e0d81f9c35",
    ),
    (
        "Anti-phishing user impersonation",
        "c4a97b20-51de-4f3c-b7a8-62e0d81f9c35",
    ),
    ("Antimalware", "93be5f07-28c6-4da1-90f4-e7a1630b8d52"),
    ("Safe Attachments", "e81c4d3a-6f95-47b0-a2d3-05fb9c7e4186"),
];

const MALWARE_NAMES: [&str; 4] = [
    "Trojan:HTML/Quillbait.A",
    "TrojanDownloader:O97M/Paperlane.C",
    "Backdoor:Win32/Moorhen.B",
    "Exploit:PDF/Saltglass.D",
];

impl Verdict {
    /// Advertising.
    pub fn spam(dice: &mut Dice) -> Self {
        let (methods, confidence, policy) = match dice.below(10) {
            0..=3 => (
                r#"{"Spam":["Advanced filter"]}"#,
                r#"{"Spam":"5"}"#,
                "Antispam",
            ),
            4..=5 => (
                r#"{"Spam":["Fingerprint matching"]}"#,
                r#"{"Spam":"5"}"#,
                "Antispam",
            ),
            6 => (
                r#"{"Spam":["General filter"]}"#,
                r#"{"Spam":"6"}"#,
                "Antispam",
            ),
            7 => (
                r#"{"Spam":["Domain reputation","Advanced filter"]}"#,
                r#"{"Spam":"9"}"#,
                "Antispam high-confidence",
            ),
            8 => (
                r#"{"Spam":["IP reputation"]}"#,
                r#"{"Spam":"9"}"#,
                "Antispam high-confidence",
            ),
            _ => (
                r#"{"Spam":["URL malicious reputation"]}"#,
                r#"{"Spam":"9"}"#,
                "Antispam high-confidence",
            ),
        };
        Self {
            threats: "Spam",
            methods: methods.into(),
            confidence,
            policy,
            names: "",
        }
    }

    /// A newsletter that is not wanted.
    pub fn bulk() -> Self {
        Self {
            threats: "Spam",
            methods: r#"{"Spam":["Bulk"]}"#.into(),
            confidence: r#"{"Spam":"6"}"#,
            policy: "Antispam bulk mail",
            names: "",
        }
    }

    /// Phish that a filter recognised by its content or links.
    pub fn phish(dice: &mut Dice) -> Self {
        let methods = dice.word(&[
            r#"{"Phish":["URL detonation reputation"]}"#,
            r#"{"Phish":["URL malicious reputation","Advanced filter"]}"#,
            r#"{"Phish":["Advanced filter"]}"#,
            r#"{"Phish":["URL detonation"]}"#,
            r#"{"Phish":["LLM content analysis"]}"#,
            r#"{"Phish":["Fingerprint matching","Campaign"]}"#,
            r#"{"Phish":["Mixed analysis detection"]}"#,
        ]);
        Self::phish_by(methods, dice.chance(70))
    }

    /// Phish that these methods recognised.
    pub fn phish_by(methods: impl Into<Text>, certain: bool) -> Self {
        Self {
            threats: "Phish",
            methods: methods.into(),
            confidence: if certain {
                r#"{"Phish":"High"}"#
            } else {
                r#"{"Phish":"Normal"}"#
            },
            policy: "Antispam phishing",
            names: "",
        }
    }

    /// Mail that pretends to be somebody.
    pub fn spoof(methods: &'static str) -> Self {
        Self {
            policy: "Anti-phishing spoof",
            ..Self::phish_by(methods, true)
        }
    }

    /// A harmful file.
    pub fn malware(dice: &mut Dice) -> Self {
        let (methods, policy) = *dice.pick(&[
            (r#"{"Malware":["File detonation"]}"#, "Safe Attachments"),
            (
                r#"{"Malware":["File detonation reputation"]}"#,
                "Safe Attachments",
            ),
            (r#"{"Malware":["Antimalware protection"]}"#, "Antimalware"),
            (r#"{"Malware":["File reputation"]}"#, "Antimalware"),
        ]);
        Self {
            threats: "Malware",
            methods: methods.into(),
            confidence: r#"{"Malware":"High"}"#,
            policy,
            names: dice.word(&MALWARE_NAMES),
        }
    }

    /// Both at once.
    pub fn phish_and_spam() -> Self {
        Self {
            threats: "Phish, Spam",
            methods: r#"{"Phish":["Advanced filter"],"Spam":["Domain reputation"]}"#.into(),
            confidence: r#"{"Phish":"High","Spam":"9"}"#,
            policy: "Antispam phishing",
            names: "",
        }
    }

    /// Both at once.
    pub fn malware_and_phish(dice: &mut Dice) -> Self {
        Self {
            threats: "Malware, Phish",
            methods: r#"{"Malware":["File detonation"],"Phish":["URL detonation"]}"#.into(),
            confidence: r#"{"Malware":"High","Phish":"High"}"#,
            policy: "Safe Attachments",
            names: dice.word(&MALWARE_NAMES),
        }
    }

    /// Any of them, in the shares of a usual month.
    pub fn any(dice: &mut Dice) -> Self {
        match dice.below(100) {
            0..=53 => Self::spam(dice),
            54..=86 => Self::phish(dice),
            87..=91 => Self::phish_and_spam(),
            92..=97 => Self::malware(dice),
            _ => Self::malware_and_phish(dice),
        }
    }

    /// Where such a message goes.
    pub fn usual_delivery(&self, dice: &mut Dice) -> Delivery {
        let roll = dice.below(100);
        if self.threats.contains("Malware") {
            match roll {
                0..=94 => Delivery::Quarantine,
                _ => Delivery::ZappedToQuarantine,
            }
        } else if self.threats.contains("Phish") {
            match roll {
                0..=63 => Delivery::Quarantine,
                64..=85 => Delivery::Junk,
                86..=93 => Delivery::ZappedToQuarantine,
                94..=95 => Delivery::Inbox,
                _ => Delivery::Dropped,
            }
        } else {
            match roll {
                0..=79 => Delivery::Junk,
                80..=90 => Delivery::Quarantine,
                91..=95 => Delivery::ZappedToJunk,
                _ => Delivery::Inbox,
            }
        }
    }

    /// Fills the columns of the verdict; the delivery is written after it.
    pub fn write(&self, event: &mut Event) {
        let policy = POLICIES.iter().find(|(name, _)| *name == self.policy);
        event.threat_types = self.threats.into();
        event.threat_names = self.names.into();
        event.detection_methods.clone_from(&self.methods);
        event.confidence_level = self.confidence.into();
        event.email_action_policy = self.policy.into();
        event.email_action_policy_guid = policy.map_or("", |(_, guid)| guid).into();
    }
}
