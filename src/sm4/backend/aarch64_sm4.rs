//! SM4 with the instructions of ARMv8.2 for it: SM4E does four rounds of one block, SM4EKEY makes four round keys.
//!
//! Cores that have them take an SM4E each cycle and need about four for its result (Neoverse V1, N2): four blocks in flight
//! would do. 16 fill the registers, with the round keys in eight more.
#![allow(unsafe_code, reason = "a kernel: two instructions that have no stable intrinsic yet")]

use super::{
    Block, Blocks, Doubling, Kernel, LANES, LaneKeys, RoundKeys,
    aarch64_modes::{
        self as modes, Rows, bytes, load, load_words, store, store_words, transpose, words,
    },
};
use crate::{
    cpu,
    sm4::portable::{CK, FK},
};
use core::arch::{
    aarch64::{
        uint8x16_t, uint32x4_t, vdupq_n_u32, veorq_u8, veorq_u32, vextq_u8, vextq_u32,
        vreinterpretq_u8_u32, vrev64q_u8, vrev64q_u32,
    },
    asm,
};

impl Kernel for cpu::NeonSm4 {
    fn expand_key(self, key: &[u8; 16]) -> RoundKeys {
        // SAFETY: `self` proves that this CPU has `sm4`; it has `neon` with it.
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

/// Four rounds on X0 … X3, the first word first: X4 … X7.
#[inline]
#[target_feature(enable = "neon,sm4")]
fn sm4e(mut x: uint32x4_t, rk: uint32x4_t) -> uint32x4_t {
    // SAFETY: `sm4` is enabled; the instruction changes one register alone.
    unsafe {
        asm!("sm4e {:v}.4s, {:v}.4s", inout(vreg) x, in(vreg) rk,
            options(pure, nomem, nostack, preserves_flags));
    }
    x
}

/// K4 … K7 from K0 … K3.
#[inline]
#[target_feature(enable = "neon,sm4")]
fn sm4ekey(k: uint32x4_t, ck: uint32x4_t) -> uint32x4_t {
    let next;
    // SAFETY: `sm4` is enabled; the instruction changes one register alone.
    unsafe {
        asm!("sm4ekey {:v}.4s, {:v}.4s, {:v}.4s", lateout(vreg) next, in(vreg) k, in(vreg) ck,
            options(pure, nomem, nostack, preserves_flags));
    }
    next
}

#[target_feature(enable = "neon,sm4")]
fn expand_key(key: &[u8; 16]) -> RoundKeys {
    let mut rk = RoundKeys::new();
    let mut k = veorq_u32(words(modes::load_bytes(key)), load_words(&FK));
    for (rk, ck) in rk.0.as_chunks_mut().0.iter_mut().zip(CK.as_chunks().0) {
        k = sm4ekey(k, load_words(ck));
        store_words(rk, k);
    }
    rk
}

/// The round keys in registers.
type Keys = [uint32x4_t; 8];

#[inline]
#[target_feature(enable = "neon")]
fn keys(rk: &RoundKeys) -> Keys {
    let mut keys = [vdupq_n_u32(0); 8];
    for (keys, rk) in keys.iter_mut().zip(rk.0.as_chunks().0) {
        *keys = load_words(rk);
    }
    keys
}

/// X32 … X35.
#[inline]
#[target_feature(enable = "neon,sm4")]
fn rounds(rk: &Keys, mut x: uint32x4_t) -> uint32x4_t {
    for rk in rk {
        x = sm4e(x, *rk);
    }
    x
}

/// The block X35, X34, X33, X32.
#[inline]
#[target_feature(enable = "neon")]
fn output(x: uint32x4_t) -> uint8x16_t {
    // All bytes of the register in reverse order.
    let x = vrev64q_u8(vreinterpretq_u8_u32(x));
    vextq_u8::<8>(x, x)
}

#[inline]
#[target_feature(enable = "neon,sm4")]
fn few<const N: usize>(rk: &Keys, x: &mut [uint8x16_t; N]) {
    let mut y = x.map(|x| words(x));
    for rk in rk {
        for y in &mut y {
            *y = sm4e(*y, *rk);
        }
    }
    *x = y.map(|y| output(y));
}

/// The cipher for [`modes`].
#[inline]
#[target_feature(enable = "neon,sm4")]
fn cipher(rk: &RoundKeys) -> impl Fn(&mut Rows, usize) {
    let rk = keys(rk);
    move |x, n| match x {
        [x, ..] if n == 1 => *x = output(rounds(&rk, words(*x))),
        [x @ .., _, _, _, _, _, _, _, _] if n <= 8 => few::<8>(&rk, x),
        x => few(&rk, x),
    }
}

#[target_feature(enable = "neon,sm4")]
fn crypt(rk: &RoundKeys, mut blocks: Blocks<'_, '_>) {
    if let [x] = blocks.get_in() {
        let y = output(rounds(&keys(rk), words(load(x))));
        if let [out] = blocks.get_out() {
            store(out, y);
        }
    } else {
        modes::crypt(cipher(rk), blocks);
    }
}

#[target_feature(enable = "neon,sm4")]
fn ctr(rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
    modes::ctr(cipher(rk), counter, blocks);
}

#[target_feature(enable = "neon,sm4")]
fn ctr32(rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
    modes::ctr32(cipher(rk), counter, blocks);
}

#[target_feature(enable = "neon,sm4")]
fn cbc_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    modes::cbc_decrypt(cipher(rk), iv, blocks);
}

#[target_feature(enable = "neon,sm4")]
fn cfb_decrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    modes::cfb_decrypt(cipher(rk), iv, blocks);
}

