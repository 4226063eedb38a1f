//! SM4's GCM-SIV, key wrap and FF1: against other implementations over RustCrypto's `sm4`, and refusals.

use shangmi::{
    aead::{AeadInOut, Error, KeyInit},
    cipher::{
        Array, BlockCipherEncrypt, InOutBuf, KeyIvInit, StreamCipher, common::InnerInit,
        consts::U16,
    },
    sm4::{__backends::Backend, KeyWrapError, Sm4GcmSiv, Sm4KeyWrap, Sm4KeyWrapPad},
};
use sm4_oracle::Sm4 as Oracle;

const KEY: [u8; 16] = *b"0123456789abcdef";
const NONCE: [u8; 12] = *b"fedcba987654";

/// Bytes without a pattern.
fn bytes(n: usize) -> Vec<u8> {
    let mut data = vec![0; n];
    ctr::Ctr128BE::<Oracle>::new(&[7; 16].into(), &[9; 16].into()).apply_keystream(&mut data);
    data
}

#[test]
fn gcm_siv_agrees_with_another_implementation() {
    let other = aes_gcm_siv::AesGcmSiv::<Oracle>::new(&KEY.into());
    for backend in Backend::all() {
        let siv = Sm4GcmSiv::inner_init(backend.sm4_enc(&KEY));
        for n in (0..=70).chain([255, 256, 257, 1023, 1024, 1025, 2047, 2048, 2049, 5000]) {
            let (plain, aad) = (bytes(n), bytes((n * 7 + 5) % 1100));
            let mut expected = plain.clone();
            let data = expected.as_mut_slice().into();
            let tag = other.encrypt_inout_detached(&NONCE.into(), &aad, data).expect("short");
            let at = format!("{n} bytes, {}", backend.name());
            let mut out = vec![0; n];
            let data = InOutBuf::new(&plain, &mut out).expect("of one length");
            let own_tag = siv.encrypt_inout_detached(&NONCE.into(), &aad, data);
            assert_eq!((own_tag, &out), (Ok(tag), &expected), "{at}");
            let data = out.as_mut_slice().into();
            let opened = siv.decrypt_inout_detached(&NONCE.into(), &aad, data, &tag);
            assert_eq!((opened, &out), (Ok(()), &plain), "{at}");
            let data = out.as_mut_slice().into();
            let own_tag = siv.encrypt_inout_detached(&NONCE.into(), &aad, data);
            assert_eq!((own_tag, &out), (Ok(tag), &expected), "{at}");
            let data = InOutBuf::new(&expected, &mut out).expect("of one length");
            let opened = siv.decrypt_inout_detached(&NONCE.into(), &aad, data, &tag);
            assert_eq!((opened, &out), (Ok(()), &plain), "{at}");
        }
    }
}

#[test]
fn gcm_siv_refuses_what_was_changed_and_clears_the_buffer() {
    let siv = Sm4GcmSiv::new(&KEY.into());
    for n in [0, 1, 16, 40, 2000] {
        let mut sealed = bytes(n);
        let data = sealed.as_mut_slice().into();
        let tag = siv.encrypt_inout_detached(&NONCE.into(), b"aad", data).expect("short");
        let refused = |nonce: [u8; 12], aad: &[u8], data: &[u8], tag: &Array<u8, U16>| {
            let mut in_place = data.to_vec();
            let opened =
                siv.decrypt_inout_detached(&nonce.into(), aad, (&mut in_place[..]).into(), tag);
            assert_eq!((opened, in_place), (Err(Error), vec![0; data.len()]));
            // From buffer to buffer, where decrypting twice would bring the plaintext back.
            let mut out = vec![0xff; data.len()];
            let buffers = InOutBuf::new(data, &mut out).expect("of one length");
            let opened = siv.decrypt_inout_detached(&nonce.into(), aad, buffers, tag);
            assert_eq!((opened, out), (Err(Error), vec![0; data.len()]));
        };
        for bit in 0..128 {
            let mut wrong = tag;
            wrong[bit / 8] ^= 1 << (bit % 8);
            refused(NONCE, b"aad", &sealed, &wrong);
        }
        refused([0; 12], b"aad", &sealed, &tag);
        refused(NONCE, b"aae", &sealed, &tag);
        refused(NONCE, b"aad\0", &sealed, &tag);
        refused(NONCE, b"aad", &[&sealed[..], &[0]].concat(), &tag);
        if n > 0 {
            refused(NONCE, b"aad", &sealed[1..], &tag);
        }
    }
}

