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
