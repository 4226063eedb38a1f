//! A key exchange of SM2 gives both sides the same key if nothing was changed on the way, and no key if anything was;
//! every backend the same.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use shangmi::sm2::{
    __backends::Backend,
    PublicKey, SecretKey, diffie_hellman,
    kex::{Initiator, Party, Peer, Responder},
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    /// d and r of A and of B.
    numbers: [[u8; 32]; 4],
    ids: [&'a [u8]; 2],
    length: u8,
    changes: Changes<'a>,
}

/// What comes instead of the message that was sent.
#[derive(Arbitrary, Debug)]
struct Changes<'a> {
    /// R_A and R_B: a byte and what is added to it in one of three forms, or other bytes.
    r: [Option<Point<'a>>; 2],
    /// S_B and S_A: a byte, and what is added to it.
    s: [(u8, u8); 2],
}

#[derive(Arbitrary, Debug)]
enum Point<'a> {
    Bytes(&'a [u8]),
    Flip {
        compressed: bool,
        at: u8,
        by: u8,
    },
    /// A multiple of the generator.
    Multiple([u8; 32]),
    /// The public key of a side.
    Key(bool),
}

/// One side's keys.
struct Side {
    secret: SecretKey,
    public: PublicKey,
    party: Party,
    peer: Peer,
}

fuzz_target!(|input: Input<'_>| {
    let [d_a, d_b, r_a, r_b] = &input.numbers;
    let (Some(a), Some(b)) = (side(d_a, input.ids[0]), side(d_b, input.ids[1])) else { return };
    let results: Vec<_> =
        Backend::all().map(|backend| exchange(backend, &a, &b, [r_a, r_b], &input)).collect();
    assert!(results.iter().all(|result| *result == results[0]));
    let one = diffie_hellman(&a.secret, &b.public);
    assert_eq!(one.as_bytes(), diffie_hellman(&b.secret, &a.public).as_bytes());
});

fn side(d: &[u8; 32], id: &[u8]) -> Option<Side> {
    let secret = SecretKey::from_bytes(d).ok()?;
    let public = secret.public_key();
    let (party, peer) = (Party::new(&secret, id), Peer::new(&public, id));
    assert_eq!(party.is_ok(), id.len() <= 8191);
    Some(Side { party: party.ok()?, peer: peer.ok()?, secret, public })
}

/// The keys of A and of B, none for who got none.
fn exchange(
    backend: Backend,
    a: &Side,
    b: &Side,
    r: [&[u8; 32]; 2],
    input: &Input<'_>,
) -> [Option<Vec<u8>>; 2] {
    let start = || Some((backend.initiate(&a.party, r[0])?, backend.respond(&b.party, r[1])?));
    let (Some((initiator, responder)), Some((again_a, again_b))) = (start(), start()) else {
        return [None, None];
    };
    let sent = [*initiator.r(), *responder.r()];
    let [r_a, r_b] = [0, 1].map(|i| received(&sent[i], input.changes.r[i].as_ref(), a, b));
    let (Some(r_a), Some(r_b)) = (r_a, r_b) else { return [None, None] };
    let same_points = [r_a, r_b] == sent;
    let unconfirmed = finish((again_a, again_b), [a, b], [&r_a, &r_b], input.length.into());
    assert!(!same_points || unconfirmed[0] == unconfirmed[1]);

    let length = usize::from(input.length);
    let (mut key_a, mut key_b) = (vec![0x77; length], vec![0x77; length]);
    let Ok((mut s_b, awaiting)) = responder.confirm(&a.peer, &r_a) else {
        assert!(!same_points);
        return [None, None];
    };
    let [(at_b, by_b), (at_a, by_a)] = input.changes.s;
    s_b[usize::from(at_b) % 32] ^= by_b;
    let s_a = initiator.confirm(&b.peer, &r_b, &s_b, &mut key_a);
    assert_eq!(s_a.is_ok(), same_points && by_b == 0);
    let mut changed = s_a.unwrap_or_default();
    changed[usize::from(at_a) % 32] ^= by_a;
    let right = awaiting.confirm(&changed, &mut key_b);
    assert_eq!(right.is_ok(), s_a.is_ok() && by_a == 0);
    assert!(s_a.is_ok() || key_a.iter().all(|byte| *byte == 0));
    assert!(right.is_ok() || key_b.iter().all(|byte| *byte == 0));
    let keys = [s_a.is_ok().then_some(key_a), right.is_ok().then_some(key_b)];
    for (confirmed, unconfirmed) in keys.iter().zip(unconfirmed) {
        assert!(confirmed.is_none() || *confirmed == unconfirmed);
    }
    keys
}

/// The exchange without confirmation.
fn finish(
    (initiator, responder): (Initiator, Responder),
    [a, b]: [&Side; 2],
    [r_a, r_b]: [&PublicKey; 2],
    length: usize,
) -> [Option<Vec<u8>>; 2] {
    let (mut key_a, mut key_b) = (vec![0x77; length], vec![0x77; length]);
    let done_a = initiator.finish(&b.peer, r_b, &mut key_a);
    let done_b = responder.finish(&a.peer, r_a, &mut key_b);
    assert!(done_a.is_ok() || key_a.iter().all(|byte| *byte == 0));
    assert!(done_b.is_ok() || key_b.iter().all(|byte| *byte == 0));
    [done_a.is_ok().then_some(key_a), done_b.is_ok().then_some(key_b)]
}

/// The point that arrives, if it is one.
fn received(r: &PublicKey, change: Option<&Point<'_>>, a: &Side, b: &Side) -> Option<PublicKey> {
    match change {
        None => Some(*r),
        Some(Point::Bytes(bytes)) => PublicKey::from_sec1_bytes(bytes).ok(),
        Some(Point::Flip { compressed, at, by }) => {
            let mut bytes = r.to_sec1_bytes().to_vec();
            if *compressed {
                bytes = r.to_compressed_bytes().to_vec();
            }
            let at = usize::from(*at) % bytes.len();
            bytes[at] ^= by;
            PublicKey::from_sec1_bytes(&bytes).ok()
        }
        Some(Point::Multiple(k)) => Some(SecretKey::from_bytes(k).ok()?.public_key()),
        Some(Point::Key(of_a)) => Some(if *of_a { a.public } else { b.public }),
    }
}
