//! The rival `libgcrypt`: the C library of that name, as the system has it.
#![allow(unsafe_code, reason = "calls to a C library")]

use crate::{
    input::{FEW, ITERATIONS, IV, MESSAGES, NONCE, SHARED, key, key256, message},
    operation::{Rival, Task},
    table::{KEY_SIZES, NO_SIZE, SIZES},
};
use std::{
    ffi::{CStr, c_char, c_int, c_uint, c_ulong, c_void},
    hint::black_box,
    ptr::{NonNull, null, null_mut},
};

const fn rival(
    of: &'static str,
    sizes: &'static [usize],
    start: fn(usize) -> Option<Task>,
) -> Rival {
    Rival { name: "libgcrypt", of, sizes, start }
}

/// The batches: one message after another. It has no KDF of SM2.
pub(crate) const RIVALS: &[Rival] = &[
    rival("sm4/key", NO_SIZE, expand),
    rival("sm4/ecb", SIZES, ecb),
    rival("sm4/ctr", SIZES, ctr),
    rival("sm4/cbc-dec", SIZES, cbc_dec),
    rival("sm4/cbc-enc", SIZES, |n| cbc_enc(n, 1)),
    rival("sm4/cbc-enc-8", SIZES, |n| cbc_enc(n, FEW)),
    rival("sm4/cbc-enc-batch", SIZES, |n| cbc_enc(n, MESSAGES)),
    rival("sm4/cmac", SIZES, |n| mac(CMAC_SM4, &key(0), n)),
    rival("sm4/ccm", SIZES, ccm),
    rival("sm4/gcm", SIZES, gcm),
    rival("sm4/xts", SIZES, xts),
    rival("sm3/hash", SIZES, |n| Some(hash(n, 1))),
    rival("sm3/hash-many", SIZES, |n| Some(hash(n, MESSAGES))),
    rival("sm3/hmac", SIZES, |n| mac(HMAC_SM3, &key256(0), n)),
    rival("sm3/pbkdf2", KEY_SIZES, pbkdf2),
];

/// The library's numbers, of `gcrypt.h`.
const SM4: c_int = 318;
const SM3: c_int = 326;
const HMAC_SM3: c_int = 128;
const CMAC_SM4: c_int = 212;
const KDF_PBKDF2: c_int = 34;
const RESET: c_int = 4;
const SET_CCM_LENGTHS: c_int = 69;

#[derive(Clone, Copy)]
enum Mode {
    Ecb = 1,
    Cbc = 3,
    Ctr = 6,
    Ccm = 8,
    Gcm = 9,
    Xts = 13,
}

#[link(name = "gcrypt")]
unsafe extern "C" {
    fn gcry_check_version(least: *const c_char) -> *const c_char;
    fn gcry_cipher_open(h: *mut *mut c_void, algo: c_int, mode: c_int, flags: c_uint) -> c_uint;
    fn gcry_cipher_close(h: *mut c_void);
    fn gcry_cipher_ctl(h: *mut c_void, what: c_int, data: *mut c_void, n: usize) -> c_uint;
    fn gcry_cipher_setkey(h: *mut c_void, key: *const c_void, n: usize) -> c_uint;
    fn gcry_cipher_setiv(h: *mut c_void, iv: *const c_void, n: usize) -> c_uint;
    fn gcry_cipher_setctr(h: *mut c_void, counter: *const c_void, n: usize) -> c_uint;
    fn gcry_cipher_gettag(h: *mut c_void, tag: *mut c_void, n: usize) -> c_uint;
    fn gcry_cipher_encrypt(
        h: *mut c_void,
        out: *mut c_void,
        out_size: usize,
        data: *const c_void,
        n: usize,
    ) -> c_uint;
    fn gcry_cipher_decrypt(
        h: *mut c_void,
        out: *mut c_void,
        out_size: usize,
        data: *const c_void,
        n: usize,
    ) -> c_uint;
    fn gcry_md_hash_buffer(algo: c_int, digest: *mut c_void, data: *const c_void, n: usize);
    fn gcry_mac_open(
        h: *mut *mut c_void,
        algo: c_int,
        flags: c_uint,
        context: *mut c_void,
    ) -> c_uint;
    fn gcry_mac_close(h: *mut c_void);
    fn gcry_mac_ctl(h: *mut c_void, what: c_int, data: *mut c_void, n: usize) -> c_uint;
    fn gcry_mac_setkey(h: *mut c_void, key: *const c_void, n: usize) -> c_uint;
    fn gcry_mac_write(h: *mut c_void, data: *const c_void, n: usize) -> c_uint;
    fn gcry_mac_read(h: *mut c_void, tag: *mut c_void, n: *mut usize) -> c_uint;
    fn gcry_kdf_derive(
        password: *const c_void,
        password_size: usize,
        algo: c_int,
        hash: c_int,
        salt: *const c_void,
        salt_size: usize,
        iterations: c_ulong,
        key_size: usize,
        key: *mut c_void,
    ) -> c_uint;
}

