//! Words of bits, for circuits that run on bit planes.

use core::ops::{BitAnd, BitOr, BitXor, Not};

/// A word of bits: an unsigned integer, or a vector register with the same operators.
pub(crate) trait Word:
    Copy + BitAnd<Output = Self> + BitOr<Output = Self> + BitXor<Output = Self> + Not<Output = Self>
{
}

impl<W> Word for W where
    W: Copy + BitAnd<Output = W> + BitOr<Output = W> + BitXor<Output = W> + Not<Output = W>
{
}
