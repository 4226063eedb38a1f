//! ZUC-256 in its two forms: with the new initialisation, and that of the 2018 draft.
//!
//! Sources: "The ZUC-256 Stream Cipher", ZUC design team, 2018, version 1.1; "A New Initialization
//! Scheme of the ZUC-256 Stream Cipher", ZUC design team (the form that 3GPP took for 256-NEA6).

use super::{
    Backend,
    portable::State,
    stream::{Rest, Words, stream_cipher},
};
use crate::secret::Temporary;
use cipher::{
    AlgorithmName, BlockSizeUser, InOutBuf, Iv, IvSizeUser, Key, KeyIvInit, KeySizeUser,
    StreamCipher, StreamCipherClosure, StreamCipherCore, StreamCipherError,
    consts::{U4, U16, U23, U32},
};
use core::fmt;
use zeroize::Zeroize;

/// The words of one (key, IV): the designers allow 2³² bits.
pub(super) const LIMIT: u64 = 1 << 27;

/// What the keystream is for. The loading constants differ, so that no two uses share a keystream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Keystream,
    Mac32,
    Mac64,
    Mac128,
}

/// The new initialisation: 16-byte IV, 48 rounds.
pub(super) mod new {
    use super::{State, Use};

    pub(in super::super) const ROUNDS: u32 = 48;

    /// d0 … d15 for a keystream, 7 bits each.
    const D: [u8; 16] = [
        0x64, 0x43, 0x7b, 0x2a, 0x11, 0x05, 0x51, 0x42, 0x1a, 0x31, 0x18, 0x66, 0x14, 0x2e, 0x01,
        0x5c,
    ];

    /// The loaded LFSR.
    pub(in super::super) fn load(key: &[u8; 32], iv: &[u8; 16], purpose: Use) -> State {
        let mut d = D;
        if matches!(purpose, Use::Mac64 | Use::Mac128) {
            d[0] = 0x65;
        }
        if matches!(purpose, Use::Mac32 | Use::Mac128) {
            d[2] = 0x7a;
        }
        let cell = |i: usize| match i {
            0..=6 => [key[i], d[i], key[16 + i], key[24 + i]],
            7..=14 => [key[i], d[i], iv[i - 7], iv[i + 1]],
            _ => [key[15], d[15], key[23], key[31]],
        };
        State::load256(core::array::from_fn(cell))
    }
}

/// The 2018 draft: 184-bit IV, 32 rounds.
pub(super) mod v1 {
    use super::{State, Use};

    pub(in super::super) const ROUNDS: u32 = 32;

    /// d0 … d15 for a keystream, 7 bits each.
    const D: [u8; 16] = [
        0x22, 0x2f, 0x24, 0x2a, 0x6d, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x52, 0x10,
        0x30,
    ];

    /// IV0 … IV24 of the packed form: after the 17 whole bytes, eight parts of 6 bits, first part on top.
    pub(in super::super) fn unpack(iv: &[u8; 23]) -> [u8; 25] {
        let mut parts = [0; 8];
        parts[2..].copy_from_slice(&iv[17..]);
        let parts = u64::from_be_bytes(parts);
        core::array::from_fn(|i| match i {
            0..=16 => iv[i],
            _ => (parts >> (6 * (24 - i)) & 0x3f) as u8,
        })
    }

    /// The loaded LFSR. The last eight of `iv` have 6 bits.
    pub(in super::super) fn load(key: &[u8; 32], iv: &[u8; 25], purpose: Use) -> State {
        let (k, v, mut d) = (key, iv, D);
        if matches!(purpose, Use::Mac64 | Use::Mac128) {
            d[0] = 0x23;
        }
        if matches!(purpose, Use::Mac32 | Use::Mac128) {
            d[2] = 0x25;
        }
        State::load256([
            [k[0], d[0], k[21], k[16]],
            [k[1], d[1], k[22], k[17]],
            [k[2], d[2], k[23], k[18]],
            [k[3], d[3], k[24], k[19]],
            [k[4], d[4], k[25], k[20]],
            [v[0], d[5] | v[17], k[5], k[26]],
            [v[1], d[6] | v[18], k[6], k[27]],
            [v[10], d[7] | v[19], k[7], v[2]],
            [k[8], d[8] | v[20], v[3], v[11]],
            [k[9], d[9] | v[21], v[12], v[4]],
            [v[5], d[10] | v[22], k[10], k[28]],
            [k[11], d[11] | v[23], v[6], v[13]],
            [k[12], d[12] | v[24], v[7], v[14]],
            [k[13], d[13], v[15], v[8]],
            [k[14], d[14] | k[31] >> 4, v[16], v[9]],
            [k[15], d[15] | k[31] & 0x0f, k[30], k[29]],
        ])
    }
}

