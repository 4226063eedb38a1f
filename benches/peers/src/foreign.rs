//! Rivals in C and C++ that a shim makes alike: `rival.h` tells what its functions do.
#![allow(unsafe_code, reason = "calls to C libraries")]

use crate::{
    input::{ITERATIONS, IV, NONCE, SHARED, key, message},
    operation::Task,
};
use std::{
    ffi::{CStr, c_char, c_int, c_void},
    hint::black_box,
    ptr::{NonNull, null_mut},
};

type New = unsafe extern "C" fn(*const c_char, c_int, *const u8, usize) -> *mut c_void;
type NewMac = unsafe extern "C" fn(*const c_char, *const u8, usize) -> *mut c_void;
type SetKey = unsafe extern "C" fn(*mut c_void, *const u8, usize) -> c_int;
type Crypt = unsafe extern "C" fn(*mut c_void, *const u8, usize, *mut u8, usize, *mut u8) -> c_int;
type Digest = unsafe extern "C" fn(*mut c_void, *const u8, usize, *mut u8) -> c_int;
type Kdf = unsafe extern "C" fn(*const u8, usize, *mut u8, usize) -> c_int;
type Pbkdf2 =
    unsafe extern "C" fn(*const u8, usize, *const u8, usize, u32, *mut u8, usize) -> c_int;
type Free = unsafe extern "C" fn(*mut c_void);

/// `struct peers_library` of `rival.h`.
#[repr(C)]
pub(crate) struct Library {
    version: unsafe extern "C" fn() -> *const c_char,
    cipher_new: New,
    cipher_key: SetKey,
    cipher_run: Crypt,
    cipher_free: Free,
    mac_new: NewMac,
    mac_run: Digest,
    mac_free: Free,
    kdf: Kdf,
    pbkdf2: Pbkdf2,
    pub(crate) sm2: Sm2Functions,
}

/// Those of SM2, whose tasks are in `foreign_sm2.rs`.
#[repr(C)]
pub(crate) struct Sm2Functions {
    pub(crate) new: Option<unsafe extern "C" fn(*const u8, *const u8) -> *mut c_void>,
    pub(crate) keygen: Option<unsafe extern "C" fn(*mut c_void, *mut u8) -> c_int>,
    pub(crate) sign: Option<unsafe extern "C" fn(*mut c_void, *const u8, *mut u8) -> c_int>,
    pub(crate) verify:
        Option<unsafe extern "C" fn(*mut c_void, *const u8, *const u8, usize) -> c_int>,
    pub(crate) ecdh: Option<unsafe extern "C" fn(*mut c_void, *mut u8) -> c_int>,
    pub(crate) encrypt: Option<unsafe extern "C" fn(*mut c_void, *const u8, *mut u8) -> c_int>,
    pub(crate) decrypt:
        Option<unsafe extern "C" fn(*mut c_void, *const u8, usize, *mut u8) -> c_int>,
    pub(crate) free: Option<Free>,
}

/// An object of a library, freed when it is dropped.
pub(crate) struct Object(NonNull<c_void>, Free);

impl Object {
    pub(crate) fn new(object: *mut c_void, free: Free) -> Option<Self> {
        Some(Self(NonNull::new(object)?, free))
    }

    /// By this method alone: a closure that names the field captures just that, and the object is freed.
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.0.as_ptr()
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: made by the library that this function is of, and not used after.
        unsafe { (self.1)(self.0.as_ptr()) }
    }
}

pub(crate) fn done(status: c_int) {
    assert_eq!(status, 1, "the library refuses");
}

/// What a mode takes with each message.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "OpenSSL 3.0 has fewer")]
pub(crate) enum Mode {
    Ecb,
    Ctr,
    CbcEnc,
    CbcDec,
    Xts,
    Gcm,
    Ccm,
}

impl Mode {
    fn name(self) -> &'static CStr {
        match self {
            Self::Ecb => c"ecb",
            Self::Ctr => c"ctr",
            Self::CbcEnc | Self::CbcDec => c"cbc",
            Self::Xts => c"xts",
            Self::Gcm => c"gcm",
            Self::Ccm => c"ccm",
        }
    }

    fn iv(self) -> &'static [u8] {
        match self {
            Self::Ecb => &[],
            Self::Ctr | Self::CbcEnc | Self::CbcDec | Self::Xts => &IV,
            Self::Gcm | Self::Ccm => &NONCE,
        }
    }

    fn tag_bytes(self) -> usize {
        if matches!(self, Self::Gcm | Self::Ccm) { 16 } else { 0 }
    }
}

impl Library {
    pub(crate) fn version(&self) -> String {
        // SAFETY: the shim returns a constant string, ended by a zero byte.
        unsafe { CStr::from_ptr((self.version)()) }.to_string_lossy().into_owned()
    }