#[test]
fn key_wrap_agrees_with_another_implementation() {
    let kw = aes_kw::AesKw::<Oracle>::inner_init(Oracle::new(&KEY.into()));
    let kwp = aes_kw::AesKwp::<Oracle>::inner_init(Oracle::new(&KEY.into()));
    for backend in Backend::all() {
        let ours = Sm4KeyWrap::inner_init(backend.sm4(&KEY));
        let ours_padded = Sm4KeyWrapPad::inner_init(backend.sm4(&KEY));
        for n in 1..=80 {
            let key = bytes(n);
            let (mut a, mut b, mut back) = ([0xaa; 100], [0; 100], [0xaa; 100]);
            let (a, b) = (ours_padded.wrap_key(&key, &mut a), kwp.wrap_key(&key, &mut b));
            let wrapped = a.expect("in range");
            assert_eq!(wrapped, b.expect("in range"), "{n} bytes");
            assert_eq!(ours_padded.unwrap_key(wrapped, &mut back), Ok(&key[..]), "{n} bytes");
            assert_eq!(back[wrapped.len() - 8..], [0xaa; 100][wrapped.len() - 8..]);
            if n % 8 == 0 && n > 8 {
                let (mut a, mut b, mut back) = ([0xaa; 100], [0; 100], [0xaa; 100]);
                let (a, b) = (ours.wrap_key(&key, &mut a), kw.wrap_key(&key, &mut b));
                let wrapped = a.expect("in range");
                assert_eq!(wrapped, b.expect("in range"), "{n} bytes");
                assert_eq!(ours.unwrap_key(wrapped, &mut back), Ok(&key[..]), "{n} bytes");
                assert_eq!(back[n..], [0xaa; 100][n..]);
            }
        }
    }
}

#[test]
fn key_wrap_refuses_lengths_that_the_standard_does_not_know() {
    let (kw, kwp) = (Sm4KeyWrap::new(&KEY.into()), Sm4KeyWrapPad::new(&KEY.into()));
    let mut out = [0xaa; 100];
    for n in [0, 1, 8, 15, 17, 20, 31] {
        assert_eq!(kw.wrap_key(&bytes(n), &mut out), Err(KeyWrapError), "{n} bytes");
        assert_eq!(kw.unwrap_key(&bytes(n), &mut out), Err(KeyWrapError), "{n} bytes");
    }
    assert_eq!(kw.unwrap_key(&bytes(16), &mut out), Err(KeyWrapError));
    assert_eq!(kwp.wrap_key(&[], &mut out), Err(KeyWrapError));
    for n in [0, 1, 8, 15, 17, 31] {
        assert_eq!(kwp.unwrap_key(&bytes(n), &mut out), Err(KeyWrapError), "{n} bytes");
    }
    // An empty key would be its constant alone, which anyone can write.
    assert_eq!(kw.unwrap_key(&[0xa6; 8], &mut out), Err(KeyWrapError));
    let empty = [0xa6, 0x59, 0x59, 0xa6, 0, 0, 0, 0];
    assert_eq!(kwp.unwrap_key(&empty, &mut out), Err(KeyWrapError));
    // Buffers that are too short.
    assert_eq!(kw.wrap_key(&bytes(16), &mut out[..23]), Err(KeyWrapError));
    assert_eq!(kw.unwrap_key(&bytes(24), &mut out[..15]), Err(KeyWrapError));
    assert_eq!(kwp.wrap_key(&bytes(9), &mut out[..23]), Err(KeyWrapError));
    assert_eq!(kwp.unwrap_key(&bytes(24), &mut out[..15]), Err(KeyWrapError));
    assert_eq!(out, [0xaa; 100], "left as it was");
}

