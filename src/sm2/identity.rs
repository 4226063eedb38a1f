//! Z_A: the hash of a user's identifier, the curve and the user's public key.

use super::{
    field::FieldElement,
    keys::PublicKey,
    point::{AffinePoint, B},
};
use crate::sm3::Sm3;
use core::fmt;
use digest::Digest;

/// The identifier for users without one of their own, 1234567812345678.
///
/// Source: GM/T 0009 (GB/T 35276-2017).
pub const DEFAULT_ID: &[u8] = b"1234567812345678";

/// The identifier of both parties in TLS 1.3.
///
/// Source: RFC 8998, 3.2.1.
pub const TLS13_ID: &[u8] = b"TLSv1.3+GM+Cipher+Suite";

/// The curve's a = −3.
const A: FieldElement = FieldElement::constant(&[
    0xffff_ffff_ffff_fffc,
    0xffff_ffff_0000_0000,
    0xffff_ffff_ffff_ffff,
    0xffff_fffe_ffff_ffff,
]);

impl PublicKey {
    /// Z_A = SM3(ENTL ‖ ID ‖ a ‖ b ‖ x_G ‖ y_G ‖ x_A ‖ y_A), ENTL being the length of `id` in bits, 16 bits.
    ///
    /// `id` is of up to 8191 bytes. An empty one is an identifier of no bytes, not [`DEFAULT_ID`].
    ///
    /// # Errors
    /// [`IdTooLong`] if it is longer.
    ///
    /// Source: GB/T 32918.2-2016, 5.5.
    pub fn z_a(&self, id: &[u8]) -> Result<[u8; 32], IdTooLong> {
        let bytes = u16::try_from(id.len()).map_err(|_| IdTooLong)?;
        let entl = bytes.checked_mul(8).ok_or(IdTooLong)?;
        let AffinePoint { x: x_g, y: y_g } = AffinePoint::GENERATOR;
        let mut sm3 = Sm3::new_with_prefix(entl.to_be_bytes());
        sm3.update(id);
        for coordinate in [A, B, x_g, y_g, self.point.x, self.point.y] {
            sm3.update(coordinate.to_bytes());
        }
        Ok(sm3.finalize().into())
    }
}

/// An identifier is longer than 8191 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdTooLong;

impl fmt::Display for IdTooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the identifier is longer than 8191 bytes")
    }
}

impl core::error::Error for IdTooLong {}
