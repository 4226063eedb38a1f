//! BC: block chaining, GB/T 17964-2021, 12.

use super::{
    backend::{Block, Blocks},
    block_mode::block_mode,
    passes::xor,
};
use core::slice;

block_mode! {
    /// SM4-BC encryption: each block is encrypted with the sum of the IV and of all blocks of ciphertext before. 16-byte IV.
    ///
    /// As a [`BlockModeEncrypt`](cipher::BlockModeEncrypt) it takes whole blocks.
    ///
    /// **BC does not authenticate**, and an error of one block spoils all that follow. For protocols that prescribe it.
    ///
    /// ```
    /// use shangmi::{cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit}, sm4::{Sm4BcDec, Sm4BcEnc}};
    ///
    /// let (key, iv) = ([0x42; 16], [0x24; 16]);
    /// let mut blocks = [[1; 16].into(), [2; 16].into()];
    /// Sm4BcEnc::new(&key.into(), &iv.into()).encrypt_blocks(&mut blocks);
    /// Sm4BcDec::new(&key.into(), &iv.into()).decrypt_blocks(&mut blocks);
    /// assert_eq!(blocks, [[1; 16], [2; 16]]);
    /// ```
    ///
    /// Source: GB/T 17964-2021, 12.
    Sm4BcEnc, "SM4-BC", Sm4Enc, encrypt by pass
}

block_mode! {
    /// SM4-BC decryption. See [`Sm4BcEnc`].
    Sm4BcDec, "SM4-BC", Sm4Dec, decrypt by pass
}

impl Sm4BcEnc {
    /// C_i = E(P_i ⊕ F_i), F_(i+1) = F_i ⊕ C_i.
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        for mut block in blocks {
            let mut c = block.clone_in();
            xor(&mut c, &self.iv);
            self.cipher.0.crypt(slice::from_mut(&mut c).into());
            xor(&mut self.iv, &c);
            *block.get_out() = c;
        }
    }
}

impl Sm4BcDec {
    fn pass(&mut self, blocks: Blocks<'_, '_>) {
        // In passes of 32 blocks: only the sums are serial.
        let (chunks, mut rest) = blocks.into_chunks::<cipher::consts::U32>();
        for chunk in chunks {
            self.few(chunk.into_buf());
        }
        self.few(rest.reborrow());
    }

    fn few(&mut self, mut blocks: Blocks<'_, '_>) {
        let mut ciphertext = crate::secret::Temporary::<[Block; 32]>::new();
        let ciphertext = &mut ciphertext[..blocks.len()];
        ciphertext.copy_from_slice(blocks.get_in());
        self.cipher.0.crypt(blocks.reborrow());
        for (p, c) in blocks.get_out().iter_mut().zip(ciphertext) {
            xor(p, &self.iv);
            xor(&mut self.iv, c);
        }
    }
}
