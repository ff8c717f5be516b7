//! Secrets over SSH: in memory while a step reads them, and nowhere on the host afterwards.

use super::BASE;
use crate::support::host::GATE;
use crate::support::remote::RemoteZone;

/// What nothing on a host may hold but memory.
const CANARY: &str = "canary-hunter2";

/// Where on the host the canary is, in files that ddt or a step wrote and in processes; the search itself leaves it out.
const SEARCH: &str = "value=canary-hunt; value=${value}er2\n\
    grep -rl \"$value\" /var/lib/ddt /var/log /var/witnesses /etc/genesis 2>/dev/null\n\
    grep -l \"$value\" /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null\n\
    true";

#[test]
fn a_secret_reaches_a_host_and_nothing_of_it_stays() {
    let Some(mut zone) = RemoteZone::hostos(1) else {
        return;
    };
    zone.zone().write("secrets/password", CANARY);
    let body = format!(
        "stat -f -c %T \"$DDT_SECRETS\" | grep -q tmpfs\ncat \"$DDT_SECRETS/password\"; echo\n{GATE}"
    );
    zone.release(BASE)
        .descriptor("secrets: [ \"password\" ]")
        .entry(r#"secrets: { password: "file:secrets/password" }"#)
        .step("deploy", &body);
    let ddt = zone.start_deploy(&["--verbose"]);
    zone.host(0).reaches_gate();
    assert_eq!(zone.host(0).run(SEARCH), "", "while the step runs");
    zone.host(0).open_gate();
    ddt.end().exits(0).does_not_say(CANARY);
    assert_eq!(zone.host(0).run(SEARCH), "", "afterwards");
    assert_eq!(
        zone.host(0)
            .run("ls -d /dev/shm/ddt-secrets-* /run/ddt-secrets-* 2>/dev/null; true"),
        ""
    );
    assert_eq!(zone.log(BASE, 0), "***\n");
    zone.host(0).has_all_once();
}
