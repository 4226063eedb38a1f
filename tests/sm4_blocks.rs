//! SM4's modes at every number of blocks up to four times the widest kernel's and one more, in place and from buffer to buffer, at any
//! address, on every backend that can run here.

use aes_gcm::AesGcm;
use shangmi::{
    aead::{
        AeadInOut,
        consts::{U12, U16},
    },
    cipher::{
        BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InOutBuf,
        InnerIvInit, KeyInit, KeyIvInit, StreamCipher,
    },
    sm4::{__backends::Backend, Sm4CbcDec, Sm4CfbDec, Sm4Ctr, Sm4XtsGb, Sm4XtsIeee},
};
use sm4_oracle::Sm4 as Oracle;
use std::array;

/// The widest kernel takes 128 blocks at once.
const MOST: usize = 4 * 128 + 1;

const KEY: [u8; 16] = *b"0123456789abcdef";
const IV: [u8; 16] = [0xff; 16];
const NONCE: [u8; 12] = *b"fedcba987654";

/// Bytes without a pattern.
fn bytes(n: usize) -> Vec<u8> {
    let mut data = vec![0; n];
    ctr::Ctr128BE::<Oracle>::new(&[7; 16].into(), &[9; 16].into()).apply_keystream(&mut data);
    data
}

/// What `mode` makes of the first `n` bytes of `input` is the first `n` bytes of `expected`, in place and from buffer to buffer, at
/// addresses that `n` chooses; and nothing beside them is written.
fn check(what: &str, n: usize, input: &[u8], expected: &[u8], mode: impl Fn(InOutBuf<'_, '_, u8>)) {
    let [at, from, to] = [n + 1, 3 * n + 2, 5 * n + 3].map(|i| i / 16 % 16);
    let mut buffer = vec![0xaa; n + 64];
    buffer[at..at + n].copy_from_slice(&input[..n]);
    mode((&mut buffer[at..at + n]).into());
    let whole = |at| [&vec![0xaa; at][..], &expected[..n], &vec![0xaa; 64 - at]].concat();
    assert!(buffer == whole(at), "{what}, {n} bytes in place at {at}");
    let mut source = vec![0; n + 16];
    source[from..from + n].copy_from_slice(&input[..n]);
    let mut buffer = vec![0xaa; n + 64];
    let both = InOutBuf::new(&source[from..from + n], &mut buffer[to..to + n]);
    mode(both.expect("of one length"));
    assert!(buffer == whole(to), "{what}, {n} bytes from {from} to {to}");
}

/// `check` at every number of blocks, for a mode whose result of fewer blocks is the beginning of that of more.
fn check_all(what: &str, input: &[u8], expected: &[u8], mode: impl Fn(InOutBuf<'_, '_, u8>)) {
    for blocks in 0..=MOST {
        check(what, 16 * blocks, input, expected, &mode);
    }
}

#[test]
fn block_modes_at_every_number_of_blocks_and_any_address() {
    let (plain, oracle) = (bytes(16 * MOST), Oracle::new(&KEY.into()));
    let [mut ecb, mut cbc, mut cfb] = array::from_fn(|_| plain.clone());
    let blocks = |data: &mut [u8], f: &dyn Fn(InOutBuf<'_, '_, _>)| {
        f(InOutBuf::from(data).into_chunks::<U16>().0);
    };
    blocks(&mut ecb, &|b| oracle.encrypt_blocks_inout(b));
    blocks(&mut cbc, &|b| {
        cbc::Encryptor::inner_iv_init(&oracle, &IV.into()).encrypt_blocks_inout(b);
    });
    blocks(&mut cfb, &|b| {
        cfb_mode::Encryptor::inner_iv_init(&oracle, &IV.into()).encrypt_blocks_inout(b);
    });
    for backend in Backend::all() {
        let (name, sm4, enc) = (backend.name(), backend.sm4(&KEY), backend.sm4_enc(&KEY));
        let name = |mode| format!("{mode} on {name}");
        check_all(&name("ECB"), &plain, &ecb, |b| sm4.encrypt_blocks_inout(b.into_chunks().0));
        check_all(&name("ECB back"), &ecb, &plain, |b| sm4.decrypt_blocks_inout(b.into_chunks().0));
        check_all(&name("CBC back"), &cbc, &plain, |b| {
            Sm4CbcDec::inner_iv_init(backend.sm4_dec(&KEY), &IV.into())
                .decrypt_blocks_inout(b.into_chunks().0);
        });
        check_all(&name("CFB back"), &cfb, &plain, |b| {
            Sm4CfbDec::inner_iv_init(enc.clone(), &IV.into()).decrypt_inout(b);
        });
    }
}

