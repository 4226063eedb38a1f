//! HKDF with HMAC-SM3.

use super::Sm3;

/// HKDF-SM3: keys from a secret that is no key yet, such as one agreed on by two sides. The `hkdf`
/// crate's, over [`Sm3`].
///
/// At most 255 · 32 bytes come from one `expand`.
///
/// ```
/// use shangmi::sm3::HkdfSm3;
///
/// let (shared_secret, salt) = ([0x42; 32], b"of both sides");
/// let hkdf = HkdfSm3::new(Some(salt), &shared_secret);
/// let (mut key, mut iv) = ([0; 16], [0; 12]);
/// hkdf.expand(b"key", &mut key)?;
/// hkdf.expand(b"iv", &mut iv)?;
/// # Ok::<(), shangmi::hkdf::InvalidLength>(())
/// ```
///
/// Source: RFC 5869; TLS 1.3 with the suites of RFC 8998 runs on it.
pub type HkdfSm3 = hkdf::Hkdf<Sm3>;
