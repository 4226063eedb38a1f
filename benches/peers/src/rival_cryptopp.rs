//! The rival `cryptopp`: Crypto++.

use crate::operation::Rival;

pub(crate) const RIVALS: &[Rival] = &[];

pub(crate) fn about() -> Vec<String> {
    Vec::new()
}
