//! SM4's XTS, HCTR, BC and OFBNLF: against other implementations over RustCrypto's `sm4`, at awkward lengths, in pieces, and refusals, on every backend
//! that can run here.

use shangmi::{
    cipher::{
        Array, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InOutBuf, InnerIvInit,
        KeyInit, KeyIvInit, StreamCipher, common::TryKeyInit, consts::U16,
    },
    sm4::{
        __backends::Backend, Sm4, Sm4BcDec, Sm4BcEnc, Sm4CbcEnc, Sm4Ccm, Sm4Cmac, Sm4Ctr, Sm4Enc,
        Sm4Hctr, Sm4OfbnlfDec, Sm4OfbnlfEnc, Sm4XtsGb, Sm4XtsIeee, XtsLengthError, wpi::Wpi,
    },
};
use sm4_oracle::Sm4 as Oracle;

const KEY: [u8; 16] = *b"0123456789abcdef";
const IV: [u8; 16] = *b"fedcba9876543210";

type Block = Array<u8, U16>;

/// Bytes without a pattern.
fn bytes(n: usize) -> Vec<u8> {
    let mut data = vec![0; n];
    ctr::Ctr128BE::<Oracle>::new(&[7; 16].into(), &[9; 16].into()).apply_keystream(&mut data);
    data
}

fn blocks(data: &mut [u8]) -> &mut [Block] {
    let (blocks, rest) = Array::slice_as_chunks_mut(data);
    assert!(rest.is_empty());
    blocks
}

#[test]
fn bc_and_ofbnlf_follow_their_definitions() {
    let oracle = Oracle::new(&KEY.into());
    for backend in Backend::all() {
        for n in (0..=40).chain([64, 65, 100]) {
            let mut ours = bytes(16 * n);
            Sm4BcEnc::inner_iv_init(backend.sm4_enc(&KEY), &IV.into())
                .encrypt_blocks(blocks(&mut ours));
            let mut theirs = bytes(16 * n);
            let mut f = u128::from_be_bytes(IV);
            for block in blocks(&mut theirs) {
                *block = (u128::from_be_bytes(block.0) ^ f).to_be_bytes().into();
                oracle.encrypt_block(block);
                f ^= u128::from_be_bytes(block.0);
            }
            assert_eq!(ours, theirs, "BC, {n} blocks, {}", backend.name());
            Sm4BcDec::inner_iv_init(backend.sm4_dec(&KEY), &IV.into())
                .decrypt_blocks(blocks(&mut ours));
            assert_eq!(ours, bytes(16 * n), "BC, {n} blocks, {}", backend.name());

            Sm4OfbnlfEnc::inner_iv_init(backend.sm4_enc(&KEY), &IV.into())
                .encrypt_blocks(blocks(&mut ours));
            let mut theirs = bytes(16 * n);
            let mut k: Block = IV.into();
            for block in blocks(&mut theirs) {
                oracle.encrypt_block(&mut k);
                Oracle::new(&k).encrypt_block(block);
            }
            assert_eq!(ours, theirs, "OFBNLF, {n} blocks, {}", backend.name());
            Sm4OfbnlfDec::inner_iv_init(backend.sm4_enc(&KEY), &IV.into())
                .decrypt_blocks(blocks(&mut ours));
            assert_eq!(ours, bytes(16 * n), "OFBNLF, {n} blocks, {}", backend.name());
        }
    }
}

/// XTS by its definition, with either doubling.
fn xts_by_definition(
    double: fn(u128) -> u128,
    from: fn([u8; 16]) -> u128,
    to: fn(u128) -> [u8; 16],
    tweak: [u8; 16],
    data: &mut [u8],
) {
    let (data_cipher, tweak_cipher) = (Oracle::new(&KEY.into()), Oracle::new(&IV.into()));
    let mut t: Block = tweak.into();
    tweak_cipher.encrypt_block(&mut t);
    let mut t = from(t.0);
    let crypt = |block: &mut [u8], t: u128| {
        let mask = to(t);
        let mut b: Block = Array::from_fn(|i| block[i] ^ mask[i]);
        data_cipher.encrypt_block(&mut b);
        for i in 0..16 {
            block[i] = b[i] ^ mask[i];
        }
    };
    let whole = data.len() / 16;
    for block in data.chunks_exact_mut(16).take(whole) {
        crypt(block, t);
        t = double(t);
    }
    let short = data.len() % 16;
    if short > 0 {
        let at = 16 * whole - 16;
        let (last, rest) = data[at..].split_at_mut(16);
        for i in 0..short {
            std::mem::swap(&mut last[i], &mut rest[i]);
        }
        crypt(last, t);
    }
}

