//! OFB: output feedback, GB/T 17964-2021, 8.

use super::{
    Sm4Enc,
    backend::{Block, Blocks},
    keystream::Rest,
};
use crate::secret::clear;
use cipher::{
    AlgorithmName, InOutBuf, InnerIvInit, Iv, IvSizeUser, StreamCipher, StreamCipherError,
    common::InnerUser, consts::U16,
};
use core::fmt;
use zeroize::ZeroizeOnDrop;

/// SM4-OFB: a stream cipher that cannot seek. 16-byte IV, never twice under one key.
///
/// **OFB does not authenticate**: who flips a bit of ciphertext flips that bit of plaintext. Each block waits for the one before:
/// [`Sm4Ctr`](super::Sm4Ctr) is many times faster.
///
/// ```
/// use shangmi::{cipher::{KeyIvInit, StreamCipher}, sm4::Sm4Ofb};
///
/// let (key, iv) = ([0x42; 16], [0x24; 16]);
/// let mut data = *b"a message of any length";
/// Sm4Ofb::new(&key.into(), &iv.into()).apply_keystream(&mut data);
/// Sm4Ofb::new(&key.into(), &iv.into()).apply_keystream(&mut data);
/// assert_eq!(&data, b"a message of any length");
/// ```
///
/// Source: GB/T 17964-2021, 8, j = 128.
#[derive(Clone)]
pub struct Sm4Ofb {
    cipher: Sm4Enc,
    /// The last block of keystream made.
    iv: Block,
    rest: Rest,
}

impl Sm4Ofb {
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        let cipher = &self.cipher.0;
        cipher.backend.ofb(&cipher.rk, &mut self.iv, blocks);
    }
}

impl StreamCipher for Sm4Ofb {
    /// The keystream of OFB has no end to speak of: always `Ok`.
    fn check_remaining(&self, _: usize) -> Result<(), StreamCipherError> {
        Ok(())
    }

    fn unchecked_apply_keystream_inout(&mut self, data: InOutBuf<'_, '_, u8>) {
        let mut rest = self.rest.clone();
        rest.apply(data, |blocks| self.pass(blocks));
        self.rest = rest;
    }

    fn unchecked_write_keystream(&mut self, buf: &mut [u8]) {
        buf.fill(0);
        self.unchecked_apply_keystream_inout(buf.into());
    }
}

impl InnerUser for Sm4Ofb {
    type Inner = Sm4Enc;
}

impl IvSizeUser for Sm4Ofb {
    type IvSize = U16;
}

impl InnerIvInit for Sm4Ofb {
    fn inner_iv_init(cipher: Sm4Enc, iv: &Iv<Self>) -> Self {
        Self { cipher, iv: *iv, rest: Rest::new() }
    }
}

impl AlgorithmName for Sm4Ofb {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SM4-OFB")
    }
}

impl fmt::Debug for Sm4Ofb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm4Ofb").finish_non_exhaustive()
    }
}

impl Drop for Sm4Ofb {
    fn drop(&mut self) {
        clear(&mut self.iv.0);
    }
}

impl ZeroizeOnDrop for Sm4Ofb {}
