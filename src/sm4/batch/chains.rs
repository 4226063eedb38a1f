//! Which chain runs in which lane.

use crate::{
    secret::Temporary,
    sm4::{
        Sm4Enc,
        backend::{Backend, Block, LANES, LaneKeys},
    },
};
use core::slice;

/// Blocks each of which is encrypted with the result of the one before.
pub(super) trait Chain {
    fn cipher(&self) -> &Sm4Enc;
    /// How many more blocks there are.
    fn left(&self) -> usize;
    /// Makes of the last result, zeros at first, what goes into the cipher next.
    fn before(&mut self, x: &mut Block);
    /// Takes the result, and may alter it before it goes on.
    fn after(&mut self, x: &mut Block);
}

/// So few chains are faster one by one.
const FEW: usize = 1;

/// Runs every chain to its end.
pub(super) fn run<C: Chain>(chains: &mut [C]) {
    let Some(first) = chains.first() else { return };
    let backend = first.cipher().0.backend;
    let mut keys = LaneKeys::new();
    let mut x = Temporary::<[Block; LANES]>::new();
    let mut owners = [None; LANES];
    let mut next = 0;
    loop {
        for lane in 0..LANES {
            if owners[lane].is_none() {
                owners[lane] = take(chains, &mut next, backend);
                if let Some(chain) = owners[lane] {
                    keys.set(lane, &chains[chain].cipher().0.rk);
                    x[lane] = Block::default();
                }
            }
        }
        let active = owners.iter().flatten().count();
        if active <= FEW {
            break;
        }
        step(chains, &mut owners, &mut x, |x| backend.lanes(&keys, x));
    }
    for (owner, x) in owners.iter().zip(x.iter_mut()) {
        if let Some(chain) = owner {
            one(&mut chains[*chain], x);
        }
    }
}

/// The next chain that has blocks and whose keys have the form that `backend` works with. One of another form, which only tests mix,
/// runs by itself.
fn take<C: Chain>(chains: &mut [C], next: &mut usize, backend: Backend) -> Option<usize> {
    while let Some(chain) = chains.get_mut(*next) {
        *next += 1;
        if chain.left() > 0 {
            if chain.cipher().0.backend == backend {
                return Some(*next - 1);
            }
            one(chain, &mut Temporary::<[Block; 1]>::new()[0]);
        }
    }
    None
}

/// One block of each chain that has a lane.
fn step<C: Chain>(
    chains: &mut [C],
    owners: &mut [Option<usize>; LANES],
    x: &mut [Block; LANES],
    crypt: impl FnOnce(&mut [Block; LANES]),
) {
    for (owner, x) in owners.iter().zip(x.iter_mut()) {
        if let Some(chain) = owner.and_then(|i| chains.get_mut(i)) {
            chain.before(x);
        }
    }
    crypt(x);
    for (owner, x) in owners.iter_mut().zip(x) {
        if let Some(chain) = owner.and_then(|i| chains.get_mut(i)) {
            chain.after(x);
            if chain.left() == 0 {
                *owner = None;
            }
        }
    }
}

/// A chain by itself, from `x` to its end. Within [`run`], the portable block would take the registers that its loops want.
#[inline(never)]
fn one<C: Chain>(chain: &mut C, x: &mut Block) {
    while chain.left() > 0 {
        chain.before(x);
        chain.cipher().0.crypt(slice::from_mut(x).into());
        chain.after(x);
    }
}
