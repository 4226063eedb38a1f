//! What only the inside of SM4 can show: each pass of each kernel against the same pass of the portable one.

extern crate std;

use super::{
    backend::{Backend, Block, Blocks, Doubling, GcmState, LANES, LaneKeys, RoundKeys},
    maps,
};
use crate::ghash;
use std::{vec, vec::Vec};

/// Bytes without a pattern.
fn bytes(n: usize, seed: u64) -> Vec<u8> {
    let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x.to_le_bytes()[3]
    };
    (0..n).map(|_| next()).collect()
}

fn blocks(n: usize, seed: u64) -> Vec<Block> {
    bytes(16 * n, seed).chunks(16).map(|chunk| chunk.try_into().unwrap()).collect()
}

#[test]
fn the_maps_make_the_s_box_of_sm4_out_of_the_inversion_of_aes() {
    let multiply = |mut a: u32, b: u32| {
        let mut product = 0;
        for i in 0..8 {
            product ^= (b >> i & 1) * a;
            a = (a << 1) ^ ((a >> 7) * 0x11b);
        }
        product
    };
    let inverse = |x: u8| {
        let inverse = (0..256).find(|&y| multiply(u32::from(x), y) == 1).unwrap_or(0);
        u8::try_from(inverse).unwrap()
    };
    for x in 0..=255_u8 {
        let z = inverse(maps::M.byte(x) ^ maps::M_CONSTANT);
        let aes = [0, 1, 2, 3, 4].iter().fold(0x63, |sum, &n| sum ^ z.rotate_left(n));
        // A round with X0 = 0 and X1 ⊕ X2 ⊕ X3 ⊕ rk = x in the last byte, the rest S⁻¹(0) = 71.
        let b = u32::from_be_bytes([0x71, 0x71, 0x71, x]);
        let c = super::portable::t(b);
        let c_key = super::portable::t_prime(b);
        for (layer, key_layer, z) in
            [(maps::INVERSE, maps::KEY_INVERSE, z), (maps::AES, maps::KEY_AES, aes)]
        {
            let zero = layer.constant_before;
            let z = u32::from_be_bytes([zero, zero, zero, z]);
            let sum = layer.alpha.word(z)
                ^ layer.beta.word(z).rotate_left(8)
                ^ layer.beta.word(z).rotate_left(16)
                ^ layer.gamma.word(z).rotate_left(24);
            let constant = u32::from_ne_bytes([layer.constant; 4]);
            assert_eq!(maps::M_BACK.word(sum ^ constant), c, "{x:02x}");
            let sum = (0..4).fold(0, |sum, i: usize| {
                sum ^ key_layer.rotated[i].word(z).rotate_left(8 * u32::try_from(i).unwrap())
            });
            let constant = u32::from_ne_bytes([key_layer.constant; 4]);
            assert_eq!(maps::M_BACK.word(sum ^ constant), c_key, "{x:02x}");
        }
    }
}

/// The numbers of blocks worth a test: around every width, and beyond twice the widest.
fn lengths() -> impl Iterator<Item = usize> {
    (0..=35).chain([47, 48, 49, 63, 64, 65, 66, 95, 96, 97, 127, 128, 129, 160, 191, 192, 193, 257])
}

/// `pass` under `backend`, given keys for both directions and a block, in place; what it leaves.
fn compare(
    name: &str,
    pass: impl Fn(Backend, &RoundKeys, &RoundKeys, &mut Block, &mut [Block]),
    b2b: impl Fn(Backend, &RoundKeys, &RoundKeys, &mut Block, &[Block], &mut [Block]),
) {
    let key = bytes(16, 7).try_into().unwrap();
    let ivs = [
        blocks(1, 9)[0],
        [0xff; 16].into(),
        [[0xff_u8; 15].as_slice(), &[0xe0]].concat().as_slice().try_into().unwrap(),
    ];
    for backend in Backend::all() {
        let (portable_rk, rk) = (Backend::Portable.expand_key(&key), backend.expand_key(&key));
        let (portable_kr, kr) = (portable_rk.reversed(), rk.reversed());
        for n in lengths() {
            for iv in &ivs {
                let input = blocks(n, 3);
                let (mut iv1, mut iv2, mut iv3) = (*iv, *iv, *iv);
                let (mut out1, mut out2, mut out3) =
                    (input.clone(), input.clone(), vec![Block::default(); n]);
                pass(Backend::Portable, &portable_rk, &portable_kr, &mut iv1, &mut out1);
                pass(backend, &rk, &kr, &mut iv2, &mut out2);
                b2b(backend, &rk, &kr, &mut iv3, &input, &mut out3);
                assert!(out1 == out2 && out1 == out3, "{name}, {n} blocks, {backend:?}");
                assert!(iv1 == iv2 && iv1 == iv3, "{name}, {n} blocks, {backend:?}, what is left");
            }
        }
    }
}

macro_rules! every_backend_agrees_with_portable_in {
    ($($test:ident: |$backend:ident, $rk:ident, $kr:ident, $iv:ident, $blocks:ident| $pass:expr;)*) => {$(
        #[test]
        fn $test() {
            compare(
                stringify!($test),
                |$backend, $rk, $kr, $iv, blocks| {
                    let _ = (&$rk, &$kr, &$iv);
                    let $blocks = cipher::InOutBuf::from(blocks);
                    $pass;
                },
                |$backend, $rk, $kr, $iv, input, output| {
                    let _ = (&$rk, &$kr, &$iv);
                    let $blocks = cipher::InOutBuf::new(input, output).unwrap();
                    $pass;
                },
            );
        }
    )*};
}

