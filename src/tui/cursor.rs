//! A cursor in a list: kept by what it is on, never by a row number, so that it stays on the same
//! domain or email when the list changes under it.

/// The cursor of a list whose rows are told apart by `K`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor<K> {
    /// What the analyst chose; it may be out of the list for a while and come back.
    wanted: Option<K>,
    /// The row it is on.
    index: usize,
    /// The first row that is shown.
    offset: usize,
}

impl<K> Default for Cursor<K> {
    fn default() -> Self {
        Cursor {
            wanted: None,
            index: 0,
            offset: 0,
        }
    }
}

/// A step of a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// By so many rows, up if negative.
    By(isize),
    /// By what fits the pane, up if negative.
    Pages(isize),
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// To this row.
    To(usize),
}

impl<K: PartialEq> Cursor<K> {
    /// The row it is on; meaningless in an empty list.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The first row that is shown.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What was chosen, whether it is in the list or not.
    pub fn chosen(&self) -> Option<&K> {
        self.wanted.as_ref()
    }

    /// Chooses something of a list that is settled next.
    pub fn choose(&mut self, key: K) {
        self.wanted = Some(key);
    }

    /// Shows another part of the list; the cursor stays on its row.
    pub fn scroll_to(&mut self, offset: usize) {
        self.offset = offset;
    }

    /// Forgets what was chosen and goes to the first row.
    pub fn reset(&mut self) {
        *self = Cursor::default();
    }

    /// Goes to the first row, unless what was chosen is found when the list is settled.
    pub fn rewind(&mut self) {
        self.index = 0;
        self.offset = 0;
    }

    /// The list has changed: finds what was chosen, or stays at the same height when it is gone.
    /// `page` is the number of rows that fit the pane.
    pub fn settle(&mut self, length: usize, page: usize, find: impl FnOnce(&K) -> Option<usize>) {
        if let Some(found) = self.wanted.as_ref().and_then(find) {
            self.index = found;
        }
        self.clamp(length, page);
    }

    /// Moves and remembers what it is on then.
    pub fn step(
        &mut self,
        step: Step,
        length: usize,
        page: usize,
        key_at: impl FnOnce(usize) -> Option<K>,
    ) {
        let last = length.saturating_sub(1);
        self.index = match step {
            Step::By(rows) => self.index.saturating_add_signed(rows),
            Step::Pages(pages) => {
                let rows = page.max(1).cast_signed().saturating_mul(pages);
                self.index.saturating_add_signed(rows)
            }
            Step::First => 0,
            Step::Last => last,
            Step::To(row) => row,
        }
        .min(last);
        self.clamp(length, page);
        self.wanted = key_at(self.index);
    }

    fn clamp(&mut self, length: usize, page: usize) {
        self.index = self.index.min(length.saturating_sub(1));
        let page = page.max(1);
        if self.index < self.offset {
            self.offset = self.index;
        }
        if self.index >= self.offset + page {
            self.offset = self.index + 1 - page;
        }
        self.offset = self.offset.min(length.saturating_sub(page));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(cursor: &mut Cursor<char>, list: &str) {
        let find = |key: &char| list.chars().position(|character| character == *key);
        cursor.settle(list.len(), 3, find);
    }

    fn step(cursor: &mut Cursor<char>, step: Step, list: &str) {
        cursor.step(step, list.len(), 3, |index| list.chars().nth(index));
    }

    #[test]
    fn it_stays_on_what_was_chosen_when_rows_before_it_vanish() {
        let mut cursor = Cursor::default();
        step(&mut cursor, Step::To(4), "abcdef");
        settle(&mut cursor, "bdef");
        assert_eq!(cursor.index(), 2);
    }

    #[test]
    fn it_comes_back_to_what_was_chosen_when_that_comes_back() {
        let mut cursor = Cursor::default();
        step(&mut cursor, Step::To(4), "abcdef");
        settle(&mut cursor, "ab");
        assert_eq!(cursor.index(), 1);
        settle(&mut cursor, "abcdef");
        assert_eq!(cursor.index(), 4);
    }

    #[test]
    fn it_never_leaves_the_list_nor_the_pane() {
        let mut cursor = Cursor::default();
        step(&mut cursor, Step::Pages(5), "abcdef");
        assert_eq!((cursor.index(), cursor.offset()), (5, 3));
        step(&mut cursor, Step::By(-100), "abcdef");
        assert_eq!((cursor.index(), cursor.offset()), (0, 0));
        settle(&mut cursor, "");
        assert_eq!((cursor.index(), cursor.offset()), (0, 0));
        step(&mut cursor, Step::Last, "");
        assert_eq!(cursor.index(), 0);
    }
}
