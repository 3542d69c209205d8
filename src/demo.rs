//! The bundled export: synthetic, a month of an invented organisation, with stories to find in it.
//! `examples/generate` writes it.

use crate::events::input::Input;

/// `EmailEvents`, and the companion tables that belong to it.
pub fn inputs() -> Vec<Input> {
    vec![
        Input::Memory {
            name: "demo EmailEvents".into(),
            bytes: include_bytes!("../assets/demo/EmailEvents.csv.gz")
                .as_slice()
                .into(),
        },
        Input::Memory {
            name: "demo EmailUrlInfo".into(),
            bytes: include_bytes!("../assets/demo/EmailUrlInfo.csv.gz")
                .as_slice()
                .into(),
        },
        Input::Memory {
            name: "demo EmailAttachmentInfo".into(),
            bytes: include_bytes!("../assets/demo/EmailAttachmentInfo.csv.gz")
                .as_slice()
                .into(),
        },
        Input::Memory {
            name: "demo EmailPostDeliveryEvents".into(),
            bytes: include_bytes!("../assets/demo/EmailPostDeliveryEvents.csv.gz")
                .as_slice()
                .into(),
        },
        Input::Memory {
            name: "demo UrlClickEvents".into(),
            bytes: include_bytes!("../assets/demo/UrlClickEvents.csv.gz")
                .as_slice()
                .into(),
        },
    ]
}
