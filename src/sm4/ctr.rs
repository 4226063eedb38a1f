//! CTR: counter mode, GB/T 17964-2021, 9.

use super::{
    Sm4Enc,
    backend::{Block, Blocks},
    keystream::Rest,
};
use crate::secret::clear;
use cipher::{
    AlgorithmName, InOutBuf, InnerIvInit, Iv, IvSizeUser, OverflowError, SeekNum, StreamCipher,
    StreamCipherError, StreamCipherSeek, common::InnerUser, consts::U16,
};
use core::{fmt, slice};
use zeroize::ZeroizeOnDrop;

/// SM4-CTR: a seekable stream cipher. The IV is the first counter block, a big-endian number of 128 bits, which wraps.
///
/// **A counter block must never be used twice under one key**, neither by the same nor by another message: the two keystreams
/// would be equal. Let the IV begin with a nonce and end with zeros for the counter. **CTR does not authenticate**: who flips a bit of
/// ciphertext flips that bit of plaintext. [`Sm4Gcm`](super::Sm4Gcm) does both.
///
/// ```
/// use shangmi::{cipher::{KeyIvInit, StreamCipher, StreamCipherSeek}, sm4::Sm4Ctr};
///
/// let (key, iv) = ([0x42; 16], [0x24; 16]);
/// let mut data = *b"a message of any length, in pieces of any length";
/// let mut ctr = Sm4Ctr::new(&key.into(), &iv.into());
/// ctr.apply_keystream(&mut data[..7]);
/// ctr.apply_keystream(&mut data[7..]);
///
/// // Decrypts from byte 13 on.
/// ctr.seek(13_u64);
/// ctr.apply_keystream(&mut data[13..]);
/// assert_eq!(&data[13..], b"any length, in pieces of any length");
/// ```
///
/// # Errors
/// Beyond 2¹²⁸ − 1 blocks from the IV there is no keystream: [`StreamCipherError`].
///
/// # Panics
/// Seeking to a negative `i32` panics, within `cipher` 0.5.2.
///
/// For a counter of 32 or 64 bits, or a little-endian one, take the crate `ctr` over [`Sm4Enc`].
///
/// Source: GB/T 17964-2021, 9 (SP 800-38A, 6.5).
#[derive(Clone)]
pub struct Sm4Ctr {
    cipher: Sm4Enc,
    start: u128,
    /// The next counter block.
    counter: Block,
    rest: Rest,
}

impl Sm4Ctr {
    #[inline]
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        let cipher = &self.cipher.0;
        cipher.backend.ctr(&cipher.rk, &mut self.counter, blocks);
    }

    /// The blocks begun so far.
    #[inline]
    fn blocks(&self) -> u128 {
        u128::from_be_bytes(self.counter.0).wrapping_sub(self.start)
    }
}

impl StreamCipher for Sm4Ctr {
    #[inline]
    fn check_remaining(&self, data_len: usize) -> Result<(), StreamCipherError> {
        let blocks = data_len.saturating_sub(self.rest.len()).div_ceil(16);
        // The last block is never made, so that the number of blocks tells where we are.
        self.blocks().checked_add(blocks as u128).map(|_| ()).ok_or(StreamCipherError)
    }

    #[inline]
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

impl StreamCipherSeek for Sm4Ctr {
    fn try_current_pos<T: SeekNum>(&self) -> Result<T, OverflowError> {
        // 1 to 16 bytes of the last block begun are used up.
        #[allow(clippy::cast_possible_truncation, reason = "at most 16")]
        T::from_block_byte(self.blocks(), (16 - self.rest.len()) as u8, 16)
    }

    fn try_seek<T: SeekNum>(&mut self, pos: T) -> Result<(), StreamCipherError> {
        let (block, byte) = pos.into_block_byte::<u128>(16)?;
        self.counter.0 = self.start.wrapping_add(block).to_be_bytes();
        self.rest = Rest::new();
        if byte > 0 {
            let mut keystream = Block::default();
            self.pass(slice::from_mut(&mut keystream).into());
            self.rest.set(keystream, usize::from(byte));
            clear(&mut keystream.0);
        }
        Ok(())
    }
}

impl InnerUser for Sm4Ctr {
    type Inner = Sm4Enc;
}

impl IvSizeUser for Sm4Ctr {
    type IvSize = U16;
}

impl InnerIvInit for Sm4Ctr {
    #[inline]
    fn inner_iv_init(cipher: Sm4Enc, iv: &Iv<Self>) -> Self {
        Self { cipher, start: u128::from_be_bytes(iv.0), counter: *iv, rest: Rest::new() }
    }
}

impl AlgorithmName for Sm4Ctr {
    fn write_alg_name(f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SM4-CTR")
    }
}

impl fmt::Debug for Sm4Ctr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sm4Ctr").finish_non_exhaustive()
    }
}

impl Drop for Sm4Ctr {
    #[inline]
    fn drop(&mut self) {
        clear(&mut self.start);
        clear(&mut self.counter.0);
    }
}

impl ZeroizeOnDrop for Sm4Ctr {}

#[cfg(test)]
mod tests {
    use super::*;
    use cipher::KeyIvInit;

    #[test]
    fn the_keystream_ends_before_the_counter_comes_round() {
        for start in [0, 1, u128::MAX, 1 << 64] {
            let mut ctr = Sm4Ctr::new(&[7; 16].into(), &start.to_be_bytes().into());
            // No position in bytes goes that far.
            ctr.counter.0 = start.wrapping_sub(3).to_be_bytes();
            let mut data = [9; 33];
            assert!(ctr.try_apply_keystream(&mut data).is_err());
            assert_eq!(data, [9; 33], "untouched");
            assert!(ctr.try_apply_keystream(&mut data[..20]).is_ok());
            assert!(ctr.try_apply_keystream(&mut data[..12]).is_ok());
            assert!(ctr.try_apply_keystream(&mut data[..1]).is_err());
        }
    }
}
