//! The streaming part of 128-EIA3 and of the ZUC-256 MACs: a sum of windows of keystream.

use super::{
    frame::{LengthError, bytes_of, mask_of_last_byte},
    stream::Words,
};
use crate::secret::Temporary;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many words of message go to the backend at once.
const CHUNK: usize = 64;

/// The widest window, in words.
const WIDEST: usize = 4;

/// A MAC of `width` words over a message that comes in pieces: T ⊕ the windows of 32·`width` bits of
/// keystream at every message bit that is 1.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(super) struct WindowMac {
    words: Words,
    /// 1 … [`WIDEST`].
    #[zeroize(skip)]
    width: usize,
    /// The first `width`: the keystream words from the first bit of `pending` on.
    z: [[u8; 4]; WIDEST],
    /// The last bytes of message, too few for a word, and zeros.
    pending: [u8; 4],
    /// The message so far, in bits; of them `length` mod 32 in `pending`.
    #[zeroize(skip)]
    length: u32,
    /// The first `width`: T, as words.
    t: [u32; WIDEST],
}

impl WindowMac {
    /// Starts with T = 0; message bit 0 meets the next word of `words`.
    pub(super) fn start(mut words: Words, width: usize) -> Self {
        let width = width.clamp(1, WIDEST);
        let mut z = [[0; 4]; WIDEST];
        words.fill(&mut z[..width]);
        Self { words, width, z, pending: [0; 4], length: 0, t: [0; WIDEST] }
    }

    /// Starts with T = the next words of `words`; message bit 0 meets the word after them.
    pub(super) fn start_with_keystream(mut words: Words, width: usize) -> Self {
        let width = width.clamp(1, WIDEST);
        let mut t = Temporary::<[[u8; 4]; WIDEST]>::new();
        words.fill(&mut t[..width]);
        let mut mac = Self::start(words, width);
        mac.t = t.map(u32::from_be_bytes);
        mac
    }

    /// Adds `data` to the message, or nothing if that would exceed 2³² − 1 bits.
    pub(super) fn update(&mut self, mut data: &[u8]) -> Result<(), LengthError> {
        let bits = u32::try_from(data.len()).ok().and_then(|n| n.checked_mul(8));
        let length = bits.and_then(|n| self.length.checked_add(n)).ok_or(LengthError::TooLong)?;
        let filled = (self.length / 8 % 4) as usize;
        self.length = length;
        if filled > 0 {
            let taken = data.len().min(4 - filled);
            self.pending[filled..filled + taken].copy_from_slice(&data[..taken]);
            data = &data[taken..];
            if filled + taken < 4 {
                return Ok(());
            }
            self.absorb(&[self.pending]);
        }
        let (words, rest) = data.as_chunks();
        self.absorb(words);
        self.pending = [0; 4];
        self.pending[..rest.len()].copy_from_slice(rest);
        Ok(())
    }

    /// Adds whole words of message.
    fn absorb(&mut self, m: &[[u8; 4]]) {
        if m.is_empty() {
            return;
        }
        let w = self.width;
        let mut z = Temporary::<[[u8; 4]; CHUNK + WIDEST]>::new();
        for m in m.chunks(CHUNK) {
            let n = m.len();
            z[..w].copy_from_slice(&self.z[..w]);
            self.words.fill(&mut z[w..w + n]);
            self.words.backend.windows(&mut self.t[..w], &z[..w + n], m);
            self.z[..w].copy_from_slice(&z[n..n + w]);
        }
    }

    /// Adds the first `bits` bits of `tail`, the message's end. Nothing may be added after.
    pub(super) fn update_bits(&mut self, bits: usize, tail: &[u8]) -> Result<(), LengthError> {
        let bytes = bytes_of(bits, tail.len())?;
        let total = u32::try_from(bits).ok().and_then(|n| self.length.checked_add(n));
        let total = total.ok_or(LengthError::TooLong)?;
        let whole = bits / 8;
        self.update(&tail[..whole])?;
        if bytes > whole {
            self.pending[(self.length / 8 % 4) as usize] = tail[whole] & mask_of_last_byte(bits);
        }
        self.length = total;
        Ok(())
    }

    /// T ⊕ the window at the message's end, and the first word of keystream after that window's
    /// words and, if the message ends within a word, one more.
    pub(super) fn finish(&mut self) -> (&[u32], u32) {
        let (rest, w) = (self.length % 32, self.width);
        let mut bytes = Temporary::<[[u8; 4]; WIDEST + 2]>::new();
        bytes[..w].copy_from_slice(&self.z[..w]);
        self.words.fill(&mut bytes[w..w + 2]);
        let t = &mut self.t[..w];
        if rest > 0 {
            self.words.backend.windows(t, &bytes[..=w], &[self.pending]);
        }
        let mut z = Temporary::<[u32; WIDEST + 2]>::new();
        *z = bytes.map(u32::from_be_bytes);
        for (t, pair) in t.iter_mut().zip(z.windows(2)) {
            let window = u64::from(pair[0]) << 32 | u64::from(pair[1]);
            #[allow(clippy::cast_possible_truncation, reason = "the upper half of a u64")]
            let window = (window << rest >> 32) as u32;
            *t ^= window;
        }
        (t, if rest > 0 { z[w + 1] } else { z[w] })
    }

    #[cfg(test)]
    pub(super) fn pretend_length(&mut self, bits: u32) {
        self.length = bits;
    }
}
