//! The paddings of GB/T 17964-2021, annex C, removed in constant time.
//!
//! | type | annex | ISO/IEC 9797-1 | what is added to a message |
//! |---|---|---|---|
//! | [`Pkcs7`] | C.2 | – | n bytes of value n, 1 ≤ n ≤ 16 |
//! | [`OneAndZeros`] | C.3 | method 2 | a byte 80, then zeros |
//! | [`LengthFirst`] | C.4 | method 3 | before it a block with its length in bits, after it zeros |
//!
//! Whether a padding is right comes out at once, and nothing of where it was wrong: but that one bit is enough to read
//! ciphertexts where an attacker may send altered ones. See the warning at [`Sm4CbcEnc`](super::Sm4CbcEnc).

use core::{fmt, ops::Range};
use sealed::Sealed;
use subtle::{
    Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater, ConstantTimeLess,
};

const BLOCK: usize = 16;

mod sealed {
    pub trait Sealed {}
}

/// A padding: one of the types of this module.
pub trait Padding: Sealed {
    /// The length of a message of `len` bytes with its padding: a multiple of 16. `None` if it exceeds `usize`.
    fn padded_len(len: usize) -> Option<usize>;

    /// Writes `message` and its padding to `padded`.
    ///
    /// # Panics
    /// If `padded` has not the length that [`padded_len`](Self::padded_len) says.
    fn pad(message: &[u8], padded: &mut [u8]);

    /// Where in `padded` the message is. The time it takes depends on the length of `padded` alone.
    ///
    /// # Errors
    /// [`PaddingError`] if this padding makes nothing like it.
    fn unpad(padded: &[u8]) -> Result<Range<usize>, PaddingError>;
}

/// The padding or a length is wrong. Which of them, it does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaddingError;

impl fmt::Display for PaddingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrong padding or length")
    }
}

impl core::error::Error for PaddingError {}

/// n bytes of value n, 1 ≤ n ≤ 16. What TLS, CMS and PKCS #5 have.
///
/// Source: GB/T 17964-2021, C.2 (RFC 5652, 6.3).
#[derive(Clone, Copy, Debug)]
pub struct Pkcs7;

/// A byte 80, then as many zeros as fill the block.
///
/// Source: GB/T 17964-2021, C.3 (ISO/IEC 9797-1, padding method 2).
#[derive(Clone, Copy, Debug)]
pub struct OneAndZeros;

/// A block with the length of the message in bits, big-endian, then the message, then as many zeros as fill the last block. An
/// empty message is followed by a block of zeros.
///
/// Source: GB/T 17964-2021, C.4 (ISO/IEC 9797-1, padding method 3).
#[derive(Clone, Copy, Debug)]
pub struct LengthFirst;

impl Sealed for Pkcs7 {}
impl Sealed for OneAndZeros {}
impl Sealed for LengthFirst {}

/// The next multiple of 16 above `len`.
fn above(len: usize) -> Option<usize> {
    (len / BLOCK + 1).checked_mul(BLOCK)
}

/// The last block, if there are whole blocks and at least `least`.
fn last_block(padded: &[u8], least: usize) -> Result<&[u8; BLOCK], PaddingError> {
    let (blocks, rest) = padded.as_chunks();
    let last = blocks.last().filter(|_| rest.is_empty() && blocks.len() >= least);
    last.ok_or(PaddingError)
}

impl Padding for Pkcs7 {
    fn padded_len(len: usize) -> Option<usize> {
        above(len)
    }

    fn pad(message: &[u8], padded: &mut [u8]) {
        assert_eq!(
            Some(padded.len()),
            Self::padded_len(message.len()),
            "length of the padded message"
        );
        let (start, end) = padded.split_at_mut(message.len());
        start.copy_from_slice(message);
        // Shorter than 17.
        let n = u8::try_from(end.len()).unwrap_or(0);
        end.fill(n);
    }

    fn unpad(padded: &[u8]) -> Result<Range<usize>, PaddingError> {
        let block = last_block(padded, 1)?;
        let n = block[BLOCK - 1];
        let mut right = !n.ct_eq(&0) & n.ct_lt(&17);
        for (i, byte) in (1..).zip(block.iter().rev()) {
            // Byte i from the end is padding if i ≤ n.
            right &= n.ct_lt(&i) | byte.ct_eq(&n);
        }
        ok(right, 0..padded.len() - usize::from(n.min(16)))
    }
}

impl Padding for OneAndZeros {
    fn padded_len(len: usize) -> Option<usize> {
        above(len)
    }

    fn pad(message: &[u8], padded: &mut [u8]) {
        assert_eq!(
            Some(padded.len()),
            Self::padded_len(message.len()),
            "length of the padded message"
        );
        let (start, end) = padded.split_at_mut(message.len());
        start.copy_from_slice(message);
        end.fill(0);
        end[0] = 0x80;
    }

