//! A digital envelope: a file sealed to an SM2 public key with SM4-GCM, and signed by its sender if wanted.
//!
//! `cargo run --release --example envelope --features pem -- --help`
//!
//! The format is this example's own, simpler than CMS (GM/T 0010):
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `SM2SM4E1` |
//! | 1 | 1 if signed, else 0 |
//! | 2 | n, most significant byte first |
//! | n | a fresh key of SM4, encrypted with SM2, in the DER of GM/T 0009 |
//! | 12 | nonce |
//! | | the sender's signature (64 bytes, if signed) and the content, encrypted with SM4-GCM |
//! | 16 | the tag, which is also of everything above |
//!
//! The signature is of the recipient's public key and the content. So whoever opens an envelope cannot pass it on in
//! another one as if the sender had addressed it; and outside nobody sees who signed.

use clap::{Parser, Subcommand};
use getrandom::SysRng;
use shangmi::{
    aead::{AeadInOut, KeyInit},
    pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding},
    rand_core::TryCryptoRng,
    signature::{MultipartVerifier, RandomizedMultipartSigner},
    sm2::{PublicKey, SecretKey, Signature, SigningKey, VerifyingKey, pke::Format},
    sm4::Sm4Gcm,
};
use std::{
    fmt::Display,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use zeroize::Zeroizing;

/// Seal files to an SM2 public key, and open them
#[derive(Parser)]
#[command(name = "envelope", version, after_help = AFTER)]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a pair of keys: NAME.key, to be kept, and NAME.pub
    NewKey { name: PathBuf },
    /// Seal a file
    Seal {
        /// The recipient's public key (PUBLIC KEY in PEM)
        #[arg(long, value_name = "KEY")]
        to: PathBuf,
        /// Sign with this private key
        #[arg(long, value_name = "KEY")]
        sign: Option<PathBuf>,
        /// The file to seal
        input: PathBuf,
        /// The envelope
        output: PathBuf,
    },
    /// Open an envelope
    Open {
        /// The recipient's private key (PRIVATE KEY in PEM)
        #[arg(long, value_name = "KEY")]
        key: PathBuf,
        /// The public key of the sender, who must have signed
        #[arg(long, value_name = "KEY")]
        from: Option<PathBuf>,
        /// Take it from anybody: a signature is not looked at
        #[arg(long, conflicts_with = "from")]
        from_anybody: bool,
        /// The envelope
        input: PathBuf,
        /// The file that was sealed
        output: PathBuf,
    },
}

const AFTER: &str = "\
The keys may be OpenSSL's too: openssl genpkey -algorithm SM2 -out a.key;
openssl pkey -in a.key -pubout -out a.pub. A file that is there is not written
over. What cannot be opened is not written.";

fn main() -> ExitCode {
    match run(&Options::parse().command, &mut SysRng) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(what)) => {
            eprintln!("envelope: {what}");
            ExitCode::FAILURE
        }
    }
}

/// What went wrong, in words.
#[derive(Debug, PartialEq)]
struct Failure(String);

fn failure<T>(what: &str) -> Result<T, Failure> {
    Err(Failure(what.to_owned()))
}

/// For `map_err`: the failure with this file.
fn with<E: Display>(path: &Path) -> impl FnOnce(E) -> Failure {
    move |error| Failure(format!("{}: {error}", path.display()))
}

fn no_random<E>(_: E) -> Failure {
    Failure("the system gives no random numbers".to_owned())
}

fn run<R: TryCryptoRng>(command: &Command, rng: &mut R) -> Result<(), Failure> {
    match command {
        Command::NewKey { name } => {
            let key = SecretKey::generate(rng).map_err(no_random)?;
            let [secret, public] = [".key", ".pub"].map(|ending| {
                let mut path = name.clone().into_os_string();
                path.push(ending);
                PathBuf::from(path)
            });
            let text = key.to_pkcs8_pem(LineEnding::LF).map_err(with(&secret))?;
            write(&secret, text.as_bytes())?;
            let text = key.public_key().to_public_key_pem(LineEnding::LF).map_err(with(&public))?;
            write(&public, text.as_bytes())
        }
        Command::Seal { to, sign, input, output } => {
            let recipient = public_key(to)?;
            let sender = sign.as_deref().map(secret_key).transpose()?;
            let content = Zeroizing::new(fs::read(input).map_err(with(input))?);
            write(output, &seal(rng, &recipient, sender.as_ref(), &content)?)
        }
        Command::Open { key, from, from_anybody, input, output } => {
            let key = secret_key(key)?;
            let sender = match from {
                Some(from) => Sender::Key(public_key(from)?),
                None if *from_anybody => Sender::Anybody,
                None => Sender::Unsigned,
            };
            let envelope = fs::read(input).map_err(with(input))?;
            let content = open(&key, &sender, &envelope);
            let content = content.map_err(|Failure(what)| with(input)(what))?;
            write(output, &content)
        }
    }
}

fn secret_key(path: &Path) -> Result<SecretKey, Failure> {
    let text = Zeroizing::new(fs::read_to_string(path).map_err(with(path))?);
    SecretKey::from_pem(text.as_bytes()).map_err(with(path))
}

fn public_key(path: &Path) -> Result<PublicKey, Failure> {
    let text = fs::read_to_string(path).map_err(with(path))?;
    PublicKey::from_pem(&text).map_err(with(path))
}

/// Writes a file that was not there, for its owner alone.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let create = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?.write_all(bytes)
    };
    create().map_err(with(path))
}

