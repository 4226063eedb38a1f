//! Modes that other crates do well, under their names here.

use super::{Sm4Dec, Sm4Enc};

/// SM4-ECB encryption: each block by itself. The crate `ecb` over [`Sm4Enc`].
///
/// **Equal blocks of plaintext give equal blocks of ciphertext**: ECB hides no message of more than one block. It is here for what is
/// built on it, and for old protocols. **It does not authenticate**, either. Whole blocks only; no number of them is an error.
/// [`Sm4Enc::encrypt_blocks`](cipher::BlockCipherEncrypt::encrypt_blocks) does the same.
///
/// ```
/// use shangmi::{cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyInit}, sm4::{Sm4EcbDec, Sm4EcbEnc}};
///
/// let mut blocks = [[1; 16].into(), [1; 16].into()];
/// Sm4EcbEnc::new(&[0x42; 16].into()).encrypt_blocks(&mut blocks);
/// assert_eq!(blocks[0], blocks[1]);
/// Sm4EcbDec::new(&[0x42; 16].into()).decrypt_blocks(&mut blocks);
/// assert_eq!(blocks, [[1; 16], [1; 16]]);
/// ```
///
/// Source: GB/T 17964-2021, 5.
pub type Sm4EcbEnc = ecb::Encryptor<Sm4Enc>;

/// SM4-ECB decryption. See [`Sm4EcbEnc`].
pub type Sm4EcbDec = ecb::Decryptor<Sm4Dec>;

/// SM4-FF1: encrypts strings of digits of any radix from 2 to 2¹⁶ to strings of the same length: card numbers to card numbers. The crate `fpe`
/// over [`Sm4Enc`].
///
/// **Not in constant time**: the arithmetic on numbers of any radix depends on them; and copies of them stay in memory. Equal strings under
/// equal tweaks give equal results: let the tweak be what belongs to the string (a number of customer) where there is any.
///
/// ```
/// use shangmi::sm4::{Sm4Ff1, ff1::FlexibleNumeralString};
///
/// let ff1 = Sm4Ff1::new(&[0x42; 16], 10).unwrap();
/// let digits = FlexibleNumeralString::from(vec![6, 2, 2, 0, 1, 2, 3, 4]);
/// let encrypted = ff1.encrypt(b"tweak", &digits).unwrap();
/// let decrypted: Vec<u16> = ff1.decrypt(b"tweak", &encrypted).unwrap().into();
/// assert_eq!(decrypted, [6, 2, 2, 0, 1, 2, 3, 4]);
/// ```
///
/// # Errors
/// [`NumeralStringError`](ff1::NumeralStringError) if the string has fewer than 10⁶ values (radix^length: it could be found by trying) or more
/// than 2³² − 1 numerals, or one beyond the radix. [`InvalidRadix`](ff1::InvalidRadix) from `new`.
///
/// # Panics
/// `new` panics if the key has not 16 bytes.
///
/// Source: SP 800-38G, 5.1, with SM4 in the place of AES.
#[cfg(feature = "ff1")]
pub type Sm4Ff1 = ff1::FF1<Sm4Enc>;

/// What [`Sm4Ff1`] comes from: its strings and errors.
#[cfg(feature = "ff1")]
pub use fpe::ff1;
