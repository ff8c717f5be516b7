//! Whom a failure is routed to, by what the host is.

use super::BASE;
use crate::support::remote::RemoteZone;

#[test]
fn a_failure_on_another_architecture_goes_to_the_team_that_owns_it() {
    let Some(mut zone) = RemoteZone::hostos(2) else {
        return;
    };
    zone.release(BASE).step("deploy", "exit 1");
    let uname = "#!/bin/sh\necho s390x\n";
    zone.fleet().write(0, "/usr/local/sbin/uname", uname);
    zone.fleet().write(0, "/var/arch", "s390x\n");
    zone.host(0).run(
        "chmod 755 /usr/local/sbin/uname
         [ ! -e /proc/sys/kernel/arch ] || mount --bind /var/arch /proc/sys/kernel/arch",
    );
    let ended = zone.deploy(&[]).exits(4).says("Z team");
    let told = ended.stdout + &ended.stderr;
    assert_eq!(told.matches("Z team").count(), 1, "{told}");
}