const MAGIC: &[u8; 8] = b"SM2SM4E1";
/// What is signed begins so, lest a signature for another purpose serve here.
const CONTEXT: &[u8] = b"shangmi example envelope, version 1";
const KEY: usize = 16;
const NONCE: usize = 12;
const TAG: usize = 16;

/// From whom the recipient expects an envelope.
enum Sender {
    /// From nobody in particular: it must not be signed, so that nobody takes it for checked.
    Unsigned,
    /// Signed or not.
    Anybody,
    /// Signed with this key.
    Key(PublicKey),
}

/// The envelope with `content`.
fn seal<R: TryCryptoRng>(
    rng: &mut R,
    recipient: &PublicKey,
    sender: Option<&SecretKey>,
    content: &[u8],
) -> Result<Vec<u8>, Failure> {
    let mut key = Zeroizing::new([0; KEY]);
    let mut nonce = [0; NONCE];
    rng.try_fill_bytes(&mut *key).map_err(no_random)?;
    rng.try_fill_bytes(&mut nonce).map_err(no_random)?;
    let mut encrypted_key = [0; 256];
    let encrypted_key = recipient
        .encrypt(rng, Format::Der, &*key, &mut encrypted_key)
        .map_err(|error| Failure(error.to_string()))?;

    let mut envelope = MAGIC.to_vec();
    envelope.push(u8::from(sender.is_some()));
    envelope.extend(u16::try_from(encrypted_key.len()).unwrap_or_default().to_be_bytes());
    envelope.extend_from_slice(encrypted_key);
    envelope.extend_from_slice(&nonce);
    let header = envelope.clone();

    // No byte of it is moved again, so that no plaintext stays behind.
    envelope.reserve_exact(Signature::BYTES + content.len() + TAG);
    if let Some(sender) = sender {
        let message = [CONTEXT, &recipient.to_sec1_bytes(), content];
        let signature: Signature = SigningKey::new(sender)
            .try_multipart_sign_with_rng(rng, &message)
            .map_err(no_random)?;
        envelope.extend_from_slice(&signature.to_bytes());
    }
    envelope.extend_from_slice(content);
    let gcm: Sm4Gcm = Sm4Gcm::new((&*key).into());
    let buffer = &mut envelope[header.len()..];
    match gcm.encrypt_inout_detached((&nonce).into(), &header, buffer.into()) {
        Ok(tag) => envelope.extend_from_slice(&tag),
        Err(_) => return failure("the file is longer than SM4-GCM can encrypt, 64 GiB"),
    }
    Ok(envelope)
}

/// The content of an envelope.
fn open(key: &SecretKey, sender: &Sender, envelope: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let Some(parts) = Parts::of(envelope) else { return failure(NO_ENVELOPE) };
    match (sender, parts.is_signed) {
        (Sender::Unsigned, true) => return failure(SIGNED),
        (Sender::Key(_), false) => return failure("it is not signed"),
        _ => (),
    }
    let mut buffer = Zeroizing::new([0; 256]);
    let content_key = key.decrypt(Format::Der, parts.encrypted_key, &mut *buffer).ok();
    let content_key = content_key.and_then(|key| <&[u8; KEY]>::try_from(&*key).ok());
    let Some(content_key) = content_key else { return failure(NOT_OPENED) };
    let mut content = Zeroizing::new(parts.encrypted.to_vec());
    let gcm: Sm4Gcm = Sm4Gcm::new(content_key.into());
    let (nonce, buffer) = (parts.nonce.into(), content.as_mut_slice().into());
    if gcm.decrypt_inout_detached(nonce, parts.header, buffer, parts.tag.into()).is_err() {
        return failure(NOT_OPENED);
    }
    if parts.is_signed {
        let length = Signature::BYTES.min(content.len());
        let signature: Vec<u8> = content.drain(..length).collect();
        if let Sender::Key(sender) = sender {
            let message = [CONTEXT, &key.public_key().to_sec1_bytes(), &content];
            let key = VerifyingKey::new(sender);
            let verified = Signature::try_from(&*signature)
                .and_then(|signature| key.multipart_verify(&message, &signature));
            if verified.is_err() {
                return failure("it was not signed by this sender for this recipient");
            }
        }
    }
    Ok(content)
}

const NO_ENVELOPE: &str = "this is no envelope, or not all of it";
const NOT_OPENED: &str = "it is not for this key, or it was changed";
const SIGNED: &str = "it is signed: say by whom with --from, or --from-anybody";

/// An envelope taken apart.
struct Parts<'a> {
    /// All that is not encrypted.
    header: &'a [u8],
    is_signed: bool,
    encrypted_key: &'a [u8],
    nonce: &'a [u8; NONCE],
    encrypted: &'a [u8],
    tag: &'a [u8; TAG],
}

impl<'a> Parts<'a> {
    fn of(envelope: &'a [u8]) -> Option<Self> {
        let rest = envelope.strip_prefix(MAGIC)?;
        let (&[signed, high, low], rest) = rest.split_first_chunk()?;
        let (encrypted_key, rest) =
            rest.split_at_checked(u16::from_be_bytes([high, low]).into())?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (encrypted, tag) = rest.split_last_chunk()?;
        let header = envelope.get(..envelope.len() - rest.len())?;
        let is_signed = signed == 1;
        let least = if is_signed { Signature::BYTES } else { 0 };
        (signed <= 1 && encrypted.len() >= least).then_some(Self {
            header,
            is_signed,
            encrypted_key,
            nonce,
            encrypted,
            tag,
        })
    }
}

#[cfg(test)]
#[path = "envelope/tests.rs"]
mod tests;
