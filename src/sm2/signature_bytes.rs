//! A signature: r and s, as 64 bytes and in DER.

use super::scalar::Scalar;
use core::fmt;
use signature::{Error, SignatureEncoding};

/// A signature: the integers r and s, both in [1, n − 1].
///
/// As bytes it is r ‖ s, 64 of them, or in DER, up to [`DerSignature::MAX_BYTES`].
///
/// ```
/// use shangmi::sm2::Signature;
///
/// let signature = Signature::from_der(&[0x30, 6, 2, 1, 5, 2, 1, 7])?;
/// let bytes = signature.to_bytes();
/// assert_eq!((bytes[31], bytes[63]), (5, 7));
/// assert_eq!(Signature::from_bytes(&bytes)?.to_der().as_ref(), [0x30, 6, 2, 1, 5, 2, 1, 7]);
/// # Ok::<(), shangmi::signature::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; 64]);

impl Signature {
    /// The number of bytes of r ‖ s.
    pub const BYTES: usize = 64;

    /// The signature r ‖ s, both as 32 bytes, most significant first.
    ///
    /// # Errors
    /// If r or s is 0 or not below n.
    pub fn from_bytes(bytes: &[u8; 64]) -> Result<Self, Error> {
        let halves = bytes.as_chunks::<32>().0;
        let proper = |half| Scalar::from_random(half).is_some().into();
        if halves.iter().all(proper) { Ok(Self(*bytes)) } else { Err(Error::new()) }
    }

    /// The signature whose DER this is.
    ///
    /// # Errors
    /// If the bytes are anything but the DER of a signature: bytes after it, lengths or integers in more bytes than
    /// they need, negative integers, r or s out of range. So no two strings of bytes are the same signature.
    ///
    /// Source: GM/T 0009 (GB/T 35276-2017); X.690, 8.3 and 10.1.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        let content = element(0x30, bytes).filter(|(_, rest)| rest.is_empty());
        let (r, rest) = content.and_then(|(content, _)| integer(content)).ok_or_else(Error::new)?;
        let s = integer(rest).filter(|(_, rest)| rest.is_empty());
        let (s, _) = s.ok_or_else(Error::new)?;
        Self::from_bytes(&join(&r, &s))
    }

    /// r ‖ s, both as 32 bytes, most significant first.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 64] {
        self.0
    }

    /// SEQUENCE { r INTEGER, s INTEGER } in DER.
    #[must_use]
    pub fn to_der(&self) -> DerSignature {
        let mut der = DerSignature { bytes: [0; DerSignature::MAX_BYTES], length: 0 };
        let [r, s] = [self.r_bytes(), self.s_bytes()].map(significant);
        // The tag and length of each integer, and a zero where the upper bit would make it negative.
        let length = |bytes: &[u8]| bytes.len() + usize::from(starts_high(bytes));
        der.push(&[0x30, byte(4 + length(r) + length(s))]);
        for integer in [r, s] {
            der.push(&[2, byte(length(integer))]);
            der.push(if starts_high(integer) { &[0] } else { &[] });
            der.push(integer);
        }
        der
    }

    /// The signature of r and s, none if one is 0: that is told.
    pub(super) fn from_scalars(r: &Scalar, s: &Scalar) -> Self {
        Self(join(&r.to_bytes(), &s.to_bytes()))
    }

    pub(super) fn r(&self) -> Scalar {
        Scalar::from_bytes_reduced(self.r_bytes())
    }

    pub(super) fn s(&self) -> Scalar {
        Scalar::from_bytes_reduced(self.s_bytes())
    }

    fn r_bytes(&self) -> &[u8; 32] {
        &self.0.as_chunks().0[0]
    }

    fn s_bytes(&self) -> &[u8; 32] {
        &self.0.as_chunks().0[1]
    }
}

fn join(r: &[u8; 32], s: &[u8; 32]) -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(r);
    bytes[32..].copy_from_slice(s);
    bytes
}

/// The contents of the DER element of this tag that `bytes` begin with, and what follows it.
///
/// Its length is below 128, as all are here, so that DER has it in one byte.
fn element(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[found, length], rest) = bytes.split_first_chunk()?;
    if found == tag && length < 128 { rest.split_at_checked(length.into()) } else { None }
}

/// The INTEGER from 1 to 2²⁵⁶ − 1 that `bytes` begin with, and what follows it.
fn integer(bytes: &[u8]) -> Option<([u8; 32], &[u8])> {
    let (content, rest) = element(2, bytes)?;
    let magnitude = match content {
        // A zero stands only before an upper bit that is set.
        [0, magnitude @ ..] if starts_high(magnitude) => magnitude,
        [0, ..] => return None,
        negative if starts_high(negative) => return None,
        magnitude => magnitude,
    };
    let mut integer = [0; 32];
    let start = integer.len().checked_sub(magnitude.len()).filter(|_| !magnitude.is_empty())?;
    integer.get_mut(start..)?.copy_from_slice(magnitude);
    Some((integer, rest))
}

/// `bytes` without the zeros in front.
fn significant(bytes: &[u8; 32]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

fn starts_high(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| *first >= 0x80)
}

#[allow(clippy::cast_possible_truncation, reason = "lengths here are at most 70")]
fn byte(length: usize) -> u8 {
    length as u8
}

impl TryFrom<&[u8]> for Signature {
    type Error = Error;

    /// Of r ‖ s.
    fn try_from(bytes: &[u8]) -> Result<Self, Error> {
        bytes.try_into().map_err(|_| Error::new()).and_then(Self::from_bytes)
    }
}

impl From<Signature> for [u8; 64] {
    fn from(signature: Signature) -> Self {
        signature.0
    }
}

impl SignatureEncoding for Signature {
    type Repr = [u8; 64];
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// A signature in DER, by [`AsRef`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DerSignature {
    bytes: [u8; Self::MAX_BYTES],
    length: u8,
}

impl DerSignature {
    /// The most bytes that a signature has in DER.
    pub const MAX_BYTES: usize = 72;

    fn push(&mut self, bytes: &[u8]) {
        let start = usize::from(self.length);
        if let Some(place) = self.bytes.get_mut(start..start + bytes.len()) {
            place.copy_from_slice(bytes);
            self.length += byte(bytes.len());
        }
    }
}

impl AsRef<[u8]> for DerSignature {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(..self.length.into()).unwrap_or_default()
    }
}

impl TryFrom<&[u8]> for DerSignature {
    type Error = Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Error> {
        Signature::from_der(bytes).map(|signature| signature.to_der())
    }
}

impl From<Signature> for DerSignature {
    fn from(signature: Signature) -> Self {
        signature.to_der()
    }
}

impl TryFrom<DerSignature> for Signature {
    type Error = Error;

    fn try_from(der: DerSignature) -> Result<Self, Error> {
        Self::from_der(der.as_ref())
    }
}

impl SignatureEncoding for DerSignature {
    type Repr = Self;
}

impl fmt::Debug for DerSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerSignature(")?;
        self.as_ref().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}
