//! SM4 with AVX2 and AES-NI.
#![allow(unsafe_code, reason = "a kernel: calls from code that is compiled for any CPU")]

use super::{
    Block, Blocks, Kernel, LANES, LaneKeys, RoundKeys, x86_lanes, x86_serial_aes as serial,
};
use crate::{cpu, sm4::passes};

impl Kernel for cpu::Avx2Aes {
    fn expand_key(self, key: &[u8; 16]) -> RoundKeys {
        // SAFETY: `self` proves that this CPU has `avx2` and `aes`.
        unsafe { serial::expand_key(key) }
    }

    fn crypt(self, rk: &RoundKeys, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { serial::crypt(rk, blocks) }
    }

    fn cbc_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { serial::cbc_encrypt(rk, iv, blocks) }
    }

    fn cfb_encrypt(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { serial::cfb_encrypt(rk, iv, blocks) }
    }

    fn ofb(self, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { serial::ofb(rk, iv, blocks) }
    }

    fn cbc_mac(self, rk: &RoundKeys, x: &mut Block, blocks: &[Block]) {
        // SAFETY: as above.
        unsafe { serial::cbc_mac(rk, x, blocks) }
    }

    fn ctr(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { serial::ctr(rk, counter, passes::add128, blocks) }
    }

    fn ctr32(self, rk: &RoundKeys, counter: &mut Block, blocks: Blocks<'_, '_>) {
        // SAFETY: as above.
        unsafe { serial::ctr(rk, counter, passes::add32, blocks) }
    }

    fn ccm_encrypt(
        self,
        rk: &RoundKeys,
        counter: &mut Block,
        x: &mut Block,
        blocks: Blocks<'_, '_>,
    ) {
        // SAFETY: as above.
        unsafe { serial::ccm_encrypt(rk, counter, x, blocks) }
    }

    fn ccm_decrypt(
        self,
        rk: &RoundKeys,
        counter: &mut Block,
        x: &mut Block,
        blocks: Blocks<'_, '_>,
    ) {
        // SAFETY: as above.
        unsafe { serial::ccm_decrypt(rk, counter, x, blocks) }
    }

    fn lanes(self, keys: &LaneKeys, x: &mut [Block; LANES]) {
        // SAFETY: as above.
        unsafe { x86_lanes::aes(keys, x) }
    }
}
