//! SM3 on many messages side by side.

pub(super) mod backend;
mod portable;

/// The most messages that run side by side, on any backend.
pub(super) const LANES: usize = 16;

/// One block of a message.
pub(super) type Block = [u8; 64];

/// The chaining values V of all messages: `v[i][lane]`, i = 0 … 7 for A … H.
pub(super) type State = [[u32; LANES]; 8];

/// The words of one block of each message: `w[i][lane]`.
pub(super) type Words = [[u32; LANES]; 16];

/// What to compress in every lane.
pub(super) enum Input<'a> {
    /// The first so many blocks of each run. No run may be shorter.
    Runs(&'a [&'a [Block]; LANES], usize),
    /// One block, as words.
    Words(&'a Words),
}

impl Input<'_> {
    /// How many blocks.
    #[inline]
    fn blocks(&self) -> usize {
        match self {
            Self::Runs(_, blocks) => *blocks,
            Self::Words(_) => 1,
        }
    }
}

/// Puts the chaining value `from` into `lane`.
#[inline]
pub(super) fn put(v: &mut State, lane: usize, from: &[u32; 8]) {
    for (v, from) in v.iter_mut().zip(from) {
        v[lane] = *from;
    }
}

/// Puts the chaining value `from` into every lane.
#[inline]
pub(super) fn put_everywhere(v: &mut State, from: &[u32; 8]) {
    for (v, from) in v.iter_mut().zip(from) {
        *v = [*from; LANES];
    }
}

/// The chaining value in `lane`.
#[inline]
pub(super) fn taken(v: &State, lane: usize) -> [u32; 8] {
    v.each_ref().map(|v| v[lane])
}

#[cfg(test)]
mod tests {
    use super::{Block, Input, LANES, State, Words, backend::Backend, put, taken};
    use crate::sm3::backend::Backend as One;
    use core::array::from_fn;

    /// Numbers without a pattern.
    fn number(i: usize) -> u32 {
        let i = u32::try_from(i).unwrap_or(0).wrapping_mul(0x9e37_79b9);
        (i ^ i >> 15).wrapping_mul(0x85eb_ca6b)
    }

    #[test]
    fn every_kernel_agrees_with_portable() {
        let messages: [[Block; 3]; LANES] = from_fn(|lane| {
            from_fn(|i| from_fn(|j| number(1000 * lane + 100 * i + j).to_be_bytes()[0]))
        });
        let runs = messages.each_ref().map(<[Block; 3]>::as_slice);
        let words: Words = from_fn(|j| {
            messages.map(|blocks| u32::from_be_bytes(from_fn(|k| blocks[0][4 * j + k])))
        });
        let states: [[u32; 8]; LANES] = from_fn(|lane| from_fn(|i| number(7777 + 8 * lane + i)));
        for backend in Backend::all() {
            for wanted in 1..=LANES {
                for (input, blocks) in [
                    (Input::Runs(&runs, 3), 3),
                    (Input::Runs(&runs, 0), 0),
                    (Input::Words(&words), 1),
                ] {
                    let mut v: State = [[0; LANES]; 8];
                    (0..).zip(&states).for_each(|(lane, state)| put(&mut v, lane, state));
                    let width = backend.width(wanted);
                    backend.compress(&mut v, &input, width);
                    for lane in 0..width {
                        let mut want = states[lane];
                        One::Portable.compress(&mut want, &messages[lane][..blocks]);
                        assert_eq!(taken(&v, lane), want, "{backend:?}, lane {lane} of {width}");
                    }
                }
            }
        }
    }
}
