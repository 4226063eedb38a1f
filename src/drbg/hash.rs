//! Hash-DRBG: NIST SP 800-90A Rev. 1, 10.1.1, and its form in GM/T 0105-2021.

use super::{
    Mechanism,
    mechanism::{Input, Raw},
};
use crate::secret::Temporary;
use core::{fmt, marker::PhantomData};
use digest::{Digest, OutputSizeUser, consts::U32};
use zeroize::{ZeroizeOnDrop, optimization_barrier};

/// Bytes of V and C: seedlen of a hash of 256 bits, 440 bits.
const SEED: usize = 55;

/// Hash-DRBG with the hash `D`, of 256 bits.
///
/// [`HashDrbgSm3`](super::HashDrbgSm3) is the one with SM3. That `D` may be SHA-256 lets the mechanism
/// be tested by NIST's vectors, which know no SM3.
pub struct HashDrbg<D> {
    v: [u8; SEED],
    c: [u8; SEED],
    hash: PhantomData<fn() -> D>,
}

impl<D> Mechanism for HashDrbg<D> where D: Digest + OutputSizeUser<OutputSize = U32> + ZeroizeOnDrop {}

impl<D> Raw for HashDrbg<D>
where
    D: Digest + OutputSizeUser<OutputSize = U32> + ZeroizeOnDrop,
{
    const STRENGTH: usize = 32;
    const OUTPUT: usize = 32;

    /// Source: 10.1.1.2.
    fn instantiate(seed: &Input<'_>) -> Self {
        let mut new = Self { v: [0; SEED], c: [0; SEED], hash: PhantomData };
        // seed = Hash_df(entropy_input ‖ nonce ‖ personalization_string, seedlen)
        new.set(&hash_df::<D>(&[], seed.parts));
        new
    }

    /// Source: 10.1.1.3.
    fn reseed(&mut self, seed: &Input<'_>, gm: bool) {
        // SP 800-90A: 0x01 ‖ V ‖ entropy_input ‖ additional_input. GM/T 0105: V after the entropy.
        let seed = match seed.parts {
            [entropy, additional @ ..] if gm => hash_df::<D>(&[&[1], entropy, &self.v], additional),
            parts => hash_df::<D>(&[&[1], &self.v], parts),
        };
        self.set(&seed);
    }

    /// Source: 10.1.1.4.
    fn generate(&mut self, out: &mut [u8], additional: &Input<'_>, reseed_counter: u64) {
        if additional.bytes > 0 {
            // w = Hash(0x02 ‖ V ‖ additional_input); V = (V + w) mod 2^seedlen
            let w = hash::<D>(&[&[2], &self.v], additional.parts);
            add(&mut self.v, &[&*w]);
        }
        // Hashgen: Hash(V) ‖ Hash(V + 1) ‖ …
        let mut data = Temporary::<[u8; SEED]>::new();
        *data = self.v;
        for out in out.chunks_mut(32) {
            let w = hash::<D>(&[&*data], &[]);
            out.copy_from_slice(&w[..out.len()]);
            add(&mut data, &[&[1]]);
        }
        // V = (V + Hash(0x03 ‖ V) + C + reseed_counter) mod 2^seedlen
        let h = hash::<D>(&[&[3], &self.v], &[]);
        add(&mut self.v, &[&*h, &self.c, &reseed_counter.to_be_bytes()]);
    }
}

impl<D: Digest + OutputSizeUser<OutputSize = U32>> HashDrbg<D> {
    /// V = `seed`, C = Hash_df(0x00 ‖ V, seedlen).
    fn set(&mut self, seed: &[u8; SEED]) {
        self.v = *seed;
        self.c = *hash_df::<D>(&[&[0], &self.v], &[]);
    }
}

/// Hash of all parts, one after another.
fn hash<D>(first: &[&[u8]], then: &[&[u8]]) -> Temporary<[u8; 32]>
where
    D: Digest + OutputSizeUser<OutputSize = U32>,
{
    let mut hash = D::new();
    first.iter().chain(then).for_each(|part| hash.update(part));
    let mut out = Temporary::<[u8; 32]>::new();
    hash.finalize_into((&mut *out).into());
    out
}

/// Hash_df of all parts, one after another: seedlen bits. Source: 10.3.1.
fn hash_df<D>(first: &[&[u8]], then: &[&[u8]]) -> Temporary<[u8; SEED]>
where
    D: Digest + OutputSizeUser<OutputSize = U32>,
{
    let mut seed = Temporary::<[u8; SEED]>::new();
    for (counter, out) in (1_u8..).zip(seed.chunks_mut(32)) {
        let mut hash = D::new();
        // counter ‖ no_of_bits_to_return ‖ input_string
        hash.update([counter]);
        hash.update(440_u32.to_be_bytes());
        first.iter().chain(then).for_each(|part| hash.update(part));
        let mut value = Temporary::<[u8; 32]>::new();
        hash.finalize_into((&mut *value).into());
        out.copy_from_slice(&value[..out.len()]);
    }
    seed
}

/// v = (v + all of `numbers`) mod 2^seedlen, all big-endian; at most 55 bytes and 255 numbers.
fn add(v: &mut [u8; SEED], numbers: &[&[u8]]) {
    let mut carry = 0_u16;
    for (i, v) in v.iter_mut().rev().enumerate() {
        let digit = |n: &&[u8]| n.iter().rev().nth(i).map_or(0, |digit| u16::from(*digit));
        let sum = carry + u16::from(*v) + numbers.iter().map(digit).sum::<u16>();
        [_, *v] = sum.to_be_bytes();
        carry = sum >> 8;
    }
}

impl<D> fmt::Debug for HashDrbg<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashDrbg").finish_non_exhaustive()
    }
}

impl<D> Drop for HashDrbg<D> {
    fn drop(&mut self) {
        (self.v, self.c) = ([0; SEED], [0; SEED]);
        optimization_barrier(&self.v);
        optimization_barrier(&self.c);
    }
}

impl<D> ZeroizeOnDrop for HashDrbg<D> {}

#[cfg(test)]
mod tests {
    use super::{SEED, add};

    #[test]
    fn sums_carry_and_wrap() {
        let mut v = [0xff; SEED];
        add(&mut v, &[&[1]]);
        assert_eq!(v, [0; SEED]);
        let mut v = [0xff; SEED];
        add(&mut v, &[&[0xff; SEED], &[0xff; 32], &[0xff; 8]]);
        // −1 − 1 + (2²⁵⁶ − 1) + (2⁶⁴ − 1)
        let mut sum = [0; SEED];
        sum[SEED - 33] = 1;
        sum[SEED - 8..].fill(0xff);
        sum[SEED - 1] = 0xfc;
        assert_eq!(v, sum);
    }
}
