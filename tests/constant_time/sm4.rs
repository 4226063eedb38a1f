//! SM4 and its modes. Keys, messages, tweaks and chained IVs are secrets; lengths and the counter of CTR are not.

use super::{
    Watch, seal_and_open,
    valgrind::{public, secret},
};
use shangmi::{
    aead::{
        AeadInOut,
        consts::{U12, U16},
    },
    cipher::{
        Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt,
        InnerIvInit, StreamCipher, common::InnerInit,
    },
    digest::Mac,
    sm4::{
        __backends::Backend,
        Sm4BcDec, Sm4BcEnc, Sm4CbcDec, Sm4CbcEnc, Sm4Ccm, Sm4CfbDec, Sm4CfbEnc, Sm4Cmac, Sm4Ctr,
        Sm4GcmSiv, Sm4Hctr, Sm4KeyWrap, Sm4KeyWrapPad, Sm4Ofb, Sm4XtsGb, Sm4XtsIeee,
        batch::{self, CbcJob, MacJob, OpenJob, SealJob},
        padding::{LengthFirst, OneAndZeros, Padding, Pkcs7},
        wpi::{Header, Wpi},
    },
};
use std::hint::black_box;

/// Bytes: fewer than a block, around the width of each kernel, and more than twice the widest.
const LENGTHS: [usize; 12] = [0, 1, 16, 31, 64, 130, 144, 256, 300, 513, 1024, 1100];

pub(crate) fn watch(watch: &mut Watch) {
    for backend in Backend::all() {
        blocks(watch, backend);
        streams(watch, backend);
        wide(watch, backend);
        macs(watch, backend);
        aeads(watch, backend);
        misuse_resistant(watch, backend);
        batches(watch, backend);
    }
    padding::<Pkcs7>(watch, "PKCS #7");
    padding::<OneAndZeros>(watch, "one and zeros");
    padding::<LengthFirst>(watch, "length first");
}

fn key() -> [u8; 16] {
    secret([1; 16])
}

fn iv() -> [u8; 16] {
    secret([2; 16])
}

/// Runs `mode` on messages of all lengths.
fn all_lengths(mode: impl Fn(&mut [u8])) {
    for n in LENGTHS {
        let mut data = secret([3; 1100]);
        mode(&mut data[..n]);
        black_box(public(data));
    }
}

fn blocks(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation(&format!("SM4 on {name}"), || {
        all_lengths(|data| {
            let sm4 = backend.sm4(&key());
            let data = Array::slice_as_chunks_mut(data).0;
            sm4.encrypt_blocks(data);
            sm4.decrypt_blocks(data);
            for block in data.iter_mut().take(2) {
                backend.sm4_enc(&key()).encrypt_block(block);
                backend.sm4_dec(&key()).decrypt_block(block);
            }
        });
    });
    watch.operation(&format!("SM4-CBC and SM4-BC on {name}"), || {
        all_lengths(|data| {
            let (enc, dec) = (backend.sm4_enc(&key()), backend.sm4_dec(&key()));
            let data = Array::slice_as_chunks_mut(data).0;
            Sm4CbcEnc::inner_iv_init(enc.clone(), &iv().into()).encrypt_blocks(data);
            Sm4CbcDec::inner_iv_init(dec.clone(), &iv().into()).decrypt_blocks(data);
            Sm4BcEnc::inner_iv_init(enc, &iv().into()).encrypt_blocks(data);
            Sm4BcDec::inner_iv_init(dec, &iv().into()).decrypt_blocks(data);
        });
    });
}

fn streams(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation(&format!("SM4-CTR and SM4-OFB on {name}"), || {
        all_lengths(|data| {
            let (start, end) = data.split_at_mut(data.len() / 3);
            // A counter that wraps, and the position, which is counter − IV, make jumps.
            let mut ctr = Sm4Ctr::inner_iv_init(backend.sm4_enc(&key()), &[2; 16].into());
            ctr.apply_keystream(start);
            ctr.apply_keystream(end);
            let mut ofb = Sm4Ofb::inner_iv_init(backend.sm4_enc(&key()), &iv().into());
            ofb.apply_keystream(start);
            ofb.apply_keystream(end);
        });
    });
    watch.operation(&format!("SM4-CFB on {name}"), || {
        all_lengths(|data| {
            let sm4 = backend.sm4_enc(&key());
            Sm4CfbEnc::inner_iv_init(sm4.clone(), &iv().into()).encrypt(data);
            Sm4CfbDec::inner_iv_init(sm4, &iv().into()).decrypt(data);
        });
    });
}

