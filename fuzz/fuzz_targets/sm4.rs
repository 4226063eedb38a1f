//! SM4: every backend gives in every mode what the portable one gives, in pieces as in one; what arrives altered is
//! refused without a panic, and cleared.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::{
    aead::{AeadInOut, consts::U12, consts::U16},
    cipher::{
        Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt,
        InnerIvInit, StreamCipher, StreamCipherSeek, common::InnerInit,
    },
    digest::Mac,
    sm4::{
        __backends::Backend,
        Sm4BcDec, Sm4BcEnc, Sm4CbcDec, Sm4CbcEnc, Sm4Ccm, Sm4CfbDec, Sm4CfbEnc, Sm4Cmac, Sm4Ctr,
        Sm4Gcm, Sm4GcmSiv, Sm4Hctr, Sm4KeyWrap, Sm4KeyWrapPad, Sm4Ofb, Sm4OfbnlfDec, Sm4OfbnlfEnc,
        Sm4XtsGb, Sm4XtsIeee,
        batch::{self, CbcJob, MacJob, SealJob},
        padding::{LengthFirst, OneAndZeros, Padding, Pkcs7},
        wpi::{Header, Wpi},
    },
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    key: [u8; 16],
    other_key: [u8; 16],
    iv: [u8; 16],
    /// So many bytes follow the data: the fuzzer is slow to try long ones.
    longer: u16,
    /// The lengths of the first pieces.
    pieces: Vec<u8>,
    /// Which bit of data and tag is altered on its way.
    bit: u16,
    aad: &'a [u8],
    data: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let data: Vec<u8> = (0..input.longer % 2000).map(|i| i.to_le_bytes()[0]).collect();
    let data = [input.data, &data].concat();
    let all: Vec<_> = Backend::all().collect();
    let (portable, others) = all.split_last().expect("the portable backend is always there");
    let want = results(&input, *portable, &data);
    for backend in others {
        for (got, (mode, want)) in results(&input, *backend, &data).iter().zip(&want) {
            assert!(got.1 == *want, "{mode} on {}", backend.name());
        }
    }
    for backend in all {
        refuses(&input, backend, &data);
        unwraps(&input, backend, &data);
        removes_padding::<Pkcs7>(&input, backend, &data);
        removes_padding::<OneAndZeros>(&input, backend, &data);
        removes_padding::<LengthFirst>(&input, backend, &data);
    }
});

/// What each mode makes of `data`. Its inverse is checked on the way.
fn results(input: &Input<'_>, backend: Backend, data: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut results = vec![];
    let mut both = |mode, there: &dyn Fn(&mut [u8]), back: &dyn Fn(&mut [u8])| {
        let mut out = data.to_vec();
        there(&mut out);
        let mut again = out.clone();
        back(&mut again);
        assert!(again == data, "{mode} there and back on {}", backend.name());
        results.push((mode, out));
    };
    let (iv, sm4) = (input.iv.into(), backend.sm4(&input.key));
    let (enc, dec) = (|| backend.sm4_enc(&input.key), || backend.sm4_dec(&input.key));
    both("ECB", &|data| sm4.encrypt_blocks(blocks(data)), &|data| {
        dec().decrypt_blocks(blocks(data));
    });
    macro_rules! block_mode {
        ($enc:ident, $dec:ident, $inverse:expr) => {
            both(
                stringify!($enc),
                &|data| {
                    let mut mode = $enc::inner_iv_init(enc(), &iv);
                    in_pieces(input, blocks(data), |piece| mode.encrypt_blocks(piece));
                },
                &|data| $dec::inner_iv_init($inverse, &iv).decrypt_blocks(blocks(data)),
            );
        };
    }
    block_mode!(Sm4CbcEnc, Sm4CbcDec, dec());
    block_mode!(Sm4BcEnc, Sm4BcDec, dec());
    block_mode!(Sm4OfbnlfEnc, Sm4OfbnlfDec, enc());
    both("CFB", &|data| Sm4CfbEnc::inner_iv_init(enc(), &iv).encrypt(data), &|data| {
        Sm4CfbDec::inner_iv_init(enc(), &iv).decrypt(data);
    });
    let ctr = |data: &mut [u8]| {
        let mut ctr = Sm4Ctr::inner_iv_init(enc(), &iv);
        in_pieces(input, data, |piece| ctr.apply_keystream(piece));
        assert_eq!(ctr.current_pos::<usize>(), data.len());
    };
    both("CTR", &ctr, &|data| Sm4Ctr::inner_iv_init(enc(), &iv).apply_keystream(data));
    let ofb = |data: &mut [u8]| {
        let mut ofb = Sm4Ofb::inner_iv_init(enc(), &iv);
        in_pieces(input, data, |piece| ofb.apply_keystream(piece));
    };
    both("OFB", &ofb, &|data| Sm4Ofb::inner_iv_init(enc(), &iv).apply_keystream(data));
    // Shorter than a block: refused, and left as it was.
    let long = data.len() >= 16;
    let tweak = || backend.sm4_enc(&input.other_key);
    let gb = Sm4XtsGb::from_ciphers(sm4.clone(), tweak());
    let ieee = Sm4XtsIeee::from_ciphers(sm4.clone(), tweak());
    let hctr = Sm4Hctr::from_cipher(sm4.clone(), &input.other_key);
    macro_rules! wide {
        ($mode:ident) => {
            both(
                stringify!($mode),
                &|data| assert_eq!($mode.encrypt(&input.iv, data).is_ok(), long),
                &|data| assert_eq!($mode.decrypt(&input.iv, data).is_ok(), long),
            );
        };
    }
    wide!(gb);
    wide!(ieee);
    wide!(hctr);
    results.extend(tags(input, backend, data));
    results
}

