//! Batches of ZUC messages: the same results as one by one, on every backend, whatever the lengths.

#![allow(clippy::unwrap_used, reason = "a test")]

use proptest::prelude::*;
use shangmi::{
    aead::{
        AeadInOut, KeyInit,
        consts::{U4, U8, U11, U16},
    },
    cipher::{KeyIvInit, StreamCipher},
    digest::Mac,
    zuc::{
        __backends::{Backend, LanesBackend},
        Eia3, Frame, LengthError, Nca6, Nea6, Nia6, Zuc128, Zuc256, Zuc256Mac, Zuc256V1,
        Zuc256V1Mac,
        batch::{self, CipherJob, MacJob, OpenJob, SealJob, WrongJob},
        eea3, eia3,
    },
};

/// Bytes without a pattern, other ones for every `seed`.
fn bytes(seed: u64, n: usize) -> Vec<u8> {
    let mut data = vec![0; n];
    let iv = (u128::from(seed) << 17 | 5).to_be_bytes();
    Zuc128::new(&[7; 16].into(), &iv.into()).write_keystream(&mut data);
    data
}

fn array<const N: usize>(seed: u64) -> [u8; N] {
    bytes(!seed, N).try_into().unwrap()
}

fn backends() -> impl Iterator<Item = (LanesBackend, Backend)> {
    LanesBackend::all().flat_map(|many| Backend::all().map(move |one| (many, one)))
}

fn frame(seed: u64) -> Frame {
    let [a, b, c, d, e, f] = array(seed);
    Frame::new(u32::from_be_bytes([a, b, c, d]), e & 31, f & 1).unwrap()
}

/// The job of kind `kind` and what it should give.
fn cipher_job<'a>(
    kind: u8,
    seed: u64,
    bits: usize,
    data: &'a mut [u8],
    input: &'a [u8],
) -> (CipherJob<'a>, Vec<u8>) {
    let (key, iv) = (array::<32>(seed), array::<23>(seed + 1));
    let (key16, iv16, iv15) = (array::<16>(seed), array::<16>(seed + 1), array::<15>(seed + 1));
    let mut want = data.to_vec();
    match kind {
        0 => {
            eea3(&key16, frame(seed), bits, &mut want).unwrap();
            (CipherJob::eea3(&key16, frame(seed), bits, data), want)
        }
        1 => {
            want.copy_from_slice(input);
            Zuc128::new(&key16.into(), &iv16.into()).apply_keystream(&mut want);
            (CipherJob::zuc128(&key16, &iv16, (input, data)), want)
        }
        2 => {
            Nea6::new(&key.into(), &iv15.into()).apply_keystream(&mut want);
            (CipherJob::nea6(&key, &iv15, data), want)
        }
        3 => {
            Zuc256::new(&key.into(), &iv16.into()).apply_keystream(&mut want);
            (CipherJob::zuc256(&key, &iv16, data), want)
        }
        _ => {
            Zuc256V1::new(&key.into(), &iv.into()).apply_keystream(&mut want);
            (CipherJob::zuc256_v1(&key, &iv, data), want)
        }
    }
}

fn mac_job(kind: u8, seed: u64, bits: usize, message: &[u8]) -> (MacJob<'_>, Vec<u8>) {
    let (key, iv) = (array::<32>(seed), array::<23>(seed + 1));
    let (key16, iv16, iv15) = (array::<16>(seed), array::<16>(seed + 1), array::<15>(seed + 1));
    match kind {
        0 => {
            let want = eia3(&key16, frame(seed), bits, message).unwrap();
            (MacJob::eia3(&key16, frame(seed), bits, message), want.to_vec())
        }
        1 => {
            let mac = Nia6::<U11>::new(&key.into(), &iv15.into()).chain_update(message);
            (MacJob::nia6::<U11>(&key, &iv15, message), mac.finalize().into_bytes().to_vec())
        }
        2 => {
            let mac = Zuc256Mac::<U8>::new(&key.into(), &iv16.into()).finalize_bits(bits, message);
            let want = mac.unwrap().into_bytes().to_vec();
            (MacJob::zuc256_mac::<U8>(&key, &iv16, bits, message), want)
        }
        3 => {
            let mac = Zuc256Mac::<U16>::new(&key.into(), &iv16.into()).finalize_bits(bits, message);
            let want = mac.unwrap().into_bytes().to_vec();
            (MacJob::zuc256_mac::<U16>(&key, &iv16, bits, message), want)
        }
        _ => {
            let mac = Zuc256V1Mac::<U4>::new(&key.into(), &iv.into()).finalize_bits(bits, message);
            let want = mac.unwrap().into_bytes().to_vec();
            (MacJob::zuc256_v1_mac::<U4>(&key, &iv, bits, message), want)
        }
    }
}

