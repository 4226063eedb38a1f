//! Key wrap: keys encrypted and authenticated under a key, RFC 3394, and with padding RFC 5649.

use super::{Cipher, Sm4, backend::Block};
use crate::secret::Temporary;
use cipher::{
    AlgorithmName,
    common::{InnerInit, InnerUser},
};
use core::{fmt, slice};
use subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, ConstantTimeLess};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// ICV1 of SP 800-38F, 6.2.
const ICV1: [u8; 8] = [0xa6; 8];
/// ICV2 of SP 800-38F, 6.3; after it the length.
const ICV2: [u8; 4] = [0xa6, 0x59, 0x59, 0xa6];

/// A key could not be wrapped or unwrapped: its length or that of a buffer is wrong, or what was to be unwrapped is not authentic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyWrapError;

impl fmt::Display for KeyWrapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("wrong wrapped key or length")
    }
}

impl core::error::Error for KeyWrapError {}

/// SM4 key wrap: keys of a multiple of 8 bytes, at least 16, encrypted and authenticated under a key (the KEK); 8 bytes longer.
///
/// There is no nonce: the same key wrapped twice gives the same. Meant for keys, which nobody guesses; six calls of SM4 for every
/// 8 bytes make it slow for anything else.
///
/// ```
/// use shangmi::{cipher::KeyInit, sm4::Sm4KeyWrap};
///
/// let kek = Sm4KeyWrap::new(&[0x42; 16].into());
/// let (mut wrapped, mut key) = ([0; 24], [0; 16]);
/// kek.wrap_key(&[7; 16], &mut wrapped)?;
/// assert_eq!(kek.unwrap_key(&wrapped, &mut key)?, [7; 16]);
/// # Ok::<(), shangmi::sm4::KeyWrapError>(())
/// ```
///
/// Source: RFC 3394 (SP 800-38F, 6.2) with SM4 in the place of AES.
#[derive(Clone)]
pub struct Sm4KeyWrap {
    cipher: Sm4,
}

/// SM4 key wrap with padding: keys of 1 byte to 2³² − 1, padded to a multiple of 8 and 8 bytes longer.
///
/// Otherwise as [`Sm4KeyWrap`], but neither unwraps what the other has wrapped.
///
/// ```
/// use shangmi::{cipher::KeyInit, sm4::Sm4KeyWrapPad};
///
/// let kek = Sm4KeyWrapPad::new(&[0x42; 16].into());
/// let (mut wrapped, mut key) = ([0; 32], [0; 24]);
/// kek.wrap_key(b"a key of 19 bytes..", &mut wrapped)?;
/// assert_eq!(kek.unwrap_key(&wrapped, &mut key)?, b"a key of 19 bytes..");
/// # Ok::<(), shangmi::sm4::KeyWrapError>(())
/// ```
///
/// Source: RFC 5649 (SP 800-38F, 6.3) with SM4 in the place of AES.
#[derive(Clone)]
pub struct Sm4KeyWrapPad {
    cipher: Sm4,
}

impl Sm4KeyWrap {
    /// Wraps `key` to the beginning of `wrapped`, and returns that: 8 bytes more than `key` has.
    ///
    /// # Errors
    /// [`KeyWrapError`] if `key` has not a multiple of 8 bytes, at least 16, or `wrapped` is too short; it is untouched then.
    pub fn wrap_key<'a>(
        &self,
        key: &[u8],
        wrapped: &'a mut [u8],
    ) -> Result<&'a [u8], KeyWrapError> {
        let n = key.len().checked_add(8).filter(|n| n % 8 == 0 && *n >= 24).ok_or(KeyWrapError)?;
        let wrapped = wrapped.get_mut(..n).ok_or(KeyWrapError)?;
        wrapped[..8].copy_from_slice(&ICV1);
        wrapped[8..].copy_from_slice(key);
        w(&self.cipher.encrypt.0, wrapped);
        Ok(wrapped)
    }

    /// Unwraps `wrapped` to the beginning of `key`, and returns that: 8 bytes fewer than `wrapped` has.
    ///
    /// # Errors
    /// [`KeyWrapError`] if `wrapped` has not a multiple of 8 bytes, at least 24, or `key` is too short; it is untouched then. And if
    /// `wrapped` is not authentic: that beginning of `key` is all zeros then.
    pub fn unwrap_key<'a>(
        &self,
        wrapped: &[u8],
        key: &'a mut [u8],
    ) -> Result<&'a [u8], KeyWrapError> {
        let (a, rest) = wrapped.split_first_chunk().ok_or(KeyWrapError)?;
        if rest.len() < 16 || rest.len() % 8 != 0 {
            return Err(KeyWrapError);
        }
        let key = key.get_mut(..rest.len()).ok_or(KeyWrapError)?;
        key.copy_from_slice(rest);
        let icv = w_inverse(&self.cipher.decrypt.0, *a, key);
        let n = key.len();
        opened(icv.ct_eq(&ICV1), key, n)
    }
}

