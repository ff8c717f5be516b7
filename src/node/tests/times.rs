//! The runner's calendar against that of a library, in every shell.

use jiff::Timestamp;

use super::sandbox::in_every_shell;

/// A day in seconds.
const DAY: i64 = 86_400;

/// The last day that is tried, counted from 1970: in the year 2499.
const LAST: i64 = 193_500;

#[tokio::test]
async fn every_day_has_its_date() {
    let ends = |day: i64| [day * DAY, (day + 1) * DAY - 1];
    // The first and last days of four years in a row come in every century, and others.
    let leap_years = (0..LAST).filter(|day| day % 1461 < 3 || day % 36_524 < 60 || day % 97 == 0);
    let times: Vec<i64> = leap_years.flat_map(ends).collect();
    in_every_shell(async |sandbox| {
        let protocol = include_str!("../runner/protocol.sh");
        let program =
            format!("{protocol}\nfor time; do format_time $time; printf '%s\\n' \"$stamp\"; done");
        let [shell, flags @ ..] = &sandbox.shell.words[..] else {
            panic!("a shell");
        };
        for times in times.chunks(10_000) {
            let words: Vec<String> = times.iter().map(ToString::to_string).collect();
            let mut command = tokio::process::Command::new(shell);
            command
                .args(flags)
                .args(["-c", &program, "times"])
                .args(words);
            let output = command.output().await.expect("the shell runs");
            let found = String::from_utf8(output.stdout).expect("a text");
            let second = |time: &i64| Timestamp::from_second(*time).expect("a time");
            let expected = times.iter().map(|time| format!("{}\n", second(time)));
            assert_eq!(found, expected.collect::<String>());
        }
    })
    .await;
}