    fn unpad(padded: &[u8]) -> Result<Range<usize>, PaddingError> {
        let block = last_block(padded, 1)?;
        let (mut n, mut found, mut wrong) = (0_u8, Choice::from(0), Choice::from(0));
        for (i, byte) in (1..).zip(block.iter().rev()) {
            let zero = byte.ct_eq(&0);
            let one = byte.ct_eq(&0x80);
            wrong |= !found & !zero & !one;
            n.conditional_assign(&i, !found & one);
            found |= !zero;
        }
        ok(found & !wrong, 0..padded.len() - usize::from(n))
    }
}

impl Padding for LengthFirst {
    fn padded_len(len: usize) -> Option<usize> {
        // A length in bits has 64.
        let fits = u64::try_from(len).is_ok_and(|len| len < 1 << 61);
        let blocks = len.div_ceil(BLOCK).max(1);
        blocks.checked_add(1)?.checked_mul(BLOCK).filter(|_| fits)
    }

    fn pad(message: &[u8], padded: &mut [u8]) {
        assert_eq!(
            Some(padded.len()),
            Self::padded_len(message.len()),
            "length of the padded message"
        );
        let (first, rest) = padded.split_at_mut(BLOCK);
        first.copy_from_slice(&(message.len() as u128 * 8).to_be_bytes());
        let (start, end) = rest.split_at_mut(message.len());
        start.copy_from_slice(message);
        end.fill(0);
    }

    fn unpad(padded: &[u8]) -> Result<Range<usize>, PaddingError> {
        let last = last_block(padded, 2)?;
        let (first, rest) = padded.split_first_chunk().ok_or(PaddingError)?;
        let bits = u128::from_be_bytes(*first);
        #[allow(clippy::cast_possible_truncation, reason = "its halves")]
        let (high, bits) = ((bits >> 64) as u64, bits as u64);
        // The message ends in the last block, so it has more bytes than all blocks before. An empty message alone has a block of its own.
        let (all, before) = (rest.len() as u64, rest.len() as u64 - BLOCK as u64);
        let mut right = high.ct_eq(&0) & (bits & 7).ct_eq(&0);
        let bytes = bits >> 3;
        right &= !bytes.ct_gt(&all) & (bytes.ct_gt(&before) | (bytes | before).ct_eq(&0));
        // How many bytes of the last block are message; anything if the length is wrong.
        let inside = bytes.wrapping_sub(before);
        for (i, byte) in (0..).zip(last) {
            right &= inside.ct_gt(&i) | byte.ct_eq(&0);
        }
        #[allow(clippy::cast_possible_truncation, reason = "not used if it does not fit")]
        let end = BLOCK.wrapping_add(bytes as usize);
        ok(right, BLOCK..end)
    }
}

fn ok(right: Choice, range: Range<usize>) -> Result<Range<usize>, PaddingError> {
    if right.into() { Ok(range) } else { Err(PaddingError) }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::{vec, vec::Vec};

    fn padded<P: Padding>(message: &[u8]) -> Vec<u8> {
        let mut padded = vec![0xaa; P::padded_len(message.len()).unwrap()];
        P::pad(message, &mut padded);
        padded
    }

    /// By the definition: whether any message at `start` is padded to this.
    fn expected<P: Padding>(data: &[u8], start: usize) -> Option<Range<usize>> {
        (start..=data.len()).map(|end| start..end).find(|range| {
            let message = &data[range.clone()];
            P::padded_len(message.len()) == Some(data.len()) && padded::<P>(message) == data
        })
    }

    fn check<P: Padding>(start: usize) {
        for n in 0..=50 {
            let message: Vec<u8> = (0..n).map(|i| [0x80, 0, 1, 16, 7][i % 5]).collect();
            let data = padded::<P>(&message);
            assert_eq!(&data[P::unpad(&data).unwrap()], message, "{n} bytes");
            // Each byte altered, in all ways.
            for i in 0..data.len() {
                for value in 0..=255 {
                    let mut data = data.clone();
                    data[i] = value;
                    assert_eq!(
                        P::unpad(&data).ok(),
                        expected::<P>(&data, start),
                        "{n} bytes, {i}: {value}"
                    );
                }
            }
        }
        for n in [0, 1, 15, 17, 31] {
            assert_eq!(P::unpad(&vec![1; n]), Err(PaddingError), "{n} bytes");
        }
    }

    #[test]
    fn pkcs7() {
        check::<Pkcs7>(0);
        assert_eq!(padded::<Pkcs7>(&[5; 13])[13..], [3, 3, 3]);
        assert_eq!(padded::<Pkcs7>(&[5; 16])[16..], [16; 16]);
    }

    #[test]
    fn one_and_zeros() {
        check::<OneAndZeros>(0);
        assert_eq!(padded::<OneAndZeros>(&[5; 13])[13..], [0x80, 0, 0]);
    }

    #[test]
    fn length_first() {
        check::<LengthFirst>(16);
        assert_eq!(padded::<LengthFirst>(&[5; 13])[14..16], [0, 104]);
        assert_eq!(padded::<LengthFirst>(&[]), [0; 32]);
    }
}