impl Sm4KeyWrapPad {
    /// Wraps `key` to the beginning of `wrapped`, and returns that: the next multiple of 8 bytes, and 8 more.
    ///
    /// # Errors
    /// [`KeyWrapError`] if `key` is empty or longer than 2³² − 1 bytes, or `wrapped` is too short; it is untouched then.
    pub fn wrap_key<'a>(
        &self,
        key: &[u8],
        wrapped: &'a mut [u8],
    ) -> Result<&'a [u8], KeyWrapError> {
        let len = u32::try_from(key.len()).map_err(|_| KeyWrapError)?;
        let n = key.len().checked_next_multiple_of(8).filter(|n| *n > 0);
        let n = n.and_then(|n| n.checked_add(8)).ok_or(KeyWrapError)?;
        let wrapped = wrapped.get_mut(..n).ok_or(KeyWrapError)?;
        wrapped.fill(0);
        wrapped[..4].copy_from_slice(&ICV2);
        wrapped[4..8].copy_from_slice(&len.to_be_bytes());
        wrapped[8..8 + key.len()].copy_from_slice(key);
        let cipher = &self.cipher.encrypt.0;
        if let Ok(only) = <&mut Block>::try_from(&mut *wrapped) {
            cipher.crypt(slice::from_mut(only).into());
        } else {
            w(cipher, wrapped);
        }
        Ok(wrapped)
    }

    /// Unwraps `wrapped` to the beginning of `key`, and returns the key that was wrapped. To `key` go 8 bytes fewer than `wrapped` has, zeros
    /// after the key.
    ///
    /// # Errors
    /// [`KeyWrapError`] if `wrapped` has not a multiple of 8 bytes, at least 16, or `key` is too short; it is untouched then. And if
    /// `wrapped` is not authentic: that beginning of `key` is all zeros then.
    pub fn unwrap_key<'a>(
        &self,
        wrapped: &[u8],
        key: &'a mut [u8],
    ) -> Result<&'a [u8], KeyWrapError> {
        let (a, rest) = wrapped.split_first_chunk().ok_or(KeyWrapError)?;
        if rest.is_empty() || rest.len() % 8 != 0 {
            return Err(KeyWrapError);
        }
        let key = key.get_mut(..rest.len()).ok_or(KeyWrapError)?;
        let cipher = &self.cipher.decrypt.0;
        let mut icv = *a;
        if let Ok(only) = <&Block>::try_from(wrapped) {
            let mut block = Temporary::<[Block; 1]>::new();
            block[0] = *only;
            cipher.crypt(block.as_mut_slice().into());
            icv.copy_from_slice(&block[0][..8]);
            key.copy_from_slice(&block[0][8..]);
        } else {
            key.copy_from_slice(rest);
            icv = w_inverse(cipher, icv, key);
        }
        let (right, len) = check_padded(icv, key);
        opened(right, key, len)
    }
}

/// Whether ICV and zeros after the key are right, and the length of the key; any length if not.
fn check_padded(icv: [u8; 8], key: &[u8]) -> (Choice, usize) {
    let [a, b, c, d, len @ ..] = icv;
    let mut right = [a, b, c, d].ct_eq(&ICV2);
    let len = u64::from(u32::from_be_bytes(len));
    // The key ends in the last 8 bytes, after the first of them or later.
    let before = key.len() as u64 - 8;
    right &= len.ct_gt(&before) & len.ct_lt(&(before + 9));
    let inside = len.wrapping_sub(before);
    for (i, byte) in (0..).zip(&key[key.len() - 8..]) {
        right &= inside.ct_gt(&i) | byte.ct_eq(&0);
    }
    #[allow(clippy::cast_possible_truncation, reason = "not used if it does not fit")]
    (right, len as usize)
}

/// The first `len` bytes of `key` if it is `right`; else it is cleared.
fn opened(right: Choice, key: &mut [u8], len: usize) -> Result<&[u8], KeyWrapError> {
    if right.into() {
        return key.get(..len).ok_or(KeyWrapError);
    }
    key.zeroize();
    Err(KeyWrapError)
}

/// W of SP 800-38F, 6.1, on A ‖ R_2 ‖ … ‖ R_n, whole semiblocks, n ≥ 3.
fn w(cipher: &Cipher, data: &mut [u8]) {
    let Some((a, r)) = data.as_chunks_mut::<8>().0.split_first_mut() else { return };
    let mut block = Temporary::<[Block; 1]>::new();
    let mut t = 0_u64;
    for _ in 0..6 {
        for r in &mut *r {
            t += 1;
            block[0][..8].copy_from_slice(a);
            block[0][8..].copy_from_slice(r);
            cipher.crypt(block.as_mut_slice().into());
            *a = add(&block[0], t);
            r.copy_from_slice(&block[0][8..]);
        }
    }
}

/// W⁻¹ of SP 800-38F, 6.1, on `a` and the semiblocks `r`; returns A.
fn w_inverse(cipher: &Cipher, mut a: [u8; 8], r: &mut [u8]) -> [u8; 8] {
    let r = r.as_chunks_mut::<8>().0;
    let mut block = Temporary::<[Block; 1]>::new();
    let mut t = 6 * r.len() as u64;
    for _ in 0..6 {
        for r in r.iter_mut().rev() {
            block[0][8..].copy_from_slice(r);
            block[0][..8].copy_from_slice(&a);
            block[0].0 = (u128::from_be_bytes(block[0].0) ^ u128::from(t) << 64).to_be_bytes();
            cipher.crypt(block.as_mut_slice().into());
            a = add(&block[0], 0);
            r.copy_from_slice(&block[0][8..]);
            t -= 1;
        }
    }
    a
}

/// The first half of `block` ⊕ `t`.
fn add(block: &Block, t: u64) -> [u8; 8] {
    #[allow(clippy::cast_possible_truncation, reason = "its first half")]
    let a = (u128::from_be_bytes(block.0) >> 64) as u64;
    (a ^ t).to_be_bytes()
}

macro_rules! common {
    ($($name:ident, $alg:literal;)*) => {$(
        impl InnerUser for $name {
            type Inner = Sm4;
        }

        impl InnerInit for $name {
            fn inner_init(cipher: Sm4) -> Self {
                Self { cipher }
            }
        }

        impl AlgorithmName for $name {
            fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($alg)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl ZeroizeOnDrop for $name {}
    )*};
}

common! {
    Sm4KeyWrap, "SM4-KW";
    Sm4KeyWrapPad, "SM4-KWP";
}
