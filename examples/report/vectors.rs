//! Runs the vector files.

use crate::{
    Report, Stop,
    algorithms::{Algorithm, distinct},
    common::{Failure, each_case},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A file that passed on a backend.
pub(crate) struct Passed {
    pub(crate) algorithm: &'static str,
    pub(crate) file: &'static str,
    pub(crate) backend: &'static str,
    /// Whether that is one for many streams.
    pub(crate) batch: bool,
    pub(crate) cases: usize,
}

impl Passed {
    /// The backend, as the report shows it.
    pub(crate) fn shown(&self) -> String {
        shown(self.backend, self.batch)
    }
}

fn shown(backend: &str, batch: bool) -> String {
    if batch { format!("{backend} (batch)") } else { backend.to_owned() }
}

/// Runs each file on each backend that has a check for it, up to the first wrong value.
pub(crate) fn run(
    dir: &Path,
    report: &mut Report,
    tell: impl Fn(&Passed) -> io::Result<()>,
) -> Result<(), Stop> {
    let Report { algorithms, passed, absent, .. } = report;
    for algorithm in algorithms {
        for &file in algorithm.files.iter().filter(|file| !absent.contains(file)) {
            for backend in algorithm.all_backends() {
                let check = backend.checks.iter().find(|(of, _)| *of == file);
                let Some((_, check)) = check else { continue };
                let (algorithm, (backend, batch)) = (algorithm.name, (backend.name, backend.batch));
                let cases = each_case(dir, file, check);
                let cases = cases.map_err(|e| stop(e, &shown(backend, batch)))?;
                passed.push(Passed { algorithm, file, backend, batch, cases });
                tell(&passed[passed.len() - 1])?;
            }
        }
    }
    Ok(())
}

fn stop(failure: Failure, backend: &str) -> Stop {
    match failure {
        Failure::Malformed(what) => Stop::Bad(format!("vector file {what}")),
        Failure::Wrong(what) => Stop::Wrong(format!("wrong on backend {backend}: {what}")),
    }
}

/// The last line of the report.
pub(crate) fn summary(passed: &[Passed]) -> String {
    let on_backends = |batch| {
        let passed = passed.iter().filter(|p| p.batch == batch);
        let backends = distinct(passed.clone().map(|p| p.backend)).len();
        let plural = if backends == 1 { "" } else { "s" };
        (cases(&passed), format!("on {backends} backend{plural}"))
    };
    let (all, one) = on_backends(false);
    match on_backends(true) {
        (0, _) => format!("all {all} cases passed {one}"),
        (cases, many) => {
            format!("all {all} cases passed {one}, and {cases} of them in batches {many}")
        }
    }
}

/// How many cases there are, each counted once however many backends it ran on.
pub(crate) fn cases<'a>(passed: &(impl Iterator<Item = &'a Passed> + Clone)) -> usize {
    let files = distinct(passed.clone().map(|p| p.file)).into_iter();
    files.filter_map(|file| passed.clone().find(|p| p.file == file)).map(|p| p.cases).sum()
}

/// The files of `algorithms` that `dir` does not have. An error if it has none.
pub(crate) fn absent_files(
    dir: &Path,
    algorithms: &[Algorithm],
) -> Result<Vec<&'static str>, Stop> {
    let files: Vec<_> = algorithms.iter().flat_map(|algorithm| &algorithm.files).copied().collect();
    let absent = |file: &&str| !dir.join(file).exists();
    let absent: Vec<_> = files.iter().copied().filter(absent).collect();
    if absent.len() < files.len() {
        return Ok(absent);
    }
    let what = format!("{} has none of the vector files\n  {}", dir.display(), files.join("\n  "));
    Err(Stop::Bad(what))
}

/// An error if `dir`, or a folder in it, has a `.txt` file that no algorithm of this build reads.
pub(crate) fn refuse_unknown_files(dir: &Path, algorithms: &[Algorithm]) -> Result<(), Stop> {
    let files: Vec<_> = algorithms.iter().flat_map(|algorithm| &algorithm.files).copied().collect();
    let mut found = entries(dir)?;
    for folder in found.clone().iter().filter(|path| path.is_dir()) {
        found.extend(entries(folder)?);
    }
    let text = |path: &Path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("txt"));
    let known = |path: &Path| files.iter().any(|file| dir.join(file) == path);
    let unknown = found.iter().find(|path| text(path) && !known(path));
    let Some(unknown) = unknown else {
        return Ok(());
    };
    Err(Stop::Bad(format!(
        "{} is no vector file that this program knows; in {} they are\n  {}",
        unknown.display(),
        dir.display(),
        files.join("\n  "),
    )))
}

/// What is in a folder, in order of name.
fn entries(dir: &Path) -> Result<Vec<PathBuf>, Stop> {
    let list = || fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = list().map_err(|e: io::Error| {
        Stop::Bad(format!("cannot read the folder {}: {e}", dir.display()))
    })?;
    paths.sort();
    Ok(paths)
}