/// Too short a message is refused, and its length is no secret.
fn wide(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation(&format!("SM4-XTS on {name}"), || {
        all_lengths(|data| {
            let (sm4, tweak) = (backend.sm4(&key()), backend.sm4_enc(&secret([4; 16])));
            let gb = Sm4XtsGb::from_ciphers(sm4.clone(), tweak.clone());
            let ieee = Sm4XtsIeee::from_ciphers(sm4, tweak);
            let long = data.len() >= 16;
            assert_eq!(gb.encrypt(&iv(), data).is_ok(), long);
            assert_eq!(gb.decrypt(&iv(), data).is_ok(), long);
            assert_eq!(ieee.encrypt(&iv(), data).is_ok(), long);
            assert_eq!(ieee.decrypt(&iv(), data).is_ok(), long);
        });
    });
    watch.operation(&format!("SM4-HCTR on {name}"), || {
        all_lengths(|data| {
            let hctr = Sm4Hctr::from_cipher(backend.sm4(&key()), &secret([4; 16]));
            assert_eq!(hctr.encrypt(&iv(), data).is_ok(), data.len() >= 16);
            assert_eq!(hctr.decrypt(&iv(), data).is_ok(), data.len() >= 16);
        });
    });
}

fn macs(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation(&format!("SM4-CMAC and SM4-GMAC on {name}"), || {
        all_lengths(|data| {
            let (start, end) = data.split_at(data.len() / 3);
            let cmac = Sm4Cmac::from_cipher(backend.sm4_enc(&key()));
            black_box(public(cmac.chain_update(start).chain_update(end).finalize().into_bytes()));
            let gmac = backend.gmac::<U12, U16>(&key(), &secret([2; 12]).into());
            black_box(public(gmac.chain_update(start).chain_update(end).finalize().into_bytes()));
        });
    });
    watch.operation_that_tells(&format!("verification of SM4-CMAC on {name}"), 0, || {
        let cmac = Sm4Cmac::from_cipher(backend.sm4_enc(&key()));
        let verdict = cmac.chain_update(secret([3; 99])).verify_slice(&[0; 16]);
        black_box(public(verdict.is_ok()));
    });
}

/// Whether a tag is right is told, by one jump each time: data is cleared or not.
fn aeads(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation_that_tells(&format!("SM4-GCM and SM4-CCM on {name}"), 4, || {
        seal_and_open(&backend.gcm::<U12, U16>(&key()), &secret([2; 12]).into());
        seal_and_open(&<Sm4Ccm>::inner_init(backend.sm4_enc(&key())), &secret([2; 12]).into());
    });
    watch.operation_that_tells(&format!("long messages of SM4-GCM on {name}"), 12, || {
        let gcm = backend.gcm::<U12, U16>(&key());
        all_lengths(|data| {
            let (nonce, aad) = (secret([2; 16]), secret([6; 20]));
            let tag = gcm.encrypt_with_nonce(&nonce, &aad, (&mut *data).into());
            let tag = tag.expect("short");
            black_box(public(gcm.decrypt_with_nonce(&nonce, &aad, data.into(), &tag).is_ok()));
        });
    });
    watch.operation_that_tells(&format!("WPI on {name}"), 12, || {
        let header = Header::new(&[8; 24], 0).expect("24 bytes");
        let keys = || [key(), secret([4; 16])].map(|key| backend.sm4_enc(&key));
        all_lengths(|data| {
            let [encryption, integrity] = keys();
            let wpi = Wpi::from_ciphers(encryption, integrity);
            let mic = wpi.seal(&iv(), &header, data).expect("short");
            black_box(public(wpi.open(&iv(), &header, data, &mic).is_ok()));
        });
    });
}

