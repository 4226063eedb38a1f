//! Keys, key agreement and generic code.

use super::{N, bytes, common::sm2::Counter};
use shangmi::{
    elliptic_curve::{
        self, Curve, FieldBytes, Generate, NonZeroScalar, PrimeCurveArithmetic, bigint::U256, ecdh,
        point::PointCompression, sec1::ToSec1Point,
    },
    sm2::{PublicKey, SecretKey, Sm2, curve::AffinePoint, diffie_hellman},
};

type GenericPublic = elliptic_curve::PublicKey<Sm2>;
type GenericSecret = elliptic_curve::SecretKey<Sm2>;

/// d of 1, 2, n − 3, n − 2 and others.
fn secrets() -> Vec<SecretKey> {
    let mut all = vec![U256::ONE, U256::from(2_u64)];
    all.extend([2_u64, 3].map(|i| N.wrapping_sub(&U256::from(i))));
    let all = all.into_iter().map(bytes).chain([[0x42; 32], [0xa5; 32]]);
    all.map(|d| SecretKey::from_bytes(&d).expect("in range")).collect()
}

#[test]
fn keys_go_there_and_back() {
    for key in secrets() {
        let generic = GenericSecret::from(&key);
        assert_eq!(generic.to_bytes()[..], key.to_bytes()[..]);
        let back = SecretKey::try_from(&generic).expect("in range");
        assert_eq!(back.to_bytes(), key.to_bytes());
        let scalar = NonZeroScalar::<Sm2>::from(&key);
        assert_eq!(FieldBytes::<Sm2>::from(scalar)[..], key.to_bytes()[..]);

        let public = GenericPublic::from(&key.public_key());
        assert_eq!(public, generic.public_key());
        assert_eq!(PublicKey::from(&public), key.public_key());
        assert_eq!(public.to_sec1_point(false).as_bytes(), key.public_key().to_sec1_bytes());
        assert_eq!(public.to_sec1_point(true).as_bytes(), key.public_key().to_compressed_bytes());
        let read = GenericPublic::from_sec1_bytes(&key.public_key().to_compressed_bytes());
        assert_eq!(read.expect("a point"), public);
        assert_eq!(PublicKey::try_from(*public.as_affine()), Ok(key.public_key()));
    }
}

#[test]
fn what_sm2_has_no_keys_of_is_refused() {
    let n_less_1 = bytes(N.wrapping_sub(&U256::ONE));
    let key = GenericSecret::from_bytes(&n_less_1.into()).expect("in range for others");
    assert!(SecretKey::try_from(&key).is_err());
    assert!(PublicKey::try_from(AffinePoint::IDENTITY).is_err());
    assert!(GenericPublic::from_affine(AffinePoint::IDENTITY).is_err());
    assert!(GenericPublic::try_from(AffinePoint::IDENTITY).is_err());
    assert!(GenericPublic::from_sec1_bytes(&[0]).is_err());
    assert!(GenericSecret::from_bytes(&[0; 32].into()).is_err());
    assert!(GenericSecret::from_bytes(&bytes(N).into()).is_err());
}

#[test]
fn generic_key_agreement_is_ours_and_that_of_rustcrypto() {
    for (a, b) in secrets().iter().zip(secrets().iter().rev()) {
        let secret = GenericSecret::from(a);
        let public = GenericPublic::from(b.public_key());
        let shared = ecdh::diffie_hellman::<Sm2>(secret.to_nonzero_scalar(), public.as_affine());
        let ours = diffie_hellman(a, &b.public_key());
        assert_eq!(shared.raw_secret_bytes()[..], ours.as_bytes()[..]);

        let secret = sm2_oracle::SecretKey::from_slice(&*a.to_bytes()).expect("in range");
        let point = b.public_key().to_sec1_bytes();
        let public = sm2_oracle::PublicKey::from_sec1_bytes(&point).expect("a point");
        let product = public.to_projective() * *secret.to_nonzero_scalar();
        let point = product.to_affine().to_sec1_point(true);
        assert_eq!(point.as_bytes()[1..], ours.as_bytes()[..]);
    }
    let (a, b) = (
        ecdh::EphemeralSecret::<Sm2>::generate_from_rng(&mut Counter(1)),
        ecdh::EphemeralSecret::<Sm2>::generate_from_rng(&mut Counter(77)),
    );
    let (one, other) = (a.diffie_hellman(&b.public_key()), b.diffie_hellman(&a.public_key()));
    assert_eq!(one.raw_secret_bytes(), other.raw_secret_bytes());
}

/// What a protocol that knows no curve does.
fn public_key_of<C>(secret: &elliptic_curve::SecretKey<C>) -> Vec<u8>
where
    C: PrimeCurveArithmetic + PointCompression,
    C::FieldBytesSize: elliptic_curve::sec1::ModulusSize,
    C::AffinePoint: elliptic_curve::sec1::FromSec1Point<C> + ToSec1Point<C>,
{
    secret.public_key().to_sec1_point(C::COMPRESS_POINTS).as_bytes().to_vec()
}

#[test]
fn generic_code_takes_the_curve() {
    let secret = GenericSecret::generate_from_rng(&mut Counter(9));
    let ours = SecretKey::try_from(&secret).expect("in range");
    assert_eq!(public_key_of(&secret), ours.public_key().to_sec1_bytes());
    assert_eq!(*Sm2::ORDER.as_ref(), N);
}

#[cfg(feature = "pem")]
#[test]
fn generic_key_files_are_ours() {
    use shangmi::pkcs8::{
        AssociatedOid, DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding,
    };
    assert_eq!(Sm2::OID.to_string(), "1.2.156.10197.1.301");
    let key = SecretKey::from_bytes(&[0x42; 32]).expect("in range");
    let generic = GenericSecret::from(&key);
    let (one, other) = (generic.to_pkcs8_der(), key.to_pkcs8_der());
    assert_eq!(one.expect("short").as_bytes(), other.expect("short").as_bytes());
    let pem = key.public_key().to_public_key_pem(LineEnding::LF).expect("short");
    assert_eq!(generic.public_key().to_string(), pem);
    let read = GenericSecret::from_pkcs8_der(key.to_pkcs8_der().expect("short").as_bytes());
    assert_eq!(read.expect("a key"), generic);
}
