//! CTR-DRBG with the derivation function: NIST SP 800-90A Rev. 1, 10.2.1, and GM/T 0105-2021.

use super::{
    Mechanism,
    mechanism::{Input, Raw},
};
use crate::secret::Temporary;
use cipher::{BlockCipherEncrypt, BlockSizeUser, KeyInit, KeySizeUser, array::Array, consts::U16};
use core::fmt;
use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// Key ‖ V, or what is mixed into them: seedlen is 256 bits.
type Seed = Temporary<[[u8; 16]; 2]>;

/// CTR-DRBG with the block cipher `C`, of 128 bits for key and block, with the derivation function.
///
/// The one with SM4 is `CtrDrbgSm4`. That `C` may be AES-128 lets the mechanism be tested by NIST's
/// vectors, which know no SM4.
pub struct CtrDrbg<C: ZeroizeOnDrop> {
    /// With the key Key.
    cipher: C,
    v: u128,
}

impl<C> Mechanism for CtrDrbg<C> where
    C: BlockCipherEncrypt
        + BlockSizeUser<BlockSize = U16>
        + KeyInit
        + KeySizeUser<KeySize = U16>
        + ZeroizeOnDrop
{
}

impl<C> Raw for CtrDrbg<C>
where
    C: BlockCipherEncrypt
        + BlockSizeUser<BlockSize = U16>
        + KeyInit
        + KeySizeUser<KeySize = U16>
        + ZeroizeOnDrop,
{
    const STRENGTH: usize = 16;
    const OUTPUT: usize = 16;

    /// Source: 10.2.1.3.2.
    fn instantiate(seed: &Input<'_>) -> Self {
        let mut new = Self { cipher: C::new(&[0; 16].into()), v: 0 };
        // seed_material = df(entropy_input ‖ nonce ‖ personalization_string, seedlen)
        new.update(&df::<C>(seed));
        new
    }

    /// Source: 10.2.1.4.2.
    fn reseed(&mut self, seed: &Input<'_>, _gm: bool) {
        self.update(&df::<C>(seed));
    }

    /// Source: 10.2.1.5.2.
    fn generate(&mut self, out: &mut [u8], additional: &Input<'_>, _reseed_counter: u64) {
        let mut provided = Seed::new();
        if additional.bytes > 0 {
            provided = df::<C>(additional);
            self.update(&provided);
        }
        let (blocks, last) = out.as_chunks_mut();
        self.output(blocks);
        if !last.is_empty() {
            let mut block = Temporary::<[[u8; 16]; 1]>::new();
            self.output(&mut *block);
            last.copy_from_slice(&block[0][..last.len()]);
        }
        self.update(&provided);
    }
}

impl<C> CtrDrbg<C>
where
    C: BlockCipherEncrypt
        + BlockSizeUser<BlockSize = U16>
        + KeyInit
        + KeySizeUser<KeySize = U16>
        + ZeroizeOnDrop,
{
    /// For each block: V = (V + 1) mod 2¹²⁸; block = E(Key, V).
    fn output(&mut self, blocks: &mut [[u8; 16]]) {
        for block in &mut *blocks {
            self.v = self.v.wrapping_add(1);
            *block = self.v.to_be_bytes();
        }
        self.cipher.encrypt_blocks(Array::cast_slice_from_core_mut(blocks));
    }

    /// CTR_DRBG_Update. Source: 10.2.1.2.
    fn update(&mut self, provided: &Seed) {
        let mut temp = Seed::new();
        self.output(&mut *temp);
        xor(&mut temp, provided);
        let [key, v] = &*temp;
        self.cipher = C::new(key.into());
        self.v = u128::from_be_bytes(*v);
    }
}

fn xor(a: &mut Seed, b: &Seed) {
    a.as_flattened_mut().iter_mut().zip(b.as_flattened()).for_each(|(a, b)| *a ^= b);
}

/// Block_Cipher_df(`input`, seedlen). Source: 10.3.2.
fn df<C>(input: &Input<'_>) -> Seed
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = U16> + KeyInit + KeySizeUser<KeySize = U16>,
{
    // K = 0x000102…0f.
    let cipher = C::new(&0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f_u128.to_be_bytes().into());
    // BCC(K, IV ‖ S) for IV = 0 and for IV = 1 (in the leftmost 32 bits), side by side.
    let mut chains = Seed::new();
    chains[1][3] = 1;
    // S = L ‖ N ‖ input_string ‖ 0x80 ‖ 0…, L and N in bytes.
    let (l, n) = (input.bytes.to_be_bytes(), 32_u32.to_be_bytes());
    let s = l.iter().chain(&n).chain(input.parts.iter().copied().flatten()).chain(&[0x80]);
    let mut at = 16;
    for byte in s {
        if at == 16 {
            cipher.encrypt_blocks(Array::cast_slice_from_core_mut(&mut *chains));
            at = 0;
        }
        chains.iter_mut().for_each(|chain| chain[at] ^= byte);
        at += 1;
    }
    cipher.encrypt_blocks(Array::cast_slice_from_core_mut(&mut *chains));
    // K and X are the two; then X = E(K, X), twice.
    let [k, x] = &mut *chains;
    let cipher = C::new((&*k).into());
    cipher.encrypt_block(x.into());
    *k = *x;
    cipher.encrypt_block(x.into());
    chains
}

impl<C: ZeroizeOnDrop> fmt::Debug for CtrDrbg<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CtrDrbg").finish_non_exhaustive()
    }
}

impl<C: ZeroizeOnDrop> Drop for CtrDrbg<C> {
    fn drop(&mut self) {
        self.v = 0;
        optimization_barrier(&self.v);
    }
}

impl<C: ZeroizeOnDrop> ZeroizeOnDrop for CtrDrbg<C> {}