/// GCM-SIV, one jump for each message opened; key wrap, one for each key, and one for the length of a padded one.
fn misuse_resistant(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation_that_tells(&format!("SM4-GCM-SIV on {name}"), 12, || {
        let siv = Sm4GcmSiv::inner_init(backend.sm4_enc(&key()));
        all_lengths(|data| {
            let (nonce, aad) = (secret([2; 12]).into(), secret([6; 20]));
            let tag = siv.encrypt_inout_detached(&nonce, &aad, (&mut *data).into()).expect("short");
            let opened = siv.decrypt_inout_detached(&nonce, &aad, data.into(), &tag);
            black_box(public(opened.is_ok()));
        });
    });
    watch.operation_that_tells(&format!("SM4 key wrap on {name}"), 6, || {
        let kw = Sm4KeyWrap::inner_init(backend.sm4(&key()));
        let kwp = Sm4KeyWrapPad::inner_init(backend.sm4(&key()));
        for n in [16, 40] {
            let (mut wrapped, mut back) = ([0; 48], [0; 40]);
            let wrapped = kw.wrap_key(&secret([3; 40])[..n], &mut wrapped).expect("in range");
            black_box(public(kw.unwrap_key(wrapped, &mut back).is_ok()));
        }
        for n in [5, 39] {
            let (mut wrapped, mut back) = ([0; 48], [0; 40]);
            let wrapped = kwp.wrap_key(&secret([3; 40])[..n], &mut wrapped).expect("in range");
            black_box(public(kwp.unwrap_key(wrapped, &mut back).is_ok()));
        }
    });
}

fn batches(watch: &mut Watch, backend: Backend) {
    let name = backend.name();
    watch.operation(&format!("a batch of SM4-CBC and SM4-CMAC on {name}"), || {
        let keys: Vec<_> = (0..20).map(|i| backend.sm4_enc(&secret([i; 16]))).collect();
        let mut data = secret([[3; 160]; 20]);
        let lengths = (0..).map(|i| i % 10 * 16);
        let jobs = keys.iter().zip(&mut data).zip(lengths);
        let jobs = jobs.map(|((key, data), n)| CbcJob::new(key, &iv(), &mut data[..n]));
        assert_eq!(batch::encrypt_cbc(&mut jobs.collect::<Vec<_>>()), Ok(()));
        black_box(public(data));
        let keys: Vec<_> = keys.into_iter().map(Sm4Cmac::from_cipher).collect();
        let data = secret([[3; 160]; 20]);
        let jobs = keys.iter().zip(&data).zip((0..).step_by(7));
        let mut jobs: Vec<_> = jobs.map(|((key, data), n)| MacJob::cmac(key, &data[..n])).collect();
        batch::authenticate(&mut jobs);
        for job in &jobs {
            black_box(job.tag().map(|tag| public(*tag)));
            black_box(public(job.verify(&[0; 16])));
        }
    });
    watch.operation_that_tells(&format!("a batch of SM4-CCM on {name}"), 20, || {
        let ccm = <Sm4Ccm>::inner_init(backend.sm4_enc(&key()));
        let (nonce, aad, mut data) =
            (secret([2; 12]).into(), secret([6; 20]), secret([[3; 150]; 20]));
        let jobs = data.iter_mut().zip((0..).step_by(7));
        let jobs = jobs.map(|(data, n)| SealJob::ccm(&ccm, &nonce, &aad, &mut data[..n]));
        assert_eq!(batch::seal(&mut jobs.collect::<Vec<_>>()), Ok(()));
        let jobs = data.iter_mut().zip((0..).step_by(7));
        let jobs =
            jobs.map(|(data, n)| OpenJob::ccm(&ccm, &nonce, &aad, &mut data[..n], &[0; 16].into()));
        assert_eq!(batch::open(&mut jobs.collect::<Vec<_>>()), Ok(()));
        black_box(public(data));
    });
}

/// Whether a padding is right is told, by one jump; where the message ends is in the result alone.
fn padding<P: Padding>(watch: &mut Watch, name: &str) {
    watch.operation_that_tells(&format!("removal of padding, {name}"), 6, || {
        for n in [0, 5, 30] {
            let mut padded = vec![0; P::padded_len(n).expect("short")];
            P::pad(&secret([3; 30])[..n], &mut padded);
            let _ = black_box(public(P::unpad(&padded)));
            let garbage = secret([7; 48]);
            let _ = black_box(public(P::unpad(&garbage)));
        }
    });
}
