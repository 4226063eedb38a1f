//! Batches of SM4 messages: the same results as one by one, on every backend, whatever the lengths.

#![allow(clippy::unwrap_used, reason = "a test")]

use shangmi::{
    aead::{
        AeadInOut,
        consts::{U4, U7, U12, U13, U16},
    },
    cipher::{Array, BlockModeEncrypt, InnerIvInit, KeyInit, StreamCipher, common::InnerInit},
    digest::Mac,
    sm4::{
        __backends::Backend,
        CcmNonceSize, CcmTagSize, Sm4CbcEnc, Sm4Ccm, Sm4Cmac, Sm4Ctr, Sm4Enc,
        batch::{self, Buffer, CbcJob, JobError, MacJob, OpenJob, SealJob, WrongJob},
    },
};

/// More than twice the lanes, so that lanes are taken over.
const MOST: usize = 40;

/// Bytes without a pattern, other ones for every `seed`.
fn bytes(seed: usize, n: usize) -> Vec<u8> {
    let mut data = vec![0; n];
    let iv = ((seed as u128) << 64).to_be_bytes();
    Sm4Ctr::inner_iv_init(Sm4Enc::new(&[7; 16].into()), &iv.into()).apply_keystream(&mut data);
    data
}

fn array<const N: usize>(seed: usize) -> [u8; N] {
    bytes(!seed, N).try_into().unwrap()
}

/// A length from 0 to 200, short and long ones side by side.
fn length(i: usize) -> usize {
    i * 67 % 201
}

/// Ciphers of `n` keys: all on each backend; and on another than the one before.
fn ciphers(n: usize) -> Vec<Vec<Sm4Enc>> {
    let backends: Vec<_> = Backend::all().collect();
    let of = |backend: Backend| (0..n).map(|i| backend.sm4_enc(&array(i))).collect();
    let mixed = (0..n).map(|i| backends[i % backends.len()].sm4_enc(&array(i)));
    backends.iter().map(|backend| of(*backend)).chain([mixed.collect()]).collect()
}

fn cbc(cipher: &Sm4Enc, iv: [u8; 16], data: &[u8]) -> Vec<u8> {
    let mut data = data.to_vec();
    let mut cbc = Sm4CbcEnc::inner_iv_init(cipher.clone(), &iv.into());
    cbc.encrypt_blocks(Array::slice_as_chunks_mut(&mut data).0);
    data
}

#[test]
fn cbc_is_that_of_one_message() {
    for n in 0..=MOST {
        for ciphers in ciphers(n) {
            let input: Vec<_> = (0..n).map(|i| bytes(i, length(i + n) & !15)).collect();
            let mut output = input.clone();
            // Every other one from buffer to buffer, what lies behind is left.
            for output in output.iter_mut().skip(1).step_by(2) {
                output.fill(0x33);
                output.extend([0x33; 5]);
            }
            let jobs = ciphers.iter().zip(&input).zip(&mut output).enumerate();
            let mut jobs: Vec<_> = jobs
                .map(|(i, ((cipher, input), output))| match i % 2 {
                    0 => CbcJob::new(cipher, &array(i), output.as_mut_slice()),
                    _ => CbcJob::new(cipher, &array(i), (&input[..], &mut output[..])),
                })
                .collect();
            assert_eq!(batch::encrypt_cbc(&mut jobs), Ok(()));
            // Twice does nothing.
            assert_eq!(batch::encrypt_cbc(&mut jobs), Ok(()));
            drop(jobs);
            for (i, (input, output)) in input.iter().zip(&output).enumerate() {
                let want = cbc(&ciphers[i], array(i), input);
                assert_eq!(output[..input.len()], want, "message {i} of {n}");
                assert!(output[input.len()..].iter().all(|byte| *byte == 0x33));
            }
        }
    }
}

#[test]
fn cbc_leaves_a_job_of_wrong_length_and_names_it() {
    for ciphers in ciphers(4) {
        let (mut a, mut b, mut c, mut d) = ([1; 32], [2; 33], [3; 31], [4; 48]);
        let input = [5; 32];
        let mut jobs = [
            CbcJob::new(&ciphers[0], &[0; 16], &mut a),
            CbcJob::new(&ciphers[1], &[0; 16], &mut b),
            CbcJob::new(&ciphers[2], &[0; 16], (&input[..], &mut c[..])),
            CbcJob::new(&ciphers[3], &[0; 16], &mut d),
        ];
        assert_eq!(batch::encrypt_cbc(&mut jobs), Err(WrongJob { index: 1 }));
        let checks = jobs.each_ref().map(CbcJob::check);
        assert_eq!(checks, [Ok(()), Err(JobError), Err(JobError), Ok(())]);
        assert_eq!(batch::encrypt_cbc(&mut jobs[2..]), Err(WrongJob { index: 0 }));
        assert_eq!((b, c), ([2; 33], [3; 31]));
        assert_eq!(a[..], cbc(&ciphers[0], [0; 16], &[1; 32]));
        assert_eq!(d[..], cbc(&ciphers[3], [0; 16], &[4; 48]));
    }
}

