//! PBKDF2 with HMAC-SM3.

use super::{
    hmac::{HmacSm3Key, pad_value, pad_values, put_words},
    kdf::Counted,
    lanes::{Block, Input, LANES, State, Words, put, put_everywhere, taken},
    many::{Backends, SIZE, write},
};
use crate::secret::Temporary;
use core::{fmt, slice};

/// Fills `key` with PBKDF2(`password`, `salt`, `iterations`, `key.len()`) with HMAC-SM3.
///
/// Password and salt may have any length, in bytes. Every 32 bytes of the key cost two compressions
/// an iteration; a key of more than 32 bytes has them computed side by side, as by
/// [`hash_many`](super::hash_many).
///
/// ```
/// let mut key = [0; 16];
/// shangmi::sm3::pbkdf2(b"a password", b"a salt of 16 byt", 10_000, &mut key)?;
/// # Ok::<(), shangmi::sm3::Pbkdf2Error>(())
/// ```
///
/// # Errors
/// [`Pbkdf2Error`] if there are no iterations, or if `key` is longer than 32·(2³² − 1) bytes; `key` is
/// then untouched.
///
/// Source: GM/T 0091-2020; RFC 8018, 5.2.
pub fn pbkdf2(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    key: &mut [u8],
) -> Result<(), Pbkdf2Error> {
    pbkdf2_with(password, salt, iterations, key, Backends::best())
}

pub(super) fn pbkdf2_with(
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    key: &mut [u8],
    backends: Backends,
) -> Result<(), Pbkdf2Error> {
    if iterations == 0 {
        return Err(Pbkdf2Error::NoIterations);
    }
    if key.len().div_ceil(SIZE) as u64 > u64::from(u32::MAX) {
        return Err(Pbkdf2Error::KeyTooLong);
    }
    let password = HmacSm3Key::with_backend(password, backends.one);
    let salted = Counted::new(&password.inner, 64, salt, backends.one);
    let blocks = Blocks { password, salted, iterations, backends };
    let most = backends.many.width(LANES);
    for (i, key) in (1..).step_by(most).zip(key.chunks_mut(SIZE * most)) {
        if key.len().div_ceil(SIZE) <= backends.many.few() {
            (i..).zip(key.chunks_mut(SIZE)).for_each(|(i, key)| blocks.one(i, key));
        } else {
            blocks.many(i, key);
        }
    }
    Ok(())
}

/// The blocks T_i of the key.
struct Blocks {
    password: HmacSm3Key,
    /// The inner hash of U_1.
    salted: Counted,
    iterations: u32,
    backends: Backends,
}

impl Blocks {
    /// U_1 of T_i.
    #[allow(clippy::cast_possible_truncation, reason = "at most 2³² − 1, as the length is checked")]
    fn first(&self, i: u64, u: &mut [u32; 8]) {
        self.salted.hash(i as u32, u, self.backends.one);
        let mut block = Temporary::<Block>::new();
        pad_value(&mut block);
        self.password.finish(u, &mut block, self.backends.one);
    }

    /// T_i into `key`, cut to length.
    fn one(&self, i: u64, key: &mut [u8]) {
        let mut u = Temporary::<[u32; 8]>::new();
        let mut t = Temporary::<[u32; 8]>::new();
        let mut block = Temporary::<Block>::new();
        pad_value(&mut block);
        self.first(i, &mut u);
        *t = *u;
        for _ in 1..self.iterations {
            put_words(&mut block, &u);
            *u = self.password.inner;
            self.backends.one.compress(&mut u, slice::from_ref(&*block));
            self.password.finish(&mut u, &mut block, self.backends.one);
            t.iter_mut().zip(&*u).for_each(|(t, u)| *t ^= u);
        }
        write_cut(key, &t);
    }

    /// T_i, T_{i+1}, … side by side into `key`, the last one cut to length.
    fn many(&self, i: u64, key: &mut [u8]) {
        let Self { password, backends: Backends { many, .. }, .. } = self;
        let width = many.width(key.len().div_ceil(SIZE));
        let mut v = Temporary::<State>::new();
        let mut t = Temporary::<State>::new();
        // The words of a MAC's inner hash value, or of the value before it, and the padding.
        let mut words = Temporary::<Words>::new();
        pad_values(&mut words);
        let mut u = Temporary::<[u32; 8]>::new();
        for (lane, i) in (0..key.len().div_ceil(SIZE)).zip(i..) {
            self.first(i, &mut u);
            put(&mut t, lane, &u);
        }
        words[..8].copy_from_slice(&*t);
        for _ in 1..self.iterations {
            for v0 in [&password.inner, &password.outer] {
                put_everywhere(&mut v, v0);
                many.compress(&mut v, &Input::Words(&words), width);
                words[..8].copy_from_slice(&*v);
            }
            for (t, u) in t.as_flattened_mut().iter_mut().zip(v.as_flattened()) {
                *t ^= u;
            }
        }
        for (lane, key) in key.chunks_mut(SIZE).enumerate() {
            write_cut(key, &taken(&t, lane));
        }
    }
}

fn write_cut(key: &mut [u8], t: &[u32; 8]) {
    let mut value = Temporary::<[u8; SIZE]>::new();
    write(&mut value, t);
    key.copy_from_slice(&value[..key.len()]);
}

/// Why there is no key from a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pbkdf2Error {
    /// The number of iterations is 0.
    NoIterations,
    /// The key would be longer than 32·(2³² − 1) bytes.
    KeyTooLong,
}

impl fmt::Display for Pbkdf2Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoIterations => "PBKDF2 needs an iteration at least",
            Self::KeyTooLong => "more bytes than PBKDF2 gives",
        })
    }
}

impl core::error::Error for Pbkdf2Error {}
