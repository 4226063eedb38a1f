//! The `openssl` program, where there is one that knows SM2.

use std::{env, fs, path::PathBuf, process::Command};

/// A folder for the files of one test, in which `openssl` runs.
pub(crate) struct OpenSsl(PathBuf);

impl OpenSsl {
    /// None, and says so, where there is no such program. There is then a key of it in `key.pem`.
    pub(crate) fn find(test: &str) -> Option<Self> {
        let path = env::temp_dir().join(format!("shangmi-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        let found = Self(path);
        let knows = found.run("genpkey -algorithm SM2 -out key.pem").is_some();
        if !knows {
            eprintln!("NOT RUN: {test}: there is no openssl program that knows SM2");
        }
        knows.then_some(found)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), bytes).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).expect("a file")
    }

    /// What it printed with these arguments, which stand between single spaces, if it succeeded.
    pub(crate) fn run(&self, arguments: &str) -> Option<Vec<u8>> {
        let arguments = arguments.split(' ');
        let run = Command::new("openssl").args(arguments).current_dir(&self.0).output();
        run.ok().filter(|run| run.status.success()).map(|run| run.stdout)
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
