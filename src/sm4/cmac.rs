//! CMAC, GB/T 15852.1-2020, algorithm 5.

use super::{Sm4Enc, backend::Block, chain::Chain, mac::mac, passes::double_be};
use cipher::consts::U16;
use zeroize::Zeroize;

/// SM4-CMAC: the MAC to take where nothing else is prescribed. Any message, 16-byte tag.
///
/// One key serves up to 2⁴⁸ messages (SP 800-38B, B).
///
/// A [`Mac`](digest::Mac): compare tags with its `verify…` methods, never with `==` on bytes. A clone of a keyed `Sm4Cmac` costs no
/// key schedule. Many messages at once: [`batch`](super::batch).
///
/// ```
/// use shangmi::{digest::{KeyInit, Mac}, sm4::Sm4Cmac};
///
/// let keyed = Sm4Cmac::new(&[0x42; 16].into());
/// let tag = keyed.clone().chain_update(b"a message ").chain_update(b"in pieces").finalize().into_bytes();
/// keyed.chain_update(b"a message in pieces").verify(&tag)?;
/// # Ok::<(), shangmi::digest::MacError>(())
/// ```
///
/// Source: GB/T 15852.1-2020, algorithm 5 (SP 800-38B, RFC 4493).
#[derive(Clone)]
pub struct Sm4Cmac {
    chain: Chain,
    k1: Block,
    k2: Block,
}

mac!(Sm4Cmac, "SM4-CMAC", key U16, tag U16, |key| Self::from_cipher(Sm4Enc::new(key)));

impl Sm4Cmac {
    /// With a cipher whose key is expanded.
    #[must_use]
    pub fn from_cipher(cipher: Sm4Enc) -> Self {
        let mut k1 = Block::default();
        cipher.0.crypt(core::slice::from_mut(&mut k1).into());
        double_be(&mut k1);
        let mut k2 = k1;
        double_be(&mut k2);
        Self { chain: Chain::new(cipher), k1, k2 }
    }

    pub(super) fn cipher(&self) -> &Sm4Enc {
        self.chain.sm4()
    }

    pub(super) fn k1(&self) -> &Block {
        &self.k1
    }

    pub(super) fn k2(&self) -> &Block {
        &self.k2
    }

    fn tag(&mut self, tag: &mut Block) {
        let key = if self.chain.is_whole() { &self.k1 } else { &self.k2 };
        if !self.chain.is_whole() {
            self.chain.pad_within_block();
        }
        self.chain.add(key);
        *tag = *self.chain.end();
    }
}

impl Drop for Sm4Cmac {
    fn drop(&mut self) {
        self.k1.zeroize();
        self.k2.zeroize();
    }
}