#[target_feature(enable = "neon,sm4")]
fn xts(rk: &RoundKeys, tweak: &mut Block, doubling: Doubling, blocks: Blocks<'_, '_>) {
    modes::xts(cipher(rk), tweak, doubling, blocks);
}

/// X32 … X35 as the words of the block they are: the first word first.
#[inline]
#[target_feature(enable = "neon")]
fn reversed(x: uint32x4_t) -> uint32x4_t {
    let x = vrev64q_u32(x);
    vextq_u32::<2>(x, x)
}

#[target_feature(enable = "neon,sm4")]
fn cbc_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    let rk = keys(rk);
    // Words from block to block: of what the next block waits for, nothing turns bytes.
    let mut y = words(load(iv));
    for mut block in blocks {
        y = reversed(rounds(&rk, veorq_u32(y, words(load(block.get_in())))));
        store(block.get_out(), bytes(y));
    }
    store(iv, bytes(y));
}

#[target_feature(enable = "neon,sm4")]
fn cfb_encrypt(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    let rk = keys(rk);
    let mut y = words(load(iv));
    for mut block in blocks {
        y = veorq_u32(reversed(rounds(&rk, y)), words(load(block.get_in())));
        store(block.get_out(), bytes(y));
    }
    store(iv, bytes(y));
}

#[target_feature(enable = "neon,sm4")]
fn ofb(rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    let rk = keys(rk);
    let mut y = words(load(iv));
    for mut block in blocks {
        y = reversed(rounds(&rk, y));
        let sum = veorq_u8(bytes(y), load(block.get_in()));
        store(block.get_out(), sum);
    }
    store(iv, bytes(y));
}

#[target_feature(enable = "neon,sm4")]
fn cbc_mac(rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
    let rk = keys(rk);
    let mut y = words(load(x));
    for block in blocks {
        y = reversed(rounds(&rk, veorq_u32(y, words(load(block)))));
    }
    store(x, bytes(y));
}

#[target_feature(enable = "neon,sm4")]
fn lanes(keys: &LaneKeys, x: &mut [Block; LANES]) {
    let mut y = x.each_ref().map(|x| words(load(x)));
    for [a, b, c, d] in keys.0.as_chunks().0 {
        let [a, b] = [a.as_chunks().0, b.as_chunks().0];
        let [c, d] = [c.as_chunks().0, d.as_chunks().0];
        let rk = a.iter().zip(b).zip(c).zip(d);
        for (y, (((a, b), c), d)) in y.as_chunks_mut::<4>().0.iter_mut().zip(rk) {
            // Of four lanes, the keys of one after another.
            let rk = transpose([load_words(a), load_words(b), load_words(c), load_words(d)]);
            for (y, rk) in y.iter_mut().zip(rk) {
                *y = sm4e(*y, rk);
            }
        }
    }
    for (x, y) in x.iter_mut().zip(y) {
        store(x, output(y));
    }
}
