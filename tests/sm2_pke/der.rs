//! Ciphertexts in DER: the one way to write each.

use super::{C1C3C2, FORMATS, decrypt, encrypt, small, with_k};
use num_bigint::BigUint;
use shangmi::sm2::pke::{DecryptError, Format};

/// An element of less than 2¹⁶ bytes.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let n = u16::try_from(content.len()).expect("short").to_be_bytes();
    let header = match n {
        [0, low @ 0..0x80] => vec![tag, low],
        [0, low] => vec![tag, 0x81, low],
        [high, low] => vec![tag, 0x82, high, low],
    };
    [header, content.to_vec()].concat()
}

/// The ciphertext with these parts.
pub(crate) fn ciphertext(x: &[u8], y: &[u8], c3: &[u8], c2: &[u8]) -> Vec<u8> {
    let integer = |value: &[u8]| {
        let digits = BigUint::from_bytes_be(value).to_bytes_be();
        element(2, &if digits[0] < 0x80 { digits } else { [&[0], &digits[..]].concat() })
    };
    element(0x30, &[integer(x), integer(y), element(4, c3), element(4, c2)].concat())
}

/// CVE-2021-3711: the length of the message was computed from that of the ciphertext.
#[test]
fn coordinates_of_c1_with_leading_zeros() {
    let mut lengths = [0; 2];
    for k in 1..2000 {
        let k = small(k);
        let raw = with_k(C1C3C2, &k, b"message").expect("t is not zero");
        let want = ciphertext(&raw[1..33], &raw[33..65], &raw[65..97], &raw[97..]);
        assert_eq!(with_k(Format::Der, &k, b"message"), Some(want));
        lengths[0] += usize::from(raw[1] == 0);
        lengths[1] += usize::from(raw[33] == 0);
        if raw[1] == 0 || raw[33] == 0 {
            for format in FORMATS {
                let ciphertext = with_k(format, &k, b"message").expect("t is not zero");
                assert_eq!(decrypt(format, &ciphertext).as_deref(), Ok(&b"message"[..]));
            }
            // Zeros that do not belong there.
            let element_of = |value: &[u8]| element(2, &[&[0], value].concat());
            let parts = [element_of(&raw[1..33]), element_of(&raw[33..65])].concat();
            let rest = [element(4, &raw[65..97]), element(4, &raw[97..])].concat();
            assert_eq!(
                decrypt(Format::Der, &element(0x30, &[parts, rest].concat())),
                Err(DecryptError)
            );
        }
    }
    assert!(lengths.iter().all(|n| *n > 0), "{lengths:?} of 2000 are short");
}

#[test]
fn der_has_one_form() {
    // Both coordinates with the first bit set.
    let mut both =
        (0..99).map(|seed| [Format::Der, C1C3C2].map(|format| encrypt(format, &[7; 300], seed)));
    let both = both.find(|[_, raw]| raw[1] >= 0x80 && raw[33] >= 0x80);
    let [good, raw] = both.expect("every fourth is so");
    let (x, y, c3, c2) = (&raw[1..33], &raw[33..65], &raw[65..97], &raw[97..]);
    assert_eq!(ciphertext(x, y, c3, c2), good);
    let refused = |bytes: Vec<u8>| {
        assert_eq!(decrypt(Format::Der, &bytes), Err(DecryptError), "{bytes:x?}");
    };
    let [int_x, int_y] = [x, y].map(|value| element(2, &[&[0][..], value].concat()));
    let body = |parts: &[&[u8]]| element(0x30, &parts.concat());
    let (c3, c2) = (element(4, c3), element(4, c2));
    // Negative numbers, if the first bit is set.
    for (x, y) in [(x, &int_y[..]), (y, &int_x)] {
        refused(body(&[&element(2, x), y, &c3, &c2]));
    }
    // A part missing, one too many, or of another type or length.
    refused(body(&[&int_x, &int_y, &c3]));
    refused(body(&[&int_x, &int_y, &c2, &c3]));
    refused(body(&[&int_x, &int_y, &c3, &c2, &[5, 0]]));
    refused(body(&[&int_x, &int_y, &element(4, &[0; 31]), &c2]));
    refused(body(&[&int_x, &int_y, &element(4, &[0; 33]), &c2]));
    refused([&[0x31], &good[1..]].concat());
    // The length in three bytes in place of two, and without one.
    refused([&[0x30, 0x83, 0], &good[2..]].concat());
    refused([&[0x30, 0x80], &good[4..], &[0, 0]].concat());
}
