//! The standard's text in plain integers, for any curve: it gives the examples on the curve that is not for use, and
//! on sm2p256v1 what shangmi gives.

mod common;

use common::{Case, Failure};
use num_bigint::BigUint;
use shangmi::{
    digest::Digest,
    sm2::{__backends, SecretKey, Signature, SigningKey},
    sm3::Sm3,
};

/// A point; none is O.
type Point = Option<(BigUint, BigUint)>;

struct Curve {
    p: BigUint,
    a: BigUint,
    b: BigUint,
    n: BigUint,
    g: Point,
}

impl Curve {
    fn field(&self, a: &BigUint, minus: &BigUint) -> BigUint {
        (a + &self.p * 3_u8 - minus) % &self.p
    }

    fn contains(&self, (x, y): &(BigUint, BigUint)) -> bool {
        y * y % &self.p == (x * x * x + &self.a * x + &self.b) % &self.p
    }

    /// GB/T 32918.1-2016, 3.2.3.1.
    fn add(&self, left: &Point, right: &Point) -> Point {
        let (Some((x1, y1)), Some((x2, y2))) = (left, right) else {
            return left.as_ref().or(right.as_ref()).cloned();
        };
        let (above, below) = if x1 != x2 {
            (self.field(y2, y1), self.field(x2, x1))
        } else if y1 == y2 && *y1 != BigUint::ZERO {
            (x1 * x1 * 3_u8 + &self.a, y1 * 2_u8)
        } else {
            return None;
        };
        let lambda = above * below.modpow(&(&self.p - 2_u8), &self.p) % &self.p;
        let x3 = self.field(&(&lambda * &lambda), &(x1 + x2));
        let y3 = self.field(&(lambda * self.field(x1, &x3)), y1);
        Some((x3, y3))
    }

    fn multiply(&self, k: &BigUint, point: &Point) -> Point {
        (0..k.bits()).rev().fold(None, |sum, bit| {
            let sum = self.add(&sum, &sum);
            if k.bit(bit) { self.add(&sum, point) } else { sum }
        })
    }

    /// GB/T 32918.2-2016, 5.5.
    fn z_a(&self, id: &[u8], key: &Point) -> Vec<u8> {
        let entl = u16::try_from(8 * id.len()).expect("a short identifier");
        let mut sm3 = Sm3::new_with_prefix(entl.to_be_bytes()).chain_update(id);
        let [g, key] = [&self.g, key].map(|point| point.clone().expect("not O"));
        for number in [&self.a, &self.b, &g.0, &g.1, &key.0, &key.1] {
            sm3.update(bytes(number));
        }
        sm3.finalize().to_vec()
    }

    /// r, s of GB/T 32918.2-2016, 6.1, with this k.
    fn sign(&self, d: &BigUint, e: &BigUint, k: &BigUint) -> (BigUint, BigUint) {
        let (x1, _) = self.multiply(k, &self.g).expect("not O");
        let r = (e + x1) % &self.n;
        let inverse = (d + 1_u8).modpow(&(&self.n - 2_u8), &self.n);
        let s = inverse * (k + &self.n * &self.n - &r * d) % &self.n;
        (r, s)
    }

    /// GB/T 32918.2-2016, 7.1.
    fn verify(&self, key: &Point, e: &BigUint, (r, s): &(BigUint, BigUint)) -> bool {
        let t = (r + s) % &self.n;
        let sum = self.add(&self.multiply(s, &self.g), &self.multiply(&t, key));
        let (x1, _) = sum.expect("not O");
        (e + x1) % &self.n == *r
    }
}

impl Curve {
    /// C1, C2 and C3 of GB/T 32918.4-2016, 6.1, with this k.
    fn encrypt(&self, key: &Point, k: &BigUint, message: &[u8]) -> [Vec<u8>; 3] {
        let c1 = [vec![4], point_bytes(&self.multiply(k, &self.g))].concat();
        let [c2, c3] = mask(&self.multiply(k, key), message, true);
        [c1, c2, c3]
    }

    /// M of GB/T 32918.4-2016, 7.1, if C3 is right.
    fn decrypt(&self, d: &BigUint, [c1, c2, c3]: &[Vec<u8>; 3]) -> Option<Vec<u8>> {
        let point = point(&c1[1..]);
        if !self.contains(&point) {
            return None;
        }
        let [message, u] = mask(&self.multiply(d, &Some(point)), c2, false);
        (u == *c3).then_some(message)
    }

