//! Key exchange and Diffie-Hellman on SM2: the standard's values, a reference by scalars, what must be refused.

mod common;

use common::sm2_enc::{Hashes, Script};
use num_bigint::BigUint;
use proptest::prelude::*;
use shangmi::{
    sm2::{
        __backends::Backend,
        IdTooLong, PublicKey, SecretKey, diffie_hellman,
        kex::{Initiator, KexError, Party, Peer, Responder},
    },
    sm3::{Sm3, kdf},
};

fn n() -> BigUint {
    let n = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";
    BigUint::parse_bytes(n.as_bytes(), 16).expect("hexadecimal")
}

fn bytes(integer: &BigUint) -> [u8; 32] {
    let bytes = integer.to_bytes_be();
    let mut padded = [0; 32];
    padded[32 - bytes.len()..].copy_from_slice(&bytes);
    padded
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(&[seed; 32]).expect("a key")
}

/// A of key 1 and B of key 2, begun.
struct Begun {
    initiator: Initiator,
    responder: Responder,
    a: Peer,
    b: Peer,
    r_a: PublicKey,
    r_b: PublicKey,
}

fn begin() -> Begun {
    let rng = &mut Hashes(1);
    let party = |d: &SecretKey, id: &[u8]| {
        let peer = Peer::new(&d.public_key(), id).expect("short");
        (Party::new(d, id).expect("short"), peer)
    };
    let ((party_a, a), (party_b, b)) = (party(&key(1), b"A"), party(&key(2), b"Bob"));
    let (Ok(initiator), Ok(responder)) = (party_a.initiate(rng), party_b.respond(rng));
    let (r_a, r_b) = (*initiator.r(), *responder.r());
    Begun { initiator, responder, a, b, r_a, r_b }
}

#[test]
fn the_standards_example_on_every_backend() {
    for backend in Backend::all() {
        let run = common::each_case(&common::vectors(), "sm2/kex.txt", |case| {
            common::sm2_enc::kex(case, backend)
        });
        assert_eq!(run.unwrap_or_else(|e| panic!("{}: {e}", backend.name())), 1);
    }
}

/// K, S_B and S_A from all the secrets, with U as a multiple of G.
fn reference(
    [d_a, d_b, r_a, r_b]: [&[u8; 32]; 4],
    [id_a, id_b]: [&[u8]; 2],
    key: &mut [u8],
) -> [[u8; 32]; 2] {
    let backend = Backend::all().last().expect("portable");
    let point = |k: &[u8; 32]| backend.mul_base(k).expect("not O");
    // x̄ = 2^127 + (x mod 2^127).
    let x_bar = |r: &[u8; 32]| {
        let two_w = BigUint::from(1_u8) << 127;
        &two_w + BigUint::from_bytes_be(&point(r)[..32]) % &two_w
    };
    let integer = |bytes: &[u8; 32]| BigUint::from_bytes_be(bytes);
    let t = |d, r| (integer(d) + x_bar(r) * integer(r)) % n();
    let u = point(&bytes(&(t(d_a, r_a) * t(d_b, r_b) % n())));
    let z = |d: &[u8; 32], id: &[u8]| {
        let public = PublicKey::from_sec1_bytes(&[&[4], &point(d)[..]].concat());
        public.expect("on the curve").z_a(id).expect("short")
    };
    let zs = [z(d_a, id_a), z(d_b, id_b)].concat();
    kdf(&[&u[..], &zs].concat(), key).expect("short");
    let rs = [point(r_a), point(r_b)].concat();
    let inner = Sm3::digest([&u[..32], &zs, &rs].concat());
    [2, 3].map(|tag| Sm3::digest([&[tag], &u[32..], &inner].concat()).into())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_backend_agrees_with_a_reference(
        secrets: [[u8; 32]; 4],
        id_a in prop::collection::vec(any::<u8>(), 0..200),
        id_b in prop::collection::vec(any::<u8>(), 0..200),
        length in 0_usize..200,
    ) {
        // Below n − 1.
        let [d_a, d_b, r_a, r_b] = secrets.map(|mut secret| { secret[0] &= 0x7f; secret[31] |= 1; secret });
        let mut want = vec![0; length];
        let [s_b, s_a] = reference([&d_a, &d_b, &r_a, &r_b], [&id_a, &id_b], &mut want);
        let [d_a, d_b] = [d_a, d_b].map(|d| SecretKey::from_bytes(&d).expect("in range"));
        let (a, b) = (Party::new(&d_a, &id_a).unwrap(), Party::new(&d_b, &id_b).unwrap());
        let peer_a = Peer::new(&d_a.public_key(), &id_a).unwrap();
        let peer_b = Peer::new(&d_b.public_key(), &id_b).unwrap();
        for backend in Backend::all() {
            let initiator = backend.initiate(&a, &r_a).expect("in range");
            let responder = backend.respond(&b, &r_b).expect("in range");
            let (r_a, r_b) = (*initiator.r(), *responder.r());
            let (got_s_b, awaiting) = responder.confirm(&peer_a, &r_a).unwrap();
            prop_assert_eq!(got_s_b, s_b);
            let mut key = vec![0; length];
            prop_assert_eq!(initiator.confirm(&peer_b, &r_b, &s_b, &mut key), Ok(s_a));
            prop_assert_eq!(&key, &want);
            key.fill(0);
            prop_assert_eq!(awaiting.confirm(&s_a, &mut key), Ok(()));
            prop_assert_eq!(&key, &want);
        }
    }
}

