//! How a file is written: noted in its report, and told at once, since reading may be given up before there is
//! a report.

use super::super::encoding::Encoding;
use super::super::format::Format;
use super::super::load::Recognised;
use super::super::packing::Packing;
use super::FileSink;

impl FileSink {
    /// Notes the format found.
    pub(in crate::events) fn set_format(&mut self, format: Format) {
        self.report.format = Some(format);
        self.tell_recognised();
    }

    /// Notes how the file is packed and encoded.
    pub(in crate::events) fn set_source(
        &mut self,
        packing: Option<Packing>,
        encoding: Option<Encoding>,
    ) {
        self.report.packing = packing;
        self.report.encoding = encoding;
        self.tell_recognised();
    }

    /// Notes how the file is encoded.
    pub(in crate::events) fn set_encoding(&mut self, encoding: Encoding) {
        self.report.encoding = Some(encoding);
        self.tell_recognised();
    }

    /// Tells who waits for the report.
    fn tell_recognised(&self) {
        self.progress.recognise(Recognised {
            format: self.report.format,
            packing: self.report.packing,
            encoding: self.report.encoding,
        });
    }
}
