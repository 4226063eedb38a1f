//! The key derivation function of SM2: SM3 in counter mode.

use super::{
    backend::Backend,
    lanes::{Input, LANES, Words, put_everywhere, taken},
    many::{Backends, SIZE, Tail, pad, write},
    portable::IV,
};
use crate::secret::Temporary;
use core::fmt;
use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// Fills `key` with KDF(`z`, 8·`key.len()`): SM3(z ‖ 1) ‖ SM3(z ‖ 2) ‖ …, cut to length.
///
/// `z` is the shared secret, any number of bytes; the counter is 32 bits, big-endian, from 1. The
/// values are computed side by side, as by [`hash_many`](super::hash_many).
///
/// ANSI X9.63's KDF with SM3 and without shared info is the same function.
///
/// ```
/// let mut key = [0; 48];
/// shangmi::sm3::kdf(b"the coordinates of a point", &mut key)?;
/// # Ok::<(), shangmi::sm3::KeyTooLong>(())
/// ```
///
/// # Errors
/// [`KeyTooLong`] if `key` is longer than 32·(2³² − 1) bytes; `key` is then untouched.
///
/// Source: GB/T 32918.4-2016, 5.4.3.
pub fn kdf(z: &[u8], key: &mut [u8]) -> Result<(), KeyTooLong> {
    Kdf::new(z).fill(key)
}

/// The key derivation function [`kdf`], whose output is taken piece by piece.
///
/// ```
/// use shangmi::sm3::{Kdf, kdf};
///
/// let mut kdf = Kdf::new(b"shared secret");
/// let (mut key, mut mac_key) = ([0; 16], [0; 32]);
/// kdf.fill(&mut key)?;
/// kdf.fill(&mut mac_key)?;
///
/// let mut both = [0; 48];
/// shangmi::sm3::kdf(b"shared secret", &mut both)?;
/// assert_eq!(both[16..], mac_key);
/// # Ok::<(), shangmi::sm3::KeyTooLong>(())
/// ```
///
/// Source: GB/T 32918.4-2016, 5.4.3.
pub struct Kdf {
    z: Counted,
    /// The next counter.
    ct: u64,
    /// The last hash value, of which the last `left` bytes are still to be given.
    value: [u8; SIZE],
    left: usize,
    backends: Backends,
}

/// The most hash values: 2³² − 1.
const MOST: u64 = u32::MAX as u64;

impl Kdf {
    /// Begins with the shared secret `z`.
    #[must_use]
    pub fn new(z: &[u8]) -> Self {
        Self::with_backends(z, Backends::best())
    }

    pub(super) fn with_backends(z: &[u8], backends: Backends) -> Self {
        let z = Counted::new(&IV, 0, z, backends.one);
        Self { z, ct: 1, value: [0; SIZE], left: 0, backends }
    }

    /// Fills `key` with the next bytes.
    ///
    /// # Errors
    /// [`KeyTooLong`] if this would be more than 32·(2³² − 1) bytes in all; `key` is then untouched,
    /// and no bytes are lost.
    pub fn fill(&mut self, key: &mut [u8]) -> Result<(), KeyTooLong> {
        let (first, key) = key.split_at_mut(self.left.min(key.len()));
        if key.len().div_ceil(SIZE) as u64 > MOST + 1 - self.ct {
            return Err(KeyTooLong);
        }
        let from = SIZE - self.left;
        first.copy_from_slice(&self.value[from..from + first.len()]);
        self.left -= first.len();
        let (values, last) = key.as_chunks_mut();
        self.values(values);
        if !last.is_empty() {
            self.value = self.next_value();
            last.copy_from_slice(&self.value[..last.len()]);
            self.left = SIZE - last.len();
        }
        Ok(())
    }

    /// SM3(z ‖ ct) for as many counters, the next ones, as there are `values`.
    fn values(&mut self, values: &mut [[u8; SIZE]]) {
        let Backends { many, .. } = self.backends;
        let (many_values, few_values) = values.split_at_mut(many.share(values.len()));
        if !many_values.is_empty() {
            let mut v = Temporary::new();
            let mut words = self.z.words();
            for values in many_values.chunks_mut(many.width(LANES)) {
                self.z.put_counters(self.ct, &mut words);
                put_everywhere(&mut v, &self.z.v);
                let width = many.width(values.len());
                for words in &words[..self.z.blocks] {
                    many.compress(&mut v, &Input::Words(words), width);
                }
                for (lane, value) in values.iter_mut().enumerate() {
                    write(value, &taken(&v, lane));
                }
                self.ct += values.len() as u64;
            }
        }
        few_values.fill_with(|| self.next_value());
    }

