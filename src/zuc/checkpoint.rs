//! A place in a keystream, to save and to come back to: ZUC cannot seek.

use super::{
    Backend, Zuc128, Zuc128Core,
    portable::State,
    stream::{Rest, Words},
};
use core::fmt;
use subtle::{Choice, ConstantTimeLess};
use zeroize::ZeroizeOnDrop;

/// The state of a stream cipher of this module at one place of its keystream, as [`BYTES`](Self::BYTES) bytes.
///
/// As secret as the key: whoever has it has the keystream from here on. Cleared on drop; what is
/// made of [`as_bytes`](Self::as_bytes) the caller clears.
///
/// ```
/// use shangmi::{cipher::{KeyIvInit, StreamCipher}, zuc::{Checkpoint, Zuc128}};
///
/// let mut zuc = Zuc128::new(&[1; 16].into(), &[2; 16].into());
/// zuc.write_keystream(&mut [0; 1001]);
/// let place = zuc.checkpoint();
///
/// let (mut now, mut later) = ([0; 10], [0; 10]);
/// zuc.write_keystream(&mut now);
/// let place = Checkpoint::try_from(place.as_bytes().as_slice())?;
/// Zuc128::resume(&place)?.write_keystream(&mut later);
/// assert_eq!(now, later);
/// # Ok::<(), shangmi::zuc::CheckpointError>(())
/// ```
///
/// The bytes: the form (1: ZUC-128), how many bytes of the last word are left (0 … 3), two zeros;
/// then 19 words, big-endian: that last word, R1, R2, s0 … s15.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Checkpoint([u8; Self::BYTES]);

const ZUC128: u8 = 1;

impl Checkpoint {
    /// The length of a checkpoint in bytes.
    pub const BYTES: usize = 4 + 4 * 19;

    /// The checkpoint's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    fn save(form: u8, words: &Words, rest: &Rest) -> Self {
        let mut checkpoint = Self([0; Self::BYTES]);
        let bytes = &mut checkpoint.0;
        bytes[0] = form;
        bytes[1] = rest.bytes;
        bytes[4..8].copy_from_slice(&rest.word);
        let state = &words.state;
        let cells = [&state.r1, &state.r2].into_iter().chain(&state.s);
        for (bytes, cell) in bytes[8..].chunks_exact_mut(4).zip(cells) {
            bytes.copy_from_slice(&cell.to_be_bytes());
        }
        checkpoint
    }

    fn load(&self, form: u8) -> Result<(Words, Rest), CheckpointError> {
        if self.0[0] != form {
            return Err(CheckpointError);
        }
        let (words, _) = self.0.as_chunks();
        let word = |i: usize| u32::from_be_bytes(words[i]);
        let state = State { r1: word(2), r2: word(3), s: core::array::from_fn(|i| word(4 + i)) };
        let rest = Rest { word: words[1], bytes: self.0[1] };
        Ok((Words { state, left: u64::MAX, backend: Backend::best() }, rest))
    }
}

impl TryFrom<&[u8]> for Checkpoint {
    type Error = CheckpointError;

    /// # Errors
    /// [`CheckpointError`] unless `bytes` are those of a checkpoint: length, form, the count of
    /// bytes left, and every LFSR cell in 1 … 2³¹ − 1 (checked in constant time).
    fn try_from(bytes: &[u8]) -> Result<Self, CheckpointError> {
        if bytes.len() != Self::BYTES {
            return Err(CheckpointError);
        }
        let mut checkpoint = Self([0; Self::BYTES]);
        checkpoint.0.copy_from_slice(bytes);
        let [form, left, reserved @ ..] = [bytes[0], bytes[1], bytes[2], bytes[3]];
        let mut valid = Choice::from(u8::from(form == ZUC128 && left < 4 && reserved == [0; 2]));
        let (words, _) = checkpoint.0.as_chunks();
        for cell in &words[4..] {
            // 1 … 2^31 - 1, and 0 wraps to the largest u32.
            valid &= u32::from_be_bytes(*cell).wrapping_sub(1).ct_lt(&0x7fff_ffff);
        }
        if bool::from(valid) { Ok(checkpoint) } else { Err(CheckpointError) }
    }
}

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint").finish_non_exhaustive()
    }
}

/// The bytes are not a checkpoint, or not one of this cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointError;

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a checkpoint of this cipher")
    }
}

impl core::error::Error for CheckpointError {}

impl Zuc128 {
    /// Saves the place in the keystream.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        Checkpoint::save(ZUC128, &self.core.0, &self.rest)
    }

    /// Goes on from a saved place.
    ///
    /// # Errors
    /// [`CheckpointError`] if `checkpoint` was not made by a `Zuc128`.
    pub fn resume(checkpoint: &Checkpoint) -> Result<Self, CheckpointError> {
        let (words, rest) = checkpoint.load(ZUC128)?;
        Ok(Self { core: Zuc128Core(words), rest })
    }
}
