//! Ciphertexts of SM2 taken apart, and put together in any format.

use super::DecryptError;
use crate::sm2::{PublicKey, der};
use core::fmt;

/// How the parts of a ciphertext stand one after the other.
///
/// A ciphertext does not tell which of the first two it has; only decryption does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// C1 ‖ C3 ‖ C2, as in GB/T 32918.4-2016.
    C1C3C2(C1),
    /// C1 ‖ C2 ‖ C3, as in the draft of 2010 and in older libraries.
    C1C2C3(C1),
    /// SEQUENCE { INTEGER x₁, INTEGER y₁, OCTET STRING C3, OCTET STRING C2 } in DER, as in GM/T 0009-2012, 7.2,
    /// and in OpenSSL.
    Der,
}

/// How the point C1 is written in the formats that are not ASN.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum C1 {
    /// 04 ‖ x₁ ‖ y₁: 65 bytes.
    #[default]
    Uncompressed,
    /// 02 or 03, for an even or odd y₁, and x₁: 33 bytes.
    Compressed,
    /// x₁ ‖ y₁: 64 bytes. In no standard; some libraries leave out the byte 04.
    Untagged,
}

impl Default for Format {
    /// C1 ‖ C3 ‖ C2 with C1 uncompressed.
    fn default() -> Self {
        Self::C1C3C2(C1::Uncompressed)
    }
}

impl Format {
    /// The most bytes that a ciphertext has for a message of `length` bytes; none if `usize` cannot tell.
    ///
    /// In DER up to 64 bytes fewer may be used, since numbers are without leading zeros.
    #[must_use]
    pub fn max_len(self, length: usize) -> Option<usize> {
        self.len(33, 33, length)
    }

    /// The length with INTEGERs of `x` and `y` bytes.
    fn len(self, x: usize, y: usize, length: usize) -> Option<usize> {
        match self {
            Self::C1C3C2(c1) | Self::C1C2C3(c1) => length.checked_add(c1.len() + 32),
            Self::Der => der::element_len(Self::der_content(x, y, length)?),
        }
    }

    /// The length of what the SEQUENCE holds.
    fn der_content(x: usize, y: usize, length: usize) -> Option<usize> {
        der::element_len(length)?.checked_add(2 + x + 2 + y + 2 + 32)
    }
}

impl C1 {
    const fn len(self) -> usize {
        match self {
            Self::Uncompressed => 65,
            Self::Compressed => 33,
            Self::Untagged => 64,
        }
    }
}

/// A ciphertext, taken apart: C1, which is on the curve, C2 and C3.
///
/// It borrows C2 and C3 from the bytes it was read from. Reading is strict: each format has one way to write a
/// ciphertext, and bytes beyond are refused.
///
/// ```
/// use shangmi::sm2::pke::{C1, Ciphertext, Format};
///
/// fn to_the_standards_format(from_openssl: &[u8]) -> Option<Vec<u8>> {
///     let ciphertext = Ciphertext::parse(Format::Der, from_openssl).ok()?;
///     let format = Format::C1C3C2(C1::Uncompressed);
///     let mut bytes = vec![0; ciphertext.encoded_len(format)?];
///     ciphertext.write(format, &mut bytes)?;
///     Some(bytes)
/// }
/// # assert_eq!(to_the_standards_format(b"0"), None);
/// ```
#[derive(Clone, Copy)]
pub struct Ciphertext<'a> {
    pub(super) c1: PublicKey,
    pub(super) c2: &'a [u8],
    pub(super) c3: &'a [u8; 32],
}

impl<'a> Ciphertext<'a> {
    /// Takes `bytes` apart.
    ///
    /// # Errors
    /// [`DecryptError`] if they are not a ciphertext in this format, with a point of the curve other than O and
    /// a C2 that is not empty.
    pub fn parse(format: Format, bytes: &'a [u8]) -> Result<Self, DecryptError> {
        let parts = match format {
            Format::C1C3C2(c1) => bytes.split_at_checked(c1.len()).and_then(|(bytes, rest)| {
                let (c3, c2) = rest.split_first_chunk()?;
                Some((point(c1, bytes)?, c2, c3))
            }),
            Format::C1C2C3(c1) => bytes.split_at_checked(c1.len()).and_then(|(bytes, rest)| {
                let (c2, c3) = rest.split_last_chunk()?;
                Some((point(c1, bytes)?, c2, c3))
            }),
            Format::Der => parse_der(bytes),
        };
        let (c1, c2, c3) = parts.filter(|(_, c2, _)| !c2.is_empty()).ok_or(DecryptError)?;
        Ok(Self { c1, c2, c3 })
    }

    /// Takes `bytes` apart, and says which format was found: DER, or what the first byte tells of C1 in the
    /// order given.
    ///
    /// Whether C3 or C2 stands first cannot be seen, nor that the byte 04 was left out.
    ///
    /// ```
    /// use shangmi::sm2::pke::{C1, Ciphertext, Format};
    ///
    /// fn is_compressed(ciphertext: &[u8]) -> bool {
    ///     let found = Ciphertext::parse_any(Format::C1C3C2, ciphertext);
    ///     found.is_ok_and(|(_, format)| format == Format::C1C3C2(C1::Compressed))
    /// }
    /// # assert!(!is_compressed(&[2; 90]));
    /// ```
    ///
    /// # Errors
    /// [`DecryptError`] as for [`parse`](Self::parse).
    pub fn parse_any(
        order: fn(C1) -> Format,
        bytes: &'a [u8],
    ) -> Result<(Self, Format), DecryptError> {
        let format = match bytes.first() {
            Some(0x30) => Format::Der,
            Some(2 | 3) => order(C1::Compressed),
            _ => order(C1::Uncompressed),
        };
        Ok((Self::parse(format, bytes)?, format))
    }

