//! What is to be computed from each vector file of SM4, on a given backend.

use super::{Case, Failure};
use shangmi::{
    aead::AeadInOut,
    cipher::{
        Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt,
        InnerIvInit, StreamCipher,
        common::InnerInit,
        consts::{U12, U16},
    },
    digest::Mac,
    sm4::{
        __backends::Backend, Sm4BcDec, Sm4BcEnc, Sm4CbcDec, Sm4CbcEnc, Sm4CbcMac, Sm4CbcrMac,
        Sm4Ccm, Sm4CfbDec, Sm4CfbEnc, Sm4Cmac, Sm4Ctr, Sm4Emac, Sm4GcmSiv, Sm4Hctr, Sm4KeyWrap,
        Sm4KeyWrapPad, Sm4Lmac, Sm4MacDes, Sm4Ofb, Sm4OfbnlfDec, Sm4OfbnlfEnc, Sm4RetailMac,
        Sm4TrCbcMac, Sm4XtsGb,
    },
};

/// A check of one case on one backend.
pub(crate) type Check = fn(&Case, Backend) -> Result<(), Failure>;

/// The files, and what checks a case of each.
pub(crate) const FILES: [(&str, Check); 16] = [
    ("sm4/block.txt", block),
    ("sm4/ecb.txt", ecb),
    ("sm4/cbc.txt", cbc),
    ("sm4/cfb.txt", cfb),
    ("sm4/ofb.txt", ofb),
    ("sm4/ctr.txt", ctr),
    ("sm4/bc.txt", bc),
    ("sm4/ofbnlf.txt", ofbnlf),
    ("sm4/hctr.txt", hctr),
    ("sm4/xts_gb.txt", xts_gb),
    ("sm4/cmac.txt", cmac),
    ("sm4/cbc_macs.txt", cbc_macs),
    ("sm4/ccm.txt", ccm),
    ("sm4/gcm.txt", gcm),
    ("sm4/gcm_siv.txt", gcm_siv),
    ("sm4/key_wrap.txt", key_wrap),
];

type Block = Array<u8, U16>;

/// Both directions: what `encrypt` makes of the plaintext is the ciphertext, and what `decrypt` makes of that the plaintext.
fn both(
    case: &Case,
    encrypt: impl FnOnce(&mut [u8]),
    decrypt: impl FnOnce(&mut [u8]),
) -> Result<(), Failure> {
    let (mut there, mut back) = (case.bytes("plaintext")?, case.bytes("ciphertext")?);
    encrypt(&mut there);
    decrypt(&mut back);
    case.equal("ciphertext", &there)?;
    case.equal("plaintext", &back)
}

/// The same for a mode over whole blocks.
fn both_blocks(
    case: &Case,
    encrypt: impl FnOnce(&mut [Block]),
    decrypt: impl FnOnce(&mut [Block]),
) -> Result<(), Failure> {
    for name in ["plaintext", "ciphertext"] {
        if !case.bytes(name)?.len().is_multiple_of(16) {
            return Err(case.malformed(&format!("{name} is not whole blocks")));
        }
    }
    both(
        case,
        |data| encrypt(Array::slice_as_chunks_mut(data).0),
        |data| decrypt(Array::slice_as_chunks_mut(data).0),
    )
}

fn block(case: &Case, backend: Backend) -> Result<(), Failure> {
    let sm4 = backend.sm4(&case.array("key")?);
    let iterations = case.number("iterations")?;
    // A million of them take long without optimisation: backwards only where they are few.
    let mut there: Block = case.array("plaintext")?.into();
    for _ in 0..iterations {
        sm4.encrypt_block(&mut there);
    }
    case.equal("ciphertext", &there)?;
    let mut back: Block = case.array("ciphertext")?.into();
    for _ in 0..iterations {
        sm4.decrypt_block(&mut back);
    }
    case.equal("plaintext", &back)
}

fn ecb(case: &Case, backend: Backend) -> Result<(), Failure> {
    let sm4 = backend.sm4(&case.array("key")?);
    both_blocks(case, |data| sm4.encrypt_blocks(data), |data| sm4.decrypt_blocks(data))
}

fn cbc(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (key, iv) = (case.array("key")?, case.array("iv")?.into());
    both_blocks(
        case,
        |data| Sm4CbcEnc::inner_iv_init(backend.sm4_enc(&key), &iv).encrypt_blocks(data),
        |data| Sm4CbcDec::inner_iv_init(backend.sm4_dec(&key), &iv).decrypt_blocks(data),
    )
}

fn cfb(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (cipher, iv) = (backend.sm4_enc(&case.array("key")?), case.array("iv")?.into());
    both(
        case,
        |data| Sm4CfbEnc::inner_iv_init(cipher.clone(), &iv).encrypt(data),
        |data| Sm4CfbDec::inner_iv_init(cipher.clone(), &iv).decrypt(data),
    )
}

