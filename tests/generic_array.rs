//! A program that knows only the former generation's traits: `cipher` 0.4, `digest` 0.10.

use cipher04::{InvalidLength, Key, KeyIvInit, StreamCipher, generic_array::GenericArray};
use digest010::{Mac, MacError};
use shangmi::{
    cipher04, digest010,
    zuc::{Eea3, Eia3, Frame, Zuc128, eea3, eia3},
};

const KEY: [u8; 16] = *b"0123456789abcdef";

fn frame() -> Frame {
    Frame::new(0x0102_0304, 5, 1).expect("in range")
}

/// What generic code of that generation does.
fn encrypt<C: KeyIvInit + StreamCipher>(
    key: &[u8],
    iv: &[u8],
    data: &mut [u8],
) -> Result<(), InvalidLength> {
    C::new_from_slices(key, iv)?.apply_keystream(data);
    Ok(())
}

#[test]
fn zuc128_makes_the_published_keystream() {
    let mut z = [0; 8];
    encrypt::<Zuc128>(&[0; 16], &[0; 16], &mut z).unwrap();
    // 3GPP TS 35.223, 3.3.
    assert_eq!(z, 0x27be_de74_0180_82da_u64.to_be_bytes());
    assert!(encrypt::<Zuc128>(&[0; 15], &[0; 16], &mut z).is_err());
    assert!(encrypt::<Zuc128>(&[0; 16], &[0; 17], &mut z).is_err());
}

#[test]
fn eea3_in_place_and_from_buffer_to_buffer_is_that_of_the_present_generation() {
    let input: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let mut want = input.clone();
    eea3(&KEY, frame(), 8 * 5000, &mut want).unwrap();
    let mut in_place = input.clone();
    encrypt::<Eea3>(&KEY, &frame().eea3_iv(), &mut in_place).unwrap();
    assert_eq!(in_place, want);
    for cut in [0, 1, 3, 1023, 1024, 1025, 4999] {
        let mut output = vec![0; 5000];
        let key: &Key<Eea3> = GenericArray::from_slice(&KEY);
        let mut eea3 = <Eea3 as KeyIvInit>::new(key, &frame().eea3_iv().into());
        let (first, second) = output.split_at_mut(cut);
        eea3.apply_keystream_b2b(&input[..cut], first).unwrap();
        eea3.apply_keystream_b2b(&input[cut..], second).unwrap();
        assert_eq!(output, want, "cut at {cut}");
    }
}

#[test]
fn eia3_is_a_mac() {
    let message = [0x5a; 77];
    let want = eia3(&KEY, frame(), 8 * 77, &message).unwrap();
    let new = || <Eia3 as KeyIvInit>::new(&KEY.into(), &frame().eia3_iv().into());
    let mac = Mac::chain_update(Mac::chain_update(new(), &message[..9]), &message[9..]);
    assert_eq!(mac.clone().finalize().into_bytes().as_slice(), want);
    assert_eq!(mac.clone().verify_slice(&want), Ok(()));
    assert_eq!(mac.verify_slice(&[0; 4]), Err(MacError));
}
