//! The modes as passes of a kernel over buffers, for kernels that have nothing faster.

use super::backend::{Block, Blocks, Doubling, GcmState, Kernel, LANES, LaneKeys, RoundKeys};
use crate::secret::Temporary;

/// Blocks of one pass: what the widest kernel likes, and little enough to stay in the nearest cache.
const WIDE: usize = 64;

type Buffer = Temporary<[Block; WIDE]>;

/// Runs `pass` on the blocks, at most [`WIDE`] at a time.
fn each(mut blocks: Blocks<'_, '_>, mut pass: impl FnMut(Blocks<'_, '_>)) {
    while !blocks.is_empty() {
        let n = blocks.len().min(WIDE);
        let (now, rest) = blocks.split_at(n);
        pass(now);
        blocks = rest;
    }
}

/// out = in ⊕ `with`.
pub(super) fn add(mut blocks: Blocks<'_, '_>, with: &[Block]) {
    for (mut block, with) in blocks.reborrow().into_iter().zip(with) {
        block.xor_in2out(with);
    }
}

/// x ⊕= y.
pub(super) fn xor(x: &mut Block, y: &Block) {
    let sum = u128::from_ne_bytes(x.0) ^ u128::from_ne_bytes(y.0);
    x.0 = sum.to_ne_bytes();
}

/// `bytes`, at most 16, and zeros.
pub(super) fn padded(bytes: &[u8]) -> Block {
    let mut block = Block::default();
    block[..bytes.len()].copy_from_slice(bytes);
    block
}

/// The next value of a counter of 128 bits.
pub(super) fn add128(counter: u128) -> u128 {
    counter.wrapping_add(1)
}

/// The next value of a counter in the last 32 of 128 bits.
#[allow(clippy::cast_possible_truncation, reason = "the last 32 bits")]
pub(super) fn add32(counter: u128) -> u128 {
    let low = counter as u32;
    counter ^ u128::from(low) ^ u128::from(low.wrapping_add(1))
}

/// `counter` after `n` more.
#[allow(clippy::cast_possible_truncation, reason = "modulo 2³²")]
pub(super) fn advance32(counter: &Block, n: usize) -> Block {
    let counter = u128::from_be_bytes(counter.0);
    let low = counter as u32;
    let advanced = counter ^ u128::from(low) ^ u128::from(low.wrapping_add(n as u32));
    advanced.to_be_bytes().into()
}

pub(super) fn ctr(
    kernel: impl Kernel,
    rk: &RoundKeys,
    counter: &mut Block,
    next: impl Fn(u128) -> u128,
    blocks: Blocks<'_, '_>,
) {
    let mut keystream = Buffer::new();
    let mut value = u128::from_be_bytes(counter.0);
    each(blocks, |blocks| {
        let keystream = &mut keystream[..blocks.len()];
        for block in keystream.iter_mut() {
            block.0 = value.to_be_bytes();
            value = next(value);
        }
        kernel.crypt(rk, keystream.into());
        add(blocks, keystream);
    });
    counter.0 = value.to_be_bytes();
}

pub(super) fn cbc_encrypt(
    kernel: impl Kernel,
    rk: &RoundKeys,
    iv: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    for mut block in blocks {
        xor(iv, block.get_in());
        one(kernel, rk, iv);
        *block.get_out() = *iv;
    }
}

pub(super) fn cbc_decrypt(
    kernel: impl Kernel,
    rk: &RoundKeys,
    iv: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    let mut plain = Buffer::new();
    each(blocks, |blocks| {
        let plain = &mut plain[..blocks.len()];
        plain.copy_from_slice(blocks.get_in());
        kernel.crypt(rk, (&mut *plain).into());
        for (mut block, plain) in blocks.into_iter().zip(plain) {
            xor(plain, iv);
            *iv = *block.get_in();
            *block.get_out() = *plain;
        }
    });
}

pub(super) fn cfb_encrypt(
    kernel: impl Kernel,
    rk: &RoundKeys,
    iv: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    for mut block in blocks {
        one(kernel, rk, iv);
        xor(iv, block.get_in());
        *block.get_out() = *iv;
    }
}

pub(super) fn cfb_decrypt(
    kernel: impl Kernel,
    rk: &RoundKeys,
    iv: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    let mut keystream = Buffer::new();
    each(blocks, |blocks| {
        let keystream = &mut keystream[..blocks.len()];
        for (keystream, block) in keystream.iter_mut().zip(blocks.get_in()) {
            *keystream = *iv;
            *iv = *block;
        }
        kernel.crypt(rk, (&mut *keystream).into());
        add(blocks, keystream);
    });
}