/// Runs the jobs (kind, bits) on every pair of backends, and compares with one by one.
fn check(jobs: &[(u8, usize)]) {
    let bytes_of = |bits: &usize| bits.div_ceil(8);
    let inputs: Vec<_> =
        (0..).zip(jobs).map(|(seed, (_, bits))| bytes(seed, bytes_of(bits) + 3)).collect();
    for (many, one) in backends() {
        let name = format!("{} with {}", many.name(), one.name());
        let mut data = inputs.clone();
        let (mut ciphers, mut wants) = (vec![], vec![]);
        for (seed, ((kind, bits), (data, input))) in
            (0..).zip(jobs.iter().zip(data.iter_mut().zip(&inputs)))
        {
            let (job, want) = cipher_job(*kind, seed, *bits, data, input);
            ciphers.push(job);
            wants.push(want);
        }
        assert_eq!(many.encrypt(one, &mut ciphers), Ok(()), "{name}");
        // A second run has nothing left to do.
        assert_eq!(many.encrypt(one, &mut ciphers), Ok(()), "{name}");
        drop(ciphers);
        for (i, (data, want)) in data.iter().zip(&wants).enumerate() {
            assert_eq!(data, want, "{name}: job {i}, {:?}", jobs[i]);
        }
        let (mut macs, mut wants) = (vec![], vec![]);
        for (seed, ((kind, bits), input)) in (0..).zip(jobs.iter().zip(&inputs)) {
            let (job, want) = mac_job(*kind, seed, *bits, input);
            macs.push(job);
            wants.push(want);
        }
        assert_eq!(many.authenticate(one, &mut macs), Ok(()), "{name}");
        for (i, (mac, want)) in macs.iter().zip(&wants).enumerate() {
            assert_eq!(mac.mac(), Some(want.as_slice()), "{name}: MAC {i}, {:?}", jobs[i]);
            assert!(mac.verify(want).is_ok());
            assert!(mac.verify(&want[1..]).is_err());
        }
    }
}

#[test]
fn sixteen_lanes_more_and_fewer() {
    for n in 0..=40 {
        let jobs: Vec<_> = (0..n).map(|i| (0, 8 * (i * 37 % 300))).collect();
        check(&jobs);
    }
}

#[test]
fn every_length_in_bits_around_blocks_and_words() {
    for kind in 0..5 {
        let jobs: Vec<_> = (0..=70).chain(440..=700).map(|bits| (kind, bits)).collect();
        check(&jobs);
    }
}

#[test]
fn one_long_message_among_many_short_ones() {
    let mut jobs: Vec<_> = (0..50).map(|i| (0, 8 * i)).collect();
    jobs[7] = (0, 8 * 9000);
    jobs[49] = (3, 8 * 5000);
    check(&jobs);
}

#[test]
fn authenticated_encryption_agrees_with_one_by_one() {
    for (many, one) in backends() {
        let inputs: Vec<_> = (0..45).map(|i| bytes(i, 29 * usize::try_from(i).unwrap())).collect();
        let mut data = inputs.clone();
        let keys: Vec<[u8; 32]> = (0..45).map(array).collect();
        let nonce = |i: usize| array::<15>(i as u64 + 77);
        let aads: Vec<_> = (0..45).map(|i| bytes(i + 1000, usize::try_from(i).unwrap())).collect();
        let mut jobs: Vec<_> = data
            .iter_mut()
            .enumerate()
            .map(|(i, data)| {
                SealJob::nca6::<U16>(&keys[i], &nonce(i), &aads[i], data.as_mut_slice())
            })
            .collect();
        many.run(one, &mut jobs).unwrap();
        let tags: Vec<[u8; 16]> =
            jobs.iter().map(|job| job.tag().unwrap().try_into().unwrap()).collect();
        drop(jobs);
        for i in 0..45 {
            let mut want = inputs[i].clone();
            let tag = Nca6::<U16>::new(&keys[i].into()).encrypt_inout_detached(
                &nonce(i).into(),
                &aads[i],
                want.as_mut_slice().into(),
            );
            assert_eq!((&data[i], tags[i]), (&want, tag.unwrap().into()), "{i} on {}", many.name());
        }
        // Every third tag is wrong: those are cleared, the others decrypted.
        let mut jobs: Vec<_> = data
            .iter_mut()
            .enumerate()
            .map(|(i, data)| {
                let mut tag = tags[i];
                tag[15] ^= u8::from(i % 3 == 0);
                let data = data.as_mut_slice();
                OpenJob::nca6::<U16>(&keys[i], &nonce(i), &aads[i], data, &tag.into())
            })
            .collect();
        assert!(jobs[1].opened().is_err(), "before it ran");
        many.run(one, &mut jobs).unwrap();
        for (i, job) in jobs.iter().enumerate() {
            assert_eq!(job.opened().is_err(), i % 3 == 0);
        }
        drop(jobs);
        for (i, (data, input)) in data.iter().zip(&inputs).enumerate() {
            if i % 3 == 0 {
                assert!(data.iter().all(|b| *b == 0));
            } else {
                assert_eq!(data, input);
            }
        }
    }
}

