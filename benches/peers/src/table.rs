//! The operations. To add one: a line here, `ours` in its `ours_….rs`, the rivals in their `rival_….rs`.

#[cfg(feature = "ipsec-mb")]
use crate::rival_ipsec_mb;
#[cfg(feature = "libgcrypt")]
use crate::rival_libgcrypt;
use crate::{
    input::MESSAGES,
    operation::{
        Backends, Operation, Rival, Task,
        Unit::{MegabytesPerSecond, OperationsPerSecond},
    },
    ours_sm2, ours_sm3, ours_sm4, ours_zuc, ours_zuc_batch, rival_rustcrypto, rival_rustcrypto_sm2,
    rival_zuc,
};

/// The sizes of speed.md. A rival with a limit brings its own.
pub(crate) const SIZES: &[usize] = &[64, 1024, 16384, 1_048_576];

/// For operations that have no message.
pub(crate) const NO_SIZE: &[usize] = &[0];

/// Bytes of output of PBKDF2.
pub(crate) const KEY_SIZES: &[usize] = &[32, 512];

/// With the size at which newer releases of intel-ipsec-mb than Debian's were measured, which have NEA6 and NIA6.
const SIZES_OF_6: &[usize] = &[64, 1024, 8160, 16384, 1_048_576];

/// Of operations that are no batch.
fn no_lanes() -> Vec<&'static str> {
    Vec::new()
}

type Ours = fn(Backends, usize) -> Option<Task>;
type Rivals = &'static [&'static [Rival]];

/// An operation of SM4 on bytes.
const fn sm4(name: &'static str, ours: Ours, rivals: Rivals) -> Operation {
    Operation {
        name,
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES,
        backends: ours_sm4::backends,
        lanes: no_lanes,
        ours,
        rivals,
    }
}

/// An operation of SM3 on bytes.
const fn sm3(name: &'static str, ours: Ours, rivals: Rivals) -> Operation {
    let backends = ours_sm3::backends;
    Operation { backends, ..sm4(name, ours, rivals) }
}

/// An operation of SM2, which has no size.
const fn sm2(name: &'static str, ours: Ours, rivals: Rivals) -> Operation {
    let (unit, sizes, backends) = (OperationsPerSecond, NO_SIZE, ours_sm2::backends);
    Operation { unit, sizes, backends, ..sm4(name, ours, rivals) }
}