/// The library's name and version.
pub(crate) fn about() -> Vec<String> {
    // SAFETY: it takes NULL, and gives a static string.
    let version = unsafe { CStr::from_ptr(gcry_check_version(null())) };
    vec![format!("libgcrypt {}", version.to_string_lossy())]
}

fn check(error: c_uint) {
    assert_eq!(error, 0, "libgcrypt refuses");
}

/// A cipher handle, with its key.
struct Cipher(NonNull<c_void>);

impl Cipher {
    fn new(mode: Mode, key: &[u8]) -> Option<Self> {
        let mut handle = null_mut();
        // SAFETY: `handle` is to be written; the first call sets the library up.
        let error = unsafe {
            gcry_check_version(null());
            gcry_cipher_open(&raw mut handle, SM4, mode as c_int, 0)
        };
        check(error);
        let mut cipher = Self(NonNull::new(handle)?);
        cipher.set_key(key);
        Some(cipher)
    }

    fn set_key(&mut self, key: &[u8]) {
        // SAFETY: an open handle, and a slice with its length.
        check(unsafe { gcry_cipher_setkey(self.0.as_ptr(), key.as_ptr().cast(), key.len()) });
    }

    fn set_iv(&mut self, iv: &[u8]) {
        // SAFETY: as above.
        check(unsafe { gcry_cipher_setiv(self.0.as_ptr(), iv.as_ptr().cast(), iv.len()) });
    }

    fn set_counter(&mut self, counter: &[u8; 16]) {
        // SAFETY: as above.
        check(unsafe { gcry_cipher_setctr(self.0.as_ptr(), counter.as_ptr().cast(), 16) });
    }

    fn ctl(&mut self, what: c_int, data: &mut [u64]) {
        let (data, n) = (data.as_mut_ptr().cast(), size_of_val(data));
        // SAFETY: as above.
        check(unsafe { gcry_cipher_ctl(self.0.as_ptr(), what, data, n) });
    }

    fn encrypt(&mut self, data: &mut [u8]) {
        let (data, n) = (data.as_mut_ptr().cast(), data.len());
        // SAFETY: as above; no input means in place.
        check(unsafe { gcry_cipher_encrypt(self.0.as_ptr(), data, n, null(), 0) });
    }

    fn decrypt(&mut self, data: &mut [u8]) {
        let (data, n) = (data.as_mut_ptr().cast(), data.len());
        // SAFETY: as above; no input means in place.
        check(unsafe { gcry_cipher_decrypt(self.0.as_ptr(), data, n, null(), 0) });
    }

    fn tag(&mut self, tag: &mut [u8]) {
        // SAFETY: as above.
        check(unsafe { gcry_cipher_gettag(self.0.as_ptr(), tag.as_mut_ptr().cast(), tag.len()) });
    }
}

impl Drop for Cipher {
    fn drop(&mut self) {
        // SAFETY: open, and not used after.
        unsafe { gcry_cipher_close(self.0.as_ptr()) }
    }
}

/// Both directions' schedules, as its key set-up always makes them.
fn expand(_: usize) -> Option<Task> {
    let (mut cipher, key) = (Cipher::new(Mode::Ecb, &key(0))?, key(0));
    Some(Task::new(Vec::new(), move |_| cipher.set_key(black_box(&key))))
}

fn ecb(bytes: usize) -> Option<Task> {
    let mut cipher = Cipher::new(Mode::Ecb, &key(0))?;
    Some(Task::new(message(bytes), move |data| cipher.encrypt(data)))
}

fn ctr(bytes: usize) -> Option<Task> {
    let mut cipher = Cipher::new(Mode::Ctr, &key(0))?;
    Some(Task::new(message(bytes), move |data| {
        cipher.set_counter(black_box(&IV));
        cipher.encrypt(data);
    }))
}

fn cbc_enc(bytes: usize, messages: usize) -> Option<Task> {
    let ciphers: Option<Vec<_>> =
        (0..).take(messages).map(|i| Cipher::new(Mode::Cbc, &key(i))).collect();
    let mut ciphers = ciphers?;
    Some(Task::new(message(messages * bytes), move |data| {
        for (data, cipher) in data.chunks_exact_mut(bytes).zip(&mut ciphers) {
            cipher.set_iv(black_box(&IV));
            cipher.encrypt(data);
        }
    }))
}

