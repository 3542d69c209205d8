//! Parquet's hybrid of runs and packed numbers, in which the levels of a page and the codes of its
//! dictionary are written. What is not as it should be gives `None`.

use crate::events::leb128;
use bytes::Bytes;

/// The widest number.
const WIDEST: u32 = 32;

/// Numbers of so many bits, taken one after the other.
#[derive(Debug)]
pub(super) struct Runs {
    bytes: Bytes,
    /// Where the next run begins.
    at: usize,
    width: u32,
    run: Run,
}

#[derive(Clone, Copy, Debug)]
enum Run {
    /// One number, so many times more.
    Repeated { value: u32, left: usize },
    /// Numbers packed from this bit on, so many more.
    Packed { bit: usize, left: usize },
}

impl Run {
    fn left(self) -> usize {
        match self {
            Run::Repeated { left, .. } | Run::Packed { left, .. } => left,
        }
    }
}

impl Runs {
    /// Numbers of `width` bits.
    pub(super) fn new(bytes: Bytes, width: u32) -> Option<Self> {
        (width <= WIDEST).then_some(Runs {
            bytes,
            at: 0,
            width,
            run: Run::Repeated { value: 0, left: 0 },
        })
    }

    /// Takes `count` numbers, each of which `take` sees; it says whether it may be.
    pub(super) fn take(&mut self, count: usize, mut take: impl FnMut(u32) -> bool) -> Option<()> {
        let mut wanted = count;
        while wanted > 0 {
            let taken = self.take_of_run(wanted)?;
            wanted -= taken.left();
            match taken {
                Run::Repeated { value, left } => {
                    if !(0..left).all(|_| take(value)) {
                        return None;
                    }
                }
                Run::Packed { bit, left } => {
                    let packed = Packed::new(&self.bytes, self.width);
                    for index in 0..left {
                        if !take(packed.get(bit + index * self.width as usize)?) {
                            return None;
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// Takes `count` numbers, all of which are to be below `end`.
    pub(super) fn take_below(
        &mut self,
        end: u16,
        count: usize,
        numbers: &mut Vec<u16>,
    ) -> Option<()> {
        let mut wanted = count;
        while wanted > 0 {
            let taken = self.take_of_run(wanted)?;
            wanted -= taken.left();
            match taken {
                Run::Repeated { value, left } => {
                    let value = u16::try_from(value).ok().filter(|value| *value < end)?;
                    numbers.resize(numbers.len() + left, value);
                }
                Run::Packed { bit, left } => {
                    let packed = Packed::new(&self.bytes, self.width);
                    let largest = packed.append(bit, left, numbers)?;
                    if largest >= u32::from(end) {
                        return None;
                    }
                }
            }
        }
        Some(())
    }

    /// Takes at most so many numbers, as far as one run goes.
    #[inline]
    fn take_of_run(&mut self, most: usize) -> Option<Run> {
        self.begin_run()?;
        let taken = most.min(self.run.left());
        Some(match &mut self.run {
            Run::Repeated { value, left } => {
                *left -= taken;
                Run::Repeated {
                    value: *value,
                    left: taken,
                }
            }
            Run::Packed { bit, left } => {
                let first = *bit;
                *left -= taken;
                *bit += taken * self.width as usize;
                Run::Packed {
                    bit: first,
                    left: taken,
                }
            }
        })
    }

    /// Takes numbers of one bit that are all the same, at most so many: which, and how many.
    pub(super) fn take_same(&mut self, most: usize) -> Option<(bool, usize)> {
        self.begin_run()?;
        match &mut self.run {
            Run::Repeated { value, left } => {
                let taken = most.min(*left);
                *left -= taken;
                (*value <= 1).then_some((*value == 1, taken))
            }
            Run::Packed { bit, left } => {
                let (window, known) = Packed::new(&self.bytes, 1).window(*bit)?;
                let is_set = window & 1 == 1;
                let others = if is_set { !window } else { window };
                let same = others.trailing_zeros().min(known);
                let taken = most.min(*left).min(same as usize);
                *bit += taken;
                *left -= taken;
                Some((is_set, taken))
            }
        }
    }

    /// Sees to it that a run is under way.
    #[inline]
    fn begin_run(&mut self) -> Option<()> {
        if self.run.left() > 0 {
            return Some(());
        }
        self.next_run()
    }

    fn next_run(&mut self) -> Option<()> {
        let header = self.number()?;
        let count = usize::try_from(header >> 1).ok()?;
        self.run = if header & 1 == 0 {
            let length = self.width.div_ceil(8) as usize;
            let bytes = self.bytes.get(self.at..self.at.checked_add(length)?)?;
            let value = bytes
                .iter()
                .rev()
                .fold(0, |value, &byte| value << 8 | u32::from(byte));
            self.at += length;
            Run::Repeated { value, left: count }
        } else {
            // In groups of eight; the last one need not be written to its end.
            let bit = self.at.checked_mul(8)?;
            let length = count.checked_mul(self.width as usize)?;
            self.at = self.at.checked_add(length)?;
            Run::Packed {
                bit,
                left: count.checked_mul(8)?,
            }
        };
        (count > 0).then_some(())
    }

    /// A whole number in LEB128.
    fn number(&mut self) -> Option<u64> {
        leb128::read(&self.bytes, &mut self.at, 35)
    }
}

/// Numbers packed from the lowest bit on.
struct Packed<'a> {
    bytes: &'a [u8],
    mask: u64,
    width: usize,
}

impl<'a> Packed<'a> {
    fn new(bytes: &'a [u8], width: u32) -> Self {
        Packed {
            bytes,
            mask: (1 << width) - 1,
            width: width as usize,
        }
    }

    /// Appends `count` numbers from a bit on, and gives the largest of them.
    fn append(&self, first: usize, count: usize, numbers: &mut Vec<u16>) -> Option<u32> {
        // Those that begin where eight bytes follow.
        let whole = (self.bytes.len() * 8).saturating_sub(first + 63);
        let whole = whole
            .checked_div(self.width)
            .map_or(0, |whole| whole.min(count));
        let mut largest = 0;
        let mut bit = first;
        for _ in 0..whole {
            let window = self.bytes[bit / 8..].first_chunk()?;
            let number = (u64::from_le_bytes(*window) >> (bit % 8) & self.mask) as u32;
            largest = largest.max(number);
            numbers.push(number as u16);
            bit += self.width;
        }
        for _ in whole..count {
            let number = self.get(bit)?;
            largest = largest.max(number);
            numbers.push(number as u16);
            bit += self.width;
        }
        Some(largest)
    }

    /// The number that begins at a bit.
    #[inline]
    fn get(&self, bit: usize) -> Option<u32> {
        if self.width == 0 {
            // Nothing need be there.
            return Some(0);
        }
        let (window, known) = self.window(bit)?;
        (known as usize >= self.width).then_some((window & self.mask) as u32)
    }

    /// The bits from one on, and how many of them there are.
    #[inline]
    fn window(&self, bit: usize) -> Option<(u64, u32)> {
        let first = bit / 8;
        let (window, bits) = match self.bytes.get(first..).and_then(<[u8]>::first_chunk) {
            Some(window) => (u64::from_le_bytes(*window), 64),
            None => self.last_window(first)?,
        };
        Some((window >> (bit % 8), bits - (bit % 8) as u32))
    }

    /// The same where fewer than eight bytes follow.
    #[cold]
    fn last_window(&self, first: usize) -> Option<(u64, u32)> {
        let bytes = self.bytes.get(first..).filter(|bytes| !bytes.is_empty())?;
        let mut bytes = bytes.iter().rev();
        let bits = bytes.len() as u32 * 8;
        Some((
            bytes
                .by_ref()
                .fold(0, |window, &byte| window << 8 | u64::from(byte)),
            bits,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Writes each stretch as a run or packed, as it says.
    fn written(stretches: &[(bool, Vec<u32>)], width: u32) -> (Vec<u8>, Vec<u32>) {
        let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
        for (is_run, stretch) in stretches {
            if *is_run {
                bytes.push((stretch.len() << 1) as u8);
                let value = stretch[0].to_le_bytes();
                bytes.extend_from_slice(&value[..width.div_ceil(8) as usize]);
                numbers.extend(stretch.iter().map(|_| stretch[0]));
            } else {
                let groups = stretch.len().div_ceil(8);
                bytes.push((groups << 1 | 1) as u8);
                let mut packed = vec![0; groups * width as usize];
                for (index, &value) in stretch.iter().enumerate() {
                    for bit in 0..width as usize {
                        let place = index * width as usize + bit;
                        packed[place / 8] |= ((value >> bit & 1) as u8) << (place % 8);
                    }
                }
                bytes.extend(packed);
                numbers.extend(stretch);
                numbers.extend((stretch.len()..groups * 8).map(|_| 0));
            }
        }
        (bytes, numbers)
    }

    proptest! {
        #[test]
        fn numbers_come_back_taken_or_passed_over(
            width in 0..=32_u32,
            stretches in prop::collection::vec(
                (any::<bool>(), prop::collection::vec(any::<u32>(), 1..60)), 0..6
            ),
            steps in prop::collection::vec(0..50_usize, 0..30),
        ) {
            let mask = ((1_u64 << width) - 1) as u32;
            let stretches: Vec<(bool, Vec<u32>)> = stretches
                .into_iter()
                .map(|(is_run, values)| (is_run, values.iter().map(|value| value & mask).collect()))
                .collect();
            let (bytes, numbers) = written(&stretches, width);
            let mut runs = Runs::new(bytes.into(), width).expect("a width");
            let mut place = 0;
            for count in steps {
                let count = count.min(numbers.len() - place);
                let mut taken = Vec::new();
                let all = runs.take(count, |number| {
                    taken.push(number);
                    true
                });
                prop_assert!(all.is_some());
                prop_assert_eq!(&taken[..], &numbers[place..place + count]);
                place += count;
            }
            prop_assert!(runs.take(numbers.len() - place + 1, |_| true).is_none());
        }

        #[test]
        fn numbers_are_taken_where_all_are_small_enough(
            width in 0..=20_u32,
            stretches in prop::collection::vec(
                (any::<bool>(), prop::collection::vec(0..70_000_u32, 1..60)), 0..6
            ),
            end: u16,
            count in 0..200_usize,
        ) {
            let mask = ((1_u64 << width) - 1) as u32;
            let stretches: Vec<(bool, Vec<u32>)> = stretches
                .into_iter()
                .map(|(is_run, values)| (is_run, values.iter().map(|value| value & mask).collect()))
                .collect();
            let (bytes, numbers) = written(&stretches, width);
            let mut runs = Runs::new(bytes.into(), width).expect("a width");
            let mut taken = vec![7];
            let done = runs.take_below(end, count, &mut taken);
            let expected = numbers.get(..count).filter(|numbers| numbers.iter().all(|it| *it < end.into()));
            prop_assert_eq!(done.is_some(), expected.is_some());
            if let Some(expected) = expected {
                let taken: Vec<u32> = taken[1..].iter().map(|it| u32::from(*it)).collect();
                prop_assert_eq!(&taken[..], expected);
            }
        }

        #[test]
        fn bits_that_are_the_same_come_together(
            stretches in prop::collection::vec(
                (any::<bool>(), prop::collection::vec(0..2_u32, 1..60)), 0..9
            ),
            most in 1..100_usize,
        ) {
            let (bytes, numbers) = written(&stretches, 1);
            let mut runs = Runs::new(bytes.into(), 1).expect("a width");
            let mut taken = Vec::new();
            while let Some((is_set, count)) = runs.take_same(most) {
                prop_assert!((1..=most).contains(&count));
                taken.extend((0..count).map(|_| u32::from(is_set)));
            }
            prop_assert_eq!(taken, numbers);
        }

        #[test]
        fn no_bytes_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            width in 0..40_u32,
            steps in prop::collection::vec((any::<bool>(), 0..5_000_usize), 0..20),
        ) {
            let Some(mut runs) = Runs::new(bytes.into(), width) else {
                return Ok(());
            };
            for (takes_any, count) in steps {
                let done = if takes_any || width != 1 {
                    runs.take(count, |_| true)
                } else {
                    runs.take_same(count + 1).map(drop)
                };
                if done.is_none() {
                    break;
                }
            }
        }
    }
}