every_backend_agrees_with_portable_in! {
    crypt: |backend, rk, kr, iv, blocks| backend.crypt(rk, blocks);
    crypt_reversed: |backend, rk, kr, iv, blocks| backend.crypt(kr, blocks);
    ctr: |backend, rk, kr, iv, blocks| backend.ctr(rk, iv, blocks);
    ctr32: |backend, rk, kr, iv, blocks| backend.ctr32(rk, iv, blocks);
    cbc_encrypt: |backend, rk, kr, iv, blocks| backend.cbc_encrypt(rk, iv, blocks);
    cbc_decrypt: |backend, rk, kr, iv, blocks| backend.cbc_decrypt(kr, iv, blocks);
    cfb_encrypt: |backend, rk, kr, iv, blocks| backend.cfb_encrypt(rk, iv, blocks);
    cfb_decrypt: |backend, rk, kr, iv, blocks| backend.cfb_decrypt(rk, iv, blocks);
    ofb: |backend, rk, kr, iv, blocks| backend.ofb(rk, iv, blocks);
    xts_gb: |backend, rk, kr, iv, blocks| backend.xts(rk, iv, Doubling::Gb, blocks);
    xts_ieee: |backend, rk, kr, iv, blocks| backend.xts(kr, iv, Doubling::Ieee, blocks);
    cbc_mac: |backend, rk, kr, iv, blocks| {
        let mut blocks = blocks;
        let input = blocks.get_in().to_vec();
        backend.cbc_mac(rk, iv, &input);
        blocks.get_out().copy_from_slice(&input);
    };
    gcm_encrypt: |backend, rk, kr, iv, blocks| gcm(backend, rk, iv, blocks, true);
    gcm_decrypt: |backend, rk, kr, iv, blocks| gcm(backend, rk, iv, blocks, false);
    ccm_encrypt: |backend, rk, kr, iv, blocks| {
        let mut x = blocks.get_in().first().copied().unwrap_or_default();
        backend.ccm_encrypt(rk, iv, &mut x, blocks);
        passes_xor(iv, &x);
    };
    ccm_decrypt: |backend, rk, kr, iv, blocks| {
        let mut x = blocks.get_in().first().copied().unwrap_or_default();
        backend.ccm_decrypt(rk, iv, &mut x, blocks);
        passes_xor(iv, &x);
    };
}

/// GCM from the counter block `iv`, with GHASH as the backend likes it; what is left of all goes into `iv`.
fn gcm(backend: Backend, rk: &RoundKeys, iv: &mut Block, blocks: Blocks<'_, '_>, encrypt: bool) {
    let h = ghash::Key::new(&[0x5a; 16].into(), backend.ghash());
    let mut head = [[1; 16].into(), *iv];
    let mut gcm = GcmState { h: &h, counter: *iv, y: [2; 16].into(), head: &mut head };
    if encrypt {
        backend.gcm_encrypt(rk, &mut gcm, blocks);
    } else {
        backend.gcm_decrypt(rk, &mut gcm, blocks);
    }
    *iv = gcm.counter;
    passes_xor(iv, &gcm.y);
    for block in &head {
        passes_xor(iv, block);
    }
}

/// So that a difference in `y` is seen in `x`.
fn passes_xor(x: &mut Block, y: &Block) {
    for (x, y) in x.iter_mut().zip(y) {
        *x ^= y;
    }
}

#[test]
fn lanes_agree_with_one_after_another() {
    for backend in Backend::all() {
        let mut keys = LaneKeys::new();
        let input: [Block; LANES] = blocks(LANES, 5).try_into().unwrap();
        let mut expected = input;
        for (lane, expected) in expected.iter_mut().enumerate() {
            let key: [u8; 16] = bytes(16, 100 + lane as u64).try_into().unwrap();
            let rk = backend.expand_key(&key);
            keys.set(lane, &rk);
            let rk = Backend::Portable.expand_key(&key);
            Backend::Portable.crypt(&rk, core::slice::from_mut(expected).into());
        }
        let mut x = input;
        backend.lanes(&keys, &mut x);
        assert_eq!(x, expected, "{backend:?}");
    }
}

#[test]
fn portable_agrees_with_another_implementation_at_any_number_of_blocks() {
    use sm4_oracle::cipher::{BlockCipherEncrypt, KeyInit};
    for n in 0..=200 {
        let key: [u8; 16] = bytes(16, n as u64).try_into().unwrap();
        let oracle = sm4_oracle::Sm4::new(&key.into());
        let mut expected = blocks(n, 11);
        let mut out = expected.clone();
        oracle.encrypt_blocks(&mut expected);
        let rk = Backend::Portable.expand_key(&key);
        Backend::Portable.crypt(&rk, out.as_mut_slice().into());
        assert_eq!(out, expected, "{n} blocks");
        Backend::Portable.crypt(&rk.reversed(), out.as_mut_slice().into());
        assert_eq!(out, blocks(n, 11), "{n} blocks, back");
    }
}

#[test]
fn gbt32907_example_2_a_million_times() {
    let key = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
    for backend in Backend::all() {
        let rk = backend.expand_key(&key);
        let mut block: Block = key.into();
        for _ in 0..1_000_000 {
            backend.crypt(&rk, core::slice::from_mut(&mut block).into());
        }
        assert_eq!(block.0, 0x5952_98c7_c6fd_271f_0402_f804_c33d_3f66_u128.to_be_bytes());
    }
}