    /// The number of bytes of the message, which are those of C2.
    #[must_use]
    pub fn message_len(&self) -> usize {
        self.c2.len()
    }

    /// The number of bytes in this format; none if `usize` cannot tell.
    #[must_use]
    pub fn encoded_len(&self, format: Format) -> Option<usize> {
        let [x, y] = [self.c1.x(), self.c1.y()].map(|c| der::Integer::new(c).len());
        format.len(x, y, self.c2.len())
    }

    /// Writes the ciphertext in this format to the start of `out`, and returns it.
    ///
    /// None if it has more bytes than `out`; what is then in `out` is of no use.
    pub fn write<'o>(&self, format: Format, out: &'o mut [u8]) -> Option<&'o mut [u8]> {
        let length = self.encoded_len(format)?;
        let out = out.get_mut(..length)?;
        let Slots { c2, c3, .. } = lay_out(format, &self.c1, self.c2.len(), out)?;
        c2.copy_from_slice(self.c2);
        *c3 = *self.c3;
        Some(out)
    }

    /// The ciphertext in this format.
    ///
    /// # Panics
    /// If it has more than `isize::MAX` bytes, as `Vec` does.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn to_vec(&self, format: Format) -> alloc::vec::Vec<u8> {
        // Without a length that fits, `Vec` panics.
        let mut bytes = alloc::vec![0; self.encoded_len(format).unwrap_or(usize::MAX)];
        let length = self.write(format, &mut bytes).map_or(0, |written| written.len());
        bytes.truncate(length);
        bytes
    }
}

impl fmt::Debug for Ciphertext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ciphertext").field("message_len", &self.c2.len()).finish_non_exhaustive()
    }
}

/// Where C2 and C3 go, and how many bytes are left behind the ciphertext.
pub(super) struct Slots<'a> {
    pub(super) c2: &'a mut [u8],
    pub(super) c3: &'a mut [u8; 32],
    pub(super) left: usize,
}

/// Writes C1 and all that stands around the parts to the start of `out`, for a C2 of `length` bytes. None if `out`
/// is too short.
pub(super) fn lay_out<'o>(
    format: Format,
    c1: &PublicKey,
    length: usize,
    out: &'o mut [u8],
) -> Option<Slots<'o>> {
    let mut out = der::Writer(out);
    let (c2, c3);
    match format {
        Format::C1C3C2(form) => {
            put_point(form, c1, &mut out)?;
            c3 = out.take_array()?;
            c2 = out.take(length)?;
        }
        Format::C1C2C3(form) => {
            put_point(form, c1, &mut out)?;
            c2 = out.take(length)?;
            c3 = out.take_array()?;
        }
        Format::Der => {
            let [x, y] = [c1.x(), c1.y()].map(der::Integer::new);
            out.header(der::SEQUENCE, Format::der_content(x.len(), y.len(), length)?)?;
            out.integer(&x)?;
            out.integer(&y)?;
            out.header(der::OCTET_STRING, 32)?;
            c3 = out.take_array()?;
            out.header(der::OCTET_STRING, length)?;
            c2 = out.take(length)?;
        }
    }
    Some(Slots { c2, c3, left: out.0.len() })
}

fn put_point(form: C1, c1: &PublicKey, out: &mut der::Writer<'_>) -> Option<()> {
    let uncompressed = c1.to_sec1_bytes();
    match form {
        C1::Uncompressed => out.put(&uncompressed),
        C1::Compressed => out.put(&c1.to_compressed_bytes()),
        C1::Untagged => out.put(uncompressed.get(1..)?),
    }
}

fn point(form: C1, bytes: &[u8]) -> Option<PublicKey> {
    match (form, bytes) {
        (C1::Uncompressed, [4, ..]) | (C1::Compressed, [2 | 3, ..]) => {
            PublicKey::from_sec1_bytes(bytes).ok()
        }
        (C1::Untagged, _) => {
            PublicKey::from_coordinates(bytes.first_chunk()?, bytes.last_chunk()?).ok()
        }
        _ => None,
    }
}

fn parse_der(bytes: &[u8]) -> Option<(PublicKey, &[u8], &[u8; 32])> {
    let mut outer = der::Reader(bytes);
    let mut inner = der::Reader(outer.element(der::SEQUENCE)?);
    let (x, y) = (inner.integer()?, inner.integer()?);
    let c3 = inner.element(der::OCTET_STRING)?.try_into().ok()?;
    let c2 = inner.element(der::OCTET_STRING)?;
    if !inner.0.is_empty() || !outer.0.is_empty() {
        return None;
    }
    Some((PublicKey::from_coordinates(&x, &y).ok()?, c2, c3))
}