fn cbc_dec(bytes: usize) -> Option<Task> {
    let mut cipher = Cipher::new(Mode::Cbc, &key(0))?;
    Some(Task::new(message(bytes), move |data| {
        cipher.set_iv(black_box(&IV));
        cipher.decrypt(data);
    }))
}

fn xts(bytes: usize) -> Option<Task> {
    let mut cipher = Cipher::new(Mode::Xts, &[key(0), key(1)].concat())?;
    Some(Task::new(message(bytes), move |data| {
        cipher.set_iv(black_box(&IV));
        cipher.encrypt(data);
    }))
}

fn gcm(bytes: usize) -> Option<Task> {
    let cipher = Cipher::new(Mode::Gcm, &key(0))?;
    Some(aead(cipher, bytes, |_, _| ()))
}

fn ccm(bytes: usize) -> Option<Task> {
    let cipher = Cipher::new(Mode::Ccm, &key(0))?;
    Some(aead(cipher, bytes, |cipher, n| cipher.ctl(SET_CCM_LENGTHS, &mut [n as u64, 0, 16])))
}

/// The tag goes behind the message.
fn aead(mut cipher: Cipher, bytes: usize, lengths: fn(&mut Cipher, usize)) -> Task {
    let mut buffer = message(bytes);
    buffer.resize(bytes + 16, 0);
    Task::new(buffer, move |data| {
        let (data, tag) = data.split_at_mut(bytes);
        cipher.ctl(RESET, &mut []);
        cipher.set_iv(black_box(&NONCE));
        lengths(&mut cipher, bytes);
        cipher.encrypt(data);
        cipher.tag(tag);
    })
}

/// A MAC handle.
struct Mac(NonNull<c_void>);

impl Drop for Mac {
    fn drop(&mut self) {
        // SAFETY: open, and not used after.
        unsafe { gcry_mac_close(self.0.as_ptr()) }
    }
}

fn mac(algo: c_int, key: &[u8], bytes: usize) -> Option<Task> {
    let mut handle = null_mut();
    // SAFETY: `handle` is to be written; the first call sets the library up.
    let error = unsafe {
        gcry_check_version(null());
        gcry_mac_open(&raw mut handle, algo, 0, null_mut())
    };
    check(error);
    let mac = Mac(NonNull::new(handle)?);
    // SAFETY: an open handle, and a slice with its length.
    check(unsafe { gcry_mac_setkey(mac.0.as_ptr(), key.as_ptr().cast(), key.len()) });
    let (message, size) = (message(bytes), if algo == HMAC_SM3 { 32 } else { 16 });
    Some(Task::new(vec![0; size], move |tag| {
        let (mac, message, mut n) = (&mac, black_box(&message), tag.len());
        // SAFETY: as above; `n` is the room in `tag`.
        unsafe {
            check(gcry_mac_ctl(mac.0.as_ptr(), RESET, null_mut(), 0));
            check(gcry_mac_write(mac.0.as_ptr(), message.as_ptr().cast(), message.len()));
            check(gcry_mac_read(mac.0.as_ptr(), tag.as_mut_ptr().cast(), &raw mut n));
        }
    }))
}

fn hash(bytes: usize, messages: usize) -> Task {
    // SAFETY: it takes NULL, and sets the library up.
    unsafe { gcry_check_version(null()) };
    let data = message(messages * bytes);
    Task::new(vec![0; messages * 32], move |digests| {
        let messages = black_box(&data).chunks_exact(bytes);
        for (digest, data) in digests.chunks_exact_mut(32).zip(messages) {
            let (digest, n) = (digest.as_mut_ptr().cast(), data.len());
            // SAFETY: 32 bytes to be written, and a slice with its length.
            unsafe { gcry_md_hash_buffer(SM3, digest, data.as_ptr().cast(), n) }
        }
    })
}

fn pbkdf2(bytes: usize) -> Option<Task> {
    // SAFETY: it takes NULL, and gives NULL or a string.
    NonNull::new(unsafe { gcry_check_version(null()) }.cast_mut())?;
    Some(Task::new(vec![0; bytes], |out| {
        let (password, salt) = (black_box(b"password"), &SHARED[..16]);
        let (out, n) = (out.as_mut_ptr().cast(), out.len());
        // SAFETY: slices with their lengths.
        check(unsafe {
            gcry_kdf_derive(
                password.as_ptr().cast(),
                password.len(),
                KDF_PBKDF2,
                SM3,
                salt.as_ptr().cast(),
                salt.len(),
                c_ulong::from(ITERATIONS),
                n,
                out,
            )
        });
    }))
}
