//! The host keys that are known of a machine, for a person to compare.

use tokio::process::Command;

use super::target::{HostKeys, SshTarget};

/// The fingerprints of a machine's known host keys, one per line, as `ssh-keygen` prints
/// them; none where a key is pinned or nothing is known.
pub async fn fingerprints(target: &SshTarget) -> Vec<String> {
    let place = match target.port {
        22 => target.address.clone(),
        port => format!("[{}]:{port}", target.address),
    };
    let mut command = Command::new("ssh-keygen");
    command.args(["-l", "-F", &place]);
    match &target.host_keys {
        HostKeys::User => {}
        HostKeys::File(file) => {
            command.args(["-f", file.as_str()]);
        }
        HostKeys::Pinned(_) => return Vec::new(),
    }
    let Ok(output) = command.output().await else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let keys = text.lines().filter(|line| !line.starts_with('#'));
    keys.map(str::to_owned).collect()
}