#[test]
fn cmac_is_that_of_one_message() {
    for n in 0..=MOST {
        for ciphers in ciphers(n) {
            let macs: Vec<_> = ciphers.into_iter().map(Sm4Cmac::from_cipher).collect();
            let messages: Vec<_> = (0..n).map(|i| bytes(i, length(i + n))).collect();
            let jobs = macs.iter().zip(&messages);
            let mut jobs: Vec<_> = jobs.map(|(mac, m)| MacJob::cmac(mac, m)).collect();
            assert!(jobs.iter().all(|job| job.tag().is_none() && !job.verify(&[0; 16])));
            batch::authenticate(&mut jobs);
            batch::authenticate(&mut jobs);
            for (i, job) in jobs.iter().enumerate() {
                let want = macs[i].clone().chain_update(&messages[i]).finalize().into_bytes();
                assert_eq!(job.tag(), Some(&want.0), "message {i} of {n}");
                assert!(job.verify(&want) && job.verify_truncated_left(&want[..4]));
                assert!(!job.verify(&want[..15]) && !job.verify_truncated_left(&[]));
                assert!(!job.verify(&[]) && !job.verify(&[&want[..], &[0]].concat()));
                assert!(!job.verify(&want.map(|byte| byte ^ 1)));
            }
        }
    }
}

/// Seals and opens `n` messages, every third with a wrong tag.
fn ccm<M: CcmTagSize, N: CcmNonceSize>(n: usize) {
    for ciphers in ciphers(n) {
        let ccms: Vec<_> = ciphers.into_iter().map(Sm4Ccm::<M, N>::inner_init).collect();
        let nonce = |i: usize| Array::from_fn(|j| array::<16>(i)[j]);
        let aads: Vec<_> = (0..n).map(|i| bytes(i + 1000, length(3 * i + n))).collect();
        let input: Vec<_> = (0..n).map(|i| bytes(i, length(i + n))).collect();
        let mut sealed = input.clone();
        let jobs = ccms.iter().zip(&input).zip(&mut sealed).enumerate();
        let mut jobs: Vec<_> = jobs
            .map(|(i, ((ccm, input), output))| match i % 2 {
                0 => SealJob::ccm(ccm, &nonce(i), &aads[i], output.as_mut_slice()),
                _ => SealJob::ccm(ccm, &nonce(i), &aads[i], (&input[..], &mut output[..])),
            })
            .collect();
        assert!(jobs.iter().all(|job| job.tag().is_none()));
        assert_eq!(batch::seal(&mut jobs), Ok(()));
        assert_eq!(batch::seal(&mut jobs), Ok(()));
        let tags: Vec<_> = jobs.iter().map(|job| job.tag().unwrap().to_vec()).collect();
        drop(jobs);
        for i in 0..n {
            let mut want = input[i].clone();
            let data = want.as_mut_slice().into();
            let tag = ccms[i].encrypt_inout_detached(&nonce(i), &aads[i], data).unwrap();
            assert_eq!((&sealed[i], &tags[i][..]), (&want, &tag[..]), "message {i} of {n}");
        }
        let mut opened = sealed.clone();
        let jobs = ccms.iter().zip(&sealed).zip(&mut opened).enumerate();
        let mut jobs: Vec<_> = jobs
            .map(|(i, ((ccm, sealed), output))| {
                let tag = Array::from_fn(|j| tags[i][j] ^ u8::from(i % 3 == 0 && j == 1));
                let data = match i % 2 {
                    0 => Buffer::from(output.as_mut_slice()),
                    _ => Buffer::from((&sealed[..], &mut output[..])),
                };
                OpenJob::ccm(ccm, &nonce(i), &aads[i], data, &tag)
            })
            .collect();
        assert!(jobs.iter().all(|job| job.opened().is_err()));
        assert_eq!(batch::open(&mut jobs), Ok(()));
        assert_eq!(batch::open(&mut jobs), Ok(()));
        for (i, job) in jobs.iter().enumerate() {
            assert_eq!(job.opened().is_err(), i % 3 == 0, "message {i} of {n}");
        }
        drop(jobs);
        for (i, opened) in opened.iter().enumerate() {
            let want = if i % 3 == 0 { vec![0; opened.len()] } else { input[i].clone() };
            assert_eq!(*opened, want, "message {i} of {n}");
        }
    }
}

#[test]
fn ccm_is_that_of_one_message() {
    for n in 0..=MOST {
        ccm::<U16, U12>(n);
        ccm::<U4, U13>(n);
        ccm::<U16, U7>(n);
    }
}

#[test]
fn ccm_leaves_a_job_of_wrong_length_and_names_it() {
    // With 13 bytes of nonce a message has fewer than 2^16.
    let ccm = Sm4Ccm::<U16, U13>::new(&[1; 16].into());
    let (mut right, mut long, mut short) = ([1; 20], vec![2; 1 << 16], [3; 19]);
    let (nonce, input) = ([7; 13].into(), [5; 20]);
    let mut jobs = [
        SealJob::ccm(&ccm, &nonce, &[], &mut right),
        SealJob::ccm(&ccm, &nonce, &[], long.as_mut_slice()),
        SealJob::ccm(&ccm, &nonce, &[], (&input[..], &mut short[..])),
    ];
    assert_eq!(batch::seal(&mut jobs), Err(WrongJob { index: 1 }));
    let tags = jobs.each_ref().map(|job| job.tag().is_some());
    assert_eq!(tags, [true, false, false]);
    assert_eq!(jobs[2].check(), Err(JobError));
    drop(jobs);
    assert!(right != [1; 20] && long.iter().all(|byte| *byte == 2) && short == [3; 19]);

    let tag = [0; 16].into();
    let mut jobs = [
        OpenJob::ccm(&ccm, &nonce, &[], (&input[..], &mut short[..]), &tag),
        OpenJob::ccm(&ccm, &nonce, &[], long.as_mut_slice(), &tag),
    ];
    assert_eq!(batch::open(&mut jobs), Err(WrongJob { index: 0 }));
    assert!(jobs.iter().all(|job| job.opened().is_err()));
    drop(jobs);
    assert!(long.iter().all(|byte| *byte == 2) && short == [3; 19]);
}