#[test]
fn both_forms_of_xts_follow_their_definitions_with_stealing() {
    let gb = |x: u128| x >> 1 ^ if x & 1 == 1 { 0xe1 << 120 } else { 0 };
    let ieee = |x: u128| x << 1 ^ if x >> 127 == 1 { 0x87 } else { 0 };
    let tweak = *b"a tweak, 16 byte";
    for backend in Backend::all() {
        let xts_gb = Sm4XtsGb::from_ciphers(backend.sm4(&KEY), backend.sm4_enc(&IV));
        let xts_ieee = Sm4XtsIeee::from_ciphers(backend.sm4(&KEY), backend.sm4_enc(&IV));
        for n in (16..=100).chain([255, 256, 257, 511, 512, 520, 1024, 1030, 2050, 4111]) {
            let (mut ours, mut theirs) = (bytes(n), bytes(n));
            xts_gb.encrypt(&tweak, &mut ours).expect("in range");
            xts_by_definition(gb, u128::from_be_bytes, u128::to_be_bytes, tweak, &mut theirs);
            assert_eq!(ours, theirs, "GB, {n} bytes, {}", backend.name());
            xts_gb.decrypt(&tweak, &mut ours).expect("in range");
            assert_eq!(ours, bytes(n), "GB, {n} bytes, {}", backend.name());

            let (mut ours, mut theirs, mut mode) = (vec![0; n], bytes(n), bytes(n));
            xts_ieee
                .encrypt_inout(&tweak, InOutBuf::new(&bytes(n), &mut ours).expect("in range"))
                .expect("in range");
            xts_by_definition(ieee, u128::from_le_bytes, u128::to_le_bytes, tweak, &mut theirs);
            assert_eq!(ours, theirs, "IEEE, {n} bytes, {}", backend.name());
            xts_mode::Xts128::new(Oracle::new(&KEY.into()), Oracle::new(&IV.into()))
                .encrypt_sector(&mut mode, tweak.into());
            assert_eq!(ours, mode, "IEEE, {n} bytes, {}, xts-mode", backend.name());
            xts_ieee.decrypt(&tweak, &mut ours).expect("in range");
            assert_eq!(ours, bytes(n), "IEEE, {n} bytes, {}", backend.name());
        }
    }
}

#[test]
fn xts_refuses_equal_keys_and_wrong_lengths() {
    let key: [u8; 32] = std::array::from_fn(|i| KEY[i % 16]);
    assert!(Sm4XtsGb::new(&key.into()).is_err());
    assert!(Sm4XtsIeee::new(&key.into()).is_err());
    assert!(Sm4XtsIeee::new_from_slice(&[1; 31]).is_err());
    let key: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).expect("in range"));
    let xts = Sm4XtsIeee::new(&key.into()).expect("in range");
    for n in [0, 1, 15, (1 << 24) + 1] {
        let mut data = vec![3; n];
        assert_eq!(xts.encrypt(&IV, &mut data), Err(XtsLengthError));
        assert_eq!(xts.decrypt(&IV, &mut data), Err(XtsLengthError));
        assert!(data.iter().all(|byte| *byte == 3));
    }
    assert!(xts.encrypt(&IV, &mut vec![3; 1 << 24]).is_ok());
    for (size, n) in
        [(0, 0), (0, 16), (15, 30), (512, 513), (512, 511), ((1 << 24) + 1, (1 << 24) + 1)]
    {
        assert_eq!(
            xts.encrypt_sectors(0, size, &mut vec![3; n]),
            Err(XtsLengthError),
            "{n} bytes in {size}"
        );
        assert_eq!(xts.decrypt_sectors(0, size, &mut vec![3; n]), Err(XtsLengthError));
    }
    // Sectors are units of their own, and their numbers wrap.
    let mut disk = bytes(3 * 520);
    xts.encrypt_sectors(u128::MAX - 1, 520, &mut disk).expect("in range");
    for (sector, number) in disk.chunks_exact_mut(520).zip([u128::MAX - 1, u128::MAX, 0]) {
        xts.decrypt(&number.to_le_bytes(), sector).expect("in range");
    }
    assert_eq!(disk, bytes(3 * 520));
    xts.encrypt_sectors(7, 520, &mut disk).expect("in range");
    xts.decrypt_sectors(7, 520, &mut disk).expect("in range");
    assert_eq!(disk, bytes(3 * 520));
}

#[test]
fn debug_of_a_key_or_mode_hides_it() {
    let all = [
        format!("{:?}", Sm4::new(&KEY.into())),
        format!("{:?}", Sm4Enc::new(&KEY.into())),
        format!("{:?}", Sm4CbcEnc::new(&KEY.into(), &IV.into())),
        format!("{:?}", Sm4Ctr::new(&KEY.into(), &IV.into())),
        format!("{:?}", Sm4Cmac::new(&KEY.into())),
        format!("{:?}", <Sm4Ccm>::new(&KEY.into())),
        format!("{:?}", Sm4Hctr::new(&[7; 32].into())),
        format!("{:?}", Wpi::new(&KEY, &IV)),
    ];
    for text in all {
        let name = text.strip_suffix(" { .. }").unwrap_or_else(|| panic!("{text}"));
        assert!(name.chars().all(char::is_alphanumeric), "{text}");
    }
}
