//! A certificate authority with SM2: its own certificate, the request of a server, and the certificate for that.
//!
//! `cargo run --release --example sm2_ca --features pem -- --out DIR`

use clap::Parser;
use getrandom::SysRng;
use shangmi::{
    pkcs8::{AssociatedOid, EncodePrivateKey, LineEnding},
    rand_core::{CryptoRng, UnwrapErr},
    signature::Verifier,
    sm2::{DerSignature, SecretKey, SigningKey, VerifyingKey},
};
use std::{
    fmt::Display,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
    time::{Duration, SystemTime},
};
use x509_cert::{
    AlgorithmIdentifier, Certificate, SubjectPublicKeyInfo,
    builder::{
        self, Builder, CertificateBuilder, RequestBuilder,
        profile::cabf::{
            Root,
            tls::{CertificateType, Subscriber},
        },
    },
    der::{
        self, Decode, Encode, EncodePem,
        asn1::{BitString, Ia5String},
        referenced::OwnedToRef,
    },
    ext::pkix::{BasicConstraints, SubjectAltName, name::GeneralName},
    name::Name,
    request::{CertReq, ExtensionReq},
    serial_number::SerialNumber,
    time::Validity,
};

/// Make an SM2 certificate authority, and with it the certificate of a server
#[derive(Parser)]
#[command(name = "sm2_ca", version, after_help = AFTER)]
struct Options {
    /// Folder for the files; none of them may be there already
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    /// The server's name, a domain
    #[arg(long, default_value = "localhost")]
    name: String,

    /// How long the server's certificate is valid; the authority's is so ten times as long
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=825))]
    days: u16,
}

const AFTER: &str = "\
The files: ca.key and server.key, the private keys (PKCS #8); ca.pem and
server.pem, the certificates; server.csr, the server's request.

With OpenSSL 3, which wants to be told the identifier that SM2 signs with:
openssl verify -CAfile ca.pem -vfyopt distid:1234567812345678 server.pem";

fn main() -> ExitCode {
    match run(&Options::parse(), &mut UnwrapErr(SysRng)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(what)) => {
            eprintln!("sm2_ca: {what}");
            ExitCode::FAILURE
        }
    }
}

/// What went wrong, in words.
#[derive(Debug)]
struct Failure(String);

/// For `map_err`: the failure of doing `what`.
fn failed<E: Display>(what: &str) -> impl FnOnce(E) -> Failure {
    move |error| Failure(format!("{what}: {error}"))
}

fn ensure(right: bool, else_: &str) -> Result<(), Failure> {
    if right { Ok(()) } else { Err(Failure(else_.to_owned())) }
}

fn run<R: CryptoRng>(options: &Options, rng: &mut R) -> Result<(), Failure> {
    let ca_key = SecretKey::generate(rng).map_err(failed("cannot draw a key"))?;
    let ca = Authority::new(&ca_key, 10 * u32::from(options.days), rng)
        .map_err(failed("cannot make the authority's certificate"))?;

    // The server makes its key by itself, and sends a request.
    let server_key = SecretKey::generate(rng).map_err(failed("cannot draw a key"))?;
    let request = request(&server_key, &options.name, rng)
        .map_err(failed("cannot make the server's request"))?;
    let certificate = ca.issue(&request, options.days.into(), rng)?;

    verify(&ca.certificate, &ca.certificate)?;
    verify(&certificate, &ca.certificate)?;

    let folder = &options.out;
    fs::create_dir_all(folder).map_err(failed(&folder.display().to_string()))?;
    let key = |key: &SecretKey| key.to_pkcs8_pem(LineEnding::LF).map_err(failed("a key"));
    write(folder, "ca.key", &key(&ca_key)?, true)?;
    write(folder, "ca.pem", &pem(&ca.certificate)?, false)?;
    write(folder, "server.key", &key(&server_key)?, true)?;
    write(folder, "server.csr", &pem(&request)?, false)?;
    write(folder, "server.pem", &pem(&certificate)?, false)
}

/// The authority: its key and its certificate.
struct Authority {
    key: SigningKey,
    certificate: Certificate,
}

impl Authority {
    /// With a certificate that it has signed itself.
    fn new<R: CryptoRng>(key: &SecretKey, days: u32, rng: &mut R) -> builder::Result<Self> {
        // Certificates are signed with the default identifier.
        let key = SigningKey::new(key);
        let profile = Root::new(false, Name::from_str("CN=SM2 example root,O=Example,C=CN")?)?;
        let certificate = CertificateBuilder::new(
            profile,
            SerialNumber::generate(rng),
            validity(days)?,
            SubjectPublicKeyInfo::from_key(key.verifying_key())?,
        )?;
        let certificate = certificate.build_with_rng::<_, DerSignature, _>(&key, rng)?;
        Ok(Self { key, certificate })
    }