/// What MACs, AEADs and batches make of `data`.
fn tags(input: &Input<'_>, backend: Backend, data: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut cmac = Sm4Cmac::from_cipher(backend.sm4_enc(&input.key));
    let keyed = cmac.clone();
    in_pieces(input, &mut data.to_vec(), |piece| cmac.update(piece));
    let cmac = cmac.finalize().into_bytes();
    let mut gmac = backend.gmac::<U16, U16>(&input.key, &input.iv.into());
    in_pieces(input, &mut data.to_vec(), |piece| gmac.update(piece));
    let mut results =
        vec![("CMAC", cmac.to_vec()), ("GMAC", gmac.finalize().into_bytes().to_vec())];
    for (aead, name) in ["GCM", "CCM", "GCM-SIV", "WPI"].into_iter().enumerate() {
        let mut data = data.to_vec();
        let tag = Aeads::new(input, backend).seal(aead, &mut data);
        results.push((name, [&data[..], &tag].concat()));
    }
    let cipher = backend.sm4_enc(&input.key);
    let ccm = <Sm4Ccm>::inner_init(cipher.clone());
    let nonce = Array::from_fn(|i| input.iv[i]);
    let starts: Vec<_> = input.pieces.iter().map(|n| usize::from(*n).min(data.len())).collect();
    let mut jobs: Vec<_> = starts.iter().map(|n| MacJob::cmac(&keyed, &data[*n..])).collect();
    batch::authenticate(&mut jobs);
    for (job, n) in jobs.iter().zip(&starts) {
        let want = keyed.clone().chain_update(&data[*n..]).finalize().into_bytes();
        assert_eq!(job.tag(), Some(&want.0));
    }
    let mut copies: Vec<_> = starts.iter().map(|n| data[*n..].to_vec()).collect();
    let jobs = copies.iter_mut().map(|data| {
        let n = data.len() / 16 * 16;
        CbcJob::new(&cipher, &input.iv, &mut data[..n])
    });
    assert_eq!(batch::encrypt_cbc(&mut jobs.collect::<Vec<_>>()), Ok(()));
    results.push(("a batch of CBC", copies.concat()));
    let jobs = copies.iter_mut().map(|data| SealJob::ccm(&ccm, &nonce, input.aad, &mut data[..]));
    let mut jobs: Vec<_> = jobs.collect();
    assert_eq!(batch::seal(&mut jobs), Ok(()));
    let tags: Vec<_> = jobs.iter().flat_map(|job| job.tag().expect("done").to_vec()).collect();
    drop(jobs);
    results.push(("a batch of CCM", [copies.concat(), tags].concat()));
    results
}

struct Aeads<'a> {
    input: &'a Input<'a>,
    gcm: Sm4Gcm<U12, U16>,
    ccm: Sm4Ccm,
    siv: Sm4GcmSiv,
    wpi: Wpi,
    header: Header,
}

impl<'a> Aeads<'a> {
    fn new(input: &'a Input<'a>, backend: Backend) -> Self {
        let [key, other] = [&input.key, &input.other_key].map(|key| backend.sm4_enc(key));
        Self {
            input,
            gcm: backend.gcm(&input.key),
            ccm: Sm4Ccm::inner_init(key.clone()),
            siv: Sm4GcmSiv::inner_init(key.clone()),
            wpi: Wpi::from_ciphers(key, other),
            header: Header::new(&[8; 32], 1).expect("32 bytes are enough"),
        }
    }

    fn seal(&self, aead: usize, data: &mut [u8]) -> [u8; 16] {
        let Input { iv, aad, .. } = self.input;
        let nonce = Array::from_fn(|i| iv[i]);
        match aead {
            0 => self.gcm.encrypt_with_nonce(iv, aad, data.into()).expect("short").0,
            1 => self.ccm.encrypt_inout_detached(&nonce, aad, data.into()).expect("short").0,
            2 => self.siv.encrypt_inout_detached(&nonce, aad, data.into()).expect("short").0,
            _ => self.wpi.seal(iv, &self.header, data).expect("short"),
        }
    }

    fn open(&self, aead: usize, data: &mut [u8], tag: &[u8; 16]) -> bool {
        let Input { iv, aad, .. } = self.input;
        let nonce = Array::from_fn(|i| iv[i]);
        match aead {
            0 => self.gcm.decrypt_with_nonce(iv, aad, data.into(), tag.into()).is_ok(),
            1 => self.ccm.decrypt_inout_detached(&nonce, aad, data.into(), tag.into()).is_ok(),
            2 => self.siv.decrypt_inout_detached(&nonce, aad, data.into(), tag.into()).is_ok(),
            _ => self.wpi.open(iv, &self.header, data, tag).is_ok(),
        }
    }
}

