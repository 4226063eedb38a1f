//! SM3 of messages over 4 GiB, where 32 bits no longer count the bytes. Takes a minute: `ci/slow.sh`.

#![cfg(target_pointer_width = "64")]

use shangmi::{
    digest::{Digest, common::hazmat::SerializableState},
    sm3::{
        __backends::{Backend, LanesBackend},
        Sm3,
    },
};

/// Lengths around the end of 32 bits for the bits, and for the bytes.
const LENGTHS: [usize; 6] =
    [(1 << 29) - 1, 1 << 29, (1 << 29) + 61, (1 << 32) - 1, 1 << 32, (1 << 32) + 61];

/// The hash values of as many zeros as `LENGTHS` says.
fn hashes<D: Digest + Clone>(mut hash: D, mut between: impl FnMut(D) -> D) -> [[u8; 32]; 6] {
    let (zeros, mut sum) = (vec![0; 1 << 20], 0);
    LENGTHS.map(|length| {
        while sum < length {
            let n = zeros.len().min(length - sum);
            hash.update(&zeros[..n]);
            sum += n;
        }
        hash = between(hash.clone());
        hash.clone().finalize().as_slice().try_into().expect("32 bytes")
    })
}

#[test]
#[ignore = "takes a minute: ci/slow.sh"]
fn messages_over_4_gib() {
    let want = hashes(sm3_oracle::Sm3::new(), |hash| hash);
    for backend in Backend::all() {
        // And with a state that is saved and restored each time.
        let through = |sm3: Sm3| Sm3::deserialize(&sm3.serialize()).expect("just made");
        assert_eq!(hashes(backend.sm3(), through), want, "{}", backend.name());
        println!("{}", backend.name());
    }
    // Nobody writes to these zeros, so the system need not find memory for them.
    let zeros = vec![0; LENGTHS[5]];
    let messages = [0, 2, 4, 5].map(|i| &zeros[..LENGTHS[i]]);
    let want = [0, 2, 4, 5].map(|i| want[i]);
    for many in LanesBackend::all() {
        let one = Backend::all().next().expect("some backend runs");
        let mut hashes = [[0; 32]; 4];
        assert_eq!(many.hash_many(one, &messages, &mut hashes), Ok(()));
        assert_eq!(hashes, want, "{}", many.name());
        println!("many on {}", many.name());
    }
}