    /// Goes on as if `values` values had been given.
    #[cfg(feature = "__backends")]
    pub(super) fn skip(&mut self, values: u32) {
        self.ct += u64::from(values);
    }

    fn next_value(&mut self) -> [u8; SIZE] {
        let (mut v, mut value) = (Temporary::<[u32; 8]>::new(), [0; SIZE]);
        #[allow(clippy::cast_possible_truncation, reason = "at most 2³² − 1, as `fill` checks")]
        self.z.hash(self.ct as u32, &mut v, self.backends.one);
        self.ct += 1;
        write(&mut value, &v);
        value
    }
}

/// A message that ends in a counter of 32 bits, with all that does not depend on the counter done.
pub(super) struct Counted {
    /// V after the whole blocks.
    v: [u32; 8],
    /// The rest, zeros at `place` for the counter, and the padding: one block or two.
    tail: Tail,
    place: usize,
    blocks: usize,
}

impl Counted {
    /// `prefix` and a counter, after `before` bytes, whole blocks, whose chaining value is `v`.
    pub(super) fn new(v: &[u32; 8], before: u64, prefix: &[u8], one: Backend) -> Self {
        let (whole, rest) = prefix.as_chunks();
        let place = rest.len();
        let mut new = Self { v: *v, tail: [[0; 64]; 2], place, blocks: 0 };
        one.compress(&mut new.v, whole);
        let mut last = Temporary::<[u8; 68]>::new();
        last[..place].copy_from_slice(rest);
        let bits = (prefix.len() as u64 + before + 4).wrapping_mul(8);
        new.blocks = pad(&mut new.tail, &last[..place + 4], bits);
        new
    }

    /// Puts V after the whole message into `v`.
    pub(super) fn hash(&self, ct: u32, v: &mut [u32; 8], one: Backend) {
        let mut tail = Temporary::<Tail>::new();
        *tail = self.tail;
        tail.as_flattened_mut()[self.place..self.place + 4].copy_from_slice(&ct.to_be_bytes());
        *v = self.v;
        one.compress(v, &tail[..self.blocks]);
    }

    /// The words of the tail, the same in every lane.
    fn words(&self) -> Temporary<[Words; 2]> {
        let mut words = Temporary::<[Words; 2]>::new();
        let tail = self.tail.as_flattened().as_chunks().0;
        for (words, bytes) in words.as_flattened_mut().iter_mut().zip(tail) {
            *words = [u32::from_be_bytes(*bytes); LANES];
        }
        words
    }

    /// Puts `ct`, `ct` + 1, … into the lanes.
    #[allow(clippy::cast_possible_truncation, reason = "the halves of a u64")]
    fn put_counters(&self, ct: u64, words: &mut [Words; 2]) {
        let (tail, shift) = (self.tail.as_flattened(), 8 * (4 - self.place % 4));
        let (_, around) = tail.split_at(self.place / 4 * 4);
        let around = around.first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        let [high, low, ..] = &mut words.as_flattened_mut()[self.place / 4..] else { return };
        for (ct, (high, low)) in (ct..).zip(high.iter_mut().zip(low)) {
            // Beyond the last counter nobody reads.
            let both = around | (ct & MOST) << shift;
            (*high, *low) = ((both >> 32) as u32, both as u32);
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.v, self.tail) = ([0; 8], [[0; 64]; 2]);
        optimization_barrier(self);
    }
}

impl fmt::Debug for Kdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kdf").finish_non_exhaustive()
    }
}

impl Drop for Kdf {
    fn drop(&mut self) {
        self.value = [0; SIZE];
        optimization_barrier(&self.value);
    }
}

impl ZeroizeOnDrop for Kdf {}

/// More bytes were wanted than the key derivation function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyTooLong;

impl fmt::Display for KeyTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more bytes than the key derivation function gives")
    }
}

impl core::error::Error for KeyTooLong {}
