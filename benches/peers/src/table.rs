//! The operations. To add one: a line here, `ours` in its `ours_….rs`, the rivals in their `rival_….rs`.

use crate::{
    input::{FEW, MESSAGES},
    operation::{
        Backends, Operation, Task,
        Unit::{MegabytesPerSecond, OperationsPerSecond},
    },
    ours_sm2, ours_sm3, ours_sm4, ours_zuc, ours_zuc_batch,
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

/// An operation of ZUC on bytes.
const fn zuc(name: &'static str, sizes: &'static [usize], ours: Ours) -> Operation {
    Operation {
        name,
        unit: MegabytesPerSecond,
        messages: 1,
        sizes,
        backends: ours_zuc::backends,
        lanes: no_lanes,
        ours,
    }
}

/// The same of many messages.
const fn zuc_batch(name: &'static str, sizes: &'static [usize], ours: Ours) -> Operation {
    let (messages, lanes) = (MESSAGES, ours_zuc_batch::lanes as fn() -> Vec<&'static str>);
    Operation { messages, lanes, ..zuc(name, sizes, ours) }
}

/// An operation of SM4 on bytes.
const fn sm4(name: &'static str, ours: Ours) -> Operation {
    Operation { backends: ours_sm4::backends, ..zuc(name, SIZES, ours) }
}

/// An operation of SM3 on bytes.
const fn sm3(name: &'static str, ours: Ours) -> Operation {
    Operation { backends: ours_sm3::backends, ..zuc(name, SIZES, ours) }
}

/// One that has a backend for many messages, too.
const fn sm3_many(name: &'static str, ours: Ours) -> Operation {
    Operation { lanes: ours_sm3::lanes, ..sm3(name, ours) }
}

/// An operation of SM2, which has no size.
const fn sm2(name: &'static str, ours: Ours) -> Operation {
    let unit = OperationsPerSecond;
    Operation { unit, backends: ours_sm2::backends, ..zuc(name, NO_SIZE, ours) }
}

pub(crate) static OPERATIONS: &[Operation] = &[
    Operation { unit: OperationsPerSecond, ..zuc("zuc/init", NO_SIZE, ours_zuc::init) },
    Operation {
        unit: OperationsPerSecond,
        ..zuc_batch("zuc/init-batch", NO_SIZE, ours_zuc_batch::init)
    },
    zuc("zuc/keystream", SIZES, ours_zuc::keystream),
    zuc("zuc/eea3", SIZES, ours_zuc::eea3),
    zuc_batch("zuc/eea3-batch", SIZES, ours_zuc_batch::eea3),
    zuc("zuc/eia3", SIZES, ours_zuc::eia3),
    zuc_batch("zuc/eia3-batch", SIZES, ours_zuc_batch::eia3),
    zuc("zuc/nea6", SIZES_OF_6, ours_zuc::nea6),
    zuc_batch("zuc/nea6-batch", SIZES_OF_6, ours_zuc_batch::nea6),
    zuc("zuc/nia6", SIZES_OF_6, ours_zuc::nia6),
    zuc_batch("zuc/nia6-batch", SIZES_OF_6, ours_zuc_batch::nia6),
    zuc("zuc/nca6", SIZES_OF_6, ours_zuc::nca6),
    zuc("zuc/zuc256-mac", SIZES, ours_zuc::zuc256_mac),
    Operation { unit: OperationsPerSecond, sizes: NO_SIZE, ..sm4("sm4/key", ours_sm4::expand) },
    sm4("sm4/ecb", ours_sm4::ecb),
    sm4("sm4/ctr", ours_sm4::ctr),
    sm4("sm4/cbc-dec", ours_sm4::cbc_dec),
    sm4("sm4/cbc-enc", ours_sm4::cbc_enc),
    Operation { messages: FEW, ..sm4("sm4/cbc-enc-8", ours_sm4::cbc_enc_batch::<FEW>) },
    Operation {
        messages: MESSAGES,
        ..sm4("sm4/cbc-enc-batch", ours_sm4::cbc_enc_batch::<MESSAGES>)
    },
    sm4("sm4/cmac", ours_sm4::cmac),
    sm4("sm4/ccm", ours_sm4::ccm),
    sm4("sm4/gcm", ours_sm4::gcm),
    sm4("sm4/xts", ours_sm4::xts),
    sm3("sm3/hash", ours_sm3::hash),
    Operation { messages: MESSAGES, ..sm3_many("sm3/hash-many", ours_sm3::hash_many) },
    sm3("sm3/hmac", ours_sm3::hmac),
    sm3_many("sm3/kdf", ours_sm3::kdf),
    Operation {
        unit: OperationsPerSecond,
        sizes: KEY_SIZES,
        ..sm3_many("sm3/pbkdf2", ours_sm3::pbkdf2)
    },
    sm2("sm2/keygen", ours_sm2::keygen),
    sm2("sm2/sign", ours_sm2::sign),
    Operation { messages: MESSAGES, ..sm2("sm2/sign-many", ours_sm2::sign_many) },
    sm2("sm2/verify", ours_sm2::verify),
    sm2("sm2/verify-prepared", ours_sm2::verify_prepared),
    Operation { messages: MESSAGES, ..sm2("sm2/verify-many", ours_sm2::verify_many) },
    sm2("sm2/ecdh", ours_sm2::ecdh),
    sm2("sm2/encrypt", ours_sm2::encrypt),
    sm2("sm2/decrypt", ours_sm2::decrypt),
    sm2("sm2/kex", ours_sm2::kex),
];