    /// U (or V) of GB/T 32918.3-2016, 6.1, from this side's d and r and the other side's P and R.
    fn agree(&self, d: &BigUint, r: &BigUint, key: &Point, other_r: &Point) -> Point {
        let x_bar = |point: &Point| {
            let x = point.as_ref().expect("not O").0.clone();
            let two_w = BigUint::from(1_u8) << 127_u32;
            &two_w + x % &two_w
        };
        let t = (d + x_bar(&self.multiply(r, &self.g)) * r) % &self.n;
        self.multiply(&t, &self.add(key, &self.multiply(&x_bar(other_r), other_r)))
    }
}

/// The bytes xor KDF(x2 ‖ y2), and Hash(x2 ‖ M ‖ y2), where M goes in or comes out.
fn mask(shared: &Point, bytes: &[u8], encrypt: bool) -> [Vec<u8>; 2] {
    let shared = point_bytes(shared);
    let t = kdf(&shared, bytes.len());
    let masked: Vec<u8> = t.iter().zip(bytes).map(|(t, byte)| t ^ byte).collect();
    let message = if encrypt { bytes } else { &masked };
    let hash = Sm3::new_with_prefix(&shared[..32]).chain_update(message);
    let hash = hash.chain_update(&shared[32..]).finalize();
    [masked, hash.to_vec()]
}

/// GB/T 32918.4-2016, 5.4.3.
fn kdf(z: &[u8], length: usize) -> Vec<u8> {
    let blocks =
        (1_u32..).flat_map(|i| Sm3::new_with_prefix(z).chain_update(i.to_be_bytes()).finalize());
    blocks.take(length).collect()
}

/// x ‖ y.
fn point_bytes(point: &Point) -> Vec<u8> {
    let (x, y) = point.as_ref().expect("not O");
    [bytes(x), bytes(y)].concat()
}

fn point(bytes: &[u8]) -> (BigUint, BigUint) {
    let (x, y) = bytes.split_at(32);
    (BigUint::from_bytes_be(x), BigUint::from_bytes_be(y))
}

fn bytes(number: &BigUint) -> Vec<u8> {
    let digits = number.to_bytes_be();
    [vec![0; 32 - digits.len()], digits].concat()
}

fn number(case: &Case, name: &str) -> Result<BigUint, Failure> {
    Ok(BigUint::from_bytes_be(&case.bytes(name)?))
}

fn sm2p256v1() -> Curve {
    let number = |hex: &[u8]| BigUint::parse_bytes(hex, 16).expect("hexadecimal");
    Curve {
        p: number(b"fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff"),
        a: number(b"fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"),
        b: number(b"28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"),
        n: number(b"fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123"),
        g: Some((
            number(b"32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"),
            number(b"bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"),
        )),
    }
}

/// The curve of a case.
fn example(case: &Case) -> Result<Curve, Failure> {
    let number = |name| number(case, name);
    Ok(Curve {
        p: number("p")?,
        a: number("a")?,
        b: number("b")?,
        n: number("n")?,
        g: Some((number("gx")?, number("gy")?)),
    })
}

fn sign(curve: &Curve, case: &Case) -> Result<(), Failure> {
    let number = |name| number(case, name);
    let d = number("private_key")?;
    let key = curve.multiply(&d, &curve.g);
    let (x, y) = key.clone().expect("not O");
    case.equal("public_x", &bytes(&x))?;
    case.equal("public_y", &bytes(&y))?;
    case.ensure(curve.contains(&(x, y)), "a point off the curve")?;
    let z_a = curve.z_a(&case.bytes("id")?, &key);
    case.equal("z_a", &z_a)?;
    let e = Sm3::new_with_prefix(&z_a).chain_update(case.bytes("message")?).finalize();
    case.equal("e", &e)?;
    let e = BigUint::from_bytes_be(&e);
    let signature = curve.sign(&d, &e, &number("k")?);
    case.equal("r", &bytes(&signature.0))?;
    case.equal("s", &bytes(&signature.1))?;
    case.ensure(curve.verify(&key, &e, &signature), "the signature does not verify")?;
    let both = [bytes(&signature.0), bytes(&signature.1)].concat();
    let signature = Signature::try_from(&both[..]).map_err(|e| Failure::Wrong(e.to_string()))?;
    case.equal("der", signature.to_der().as_ref())
}

