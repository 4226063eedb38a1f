//! The rival `openssl`: OpenSSL 3, by EVP. Its calls are in `rival_openssl.c`.
#![allow(unsafe_code, reason = "the shim's table of functions")]

use crate::{
    foreign::{Library, Mode},
    foreign_sm2::SignatureFormat,
    input::{FEW, MESSAGES, key, key256},
    operation::{Rival, Task},
    table::{KEY_SIZES, NO_SIZE, SIZES},
};

unsafe extern "C" {
    #[link_name = "peers_openssl"]
    safe static LIBRARY: Library;
}

const fn rival(
    of: &'static str,
    sizes: &'static [usize],
    start: fn(usize) -> Option<Task>,
) -> Rival {
    Rival { name: "openssl", of, sizes, start }
}

/// The batches: one message after another. 3.0 has no other modes of SM4; it prepares no keys of SM2.
pub(crate) const RIVALS: &[Rival] = &[
    rival("sm4/key", NO_SIZE, |_| LIBRARY.expand()),
    rival("sm4/ecb", SIZES, |n| LIBRARY.cipher(Mode::Ecb, n)),
    rival("sm4/ctr", SIZES, |n| LIBRARY.cipher(Mode::Ctr, n)),
    rival("sm4/cbc-dec", SIZES, |n| LIBRARY.cipher(Mode::CbcDec, n)),
    rival("sm4/cbc-enc", SIZES, |n| LIBRARY.cipher(Mode::CbcEnc, n)),
    rival("sm4/cbc-enc-8", SIZES, |n| LIBRARY.ciphers(Mode::CbcEnc, n, FEW)),
    rival("sm4/cbc-enc-batch", SIZES, |n| LIBRARY.ciphers(Mode::CbcEnc, n, MESSAGES)),
    rival("sm4/cmac", SIZES, |n| LIBRARY.mac(c"cmac", &key(0), n, 1)),
    rival("sm3/hash", SIZES, |n| LIBRARY.mac(c"sm3", &[], n, 1)),
    rival("sm3/hash-many", SIZES, |n| LIBRARY.mac(c"sm3", &[], n, MESSAGES)),
    rival("sm3/hmac", SIZES, |n| LIBRARY.mac(c"hmac", &key256(0), n, 1)),
    rival("sm3/kdf", SIZES, |n| LIBRARY.kdf(n)),
    rival("sm3/pbkdf2", KEY_SIZES, |n| LIBRARY.pbkdf2(n)),
    rival("sm2/keygen", NO_SIZE, |_| LIBRARY.keygen()),
    rival("sm2/sign", NO_SIZE, |_| LIBRARY.sign(SignatureFormat::Der)),
    rival("sm2/sign-many", NO_SIZE, |_| LIBRARY.sign_many(SignatureFormat::Der)),
    rival("sm2/verify", NO_SIZE, |_| LIBRARY.verify(SignatureFormat::Der)),
    rival("sm2/verify-prepared", NO_SIZE, |_| LIBRARY.verify(SignatureFormat::Der)),
    rival("sm2/verify-many", NO_SIZE, |_| {
        LIBRARY.verify(SignatureFormat::Der).map(Task::for_each_message)
    }),
    rival("sm2/ecdh", NO_SIZE, |_| LIBRARY.ecdh()),
    rival("sm2/encrypt", NO_SIZE, |_| LIBRARY.encrypt()),
    rival("sm2/decrypt", NO_SIZE, |_| LIBRARY.decrypt()),
];

pub(crate) fn about() -> Vec<String> {
    vec![LIBRARY.version()]
}
