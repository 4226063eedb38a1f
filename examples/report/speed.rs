//! Measures how fast the operations are.

use crate::{
    Stop,
    algorithms::{Algorithm, Backend, Operation, Work},
    screen::Screen,
};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// All figures together take about this long at most, however many there are.
const TOTAL: Duration = Duration::from_secs(12);
/// One figure takes about this long at most.
const FIGURE: Duration = Duration::from_millis(120);
/// Short, so that some rounds are not interrupted on a busy machine.
const ROUND: Duration = Duration::from_millis(2);

/// The speed of one operation on one backend, at one size of message.
pub(crate) struct Figure {
    pub(crate) algorithm: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) backend: &'static str,
    /// The size of the message; 0 if the operation has none.
    pub(crate) bytes: u32,
    /// How many messages were done at once.
    pub(crate) messages: u32,
    /// Of one operation on one message.
    pub(crate) seconds: f64,
    /// The clock, in Hz.
    pub(crate) clock: f64,
}

impl Figure {
    /// MB/s, in 10^6 bytes; operations per second if `bytes` is 0.
    pub(crate) fn rate(&self) -> f64 {
        if self.bytes == 0 {
            self.seconds.recip()
        } else {
            f64::from(self.bytes) / self.seconds / 1e6
        }
    }

    /// Cycles per byte; per operation if `bytes` is 0.
    pub(crate) fn cycles(&self) -> f64 {
        self.seconds * self.clock / f64::from(self.bytes.max(1))
    }
}

/// Measures all there is: by operation, then by backend, those on bytes first.
pub(crate) fn measure_all(algorithms: &[Algorithm], screen: &Screen) -> Result<Vec<Figure>, Stop> {
    let count = rows(algorithms).map(|(.., operation)| operation.sizes.len()).sum::<usize>();
    let each = (TOTAL / u32::try_from(count.max(1)).unwrap_or(u32::MAX)).min(FIGURE);
    let mut figures = Vec::new();
    screen.start(count);
    for of_bytes in [true, false] {
        let wanted = |operation: &Operation| (operation.sizes != [0]) == of_bytes;
        let mut rows = rows(algorithms).filter(|(.., operation)| wanted(operation)).peekable();
        if rows.peek().is_some() {
            screen.table(algorithms, of_bytes)?;
        }
        for (algorithm, backend, operation) in rows {
            screen.now(operation.name, backend.name);
            let first = figures.len();
            for &bytes in operation.sizes {
                let (seconds, clock) = measure(&mut (operation.prepare)(bytes as usize), each);
                figures.push(Figure {
                    algorithm: algorithm.name,
                    operation: operation.name,
                    backend: backend.name,
                    bytes,
                    messages: operation.messages,
                    seconds: seconds / f64::from(operation.messages),
                    clock,
                });
                screen.one_done();
            }
            screen.row(algorithms, &figures[first..])?;
        }
    }
    screen.done();
    Ok(figures)
}

/// Each operation on each backend that has it.
fn rows(algorithms: &[Algorithm]) -> impl Iterator<Item = (&Algorithm, &Backend, &Operation)> {
    let names =
        |algorithm| Algorithm::operations(algorithm).into_iter().map(move |n| (algorithm, n));
    algorithms.iter().flat_map(names).flat_map(|(algorithm, name)| {
        algorithm.all_backends().filter_map(move |backend| {
            let operation = backend.operations.iter().find(|operation| operation.name == name)?;
            Some((algorithm, backend, operation))
        })
    })
}

/// Seconds that `work` takes once in the best of the rounds that fit in `time`, and the clock in Hz
/// beside that round.
fn measure(work: &mut Work, time: Duration) -> (f64, f64) {
    let end = Instant::now() + time;
    let mut times = 1;
    while seconds(|| work(times)) < ROUND.as_secs_f64() / 2.0 && times < 1 << 30 {
        times *= 2;
    }
    let (mut best, mut beside) = (f64::INFINITY, 0.0);
    let mut before = clock();
    for round in 0.. {
        if round >= 3 && Instant::now() >= end {
            break;
        }
        let taken = seconds(|| work(times)) / f64::from(times);
        let after = clock();
        if taken < best {
            // The lower one may have been interrupted.
            (best, beside) = (taken, after.max(before));
        }
        before = after;
    }
    (best, beside)
}

/// The clock in Hz, from a chain of additions, one a cycle.
///
/// Each sum is used twice, which keeps the compiler from combining them.
fn clock() -> f64 {
    const LOOPS: u32 = 1 << 13;
    let (mut a, mut b) = black_box((1_u64, 1_u64));
    let taken = seconds(|| {
        for _ in 0..LOOPS {
            for _ in 0..16 {
                a = a.wrapping_add(b);
                b = b.wrapping_add(a);
            }
        }
        black_box((a, b));
    });
    f64::from(LOOPS) * 32.0 / taken
}

fn seconds(f: impl FnOnce()) -> f64 {
    let start = Instant::now();
    f();
    start.elapsed().as_secs_f64()
}
