//! What the one-stream x86-64 kernels share: all but F.
//!
//! A kernel keeps W1 = R1 + X1 and W2 = R2 ⊕ X2 rather than R1 and R2, and steps from those of one word to those of the next.
//! X1, X2 and X3 are one sequence: with e_k = s_kL ‖ s_(k−2)H, word i has X1 = e_(i+11), X2 = e_(i+7) and X3 = e_(i+2).
//!
//! F is one chain of dependent instructions, and binds; the LFSR is scalar code between its words, a block ahead, so that no word
//! waits for a cell, nor for a vector load from cells that are still on their way to the cache. (Two such waits a block had cost
//! a quarter of the time.) The rest is done for eight words at once.
#![allow(unsafe_code, reason = "a kernel: loads and stores of vector registers")]
#![allow(
    clippy::cast_possible_truncation,
    clippy::wildcard_imports,
    reason = "halves of words; the intrinsics"
)]

use crate::{secret::Plain, zuc::portable::State};
use core::arch::x86_64::*;
use zeroize::optimization_barrier;

/// Why no slice below is too short: its place and length are constants, or public and bounded.
const FITS: &str = "the arrays are longer than what is read of them";
/// Words made at a time.
pub(super) const BLOCK: usize = 8;
/// Rounds of the longest initialisation.
const MAX_ROUNDS: usize = 48;

/// Starts at a cache line: where the stack happens to lie moved the AES kernel by a third. Cleared on drop.
#[repr(align(64))]
struct Aligned<T: Plain>(T);

impl<T: Plain> Drop for Aligned<T> {
    fn drop(&mut self) {
        self.0 = T::ZERO;
        optimization_barrier(&self.0);
    }
}

/// s_0 to s_23 of a block, and s_24 to s_31, which the LFSR adds while F works.
type Cells = [u32; 32];
/// e_0 to e_23 of a block (e_0 and e_1 are not used).
type Halves = [u32; 24];

/// Fills `z`. `w` is `enter(state)` in the kernel's form, which `pair` undoes.
///
/// `keys` prepares eight words X2, and `step(w, X1, keys, i)` makes the next `w`, with the next word's X1 and X2, the latter number `i`.
/// After `HALVES` − 16 words, a multiple of `BLOCK`, cells and halves move back to the front of their
/// arrays; `CELLS` is `HALVES` + 8.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn keystream<const CELLS: usize, const HALVES: usize, W: Copy, K: Plain>(
    state: &mut State,
    z: &mut [[u8; 4]],
    mut w: W,
    pair: impl Fn(W) -> u64,
    keys: impl Fn(&[u32; BLOCK], &mut K),
    step: impl Fn(W, u32, &K, usize) -> W,
) {
    if let [z] = z {
        let mut x2 = Aligned(K::ZERO);
        let s = &mut state.s;
        keys(&[halves(s[8], s[6]); BLOCK], &mut x2.0);
        *z = word(s, pair(w)).to_be_bytes();
        w = step(w, halves(s[12], s[10]), &x2.0, 0);
        let s16 = next_cell(s, 0);
        s.copy_within(1.., 0);
        s[15] = s16;
        [state.r1, state.r2] = leave(&state.s, pair(w));
        return;
    }
    let (mut s, mut e) = (Aligned([0; CELLS]), Aligned([0; HALVES]));
    let strip = const { HALVES - 16 };
    let (mut pairs, mut x2) = (Aligned([0; BLOCK]), Aligned(K::ZERO));
    let (s, e, pairs, x2) = (&mut s.0, &mut e.0, &mut pairs.0, &mut x2.0);
    s[..16].copy_from_slice(&state.s);
    for (e, s) in e[2..16].iter_mut().zip(state.s.windows(3)) {
        *e = halves(s[2], s[0]);
    }
    for i in 0..BLOCK {
        s[i + 16] = next_cell(s[i..].first_chunk().expect(FITS), 0);
    }
    let mut at = 0;
    for z in z.chunks_mut(BLOCK) {
        if at == strip {
            s.copy_within(strip.., 0);
            e.copy_within(strip.., 0);
            at = 0;
        }
        let s: &mut Cells = s[at..].first_chunk_mut().expect(FITS);
        let e: &mut Halves = e[at..].first_chunk_mut().expect(FITS);
        reorganise(s, e);
        keys(e[8..].first_chunk().expect(FITS), x2);
        let n = z.len().min(BLOCK);
        for i in 0..n {
            pairs[i] = pair(w);
            w = step(w, e[i + 12], x2, i);
            s[i + 24] = next_cell(s[i + 8..].first_chunk().expect(FITS), 0);
        }
        let words = output(s, e, pairs);
        // Not one copy of any length, which is a call.
        match <&mut [[u8; 4]; BLOCK]>::try_from(&mut *z) {
            Ok(z) => *z = words,
            Err(_) => z.copy_from_slice(&words[..n]),
        }
        at += n;
    }
    state.s.copy_from_slice(&s[at..at + 16]);
    [state.r1, state.r2] = leave(&state.s, pair(w));
}

