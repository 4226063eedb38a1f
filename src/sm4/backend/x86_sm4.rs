//! SM4 with Intel's instructions for it: VSM4RNDS4 does four rounds of one or two blocks, VSM4KEY4 makes four round keys.
//!
//! 16 blocks in a pass, two in each of eight registers: the other eight are for the round keys.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]

mod modes;

use super::{Block, Blocks, Doubling, Kernel, LANES, LaneKeys, RoundKeys};
use crate::{
    cpu,
    sm4::portable::{CK, FK},
};
use core::arch::x86_64::{
    __m128i, __m256i, _mm_loadu_si128, _mm_set_epi64x, _mm_setzero_si128, _mm_shuffle_epi8,
    _mm_shuffle_epi32, _mm_sm4key4_epi32, _mm_sm4rnds4_epi32, _mm_storeu_si128, _mm_unpackhi_epi32,
    _mm_unpackhi_epi64, _mm_unpacklo_epi32, _mm_unpacklo_epi64, _mm_xor_si128,
    _mm256_broadcastsi128_si256, _mm256_shuffle_epi8, _mm256_sm4rnds4_epi32,
};
use modes::Rows;

impl Kernel for cpu::Avx2Sm4 {
    fn expand_key(self, key: &[u8; 16]) -> RoundKeys {
        // SAFETY: `self` proves that this CPU has `avx2` and `sm4`.
        unsafe { expand_key(key) }
    }

    fn crypt(self, rk: &RoundKeys, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { crypt(rk, blocks) }
    }

    fn ctr(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { ctr(rk, counter, blocks) }
    }

    fn ctr32(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { ctr32(rk, counter, blocks) }
    }

    fn cbc_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { cbc_encrypt(rk, iv, blocks) }
    }

    fn cbc_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { cbc_decrypt(rk, iv, blocks) }
    }

    fn cfb_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { cfb_encrypt(rk, iv, blocks) }
    }

    fn cfb_decrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { cfb_decrypt(rk, iv, blocks) }
    }

    fn ofb(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { ofb(rk, iv, blocks) }
    }

    fn cbc_mac(self, rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
        // SAFETY: as above.
        unsafe { cbc_mac(rk, x, blocks) }
    }

    fn xts(self, rk: &RoundKeys, tweak: &mut Block, doubling: Doubling, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { xts(rk, tweak, doubling, blocks) }
    }

    fn lanes(self, keys: &LaneKeys, x: &mut [Block; LANES]) {
        // SAFETY: as above.
        unsafe { lanes(keys, x) }
    }
}

#[target_feature(enable = "avx2,sm4")]
fn expand_key(key: &[u8; 16]) -> RoundKeys {
    let mut rk = RoundKeys::new();
    let mut k = _mm_xor_si128(words(load(&(*key).into())), load_words(&FK));
    for (rk, ck) in rk.0.as_chunks_mut().0.iter_mut().zip(CK.as_chunks().0) {
        k = _mm_sm4key4_epi32(k, load_words(ck));
        store_words(rk, k);
    }
    rk
}

/// X32 … X35 from X0 … X3, the first word first.
#[inline]
#[target_feature(enable = "avx2,sm4")]
fn rounds(rk: &RoundKeys, mut x: __m128i) -> __m128i {
    for rk in rk.0.as_chunks().0 {
        x = _mm_sm4rnds4_epi32(x, load_words(rk));
    }
    x
}

#[inline]
#[target_feature(enable = "avx2,sm4")]
fn one(rk: &RoundKeys, x: __m128i) -> __m128i {
    _mm_shuffle_epi8(rounds(rk, words(x)), turned())
}

/// The cipher for [`modes`].
#[inline]
#[target_feature(enable = "avx2,sm4")]
fn cipher(rk: &RoundKeys) -> impl Fn(&mut Rows, usize) {
    |x, n| match x {
        [x @ .., _, _, _, _] if n <= 8 => few::<4>(rk, x),
        x => few(rk, x),
    }
}

#[inline]
#[target_feature(enable = "avx2,sm4")]
fn few<const N: usize>(rk: &RoundKeys, x: &mut [__m256i; N]) {
    let swap = _mm256_broadcastsi128_si256(swap());
    let mut y = x.map(|x| _mm256_shuffle_epi8(x, swap));
    for rk in rk.0.as_chunks().0 {
        let rk = _mm256_broadcastsi128_si256(load_words(rk));
        for y in &mut y {
            *y = _mm256_sm4rnds4_epi32(*y, rk);
        }
    }
    let turned = _mm256_broadcastsi128_si256(turned());
    *x = y.map(|y| _mm256_shuffle_epi8(y, turned));
}

#[target_feature(enable = "avx2,sm4")]
fn crypt(rk: &RoundKeys, mut blocks: Blocks<'_, '_>) {
    if let [x] = blocks.get_in() {
        let y = one(rk, load(x));
        if let [out] = blocks.get_out() {
            store(out, y);
        }
    } else {
        modes::crypt(cipher(rk), blocks);
    }
}

