//! The rival `openssl`: OpenSSL.

use crate::operation::Rival;

pub(crate) const RIVALS: &[Rival] = &[];

pub(crate) fn about() -> Vec<String> {
    Vec::new()
}