fn ofb(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (cipher, iv) = (backend.sm4_enc(&case.array("key")?), case.array("iv")?.into());
    let ofb = Sm4Ofb::inner_iv_init(cipher, &iv);
    let (mut there, mut back) = (ofb.clone(), ofb);
    both(case, |data| there.apply_keystream(data), |data| back.apply_keystream(data))
}

fn ctr(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (cipher, iv) = (backend.sm4_enc(&case.array("key")?), case.array("iv")?.into());
    let ctr = Sm4Ctr::inner_iv_init(cipher, &iv);
    let (mut there, mut back) = (ctr.clone(), ctr);
    both(case, |data| there.apply_keystream(data), |data| back.apply_keystream(data))
}

fn bc(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (key, iv) = (case.array("key")?, case.array("iv")?.into());
    both_blocks(
        case,
        |data| Sm4BcEnc::inner_iv_init(backend.sm4_enc(&key), &iv).encrypt_blocks(data),
        |data| Sm4BcDec::inner_iv_init(backend.sm4_dec(&key), &iv).decrypt_blocks(data),
    )
}

fn ofbnlf(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (cipher, iv) = (backend.sm4_enc(&case.array("key")?), case.array("iv")?.into());
    both_blocks(
        case,
        |data| Sm4OfbnlfEnc::inner_iv_init(cipher.clone(), &iv).encrypt_blocks(data),
        |data| Sm4OfbnlfDec::inner_iv_init(cipher.clone(), &iv).decrypt_blocks(data),
    )
}

fn hctr(case: &Case, backend: Backend) -> Result<(), Failure> {
    let hctr = Sm4Hctr::from_cipher(backend.sm4(&case.array("key")?), &case.array("hash_key")?);
    let tweak = case.array("tweak")?;
    let (mut there, mut back) = (case.bytes("plaintext")?, case.bytes("ciphertext")?);
    hctr.encrypt(&tweak, &mut there).map_err(|e| case.malformed(&e.to_string()))?;
    hctr.decrypt(&tweak, &mut back).map_err(|e| case.malformed(&e.to_string()))?;
    case.equal("ciphertext", &there)?;
    case.equal("plaintext", &back)
}

fn xts_gb(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (key, tweak_key) = (case.array("key")?, case.array("tweak_key")?);
    let xts = Sm4XtsGb::from_ciphers(backend.sm4(&key), backend.sm4_enc(&tweak_key));
    let tweak = case.array("tweak")?;
    let (mut there, mut back) = (case.bytes("plaintext")?, case.bytes("ciphertext")?);
    xts.encrypt(&tweak, &mut there).map_err(|e| case.malformed(&e.to_string()))?;
    xts.decrypt(&tweak, &mut back).map_err(|e| case.malformed(&e.to_string()))?;
    case.equal("ciphertext", &there)?;
    case.equal("plaintext", &back)
}

fn mac(case: &Case, mac: impl Mac + Clone) -> Result<(), Failure> {
    let mac = mac.chain_update(case.bytes("message")?);
    let tag = mac.clone().finalize().into_bytes();
    case.equal("mac", &tag)?;
    case.ensure(mac.verify(&tag).is_ok(), "the right MAC is refused")
}

fn cmac(case: &Case, backend: Backend) -> Result<(), Failure> {
    mac(case, Sm4Cmac::from_cipher(backend.sm4_enc(&case.array("key")?)))
}

fn cbc_macs(case: &Case, backend: Backend) -> Result<(), Failure> {
    let key = case.bytes("key")?;
    let part = |i: usize| {
        let key = key.get(16 * i..16 * i + 16).and_then(|key| key.try_into().ok());
        key.ok_or_else(|| case.malformed("key is too short"))
    };
    let first = backend.sm4_enc(&part(0)?);
    match case.text("algorithm")? {
        "cbc-mac" => mac(case, Sm4CbcMac::from_cipher(first)),
        "emac" => mac(case, Sm4Emac::from_ciphers(first, backend.sm4_enc(&part(1)?))),
        "retail" => mac(case, Sm4RetailMac::from_ciphers(first, backend.sm4(&part(1)?))),
        "macdes" => {
            let second = part(1)?;
            let third = backend.sm4_enc(&second.map(|byte: u8| byte ^ 0xf0));
            mac(case, Sm4MacDes::from_ciphers(first, backend.sm4_enc(&second), third))
        }
        "cmac" => mac(case, Sm4Cmac::from_cipher(first)),
        "lmac" => mac(case, Sm4Lmac::from_cipher(&first)),
        "trcbc" => mac(case, <Sm4TrCbcMac>::from_cipher(first)),
        "cbcr" => mac(case, Sm4CbcrMac::from_cipher(first)),
        _ => Err(case.malformed("no such algorithm")),
    }
}

fn ccm(case: &Case, backend: Backend) -> Result<(), Failure> {
    let ccm = <Sm4Ccm>::inner_init(backend.sm4_enc(&case.array("key")?));
    aead(case, &ccm)
}

fn gcm_siv(case: &Case, backend: Backend) -> Result<(), Failure> {
    aead(case, &Sm4GcmSiv::inner_init(backend.sm4_enc(&case.array("key")?)))
}

