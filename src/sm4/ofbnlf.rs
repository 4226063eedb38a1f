//! OFBNLF: output feedback with a non-linear function, GB/T 17964-2021, 13.

use super::{
    Sm4Dec, Sm4Enc,
    backend::{Block, Blocks},
    block_mode::block_mode,
};
use core::slice;

block_mode! {
    /// SM4-OFBNLF encryption: each block under a key of its own, the block of OFB keystream at its place. 16-byte IV, never
    /// twice under one key.
    ///
    /// As a [`BlockModeEncrypt`](cipher::BlockModeEncrypt) it takes whole blocks. A key schedule for each block makes it the
    /// slowest mode of all.
    ///
    /// **OFBNLF does not authenticate.** For protocols that prescribe it.
    ///
    /// ```
    /// use shangmi::{cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit}, sm4::{Sm4OfbnlfDec, Sm4OfbnlfEnc}};
    ///
    /// let (key, iv) = ([0x42; 16], [0x24; 16]);
    /// let mut blocks = [[1; 16].into(), [2; 16].into()];
    /// Sm4OfbnlfEnc::new(&key.into(), &iv.into()).encrypt_blocks(&mut blocks);
    /// Sm4OfbnlfDec::new(&key.into(), &iv.into()).decrypt_blocks(&mut blocks);
    /// assert_eq!(blocks, [[1; 16], [2; 16]]);
    /// ```
    ///
    /// Source: GB/T 17964-2021, 13.
    Sm4OfbnlfEnc, "SM4-OFBNLF", Sm4Enc, encrypt by pass
}

block_mode! {
    /// SM4-OFBNLF decryption. See [`Sm4OfbnlfEnc`].
    Sm4OfbnlfDec, "SM4-OFBNLF", Sm4Enc, decrypt by pass
}

/// K_i = E_K(K_(i−1)), K_0 the IV.
fn next_key(cipher: &Sm4Enc, iv: &mut Block) -> Sm4Enc {
    cipher.0.crypt(slice::from_mut(iv).into());
    Sm4Enc::with_backend(iv, cipher.0.backend)
}

impl Sm4OfbnlfEnc {
    /// C_i = E_(K_i)(P_i).
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        for block in blocks {
            next_key(&self.cipher, &mut self.iv).0.crypt_one(block);
        }
    }
}

impl Sm4OfbnlfDec {
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        for block in blocks {
            Sm4Dec::from(&next_key(&self.cipher, &mut self.iv)).0.crypt_one(block);
        }
    }
}