#[test]
fn ctr_and_xts_at_every_number_of_blocks_and_any_address() {
    let (plain, mut ctr) = (bytes(16 * MOST + 15), bytes(16 * MOST + 15));
    ctr::Ctr128BE::<Oracle>::new(&KEY.into(), &IV.into()).apply_keystream(&mut ctr);
    let [mut ieee, mut gb] = array::from_fn(|_| plain[..16 * MOST].to_vec());
    xts_mode::Xts128::new(Oracle::new(&KEY.into()), Oracle::new(&[5; 16].into()))
        .encrypt_sector(&mut ieee, IV.into());
    // No other implementation has the other form: that of the portable backend, which tests/sm4_wide.rs compares with the definition.
    let portable = Backend::all().last().expect("there always");
    let xts = |backend: Backend| (backend.sm4(&KEY), backend.sm4_enc(&[5; 16]));
    let (data, tweak) = xts(portable);
    Sm4XtsGb::from_ciphers(data, tweak).encrypt(&IV, &mut gb).expect("in range");
    for backend in Backend::all() {
        let name = |mode| format!("{mode} on {}", backend.name());
        let enc = backend.sm4_enc(&KEY);
        for n in 0..=MOST {
            // With some bytes more.
            check(&name("CTR"), 16 * n + n % 16, &plain, &ctr, |b| {
                Sm4Ctr::inner_iv_init(enc.clone(), &IV.into()).apply_keystream_inout(b);
            });
        }
        let ((data, tweak), (data2, tweak2)) = (xts(backend), xts(backend));
        let xts_gb = Sm4XtsGb::from_ciphers(data, tweak);
        let xts_ieee = Sm4XtsIeee::from_ciphers(data2, tweak2);
        for n in (16..=16 * MOST).step_by(16) {
            check(&name("XTS, GB"), n, &plain, &gb, |b| {
                xts_gb.encrypt_inout(&IV, b).expect("in range");
            });
            check(&name("XTS, GB, back"), n, &gb, &plain, |b| {
                xts_gb.decrypt_inout(&IV, b).expect("in range");
            });
            check(&name("XTS, IEEE"), n, &plain, &ieee, |b| {
                xts_ieee.encrypt_inout(&IV, b).expect("in range");
            });
            check(&name("XTS, IEEE, back"), n, &ieee, &plain, |b| {
                xts_ieee.decrypt_inout(&IV, b).expect("in range");
            });
        }
    }
}

#[test]
fn gcm_at_every_number_of_blocks_and_any_address() {
    let (plain, mut sealed) = (bytes(16 * MOST + 15), bytes(16 * MOST + 15));
    let other = AesGcm::<Oracle, U12, U16>::new(&KEY.into());
    let seal = |gcm: &AesGcm<_, _, _>, data: &mut [u8]| {
        gcm.encrypt_inout_detached(&NONCE.into(), b"aad", data.into()).expect("short")
    };
    let sizes = || (0..=MOST).map(|n| 16 * n + n % 16);
    let tags: Vec<_> = sizes().map(|n| seal(&other, &mut plain[..n].to_vec())).collect();
    seal(&other, &mut sealed);
    for backend in Backend::all() {
        let gcm = backend.gcm::<U12, U16>(&KEY);
        let name = |mode| format!("{mode} on {}", backend.name());
        for (n, tag) in sizes().zip(&tags) {
            check(&name("GCM"), n, &plain, &sealed, |b| {
                let own_tag = gcm.encrypt_inout_detached(&NONCE.into(), b"aad", b);
                assert_eq!(own_tag.as_ref(), Ok(tag), "{n} bytes");
            });
            check(&name("GCM back"), n, &sealed, &plain, |b| {
                let opened = gcm.decrypt_inout_detached(&NONCE.into(), b"aad", b, tag);
                assert_eq!(opened, Ok(()), "{n} bytes");
            });
        }
    }
}