fn key_wrap(case: &Case, backend: Backend) -> Result<(), Failure> {
    let cipher = backend.sm4(&case.array("key")?);
    let (key, wrapped) = (case.bytes("plaintext")?, case.bytes("ciphertext")?);
    let (mut there, mut back) = (vec![0; wrapped.len()], vec![0; wrapped.len()]);
    let (there, back) = match case.text("algorithm")? {
        "kw" => {
            let kek = Sm4KeyWrap::inner_init(cipher);
            (kek.wrap_key(&key, &mut there), kek.unwrap_key(&wrapped, &mut back))
        }
        "kwp" => {
            let kek = Sm4KeyWrapPad::inner_init(cipher);
            (kek.wrap_key(&key, &mut there), kek.unwrap_key(&wrapped, &mut back))
        }
        _ => return Err(case.malformed("no such algorithm")),
    };
    case.equal("ciphertext", there.map_err(|e| case.malformed(&e.to_string()))?)?;
    let refused = |_| Failure::Wrong("what is authentic is refused".to_owned());
    case.equal("plaintext", back.map_err(refused)?)
}

/// FF1 takes the backend that users get.
#[cfg(feature = "ff1")]
pub(crate) fn ff1(case: &Case) -> Result<(), Failure> {
    use shangmi::sm4::{Sm4Ff1, ff1::FlexibleNumeralString};
    let (key, tweak) = (case.array::<16>("key")?, case.bytes("tweak")?);
    let radix = u32::try_from(case.number("radix")?).map_err(|_| case.malformed("radix"))?;
    let ff1 = Sm4Ff1::new(&key, radix).map_err(|e| case.malformed(&e.to_string()))?;
    let numerals = |name| {
        let numerals = case.text(name)?.split(' ').map(str::parse).collect::<Result<Vec<u16>, _>>();
        numerals.map_err(|e| case.malformed(&e.to_string()))
    };
    let (plaintext, ciphertext) = (numerals("plaintext")?, numerals("ciphertext")?);
    let there = ff1.encrypt(&tweak, &FlexibleNumeralString::from(plaintext.clone()));
    let back = ff1.decrypt(&tweak, &FlexibleNumeralString::from(ciphertext.clone()));
    let there: Vec<u16> = there.map_err(|e| case.malformed(&e.to_string()))?.into();
    let back: Vec<u16> = back.map_err(|e| case.malformed(&e.to_string()))?.into();
    case.ensure(there == ciphertext, "the ciphertext is another")?;
    case.ensure(back == plaintext, "the plaintext is another")
}

/// An AEAD with 12-byte nonce and 16-byte tag, there and back.
fn aead<A>(case: &Case, aead: &A) -> Result<(), Failure>
where
    A: AeadInOut<NonceSize = U12, TagSize = U16>,
{
    let (nonce, aad) = (case.array("nonce")?.into(), case.bytes("aad")?);
    let mut data = case.bytes("plaintext")?;
    let tag = aead.encrypt_inout_detached(&nonce, &aad, data.as_mut_slice().into());
    let tag = tag.map_err(|e| case.malformed(&e.to_string()))?;
    case.equal("ciphertext", &data)?;
    case.equal("tag", &tag)?;
    let opened = aead.decrypt_inout_detached(&nonce, &aad, data.as_mut_slice().into(), &tag);
    case.ensure(opened.is_ok(), "the right tag is refused")?;
    case.equal("plaintext", &data)
}

/// Both directions; that a flipped bit of the tag is refused and leaves nothing of the plaintext;
/// and GMAC, if there is no plaintext.
fn gcm(case: &Case, backend: Backend) -> Result<(), Failure> {
    let (key, nonce) = (case.array("key")?, case.array::<12>("nonce")?.into());
    let (aad, mut data) = (case.bytes("aad")?, case.bytes("plaintext")?);
    let gcm = backend.gcm::<U12, U16>(&key);
    if data.is_empty() {
        let gmac = backend.gmac::<U12, U16>(&key, &nonce).chain_update(&aad);
        case.equal("tag", &gmac.finalize().into_bytes())?;
    }
    let tag = gcm.encrypt_inout_detached(&nonce, &aad, data.as_mut_slice().into());
    let tag = tag.map_err(|_| case.malformed("encryption refused"))?;
    case.equal("ciphertext", &data)?;
    case.equal("tag", &tag)?;
    let (mut flipped, mut copy) = (tag, data.clone());
    flipped[15] ^= 1;
    let opened = gcm.decrypt_inout_detached(&nonce, &aad, copy.as_mut_slice().into(), &flipped);
    case.ensure(opened.is_err(), "a wrong tag is accepted")?;
    case.ensure(copy.iter().all(|b| *b == 0), "a wrong tag leaves data in the buffer")?;
    let opened = gcm.decrypt_inout_detached(&nonce, &aad, data.as_mut_slice().into(), &tag);
    case.ensure(opened.is_ok(), "the right tag is refused")?;
    case.equal("plaintext", &data)
}