fn encrypt(curve: &Curve, case: &Case) -> Result<(), Failure> {
    let number = |name| number(case, name);
    let (d, k) = (number("private_key")?, number("k")?);
    let key = curve.multiply(&d, &curve.g);
    let both = [case.bytes("public_x")?, case.bytes("public_y")?].concat();
    case.ensure(point_bytes(&key) == both, "another public key")?;
    let shared = point_bytes(&curve.multiply(&k, &key));
    case.equal("x2", &shared[..32])?;
    case.equal("y2", &shared[32..])?;
    let message = case.bytes("message")?;
    let parts = curve.encrypt(&key, &k, &message);
    let [c1, c2, c3] = &parts;
    case.equal("c1_c3_c2", &[&c1[..], c3, c2].concat())?;
    case.equal("c1_c2_c3", &[&c1[..], c2, c3].concat())?;
    case.equal("message", &curve.decrypt(&d, &parts).unwrap_or_default())?;
    let [c1, c2, mut c3] = parts;
    c3[0] ^= 1;
    case.ensure(curve.decrypt(&d, &[c1, c2, c3]).is_none(), "another C3 is taken")
}

fn kex(curve: &Curve, case: &Case) -> Result<(), Failure> {
    let number = |name| number(case, name);
    let [d_a, d_b, r_a, r_b] =
        [number("private_a")?, number("private_b")?, number("r_a")?, number("r_b")?];
    let [p_a, p_b, point_a, point_b] =
        [&d_a, &d_b, &r_a, &r_b].map(|k| curve.multiply(k, &curve.g));
    case.equal("public_a", &point_bytes(&p_a))?;
    case.equal("public_b", &point_bytes(&p_b))?;
    case.equal("point_r_a", &point_bytes(&point_a))?;
    case.equal("point_r_b", &point_bytes(&point_b))?;
    let z_a = curve.z_a(&case.bytes("id_a")?, &p_a);
    let z_b = curve.z_a(&case.bytes("id_b")?, &p_b);
    case.equal("z_a", &z_a)?;
    case.equal("z_b", &z_b)?;
    let u = curve.agree(&d_a, &r_a, &p_b, &point_b);
    case.ensure(u == curve.agree(&d_b, &r_b, &p_a, &point_a), "U is not V")?;
    let u = point_bytes(&u);
    case.equal("key", &kdf(&[&u[..], &z_a, &z_b].concat(), case.bytes("key")?.len()))?;
    let points = [point_bytes(&point_a), point_bytes(&point_b)].concat();
    let inner = Sm3::new_with_prefix(&u[..32]).chain_update(z_a).chain_update(z_b);
    let inner = inner.chain_update(points).finalize();
    for (tag, name) in [(2, "s_b"), (3, "s_a")] {
        let s = Sm3::new_with_prefix([tag]).chain_update(&u[32..]).chain_update(inner);
        case.equal(name, &s.finalize())?;
    }
    Ok(())
}

/// Runs `check` on the example with its own curve, and on the one of sm2p256v1.
fn examples(name: &str, check: fn(&Curve, &Case) -> Result<(), Failure>) -> Result<(), Failure> {
    let dir = common::vectors();
    let own = format!("sm2/{name}_example_curve.txt");
    assert_eq!(common::each_case(&dir, &own, |case| check(&example(case)?, case))?, 1);
    let cases = common::cases(&dir, &format!("sm2/{name}.txt"))?;
    cases.iter().try_for_each(|case| check(&sm2p256v1(), case))
}

#[test]
fn signatures_of_the_examples_on_both_curves() -> Result<(), Failure> {
    examples("sign", sign)
}

#[test]
fn encryption_of_the_examples_on_both_curves() -> Result<(), Failure> {
    examples("encrypt", encrypt)
}

#[test]
fn key_exchange_of_the_examples_on_both_curves() -> Result<(), Failure> {
    examples("kex", kex)
}

#[test]
fn signatures_with_a_given_k_are_those_in_plain_integers() {
    let curve = sm2p256v1();
    for i in 1..20_u8 {
        let [d, e, k] = [3, 5, 7].map(|factor: u8| [i.wrapping_mul(13).wrapping_mul(factor); 32]);
        let Ok(key) = SecretKey::from_bytes(&d) else { continue };
        let signature = __backends::sign_with_nonce(&SigningKey::new(&key), &e, &k);
        let signature = signature.expect("neither r nor s is 0").to_bytes();
        let [d, e, k] = [d, e, k].map(|bytes| BigUint::from_bytes_be(&bytes));
        let (r, s) = curve.sign(&d, &e, &k);
        assert_eq!(signature.to_vec(), [bytes(&r), bytes(&s)].concat());
    }
}
