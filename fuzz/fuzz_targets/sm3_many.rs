//! Many messages of SM3 at once give what they give one by one, and so do HMAC, PBKDF2 and the KDF of SM2, on
//! every backend for many messages.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::{
    digest::Digest,
    sm3::{
        __backends::{Backend, LanesBackend},
        HmacSm3Key, Sm3,
    },
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    what: What,
    /// The backend for one message.
    one: u8,
    /// How many messages: of the lengths of `lengths`, in turn, each time a little longer.
    count: u8,
    lengths: Vec<u16>,
    data: &'a [u8],
}

#[derive(Arbitrary, Debug)]
enum What {
    Hash,
    Mac,
    Kdf { pieces: Vec<u16> },
    Pbkdf2 { iterations: u8, bytes: u16 },
}

impl Input<'_> {
    /// So a short input makes many messages: the fuzzer is slow to try long ones.
    fn messages(&self) -> Vec<Vec<u8>> {
        let turns = (0..usize::from(self.count % 70)).zip(self.lengths.iter().cycle());
        turns.map(|(i, n)| self.message(i, (usize::from(*n) + 61 * i) % 1500)).collect()
    }
    fn message(&self, i: usize, n: usize) -> Vec<u8> {
        let number = i.to_le_bytes();
        self.data.iter().chain(&number).cycle().take(n).copied().collect()
    }
}

fuzz_target!(|input: Input<'_>| {
    let ones: Vec<_> = Backend::all().collect();
    let one = ones[usize::from(input.one) % ones.len()];
    let portable = *ones.last().expect("the portable backend is always there");
    for many in LanesBackend::all() {
        run(&input, many, one, portable);
    }
});

fn run(input: &Input<'_>, many: LanesBackend, one: Backend, portable: Backend) {
    let name = many.name();
    match &input.what {
        What::Hash => {
            let messages = input.messages();
            let mut digests = vec![[0; 32]; messages.len()];
            assert_eq!(many.hash_many(one, &messages, &mut digests), Ok(()));
            for (digest, message) in digests.iter().zip(&messages) {
                assert_eq!(*digest, Sm3::digest(message).0, "{name}");
            }
        }
        What::Mac => {
            let messages = input.messages();
            let keys: Vec<_> = messages.iter().rev().map(|key| HmacSm3Key::new(key)).collect();
            let mut macs = vec![[0; 32]; messages.len()];
            assert_eq!(many.hmac_many(one, &keys, &messages, &mut macs), Ok(()));
            for ((key, message), mac) in keys.iter().zip(&messages).zip(&macs) {
                assert_eq!(many.mac(portable, key, message), *mac, "{name}");
            }
        }
        What::Kdf { pieces } => {
            let pieces: Vec<_> = pieces.iter().take(20).map(|n| usize::from(*n % 1000)).collect();
            let mut want = vec![0; pieces.iter().sum()];
            for (ct, want) in (1_u32..).zip(want.chunks_mut(32)) {
                let value = Sm3::new_with_prefix(input.data).chain_update(ct.to_be_bytes());
                want.copy_from_slice(&value.finalize()[..want.len()]);
            }
            let (mut kdf, mut rest) = (many.kdf(one, input.data), &want[..]);
            for n in pieces {
                let (want, after) = rest.split_at(n);
                let mut piece = vec![0; n];
                assert_eq!(kdf.fill(&mut piece), Ok(()));
                assert!(piece == want, "{name}");
                rest = after;
            }
        }
        What::Pbkdf2 { iterations, bytes } => {
            let (salt, password) = input.data.split_at(input.data.len() / 3);
            let iterations = u32::from(iterations % 5) + 1;
            let mut key = vec![0; usize::from(bytes % 1000)];
            assert_eq!(many.pbkdf2(one, password, salt, iterations, &mut key), Ok(()));
            let password = HmacSm3Key::new(password);
            for (i, key) in (1_u32..).zip(key.chunks(32)) {
                let mut u = password.mac(&[salt, &i.to_be_bytes()].concat());
                let mut t = u;
                for _ in 1..iterations {
                    u = password.mac(&u);
                    t.iter_mut().zip(u).for_each(|(t, u)| *t ^= u);
                }
                assert_eq!(key, &t[..key.len()], "{name}");
            }
        }
    }
}
