//! The rivals. To add one: its `rival_….rs` with a list of what it can do, and a line here.

#[cfg(feature = "botan")]
use crate::rival_botan;
#[cfg(feature = "cryptopp")]
use crate::rival_cryptopp;
#[cfg(feature = "ipsec-mb")]
use crate::rival_ipsec_mb;
#[cfg(feature = "libgcrypt")]
use crate::rival_libgcrypt;
#[cfg(feature = "openssl")]
use crate::rival_openssl;
use crate::{operation::Rival, rival_libsm, rival_rustcrypto, rival_rustcrypto_sm2, rival_zuc};

pub(crate) static RIVALS: &[&[Rival]] = &[
    rival_zuc::RIVALS,
    #[cfg(feature = "ipsec-mb")]
    rival_ipsec_mb::RIVALS,
    rival_rustcrypto::RIVALS,
    rival_rustcrypto_sm2::RIVALS,
    rival_libsm::RIVALS,
    #[cfg(feature = "libgcrypt")]
    rival_libgcrypt::RIVALS,
    #[cfg(feature = "openssl")]
    rival_openssl::RIVALS,
    #[cfg(feature = "botan")]
    rival_botan::RIVALS,
    #[cfg(feature = "cryptopp")]
    rival_cryptopp::RIVALS,
];

/// What a reader must know of those that are not crates.
pub(crate) fn about() -> Vec<String> {
    let all: &[fn() -> Vec<String>] = &[
        #[cfg(feature = "ipsec-mb")]
        rival_ipsec_mb::about,
        #[cfg(feature = "libgcrypt")]
        rival_libgcrypt::about,
        #[cfg(feature = "openssl")]
        rival_openssl::about,
        #[cfg(feature = "botan")]
        rival_botan::about,
        #[cfg(feature = "cryptopp")]
        rival_cryptopp::about,
    ];
    all.iter().flat_map(|about| about()).collect()
}

#[cfg(test)]
mod tests {
    use super::RIVALS;
    use crate::table::OPERATIONS;

    #[test]
    fn every_rival_is_of_an_operation() {
        for rival in RIVALS.iter().copied().flatten() {
            assert!(OPERATIONS.iter().any(|operation| operation.name == rival.of), "{}", rival.of);
        }
    }
}
