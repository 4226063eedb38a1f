//! Ours: ZUC, many messages at once.
//!
//! The jobs are made in each call, from keys, frames and buffers, as the rivals get their arrays.

use crate::{
    input::{MESSAGES, batch, batch256, message},
    operation::{Backends, Task},
    ours_zuc::backend,
};
use shangmi::{
    aead::consts::U16,
    zuc::{
        __backends::{Backend, LanesBackend},
        batch::{CipherJob, MacJob},
    },
};
use std::{array, hint::black_box};

pub(crate) fn lanes() -> Vec<&'static str> {
    LanesBackend::all().map(LanesBackend::name).collect()
}

fn both(backends: Backends) -> Option<(LanesBackend, Backend)> {
    let lanes = LanesBackend::all().find(|lanes| Some(lanes.name()) == backends.lanes);
    Some((lanes?, backend(backends)?))
}

/// The set-up up to the first word, which takes the first four bytes of each message.
pub(crate) fn init(backends: Backends, _: usize) -> Option<Task> {
    eea3(backends, 4)
}

pub(crate) fn eea3(backends: Backends, bytes: usize) -> Option<Task> {
    let ((lanes, one), batch) = (both(backends)?, batch());
    let call = move |data: &mut [u8]| {
        let (batch, mut data) = (black_box(&batch), data.chunks_exact_mut(bytes));
        let mut jobs: [_; MESSAGES] = array::from_fn(|i| {
            let ((key, frame), data) = (&batch[i], data.next().unwrap_or_default());
            CipherJob::eea3(key, *frame, 8 * bytes, data)
        });
        let _ = black_box(lanes.encrypt(one, &mut jobs));
    };
    Some(Task::new(message(MESSAGES * bytes), call))
}

pub(crate) fn nea6(backends: Backends, bytes: usize) -> Option<Task> {
    let ((lanes, one), batch) = (both(backends)?, batch256());
    let call = move |data: &mut [u8]| {
        let (batch, mut data) = (black_box(&batch), data.chunks_exact_mut(bytes));
        let mut jobs: [_; MESSAGES] = array::from_fn(|i| {
            let ((key, frame), data) = (&batch[i], data.next().unwrap_or_default());
            CipherJob::nea6(key, &frame.nea6_iv(), data)
        });
        let _ = black_box(lanes.encrypt(one, &mut jobs));
    };
    Some(Task::new(message(MESSAGES * bytes), call))
}

pub(crate) fn eia3(backends: Backends, bytes: usize) -> Option<Task> {
    let ((lanes, one), batch, messages) = (both(backends)?, batch(), message(MESSAGES * bytes));
    let call = move |tags: &mut [u8]| {
        let (batch, messages) = (black_box(&batch), black_box(&messages));
        let mut jobs: [_; MESSAGES] = array::from_fn(|i| {
            let ((key, frame), message) = (&batch[i], &messages[i * bytes..][..bytes]);
            MacJob::eia3(key, *frame, 8 * bytes, message)
        });
        let _ = black_box(lanes.authenticate(one, &mut jobs));
        write(&jobs, tags);
    };
    Some(Task::new(vec![0; MESSAGES * 4], call))
}

pub(crate) fn nia6(backends: Backends, bytes: usize) -> Option<Task> {
    let ((lanes, one), batch, messages) = (both(backends)?, batch256(), message(MESSAGES * bytes));
    let call = move |tags: &mut [u8]| {
        let (batch, messages) = (black_box(&batch), black_box(&messages));
        let mut jobs: [_; MESSAGES] = array::from_fn(|i| {
            let ((key, frame), message) = (&batch[i], &messages[i * bytes..][..bytes]);
            MacJob::nia6::<U16>(key, &frame.nea6_iv(), message)
        });
        let _ = black_box(lanes.authenticate(one, &mut jobs));
        write(&jobs, tags);
    };
    Some(Task::new(vec![0; MESSAGES * 16], call))
}

/// The tags of the jobs, which are all of one size.
fn write(jobs: &[MacJob<'_>; MESSAGES], tags: &mut [u8]) {
    for (tag, job) in tags.chunks_exact_mut(tags.len() / MESSAGES).zip(jobs) {
        // A job that was not done has none, which the lengths do not let pass.
        tag.copy_from_slice(job.mac().unwrap_or_default());
    }
}