pub(super) fn ofb(kernel: impl Kernel, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
    for mut block in blocks {
        one(kernel, rk, iv);
        block.xor_in2out(iv);
    }
}

pub(super) fn cbc_mac(kernel: impl Kernel, rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
    for block in blocks {
        xor(x, block);
        one(kernel, rk, x);
    }
}

pub(super) fn xts(
    kernel: impl Kernel,
    rk: &RoundKeys,
    tweak: &mut Block,
    doubling: Doubling,
    blocks: Blocks<'_, '_>,
) {
    let (mut tweaks, mut data) = (Buffer::new(), Buffer::new());
    each(blocks, |blocks| {
        let (tweaks, data) = (&mut tweaks[..blocks.len()], &mut data[..blocks.len()]);
        for ((t, d), block) in tweaks.iter_mut().zip(data.iter_mut()).zip(blocks.get_in()) {
            (*t, *d) = (*tweak, *block);
            xor(d, t);
            double(tweak, doubling);
        }
        kernel.crypt(rk, (&mut *data).into());
        for ((mut block, t), d) in blocks.into_iter().zip(tweaks).zip(data) {
            xor(d, t);
            *block.get_out() = *d;
        }
    });
}

/// x·α in GF(2¹²⁸), α¹²⁸ = α⁷ + α² + α + 1.
pub(super) fn double(x: &mut Block, doubling: Doubling) {
    x.0 = match doubling {
        Doubling::Gb => {
            let x = u128::from_be_bytes(x.0);
            (x >> 1 ^ (x & 1).wrapping_neg() & 0xe1 << 120).to_be_bytes()
        }
        Doubling::Ieee => {
            let x = u128::from_le_bytes(x.0);
            (x << 1 ^ (x >> 127).wrapping_neg() & 0x87).to_le_bytes()
        }
    };
}

/// The same with the coefficients from the last bit of the last byte on, as CMAC has them.
pub(super) fn double_be(x: &mut Block) {
    x.0.reverse();
    double(x, Doubling::Ieee);
    x.0.reverse();
}

pub(super) fn ccm_encrypt(
    kernel: impl Kernel,
    rk: &RoundKeys,
    counter: &mut Block,
    x: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    each(blocks, |blocks| {
        kernel.cbc_mac(rk, x, blocks.get_in());
        kernel.ctr(rk, counter, blocks);
    });
}

pub(super) fn ccm_decrypt(
    kernel: impl Kernel,
    rk: &RoundKeys,
    counter: &mut Block,
    x: &mut Block,
    blocks: Blocks<'_, '_>,
) {
    each(blocks, |mut blocks| {
        kernel.ctr(rk, counter, blocks.reborrow());
        kernel.cbc_mac(rk, x, blocks.get_out());
    });
}

pub(super) fn gcm_encrypt(
    kernel: impl Kernel,
    rk: &RoundKeys,
    gcm: &mut GcmState<'_>,
    blocks: Blocks<'_, '_>,
) {
    kernel.crypt(rk, gcm.head.as_mut_slice().into());
    each(blocks, |mut blocks| {
        kernel.ctr32(rk, &mut gcm.counter, blocks.reborrow());
        gcm.h.update(&mut gcm.y, blocks.get_out());
    });
}

pub(super) fn gcm_decrypt(
    kernel: impl Kernel,
    rk: &RoundKeys,
    gcm: &mut GcmState<'_>,
    blocks: Blocks<'_, '_>,
) {
    kernel.crypt(rk, gcm.head.as_mut_slice().into());
    each(blocks, |blocks| {
        gcm.h.update(&mut gcm.y, blocks.get_in());
        kernel.ctr32(rk, &mut gcm.counter, blocks);
    });
}

pub(super) fn lanes(kernel: impl Kernel, keys: &LaneKeys, x: &mut [Block; LANES]) {
    let mut rk = RoundKeys::new();
    for (lane, x) in x.iter_mut().enumerate() {
        for (rk, keys) in rk.0.iter_mut().zip(keys.0.iter()) {
            *rk = keys[lane];
        }
        one(kernel, &rk, x);
    }
}

fn one(kernel: impl Kernel, rk: &RoundKeys, x: &mut Block) {
    kernel.crypt(rk, core::slice::from_mut(x).into());
}