#[target_feature(enable = "avx2,sm4")]
fn ctr(rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
    modes::ctr(cipher(rk), counter, blocks);
}

#[target_feature(enable = "avx2,sm4")]
fn ctr32(rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
    modes::ctr32(cipher(rk), counter, blocks);
}

#[target_feature(enable = "avx2,sm4")]
fn cbc_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    modes::cbc_decrypt(cipher(rk), iv, blocks);
}

#[target_feature(enable = "avx2,sm4")]
fn cfb_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    modes::cfb_decrypt(cipher(rk), iv, blocks);
}

#[target_feature(enable = "avx2,sm4")]
fn xts(rk: &RoundKeys, tweak: &mut Block, doubling: Doubling, blocks: Blocks<'_, '_>) {
    modes::xts(cipher(rk), tweak, doubling, blocks);
}

/// X32 … X35 as the words of the block they are: the first word first.
#[inline]
#[target_feature(enable = "avx2")]
fn reversed(x: __m128i) -> __m128i {
    _mm_shuffle_epi32::<0b00_01_10_11>(x)
}

#[target_feature(enable = "avx2,sm4")]
fn cbc_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    // Words from block to block: of what the next block waits for, nothing turns bytes.
    let mut y = words(load(iv));
    for mut block in blocks {
        y = reversed(rounds(rk, _mm_xor_si128(y, words(load(block.get_in())))));
        store(block.get_out(), words(y));
    }
    store(iv, words(y));
}

#[target_feature(enable = "avx2,sm4")]
fn cfb_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    let mut y = words(load(iv));
    for mut block in blocks {
        y = _mm_xor_si128(reversed(rounds(rk, y)), words(load(block.get_in())));
        store(block.get_out(), words(y));
    }
    store(iv, words(y));
}

#[target_feature(enable = "avx2,sm4")]
fn ofb(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    let mut y = words(load(iv));
    for mut block in blocks {
        y = reversed(rounds(rk, y));
        let sum = _mm_xor_si128(words(y), load(block.get_in()));
        store(block.get_out(), sum);
    }
    store(iv, words(y));
}

#[target_feature(enable = "avx2,sm4")]
fn cbc_mac(rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
    let mut y = words(load(x));
    for block in blocks {
        y = reversed(rounds(rk, _mm_xor_si128(y, words(load(block)))));
    }
    store(x, words(y));
}

#[target_feature(enable = "avx2,sm4")]
fn lanes(keys: &LaneKeys, x: &mut [Block; LANES]) {
    let mut y = [_mm_setzero_si128(); LANES];
    for (y, x) in y.iter_mut().zip(&*x) {
        *y = words(load(x));
    }
    for [a, b, c, d] in keys.0.as_chunks().0 {
        let [a, b] = [a.as_chunks().0, b.as_chunks().0];
        let [c, d] = [c.as_chunks().0, d.as_chunks().0];
        let rk = a.iter().zip(b).zip(c).zip(d);
        for (y, (((a, b), c), d)) in y.as_chunks_mut::<4>().0.iter_mut().zip(rk) {
            // Of four lanes, the keys of one after another.
            let rk = transpose([load_words(a), load_words(b), load_words(c), load_words(d)]);
            for (y, rk) in y.iter_mut().zip(rk) {
                *y = _mm_sm4rnds4_epi32(*y, rk);
            }
        }
    }
    for (x, y) in x.iter_mut().zip(y) {
        store(x, _mm_shuffle_epi8(y, turned()));
    }
}

/// Reverses the bytes of each word.
#[inline]
#[target_feature(enable = "avx2")]
fn swap() -> __m128i {
    _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203)
}

/// The words of a block, and the block of words.
#[inline]
#[target_feature(enable = "avx2")]
fn words(x: __m128i) -> __m128i {
    _mm_shuffle_epi8(x, swap())
}

/// Reverses all bytes, which makes a block of X32 … X35.
#[inline]
#[target_feature(enable = "avx2")]
fn turned() -> __m128i {
    _mm_set_epi64x(0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f)
}

/// Word j of register i to word i of register j.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose([a, b, c, d]: [__m128i; 4]) -> [__m128i; 4] {
    let (ab, cd) = (_mm_unpacklo_epi32(a, b), _mm_unpacklo_epi32(c, d));
    let (ab2, cd2) = (_mm_unpackhi_epi32(a, b), _mm_unpackhi_epi32(c, d));
    [
        _mm_unpacklo_epi64(ab, cd),
        _mm_unpackhi_epi64(ab, cd),
        _mm_unpacklo_epi64(ab2, cd2),
        _mm_unpackhi_epi64(ab2, cd2),
    ]
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(block: &Block) -> __m128i {
    // SAFETY: `block` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(block: &mut Block, x: __m128i) {
    // SAFETY: `block` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(block.as_mut_ptr().cast(), x) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_words(words: &[u32; 4]) -> __m128i {
    // SAFETY: `words` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_words(words: &mut [u32; 4], x: __m128i) {
    // SAFETY: `words` is 16 writable bytes, and the store needs no alignment.
    unsafe { _mm_storeu_si128(words.as_mut_ptr().cast(), x) }
}
