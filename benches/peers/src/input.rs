//! The input that ours and the rivals share.

use shangmi::{
    rand_core::{TryCryptoRng, TryRng},
    zuc::{Bearer, Direction, Frame},
};
use std::convert::Infallible;

/// How many messages a batch has.
pub(crate) const MESSAGES: usize = 64;
/// How many a small one has.
pub(crate) const FEW: usize = 8;

pub(crate) const COUNT: u32 = 0x561e_b2dd;
pub(crate) const BEARER: u8 = 0x14;
pub(crate) const DIRECTION: u8 = 1;

/// `n` bytes without a pattern, always the same (splitmix64).
pub(crate) fn message(n: usize) -> Vec<u8> {
    let mut x: u64 = 0;
    let mut words = std::iter::repeat_with(|| {
        x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31).to_le_bytes()
    });
    let mut message = vec![0; n];
    for (bytes, word) in message.chunks_mut(8).zip(&mut words) {
        bytes.copy_from_slice(&word[..bytes.len()]);
    }
    message
}

/// The key of message `i`.
pub(crate) fn key(i: u8) -> [u8; 16] {
    let mut key = *b"0123456789abcdef";
    key[15] = i;
    key
}

/// The 256-bit key of message `i`.
pub(crate) fn key256(i: u8) -> [u8; 32] {
    let mut key = *b"0123456789abcdefghijklmnopqrstuv";
    key[31] = i;
    key
}

/// The packed IV of the 2018 draft of ZUC-256.
pub(crate) const IV_V1: [u8; 23] = *b"fedcba98765432100123456";

/// The IV of SM4's modes, the tweak of XTS.
pub(crate) const IV: [u8; 16] = *b"fedcba9876543210";
/// The nonce of GCM and CCM.
pub(crate) const NONCE: [u8; 12] = *b"fedcba987654";
/// What the KDF starts from: as long as a point of SM2. Its first 16 bytes are the salt of PBKDF2.
pub(crate) const SHARED: [u8; 64] = [0x5a; 64];
/// Of PBKDF2.
pub(crate) const ITERATIONS: u32 = 1000;

/// The frame of message `i` of a batch; of a single message, 0.
pub(crate) fn frame(i: u8) -> Frame {
    let bearer = Bearer::new(BEARER).unwrap_or_default();
    let direction = Direction::try_from(DIRECTION).unwrap_or_default();
    Frame { count: COUNT + u32::from(i), bearer, direction }
}

/// The keys and frames of a batch.
pub(crate) fn batch() -> Vec<([u8; 16], Frame)> {
    (0..).take(MESSAGES).map(|i| (key(i), frame(i))).collect()
}

/// The 256-bit keys and the frames of a batch.
pub(crate) fn batch256() -> Vec<([u8; 32], Frame)> {
    (0..).take(MESSAGES).map(|i| (key256(i), frame(i))).collect()
}

/// A secret key of SM2, and what it signs. The latter is also the other party's secret key.
pub(crate) const D: [u8; 32] = [0x42; 32];
pub(crate) const E: [u8; 32] = [0x5a; 32];
/// The random numbers of a key exchange.
pub(crate) const R_A: [u8; 32] = [0x33; 32];
pub(crate) const R_B: [u8; 32] = [0x77; 32];

/// Random bytes that cost nothing: what the system's take is not measured here.
#[derive(Default)]
pub(crate) struct Pattern(u64);

impl TryRng for Pattern {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.try_next_u64()? >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        Ok(self.0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for bytes in bytes.chunks_mut(8) {
            bytes.copy_from_slice(&self.try_next_u64()?.to_le_bytes()[..bytes.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Pattern {}