#[test]
fn any_key_length_and_identifiers_of_different_lengths() {
    for (length, id) in [(0, &[][..]), (1, b"x"), (31, &[7; 8191]), (33, b"y"), (5000, b"z")] {
        let (d_a, d_b) = (key(3), key(4));
        let (Ok(i), Ok(r)) = (
            Party::new(&d_a, id).unwrap().initiate(&mut Hashes(5)),
            Party::new(&d_b, b"another").unwrap().respond(&mut Hashes(6)),
        );
        let (r_a, r_b) = (*i.r(), *r.r());
        let (mut one, mut other) = (vec![1; length], vec![2; length]);
        let b = Peer::new(&d_b.public_key(), b"another").unwrap();
        let a = Peer::new(&d_a.public_key(), id).unwrap();
        assert_eq!(i.finish(&b, &r_b, &mut one), Ok(()));
        assert_eq!(r.finish(&a, &r_a, &mut other), Ok(()));
        assert_eq!(one, other);
    }
}

#[test]
fn an_identifier_of_8192_bytes_is_refused() {
    assert_eq!(Party::new(&key(1), &[0; 8192]).map(|_| ()), Err(IdTooLong));
    assert_eq!(Peer::new(&key(1).public_key(), &[0; 8192]).map(|_| ()), Err(IdTooLong));
    assert!(Party::new(&key(1), &[0; 8191]).is_ok());
}

#[test]
fn another_identifier_gives_another_key() {
    let Begun { initiator, responder, a, r_a, r_b, .. } = begin();
    let other = Peer::new(&key(2).public_key(), b"bob").unwrap();
    let (mut one, mut two) = ([0; 16], [0; 16]);
    assert_eq!(initiator.finish(&other, &r_b, &mut one), Ok(()));
    assert_eq!(responder.finish(&a, &r_a, &mut two), Ok(()));
    assert_ne!(one, two);
}

#[test]
fn the_order_of_the_parties_matters() {
    let (d_a, d_b) = (key(1), key(2));
    let start = |d: &SecretKey, seed| {
        let Ok(initiator) = Party::new(d, b"").unwrap().initiate(&mut Hashes(seed));
        initiator
    };
    let (one, two) = (start(&d_a, 1), start(&d_b, 2));
    let (r_1, r_2) = (*one.r(), *two.r());
    let (mut key_1, mut key_2) = ([0; 16], [0; 16]);
    let peer = |d: &SecretKey| Peer::new(&d.public_key(), b"").unwrap();
    assert_eq!(one.finish(&peer(&d_b), &r_2, &mut key_1), Ok(()));
    assert_eq!(two.finish(&peer(&d_a), &r_1, &mut key_2), Ok(()));
    assert_ne!(key_1, key_2, "both were A");
}

#[test]
fn a_wrong_s_b_is_refused_and_gives_no_key() {
    for bit in 0..256 {
        let Begun { initiator, responder, a, b, r_a, r_b } = begin();
        let (mut s_b, _) = responder.confirm(&a, &r_a).unwrap();
        s_b[bit / 8] ^= 1 << (bit % 8);
        let mut key = [0x77; 20];
        assert_eq!(initiator.confirm(&b, &r_b, &s_b, &mut key), Err(KexError));
        assert_eq!(key, [0; 20]);
    }
}