pub(crate) static OPERATIONS: &[Operation] = &[
    Operation {
        name: "zuc/init",
        unit: OperationsPerSecond,
        messages: 1,
        sizes: NO_SIZE,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::init,
        rivals: &[rival_zuc::INIT],
    },
    Operation {
        name: "zuc/init-batch",
        unit: OperationsPerSecond,
        messages: MESSAGES,
        sizes: NO_SIZE,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::init,
        rivals: &[
            rival_zuc::INIT_BATCH,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::INIT_BATCH,
        ],
    },
    Operation {
        name: "zuc/keystream",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::keystream,
        rivals: &[rival_zuc::KEYSTREAM],
    },
    Operation {
        name: "zuc/eea3",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::eea3,
        rivals: &[
            rival_zuc::EEA3,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::EEA3,
        ],
    },
    Operation {
        name: "zuc/eea3-batch",
        unit: MegabytesPerSecond,
        messages: MESSAGES,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::eea3,
        rivals: &[
            rival_zuc::EEA3_BATCH,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::EEA3_BATCH,
        ],
    },
    Operation {
        name: "zuc/eia3",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::eia3,
        rivals: &[
            rival_zuc::EIA3,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::EIA3,
        ],
    },
    Operation {
        name: "zuc/eia3-batch",
        unit: MegabytesPerSecond,
        messages: MESSAGES,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::eia3,
        rivals: &[
            rival_zuc::EIA3_BATCH,
            #[cfg(feature = "ipsec-mb")]
            rival_ipsec_mb::EIA3_BATCH,
        ],
    },
    Operation {
        name: "zuc/nea6",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::nea6,
        rivals: &[],
    },
    Operation {
        name: "zuc/nea6-batch",
        unit: MegabytesPerSecond,
        messages: MESSAGES,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::nea6,
        rivals: &[],
    },
    Operation {
        name: "zuc/nia6",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::nia6,
        rivals: &[],
    },
    Operation {
        name: "zuc/nia6-batch",
        unit: MegabytesPerSecond,
        messages: MESSAGES,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: ours_zuc_batch::lanes,
        ours: ours_zuc_batch::nia6,
        rivals: &[],
    },
    Operation {
        name: "zuc/nca6",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES_OF_6,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::nca6,
        rivals: &[],
    },
    Operation {
        name: "zuc/zuc256-mac",
        unit: MegabytesPerSecond,
        messages: 1,
        sizes: SIZES,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours: ours_zuc::zuc256_mac,
        rivals: &[rival_zuc::ZUC256_MAC],
    },
    Operation {
        unit: OperationsPerSecond,
        sizes: NO_SIZE,
        ..sm4(
            "sm4/key",
            ours_sm4::expand,
            &[
                rival_rustcrypto::KEY,
                #[cfg(feature = "libgcrypt")]
                rival_libgcrypt::KEY,
            ],
        )
    },
    sm4(
        "sm4/ecb",
        ours_sm4::ecb,
        &[
            rival_rustcrypto::ECB,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::ECB,
        ],
    ),
    sm4(
        "sm4/ctr",
        ours_sm4::ctr,
        &[
            rival_rustcrypto::CTR,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::CTR,
        ],
    ),
    sm4(
        "sm4/cbc-enc",
        ours_sm4::cbc_enc,
        &[
            rival_rustcrypto::CBC_ENC,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::CBC_ENC,
        ],
    ),
    Operation {
        messages: MESSAGES,
        ..sm4(
            "sm4/cbc-enc-batch",
            ours_sm4::cbc_enc_batch,
            &[
                rival_rustcrypto::CBC_ENC_BATCH,
                #[cfg(feature = "libgcrypt")]
                rival_libgcrypt::CBC_ENC_BATCH,
            ],
        )
    },
    sm4(
        "sm4/cbc-dec",
        ours_sm4::cbc_dec,
        &[
            rival_rustcrypto::CBC_DEC,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::CBC_DEC,
        ],
    ),
    sm4(
        "sm4/xts",
        ours_sm4::xts,
        &[
            rival_rustcrypto::XTS,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::XTS,
        ],
    ),
    sm4(
        "sm4/gcm",
        ours_sm4::gcm,
        &[
            rival_rustcrypto::GCM,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::GCM,
        ],
    ),
    sm4(
        "sm4/ccm",
        ours_sm4::ccm,
        &[
            rival_rustcrypto::CCM,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::CCM,
        ],
    ),
    sm4(
        "sm4/cmac",
        ours_sm4::cmac,
        &[
            rival_rustcrypto::CMAC,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::CMAC,
        ],
    ),
    sm3(
        "sm3/hash",
        ours_sm3::hash,
        &[
            rival_rustcrypto::HASH,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::HASH,
        ],
    ),
    Operation {
        messages: MESSAGES,
        lanes: ours_sm3::lanes,
        ..sm3(
            "sm3/hash-many",
            ours_sm3::hash_many,
            &[
                rival_rustcrypto::HASH_MANY,
                #[cfg(feature = "libgcrypt")]
                rival_libgcrypt::HASH_MANY,
            ],
        )
    },
    sm3(
        "sm3/hmac",
        ours_sm3::hmac,
        &[
            rival_rustcrypto::HMAC,
            #[cfg(feature = "libgcrypt")]
            rival_libgcrypt::HMAC,
        ],
    ),
    Operation {
        lanes: ours_sm3::lanes,
        ..sm3(
            "sm3/kdf",
            ours_sm3::kdf,
            &[
                rival_rustcrypto::KDF,
                #[cfg(feature = "libgcrypt")]
                rival_libgcrypt::KDF,
            ],
        )
    },
    Operation {
        unit: OperationsPerSecond,
        sizes: KEY_SIZES,
        lanes: ours_sm3::lanes,
        ..sm3(
            "sm3/pbkdf2",
            ours_sm3::pbkdf2,
            &[
                rival_rustcrypto::PBKDF2,
                #[cfg(feature = "libgcrypt")]
                rival_libgcrypt::PBKDF2,
            ],
        )
    },
    sm2("sm2/keygen", ours_sm2::keygen, &[rival_rustcrypto_sm2::KEYGEN]),
    sm2("sm2/sign", ours_sm2::sign, &[rival_rustcrypto_sm2::SIGN]),
    sm2("sm2/verify", ours_sm2::verify, &[rival_rustcrypto_sm2::VERIFY]),
    sm2("sm2/verify-prepared", ours_sm2::verify_prepared, &[rival_rustcrypto_sm2::VERIFY]),
    sm2("sm2/encrypt", ours_sm2::encrypt, &[rival_rustcrypto_sm2::ENCRYPT]),
    sm2("sm2/decrypt", ours_sm2::decrypt, &[rival_rustcrypto_sm2::DECRYPT]),
    sm2("sm2/ecdh", ours_sm2::ecdh, &[rival_rustcrypto_sm2::ECDH]),
];
