//! What only the inside of ZUC can show.

extern crate std;

use super::*;
use digest::Update;
use std::vec;

#[test]
fn a_message_of_eia3_ends_at_2_to_the_32_minus_1_bits() {
    let mut mac = Eia3::for_frame(&[1; 16], Frame::default());
    mac.pretend_length(u32::MAX - 15);
    assert_eq!(mac.try_update(&[0; 2]), Err(LengthError::TooLong));
    assert_eq!(mac.try_update(&[0]), Ok(()));
    assert_eq!(mac.clone().finalize_bits(7, &[0]).err(), None);
    assert_eq!(mac.finalize_bits(8, &[0]).err(), Some(LengthError::TooLong));
}

#[test]
#[should_panic(expected = "at most 2^32 - 1 bits")]
fn update_past_the_limit_panics_as_documented() {
    let mut mac = Eia3::for_frame(&[1; 16], Frame::default());
    mac.pretend_length(u32::MAX - 15);
    Update::update(&mut mac, &[0; 2]);
}

#[test]
fn states_of_all_backends_agree_after_any_number_of_words() {
    for n in 0..=70 {
        let mut states = vec![];
        for backend in Backend::all() {
            let mut zuc = Zuc128::with_backend(&[3; 16].into(), &[4; 16].into(), backend);
            zuc.write_keystream_words(&mut vec![0; n]);
            states.push(zuc.checkpoint());
        }
        assert!(
            states.windows(2).all(|pair| pair[0].as_bytes() == pair[1].as_bytes()),
            "{n} words"
        );
    }
}
