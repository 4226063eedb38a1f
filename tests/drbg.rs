//! Random bit generators: known answers, refusals, and the laws; health tests of an entropy source.

mod common;

use common::{
    drbg::{CtrDrbgOracle, FILES},
    each_case, vectors,
};
use shangmi::{
    drbg::{
        Drbg, DrbgError, DrbgRng, HashDrbg, HashDrbgSm3, Mechanism, Rules, SeedError,
        health::{
            AdaptiveProportion, HealthError, HealthTests, MinEntropy, ParameterError,
            RepetitionCount, Window,
        },
    },
    rand_core::{TryCryptoRng, TryRng},
    sm3::Sm3,
};
use std::{fmt, time::Duration};

const RULES: [Rules; 3] = [Rules::GmLevel1, Rules::GmLevel2, Rules::Nist];

#[test]
fn the_published_vectors_pass() {
    for (file, check) in FILES {
        let passed = each_case(&vectors(), file, check).unwrap_or_else(|e| panic!("{e}"));
        println!("{file}: {passed}");
    }
}

#[test]
fn every_vector_file_is_checked() {
    for entry in std::fs::read_dir(vectors().join("drbg")).unwrap() {
        let name = format!("drbg/{}", entry.unwrap().file_name().into_string().unwrap());
        assert!(FILES.iter().any(|(file, _)| *file == name), "nothing checks {name}");
    }
}

fn generator<M: Mechanism>(rules: Rules) -> Drbg<M> {
    Drbg::new(rules, &[1; 32], &[2; 16], b"a test").expect("long enough")
}

/// The text of SP 800-90A, 10.1.1, with big numbers as vectors of bytes.
#[test]
fn hash_drbg_is_the_standards_text() {
    fn sum(numbers: &[&[u8]]) -> Vec<u8> {
        let (mut sum, mut carry) = (vec![0; 55], 0);
        for i in 0..55 {
            let digits = numbers.iter().filter_map(|n| n.iter().rev().nth(i));
            carry += digits.map(|digit| u32::from(*digit)).sum::<u32>();
            sum[54 - i] = carry.to_be_bytes()[3];
            carry >>= 8;
        }
        sum
    }
    let hash = |parts: &[&[u8]]| Sm3::digest(parts.concat()).to_vec();
    let df = |input: &[u8]| {
        let half = |i| hash(&[&[i, 0, 0, 1, 0xb8], input]);
        [half(1), half(2)].concat()[..55].to_vec()
    };
    let seeded = |seed: Vec<u8>| (df(&[&[0], &seed[..]].concat()), seed);
    for rules in RULES {
        let mut drbg = generator::<HashDrbg<Sm3>>(rules);
        let (mut c, mut v) = seeded(df(&[&[1; 32][..], &[2; 16], b"a test"].concat()));
        for (counter, n) in [0_usize, 1, 31, 32, 17].into_iter().enumerate() {
            let additional = vec![5; n];
            if n > 0 {
                v = sum(&[&v, &hash(&[&[2], &v, &additional])]);
            }
            let (mut out, want) = (vec![0; n], hash(&[&v]));
            drbg.generate(&mut out, &additional).unwrap();
            assert_eq!(out, want[..n]);
            v = sum(&[&v, &hash(&[&[3], &v]), &c, &[u8::try_from(counter + 1).unwrap()]]);
        }
        drbg.reseed(&[7; 40], b"more").unwrap();
        let parts: [&[u8]; 4] = match rules {
            Rules::Nist => [&[1], &v, &[7; 40], b"more"],
            _ => [&[1], &[7; 40], &v, b"more"],
        };
        (c, v) = seeded(df(&parts.concat()));
        let mut out = [0; 32];
        drbg.generate(&mut out, b"").unwrap();
        assert_eq!(out[..], hash(&[&v]));
        v = sum(&[&v, &hash(&[&[3], &v]), &c, &[1]]);
        if rules == Rules::Nist {
            let mut out = [0; 100];
            drbg.generate(&mut out, b"").unwrap();
            let want: Vec<u8> = (0..4).flat_map(|i| hash(&[&sum(&[&v, &[i]])])).take(100).collect();
            assert_eq!(out[..], want);
        }
    }
}