stream_cipher! {
    /// The stream cipher ZUC-256 with the new initialisation: 32-byte key, 16-byte IV.
    ///
    /// One (key, IV) serves up to 2³² bits (512 MiB); more is refused. Not the cipher of the 2018
    /// draft, which is [`Zuc256V1`].
    ///
    /// ```
    /// use shangmi::{cipher::{KeyIvInit, StreamCipher}, zuc::Zuc256};
    ///
    /// let mut data = *b"plaintext";
    /// Zuc256::new(&[1; 32].into(), &[2; 16].into()).apply_keystream(&mut data);
    /// Zuc256::new(&[1; 32].into(), &[2; 16].into()).apply_keystream(&mut data);
    /// assert_eq!(&data, b"plaintext");
    /// ```
    ///
    /// Source: "A New Initialization Scheme of the ZUC-256 Stream Cipher", ZUC design team.
    Zuc256, Zuc256Core, "ZUC-256", key U32, iv U16,
    |key, iv, backend| {
        Words::start(new::load(key, iv, Use::Keystream), new::ROUNDS, LIMIT, backend)
    }
}

stream_cipher! {
    /// The stream cipher ZUC-256 of the 2018 draft: 32-byte key, 184-bit IV packed in 23 bytes.
    ///
    /// The IV is 17 bytes and eight parts of 6 bits, the first on top of byte 17. An IV written as 25
    /// bytes goes through [`pack_iv`](Self::pack_iv). One (key, IV) serves up to 2³² bits (512 MiB);
    /// more is refused. Not the cipher of the newer documents, which is [`Zuc256`].
    ///
    /// ```
    /// use shangmi::{cipher::{KeyIvInit, StreamCipher}, zuc::Zuc256V1};
    ///
    /// let mut iv = [0x3f; 25]; // 17 bytes, and eight of which 6 bits count
    /// iv[..17].copy_from_slice(b"seventeen bytes..");
    /// let iv = Zuc256V1::pack_iv(&iv)?;
    /// Zuc256V1::new(&[1; 32].into(), &iv.into()).apply_keystream(&mut [0; 9]);
    /// # Ok::<(), shangmi::zuc::SpareBits>(())
    /// ```
    ///
    /// Source: "The ZUC-256 Stream Cipher", ZUC design team, 2018, version 1.1.
    Zuc256V1, Zuc256V1Core, "ZUC-256 (2018)", key U32, iv U23,
    |key, iv, backend| {
        Words::start(v1::load(key, &v1::unpack(iv), Use::Keystream), v1::ROUNDS, LIMIT, backend)
    }
}

impl Zuc256V1 {
    /// The 23 bytes of an IV written as 25: 17 whole bytes, then eight of which the lower 6 bits count.
    ///
    /// # Errors
    /// [`SpareBits`] if one of the last eight bytes is over 0x3f.
    pub fn pack_iv(iv: &[u8; 25]) -> Result<[u8; 23], SpareBits> {
        let (whole, parts) = iv.split_at(17);
        if parts.iter().any(|part| *part > 0x3f) {
            return Err(SpareBits);
        }
        let packed = parts.iter().fold(0, |packed, part| packed << 6 | u64::from(*part));
        let mut iv = [0; 23];
        iv[..17].copy_from_slice(whole);
        iv[17..].copy_from_slice(&packed.to_be_bytes()[2..]);
        Ok(iv)
    }
}

/// One of the last eight bytes of a 25-byte IV has a bit over the 6 that count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpareBits;

impl fmt::Display for SpareBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the last eight bytes of a 25-byte ZUC-256 IV have 6 bits each")
    }
}

impl core::error::Error for SpareBits {}