/// Every AEAD opens what it sealed, and refuses and clears it with a bit altered.
fn refuses(input: &Input<'_>, backend: Backend, data: &[u8]) {
    let aeads = Aeads::new(input, backend);
    for aead in 0..4 {
        let mut sealed = data.to_vec();
        let mut tag = aeads.seal(aead, &mut sealed);
        let mut opened = sealed.clone();
        assert!(aeads.open(aead, &mut opened, &tag) && opened == data);
        let bit = usize::from(input.bit) % (8 * (data.len() + 16));
        let byte = sealed.iter_mut().chain(&mut tag).nth(bit / 8);
        *byte.expect("so many bytes there are") ^= 1 << (bit % 8);
        assert!(!aeads.open(aead, &mut sealed, &tag), "altered, but not refused");
        assert!(sealed.iter().all(|byte| *byte == 0), "refused, but not cleared");
    }
}

/// The key that was wrapped, if any.
type Unwrap<'a> = &'a dyn Fn(&[u8], &mut [u8]) -> Option<Vec<u8>>;

/// A key that was wrapped comes back, but not if a bit was altered; nor does garbage.
fn unwraps(input: &Input<'_>, backend: Backend, data: &[u8]) {
    // Six calls of SM4 for 8 bytes.
    let data = &data[..data.len().min(300)];
    let kw = Sm4KeyWrap::inner_init(backend.sm4(&input.key));
    let kwp = Sm4KeyWrapPad::inner_init(backend.sm4(&input.key));
    let unwrap: [Unwrap<'_>; 2] =
        [&|wrapped, key| kw.unwrap_key(wrapped, key).ok().map(<[u8]>::to_vec), &|wrapped, key| {
            kwp.unwrap_key(wrapped, key).ok().map(<[u8]>::to_vec)
        }];
    let (mut buffers, n) = ([[0; 320]; 2], data.len());
    let [first, second] = &mut buffers;
    let wrapped = [kw.wrap_key(data, first), kwp.wrap_key(data, second)].map(Result::ok);
    assert_eq!(wrapped.map(|w| w.is_some()), [n >= 16 && n % 8 == 0, n > 0]);
    for (wrapped, unwrap) in wrapped.into_iter().zip(unwrap) {
        let mut out = [0xaa; 320];
        assert_eq!(unwrap(data, &mut out), None);
        let Some(wrapped) = wrapped else { continue };
        assert_eq!(unwrap(wrapped, &mut out).as_deref(), Some(data));
        let (mut altered, bit) = (wrapped.to_vec(), usize::from(input.bit) % (8 * wrapped.len()));
        altered[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(unwrap(&altered, &mut out), None);
        assert!(out[..wrapped.len() - 8].iter().all(|byte| *byte == 0), "not cleared");
    }
}

/// What was padded comes back; of garbage comes what pads to it, or nothing.
fn removes_padding<P: Padding>(input: &Input<'_>, backend: Backend, data: &[u8]) {
    let iv = input.iv.into();
    let enc = Sm4CbcEnc::inner_iv_init(backend.sm4_enc(&input.key), &iv);
    let dec = Sm4CbcDec::inner_iv_init(backend.sm4_dec(&input.key), &iv);
    let mut out = vec![0; data.len() + 32];
    let n = enc.clone().encrypt_padded::<P>(data, &mut out).expect("there is room");
    assert_eq!(dec.clone().decrypt_padded::<P>(&mut out[..n]), Ok(data));
    // Random blocks are hardly ever padded: of plaintext that the fuzzer chose, some are.
    let mut chosen = data.to_vec();
    enc.clone().encrypt_blocks(blocks(&mut chosen));
    for garbage in [data, &chosen] {
        let mut message = garbage.to_vec();
        let opened = dec.clone().decrypt_padded::<P>(&mut message).map(<[u8]>::to_vec);
        if let Ok(opened) = opened {
            let mut again = vec![0; garbage.len()];
            assert_eq!(enc.clone().encrypt_padded::<P>(&opened, &mut again), Ok(garbage.len()));
            assert_eq!(again, garbage);
        } else if garbage.len() % 16 == 0 {
            assert!(message.iter().all(|byte| *byte == 0), "refused, but not cleared");
        } else {
            assert_eq!(message, garbage, "no whole blocks: left as it was");
        }
    }
}

/// The whole blocks of `data`.
fn blocks(data: &mut [u8]) -> &mut [Array<u8, U16>] {
    Array::slice_as_chunks_mut(data).0
}

/// Runs `run` on the pieces of `data`, the last of them all that is left.
fn in_pieces<T>(input: &Input<'_>, mut data: &mut [T], mut run: impl FnMut(&mut [T])) {
    for n in &input.pieces {
        let (piece, rest) = data.split_at_mut(usize::from(*n).min(data.len()));
        run(piece);
        data = rest;
    }
    run(data);
}
