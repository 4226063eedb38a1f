//! SM3 of many messages at once.

mod schedule;

pub(super) use schedule::{Message, Tail, pad, pieces, run, write};

#[cfg(feature = "__backends")]
use super::{
    __backends::Backend, Kdf, Pbkdf2Error, hmac::HmacSm3Key, hmac::hmac_with, pbkdf2::pbkdf2_with,
};
use super::{backend, lanes, portable::IV};
use core::fmt;

/// The number of bytes of a hash value.
pub(super) const SIZE: usize = 32;

/// Fills `digests` with SM3 of each of `messages`, in order.
///
/// The messages are hashed side by side, eight at a time with AVX2, sixteen with AVX-512, four with NEON,
/// which takes a fraction of the time that they take one by one; without these instructions, or
/// when there is but one message left, they are hashed one by one. Their lengths, each as for [`Sm3`],
/// may differ wildly: a message that ends makes room for the next one. Nothing is allocated.
///
/// ```
/// use shangmi::{digest::Digest, sm3::{Sm3, hash_many}};
///
/// let messages = ["one message", "another", ""];
/// let mut digests = [[0; 32]; 3];
/// hash_many(&messages, &mut digests)?;
/// assert_eq!(digests[1], Sm3::digest("another").0);
/// # Ok::<(), shangmi::sm3::CountError>(())
/// ```
///
/// # Errors
/// [`CountError`] if there are not as many digests as messages; `digests` is then untouched.
///
/// [`Sm3`]: super::Sm3
pub fn hash_many<M: AsRef<[u8]>>(
    messages: &[M],
    digests: &mut [[u8; 32]],
) -> Result<(), CountError> {
    hash_with(messages, digests, Backends::best())
}

pub(super) fn hash_with<M: AsRef<[u8]>>(
    messages: &[M],
    digests: &mut [[u8; 32]],
    backends: Backends,
) -> Result<(), CountError> {
    CountError::unless(messages.len() == digests.len())?;
    let message = |i: usize| Some(Message::new(&IV, 0, messages.get(i)?.as_ref()));
    run(&message, digests, backends);
    Ok(())
}

/// There are not as many results as messages, or not as many keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountError;

impl CountError {
    pub(super) fn unless(equal: bool) -> Result<(), Self> {
        if equal { Ok(()) } else { Err(Self) }
    }
}

impl fmt::Display for CountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the numbers of messages, keys and results differ")
    }
}

impl core::error::Error for CountError {}

/// What hashes many messages: the lanes, and for the few that are left one by one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backends {
    pub(super) many: lanes::backend::Backend,
    pub(super) one: backend::Backend,
}

impl Backends {
    #[inline]
    pub(super) fn best() -> Self {
        Self { many: lanes::backend::Backend::best(), one: backend::Backend::best() }
    }
}

/// A backend for many messages that this CPU can run, for the tests, benches and fuzz targets alone.
#[cfg(feature = "__backends")]
#[derive(Clone, Copy, Debug)]
pub struct LanesBackend(lanes::backend::Backend);

#[cfg(feature = "__backends")]
#[allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "hidden, and as what users call"
)]
impl LanesBackend {
    /// All of them, fastest first.
    pub fn all() -> impl Iterator<Item = Self> {
        lanes::backend::Backend::all().map(Self)
    }
    pub fn name(self) -> &'static str {
        self.0.name()
    }
    fn with(self, one: Backend) -> Backends {
        Backends { many: self.0, one: one.0 }
    }
    pub fn hash_many<M: AsRef<[u8]>>(
        self,
        one: Backend,
        messages: &[M],
        digests: &mut [[u8; 32]],
    ) -> Result<(), CountError> {
        hash_with(messages, digests, self.with(one))
    }
    pub fn hmac_key(self, one: Backend, key: &[u8]) -> HmacSm3Key {
        HmacSm3Key::with_backend(key, one.0)
    }
    pub fn mac(self, one: Backend, key: &HmacSm3Key, message: &[u8]) -> [u8; 32] {
        key.mac_with(message, one.0)
    }
    pub fn mac_many<M: AsRef<[u8]>>(
        self,
        one: Backend,
        key: &HmacSm3Key,
        messages: &[M],
        macs: &mut [[u8; 32]],
    ) -> Result<(), CountError> {
        key.mac_many_with(messages, macs, self.with(one))
    }
    pub fn hmac_many<M: AsRef<[u8]>>(
        self,
        one: Backend,
        keys: &[HmacSm3Key],
        messages: &[M],
        macs: &mut [[u8; 32]],
    ) -> Result<(), CountError> {
        hmac_with(keys, messages, macs, self.with(one))
    }
    pub fn kdf(self, one: Backend, z: &[u8]) -> Kdf {
        Kdf::with_backends(z, self.with(one))
    }
    /// A KDF that has given `values` hash values already.
    pub fn kdf_after(self, one: Backend, z: &[u8], values: u32) -> Kdf {
        let mut kdf = self.kdf(one, z);
        kdf.skip(values);
        kdf
    }
    pub fn pbkdf2(
        self,
        one: Backend,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
        key: &mut [u8],
    ) -> Result<(), Pbkdf2Error> {
        pbkdf2_with(password, salt, iterations, key, self.with(one))
    }
}
