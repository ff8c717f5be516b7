//! Named places at which ddt can be made to die, for the tests that let it die at each.
//!
//! Only builds with debug assertions have them: a release holds neither the places nor
//! the variables.
//!
//! | variable | means |
//! | --- | --- |
//! | `DDT_CRASH_AT=NAME:N` | dies at the Nth time a place is reached, as suddenly as by `kill -9` |
//! | `DDT_HOLD_AT=NAME:N`, `DDT_HOLD_BY=PIPE` | waits there until somebody has opened and closed a named pipe |
//! | `DDT_CRASH_LIST=FILE` | adds a line with the name of every place that is reached to a file |

/// A place where ddt may die.
macro_rules! crash_point {
    ($name:literal) => {
        #[cfg(debug_assertions)]
        $crate::crash::reach($name);
    };
}

pub(crate) use crash_point;

/// Dies or waits here if that is wanted.
#[cfg(debug_assertions)]
pub(crate) fn reach(name: &'static str) {
    let times = count(name);
    if let Some(list) = std::env::var_os("DDT_CRASH_LIST") {
        note(name, list.as_ref());
    }
    let here = format!("{name}:{times}");
    if std::env::var("DDT_HOLD_AT").is_ok_and(|at| at == here) {
        let pipe = std::env::var_os("DDT_HOLD_BY").unwrap_or_default();
        // Reading from a pipe waits for its writer, and then for the writer's end.
        let _ = std::fs::read(pipe);
    }
    if std::env::var("DDT_CRASH_AT").is_ok_and(|at| at == here) {
        die();
    }
}

/// How many times a place was reached, this one included.
#[cfg(debug_assertions)]
fn count(name: &'static str) -> usize {
    use std::collections::BTreeMap;
    use std::sync::{Mutex, PoisonError};
    // A process that rehearses comes by millions of times.
    static REACHED: Mutex<BTreeMap<&str, usize>> = Mutex::new(BTreeMap::new());
    let mut reached = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
    let times = reached.entry(name).or_default();
    *times += 1;
    *times
}

/// A list that cannot be written is missed by the test that reads it.
#[cfg(debug_assertions)]
fn note(name: &str, list: &std::path::Path) {
    use std::io::Write as _;
    let file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(list);
    let _ = file.and_then(|mut file| file.write_all(format!("{name}\n").as_bytes()));
}

#[cfg(debug_assertions)]
#[expect(
    clippy::disallowed_methods,
    reason = "no destructor may run: the state of a process that was killed is what is wanted"
)]
fn die() {
    std::process::abort()
}