#[test]
fn a_wrong_s_a_is_refused_and_gives_no_key() {
    let Begun { initiator, responder, a, b, r_a, r_b } = begin();
    let (s_b, awaiting) = responder.confirm(&a, &r_a).unwrap();
    let mut key = [0x77; 20];
    let s_a = initiator.confirm(&b, &r_b, &s_b, &mut key).unwrap();
    // S_B has 02 and S_A 03: what B sent is no answer to it.
    assert_ne!(s_a, s_b);
    assert_eq!(awaiting.confirm(&s_b, &mut key), Err(KexError));
    assert_eq!(key, [0; 20]);
    let Begun { responder, a, r_a, .. } = begin();
    let (_, awaiting) = responder.confirm(&a, &r_a).unwrap();
    assert_eq!(awaiting.confirm(&[0; 32], &mut key), Err(KexError));
}

#[test]
fn another_r_is_noticed() {
    let Begun { initiator, responder, a, b, r_b, .. } = begin();
    let (s_b, _) = responder.confirm(&a, &key(9).public_key()).unwrap();
    assert_eq!(initiator.confirm(&b, &r_b, &s_b, &mut [0; 16]), Err(KexError));
}

/// For P = −x̄·R, P + x̄·R is O whatever t is.
#[test]
fn u_of_o_is_refused_and_gives_no_key() {
    for backend in Backend::all() {
        let r = [0x35; 32];
        let point = backend.mul_base(&r).expect("not O");
        let two_w = BigUint::from(1_u8) << 127;
        let x_bar = &two_w + BigUint::from_bytes_be(&point[..32]) % &two_w;
        let d = n() - x_bar * BigUint::from_bytes_be(&r) % n();
        let d = SecretKey::from_bytes(&bytes(&d)).expect("in range");
        let peer = Peer::new(&d.public_key(), b"").unwrap();
        let r = SecretKey::from_bytes(&r).unwrap().public_key();
        let ours = Party::new(&key(1), b"").unwrap();
        let initiator = || backend.initiate(&ours, &[5; 32]).expect("in range");
        let responder = || backend.respond(&ours, &[5; 32]).expect("in range");
        let mut key = [0x77; 20];
        assert_eq!(initiator().finish(&peer, &r, &mut key), Err(KexError));
        assert_eq!(key, [0; 20]);
        key.fill(0x77);
        assert_eq!(initiator().confirm(&peer, &r, &[0; 32], &mut key), Err(KexError));
        assert_eq!(key, [0; 20]);
        key.fill(0x77);
        assert_eq!(responder().finish(&peer, &r, &mut key), Err(KexError));
        assert_eq!(key, [0; 20]);
        assert_eq!(responder().confirm(&peer, &r).map(|_| ()), Err(KexError));
    }
}

/// P = x̄·R: the addition meets equal points.
#[test]
fn the_sum_of_equal_points_is_right() {
    for backend in Backend::all() {
        let r = [0x35; 32];
        let point = backend.mul_base(&r).expect("not O");
        let two_w = BigUint::from(1_u8) << 127;
        let x_bar = &two_w + BigUint::from_bytes_be(&point[..32]) % &two_w;
        let d = bytes(&(x_bar * BigUint::from_bytes_be(&r) % n()));
        let (mut want, mut got) = ([0; 16], [0; 16]);
        reference([&[1; 32], &d, &[5; 32], &r], [b"", b""], &mut want);
        let peer = Peer::new(&SecretKey::from_bytes(&d).unwrap().public_key(), b"").unwrap();
        let ours = Party::new(&key(1), b"").unwrap();
        let initiator = backend.initiate(&ours, &[5; 32]).expect("in range");
        let r = SecretKey::from_bytes(&r).unwrap().public_key();
        assert_eq!(initiator.finish(&peer, &r, &mut got), Ok(()));
        assert_eq!(got, want);
    }
}

