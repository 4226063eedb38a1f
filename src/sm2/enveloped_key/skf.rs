//! ENVELOPEDKEYBLOB of the interface of smart tokens.

use super::{EnvelopeError, EnvelopedKey, der::stand_for_zeros};
use crate::sm2::{PublicKey, der::Writer};

/// The number of bytes of an ENVELOPEDKEYBLOB with a key of SM4 in it.
pub const SKF_LEN: usize = 3 * 4 + 64 + (4 + 2 * 64) + (2 * 64 + 32 + 4 + 16);

const VERSION: u32 = 1;
/// SGD_SM4_ECB of GM/T 0006-2012.
const SM4_ECB: u32 = 0x0000_0401;
const BITS: u32 = 256;

impl EnvelopedKey {
    /// ENVELOPEDKEYBLOB.
    ///
    /// Its numbers are of 32 bits, little-endian, as on the common machines; numbers of 512 bits have zeros in front. Of the
    /// encrypted private key's 64 bytes the first half may be zeros or what these become under the cipher.
    ///
    /// # Errors
    /// [`EnvelopeError`] if `bytes` are not such a structure with SM4-ECB, or if bytes are left.
    pub fn from_skf(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        parse(bytes).ok_or(EnvelopeError)
    }

    /// ENVELOPEDKEYBLOB, with zeros before the encrypted private key.
    #[must_use]
    pub fn to_skf(&self) -> [u8; SKF_LEN] {
        let mut bytes = [0; SKF_LEN];
        // The length is right.
        let _ = self.write(&mut Writer(&mut bytes));
        bytes
    }

    fn write(&self, out: &mut Writer<'_>) -> Option<()> {
        let mut parts = self.sm4_key.chunks(32);
        let mut part = || parts.next();
        let numbers = [VERSION, SM4_ECB, BITS];
        numbers.iter().try_for_each(|number| out.put(&number.to_le_bytes()))?;
        put_wide(out, &self.d)?;
        out.put(&BITS.to_le_bytes())?;
        put_wide(out, &self.public_key.x())?;
        put_wide(out, &self.public_key.y())?;
        put_wide(out, part()?)?;
        put_wide(out, part()?)?;
        out.put(part()?)?;
        out.put(&16_u32.to_le_bytes())?;
        out.put(part()?)
    }
}

/// 32 bytes at the end of 64.
fn put_wide(out: &mut Writer<'_>, number: &[u8]) -> Option<()> {
    out.put(&[0; 32])?;
    out.put(number)
}

fn parse(bytes: &[u8]) -> Option<EnvelopedKey> {
    let bytes: &[u8; SKF_LEN] = bytes.try_into().ok()?;
    let mut rest = &bytes[..];
    let numbers = [(); 3].map(|()| take_number(&mut rest));
    let (zeros, d) = take::<64>(&mut rest)?.split_last_chunk()?;
    let bits = take_number(&mut rest);
    let (x, y) = (take_wide(&mut rest)?, take_wide(&mut rest)?);
    let (x1, y1, c3) = (take_wide(&mut rest)?, take_wide(&mut rest)?, take(&mut rest)?);
    let length = take_number(&mut rest);
    let c2 = take(&mut rest)?;
    let known = numbers == [Some(VERSION), Some(SM4_ECB), Some(BITS)];
    if !known || bits != Some(BITS) || length != Some(16) || !stand_for_zeros(zeros) {
        return None;
    }
    let public_key = PublicKey::from_coordinates(&x, &y).ok()?;
    EnvelopedKey::from_parts([&x1, &y1, c3], c2, public_key, d)
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(taken)
}

fn take_number(rest: &mut &[u8]) -> Option<u32> {
    take(rest).map(|bytes| u32::from_le_bytes(*bytes))
}

/// A number of 32 bytes behind as many zeros.
fn take_wide(rest: &mut &[u8]) -> Option<[u8; 32]> {
    let zeros: &[u8; 32] = take(rest)?;
    take(rest).copied().filter(|_| *zeros == [0; 32])
}