/// `rounds` rounds (48 at most) with u = W >> 1, and one with u = 0; `w` and `pair` as above, and `step(w, X1, X2)`.
#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn initialise<W: Copy>(
    state: &mut State,
    rounds: u32,
    mut w: W,
    pair: impl Fn(W) -> u64,
    step: impl Fn(W, u32, u32) -> W,
) {
    let (mut s, mut e) = (Aligned([0; 17 + MAX_ROUNDS]), Aligned([0; 17 + MAX_ROUNDS]));
    let (s, e) = (&mut s.0, &mut e.0);
    s[..16].copy_from_slice(&state.s);
    for (e, s) in e[2..16].iter_mut().zip(state.s.windows(3)) {
        *e = halves(s[2], s[0]);
    }
    let rounds = (rounds as usize).min(MAX_ROUNDS);
    for i in 0..=rounds {
        let w12 = pair(w);
        let r1 = (w12 as u32).wrapping_sub(e[i + 11]);
        let r2 = (w12 >> 32) as u32 ^ e[i + 7];
        let x0 = (s[i + 15] << 1) & 0xffff_0000 | s[i + 14] & 0xffff;
        let u = (x0 ^ r1).wrapping_add(r2) >> 1;
        let u = if i == rounds { 0 } else { u };
        w = step(w, e[i + 12], e[i + 8]);
        s[i + 16] = next_cell(s[i..].first_chunk().expect(FITS), u);
        e[i + 16] = halves(s[i + 16], s[i + 14]);
    }
    state.s.copy_from_slice(&s[rounds + 1..rounds + 17]);
    [state.r1, state.r2] = leave(&state.s, pair(w));
}

/// W1 (low half) and W2 of the next word.
#[inline(always)]
pub(super) fn enter(state: &State) -> u64 {
    let State { s, r1, r2 } = state;
    u64::from(r1.wrapping_add(halves(s[11], s[9]))) | u64::from(r2 ^ halves(s[7], s[5])) << 32
}

/// R1 and R2 from the next word's W1 (low half) and W2.
#[inline(always)]
fn leave(s: &[u32; 16], w: u64) -> [u32; 2] {
    [(w as u32).wrapping_sub(halves(s[11], s[9])), (w >> 32) as u32 ^ halves(s[7], s[5])]
}

/// Z = ((X0 ⊕ R1) + R2) ⊕ X3 from W1 (low half) and W2: one word alone, as the end of a message may want.
#[inline(always)]
fn word(s: &[u32; 16], w: u64) -> u32 {
    let [r1, r2] = leave(s, w);
    let x0 = (s[15] << 1) & 0xffff_0000 | s[14] & 0xffff;
    (x0 ^ r1).wrapping_add(r2) ^ halves(s[2], s[0])
}