    /// The certificate for a request, if it is signed with the key in it and names domains.
    ///
    /// Nothing of it but the key and the domains is taken over. (That the domains are the sender's is not looked
    /// into here. It is what a real authority is for.)
    fn issue<R: CryptoRng>(
        &self,
        request: &CertReq,
        days: u32,
        rng: &mut R,
    ) -> Result<Certificate, Failure> {
        let key = &request.info.public_key;
        let signed = request.info.to_der().map_err(failed("the request"))?;
        verify_signature(key, &request.algorithm, &signed, &request.signature)?;
        let domains = domains(request).map_err(failed("the request"))?;
        ensure(!domains.0.is_empty(), "the request names no domain")?;
        let build = |rng: &mut R| {
            let profile = Subscriber {
                certificate_type: CertificateType::domain_validated(
                    Name::default(),
                    domains.0.clone(),
                )?,
                issuer: self.certificate.tbs_certificate().subject().clone(),
                client_auth: false,
            };
            let serial = SerialNumber::generate(rng);
            let mut certificate =
                CertificateBuilder::new(profile, serial, validity(days)?, key.clone())?;
            certificate.add_extension(&domains)?;
            certificate.build_with_rng::<_, DerSignature, _>(&self.key, rng)
        };
        build(rng).map_err(failed("cannot make the certificate"))
    }
}

/// From now on.
fn validity(days: u32) -> der::Result<Validity> {
    Validity::from_now(Duration::from_secs(u64::from(days) * 24 * 60 * 60))
}

/// The request of a server with this key for the domain `name`.
fn request<R: CryptoRng>(key: &SecretKey, name: &str, rng: &mut R) -> builder::Result<CertReq> {
    let mut request = RequestBuilder::new(Name::default())?;
    let name = GeneralName::DnsName(Ia5String::new(name)?);
    request.add_extension(&SubjectAltName(vec![name]))?;
    request.build_with_rng::<_, DerSignature, _>(&SigningKey::new(key), rng)
}

/// The domains that a request names.
fn domains(request: &CertReq) -> der::Result<SubjectAltName> {
    let mut domains = SubjectAltName(Vec::new());
    let attributes = request.info.attributes.iter();
    for attribute in attributes.filter(|attribute| attribute.oid == ExtensionReq::OID) {
        for value in attribute.values.iter() {
            let extensions: ExtensionReq = value.decode_as()?;
            for extension in extensions.0 {
                if extension.extn_id == SubjectAltName::OID {
                    let names = SubjectAltName::from_der(extension.extn_value.as_bytes())?.0;
                    let is_domain = |name: &GeneralName| matches!(name, GeneralName::DnsName(_));
                    domains.0.extend(names.into_iter().filter(is_domain));
                }
            }
        }
    }
    Ok(domains)
}

/// That `issuer`, an authority, has signed `certificate`, and that both are valid now.
///
/// A TLS client checks more: names, what a key may be used for, whether it was revoked.
fn verify(certificate: &Certificate, issuer: &Certificate) -> Result<(), Failure> {
    let (tbs, issuer) = (certificate.tbs_certificate(), issuer.tbs_certificate());
    ensure(tbs.issuer() == issuer.subject(), "the certificate is of another issuer")?;
    let basic = issuer.get_extension::<BasicConstraints>().map_err(failed("the issuer"))?;
    ensure(basic.is_some_and(|(_, basic)| basic.ca), "the issuer is no authority")?;
    let now = SystemTime::now();
    for Validity { not_before, not_after, .. } in [tbs.validity(), issuer.validity()] {
        let is_valid = not_before.to_system_time() <= now && now <= not_after.to_system_time();
        ensure(is_valid, "a certificate is not yet or no longer valid")?;
    }
    ensure(tbs.signature() == certificate.signature_algorithm(), "two names of the algorithm")?;
    let signed = tbs.to_der().map_err(failed("the certificate"))?;
    let key = issuer.subject_public_key_info();
    verify_signature(key, certificate.signature_algorithm(), &signed, certificate.signature())
}

/// That `signature` is one of `key` on `signed`, by SM2 with SM3.
fn verify_signature(
    key: &SubjectPublicKeyInfo,
    algorithm: &AlgorithmIdentifier,
    signed: &[u8],
    signature: &BitString,
) -> Result<(), Failure> {
    ensure(algorithm.oid == DerSignature::OID, "not signed with SM2 and SM3")?;
    let key = VerifyingKey::try_from(key.owned_to_ref()).map_err(failed("the public key"))?;
    let signature = signature.as_bytes().unwrap_or_default();
    let signature = DerSignature::try_from(signature).map_err(failed("the signature"))?;
    key.verify(signed, &signature).map_err(failed("the signature does not fit"))
}

fn pem<T: EncodePem>(value: &T) -> Result<String, Failure> {
    value.to_pem(LineEnding::LF).map_err(failed("PEM"))
}

/// Writes a file that was not there; one that is `secret` for its owner alone.
fn write(folder: &Path, name: &str, text: &str, secret: bool) -> Result<(), Failure> {
    let path = folder.join(name);
    let result = create(&path, secret).and_then(|mut file| file.write_all(text.as_bytes()));
    result.map_err(failed(&path.display().to_string()))
}

fn create(path: &Path, secret: bool) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if secret { 0o600 } else { 0o644 });
    #[cfg(not(unix))]
    let _ = secret;
    options.open(path)
}

#[cfg(test)]
#[path = "sm2_ca/tests.rs"]
mod tests;
