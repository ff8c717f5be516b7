//! A script that exits with 255, a script that is killed and an ssh that fails are three things.

use super::BASE;
use crate::support::host::GATE;
use crate::support::remote::RemoteZone;

#[test]
fn every_way_to_end_is_told_apart() {
    let Some(mut zone) = RemoteZone::hostos(3) else {
        return;
    };
    let ends = format!("{GATE}\ncase $DDT_NODE in node-0) exit 255 ;; node-1) kill -9 $$ ;; esac");
    zone.release(BASE).step("deploy", &ends);
    let ddt = zone.start_deploy(&[]);
    zone.hosts().for_each(|host| host.reaches_gate());
    // The last host lets nobody in any more, and ends the session that there is.
    zone.host(2)
        .run("mv /etc/ssh/fleet_client.pub /etc/ssh/away; pkill -9 -f '^sshd: root'");
    zone.hosts().for_each(|host| host.open_gate());
    ddt.end()
        .exits(9)
        .says(&format!(
            "node-0 {BASE} failed (script): deploy exited with 255"
        ))
        .says(&format!(
            "node-1 {BASE} failed (script): deploy was ended by signal 9"
        ))
        .says(&format!("node-2 {BASE} in doubt: refused the login: "));
    zone.host(2)
        .run("mv /etc/ssh/away /etc/ssh/fleet_client.pub");
    zone.host(2).comes_to(BASE, "receipt");
    zone.release(BASE).step("deploy", "");
    zone.deploy(&[]).exits(0);
    zone.host(2).has_all_once();
}
