//! Temporaries that hold secrets: cleared on drop as fast as memory can be written.
//!
//! `zeroize::Zeroizing` writes an array of bytes one volatile byte at a time, which for the few hundred
//! bytes of a keystream buffer takes longer than making the keystream.

use core::ops::{Deref, DerefMut};
use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// Plain data with a value that is all zeros.
pub(crate) trait Plain: Copy {
    const ZERO: Self;
}

impl Plain for u8 {
    const ZERO: Self = 0;
}

impl Plain for u32 {
    const ZERO: Self = 0;
}

impl Plain for u64 {
    const ZERO: Self = 0;
}

impl Plain for u128 {
    const ZERO: Self = 0;
}

impl<T: Plain, const N: usize> Plain for [T; N] {
    const ZERO: Self = [T::ZERO; N];
}

/// Clears `secret`, in such a way that the compiler must.
#[inline]
pub(crate) fn clear<T: Plain>(secret: &mut T) {
    *secret = T::ZERO;
    optimization_barrier(secret);
}

/// A value that is zero at first, and is cleared on drop.
pub(crate) struct Temporary<T: Plain>(T);

impl<T: Plain> Temporary<T> {
    pub(crate) fn new() -> Self {
        Self(T::ZERO)
    }

    /// With another value at first.
    #[cfg(feature = "sm3")]
    #[allow(dead_code, reason = "for kernels of one architecture")]
    pub(crate) fn of(value: T) -> Self {
        Self(value)
    }
}

impl<T: Plain> Deref for Temporary<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Plain> DerefMut for Temporary<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Plain> Drop for Temporary<T> {
    fn drop(&mut self) {
        clear(&mut self.0);
    }
}

impl<T: Plain> ZeroizeOnDrop for Temporary<T> {}