#[test]
fn one_wrong_job_is_named_and_harms_no_other() {
    let (key, mut data) = ([1; 16], vec![vec![9; 20]; 30]);
    let mut jobs: Vec<_> = (0..30)
        .zip(&mut data)
        .map(|(i, data)| {
            let bits = if i == 11 || i == 20 { 161 } else { 160 };
            CipherJob::eea3(&key, frame(i), bits, data.as_mut_slice())
        })
        .collect();
    let wrong = WrongJob { index: 11, error: LengthError::BufferTooShort };
    assert_eq!(batch::encrypt(&mut jobs), Err(wrong));
    assert!(jobs[20].check().is_err() && jobs[21].check().is_ok());
    assert_eq!(wrong.to_string(), "job 11: the buffer is shorter than the length");
    drop(jobs);
    for (i, data) in (0..30).zip(&data) {
        let mut want = vec![9; 20];
        if i != 11 && i != 20 {
            eea3(&key, frame(i), 160, &mut want).unwrap();
        }
        assert_eq!(*data, want, "job {i}");
    }
    let message = [0; 4];
    let mut macs =
        [MacJob::eia3(&key, frame(0), 33, &message), MacJob::eia3(&key, frame(0), 32, &message)];
    assert_eq!(batch::authenticate(&mut macs).map_err(|wrong| wrong.index), Err(0));
    assert!(macs[0].verify(&[0; 4]).is_err());
    assert_eq!(macs[0].mac(), None);
    assert_eq!(macs[1].mac(), Some(eia3(&key, frame(0), 32, &message).unwrap().as_slice()));
}

#[test]
fn eia3_of_a_batch_is_that_of_the_trait() {
    let message = bytes(3, 777);
    let mut jobs = vec![];
    for seed in 0..20 {
        jobs.push(MacJob::eia3(&array(seed), frame(seed), 8 * 777, &message));
    }
    batch::authenticate(&mut jobs).unwrap();
    for (seed, job) in (0..).zip(&jobs) {
        let mac = Eia3::for_frame(&array(seed), frame(seed)).chain_update(&message);
        assert_eq!(job.mac(), Some(mac.finalize().into_bytes().as_slice()));
    }
}

#[test]
fn a_job_is_none_before_it_ran_and_a_buffer_too_short_is_refused() {
    let (input, mut output) = ([7; 20], [9; 19]);
    assert_eq!(MacJob::eia3(&[1; 16], frame(0), 160, &input).mac(), None);
    assert!(MacJob::eia3(&[1; 16], frame(0), 160, &input).verify(&[0; 4]).is_err());
    let mut jobs =
        [CipherJob::zuc128(&[1; 16], &[2; 16], (input.as_slice(), output.as_mut_slice()))];
    let wrong = WrongJob { index: 0, error: LengthError::BufferTooShort };
    assert_eq!(batch::encrypt(&mut jobs), Err(wrong));
    let mut seal =
        [SealJob::nca6::<U16>(&[1; 32], &[2; 15], &[], (input.as_slice(), output.as_mut_slice()))];
    assert_eq!(seal[0].tag(), None);
    assert_eq!(batch::seal(&mut seal), Err(wrong));
    assert_eq!(seal[0].tag(), None);
    assert_eq!(output, [9; 19]);
}

#[test]
fn nca6_from_buffer_to_buffer_leaves_the_rest_of_the_output() {
    let (input, mut sealed, mut opened) = ([7; 100], [9; 130], [9; 130]);
    let mut jobs = [SealJob::nca6::<U8>(
        &[1; 32],
        &[2; 15],
        b"aad",
        (input.as_slice(), sealed.as_mut_slice()),
    )];
    batch::seal(&mut jobs).unwrap();
    let tag: [u8; 8] = jobs[0].tag().unwrap().try_into().unwrap();
    assert_eq!(sealed[100..], [9; 30]);
    let open = |tag: [u8; 8], out: &mut [u8]| {
        let job =
            OpenJob::nca6::<U8>(&[1; 32], &[2; 15], b"aad", (&sealed[..100], out), &tag.into());
        let mut jobs = [job];
        batch::open(&mut jobs).unwrap();
        jobs[0].opened().is_ok()
    };
    assert!(open(tag, &mut opened));
    assert_eq!((&opened[..100], &opened[100..]), (input.as_slice(), [9; 30].as_slice()));
    assert!(!open([0; 8], &mut opened));
    assert_eq!((&opened[..100], &opened[100..]), ([0; 100].as_slice(), [9; 30].as_slice()));
}

#[test]
fn jobs_and_ciphers_go_from_thread_to_thread() {
    fn check<T: Send + Sync>() {}
    check::<CipherJob<'_>>();
    check::<MacJob<'_>>();
    check::<SealJob<'_>>();
    check::<OpenJob<'_>>();
    check::<(Zuc128, Zuc256, Eia3, Nea6, Nia6, Nca6)>();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_batch_is_the_same_as_one_by_one(
        jobs in prop::collection::vec((0u8..5, 0usize..70_000), 0..=70),
    ) {
        check(&jobs);
    }
}
