//! Modes that other crates do well, under their names here.

#[cfg(feature = "key-wrap")]
use super::Sm4;
use super::{Sm4Dec, Sm4Enc};

/// SM4-ECB encryption: each block by itself. The crate `ecb` over [`Sm4Enc`].
///
/// **Equal blocks of plaintext give equal blocks of ciphertext**: ECB hides no message of more than one block. It is here for what is
/// built on it, and for old protocols. [`Sm4Enc::encrypt_blocks`](cipher::BlockCipherEncrypt::encrypt_blocks) does the same.
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

/// SM4-GCM-SIV: an AEAD that survives a nonce used twice, but for showing whether two messages were equal. 16-byte key, 12-byte nonce, 16-byte
/// tag. The crate `aes-gcm-siv` over [`Sm4Enc`]: the construction of RFC 8452 with SM4 in the place of AES-128, which no standard prescribes.
///
/// ```
/// use shangmi::{aead::{AeadInOut, KeyInit}, sm4::Sm4GcmSiv};
///
/// let siv = Sm4GcmSiv::new(&[0x42; 16].into());
/// let mut data = *b"a message";
/// let tag = siv.encrypt_inout_detached(&[7; 12].into(), b"header", (&mut data[..]).into())?;
/// siv.decrypt_inout_detached(&[7; 12].into(), b"header", (&mut data[..]).into(), &tag)?;
/// assert_eq!(&data, b"a message");
/// # Ok::<(), shangmi::aead::Error>(())
/// ```
#[cfg(feature = "gcm-siv")]
pub type Sm4GcmSiv = aes_gcm_siv::AesGcmSiv<Sm4Enc>;

/// SM4 key wrap: keys of a multiple of 8 bytes, at least 16, encrypted and authenticated under a key; 8 bytes longer. The crate
/// `aes-kw` over [`Sm4`].
///
/// ```
/// use shangmi::{cipher::KeyInit, sm4::Sm4KeyWrap};
///
/// let kek = Sm4KeyWrap::new(&[0x42; 16].into());
/// let (mut wrapped, mut key) = ([0; 24], [0; 16]);
/// kek.wrap_key(&[7; 16], &mut wrapped)?;
/// assert_eq!(kek.unwrap_key(&wrapped, &mut key)?, [7; 16]);
/// # Ok::<(), shangmi::sm4::key_wrap::Error>(())
/// ```
///
/// Source: RFC 3394 (SP 800-38F, 6.2) with SM4 in the place of AES.
#[cfg(feature = "key-wrap")]
pub type Sm4KeyWrap = aes_kw::AesKw<Sm4>;

/// SM4 key wrap with padding: keys of 1 byte and more. See [`Sm4KeyWrap`].
///
/// Source: RFC 5649 (SP 800-38F, 6.3) with SM4 in the place of AES.
#[cfg(feature = "key-wrap")]
pub type Sm4KeyWrapPad = aes_kw::AesKwp<Sm4>;

/// What [`Sm4KeyWrap`] comes from: its errors.
#[cfg(feature = "key-wrap")]
pub use aes_kw as key_wrap;

/// SM4-FF1: encrypts strings of digits of any radix from 2 to 2¹⁶ to strings of the same length: card numbers to card numbers. The crate `fpe`
/// over [`Sm4Enc`].
///
/// A string shorter than makes 10⁶ values is refused: it could be found by trying. Not in constant time: the arithmetic on numbers of
/// any radix depends on them.
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
/// # Panics
/// `new` panics if the key has not 16 bytes.
///
/// Source: SP 800-38G, 5.1, with SM4 in the place of AES.
#[cfg(feature = "ff1")]
pub type Sm4Ff1 = ff1::FF1<Sm4Enc>;

/// What [`Sm4Ff1`] comes from: its strings and errors.
#[cfg(feature = "ff1")]
pub use fpe::ff1;
