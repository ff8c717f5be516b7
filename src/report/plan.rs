//! A plan for people: what will be done, where, and why. Nodes with the same plan are
//! told of once, however many there are.

mod rollout;

use std::collections::BTreeMap;
use std::fmt::Write;

use super::escape::line;
use super::look::{Look, Tone};
use super::tables::{rendered, table};
use super::words::{count, few};
use crate::name::Name;
use crate::plan::{Action, NodePlan, Plan, PlannedPackage, PlannedTask, Undo, Verdict};

/// Nodes for which the plan is the same.
struct Group<'a> {
    nodes: Vec<&'a Name>,
    plan: &'a NodePlan,
}

/// Renders a plan, its totals in the last line.
pub fn render(plan: &Plan, look: Look) -> String {
    let mut out = format!("{}\n", look.paint(Tone::Strong, &plan.mzone));
    for group in groups(plan) {
        push_group(&mut out, plan, &group, look);
    }
    push_unreachable(&mut out, plan, look);
    rollout::push(&mut out, &plan.rollout, look);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\n{}", totals(plan));
    out
}

/// Gathers equal nodes, each group where its first node is.
fn groups(plan: &Plan) -> Vec<Group<'_>> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for node in &plan.nodes {
        let likeness = format!("{:?}", (&node.verdict, &node.modes, &node.tasks));
        match known.get(&likeness) {
            Some(index) => groups[*index].nodes.push(&node.node),
            None => {
                known.insert(likeness, groups.len());
                groups.push(Group {
                    nodes: vec![&node.node],
                    plan: node,
                });
            }
        }
    }
    groups
}

fn push_group(out: &mut String, plan: &Plan, group: &Group<'_>, look: Look) {
    let nodes = look.paint(Tone::Strong, few(group.nodes.iter().copied()));
    let (what, lists_tasks) = match &group.plan.verdict {
        Verdict::Deploy => (modes(group.plan), true),
        Verdict::UpToDate => ("up to date".to_owned(), true),
        Verdict::Skipped(reason) => {
            let skipped = look.paint(Tone::Caution, "skipped");
            (format!("{skipped}: {reason}"), false)
        }
    };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "\n{nodes}: {what}");
    if lists_tasks {
        let mut tasks = table(look);
        for (package, task) in plan.packages.iter().zip(&group.plan.tasks) {
            let name = package.package.to_string();
            tasks.add_row([action(&task.action).into(), name, release(package, task)]);
        }
        out.push_str(&rendered(&tasks));
    }
}

/// The nodes that did not answer, with what their connections said: untrusted.
fn push_unreachable(out: &mut String, plan: &Plan, look: Look) {
    let word = look.paint(Tone::Caution, "unreachable");
    for (node, reason) in &plan.unreachable {
        let (node, reason) = (look.paint(Tone::Strong, node), line(reason.as_bytes()));
        // Writing to a string cannot fail.
        let _ = writeln!(out, "\n{node}: {word}: {reason}");
    }
}

/// `hostos fresh, other upgrade`.
fn modes(node: &NodePlan) -> String {
    let modes = node.modes.iter();
    let words: Vec<String> = modes
        .map(|(component, mode)| format!("{component} {}", mode.word()))
        .collect();
    words.join(", ")
}

fn action(action: &Action) -> &'static str {
    match action {
        Action::Nothing => "-",
        Action::Run | Action::RunAndReboot => "run",
        Action::TakeUp { .. } => "take up",
        Action::Finish { .. } => "finish",
        Action::Undo => "undo",
        Action::Record => "record",
    }
}

/// The release, the one before it, the reason and the reboot, a line each. The bundle is
/// named only where it is not the package's own.
fn release(package: &PlannedPackage, task: &PlannedTask) -> String {
    let mut lines = vec![package.tag.to_string()];
    if package.bundle_name != package.package {
        lines.push(format!("of the bundle {}", package.bundle_name));
    }
    let way = match task.action {
        Action::Undo => "back to",
        _ => "from",
    };
    if let Some(from) = task.from_tag.as_ref().filter(|from| **from != package.tag) {
        lines.push(format!("{way} {from}"));
    }
    lines.push(task.reason.to_string());
    if task.reboots() {
        lines.push("REBOOTS the node".into());
    }
    if let Some(seconds) = task.confirm_within_seconds(package) {
        lines.push(format!("undone if not confirmed in {seconds} s"));
    }
    if let Some(Undo::Impossible(why)) = &task.undo {
        lines.push(format!("CANNOT be undone: {why}"));
    }
    lines.join("\n")
}

/// `21 tasks on 3 nodes, 3 reboots, 1 node skipped`.
fn totals(plan: &Plan) -> String {
    let number = |is: fn(&Verdict) -> bool| {
        let nodes = plan.nodes.iter().filter(|node| is(&node.verdict));
        nodes.count()
    };
    let deployed = number(|verdict| matches!(verdict, Verdict::Deploy));
    let up_to_date = number(|verdict| matches!(verdict, Verdict::UpToDate));
    let skipped = number(|verdict| matches!(verdict, Verdict::Skipped(_)));
    let tasks = plan.nodes.iter().flat_map(|node| &node.tasks);
    let reboots = tasks.filter(|task| task.reboots()).count();
    let mut words = Vec::new();
    match plan.work() {
        0 => words.push("nothing to do".to_owned()),
        work => words.push(format!(
            "{} on {}",
            count(work, "task"),
            count(deployed, "node")
        )),
    }
    if reboots > 0 {
        words.push(count(reboots, "reboot"));
    }
    if up_to_date > 0 {
        words.push(format!("{} up to date", count(up_to_date, "node")));
    }
    if skipped > 0 {
        words.push(format!("{} skipped", count(skipped, "node")));
    }
    if !plan.unreachable.is_empty() {
        let unreachable = count(plan.unreachable.len(), "node");
        words.push(format!("{unreachable} unreachable"));
    }
    words.join(", ")
}

#[cfg(test)]
pub(super) mod tests;