fn refusals<M: Mechanism>(strength: usize, block: usize) {
    for rules in RULES {
        let (entropy, limit) = match rules {
            Rules::Nist => (strength, 1 << 16),
            _ => (32, block),
        };
        assert_eq!(Drbg::<M>::entropy_length(rules), entropy);
        assert_eq!(Drbg::<M>::nonce_length(rules), entropy / 2);
        let new = |entropy, nonce| {
            Drbg::<M>::new(rules, &vec![1; entropy], &vec![2; nonce], b"").map(|_| ())
        };
        assert_eq!(new(entropy, entropy / 2), Ok(()));
        assert_eq!(new(entropy - 1, entropy / 2), Err(DrbgError::EntropyTooShort));
        assert_eq!(new(0, 0), Err(DrbgError::EntropyTooShort));
        assert_eq!(new(entropy, entropy / 2 - 1), Err(DrbgError::NonceTooShort));

        let (mut drbg, mut same) = (generator::<M>(rules), generator::<M>(rules));
        assert_eq!(drbg.request_limit(), limit);
        assert_eq!(drbg.reseed(&vec![1; entropy - 1], b""), Err(DrbgError::EntropyTooShort));
        let mut out = vec![0; limit + 1];
        assert_eq!(drbg.generate(&mut out, b"x"), Err(DrbgError::RequestTooLong));
        assert_eq!((out, drbg.requests()), (vec![0; limit + 1], 0));
        // And no refusal has changed the state.
        let mut out = [vec![0; limit], vec![0; limit]];
        assert_eq!(drbg.generate(&mut out[0], b""), Ok(()));
        assert_eq!(same.generate(&mut out[1], b""), Ok(()));
        assert_eq!(out[0], out[1]);
    }
}

#[test]
fn what_the_rules_forbid_is_refused() {
    refusals::<HashDrbg<Sm3>>(32, 32);
    refusals::<CtrDrbgOracle>(16, 16);
}

#[test]
fn a_used_up_seed_is_refused_until_the_next() {
    let mut drbg = generator::<HashDrbg<Sm3>>(Rules::GmLevel2);
    let (mut out, no_time) = ([0; 1], Duration::ZERO);
    for n in 0..1024 {
        assert_eq!((drbg.requests(), drbg.needs_reseed(no_time)), (n, false));
        assert_eq!(drbg.generate(&mut out, b""), Ok(()));
    }
    assert!(drbg.needs_reseed(no_time));
    out = [0x55];
    assert_eq!(drbg.generate(&mut out, b""), Err(DrbgError::ReseedRequired));
    assert_eq!(out, [0x55]);
    drbg.reseed(&[3; 32], b"").unwrap();
    assert_eq!((drbg.requests(), drbg.needs_reseed(no_time)), (0, false));
    assert_eq!(drbg.generate(&mut out, b""), Ok(()));
}

#[test]
fn an_old_seed_is_due_for_the_next() {
    for (rules, seconds) in [(Rules::GmLevel1, 600), (Rules::GmLevel2, 60)] {
        let drbg = generator::<CtrDrbgOracle>(rules);
        assert!(!drbg.needs_reseed(Duration::from_secs(seconds)));
        assert!(drbg.needs_reseed(Duration::from_secs(seconds) + Duration::from_nanos(1)));
    }
    let drbg = generator::<CtrDrbgOracle>(Rules::Nist);
    assert!(!drbg.needs_reseed(Duration::MAX));
    assert_eq!(RULES.map(Rules::most_requests), [1 << 20, 1 << 10, 1 << 48]);
}

