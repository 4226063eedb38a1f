//! GHASH: the universal hash of GCM and GMAC.
//!
//! Block i of n is multiplied by H^(n + 1 − i) in GF(2¹²⁸), and the products are added. Blocks are
//! taken sixteen at a time, so that a reduction serves sixteen products.
//!
//! GCM counts the bits of a block from the left, no multiplier does. The bytes of a block in reverse
//! order are a number whose bits stand for the same polynomial in reverse, and there the product of
//! GHASH is that of POLYVAL, a·b·x⁻¹²⁸ modulo x¹²⁸ + x¹²⁷ + x¹²⁶ + x¹²¹ + 1, with the key H·x.
//!
//! Source: NIST SP 800-38D, 6.3 and 6.4; RFC 8452, appendix A (GHASH by POLYVAL).

pub(crate) mod backend;
mod portable;

pub(crate) use backend::Backend;
use cipher::{Array, consts::U16};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub(crate) type Block = Array<u8, U16>;

/// The blocks that share a reduction.
pub(crate) const GROUP: usize = 16;

/// H¹⁶, …, H², H as numbers of POLYVAL, in this order so that a kernel may load neighbours at once.
/// The portable kernel fills and uses the last alone.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
#[repr(align(64))]
pub(crate) struct Powers([u128; GROUP]);

/// The key H, made ready.
#[derive(Clone)]
pub(crate) struct Key {
    powers: Powers,
    backend: Backend,
}

impl ZeroizeOnDrop for Key {}

impl Key {
    pub(crate) fn new(h: &Block, backend: Backend) -> Self {
        let mut powers = Powers([0; GROUP]);
        powers.0[GROUP - 1] = times_x(u128::from_be_bytes(h.0));
        backend.fill(&mut powers);
        Self { powers, backend }
    }

    /// All powers of H, for a kernel of carry-less multiplications, if they were made.
    #[allow(dead_code, reason = "of use to kernels of some architectures")]
    pub(crate) fn powers(&self) -> Option<&Powers> {
        (!matches!(self.backend, Backend::Portable)).then_some(&self.powers)
    }

    /// Y = (Y ⊕ X)·H for each block X.
    pub(crate) fn update(&self, y: &mut Block, blocks: &[Block]) {
        self.backend.update(&self.powers, y, blocks);
    }

    /// The same for bytes, with zeros up to the end of the last block.
    pub(crate) fn update_padded(&self, y: &mut Block, data: &[u8]) {
        let (blocks, rest) = Array::slice_as_chunks(data);
        self.update(y, blocks);
        if !rest.is_empty() {
            let mut last = Block::default();
            last[..rest.len()].copy_from_slice(rest);
            self.update(y, &[last]);
        }
    }
}

/// h·x in the field of POLYVAL.
fn times_x(h: u128) -> u128 {
    h << 1 ^ (h >> 127).wrapping_neg() & (0xc2 << 120 | 1)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{Backend, Block, Key};
    use ::ghash::{GHash, universal_hash::UniversalHash};
    use std::vec::Vec;

    fn blocks(n: u64, seed: u64) -> Vec<Block> {
        let word = |i: u64| {
            let x = (i + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (x ^ x >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        };
        (0..n)
            .map(|i| (u128::from(word(2 * i)) << 64 | u128::from(word(2 * i + 1))).to_be_bytes())
            .map(Block::from)
            .collect()
    }

    #[test]
    fn every_backend_agrees_with_the_ghash_crate() {
        let (ones, one, last) = ([0xff; 16].into(), (1_u128 << 127).to_be_bytes(), 1_u128);
        let keys = [blocks(1, 7)[0], blocks(1, 8)[0], ones, one.into(), last.to_be_bytes().into()];
        for backend in Backend::all() {
            for h in keys {
                for n in 0..=100 {
                    let (start, data) = (blocks(1, 100 + n)[0], blocks(n, n));
                    let mut y = start;
                    Key::new(&h, backend).update(&mut y, &data);
                    let mut expected = data;
                    if let Some(first) = expected.first_mut() {
                        first.iter_mut().zip(start).for_each(|(x, y)| *x ^= y);
                        let mut ghash = GHash::new(&h);
                        ghash.update(&expected);
                        assert_eq!(y, ghash.finalize(), "{n} blocks, {backend:?}");
                    } else {
                        assert_eq!(y, start);
                    }
                }
            }
        }
    }

    #[test]
    fn every_backend_pads_with_zeros() {
        let (h, data) = (blocks(1, 7)[0], blocks(40, 3));
        let data = data.as_slice().concat();
        for backend in Backend::all() {
            for n in 0..data.len() {
                let mut y = Block::default();
                Key::new(&h, backend).update_padded(&mut y, &data[..n]);
                let mut ghash = GHash::new(&h);
                ghash.update_padded(&data[..n]);
                assert_eq!(y, ghash.finalize(), "{n} bytes, {backend:?}");
            }
        }
    }
}