    fn new_cipher(&self, mode: Mode, i: u8) -> Option<Object> {
        let mut key = key(i).to_vec();
        if matches!(mode, Mode::Xts) {
            key.extend(crate::input::key(i + 1));
        }
        let (name, encrypt) = (mode.name().as_ptr(), c_int::from(!matches!(mode, Mode::CbcDec)));
        // SAFETY: a string ended by a zero byte, and a slice with its length.
        let object = unsafe { (self.cipher_new)(name, encrypt, key.as_ptr(), key.len()) };
        Object::new(object, self.cipher_free)
    }

    /// The key schedule, in an object that is there.
    pub(crate) fn expand(&'static self) -> Option<Task> {
        let (cipher, key) = (self.new_cipher(Mode::Ecb, 0)?, key(0));
        Some(Task::new(Vec::new(), move |_| {
            // SAFETY: an object of this library, and a slice with its length.
            done(unsafe { (self.cipher_key)(cipher.as_ptr(), black_box(&key).as_ptr(), 16) });
        }))
    }

    /// One message; the tag goes behind it.
    pub(crate) fn cipher(&'static self, mode: Mode, bytes: usize) -> Option<Task> {
        self.ciphers(mode, bytes, 1)
    }

    /// One message after another, each with its own key.
    pub(crate) fn ciphers(
        &'static self,
        mode: Mode,
        bytes: usize,
        messages: usize,
    ) -> Option<Task> {
        let ciphers: Option<Vec<_>> =
            (0..).take(messages).map(|i| self.new_cipher(mode, i)).collect();
        let (ciphers, iv, tag) = (ciphers?, mode.iv(), mode.tag_bytes());
        let mut buffer = message(messages * bytes);
        buffer.resize(buffer.len() + tag, 0);
        Some(Task::new(buffer, move |data| {
            let (iv, messages) = (black_box(iv), data.chunks_exact_mut(bytes + tag));
            for (data, cipher) in messages.zip(&ciphers) {
                let (data, tag) = data.split_at_mut(bytes);
                let tag = if tag.is_empty() { null_mut() } else { tag.as_mut_ptr() };
                let (iv, iv_bytes, data) = (iv.as_ptr(), iv.len(), data.as_mut_ptr());
                // SAFETY: an object of this library, slices with their lengths; the tag has the mode's length, and
                // stands behind the message in the same buffer.
                done(unsafe { (self.cipher_run)(cipher.as_ptr(), iv, iv_bytes, data, bytes, tag) });
            }
        }))
    }

    /// SM3 of messages, one after another; or `name` with this key.
    pub(crate) fn mac(
        &'static self,
        name: &CStr,
        key: &[u8],
        bytes: usize,
        messages: usize,
    ) -> Option<Task> {
        // SAFETY: a string ended by a zero byte, and a slice with its length.
        let mac = unsafe { (self.mac_new)(name.as_ptr(), key.as_ptr(), key.len()) };
        let mac = Object::new(mac, self.mac_free)?;
        let (data, size) = (message(messages * bytes), if name == c"cmac" { 16 } else { 32 });
        Some(Task::new(vec![0; messages * size], move |out| {
            let messages = black_box(&data).chunks_exact(bytes);
            for (out, data) in out.chunks_exact_mut(size).zip(messages) {
                // SAFETY: an object of this library, and a slice with its length; `out` has what the function gives.
                done(unsafe {
                    (self.mac_run)(mac.as_ptr(), data.as_ptr(), bytes, out.as_mut_ptr())
                });
            }
        }))
    }

    /// The KDF of SM2.
    #[allow(clippy::unnecessary_wraps, reason = "what the table asks for")]
    pub(crate) fn kdf(&'static self, bytes: usize) -> Option<Task> {
        Some(Task::new(vec![0; bytes], |out| {
            let (z, out, n) = (black_box(&SHARED), out.as_mut_ptr(), out.len());
            // SAFETY: slices with their lengths.
            done(unsafe { (self.kdf)(z.as_ptr(), z.len(), out, n) });
        }))
    }

    #[allow(clippy::unnecessary_wraps, reason = "what the table asks for")]
    pub(crate) fn pbkdf2(&'static self, bytes: usize) -> Option<Task> {
        Some(Task::new(vec![0; bytes], |out| {
            let (password, salt) = (black_box(b"password"), &SHARED[..16]);
            let (password_bytes, salt_bytes) = (password.len(), salt.len());
            let (password, salt, n) = (password.as_ptr(), salt.as_ptr(), out.len());
            // SAFETY: slices with their lengths.
            done(unsafe {
                (self.pbkdf2)(
                    password,
                    password_bytes,
                    salt,
                    salt_bytes,
                    ITERATIONS,
                    out.as_mut_ptr(),
                    n,
                )
            });
        }))
    }
}