#[test]
fn every_input_changes_the_output() {
    fn outputs<M: Mechanism>() -> Vec<Vec<u8>> {
        let change = |which: usize| {
            let byte = |i: usize, b: u8| if i == which { b ^ 1 } else { b };
            let mut drbg = Drbg::<M>::new(
                Rules::GmLevel1,
                &[byte(1, 10); 32],
                &[byte(2, 20); 16],
                &[byte(3, 30)],
            )
            .unwrap();
            drbg.reseed(&[byte(4, 40); 32], &[byte(5, 50)]).unwrap();
            let mut out = vec![0; 16];
            drbg.generate(&mut out, &[byte(6, 60)]).unwrap();
            drbg.generate(&mut out, b"").unwrap();
            out
        };
        (0..7).map(change).collect()
    }
    for outputs in [outputs::<HashDrbg<Sm3>>(), outputs::<CtrDrbgOracle>()] {
        for (i, one) in outputs.iter().enumerate() {
            assert!(!outputs[..i].contains(one));
        }
    }
}

/// Gives 1, 2, 3, … and fails when `left` calls are made.
struct Source {
    next: u8,
    left: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Empty;

impl fmt::Display for Empty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("empty")
    }
}

impl std::error::Error for Empty {}

impl TryRng for Source {
    type Error = Empty;
    fn try_next_u32(&mut self) -> Result<u32, Empty> {
        Err(Empty)
    }
    fn try_next_u64(&mut self) -> Result<u64, Empty> {
        Err(Empty)
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Empty> {
        self.left = self.left.checked_sub(1).ok_or(Empty)?;
        for byte in dst {
            *byte = self.next;
            self.next = self.next.wrapping_add(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Source {}

type Rng = DrbgRng<HashDrbgSm3, Source>;

#[test]
fn a_generator_with_its_source_is_the_one_by_hand() {
    let source = Source { next: 0, left: 2 };
    let mut rng = Rng::new(Rules::GmLevel2, source, b"name").unwrap();
    let bytes: Vec<u8> = (0..80).collect();
    let mut drbg =
        HashDrbgSm3::new(Rules::GmLevel2, &bytes[..32], &bytes[32..48], b"name").unwrap();
    let (mut all, mut want) = (vec![0; 32 * 1023 + 5], vec![0; 32 * 1023 + 5]);
    rng.try_fill_bytes(&mut all).unwrap();
    want.chunks_mut(32).for_each(|want| drbg.generate(want, b"").unwrap());
    assert_eq!(all, want);
    // The seed is used up: the next words come from the second.
    assert_eq!(rng.drbg().requests(), 1024);
    drbg.reseed(&bytes[48..], b"").unwrap();
    let (mut four, mut eight) = ([0; 4], [0; 8]);
    drbg.generate(&mut four, b"").unwrap();
    drbg.generate(&mut eight, b"").unwrap();
    assert_eq!(rng.try_next_u32(), Ok(u32::from_le_bytes(four)));
    assert_eq!(rng.try_next_u64(), Ok(u64::from_le_bytes(eight)));
    assert_eq!(rng.drbg().requests(), 2);
}

#[test]
fn a_source_that_fails_is_told_and_leaves_no_bytes() {
    let new = |left| Rng::new(Rules::GmLevel2, Source { next: 0, left }, b"");
    assert_eq!(new(0).map(|_| ()).unwrap_err(), SeedError::Source(Empty));
    let mut rng = new(1).unwrap();
    assert_eq!(rng.reseed(b""), Err(SeedError::Source(Empty)));
    let mut all = vec![1; 32 * 1025];
    assert_eq!(rng.try_fill_bytes(&mut all), Err(Empty));
    assert_eq!(all, vec![0; 32 * 1025]);
}

#[test]
fn debug_of_a_generator_hides_it() {
    let drbg = generator::<HashDrbg<Sm3>>(Rules::Nist);
    assert_eq!(format!("{drbg:?}"), "Drbg { rules: Nist, .. }");
    let rng = Rng::new(Rules::Nist, Source { next: 0, left: 1 }, b"").unwrap();
    assert_eq!(format!("{rng:?}"), "DrbgRng { .. }");
    let drbg = generator::<CtrDrbgOracle>(Rules::GmLevel1);
    assert_eq!(format!("{drbg:?}"), "Drbg { rules: GmLevel1, .. }");
    assert_eq!(
        format!("{:?}", RepetitionCount::with_cutoff(5)),
        "Ok(RepetitionCount { cutoff: 5, .. })"
    );
}

fn bits(millibits: u32) -> MinEntropy {
    MinEntropy::from_millibits(millibits).expect("in range")
}

/// SP 800-90B, 4.4.2, table 2; the last three by exact arithmetic.
#[test]
fn cutoffs_are_the_standards() {
    let proportion = |h, window| AdaptiveProportion::new(bits(h), window).map(|test| test.cutoff());
    for (h, cutoff) in [(200, 941), (400, 840), (600, 748), (800, 664), (1000, 589)] {
        assert_eq!(proportion(h, Window::Binary), Ok(cutoff), "{h}");
    }
    for (h, cutoff) in [(500, 410), (1000, 311), (2000, 177), (4000, 62), (8000, 13)] {
        assert_eq!(proportion(h, Window::NonBinary), Ok(cutoff), "{h}");
    }
    assert_eq!(proportion(1, Window::Binary), Err(ParameterError));
    assert_eq!(proportion(1, Window::NonBinary), Err(ParameterError));
    assert_eq!(proportion(64_000, Window::NonBinary), Ok(2));
    for (h, cutoff) in [(1, 20_001), (500, 41), (1000, 21), (2500, 9), (8000, 4), (64_000, 2)] {
        assert_eq!(RepetitionCount::new(bits(h)).cutoff(), cutoff, "{h}");
    }
    assert_eq!(MinEntropy::from_millibits(0), Err(ParameterError));
    assert_eq!(MinEntropy::from_millibits(64_001), Err(ParameterError));
    assert!(RepetitionCount::with_cutoff(1).is_err());
    assert!(AdaptiveProportion::with_cutoff(1, Window::Binary).is_err());
    assert!(AdaptiveProportion::with_cutoff(513, Window::NonBinary).is_err());
}

#[test]
fn the_repetition_count_test_counts_runs() {
    for first in [0, 7] {
        let mut test = RepetitionCount::with_cutoff(4).unwrap();
        let failed = |sample| test.check(sample).is_err();
        let samples = [first, first, first, 9, 9, 9, 9, 9, first, 9, first];
        let wrong = [false, false, false, false, false, false, true, true, false, false, false];
        assert_eq!(samples.map(failed), wrong);
    }
}

#[test]
fn the_adaptive_proportion_test_counts_within_a_window() {
    let mut test = AdaptiveProportion::with_cutoff(3, Window::NonBinary).unwrap();
    let other = |i: u64| 100 + i;
    // Two in the first window, then a new window with another first sample.
    let first = [[0, 0].to_vec(), (2..512).map(other).collect()].concat();
    let second = [[5, 0, 0, 0, 5].to_vec(), (5..511).map(other).collect()].concat();
    for sample in first.into_iter().chain(second) {
        assert_eq!(test.check(sample), Ok(()));
    }
    assert_eq!(test.check(5), Err(HealthError::Proportion));
    assert_eq!(test.check(5), Ok(()));
}

#[test]
fn good_samples_pass_both_tests_and_a_stuck_source_fails() {
    let mut tests = HealthTests::new(bits(7000), Window::NonBinary).unwrap();
    for i in 0..5000_u64 {
        let sample = Sm3::digest(i.to_be_bytes())[0];
        assert_eq!(tests.check(sample.into()), Ok(()));
    }
    let failed = (0..10).find_map(|_| tests.check(1000).err());
    assert_eq!(failed, Some(HealthError::Repetition));
}
