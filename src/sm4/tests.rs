//! What only the inside of SM4 can show.

extern crate std;

use super::portable::{crypt, expand_key};
use cipher::{InOutBuf, array::Array, consts::U16};
use sm4_oracle::cipher::{BlockCipherEncrypt, KeyInit};
use std::{vec, vec::Vec};

type Block = Array<u8, U16>;

/// Key and plaintext of both examples.
const EXAMPLE: [u8; 16] = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();

fn reversed(mut rk: [u32; 32]) -> [u32; 32] {
    rk.reverse();
    rk
}

fn blocks(n: usize) -> Vec<Block> {
    let byte = |i: usize, j: usize| (i * 89 ^ j * 151 ^ i * j >> 3) as u8;
    (0..n).map(|i| Array(core::array::from_fn(|j| byte(i, j)))).collect()
}

#[test]
fn gbt32907_example_1() {
    let rk = expand_key(&EXAMPLE);
    assert_eq!(
        [rk[0], rk[1], rk[30], rk[31]],
        [0xf121_86f9, 0x4166_2b61, 0x01cf_72e5, 0x9124_a012]
    );
    let mut block = [Array(EXAMPLE)];
    crypt(&rk, InOutBuf::from(&mut block[..]));
    assert_eq!(block[0].0, 0x681e_df34_d206_965e_86b3_e94f_536e_4246_u128.to_be_bytes());
    crypt(&reversed(rk), InOutBuf::from(&mut block[..]));
    assert_eq!(block[0].0, EXAMPLE);
}

#[test]
fn gbt32907_example_2_a_million_times() {
    let rk = expand_key(&EXAMPLE);
    let mut block = [Array(EXAMPLE)];
    for _ in 0..1_000_000 {
        crypt(&rk, InOutBuf::from(&mut block[..]));
    }
    assert_eq!(block[0].0, 0x5952_98c7_c6fd_271f_0402_f804_c33d_3f66_u128.to_be_bytes());
}

#[test]
fn portable_agrees_with_another_implementation_at_any_number_of_blocks() {
    for n in 0..=200 {
        let key: [u8; 16] = core::array::from_fn(|i| (i * 31 ^ n * 57) as u8);
        let rk = expand_key(&key);
        let oracle = sm4_oracle::Sm4::new(&key.into());
        let plain = blocks(n);
        let mut expected = plain.clone();
        for block in &mut expected {
            oracle.encrypt_block(block);
        }
        let mut out = vec![Array([0xaa; 16]); n];
        crypt(&rk, InOutBuf::new(&plain, &mut out).expect("same length"));
        assert_eq!(out, expected, "{n} blocks");
        crypt(&reversed(rk), InOutBuf::from(&mut out[..]));
        assert_eq!(out, plain, "{n} blocks, back in place");
    }
}