/// `high`L ‖ `low`H.
#[inline(always)]
fn halves(high: u32, low: u32) -> u32 {
    high << 16 | low >> 15
}

/// s_16 = 2^15 s_15 + 2^17 s_13 + 2^21 s_10 + 2^20 s_4 + (1 + 2^8) s_0 + u mod 2^31 − 1, in 1..=2^31 − 1.
///
/// The sum is below 2^53 and not zero. One fold takes it below 2^31 + 2^22, the next to 2^31 − 1 at most, and never to zero.
#[inline(always)]
fn next_cell(s: &[u32; 16], u: u32) -> u32 {
    const M: u64 = (1 << 31) - 1;
    let [s0, s4, s10, s13, s15] = [s[0], s[4], s[10], s[13], s[15]].map(u64::from);
    let sum = s0 + (s0 << 8) + (s4 << 20) + (s10 << 21) + (s13 << 17) + u64::from(u) + (s15 << 15);
    let sum = (sum & M) + (sum >> 31);
    ((sum & M) + (sum >> 31)) as u32
}

/// e_16 to e_23.
#[target_feature(enable = "avx2")]
#[inline]
fn reorganise(s: &Cells, e: &mut Halves) {
    let high = _mm256_slli_epi32::<16>(load(eight(s, 16)));
    let low = _mm256_srli_epi32::<15>(load(eight(s, 14)));
    store(e.last_chunk_mut().expect(FITS), _mm256_or_si256(high, low));
}

/// The words of a block, Z = ((X0 ⊕ R1) + R2) ⊕ X3, big-endian, from W1 (low half) and W2 of each.
#[target_feature(enable = "avx2")]
#[inline]
fn output(s: &Cells, e: &Halves, w: &[u64; BLOCK]) -> [[u8; 4]; BLOCK] {
    let (a, b) =
        (load_pairs(w.first_chunk().expect(FITS)), load_pairs(w.last_chunk().expect(FITS)));
    let (a, b) = (_mm256_castsi256_ps(a), _mm256_castsi256_ps(b));
    let w1 = _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(a, b));
    let w2 = _mm256_castps_si256(_mm256_shuffle_ps::<0b11_01_11_01>(a, b));
    let r1 = _mm256_sub_epi32(_mm256_permute4x64_epi64::<0b11_01_10_00>(w1), load(eight(e, 11)));
    let r2 = _mm256_xor_si256(_mm256_permute4x64_epi64::<0b11_01_10_00>(w2), load(eight(e, 7)));
    let s15 = load(eight(s, 15));
    // Doubled, s_15 has s_15H on top.
    let x0 = _mm256_blend_epi16::<0b1010_1010>(load(eight(s, 14)), _mm256_add_epi32(s15, s15));
    let z = _mm256_xor_si256(_mm256_add_epi32(_mm256_xor_si256(x0, r1), r2), load(eight(e, 2)));
    let swap = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    let mut words = [[0; 4]; BLOCK];
    store_bytes(&mut words, _mm256_shuffle_epi8(z, _mm256_broadcastsi128_si256(swap)));
    words
}

#[inline(always)]
fn eight<const N: usize>(words: &[u32; N], at: usize) -> &[u32; 8] {
    words[at..].first_chunk().expect(FITS)
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn bytes(x: &[u8; 16]) -> __m128i {
    // SAFETY: `x` is 16 readable bytes, and the load needs no alignment.
    unsafe { _mm_loadu_si128(x.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn load(words: &[u32; 8]) -> __m256i {
    // SAFETY: `words` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn load_pairs(pairs: &[u64; 4]) -> __m256i {
    // SAFETY: `pairs` is 32 readable bytes, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(pairs.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn store_bytes(words: &mut [[u8; 4]; 8], x: __m256i) {
    // SAFETY: `words` is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), x) }
}

#[target_feature(enable = "avx2")]
#[inline]
pub(super) fn store(words: &mut [u32; 8], x: __m256i) {
    // SAFETY: `words` is 32 writable bytes, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), x) }
}