/// The peer's R is a small multiple of its P, so that sums on the way are of equal or opposite points for some t.
#[test]
fn points_that_know_each_other_give_the_right_key() {
    for backend in Backend::all() {
        for i in 0..60_u8 {
            let multiple = BigUint::from([1_u8, 1, 1, 3, 16][usize::from(i) % 5]);
            let multiple = if i % 2 == 0 { multiple } else { n() - multiple };
            let (d, own) = ([0x35; 32], [i + 1; 32]);
            let r = bytes(&(BigUint::from_bytes_be(&d) * multiple % n()));
            let (mut want, mut got) = ([0; 16], [0; 16]);
            reference([&[1; 32], &d, &own, &r], [b"", b""], &mut want);
            let peer = Peer::new(&SecretKey::from_bytes(&d).unwrap().public_key(), b"").unwrap();
            let ours = Party::new(&key(1), b"").unwrap();
            let initiator = backend.initiate(&ours, &own).expect("in range");
            let r = SecretKey::from_bytes(&r).unwrap().public_key();
            assert_eq!(initiator.finish(&peer, &r, &mut got), Ok(()));
            assert_eq!(got, want);
        }
    }
}

#[test]
fn r_outside_the_curve_or_o_is_no_public_key() {
    let mut bytes = key(1).public_key().to_sec1_bytes();
    bytes[64] ^= 1;
    assert!(PublicKey::from_sec1_bytes(&bytes).is_err());
    assert!(PublicKey::from_sec1_bytes(&[0]).is_err());
    assert!(PublicKey::from_sec1_bytes(&[0; 65]).is_err());
}

#[test]
fn r_is_drawn_by_rejection_and_errors_are_passed_on() {
    let party = Party::new(&key(1), b"").unwrap();
    let mut rng = Script(vec![[0; 32], [0xff; 32], bytes(&n()), [3; 32]]);
    let initiator = party.initiate(&mut rng).expect("the last one is in range");
    assert_eq!(*initiator.r(), key(3).public_key());
    assert!(party.initiate(&mut rng).is_err());
    assert!(party.respond(&mut rng).is_err());
    // n − 1, which is no d, is an r.
    let last = party.respond(&mut Script(vec![bytes(&(n() - 1_u8))])).expect("in range");
    let g = SecretKey::from_bytes(&bytes(&BigUint::from(1_u8))).unwrap().public_key();
    assert_eq!(last.r().x(), g.x());
}

#[test]
fn debug_of_secrets_hides_them() {
    let Begun { initiator, responder, a, r_a, .. } = begin();
    let shown = format!("{initiator:?}");
    assert_eq!(shown, format!("Initiator {{ r: {r_a:?}, .. }}"));
    assert!(format!("{responder:?}").starts_with("Responder { r: PublicKey("));
    let (_, awaiting) = responder.confirm(&a, &r_a).unwrap();
    assert_eq!(format!("{awaiting:?}"), "AwaitingConfirmation { .. }");
    assert_eq!(format!("{:?}", Party::new(&key(1), b"").unwrap()), "Party { .. }");
    let shared = diffie_hellman(&key(1), &r_a);
    assert_eq!(format!("{shared:?}"), "SharedSecret { .. }");
}

#[test]
fn diffie_hellman_gives_x_of_d_p_on_every_backend() {
    for backend in Backend::all() {
        for (d, e) in [([1; 32], [2; 32]), ([0x7f; 32], [0x80; 32]), ([0xfe; 32], [3; 32])] {
            let [one, two] = [d, e].map(|d| SecretKey::from_bytes(&d).expect("in range"));
            let shared = backend.diffie_hellman(&one, &two.public_key());
            assert_eq!(shared.as_bytes(), diffie_hellman(&two, &one.public_key()).as_bytes());
            let scalar = BigUint::from_bytes_be(&d) * BigUint::from_bytes_be(&e) % n();
            let want = backend.mul_base(&bytes(&scalar)).expect("not O");
            assert_eq!(shared.as_bytes()[..], want[..32]);
        }
    }
}

/// Leading zeros of x are part of the shared secret.
#[test]
fn a_shared_secret_always_has_32_bytes() {
    let d = key(1);
    let mut rng = Hashes(0);
    let short = (0..3000).any(|_| {
        let Ok(e) = SecretKey::generate(&mut rng);
        let shared = diffie_hellman(&d, &e.public_key());
        assert_eq!(shared.as_bytes(), diffie_hellman(&e, &d.public_key()).as_bytes());
        shared.as_bytes()[0] == 0
    });
    assert!(short, "none of 3000 begins with a zero");
}