#[test]
fn unwrapping_refuses_what_was_changed_and_clears_the_buffer() {
    let (kw, kwp) = (Sm4KeyWrap::new(&KEY.into()), Sm4KeyWrapPad::new(&KEY.into()));
    for n in [5, 8, 16, 20, 24, 40] {
        let mut wrapped = vec![0; n + 16];
        let len = kwp.wrap_key(&bytes(n), &mut wrapped).expect("in range").len();
        let padded = wrapped[..len].to_vec();
        let plain = kw.wrap_key(&bytes(n), &mut wrapped).ok().map(<[u8]>::to_vec);
        for bit in 0..8 * len {
            let mut out = vec![0xaa; len];
            let mut wrong = padded.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(kwp.unwrap_key(&wrong, &mut out), Err(KeyWrapError));
            assert_eq!(out, [vec![0; len - 8], vec![0xaa; 8]].concat(), "cleared");
            if let Some(mut wrong) = plain.clone() {
                let mut out = vec![0xaa; n];
                wrong[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(kw.unwrap_key(&wrong, &mut out), Err(KeyWrapError));
                assert_eq!(out, vec![0; n], "cleared");
            }
        }
        // Neither opens what the other has wrapped.
        assert!(len < 24 || kw.unwrap_key(&padded, &mut wrapped).is_err());
        assert!(plain.is_none_or(|plain| kwp.unwrap_key(&plain, &mut wrapped).is_err()));
    }
}

/// W of SP 800-38F, 6.1, by its text.
fn w(data: &[u8]) -> Vec<u8> {
    let (oracle, mut s) = (Oracle::new(&KEY.into()), data.to_vec());
    let n = s.len() / 8 - 1;
    for j in 0..6 {
        for i in 1..=n {
            let mut block =
                Array::<u8, U16>::from_fn(|k| if k < 8 { s[k] } else { s[8 * i + k - 8] });
            oracle.encrypt_block(&mut block);
            s[8 * i..8 * i + 8].copy_from_slice(&block[8..]);
            let t = u64::try_from(n * j + i).expect("small").to_be_bytes();
            (0..8).for_each(|k| s[k] = block[k] ^ t[k]);
        }
    }
    s
}

#[test]
fn unwrapping_with_padding_examines_constant_length_and_zeros() {
    let kwp = Sm4KeyWrapPad::new(&KEY.into());
    let unwrapped = |start: u32, len: u32, key: &[u8]| {
        let data = [&start.to_be_bytes()[..], &len.to_be_bytes(), key].concat();
        let mut out = [0xaa; 24];
        let ok = kwp.unwrap_key(&w(&data), &mut out).map(<[u8]>::len);
        assert!(ok.is_ok() || out == [0; 24], "cleared");
        ok
    };
    let mut key = [7; 24];
    for len in (0..40).chain([u32::MAX, 1 << 31]) {
        let right = if (17..=24).contains(&len) { Ok(len as usize) } else { Err(KeyWrapError) };
        key[17.min(len as usize)..].fill(0);
        assert_eq!(unwrapped(0xa659_59a6, len, &key), right, "{len}");
        assert_eq!(unwrapped(0xa659_59a7, len, &key), Err(KeyWrapError));
        assert_eq!(unwrapped(0xa6a6_a6a6, len, &key), Err(KeyWrapError));
        key.fill(7);
    }
    for i in 0..24 {
        let mut key = [0; 24];
        key[i] = 1;
        let right = if i < 19 { Ok(19) } else { Err(KeyWrapError) };
        assert_eq!(unwrapped(0xa659_59a6, 19, &key), right, "a byte {i} that is not zero");
    }
}

#[cfg(feature = "ff1")]
mod ff1 {
    use super::KEY;
    use shangmi::sm4::{
        Sm4Ff1,
        ff1::{FlexibleNumeralString, NumeralStringError},
    };

    fn encrypt(radix: u32, numerals: Vec<u16>) -> Result<Vec<u16>, NumeralStringError> {
        let ff1 = Sm4Ff1::new(&KEY, radix).expect("a radix");
        ff1.encrypt(b"tweak", &FlexibleNumeralString::from(numerals)).map(Into::into)
    }

    #[test]
    fn ff1_refuses_strings_that_have_fewer_than_a_million_values() {
        // The shortest strings that have 10⁶ values or more, of at least two numerals.
        for (radix, least) in [(2, 20), (3, 13), (10, 6), (16, 5), (36, 4), (99, 4), (100, 3)]
            .into_iter()
            .chain([(256, 3), (999, 3), (1000, 2), (1024, 2), (65535, 2), (65536, 2)])
        {
            for n in 0..least {
                let short = encrypt(radix, vec![1; n]);
                assert!(matches!(short, Err(NumeralStringError::TooShort { .. })), "{radix}, {n}");
                let ff1 = Sm4Ff1::new(&KEY, radix).expect("a radix");
                assert!(ff1.decrypt(b"", &FlexibleNumeralString::from(vec![1; n])).is_err());
            }
            assert_eq!(encrypt(radix, vec![1; least]).expect("long enough").len(), least);
        }
    }

    #[test]
    fn ff1_refuses_a_wrong_radix_and_numerals_beyond_it() {
        for radix in [0, 1, 65537, u32::MAX] {
            assert!(Sm4Ff1::new(&KEY, radix).is_err());
        }
        assert!(encrypt(10, vec![1, 2, 3, 4, 5, 10]).is_err());
        assert!(encrypt(11, vec![1, 2, 3, 4, 5, 10]).is_ok());
    }

    #[test]
    fn ff1_of_another_tweak_is_another() {
        let ff1 = Sm4Ff1::new(&KEY, 10).expect("a radix");
        let digits = FlexibleNumeralString::from(vec![0; 16]);
        let encrypt = |tweak: &[u8]| Vec::<u16>::from(ff1.encrypt(tweak, &digits).expect("long"));
        assert_ne!(encrypt(b"a"), encrypt(b"b"));
        assert_ne!(encrypt(b""), encrypt(b"\0"));
    }

    #[test]
    #[should_panic(expected = "Invalid key length")]
    fn ff1_panics_if_the_key_has_not_16_bytes() {
        let _ = Sm4Ff1::new(&[0; 15], 10);
    }
}
