//! The bundled export: synthetic, a month of an invented organisation, with stories to find in it.
//! `examples/generate` writes it.

use crate::events::input::Input;

/// `EmailEvents`, and the companion tables that belong to it.
pub fn inputs() -> Vec<Input> {
    vec![
        Input::Embedded {
            name: "demo EmailEvents",
            bytes: include_bytes!("../assets/demo/EmailEvents.csv.gz"),
        },
        Input::Embedded {
            name: "demo EmailUrlInfo",
            bytes: include_bytes!("../assets/demo/EmailUrlInfo.csv.gz"),
        },
        Input::Embedded {
            name: "demo EmailAttachmentInfo",
            bytes: include_bytes!("../assets/demo/EmailAttachmentInfo.csv.gz"),
        },
        Input::Embedded {
            name: "demo EmailPostDeliveryEvents",
            bytes: include_bytes!("../assets/demo/EmailPostDeliveryEvents.csv.gz"),
        },
        Input::Embedded {
            name: "demo UrlClickEvents",
            bytes: include_bytes!("../assets/demo/UrlClickEvents.csv.gz"),
        },
    ]
}
